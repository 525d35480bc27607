"""The address spaces there are: those of the processes that the kernel knows, its own, and whatever
TTBR0 leads to now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ringview.guest.kernel import KernelAwareness, Task
from ringview.machine.mmu import MmuRegisters
from ringview.views.inputs import StateView
from ringview.views.stages import mapping_of, mmu_registers

_TABLE = 0x3FFF
"""Bits below a first-level table's alignment (TTBCR.N = 0)."""


@dataclass(frozen=True, slots=True)
class Space:
    """One address space.

    Attributes:
        name: whose: ``hello2[2]``.
        ttbr0: physical address of its first-level table.
        asid: by the kernel's own record, -1 if it has none.
        now: TTBR0 leads to it.
    """

    name: str
    ttbr0: int
    asid: int
    now: bool

    def registers(self, now: MmuRegisters) -> MmuRegisters:
        """What translation would depend on, were it in use."""
        if self.now:
            return now
        return replace(now, ttbr0=self.ttbr0, contextid=max(self.asid, 0))


def address_spaces(
    state: StateView, awareness: KernelAwareness | None, symbol: Callable[[str], int | None]
) -> list[Space]:
    """All address spaces known at a stop, the one in use first; none with the MMU off.

    Args:
        state: the machine.
        awareness: reads the kernel's tasks.
        symbol: gives a symbol's virtual address.
    """
    mmu = mmu_registers(state.system)
    if not mmu.enabled:
        return []
    current = mmu.ttbr0 & ~_TABLE
    found: dict[int, Space] = {}
    tasks = awareness.tasks(state.read_virtual) if awareness is not None else None
    for group in _processes(tasks or []):
        table = mapping_of(state, mmu, group[0].pgd)
        if table is None:
            continue
        base = table[0]
        found[base] = Space(_name(group), base, group[0].context_id & 0xFF, base == current)
    own = symbol("swapper_pg_dir")
    place = None if own is None else mapping_of(state, mmu, own)
    if place is not None and place[0] not in found:
        found[place[0]] = Space("the kernel's own", place[0], -1, place[0] == current)
    if current not in found:
        found[current] = Space("TTBR0", current, mmu.asid, now=True)
    return sorted(found.values(), key=lambda space: not space.now)


def _processes(tasks: Sequence[Task]) -> list[list[Task]]:
    """Tasks that share a first-level table, the process's first thread first."""
    groups: dict[int, list[Task]] = {}
    for task in tasks:
        if task.pgd:
            groups.setdefault(task.pgd, []).append(task)
    return [sorted(group, key=lambda task: task.pid != task.tgid) for group in groups.values()]


def _name(group: Sequence[Task]) -> str:
    more = len(group) - 1
    return f"{group[0]}" + (f" +{more} thread{'s' if more > 1 else ''}" if more else "")
