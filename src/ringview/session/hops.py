"""The stages of a system call's way, found in its trace by addresses and accesses, not by guessing.

The vector is where the exception went, the table load is the load from ``sys_call_table``, the
handler is what was loaded there, and a copy is a run of accesses by the kernel to user memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ringview.arm.fault import fsr_is_write
from ringview.machine.events import Transition
from ringview.machine.trace import Access, Trace
from ringview.session.codemap import CodeMap
from ringview.session.syscalls import SyscallRecord
from ringview.session.traces import TASK_SIZE, moment, pcs, user_accesses

VECTOR_PAGE = 4096
COPY_GAP = 64
"""Instructions between two accesses to user memory that still belong to one copy."""

NEIGHBOUR = 32
"""Bytes of user memory that one copy may skip: the largest block that is copied at once."""

RETURNS = ("ret_fast_syscall", "ret_slow_syscall", "ret_to_user")
"""Where the way back begins (arch/arm/kernel/entry-common.S)."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a stage begins.

    Attributes:
        name: "vector", "entry", "table", "handler", "copy from user", "copy to user", "return", …
        icount: the state in which its first instruction is next.
        pc: that instruction's virtual address.
        note: what is to be said of it, or empty.
    """

    name: str
    icount: int
    pc: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hop:
    """One stage of a system call.

    Attributes:
        name, icount, pc, note: as `Stage`.
        instructions: until the next stage.
        tlb_misses: of the TLB model until the next stage, both sides; -1 if not observed.
    """

    name: str
    icount: int
    pc: int
    instructions: int
    tlb_misses: int
    note: str


def find_stages(
    record: SyscallRecord,
    trace: Trace,
    code: CodeMap,
    faults: Sequence[Transition] = (),
    *,
    handler: bool = False,
) -> list[Stage]:
    """The stages of one call, in order.

    Args:
        record: the call.
        trace: the instructions that its thread executed for it, from the vector to the last one in
            the kernel; what exceptions within and other threads did is left out.
        code: symbols of kernel and program.
        faults: data aborts that its own instructions took: an access that had to be tried again.
        handler: have a stage where the handler goes on after a copy, too.
    """
    stages = [Stage("user stub", record.enter - 1, record.pc, code.describe(record.pc))]
    if not len(trace.insns):
        return stages
    stages += sorted(_kernel_stages(trace, code, faults, handler), key=lambda stage: stage.icount)
    if record.exit is not None:
        stages.append(Stage("back in user", record.exit, record.target))
    return stages


def _kernel_stages(
    trace: Trace, code: CodeMap, faults: Sequence[Transition], handler: bool
) -> Iterator[Stage]:
    at = pcs(trace)
    yield _stage("vector", trace, 0)
    page = int(at[0]) & ~(VECTOR_PAGE - 1)
    left = np.flatnonzero((at & ~np.uint32(VECTOR_PAGE - 1)) != page)
    if not len(left):
        return
    entry = int(left[0])
    yield _stage("entry", trace, entry, code.describe(int(at[entry])))
    begin = -1
    lookup = _table_load(trace, code)
    if lookup is not None:
        index, target = lookup
        yield _stage("table", trace, index, f"sys_call_table → {code.describe(target)}")
        begun = np.flatnonzero(at[index:] == target)
        if len(begun):
            begin = index + int(begun[0])
            yield _stage("handler", trace, begin, code.describe(target))
    yield from _copies(trace, moment(trace, max(begin, entry)), code, faults, handler)
    returns = [va for name in RETURNS if (va := code.kernel.symbols.address_of(name)) is not None]
    back = np.flatnonzero(np.isin(at, np.array(returns, np.uint32)))
    back = back[back > max(begin, entry)]
    if len(back):
        yield _stage("return", trace, int(back[-1]), code.describe(int(at[back[-1]])))


def _stage(name: str, trace: Trace, index: int, note: str = "") -> Stage:
    return Stage(name, moment(trace, index), int(pcs(trace)[index]), note)


def _table_load(trace: Trace, code: CodeMap) -> tuple[int, int] | None:
    """Index of the instruction that loads from the table, and what it loads."""
    table = code.kernel.symbols.extent("sys_call_table")
    if table is None:
        return None
    accesses = trace.accesses
    va = accesses["va"]
    reads = (accesses["flags"] & Access.WRITE) == 0
    hits = np.flatnonzero((va >= table.start) & (va < table.stop) & reads)
    if not len(hits):
        return None
    index = np.searchsorted(trace.insns["icount"], accesses["icount"][hits[0]])
    return int(index), int(accesses["value"][hits[0]])


@dataclass(frozen=True, slots=True)
class _Touch:
    """One access to user memory, or an attempt at one that faulted (size 0)."""

    icount: int
    va: int
    size: int
    write: bool


def _touches(trace: Trace, since: int, faults: Sequence[Transition]) -> list[_Touch]:
    accesses = trace.accesses
    hits = np.flatnonzero((accesses["icount"] >= since) & user_accesses(trace))
    made = [
        _Touch(int(a["icount"]), int(a["va"]), int(a["size"]), bool(a["flags"] & Access.WRITE))
        for a in accesses[hits]
    ]
    for fault in faults:
        va = fault.fault_address
        if fault.icount > since and va is not None and va < TASK_SIZE:
            made.append(_Touch(fault.icount - 1, va, 0, fsr_is_write(fault.fault_status)))
    return sorted(made, key=lambda touch: touch.icount)


def _copies(
    trace: Trace, since: int, code: CodeMap, faults: Sequence[Transition], handler: bool
) -> Iterator[Stage]:
    """Runs of accesses to neighbouring user memory in one direction and by one function; with
    ``handler`` also where the handler goes on after each.
    """
    last: tuple[bool, range] | None = None
    ended = 0
    beyond = 0
    for touch in _touches(trace, since, faults):
        # What exceptions did between is left out of the trace, so its indexes tell distances.
        index = int(np.searchsorted(trace.insns["icount"], touch.icount))
        if index >= len(trace.insns):
            break
        pc = int(pcs(trace)[index])
        # Code that copies forwards touches what comes next; a second copy begins elsewhere.
        elsewhere = abs(touch.va - beyond) > NEIGHBOUR or index - ended > COPY_GAP
        if last is not None and handler:
            yield from _handler_again(trace, last[1], ended, index, code)
        if last is None or last[0] != touch.write or pc not in last[1] or elsewhere:
            last = (touch.write, code.function(pc))
            name = "copy to user" if touch.write else "copy from user"
            note = f"{code.describe(pc)} at {touch.va:08x}"
            yield Stage(name, touch.icount, pc, note)
        ended = index
        beyond = touch.va + touch.size
    if last is not None and handler:
        yield from _handler_again(trace, last[1], ended, len(trace.insns), code)


def _handler_again(
    trace: Trace, copy: range, ended: int, before: int, code: CodeMap
) -> Iterator[Stage]:
    """Where the handler goes on after a copy, if it does before the next one."""
    at = pcs(trace)[ended:before]
    left = np.flatnonzero((at < copy.start) | (at >= copy.stop))
    if len(left):
        index = ended + int(left[0])
        note = f"{code.describe(int(pcs(trace)[index]))} after the copy"
        yield _stage("handler goes on", trace, index, note)
