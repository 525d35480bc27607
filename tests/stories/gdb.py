"""gdb-multiarch as an oracle: it looks at a stop through a stub that only knows registers and
memory, and unwinds and evaluates by itself.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

GDB = shutil.which("gdb-multiarch")

Read = Callable[[int, int], bytes | None]


class Stub:
    """Serves one connection of gdb.

    Args:
        registers: r0 to r15 and the CPSR.
        read: virtual memory.
    """

    def __init__(self, registers: Sequence[int], cpsr: int, read: Read) -> None:
        words = [*registers, *([0] * 25), cpsr]  # f0 to f7 of 12 bytes, and fps, lie between
        self._registers = b"".join(word.to_bytes(4, "little") for word in words).hex()
        self._read = read
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        link, _ = self._socket.accept()
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with link:
            data = b""
            while chunk := link.recv(4096):
                data += chunk
                while (found := re.search(rb"\$([^#]*)#..", data)) is not None:
                    data = data[found.end() :]
                    link.sendall(b"+" + packet(self._answer(found[1].decode())))

    def _answer(self, text: str) -> str:
        if text.startswith("qSupported"):
            return "PacketSize=4000"
        if text == "?":
            return "S05"
        if text == "g":
            return self._registers
        if text.startswith("m"):
            va, size = (int(part, 16) for part in text[1:].split(","))
            data = self._read(va, size)
            return "E01" if data is None else data.hex()
        return "OK" if text[0] in "HD" else ""

    def close(self) -> None:
        """Wait for gdb to have gone."""
        self._thread.join(10)
        self._socket.close()


def packet(text: str) -> bytes:
    """A packet of the remote protocol."""
    return f"${text}#{sum(text.encode()) % 256:02x}".encode()


def ask(
    image: Path, registers: Sequence[int], cpsr: int, read: Read, commands: Sequence[str]
) -> list[str]:
    """Give gdb a stop and commands; return what it says to each."""
    assert GDB is not None
    stub = Stub(registers, cpsr, read)
    setup = [
        "set confirm off",
        "set pagination off",
        "set architecture armv7",
        "set backtrace past-main on",
        "set backtrace limit 16",
        f"target remote 127.0.0.1:{stub.port}",
    ]
    words: list[str] = []
    for command in (*setup, *(part for c in commands for part in (c, "echo \\n@@\\n"))):
        words += ["-ex", command]
    words += ["-ex", "disconnect"]
    done = subprocess.run(
        [GDB, "-q", "-batch", "-nx", *words, str(image)],
        capture_output=True,
        text=True,
        timeout=45,
        check=False,
    )
    stub.close()
    parts = done.stdout.split("\n@@\n")
    assert len(parts) == len(commands) + 1, done.stdout + done.stderr
    return [part.strip() for part in parts[:-1]]
