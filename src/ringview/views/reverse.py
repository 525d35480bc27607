"""The way back: every virtual address that leads to physical memory, in every address space."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ringview.machine.mmu import MmuRegisters, PhysicalMemory, judge, permission_letters
from ringview.machine.tables import TableRange, mappings_of
from ringview.views.frame import Alias, Privilege
from ringview.views.inputs import PAGE_OFFSET, is_user_address
from ringview.views.spaces import Space
from ringview.views.words import address, counted, listed

RAM_BASE = 0x80000000
"""Physical address of the board's memory (AM335x TRM, table 2-1)."""

EVERYWHERE = "every address space"

Note = Callable[[int], str]
"""Says what lies at a virtual address of the address space in use, "" if nothing is known."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the tables of all address spaces are read from.

    Attributes:
        physical: the memory.
        mmu: the registers now.
        spaces: see `ringview.views.spaces.address_spaces`.
        note: what lies at an address.
    """

    physical: PhysicalMemory
    mmu: MmuRegisters
    spaces: Sequence[Space]
    note: Note


def aliases_of(memory: Memory, pa: int, size: int = 1) -> tuple[Alias, ...]:
    """All virtual ranges that lead to physical memory; those in use now first, then by address.

    Args:
        memory: where to look.
        pa: the first physical address.
        size: bytes.
    """
    ranges: dict[tuple[int, int, int, int, int], TableRange] = {}
    owners: dict[tuple[int, int, int, int, int], list[Space]] = {}
    for space in memory.spaces:
        for found in mappings_of(memory.physical, space.registers(memory.mmu), pa, size):
            assert found.descriptor is not None
            key = (found.va, found.size, found.pa or 0, found.descriptor.value, found.domain or 0)
            ranges[key] = found
            owners.setdefault(key, []).append(space)
    made = [_alias(memory, ranges[key], owners[key]) for key in ranges]
    return tuple(sorted(made, key=lambda alias: (not alias.now, alias.va)))


def _alias(memory: Memory, found: TableRange, owners: Sequence[Space]) -> Alias:
    assert found.descriptor is not None
    verdicts = judge(memory.mmu, found.descriptor, found.domain or 0)
    everywhere = len(owners) == len(memory.spaces) > 1
    now = any(space.now for space in owners)
    return Alias(
        va=found.va,
        size=found.size,
        pa=found.pa or 0,
        spaces=EVERYWHERE if everywhere else listed(space.name for space in owners),
        now=now,
        kind=found.descriptor.kind.value,
        user=permission_letters(verdicts, 0),
        kernel=permission_letters(verdicts, 1),
        note=what_lies_at(found, memory.note if now else None),
        owner=Privilege.USER if is_user_address(found.va) else Privilege.KERNEL,
    )


def what_lies_at(found: TableRange, note: Note | None) -> str:
    """Say what a range is for; ``note`` is None in an address space that is not in use."""
    known = note(found.va) if note is not None else ""
    if known or found.pa is None:
        return known
    if found.pa < RAM_BASE:
        return "devices"
    if found.va - PAGE_OFFSET == found.pa - RAM_BASE:
        return "linear map of RAM"
    return ""


def sentence(pa: int, aliases: Sequence[Alias]) -> str:
    """Say which virtual addresses lead to a physical one."""
    if not aliases:
        return f"no table of any address space leads to PA {address(pa)}"
    places = [f"{address(alias.va)} ({alias.spaces})" for alias in aliases[:6]]
    more = len(aliases) - len(places)
    if more:
        places.append(f"{more} more")
    ways = counted(len(aliases), "virtual address", "virtual addresses")
    return f"PA {address(pa)} is reached by {ways}: {listed(places)}"
