"""What an adversary makes of user memory, as a sequence of images that its own run goes through.

Only what the adversary stores, and the victim fetches, matters. Between two positions of the
adversary the images are compared on those bytes; of positions with equal images the earliest is
taken, for whatever can follow a later one can follow it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ringview.machine.race import Poke


@dataclass(frozen=True, slots=True)
class Store:
    """One store of the adversary, in the order of its own run.

    Attributes:
        pa: physical address.
        data: the bytes.
        pc: virtual address of the instruction.
        thread: base of the kernel stack of the thread that made it.
    """

    pa: int
    data: bytes
    pc: int
    thread: int

    def bytes(self) -> Iterable[tuple[int, int]]:
        """(physical address, value) of each byte."""
        return zip(range(self.pa, self.pa + len(self.data)), self.data, strict=True)


class Images:
    """The images of the interesting bytes at every position of the adversary.

    Position 0 is before its first store, position n behind its n-th.

    Args:
        stores: its recorded run.
        before: what the bytes it stores to held at the root, by physical address.
        interesting: physical addresses of the bytes that the victim has been seen to fetch.
    """

    def __init__(
        self, stores: Sequence[Store], before: dict[int, int], interesting: frozenset[int]
    ) -> None:
        self.stores = tuple(stores)
        self.before = before
        self.interesting = interesting & frozenset(before)
        self.order = sorted(self.interesting)
        image = tuple(before[pa] for pa in self.order)
        self.images: dict[int, tuple[int, ...]] = {0: image}
        known = dict(zip(self.order, image, strict=True))
        for position, store in enumerate(self.stores, start=1):
            touched = False
            for pa, value in store.bytes():
                if pa in self.interesting:
                    known[pa] = value
                    touched = True
            if touched:
                self.images[position] = tuple(known[pa] for pa in self.order)
        self.positions = sorted(self.images)

    @cached_property
    def first(self) -> dict[tuple[int, ...], int]:
        """The earliest position of each image."""
        found: dict[tuple[int, ...], int] = {}
        for position in self.positions:
            found.setdefault(self.images[position], position)
        return found

    def starts(self) -> list[int]:
        """The positions that a call may begin at, one for each image."""
        return sorted(self.first.values())

    def choices(self, position: int) -> list[int]:
        """Where the adversary may get to from a position: the earliest of each other image."""
        if position not in self._choices:
            seen = {self.images[position]}
            found = []
            for later in self.positions:
                if later > position and self.images[later] not in seen:
                    seen.add(self.images[later])
                    found.append(later)
            self._choices[position] = found
        return self._choices[position]

    @cached_property
    def _choices(self) -> dict[int, list[int]]:
        return {}

    def stored(self, first: int, last: int) -> dict[int, int]:
        """Interesting bytes that the adversary stores between two positions, and their values."""
        found: dict[int, int] = {}
        for position in range(first + 1, last + 1):
            if position in self.images:
                stored = self.stores[position - 1].bytes()
                found |= {pa: value for pa, value in stored if pa in self.interesting}
        return found

    def pokes(self, before: int, first: int, last: int) -> list[Poke]:
        """The stores between two positions, to land before the victim's load ``before``."""
        return pokes_of(before, self.stored(first, last))


def pokes_of(before: int, values: dict[int, int]) -> list[Poke]:
    """Bytes by physical address as pokes, neighbours together."""
    found: list[Poke] = []
    for pa in sorted(values):
        last = found[-1] if found else None
        if last is not None and last.pa + len(last.data) == pa and len(last.data) < 8:
            found[-1] = Poke(before, last.pa, last.data + bytes([values[pa]]))
        else:
            found.append(Poke(before, pa, bytes([values[pa]])))
    return found
