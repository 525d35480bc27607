"""Whole translation tables: what they say from end to end, and which virtual addresses lead to a
physical one (ARM DDI 0406C, B3.5).

`ringview.machine.mmu` translates one address; a test holds the two together.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ringview.arm.descriptors import (
    Descriptor,
    DescriptorKind,
    decode_first_level,
    decode_second_level,
)
from ringview.errors import BusError
from ringview.machine.mmu import MmuRegisters, PhysicalMemory

SECTION, PAGE = 1 << 20, 1 << 12
_TTBCR_N, _TTBCR_PD0, _TTBCR_PD1 = 7, 1 << 4, 1 << 5
_SUPERSECTION = 1 << 18

Words = list[int | None]
_Continues = Callable[[int | None, int | None, int], bool]
"""Whether an entry goes on where the one before it ended: both, and the second one's number."""


@dataclass(frozen=True, slots=True)
class TableRange:
    """Neighbouring entries of one table that say the same; pages and sections in a row lead to
    physical memory in a row.

    Attributes:
        level: 1 or 2.
        table: where the table's base came from: ``TTBR0``, ``TTBR1`` or ``L1``.
        va: first virtual address.
        size: bytes of virtual addresses; ``va + size`` may be 2**32.
        address: physical address of the first entry.
        count: entries.
        descriptor: the first, decoded; None where no memory holds the table.
        domain: of the first-level entry; None where there is none.
        pa: physical address that ``va`` leads to; None if it leads nowhere.
    """

    level: int
    table: str
    va: int
    size: int
    address: int
    count: int
    descriptor: Descriptor | None
    domain: int | None
    pa: int | None

    @property
    def maps(self) -> bool:
        """Whether these are sections or pages."""
        return self.pa is not None

    @property
    def end(self) -> int:
        """The first virtual address behind it."""
        return self.va + self.size


@dataclass(frozen=True, slots=True)
class Half:
    """One first-level table in use (B3.5.4): ``count`` entries from virtual address ``va``."""

    name: str
    base: int
    va: int
    count: int


def halves(mmu: MmuRegisters) -> list[Half]:
    """The first-level tables that TTBCR puts to use; none with the MMU off."""
    if not mmu.enabled:
        return []
    n = mmu.ttbcr & _TTBCR_N
    found = []
    if not mmu.ttbcr & _TTBCR_PD0:
        base = mmu.ttbr0 & ~((1 << (14 - n)) - 1) & 0xFFFFFFFF
        found.append(Half("TTBR0", base, 0, 1 << (12 - n)))
    if n and not mmu.ttbcr & _TTBCR_PD1:
        first = 1 << (12 - n)
        base = (mmu.ttbr1 & 0xFFFFC000) + 4 * first
        found.append(Half("TTBR1", base, first * SECTION, 4096 - first))
    return found


def first_level(memory: PhysicalMemory, mmu: MmuRegisters) -> list[TableRange]:
    """All first-level entries as ranges of like ones, by address; page tables one by one."""
    found: list[TableRange] = []
    for half in halves(mmu):
        words = _words(memory, half.base, half.count)
        first = half.va // SECTION
        for start, stop in _runs(words, first, _continues_first):
            word, va = words[start], half.va + start * SECTION
            descriptor = None if word is None else decode_first_level(word)
            found.append(
                TableRange(
                    1,
                    half.name,
                    va,
                    (stop - start) * SECTION,
                    half.base + 4 * start,
                    stop - start,
                    descriptor,
                    None if descriptor is None else descriptor.domain,
                    _leads(descriptor, va),
                )
            )
    return found


def second_level(memory: PhysicalMemory, entry: TableRange) -> list[TableRange]:
    """The entries of the page table that a first-level entry names, as ranges of like ones.

    Args:
        memory: where the table is.
        entry: of `first_level`, a page table.
    """
    descriptor = entry.descriptor
    assert descriptor is not None
    assert descriptor.kind is DescriptorKind.TABLE
    base = descriptor.base or 0
    words = _words(memory, base, 256)
    found = []
    for start, stop in _runs(words, 0, _continues_second):
        word, va = words[start], entry.va + start * PAGE
        leaf = None if word is None else decode_second_level(word)
        found.append(
            TableRange(
                2,
                "L1",
                va,
                (stop - start) * PAGE,
                base + 4 * start,
                stop - start,
                leaf,
                entry.domain,
                _leads(leaf, va),
            )
        )
    return found


def entries_in(memory: PhysicalMemory, entry: TableRange) -> int:
    """How many of a page table's 256 entries lead somewhere.

    Args:
        memory: where the table is.
        entry: of `first_level`, a page table.
    """
    assert entry.descriptor is not None
    words = _words(memory, entry.descriptor.base or 0, 256)
    return sum(1 for word in words if word is not None and word & 3)


def mappings_of(
    memory: PhysicalMemory, mmu: MmuRegisters, pa: int, size: int = 1
) -> list[TableRange]:
    """Which virtual addresses lead to physical ones, each range cut to what was asked for.

    Args:
        memory: where the tables are.
        mmu: the registers; another address space is one with another TTBR0. With the MMU off
            there are no tables and the answer is empty.
        pa: the first physical address.
        size: bytes.
    """
    found: list[TableRange] = []
    tables: dict[int, list[TableRange]] = {}
    for entry in first_level(memory, mmu):
        leaves = [entry]
        if entry.descriptor is not None and entry.descriptor.kind is DescriptorKind.TABLE:
            base = entry.descriptor.base or 0
            if base not in tables:
                # Tables may be shared; ranges in them are kept from virtual address 0 on.
                at_zero = second_level(memory, replace(entry, va=0))
                tables[base] = [leaf for leaf in at_zero if _overlap(leaf, pa, size)]
            leaves = [
                replace(leaf, va=leaf.va + entry.va, domain=entry.domain) for leaf in tables[base]
            ]
        found += [cut for leaf in leaves if (cut := _cut(leaf, pa, size)) is not None]
    return found


def _overlap(leaf: TableRange, pa: int, size: int) -> bool:
    return leaf.pa is not None and leaf.pa < pa + size and pa < leaf.pa + leaf.size


def _cut(leaf: TableRange, pa: int, size: int) -> TableRange | None:
    """The part of a range that lies in a physical one."""
    if leaf.pa is None or not _overlap(leaf, pa, size):
        return None
    low = max(pa, leaf.pa)
    high = min(pa + size, leaf.pa + leaf.size)
    return replace(leaf, va=leaf.va + low - leaf.pa, size=high - low, pa=low)


def _words(memory: PhysicalMemory, base: int, count: int) -> Words:
    """A table's words; None where no memory answers."""
    try:
        return list(struct.unpack(f"<{count}I", memory.read_physical(base, 4 * count)))
    except BusError:
        pass
    words: Words = []
    for index in range(count):
        try:
            words.append(int.from_bytes(memory.read_physical(base + 4 * index, 4), "little"))
        except BusError:
            words.append(None)
    return words


def _leads(descriptor: Descriptor | None, va: int) -> int | None:
    if descriptor is None or descriptor.base is None or not descriptor.kind.page_size:
        return None
    return descriptor.base | va & (descriptor.kind.page_size - 1)


def _runs(words: Words, first: int, continues: _Continues) -> Iterator[tuple[int, int]]:
    """Stretches of like entries; ``first`` is the number of the first one in its table."""
    start = 0
    for index in range(1, len(words) + 1):
        if index < len(words) and continues(words[index - 1], words[index], first + index):
            continue
        yield start, index
        start = index


def _continues_first(before: int | None, word: int | None, number: int) -> bool:
    if before is None or word is None:
        return before is word
    kind = word & 3
    if kind != before & 3 or kind == 1:
        return False
    if kind != 2:
        return True
    if word & _SUPERSECTION:
        # Sixteen equal entries make one supersection.
        return word == before if number & 15 else word == before + (1 << 24)
    return not before & _SUPERSECTION and word == before + SECTION


def _continues_second(before: int | None, word: int | None, number: int) -> bool:
    if before is None or word is None:
        return before is word
    if not word & 3 or not before & 3:
        return not word & 3 and not before & 3
    if word & 3 == 1:
        return word == before if number & 15 else word == before + (1 << 16)
    return before & 3 != 1 and word == before + PAGE
