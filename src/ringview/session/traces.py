"""Columns of the machine's trace, and traces put together."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ringview.arm.psr import MODE_MASK, Mode
from ringview.machine.trace import ACCESS, INSN, Access, Records, Trace

Words = NDArray[np.uint32]

TASK_SIZE = 0xBF000000
"""Where user addresses end (arch/arm/include/asm/memory.h)."""

STACK_BASE = np.uint32(0xFFFFE000)
"""Which bits of sp name a kernel stack of 8 KiB (arch/arm/include/asm/thread_info.h)."""

MOST_ACCESSES = 1 << 18
"""Accesses to user memory that are kept: some 10 MB."""


def join(traces: Sequence[Trace]) -> Trace:
    """One trace of several that follow each other."""
    if len(traces) == 1:
        return traces[0]
    if not traces:
        return Trace(np.empty(0, INSN), np.empty(0, ACCESS))
    return Trace(
        np.concatenate([trace.insns for trace in traces]),
        np.concatenate([trace.accesses for trace in traces]),
    )


def cut(trace: Trace, first: int, last: int) -> Trace:
    """The part of a trace from icount ``first`` to ``last`` (exclusive)."""
    i = np.searchsorted(trace.insns["icount"], [first, last])
    a = np.searchsorted(trace.accesses["icount"], [first, last])
    return Trace(trace.insns[i[0] : i[1]], trace.accesses[a[0] : a[1]])


def copied(trace: Trace) -> Trace:
    """A trace with memory of its own."""
    return Trace(trace.insns.copy(), trace.accesses.copy())


def end_of(trace: Trace, count: int) -> Trace:
    """The last instructions of a trace, at most ``count``, with their accesses."""
    if len(trace.insns) <= count:
        return trace
    insns = trace.insns[-count:]
    # An instruction makes at most some dozens of accesses, most make none or one.
    accesses = trace.accesses[-count * 32 :]
    return Trace(insns, accesses[accesses["icount"] >= insns["icount"][0]])


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch whose full trace is at hand; from ``first`` to ``last``, exclusive."""

    trace: Trace = field(default_factory=lambda: join([]))
    first: int = 0
    last: int = 0

    def holds(self, first: int, last: int) -> bool:
        """Whether another stretch is part of it."""
        return self.first <= first and last <= self.last

    def before(self, last: int) -> Trace | None:
        """What it shows of the instructions just before a moment, if anything."""
        insns = self.trace.insns
        if not len(insns):
            return None
        first = int(insns["icount"][0])
        if not first < last <= int(insns["icount"][-1]) + 1:
            return None
        return cut(self.trace, first, last)


def pcs(trace: Trace) -> Words:
    """Virtual address of each instruction."""
    words: Words = trace.insns["r"][:, 15]
    return words


def moment(trace: Trace, index: int | np.integer) -> int:
    """The icount of the state in which an instruction of the trace is next."""
    return int(trace.insns["icount"][index])


def user_accesses(trace: Trace) -> NDArray[np.bool_]:
    """Which of a trace's accesses are by the kernel to user memory."""
    flags = trace.accesses["flags"]
    wanted = Access.PRIVILEGED | Access.USER_PAGE
    chosen: NDArray[np.bool_] = (flags & int(wanted | Access.DEVICE)) == int(wanted)
    return chosen & (trace.accesses["va"] < TASK_SIZE)


@dataclass(frozen=True, slots=True)
class UserAccess:
    """One access by the kernel to user memory.

    Attributes:
        icount: the state in which the instruction is next.
        pc: the instruction's virtual address.
        va: address accessed, virtual.
        pa: the same, physical.
        size: bytes.
        value: loaded or stored.
        write: a store.
        thread: base of the kernel stack of the thread that made it, virtual.
    """

    icount: int
    pc: int
    va: int
    pa: int
    size: int
    value: int
    write: bool
    thread: int = 0


class AccessLog:
    """What is kept of a run's trace: the kernel's accesses to user memory, in order, and where it
    went on with another thread.

    Attributes:
        switches: icount of the first state in which another thread runs, and the base of that
            thread's kernel stack.
    """

    def __init__(self) -> None:
        self._records: Records = np.empty(0, ACCESS)
        self._pcs: Words = np.empty(0, np.uint32)
        self._stacks: Words = np.empty(0, np.uint32)
        self._pending: list[tuple[Records, Words, Words]] = []
        self._count = 0
        self.switches: list[tuple[int, int]] = []
        self._thread = 0

    def __len__(self) -> int:
        return self._count

    def note(self, trace: Trace) -> None:
        """Take those of a stretch just recorded."""
        self._note_switches(trace)
        chosen = np.flatnonzero(user_accesses(trace))
        if not len(chosen) or self._count >= MOST_ACCESSES:
            return
        records = trace.accesses[chosen]
        index = np.searchsorted(trace.insns["icount"], records["icount"])
        index = np.minimum(index, len(trace.insns) - 1)
        stacks = trace.insns["r"][index, 13] & STACK_BASE
        self._pending.append((records, pcs(trace)[index], stacks))
        self._count += len(chosen)

    def _note_switches(self, trace: Trace) -> None:
        """A thread's kernel stack tells who it is, and SVC mode's sp lies in it.

        Each mode has an sp of its own, so only where sp came to lie in another stack is the mode
        worth a look: one pass over the trace, most often without a find.
        """
        if not len(trace.insns):
            return
        stacks = trace.insns["r"][:, 13] & STACK_BASE
        starts = np.flatnonzero(stacks[1:] != stacks[:-1]) + 1
        starts = np.concatenate([[0], starts])
        modes = trace.insns["cpsr"][starts] & MODE_MASK
        for i in starts[modes == Mode.SVC]:
            if (stack := int(stacks[i])) != self._thread:
                self._thread = stack
                self.switches.append((moment(trace, i), stack))

    def _merge(self) -> None:
        if self._pending:
            self._records = np.concatenate([self._records, *(r for r, _, _ in self._pending)])
            self._pcs = np.concatenate([self._pcs, *(p for _, p, _ in self._pending)])
            self._stacks = np.concatenate([self._stacks, *(s for _, _, s in self._pending)])
            self._pending.clear()

    def before(self, icount: int, count: int) -> list[UserAccess]:
        """The last ``count`` that were made before a moment, the latest last."""
        self._merge()
        last = int(np.searchsorted(self._records["icount"], icount))
        return self._rows(max(0, last - count), last)

    def between(self, first: int, last: int) -> list[UserAccess]:
        """Those made from icount ``first`` to ``last`` (exclusive)."""
        self._merge()
        bounds = np.searchsorted(self._records["icount"], [first, last])
        return self._rows(int(bounds[0]), int(bounds[1]))

    def _rows(self, first: int, last: int) -> list[UserAccess]:
        return [
            UserAccess(
                icount=int(record["icount"]),
                pc=int(pc),
                va=int(record["va"]),
                pa=int(record["pa"]),
                size=int(record["size"]),
                value=int(record["value"]),
                write=bool(record["flags"] & Access.WRITE),
                thread=int(stack),
            )
            for record, pc, stack in zip(
                self._records[first:last],
                self._pcs[first:last],
                self._stacks[first:last],
                strict=True,
            )
        ]

    def switches_between(self, first: int, last: int) -> list[tuple[int, int]]:
        """Where another thread went on from icount ``first`` to ``last``, both inclusive."""
        return self.switches[
            bisect_left(self.switches, (first, 0)) : bisect_right(self.switches, (last, 1 << 32))
        ]

    def truncate(self, icount: int) -> None:
        """Forget those made at or after a moment."""
        self._merge()
        last = int(np.searchsorted(self._records["icount"], icount))
        self._records, self._pcs = self._records[:last], self._pcs[:last]
        self._stacks = self._stacks[:last]
        del self.switches[bisect_left(self.switches, (icount, 0)) :]
        self._thread = self.switches[-1][1] if self.switches else 0
        self._count = last
