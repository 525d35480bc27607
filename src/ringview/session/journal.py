"""What came from outside the machine, and when: with it, the same run can be had again."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One input from outside.

    Attributes:
        icount: when it came: after that many instructions.
        kind: ``console`` (bytes typed at UART0), ``irq`` (an interrupt line raised) or ``store``
            (bytes that a modelled second core stores).
        data: the bytes, for ``console`` and ``store``.
        line: the interrupt line, for ``irq``.
        pa: physical address of the first byte, for ``store``.
    """

    icount: int
    kind: Literal["console", "irq", "store"]
    data: bytes = b""
    line: int = 0
    pa: int = 0


class Journal:
    """All inputs of one run, by time; those of one icount in the order in which they came."""

    def __init__(self, entries: Iterable[JournalEntry] = ()) -> None:
        self._entries = sorted(entries, key=lambda entry: entry.icount)
        self._icounts = [entry.icount for entry in self._entries]

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[JournalEntry]:
        return iter(self._entries)

    def at(self, icount: int) -> list[JournalEntry]:
        """The inputs that come after exactly that many instructions."""
        first = bisect_left(self._icounts, icount)
        return self._entries[first : bisect_right(self._icounts, icount)]

    def next_after(self, icount: int) -> int | None:
        """The icount of the first input later than that, or None."""
        index = bisect_right(self._icounts, icount)
        return self._icounts[index] if index < len(self._icounts) else None

    def differs_from(self, other: Journal) -> int | None:
        """The icount of the first input that only one of the two has; None if they are equal."""
        for mine, theirs in zip_longest(self, other):
            if mine != theirs:
                return min(entry.icount for entry in (mine, theirs) if entry is not None)
        return None

    def add(self, entry: JournalEntry) -> None:
        """Note an input; every later one belongs to a future that will not be, and is forgotten."""
        keep = bisect_right(self._icounts, entry.icount)
        del self._entries[keep:]
        del self._icounts[keep:]
        self._entries.append(entry)
        self._icounts.append(entry.icount)
