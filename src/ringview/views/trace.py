"""What the panes need of the trace: user copies and hops of a call, read once per call and kept."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ringview.machine.trace import Access, Trace
from ringview.scenario.hops import find_hops
from ringview.scenario.model import Phase
from ringview.session.recorder import Interrupted
from ringview.session.session import Session
from ringview.session.syscalls import SyscallRecord
from ringview.session.traces import cut
from ringview.views.inputs import TASK_SIZE, UserTouch
from ringview.views.narration import HopStage

RETURNS = ("ret_fast_syscall", "ret_slow_syscall", "ret_to_user")
"""Labels at which the way back to the user begins (arch/arm/kernel/entry-common.S)."""

LONGEST = 200_000
"""Instructions of a call that are looked at: one that waits may last for ever."""

STRETCH = 1 << 16
"""Instructions replayed at once, for this call and those that follow it."""

_RUN_GAP = 24
"""Instructions between two user accesses that still belong to one copy."""

_NAMES = {
    Phase.VECTOR: "vector",
    Phase.ENTRY: "entry",
    Phase.TABLE: "table",
    Phase.HANDLER: "handler",
    Phase.RETURN: "return",
}


@dataclass(frozen=True, slots=True)
class CallTrace:
    """What one call's trace says: its stages, and the kernel's accesses to user memory."""

    hops: tuple[HopStage, ...]
    touches: tuple[UserTouch, ...]


NOTHING = CallTrace((), ())


class TraceBook:
    """Traces of calls, taken once each; forgotten when the recorded future changes.

    Args:
        session: replays the windows.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._version = -1
        self._kept: dict[int, tuple[int, CallTrace]] = {}

    def of_call(self, record: SyscallRecord) -> CallTrace:
        """Return what is recorded of a call; the machine stands afterwards where it stood."""
        session = self._session
        version = session.recorder.timeline.version
        if version != self._version:
            self._version = version
            self._kept.clear()
        kept = self._kept.get(record.enter)
        if kept is None or kept[0] != self._last(record):
            self._read_from(record)
            kept = self._kept.get(record.enter)
        return NOTHING if kept is None else kept[1]

    def _last(self, record: SyscallRecord) -> int:
        """Where the part of a call that is looked at ends."""
        end = self._session.end
        last = end if record.exit is None else min(record.exit, end)
        return min(last, record.enter + LONGEST)

    def _read_from(self, record: SyscallRecord) -> None:
        """Replay a stretch from a call on, and read all calls that lie in it.

        Going there and back costs more than the stretch itself.
        """
        session = self._session
        if not session.recorder.observed(record.enter):
            return
        until = min(session.end, max(self._last(record), record.enter + STRETCH))
        try:
            trace = session.window(record.enter, until)
        except Interrupted:
            return
        records = session.syscalls()
        index = bisect_left(records, record.enter, key=lambda r: r.enter)
        for found in records[index:]:
            last = self._last(found)
            if last > until or found.enter >= until:
                break
            self._kept[found.enter] = (last, self._read(found, cut(trace, found.enter, last), last))

    def _read(self, record: SyscallRecord, trace: Trace, last: int) -> CallTrace:
        session = self._session
        symbols = session.kernel.symbols
        returns = [va for name in RETURNS if (va := symbols.address_of(name)) is not None]
        entered = session.last_transition_at_or_before(record.enter)
        vector = 0xFFFF0008 if entered is None or entered.vector is None else entered.vector
        hops = find_hops(trace, vector, symbols.extent("sys_call_table"), returns)
        touches = user_touches(trace)
        stages = [(hop.icount, hop.pc, _NAMES[hop.phase]) for hop in hops if hop.phase in _NAMES]
        stages += self._copies(trace, touches)
        stages.append((record.enter - 1, record.pc, "user stub"))
        if record.exit is not None and record.exit <= session.end:
            left = session.last_transition_at_or_before(record.exit)
            if left is not None:
                stages.append((record.exit, left.target, "back in user"))
        stages.sort()
        return CallTrace(_with_costs(stages, last), touches)

    def _copies(self, trace: Trace, touches: Sequence[UserTouch]) -> Iterator[tuple[int, int, str]]:
        """Yield each copy, and where the way goes on after it."""
        icounts, pcs = trace.insns["icount"], trace.insns["r"][:, 15]
        runs = copies(touches)
        for i, run in enumerate(runs):
            yield run[0].icount, run[0].pc, "copy to user" if run[0].write else "copy from user"
            function = self._session.code.function(run[-1].pc)
            after = int(np.searchsorted(icounts, run[-1].icount))
            outside = (pcs[after:] < function.start) | (pcs[after:] >= function.stop)
            found = np.flatnonzero(outside)
            if not len(found):
                continue
            at = after + int(found[0])
            following = runs[i + 1][0].icount if i + 1 < len(runs) else None
            if following is None or int(icounts[at]) < following:
                yield int(icounts[at]), int(pcs[at]), "goes on"


def _with_costs(stages: Sequence[tuple[int, int, str]], last: int) -> tuple[HopStage, ...]:
    hops: list[HopStage] = []
    for i, (icount, pc, name) in enumerate(stages):
        following = stages[i + 1][0] if i + 1 < len(stages) else max(last, icount)
        hops.append(HopStage(name, icount, pc, following - icount))
    return tuple(hops)


def user_touches(trace: Trace) -> tuple[UserTouch, ...]:
    """Return the accesses by PL1 to user addresses, in order."""
    accesses = trace.accesses
    flags = accesses["flags"]
    wanted = (
        (accesses["va"] < TASK_SIZE)
        & (flags & Access.PRIVILEGED != 0)
        & (flags & Access.DEVICE == 0)
    )
    rows = accesses[np.flatnonzero(wanted)]
    if not len(rows):
        return ()
    pcs = trace.insns["r"][np.searchsorted(trace.insns["icount"], rows["icount"]), 15]
    return tuple(
        UserTouch(
            int(row["icount"]),
            int(pc),
            int(row["va"]),
            int(row["pa"]),
            int(row["size"]),
            int(row["value"]),
            bool(row["flags"] & Access.WRITE),
        )
        for row, pc in zip(rows, pcs, strict=True)
    )


def copies(touches: Sequence[UserTouch]) -> list[list[UserTouch]]:
    """Group user accesses into copies: runs in one direction without a long pause."""
    runs: list[list[UserTouch]] = []
    for touch in touches:
        last = runs[-1][-1] if runs else None
        if last is None or touch.icount - last.icount > _RUN_GAP or touch.write != last.write:
            runs.append([touch])
        else:
            runs[-1].append(touch)
    return runs
