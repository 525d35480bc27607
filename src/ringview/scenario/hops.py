"""The stages of a system call, found in the trace of the instructions between svc and return.

Nothing here depends on how the entry code is written: the table is known by its address, the
handler by the word that was loaded from the table, the copy by the access to user memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ringview.machine.trace import Access, Records, Trace
from ringview.scenario.model import Phase

TASK_SIZE = 0xBF000000
"""Where user addresses end (arch/arm/include/asm/memory.h)."""

VECTOR_PAGE = 4096


@dataclass(frozen=True, slots=True)
class Hop:
    """One stage: the instruction at ``pc`` (virtual) is about to execute at ``icount``."""

    phase: Phase
    icount: int
    pc: int


def find_hops(trace: Trace, vector: int, table: range | None, returns: Sequence[int]) -> list[Hop]:
    """Return the stages of one call in their order, those that it has.

    Args:
        trace: from the vector's instruction to the last one before user mode.
        vector: virtual address of the vector taken.
        table: virtual addresses of ``sys_call_table``.
        returns: virtual addresses at which the way back begins.
    """
    return list(_stages(trace, vector, table, returns))


def _stages(
    trace: Trace, vector: int, table: range | None, returns: Sequence[int]
) -> Iterator[Hop]:
    insns, pcs = trace.insns, trace.insns["r"][:, 15]
    if not len(insns):
        return
    yield _hop(insns, Phase.VECTOR, 0)
    page = vector & ~(VECTOR_PAGE - 1)
    entry = _first(pcs & ~np.uint32(VECTOR_PAGE - 1) != page)
    if entry is None:
        return
    yield _hop(insns, Phase.ENTRY, entry)
    handler = None
    looked_up = _table_load(trace, table)
    if looked_up is not None:
        at, target = looked_up
        yield _hop(insns, Phase.TABLE, at)
        following = _first(pcs[at:] == target)
        handler = None if following is None else at + following
    if handler is not None:
        yield _hop(insns, Phase.HANDLER, handler)
        copy = _user_access(trace, int(insns["icount"][handler]))
        if copy is not None:
            yield _hop(insns, Phase.COPY, copy)
    back = np.flatnonzero(np.isin(pcs, np.array(returns, np.uint32)))
    back = back[back > (handler if handler is not None else entry)]
    if len(back):
        yield _hop(insns, Phase.RETURN, int(back[-1]))


def _hop(insns: Records, phase: Phase, index: int) -> Hop:
    return Hop(phase, int(insns["icount"][index]), int(insns["r"][index, 15]))


def _first(condition: Records) -> int | None:
    found = np.flatnonzero(condition)
    return int(found[0]) if len(found) else None


def _table_load(trace: Trace, table: range | None) -> tuple[int, int] | None:
    """Return the index of the instruction that loads from the table, and what it loads."""
    if table is None:
        return None
    accesses = trace.accesses
    hits = (
        (accesses["va"] >= table.start)
        & (accesses["va"] < table.stop)
        & (accesses["flags"] & Access.WRITE == 0)
    )
    found = _first(hits)
    if found is None:
        return None
    index = int(np.searchsorted(trace.insns["icount"], accesses["icount"][found]))
    return index, int(accesses["value"][found])


def _user_access(trace: Trace, since: int) -> int | None:
    """Return the index of the first instruction from ``since`` on by which PL1 accesses user
    memory.
    """
    accesses = trace.accesses
    hits = (
        (accesses["icount"] >= since)
        & (accesses["va"] < TASK_SIZE)
        & (accesses["flags"] & Access.PRIVILEGED != 0)
        & (accesses["flags"] & Access.DEVICE == 0)
    )
    found = _first(hits)
    if found is None:
        return None
    return int(np.searchsorted(trace.insns["icount"], accesses["icount"][found]))
