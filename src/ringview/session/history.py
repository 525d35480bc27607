"""Who wrote this: finds accesses in a recording, backwards and forwards, and watches for them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from ringview.machine.machine import EPOCH
from ringview.machine.trace import Trace
from ringview.session.matching import (
    ExecutionMatcher,
    Hit,
    Matcher,
    MemoryMatcher,
    RegisterMatcher,
)
from ringview.session.recorder import Interrupted, Outcome, Recorder
from ringview.session.traces import cut
from ringview.session.wanted import KINDS, Wanted, content


class History:
    """Searches one recording and keeps its watchpoints.

    Args:
        recorder: the recording.
        breakpoints: gives the user's breakpoints (virtual addresses).

    Attributes:
        points: what is watched.
        progress: how far the search under way is, 0 to 1; -1 while there is none or it cannot be
            told.
    """

    def __init__(self, recorder: Recorder, breakpoints: Callable[[], frozenset[int]]) -> None:
        self._recorder = recorder
        self._breakpoints = breakpoints
        self.points: tuple[Wanted, ...] = ()
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

    def stop_before(self) -> Hit | None:
        """Where running backwards stops: at a breakpoint or what is watched.

        Raises:
            Interrupted: by the user.
        """
        matchers = [self._matcher(point) for point in self.points]
        if self._breakpoints():
            matchers.append(ExecutionMatcher(self._breakpoints()))
        return self._backwards(matchers)

    def _backwards(self, matchers: Sequence[Matcher]) -> Hit | None:
        """Repeat the run from checkpoint to checkpoint, the latest stretch first."""
        recorder = self._recorder
        here = last = recorder.icount
        latest = _Kept(matchers, last=True)
        try:
            while last > 0 and latest.hit is None:
                self.progress = (here - last) / here
                known = recorder.checkpoints
                first = known[bisect_left(known, last) - 1]
                outcome = recorder.seek(first)
                if outcome is not Outcome.INTERRUPTED:
                    latest.begin()
                    outcome = recorder.scan(last, latest.look)
                if outcome is Outcome.INTERRUPTED:
                    raise Interrupted
                last = first
        finally:
            self.progress = -1.0
            recorder.return_to(here)
        return latest.hit

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

    def advance(self, limit: int) -> tuple[Outcome, Hit | None]:
        """Run forwards to a limit, a breakpoint, or until after an access to what is watched.

        Args:
            limit: an icount.
        """
        recorder, machine = self._recorder, self._recorder.machine
        machine.set_watchpoints(
            (pa, size, KINDS[point.kind]) for point in self.points for pa, size in point.ranges
        )
        try:
            while True:
                outcome = recorder.advance(limit, breakpoints=True, watchpoints=True)
                if outcome is not Outcome.WATCHPOINT:
                    return outcome, None
                hit = self._just_now()
                if hit is not None:
                    return outcome, hit
                # A run that begins on a breakpoint passes over it.
                if machine.registers().pc in self._breakpoints():
                    return Outcome.BREAKPOINT, None
                if recorder.icount >= limit:
                    return Outcome.LIMIT, None
        finally:
            machine.set_watchpoints(())

    def _just_now(self) -> Hit | None:
        """The access to what is watched by the instruction just executed, conditions included."""
        recorder = self._recorder
        now = recorder.icount
        possible = [point for point in self.points if self._holds(point)]
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
            # The condition holds by now: it is asked after the instruction.
            hit = MemoryMatcher(point, recorder.machine).touch(trace)
            if hit is not None:
                return hit
        return None

    def _holds(self, point: Wanted) -> bool:
        if point.value is None:
            return True
        data = content(self._recorder.machine, point.ranges)
        return data is not None and int.from_bytes(data, "little") == point.value


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
