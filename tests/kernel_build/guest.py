"""Boot an image on the machine and see what its console and its log say."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from ringview.guest.loader import prepare
from ringview.machine.events import ConsoleOutput
from ringview.machine.machine import DDR_BASE, Machine, MachineConfig, Stop, StopReason

PAGE_OFFSET = 0xC0000000
_RECORD = struct.Struct("<QHHHBB")


@dataclass(frozen=True, slots=True)
class Record:
    """One message of the kernel's log."""

    nanoseconds: int
    level: int
    text: str


class Guest:
    """A machine with our kernel and one program."""

    def __init__(
        self,
        vmlinux: Path,
        program: Path | None = None,
        arguments: Sequence[str] = (),
        *,
        options: str = "console=ttyS0 quiet",
        environment: dict[str, str] | None = None,
        seed: int = 0,
    ) -> None:
        setup = prepare(
            vmlinux, program, arguments, environment, options=[o for o in options.split() if o]
        )
        self.machine = Machine(MachineConfig(seed=seed))
        for address, data in setup.loads:
            self.machine.load(address, data)
        self.initrd = setup.initrd
        registers = dict(setup.registers)
        self.machine.set_boot(setup.entry, registers["r0"], registers["r1"], registers["r2"])
        self.console = b""
        with vmlinux.open("rb") as stream:
            table = ELFFile(stream).get_section_by_name(".symtab")
            assert isinstance(table, SymbolTableSection)
            self.symbols: dict[str, int] = {s.name: s["st_value"] for s in table.iter_symbols()}

    def run(self, instructions: int) -> Stop:
        """Run so many instructions, or to the end; gathers the console's output."""
        stop = self.machine.run(self.machine.icount + instructions)
        for event in self.machine.take_events():
            if isinstance(event, ConsoleOutput):
                self.console += bytes([event.byte])
        return stop

    def finish(self, limit: int = 400_000_000) -> int:
        """Run until the kernel has switched the machine off; return the wait status."""
        stop = self.run(limit)
        assert stop.reason is StopReason.HALTED, (stop, self.lines()[-8:])
        assert self.word("init_exited") == 1, self.lines()[-8:]
        return self.word("init_exit_code")

    def type(self, keys: bytes) -> bytes:
        """Type on the console; return what appears on it within a while."""
        before = len(self.console)
        self.machine.console_input(keys)
        self.run(3_000_000)
        return self.console[before:]

    def read(self, symbol: str, size: int, offset: int = 0) -> bytes:
        """Bytes of the kernel's memory."""
        address = self.symbols[symbol] + offset - PAGE_OFFSET + DDR_BASE
        return self.machine.read_physical(address, size)

    def word(self, symbol: str) -> int:
        """A 32-bit variable of the kernel."""
        return int.from_bytes(self.read(symbol, 4), "little")

    def log(self) -> Iterable[Record]:
        """The records in the ring, oldest first."""
        at, end = self.word("log_first_idx"), self.word("log_next_idx")
        for _ in range(100_000):
            if at == end:
                return
            time, length, text, _, _, level = _RECORD.unpack(self.read("__log_buf", 16, at))
            if not length:
                at = 0
                continue
            yield Record(time, level, self.read("__log_buf", text, at + 16).decode())
            at += length
        raise AssertionError("the log has no end")

    def lines(self) -> list[str]:
        """The texts of the log."""
        return [record.text for record in self.log()]
