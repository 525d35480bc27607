"""Going somewhere in a run, by units, breakpoints, bookmarks and beats: each way ends in a `Stop`
that says where and why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ringview.machine.machine import StopReason
from ringview.session.backward import Backward
from ringview.session.bookmarks import Bookmarks
from ringview.session.codemap import CodeMap
from ringview.session.history import History
from ringview.session.matching import Hit
from ringview.session.motion import Motions
from ringview.session.recorder import FOR_EVER, Interrupted, Outcome, Recorder
from ringview.session.stoppoints import StopPoint, StopPoints
from ringview.session.stops import Reason, Stop
from ringview.session.units import NOUNS, in_words

BOOT_LIMIT = 400_000_000
"""Instructions a kernel may take to its first user instruction before the boot is given up."""

MORE_EVENTS = 50_000
"""How many events one more run may record when the recording was full."""

BEAT_STRETCH = 1 << 17
"""Instructions recorded at a time while the next beat is not known yet."""


class Travel:
    """Moves along one recording.

    Args:
        recorder: the recording.
        code: symbols and lines.
        motions: units forwards.
        history: searches the recording.
        stops: breakpoints and watchpoints.
        bookmarks: names of moments.
        beats: gives the icounts of the beats that are known by now, in order.
        told: who did an access, in words.
    """

    def __init__(
        self,
        recorder: Recorder,
        code: CodeMap,
        motions: Motions,
        history: History,
        stops: StopPoints,
        bookmarks: Bookmarks,
        beats: Callable[[], Sequence[int]],
        told: Callable[[Hit], str],
    ) -> None:
        self._recorder = recorder
        self._code = code
        self._motions = motions
        self._history = history
        self._backward = Backward(recorder, code)
        self._stops = stops
        self._bookmarks = bookmarks
        self._beats = beats
        self._told = told

    # -------------------------------------------------------------------------------- stopping

    def stop(self, reason: Reason, text: str) -> Stop:
        """A stop where the run stands."""
        return Stop(reason, self._recorder.icount, text)

    @property
    def ending(self) -> Stop | None:
        """Why the run goes no further than it is recorded, None if it may."""
        ending, end = self._recorder.ending, self._recorder.end
        if ending is None:
            return None
        if ending.reason is StopReason.LOCKUP:
            return Stop(Reason.LOCKUP, end, "the processor is locked up: " + ending.detail)
        return Stop(Reason.HALTED, end, "the machine is off: " + ending.detail)

    def stopped_by(self, outcome: Outcome, arrived: str) -> Stop:
        """The stop that an outcome of the recorder means.

        Args:
            outcome: why it returned.
            arrived: what to say if it came where it was to go.
        """
        here = self._recorder.icount
        if outcome is Outcome.ENDED:
            ending = self.ending
            assert ending is not None
            return ending
        if outcome is Outcome.INTERRUPTED:
            return self.stop(Reason.INTERRUPTED, f"paused at {here:,}")
        if outcome is Outcome.FULL:
            count = len(self._recorder.timeline.events)
            text = f"paused: {count:,} events are recorded; run again to record more"
            return self.stop(Reason.INTERRUPTED, text)
        if outcome is Outcome.BREAKPOINT:
            point = self._stops.breaks_here()
            assert point is not None
            self._stops.note_hit(point, here)
            return self._stopped_at(point, None)
        return self.stop(Reason.ARRIVED, arrived)

    def _stopped_at(self, point: StopPoint, hit: Hit | None) -> Stop:
        if hit is not None and hit.wanted is not None:
            return self.stop(Reason.WATCHPOINT, self._told(hit))
        where = self._code.describe(self._motions.pc)
        condition = "" if point.condition is None else f", where {point.condition}"
        return self.stop(Reason.BREAKPOINT, f"breakpoint at {where}{condition}")

    # --------------------------------------------------------------------------- to a moment

    def boot(self) -> Stop | None:
        """Run to the program's first instruction; None if it is there, else what came between."""
        recorder = self._recorder
        while recorder.first_user is None or recorder.icount < recorder.first_user:
            limit = BOOT_LIMIT if recorder.first_user is None else recorder.first_user
            outcome = recorder.advance(limit, transitions=recorder.first_user is None)
            if outcome is Outcome.LIMIT and recorder.icount >= BOOT_LIMIT:
                text = f"the kernel has not started the program within {BOOT_LIMIT:,} instructions"
                return self.stop(Reason.EDGE, text)
            if outcome in (Outcome.ENDED, Outcome.INTERRUPTED, Outcome.FULL):
                return self.stopped_by(outcome, "")
        return None

    def seek(self, icount: int) -> Stop:
        """Go to a moment, recorded or not; clipped to the run."""
        outcome = self._recorder.seek(icount)
        return self.stopped_by(outcome, f"at {self._recorder.icount:,}")

    def run(self, limit: int) -> Stop:
        """Run to a breakpoint, a watched access or a limit; if the recording is full, record some
        more.
        """
        recorder = self._recorder
        if len(recorder.timeline.events) >= recorder.most_events:
            recorder.most_events = len(recorder.timeline.events) + MORE_EVENTS
        return self.run_to_stop(limit)

    def run_to_stop(self, limit: int, points: Sequence[StopPoint] | None = None) -> Stop:
        """Run to a breakpoint, a watched access or a limit.

        Args:
            limit: an icount.
            points: those that count; None for all.
        """
        outcome, point, hit = self._history.advance(limit, points)
        if point is not None:
            return self._stopped_at(point, hit)
        return self.stopped_by(outcome, f"at {self._recorder.icount:,}")

    def back_to_stop(self, points: Sequence[StopPoint]) -> Stop:
        """Go back to the latest stop that running forwards would make at one of some points."""
        try:
            found = self._history.stop_before(points) if points else None
        except Interrupted:
            return self.stop(Reason.INTERRUPTED, "paused while searching backwards")
        if found is None:
            return self.stop(Reason.EDGE, "no breakpoint or watched access before this")
        hit, point = found
        self._recorder.return_to(hit.icount)
        self._stops.note_hit(point, hit.icount)
        return self._stopped_at(point, hit)

    def _to_bookmark(self, direction: int) -> Stop:
        target = self._bookmarks.neighbour(self._recorder.icount, direction)
        if target is None:
            where = "after" if direction > 0 else "before"
            return self.stop(Reason.EDGE, f"no bookmark {where} this")
        outcome = self._recorder.seek(target)
        return self.stopped_by(outcome, f"at bookmark {self._bookmarks.name_at(target)}")

    # ----------------------------------------------------------------------------- by units

    def step(self, unit: str, count: int) -> Stop:
        """Go ``count`` of `UNITS` forwards, or backwards if negative."""
        if unit == "instruction":
            stop = self.seek(max(0, self._recorder.icount + count))
            return replace(stop, text=in_words(unit, count)) if stop.arrived else stop
        stop = self.stop(Reason.ARRIVED, "")
        for _ in range(abs(count)):
            stop = self._forward(unit) if count > 0 else self._back(unit)
            held = stop.reason in (Reason.BREAKPOINT, Reason.WATCHPOINT)
            if not stop.arrived and not (unit == "breakpoint" and held):
                return stop
        if stop.reason is Reason.WATCHPOINT or unit == "bookmark":
            return stop
        if stop.reason is Reason.BREAKPOINT:
            return replace(stop, reason=Reason.ARRIVED)
        return self.stop(Reason.ARRIVED, in_words(unit, count))

    def _forward(self, unit: str) -> Stop:
        if unit == "breakpoint":
            return self.run_to_stop(FOR_EVER)
        if unit == "beat":
            return self.stopped_by(self._next_beat(), "")
        if unit == "bookmark":
            return self._to_bookmark(1)
        return self.stopped_by(self._motions.forward(unit), "")

    def _next_beat(self) -> Outcome:
        recorder, origin = self._recorder, self._recorder.icount
        while True:
            following = next((beat for beat in self._beats() if beat > origin), None)
            if following is not None:
                return recorder.seek(following)
            recorder.seek(recorder.end)
            outcome = recorder.advance(recorder.end + BEAT_STRETCH)
            if outcome is not Outcome.LIMIT:
                return outcome

    def _back(self, unit: str) -> Stop:
        if unit == "breakpoint":
            return self.back_to_stop(self._stops.all)
        if unit == "bookmark":
            return self._to_bookmark(-1)
        origin = self._recorder.icount
        try:
            if unit == "beat":
                target = next((beat for beat in reversed(self._beats()) if beat < origin), None)
            else:
                target = self._backward.target(unit)
        except Interrupted:
            return self.stop(Reason.INTERRUPTED, "paused while searching backwards")
        if target is None:
            return self.stop(Reason.EDGE, f"no {NOUNS[unit]} before this")
        self._recorder.return_to(target)
        return self.stop(Reason.ARRIVED, "")
