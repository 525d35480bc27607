"""One executable with all that is known about it: segments, symbols, debug information."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from ringview.guest.debuginfo import DebugInfo
from ringview.guest.debugstore import load_debuginfo
from ringview.guest.elf import ElfImage, read_elf
from ringview.guest.prologue import StackState, stack_state
from ringview.guest.symbols import SymbolTable


class Image:
    """An executable; symbols and debug information are loaded when first asked for.

    Args:
        elf: the file as read.
    """

    def __init__(self, elf: ElfImage) -> None:
        self.elf = elf
        self._states: dict[tuple[int, int], StackState | None] = {}

    @classmethod
    def load(cls, path: str | Path) -> Image:
        """Read a file.

        Raises:
            ProgramError: it is no executable for this machine.
        """
        return cls(read_elf(path))

    @cached_property
    def symbols(self) -> SymbolTable:
        """Its symbols."""
        return SymbolTable.of(self.elf)

    @cached_property
    def debug(self) -> DebugInfo:
        """Its debug information; empty if it has none."""
        return load_debuginfo(self.elf.path)

    @cached_property
    def _code(self) -> list[range]:
        segments = self.elf.segments
        return [range(s.vaddr, s.vaddr + s.memory_size) for s in segments if s.flags & 1]

    def has_code_at(self, address: int) -> bool:
        """Whether a virtual address lies in one of its executable segments."""
        return any(address in span for span in self._code)

    def function_extent(self, address: int) -> range | None:
        """Return the addresses of the function around one, by DWARF, else by symbols."""
        function = self.debug.function_at(address)
        if function is not None:
            return range(function.low, function.high)
        found = self.symbols.find(address)
        if found is None or found.symbol.kind == "object":
            return None
        start = found.symbol.address
        return range(start, start + (found.symbol.size or address - start + 4))

    def stack_state(self, inside: int, pc: int) -> StackState | None:
        """Return what a function has done to the stack before ``pc``, None if it is not known.

        Read from the file, where code is even if its page is not in memory.

        Args:
            inside: an address in the function.
            pc: the instruction to be executed next; just behind the function if its last one is
                a call.
        """
        key = (inside, pc)
        if key not in self._states:
            extent = self.function_extent(inside)
            self._states[key] = (
                None if extent is None else stack_state(self.elf.read, extent.start, pc)
            )
        return self._states[key]
