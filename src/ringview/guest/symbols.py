"""Names for addresses, and addresses for names."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ringview.guest.elf import ElfImage, Symbol

_BINDING_RANK = {"global": 0, "unique": 0, "weak": 1, "local": 2}
_KIND_RANK = {"func": 0, "ifunc": 0, "object": 0, "notype": 1, "tls": 3}


@dataclass(frozen=True, slots=True)
class Location:
    """An address seen from the symbol that covers it."""

    symbol: Symbol
    offset: int

    def __str__(self) -> str:
        return f"{self.symbol.name}+{self.offset:#x}" if self.offset else self.symbol.name


class SymbolTable:
    """The symbols of one image, by name and by address.

    A symbol with a size covers exactly its bytes. One without (an assembler's label) reaches to
    the next symbol, but not past the end of the section it lies in. Where several symbols share
    an address the global, typed one names it.

    Args:
        symbols: what to look up.
        regions: (start, end) address ranges that bound symbols without a size.
    """

    def __init__(self, symbols: Iterable[Symbol], regions: Iterable[tuple[int, int]] = ()) -> None:
        self._symbols = sorted(s for s in symbols if s.kind != "tls")
        self._by_name: dict[str, Symbol] = {}
        for symbol in sorted(self._symbols, key=_rank):
            self._by_name.setdefault(symbol.name, symbol)
        self._regions = sorted(regions)
        self._region_starts = [start for start, _ in self._regions]
        best: dict[int, Symbol] = {}
        for symbol in self._symbols:
            other = best.get(symbol.address)
            if other is None or _rank(symbol) < _rank(other):
                best[symbol.address] = symbol
        self._starts = sorted(best)
        self._best = [best[address] for address in self._starts]
        self._ends = [self._end(i) for i in range(len(self._best))]

    @classmethod
    def of(cls, image: ElfImage) -> SymbolTable:
        """Return the table of an executable, bounded by its sections."""
        sections = [(start, start + size) for start, size in image.sections.values() if size]
        segments = [(s.vaddr, s.vaddr + s.memory_size) for s in image.segments]
        return cls(image.symbols, sections or segments)

    def __len__(self) -> int:
        return len(self._symbols)

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self._symbols)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def get(self, name: str) -> Symbol | None:
        """Return the symbol of that name, the global one of several, or None."""
        return self._by_name.get(name)

    def address_of(self, name: str) -> int | None:
        """Return the address of the symbol of that name, or None."""
        symbol = self._by_name.get(name)
        return None if symbol is None else symbol.address

    def find(self, address: int) -> Location | None:
        """Return which symbol covers a virtual address, and how far into it the address lies."""
        index = bisect_right(self._starts, address) - 1
        # A sized symbol may enclose labels inside it whose own range has ended.
        for candidate in range(index, max(index - 16, -1), -1):
            if address < self._ends[candidate]:
                return Location(self._best[candidate], address - self._starts[candidate])
        return None

    def name_at(self, address: int) -> str | None:
        """Return ``name`` or ``name+0x1c`` for an address, or None where nothing is known."""
        found = self.find(address)
        return None if found is None else str(found)

    def extent(self, name: str) -> range | None:
        """Return the addresses a symbol covers, or None if there is no such symbol."""
        symbol = self._by_name.get(name)
        if symbol is None:
            return None
        if symbol.size:
            return range(symbol.address, symbol.address + symbol.size)
        index = bisect_right(self._starts, symbol.address) - 1
        return range(symbol.address, self._ends[index])

    def _end(self, index: int) -> int:
        symbol = self._best[index]
        if symbol.size:
            return symbol.address + symbol.size
        end = self._starts[index + 1] if index + 1 < len(self._starts) else 1 << 32
        region = bisect_right(self._region_starts, symbol.address) - 1
        if region >= 0 and symbol.address <= self._regions[region][1]:
            end = min(end, self._regions[region][1])
        elif self._regions:
            end = symbol.address
        return end


def _rank(symbol: Symbol) -> tuple[int, int, int, str]:
    """Order symbols that compete for a name or an address; the smallest wins."""
    return (
        _KIND_RANK.get(symbol.kind, 2),
        _BINDING_RANK.get(symbol.binding, 2),
        0 if symbol.size else 1,
        symbol.name,
    )
