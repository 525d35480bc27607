"""The header line, the timeline and the list of events: the run as stretches between
transitions.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from ringview.arm.psr import Mode
from ringview.machine.events import Transition
from ringview.session.syscalls import is_fault
from ringview.views.calls import entered_before, entered_by, name_of, timed
from ringview.views.frame import EventRow, Privilege, Span, Timeline, TimelineMark
from ringview.views.inputs import THREAD_SIZE, Call, privilege_of
from ringview.views.lanes import Lanes
from ringview.views.words import address

MAX_SPANS = 400
"""Spans sent in one frame: more than any terminal has columns."""

MAX_MARKS = 400

_MARKED = {
    "data abort": "fault",
    "prefetch abort": "fault",
    "undefined": "undefined",
    "irq": "irq",
    "fiq": "irq",
}


MODE_WRITES = ("msr", "cps")
"""Causes of a transition that is neither an exception nor a return."""


def thread_of(transition: Transition) -> int:
    """Return the base of the kernel stack of the thread that a transition happened in."""
    return transition.sp_svc & ~(THREAD_SIZE - 1)


class History:
    """The transitions of a run with the privilege of the stretch after each, found by bisection.

    Kept by whoever builds frames; `update` takes in what was recorded since, and notices when the
    recorded future was replaced (an input was journalled in the past).
    """

    def __init__(self) -> None:
        self.transitions: list[Transition] = []
        self._icounts: list[int] = []
        self._privileges: list[Privilege] = []
        self._faults: list[int] = []  # positions in `transitions`
        self._interrupts: list[int] = []
        self.tasks: dict[int, str] = {}  # base of a kernel stack to whose it is
        self.lanes = Lanes()
        self._switches: Sequence[tuple[int, int]] = ()
        self._fed = (0, 0)  # how many transitions and switches the lanes have
        self._last_switch = (0, 0)
        self._latest = (0, 0, "SVC", Privilege.KERNEL)  # the stretch that goes on
        self._forgot = False

    def update(
        self, transitions: Sequence[Transition], switches: Sequence[tuple[int, int]] = ()
    ) -> None:
        """Take in a longer (or rewritten) list of transitions; cost is that of the new ones.

        Args:
            transitions: all that are recorded.
            switches: where the kernel went on with another thread, as far as the trace tells:
                icount and the base of the thread's kernel stack.
        """
        self._switches = switches
        known = len(self.transitions)
        if known > len(transitions) or (known and self.transitions[-1] != transitions[known - 1]):
            known = next(
                (
                    i
                    for i, (old, new) in enumerate(zip(self.transitions, transitions, strict=False))
                    if old != new
                ),
                min(known, len(transitions)),
            )
            self._forgot = True
            del self.transitions[known:], self._icounts[known:], self._privileges[known:]
            self._faults = self._faults[: bisect_left(self._faults, known)]
            self._interrupts = self._interrupts[: bisect_left(self._interrupts, known)]
        for transition in transitions[known:]:
            self._privileges.append(self._privilege_after(transition))
            if is_fault(transition):
                self._faults.append(len(self.transitions))
            elif transition.cause in ("irq", "fiq"):
                self._interrupts.append(len(self.transitions))
            self.transitions.append(transition)
            self._icounts.append(transition.icount)
        self._feed_lanes()

    def _feed_lanes(self) -> None:
        """Give the lanes the stretches between what was recorded since."""
        fed, switched = self._fed
        switches = self._switches
        changed = len(self.transitions) < fed or len(switches) < switched
        if changed or self._forgot or (switched and switches[switched - 1] != self._last_switch):
            self._forgot = False
            fed = switched = 0
            self.lanes.clear()
            self._latest = (0, 0, "SVC", Privilege.KERNEL)
        following: list[tuple[int, int, int]] = [
            (self._icounts[i], 0, i) for i in range(fed, len(self.transitions))
        ]
        following += [(switches[i][0], 1, i) for i in range(switched, len(switches))]
        following.sort()
        start, thread, mode, privilege = self._latest
        for icount, is_switch, i in following:
            if is_switch:
                other = switches[i][1]
                known, after = thread, (icount, other, mode, privilege)
                # The thread that goes on did not fault: what did is left behind.
                if other != thread and privilege is Privilege.ABORT:
                    after = (icount, other, mode, Privilege.KERNEL)
            else:
                transition = self.transitions[i]
                own = thread_of(transition)
                # Without a trace nobody saw where in the stretch the other thread went on.
                known = thread if own == thread or switches or not thread else 0
                after = (icount, own, transition.to_mode.name, self._privileges[i])
            self.lanes.add(start, icount, known, mode, privilege)
            start, thread, mode, privilege = after
        self._latest = (start, thread, mode, privilege)
        self.lanes.leave_open(*self._latest)
        self._fed = len(self.transitions), len(switches)
        self._last_switch = switches[-1] if switches else (0, 0)

    def _privilege_after(self, transition: Transition) -> Privilege:
        if transition.to_mode is Mode.USR:
            return Privilege.USER
        if is_fault(transition):
            return Privilege.ABORT
        if not transition.is_exception and self._privileges:
            # Linux leaves the abort mode at once for SVC: it is still handling the fault there.
            before = self._privileges[-1]
            passes_on = transition.cause in MODE_WRITES or transition.from_mode in (
                Mode.ABT,
                Mode.UND,
            )
            if passes_on and before is Privilege.ABORT:
                return before
        return privilege_of(transition.to_mode.name)

    def index_at(self, icount: int) -> int:
        """Return the index of the latest transition at or before a moment, -1 if there is none."""
        return bisect_right(self._icounts, icount) - 1

    def index_from(self, icount: int) -> int:
        """Return the index of the first transition at or after a moment."""
        return bisect_left(self._icounts, icount)

    def latest(self, icount: int) -> Transition | None:
        """Return the latest transition at or before a moment."""
        index = self.index_at(icount)
        return self.transitions[index] if index >= 0 else None

    def privilege_at(self, icount: int) -> Privilege:
        """Return whose moment it is; the kernel's before the first transition."""
        index = self.index_at(icount)
        return self._privileges[index] if index >= 0 else Privilege.KERNEL

    def up_to(self, icount: int, count: int) -> list[Transition]:
        """Return the latest ``count`` transitions at or before a moment, oldest first."""
        stop = self.index_at(icount) + 1
        return self.transitions[max(0, stop - count) : stop]

    def marks(self, first: int, last: int, count: int) -> list[TimelineMark]:
        """Return faults and interrupts between two moments, at most about ``count``.

        Interrupts are many and alike; they give way to what tells more.
        """
        low, high = self.index_from(first), self.index_at(last) + 1
        faults = _thinned(self._faults, low, high, count)
        interrupts = _thinned(self._interrupts, low, high, count - len(faults))
        marks: list[TimelineMark] = []
        for position in sorted([*faults, *interrupts]):
            t = self.transitions[position]
            label = f"{t.cause} at {address(t.pc)}"
            marks.append(TimelineMark(t.icount, _MARKED[t.cause], label))
        return marks

    def _mode_at(self, index: int) -> str:
        return self.transitions[index].to_mode.name if index >= 0 else "SVC"

    def _task_at(self, icount: int, index: int) -> str:
        """Whose the moment is; "" where the thread is not known for certain."""
        if index < 0:
            return ""
        thread = self._switched_to(icount, index) or thread_of(self.transitions[index])
        if (
            not self._switches
            and index + 1 < len(self.transitions)
            and thread_of(self.transitions[index + 1]) != thread
        ):
            return ""
        return self.tasks.get(thread, "")

    def task_at(self, icount: int) -> str:
        """Return whose a moment is, ``hello2[1]``; "" where the thread is not known for certain."""
        return self._task_at(icount, self.index_at(icount))

    def _switched_to(self, icount: int, index: int) -> int:
        """The thread that the kernel went on with between a transition and a moment after it, 0 for
        none.
        """
        position = bisect_right(self._switches, (icount, 1 << 32)) - 1
        if index < 0 or position < 0 or self._switches[position][0] < self._icounts[index]:
            return 0
        return self._switches[position][1]

    def _privilege(self, icount: int, index: int) -> Privilege:
        if index < 0:
            return Privilege.KERNEL
        # The thread that goes on did not fault: what did is left behind.
        other = self._switched_to(icount, index) not in (0, thread_of(self.transitions[index]))
        return Privilege.KERNEL if other else self._privileges[index]

    def spans(self, first: int, last: int) -> tuple[Span, ...]:
        """Return the stretches between two moments; coarser where there are more than
        `MAX_SPANS`.
        """
        begin, end = self.index_at(first), self.index_at(last)
        if end - begin < MAX_SPANS:
            low = bisect_right(self._switches, (first, 1 << 32))
            high = bisect_right(self._switches, (last, 1 << 32))
            switched = [icount for icount, _ in self._switches[low:high][:MAX_SPANS]]
            starts = [(first, begin), *((self._icounts[i], i) for i in range(begin + 1, end + 1))]
            starts = sorted({*starts, *((at, self.index_at(at)) for at in switched)})
        else:
            step = max(1, (last - first) // MAX_SPANS)
            starts = [(at, self.index_at(at)) for at in range(first, last, step)]
        merged: list[Span] = []
        for at, index in starts:
            span = Span(
                at, last, self._privilege(at, index), self._mode_at(index), self._task_at(at, index)
            )
            if merged:
                previous = merged.pop()
                if previous.start == at:
                    pass
                elif (previous.privilege, previous.mode, previous.task) == (
                    span.privilege,
                    span.mode,
                    span.task,
                ):
                    span = previous
                else:
                    merged.append(
                        Span(previous.start, at, previous.privilege, previous.mode, previous.task)
                    )
            merged.append(span)
        return tuple(merged)


def build_timeline(
    history: History,
    calls: Sequence[Call],
    extra: Iterable[TimelineMark],
    *,
    now: int,
    bounds: tuple[int, int],
    whole: tuple[int, int] | None = None,
    columns: int = 0,
    threads: bool = False,
) -> Timeline:
    """Compute the timeline.

    Args:
        history: the run's transitions.
        calls: its system calls, by icount.
        extra: beats, bookmarks, breakpoints' hits and the end.
        now: the present icount.
        bounds: first and last icount to show.
        whole: first and last icount that can be shown.
        columns: into how many columns the lanes are divided, 0 for no lanes.
        threads: give the threads' lanes, too.
    """
    first, last = bounds
    marks = [mark for mark in extra if first <= mark.icount <= last]
    low, high = entered_before(calls, first), entered_by(calls, last)
    room = max(0, MAX_MARKS - len(marks))
    moments = timed(calls)
    shown = range(low, high)[:: max(1, -(-(high - low) // room))] if room else ()
    marks += [TimelineMark(moments[i].enter, "syscall", name_of(calls, i)) for i in shown]
    marks += history.marks(first, last, max(0, MAX_MARKS - len(marks)))
    marks.sort(key=lambda mark: mark.icount)
    columns = min(columns, max(1, last - first))
    lanes = history.lanes.picture(first, last, columns, threads=threads) if columns else ()
    return Timeline(
        first,
        last,
        now,
        history.spans(first, last),
        tuple(marks[:MAX_MARKS]),
        columns=columns,
        lanes=tuple(lanes),
        whole=whole or bounds,
    )


def follow(bounds: tuple[int, int], now: int) -> tuple[int, int]:
    """The window shifted so that it holds a moment: by three quarters of it at a time, so that it
    stands still while one walks on in it.
    """
    first, last = bounds
    if first <= now < last:
        return bounds
    span = last - first
    step = max(1, span * 3 // 4)
    if now >= last:
        first += -(-(now - last + 1) // step) * step
    else:
        first = max(0, first - -(-(first - now) // step) * step)
    return first, first + span


def _thinned(positions: Sequence[int], low: int, high: int, count: int) -> Sequence[int]:
    """Those positions from ``low`` to ``high`` (exclusive); so many are left out that at most
    ``count`` remain.
    """
    if count <= 0:
        return ()
    first, last = bisect_left(positions, low), bisect_left(positions, high)
    return positions[first : last : max(1, -(-(last - first) // count))]


_BY = {
    "svc": "svc",
    "undefined": "an undefined instruction",
    "prefetch abort": "a prefetch abort",
    "data abort": "a data abort",
    "irq": "an IRQ",
    "fiq": "an FIQ",
}


def event_text(transition: Transition) -> str:
    """Return one transition in plain words: ``USR → SVC by svc at 0001_02a4, vector ffff_0008``."""
    t = transition
    modes = f"{t.from_mode.name} → {t.to_mode.name}"
    if t.cause == "return":
        return f"{modes} by return at {address(t.pc)} to {address(t.target)}"
    if t.cause in MODE_WRITES:
        return f"{modes} by {t.cause} at {address(t.pc)}"
    text = f"{modes} by {_BY.get(t.cause, t.cause)} at {address(t.pc)}, vector {address(t.target)}"
    if t.fault_address is not None:
        text += f", fault address {address(t.fault_address)}"
    return text


def event_rows(history: History, now: int, count: int) -> tuple[EventRow, ...]:
    """Return the latest transitions at or before ``now``, oldest first."""
    begin = max(0, history.index_at(now) + 1 - count)
    return tuple(
        EventRow(
            t.icount,
            t.cause,
            t.from_mode.name,
            t.to_mode.name,
            event_text(t),
            history.privilege_at(t.icount),
        )
        for t in history.transitions[begin : history.index_at(now) + 1]
    )
