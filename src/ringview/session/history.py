"""Who wrote this: finds accesses in a recording, backwards and forwards, and watches for them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import TypeVar

from ringview.machine.machine import EPOCH
from ringview.machine.trace import Trace
from ringview.session.matching import (
    Candidates,
    ExecutionMatcher,
    Hit,
    Matcher,
    MemoryMatcher,
    RegisterMatcher,
)
from ringview.session.recorder import Interrupted, Outcome, Recorder
from ringview.session.stoppoints import StopPoint, StopPoints
from ringview.session.traces import cut
from ringview.session.wanted import KINDS, Wanted, content

GROWTH = 8
"""How many times more candidates are looked at each time that none of the later ones was a stop."""

Found = TypeVar("Found")


class History:
    """Searches one recording.

    Args:
        recorder: the recording.
        stops: its breakpoints and watchpoints.

    Attributes:
        progress: how far the search under way is, 0 to 1; -1 while there is none or it cannot be
            told.
    """

    def __init__(self, recorder: Recorder, stops: StopPoints) -> None:
        self._recorder = recorder
        self._stops = stops
        self.progress = -1.0

    def _matcher(self, wanted: Wanted) -> Matcher:
        machine = self._recorder.machine
        if wanted.is_register:
            return RegisterMatcher(wanted, machine, lambda: self._recorder.transitions)
        return MemoryMatcher(wanted, machine)

    # ---------------------------------------------------------------------------- backwards

    def before(self, wanted: Wanted) -> Hit | None:
        """The latest access before now; the machine stays.

        Raises:
            Interrupted: by the user.
        """
        return self._backwards([self._matcher(wanted)])

    def stop_before(self, points: Sequence[StopPoint]) -> tuple[Hit, StopPoint] | None:
        """Where running backwards stops, and what stops it there.

        Args:
            points: the breakpoints and watchpoints that count.

        Raises:
            Interrupted: by the user.
        """
        if not all(point.traced for point in points):
            return self._stop_before_live(points)
        matchers: list[Matcher] = []
        for point in points:
            if point.wanted is not None:
                matchers.append(self._matcher(point.wanted))
            else:
                matchers.append(ExecutionMatcher(frozenset(point.addresses), point.condition))
        hit = self._backwards(matchers)
        return None if hit is None else (hit, self._who(hit, points))

    @staticmethod
    def _who(hit: Hit, points: Sequence[StopPoint]) -> StopPoint:
        """Which of some points a hit of theirs belongs to."""
        if hit.wanted is not None:
            return next(point for point in points if point.wanted is hit.wanted)
        at = [point for point in points if hit.pc in point.addresses]
        plain = [point for point in at if point.condition is None]
        return (plain or at)[0]

    def _stop_before_live(self, points: Sequence[StopPoint]) -> tuple[Hit, StopPoint] | None:
        """As running forwards through each stretch, the latest stretch first, to its last stop:
        only the machine itself can tell what variables and memory held.
        """
        watched = any(point.is_watch for point in points)

        def look(last: int) -> tuple[Outcome, tuple[Hit, StopPoint] | None]:
            # The trace at hand tells which access stopped the machine.
            with self._recorder.traced(watched):
                return self._last_stop_of(last, points)

        return self._by_stretches(look)

    def _last_stop_of(
        self, last: int, points: Sequence[StopPoint]
    ) -> tuple[Outcome, tuple[Hit, StopPoint] | None]:
        """The last stop between here and a moment.

        The trace tells where a condition must be asked; it is asked of the last of these first,
        then of ever more at a time, since each time costs a way there.
        """
        recorder = self._recorder
        candidates = Candidates(points)
        outcome = recorder.scan(last, candidates.look)
        known, count = candidates.icounts, 1
        while known and outcome is Outcome.LIMIT:
            chunk, known = known[-count:], known[:-count]
            outcome = recorder.seek(chunk[0])
            if outcome is Outcome.LIMIT:
                outcome, found = self._last_stop(last, points)
                if found is not None:
                    return outcome, found
            last, count = chunk[0], count * GROWTH
        return outcome, None

    def _last_stop(
        self, last: int, points: Sequence[StopPoint]
    ) -> tuple[Outcome, tuple[Hit, StopPoint] | None]:
        """Run on to a moment; gives the last stop before it."""
        recorder, found = self._recorder, None
        point = self._stops.breaks_here(points)
        if point is not None:
            found = self._executed(), point
        while True:
            outcome, stopped, hit = self._advance(last, points)
            if stopped is None:
                return outcome, found
            if hit is not None:
                found = hit, stopped
            elif recorder.icount < last:
                found = self._executed(), stopped
            if recorder.icount >= last:
                return Outcome.LIMIT, found

    def _executed(self) -> Hit:
        """The instruction that is next, as a hit of a breakpoint."""
        machine = self._recorder.machine
        now = machine.registers()
        return Hit(machine.icount, now.pc, 0, now.cpsr, now.r[13])

    def _backwards(self, matchers: Sequence[Matcher]) -> Hit | None:
        """The latest match before here."""
        latest = _Kept(matchers, last=True)

        def look(last: int) -> tuple[Outcome, Hit | None]:
            latest.begin()
            return self._recorder.scan(last, latest.look), latest.hit

        return self._by_stretches(look)

    def _by_stretches(self, look: Callable[[int], tuple[Outcome, Found | None]]) -> Found | None:
        """Repeat the run from checkpoint to checkpoint, the latest stretch first, until something
        is found.

        Args:
            look: runs on from the beginning of a stretch to its end, an icount.

        Raises:
            Interrupted: by the user.
        """
        recorder = self._recorder
        here = last = recorder.icount
        found: Found | None = None
        try:
            while last > 0 and found is None:
                self.progress = (here - last) / here
                known = recorder.checkpoints
                first = known[bisect_left(known, last) - 1]
                outcome = recorder.seek(first)
                if outcome is not Outcome.INTERRUPTED:
                    outcome, found = look(last)
                if outcome is Outcome.INTERRUPTED:
                    raise Interrupted
                last = first
        finally:
            self.progress = -1.0
            recorder.return_to(here)
        return found

    # ----------------------------------------------------------------------------- forwards

    def after(self, wanted: Wanted) -> tuple[Outcome, Hit | None]:
        """Go to the next access after the instruction that is next now; record on where needed.

        The machine ends before the instruction if there is a hit, else where the outcome says.
        """
        recorder = self._recorder
        outcome = recorder.advance(recorder.icount + 1)
        if outcome is not Outcome.LIMIT:
            return outcome, None
        outcome, hit = self._skim(wanted)
        if hit is not None:
            recorder.return_to(hit.icount)
        return outcome, hit

    def _skim(self, wanted: Wanted) -> tuple[Outcome, Hit | None]:
        recorder = self._recorder
        first = _Kept([self._matcher(wanted)], last=False)
        first.begin()
        while True:
            outcome = recorder.scan((recorder.icount // EPOCH + 1) * EPOCH, first.look)
            if first.hit is not None or outcome is not Outcome.LIMIT:
                return outcome, first.hit

    def advance(
        self, limit: int, points: Sequence[StopPoint] | None = None
    ) -> tuple[Outcome, StopPoint | None, Hit | None]:
        """Run forwards to a limit, a breakpoint, or until after an access to what is watched.

        Args:
            limit: an icount.
            points: the breakpoints and watchpoints that count; None for all.

        Returns:
            Why it ended, what stopped it if one did, and the access if it was one.
        """
        outcome, point, hit = self._advance(limit, self._stops.all if points is None else points)
        if point is not None:
            self._stops.note_hit(point, self._recorder.icount if hit is None else hit.icount)
        return outcome, point, hit

    def _advance(
        self, limit: int, points: Sequence[StopPoint]
    ) -> tuple[Outcome, StopPoint | None, Hit | None]:
        recorder, machine = self._recorder, self._recorder.machine
        machine.set_code_breakpoints(va for point in points for va in point.addresses)
        machine.set_watchpoints(
            (pa, size, KINDS[point.wanted.kind])
            for point in points
            if point.wanted is not None
            for pa, size in point.wanted.ranges
        )
        try:
            while True:
                outcome = recorder.advance(limit, breakpoints=True, watchpoints=True)
                if outcome is Outcome.WATCHPOINT:
                    found = self._just_now(points)
                    if found is not None:
                        return outcome, *found
                elif outcome is not Outcome.BREAKPOINT:
                    return outcome, None, None
                # A run that begins on a breakpoint passes over it.
                point = self._stops.breaks_here(points)
                if point is not None:
                    return Outcome.BREAKPOINT, point, None
                if recorder.icount >= limit:
                    return Outcome.LIMIT, None, None
        finally:
            machine.set_watchpoints(())
            machine.set_code_breakpoints(self._stops.addresses)

    def _just_now(self, points: Sequence[StopPoint]) -> tuple[StopPoint, Hit] | None:
        """The access to what is watched by the instruction just executed, conditions included."""
        recorder = self._recorder
        now = recorder.icount
        # The condition is asked after the instruction.
        possible = [point for point in points if point.wanted is not None and self._holds(point)]
        if not possible:
            return None
        trace = cut(recorder.tail, now - 1, now)
        if not len(trace.insns):
            ask, recorder.interrupted = recorder.interrupted, lambda: False
            try:
                trace = recorder.window(now - 1, now)
            finally:
                recorder.interrupted = ask
        for point in possible:
            assert point.wanted is not None
            hit = MemoryMatcher(point.wanted, recorder.machine).touch(trace)
            if hit is not None:
                return point, hit
        return None

    def _holds(self, point: StopPoint) -> bool:
        assert point.wanted is not None
        if point.wanted.value is not None:
            data = content(self._recorder.machine, point.wanted.ranges)
            if data is None or int.from_bytes(data, "little") != point.wanted.value:
                return False
        return self._stops.holds(point)


class _Kept:
    """Shows a trace to matchers and keeps the latest or the first of what they find."""

    def __init__(self, matchers: Sequence[Matcher], *, last: bool) -> None:
        self._matchers = matchers
        self._last = last
        self.hit: Hit | None = None

    def begin(self) -> None:
        for matcher in self._matchers:
            matcher.begin()

    def look(self, trace: Trace) -> None:
        if self.hit is not None and not self._last:
            return
        for matcher in self._matchers:
            found = matcher.hits(trace, last=self._last)
            if found is None:
                continue
            if self.hit is None or (found.icount > self.hit.icount) == self._last:
                self.hit = found
