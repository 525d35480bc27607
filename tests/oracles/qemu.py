"""A raw client of QEMU's gdb stub: a Cortex-A8 that takes exceptions by itself, step by step."""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import time
from pathlib import Path
from types import TracebackType

import pytest

QEMU = "qemu-system-arm"
_CPSR_AT = 16 * 4 + 8 * 12 + 4


def require_qemu() -> str:
    """Path of QEMU; skips the test without it, or fails where oracles are required."""
    found = shutil.which(QEMU)
    if found is None:
        if os.environ.get("RINGVIEW_REQUIRE_ORACLES") == "1":
            pytest.fail(f"{QEMU} is required here and missing")
        pytest.skip(f"{QEMU} is not installed")
    return found


class Qemu:
    """A bare Cortex-A8 with 64 MiB of RAM at physical 0, stopped at its first instruction.

    Args:
        image: bytes loaded at physical 0.
        scratch: a directory for the image file.
    """

    def __init__(self, image: bytes, scratch: Path) -> None:
        path = scratch / "image.bin"
        path.write_bytes(image)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._process = subprocess.Popen(
            [
                *(require_qemu(), "-M", "none", "-cpu", "cortex-a8", "-m", "64"),
                *("-device", f"loader,file={path},addr=0,cpu-num=0,force-raw=on"),
                *("-S", "-display", "none", "-monitor", "none", "-serial", "none"),
                *("-gdb", f"tcp:127.0.0.1:{port}"),
            ],
            stdin=subprocess.DEVNULL,
        )
        self._socket = self._connect(port)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""

    def _connect(self, port: int) -> socket.socket:
        for _ in range(200):
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=20)
            except ConnectionRefusedError:
                time.sleep(0.02)
        raise AssertionError("QEMU does not listen")

    def __enter__(self) -> Qemu:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def command(self, text: str) -> str:
        """Send one packet and return the answer's payload."""
        data = text.encode()
        self._socket.sendall(b"$%s#%02x" % (data, sum(data) & 0xFF))
        while True:
            start = self._buffer.find(b"$")
            end = self._buffer.find(b"#", start)
            if start >= 0 and 0 <= end <= len(self._buffer) - 3:
                payload = self._buffer[start + 1 : end]
                self._buffer = self._buffer[end + 3 :]
                self._socket.sendall(b"+")
                return payload.decode()
            more = self._socket.recv(4096)
            assert more, "QEMU closed the connection"
            self._buffer += more

    def registers(self) -> tuple[int, ...]:
        """r0 to r15 and CPSR."""
        raw = bytes.fromhex(self.command("g"))
        return (*struct.unpack_from("<16I", raw), struct.unpack_from("<I", raw, _CPSR_AT)[0])

    def set_registers(self, values: dict[int, int]) -> None:
        """Write some of r0 to r15."""
        raw = bytearray.fromhex(self.command("g"))
        for index, value in values.items():
            struct.pack_into("<I", raw, 4 * index, value)
        assert self.command(f"G{raw.hex()}") == "OK"

    def step(self) -> None:
        """Run one instruction, or the entry to the exception it causes."""
        self.command("s")
