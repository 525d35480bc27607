"""What the panes need of the trace: user copies and hops of a call, read once per call and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ringview.machine.trace import Access, Trace
from ringview.scenario.hops import find_hops
from ringview.scenario.model import Phase
from ringview.session.recorder import Interrupted
from ringview.session.session import Session
from ringview.session.syscalls import SyscallRecord
from ringview.views.inputs import TASK_SIZE, UserTouch
from ringview.views.narration import HopStage

RETURNS = ("ret_fast_syscall", "ret_slow_syscall", "ret_to_user")
"""Labels at which the way back to the user begins (arch/arm/kernel/entry-common.S)."""

LONGEST = 200_000
"""Instructions of a call that are looked at: one that waits may last for ever."""

_RUN_GAP = 64
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
        finished = record.exit is not None and record.exit <= session.end
        last = record.exit if finished and record.exit is not None else session.end
        last = min(last, record.enter + LONGEST)
        kept = self._kept.get(record.enter)
        if kept is not None and kept[0] == last:
            return kept[1]
        found = self._read(record, last)
        self._kept[record.enter] = (last, found)
        return found

    def _read(self, record: SyscallRecord, last: int) -> CallTrace:
        session = self._session
        if not session.recorder.observed(record.enter):
            return NOTHING
        try:
            trace = session.window(record.enter, last)
        except Interrupted:
            return NOTHING
        symbols = session.kernel.symbols
        returns = [va for name in RETURNS if (va := symbols.address_of(name)) is not None]
        entered = session.last_transition_at_or_before(record.enter)
        vector = 0xFFFF0008 if entered is None or entered.vector is None else entered.vector
        hops = find_hops(trace, vector, symbols.extent("sys_call_table"), returns)
        touches = user_touches(trace)
        stages = [(hop.icount, hop.pc, _NAMES[hop.phase]) for hop in hops if hop.phase in _NAMES]
        stages += [(icount, pc, name) for icount, pc, name in copies(touches)]
        stages.append((record.enter - 1, record.pc, "user stub"))
        if record.exit is not None and record.exit <= session.end:
            left = session.last_transition_at_or_before(record.exit)
            if left is not None:
                stages.append((record.exit, left.target, "back in user"))
        stages.sort()
        return CallTrace(_with_costs(stages, last), touches)


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


def copies(touches: Sequence[UserTouch]) -> list[tuple[int, int, str]]:
    """Group user accesses into copies: (icount, pc, "copy from user" or "copy to user") each."""
    found: list[tuple[int, int, str]] = []
    previous: UserTouch | None = None
    for touch in touches:
        apart = previous is None or touch.icount - previous.icount > _RUN_GAP
        if apart or (previous is not None and previous.write != touch.write):
            name = "copy to user" if touch.write else "copy from user"
            found.append((touch.icount, touch.pc, name))
        previous = touch
    return found
