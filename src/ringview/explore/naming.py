"""What the bytes that matter are called, and what two positions of the adversary make of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringview.errors import ProgramError

if TYPE_CHECKING:
    from ringview.explore.memory import Images
    from ringview.guest.image import Image

WORD = 4


@dataclass(frozen=True, slots=True)
class Change:
    """One word, as the call finds it at its beginning and after a preemption.

    Attributes:
        name: ``in.len``, or its address.
        before, after: little endian, of the bytes that matter.
        size: how many these are.
    """

    name: str
    before: int
    after: int
    size: int = WORD

    def __str__(self) -> str:
        before, after = (
            _number(value) + (f" {chr(value)!r}" if self.size == 1 and value < 0x80 else "")
            for value in (self.before, self.after)
        )
        return f"{self.name} {before} → {after}"

    @property
    def short(self) -> str:
        """The values alone."""
        return f"{_number(self.before)}→{_number(self.after)}"


def _number(value: int) -> str:
    # what is longer is most often an address
    return str(value) if value < 1 << 16 else f"{value:#x}"


class Names:
    """Names of the victim's variables by physical address.

    Args:
        program: with its DWARF; None for none.
        addresses: virtual address by physical address, of bytes that the call fetches.
    """

    def __init__(self, program: Image | None, addresses: dict[int, int]) -> None:
        self._program = program
        self._addresses = addresses

    def name(self, pa: int) -> str:
        """The variable or member that a byte belongs to, else its virtual or physical address."""
        va = self._addresses.get(pa)
        if va is None:
            return f"pa {pa:#010x}"
        found = None if self._program is None else self._program.symbols.find(va)
        if self._program is None or found is None:
            return f"{va:#010x}"
        symbol = found.symbol
        variable = self._program.debug.variable(symbol.name)
        offset = va - symbol.address
        if variable is None:
            return f"{symbol.name}+{offset:#x}" if offset else symbol.name
        path, rest = self._member(variable.type, offset)
        name = ".".join([symbol.name, *path])
        return f"{name}+{rest:#x}" if rest else name

    def _member(self, type_: int, offset: int) -> tuple[list[str], int]:
        assert self._program is not None
        debug = self._program.debug
        for name, at, field in debug.fields(type_):
            try:
                size = debug.sizeof(field.type)
            except ProgramError:
                continue
            if at <= offset < at + size:
                path, rest = self._member(field.type, offset - at)
                return [name, *path], rest
        return [], offset

    def changes(self, images: Images, start: int, position: int) -> list[Change]:
        """The words that differ between two positions of the adversary that have images."""
        one, other = images.images[start], images.images[position]
        words: dict[int, list[int]] = {}
        for n, pa in enumerate(images.order):
            if one[n] != other[n]:
                words.setdefault(pa & ~(WORD - 1), []).append(n)
        found = []
        for word, changed in words.items():
            whole = [n for n, pa in enumerate(images.order) if pa & ~(WORD - 1) == word]
            shown = whole if len(whole) == WORD else changed
            first = images.order[shown[0]]
            before, after = (
                sum(image[n] << 8 * (images.order[n] - first) for n in shown)
                for image in (one, other)
            )
            found.append(Change(self.name(first), before, after, len(shown)))
        return found
