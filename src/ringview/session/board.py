"""What a system call cost, piece by piece: its stages, and what came between them.

Every instruction from the svc to the first one back in user mode is given to exactly one row, so
that the rows add up to the whole. A stage's row holds what the calling thread did for the call
itself; an exception taken on the way, and whatever ran while another thread had the processor, have
rows of their own beneath the stage that they broke into.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ringview.arm.psr import MODE_MASK, Mode
from ringview.machine.events import Transition
from ringview.machine.trace import Trace
from ringview.session.hops import Stage
from ringview.session.syscalls import SyscallRecord, thread_of
from ringview.session.traces import STACK_BASE

Misses = tuple[int, int]
"""Misses of the TLB model's instruction and data side, (-1, -1) where it was not fed."""

UNKNOWN: Misses = (-1, -1)


class RowKind(StrEnum):
    """What a row of the board stands for."""

    STAGE = "stage"
    EXCEPTION = "exception"
    """An exception within the call: a page fault, an interrupt."""
    THREAD = "thread"
    """Another thread had the processor."""
    REST = "rest"
    """The end of a call that is too long to be looked into."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One piece of a call.

    Attributes:
        kind: what it is.
        name: the stage's, the exception's cause, or the other thread.
        icount: the state in which its first instruction is next.
        pc: that instruction's virtual address.
        depth: 0 for stages; one more than that of the row it broke into for the others.
        instructions: its own, those of rows beneath it left out.
        misses: of the TLB model while these were executed.
        note: what is to be said of it, or empty.
    """

    kind: RowKind
    name: str
    icount: int
    pc: int
    depth: int
    instructions: int
    misses: Misses
    note: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """A call's rows in the order of the run, and their sums.

    Attributes:
        first: icount of the state in which the svc is next.
        last: of the state back in user mode; of the end of the recording if it has not returned.
        returned: whether it has.
        rows: see `BoardRow`.
        spans: the stretches by icount: where each begins, and the position of its row.
    """

    first: int
    last: int
    returned: bool
    rows: tuple[BoardRow, ...]
    spans: tuple[tuple[int, int], ...] = ()

    def position_at(self, icount: int) -> int:
        """The position of the row that the next instruction at a moment belongs to, -1 for none."""
        if not self.first <= icount < self.last + (not self.returned):
            # The moment of the return still belongs to the call's last row.
            return len(self.rows) - 1 if self.returned and icount == self.last else -1
        index = bisect_right(self.spans, icount, key=lambda span: span[0]) - 1
        return self.spans[index][1] if index >= 0 else -1

    @property
    def instructions(self) -> int:
        """From the svc to user mode again: the sum of the rows."""
        return sum(row.instructions for row in self.rows)

    @property
    def misses(self) -> Misses:
        """The sums of the rows' misses, -1 where not all were counted."""
        if any(row.misses == UNKNOWN for row in self.rows):
            return UNKNOWN
        return (sum(row.misses[0] for row in self.rows), sum(row.misses[1] for row in self.rows))


class Interruptions:
    """Which instructions of a stretch of the kernel are a thread's own work, and what the others
    are.

    Args:
        stack: base of the thread's kernel stack; the thread runs when the stretch begins.
        trace: the stretch, from icount ``first`` to ``last`` (exclusive).
        first: where it begins, in the kernel.
        last: where it ends.
        transitions: those within, in order.

    Attributes:
        own: by instructions from ``first``: done by the thread.
        plain: done by it outside any exception that it took within.
        user: done by it in user mode.
        exceptions: those taken by it, each with the bounds of its handling as offsets from
            ``first``, the second exclusive.
    """

    def __init__(
        self, stack: int, trace: Trace, first: int, last: int, transitions: Sequence[Transition]
    ) -> None:
        self.first = first
        self.length = max(0, last - first)
        self._stack = stack
        sp, mode = self._columns(trace)
        svc = mode == Mode.SVC
        base = _filled(np.where(svc, sp & STACK_BASE, 0), svc, self._stack)
        self.threads: NDArray[np.uint32] = base
        self.own: NDArray[np.bool_] = base == self._stack
        self.plain = self.own.copy()
        self.user: NDArray[np.bool_] = self.own & (mode == Mode.USR)
        self.exceptions: list[tuple[Transition, int, int]] = []
        self._sp = sp
        self._inside: NDArray[np.bool_] = self.own & svc
        for event in transitions:
            start = event.icount - self.first
            taken = event.is_exception and 0 < start < self.length
            if taken and thread_of(event) == self._stack:
                stop = self._end(start, event)
                self.exceptions.append((event, start, stop))
                self.plain[start:stop] = False

    def _columns(self, trace: Trace) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """Sp and mode by instruction; one that left no record has those of the one before."""
        at = trace.insns["icount"].astype(np.int64) - self.first
        keep = (at >= 0) & (at < self.length)
        sp = np.zeros(self.length, np.uint32)
        mode = np.zeros(self.length, np.uint32)
        there = np.zeros(self.length, np.bool_)
        sp[at[keep]] = trace.insns["r"][keep, 13]
        mode[at[keep]] = trace.insns["cpsr"][keep] & MODE_MASK
        there[at[keep]] = True
        return _filled(sp, there, 0), _filled(mode, there, int(Mode.SVC))

    def back(self, event: Transition) -> int:
        """Offset at which the handling of an exception that began the stretch has ended; the
        stretch's length if it has not.
        """
        if event.from_mode is not Mode.USR:
            return self._end(0, event)
        return int(np.argmax(self.user)) if self.user.any() else self.length

    def _end(self, start: int, event: Transition) -> int:
        """Where the handling of an exception ends: its frame has left the kernel stack."""
        below = self._inside[start:] & (self._sp[start:] < event.sp_svc)
        if not below.any():
            return self.length
        pushed = start + int(np.argmax(below))
        gone = self._inside[pushed:] & (self._sp[pushed:] >= event.sp_svc)
        return pushed + int(np.argmax(gone)) if gone.any() else self.length


def _filled(values: NDArray[np.uint32], known: NDArray[np.bool_], first: int) -> NDArray[np.uint32]:
    """Values, those not known replaced by the last known one before, or ``first``."""
    index = np.where(known, np.arange(len(values)), -1)
    index = np.maximum.accumulate(index) if len(index) else index
    filled: NDArray[np.uint32] = np.where(index < 0, np.uint32(first), values[index])
    return filled


def make_board(
    record: SyscallRecord,
    stages: Sequence[Stage],
    found: Interruptions,
    last: int,
    misses_at: Callable[[int], Misses],
    thread: Callable[[int], str],
    outcome: Callable[[Transition, int], str],
) -> Board:
    """Give every instruction of a call to a row.

    Args:
        record: the call.
        stages: its stages, by icount; the first is the svc, and a last one at ``last`` if the call
            has returned.
        found: what came between.
        last: icount at which the call ends.
        misses_at: the TLB model's misses so far at an icount; asked in ascending order.
        thread: name of a thread by the base of its kernel stack.
        outcome: what is to be said of an exception: gets it, and the pc it went back to or 0.
    """
    first = record.enter - 1
    rows: list[BoardRow] = [
        BoardRow(RowKind.STAGE, s.name, s.icount, s.pc, 0, 0, (0, 0), s.note) for s in stages
    ]
    owner = np.zeros(last - first, np.int32)
    for i, stage in enumerate(stages):
        owner[stage.icount - first :] = i
    shift = record.enter - first
    own = found.own
    for event, start, stop in found.exceptions:
        depth = rows[owner[start + shift]].depth + 1
        note = outcome(event, found.first + stop if stop < found.length else -1)
        name = event.cause
        place = event.vector if event.vector is not None else event.target
        rows.append(BoardRow(RowKind.EXCEPTION, name, event.icount, place, depth, 0, (0, 0), note))
        part = owner[start + shift : stop + shift]
        part[own[start:stop]] = len(rows) - 1
    _threads(rows, owner, shift, found, thread)
    if found.length + shift < len(owner):
        owner[found.length + shift :] = len(rows)
        at = found.first + found.length
        rows.append(BoardRow(RowKind.REST, "the rest", at, 0, 0, 0, (0, 0), "not looked into"))
    told, spans = _counted(rows, owner, first, misses_at)
    return Board(first, last, record.exit is not None, told, spans)


def _threads(
    rows: list[BoardRow],
    owner: NDArray[np.int32],
    shift: int,
    found: Interruptions,
    thread: Callable[[int], str],
) -> None:
    """Rows for the stretches in which other threads ran."""
    bounds = np.flatnonzero(np.diff(found.threads, prepend=found.threads[:1])).tolist()
    for start, stop in zip([0, *bounds], [*bounds, found.length], strict=True):
        if start == stop or found.own[start]:
            continue
        before = rows[owner[max(0, start - 1) + shift]]
        depth = before.depth + (before.kind is not RowKind.THREAD)
        name = thread(int(found.threads[start]))
        at = found.first + start
        rows.append(BoardRow(RowKind.THREAD, name, at, 0, depth, 0, (0, 0), "has the processor"))
        owner[start + shift : stop + shift] = len(rows) - 1


def _counted(
    rows: Sequence[BoardRow],
    owner: NDArray[np.int32],
    first: int,
    misses_at: Callable[[int], Misses],
) -> tuple[tuple[BoardRow, ...], tuple[tuple[int, int], ...]]:
    """Count each row's instructions, and the misses of each stretch of it; order the rows."""
    counts = np.bincount(owner, minlength=len(rows))
    bounds = [0, *(np.flatnonzero(np.diff(owner)) + 1).tolist(), len(owner)]
    misses = [(0, 0)] * len(rows)
    before = misses_at(first)
    for start, stop in pairwise(bounds):
        after = misses_at(first + stop)
        row = int(owner[start]) if start < len(owner) else 0
        if UNKNOWN in (before, after, misses[row]):
            misses[row] = UNKNOWN
        else:
            was = misses[row]
            misses[row] = (was[0] + after[0] - before[0], was[1] + after[1] - before[1])
        before = after
    told = [
        replace(row, instructions=int(n), misses=m)
        for row, n, m in zip(rows, counts, misses, strict=False)
    ]
    order = sorted(range(len(told)), key=lambda i: (told[i].icount, told[i].depth))
    position = {row: at for at, row in enumerate(order)}
    spans = tuple((first + at, position[int(owner[at])]) for at in bounds[:-1])
    return tuple(told[i] for i in order), spans
