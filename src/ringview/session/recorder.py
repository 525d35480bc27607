"""Drives the machine along one run: records it the first time, repeats it after that.

The recorder alone decides where checkpoints are saved, when the machine is traced, and when inputs
enter. It moves the machine in slices of some milliseconds and asks between them whether somebody
wants it to stop.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum, auto
from operator import is_not

from ringview.arm.psr import Mode
from ringview.errors import InputError
from ringview.machine.events import ConsoleOutput, Event, Transition
from ringview.machine.machine import EPOCH, Machine, MachineState, StopReason
from ringview.machine.machine import Stop as MachineStop
from ringview.machine.trace import Trace
from ringview.session.checkpoints import Checkpoint, CheckpointStore
from ringview.session.journal import Journal, JournalEntry
from ringview.session.pace import Pace
from ringview.session.setup import Observe
from ringview.session.timeline import Timeline, Track
from ringview.session.traces import AccessLog, Window, copied, cut, end_of, join

WORTH_UNTRACED = 1 << 18
"""Instructions whose untraced run saves more time than translating code anew costs."""

TRACED_SLICE = 1 << 15
"""Instructions traced at a time; each leaves some hundred bytes behind."""

TAIL = 256
"""Instructions just executed whose records are kept."""

FOR_EVER = 1 << 62


class Outcome(Enum):
    """Why `Recorder.advance` returned."""

    LIMIT = auto()
    TRANSITION = auto()
    BREAKPOINT = auto()
    WATCHPOINT = auto()
    ENDED = auto()
    INTERRUPTED = auto()
    FULL = auto()


class Interrupted(Exception):
    """The user stopped a search; the machine stands somewhere valid."""


def _same(recorded: Event, replayed: Event) -> bool:
    # Flags before a return are known better inside a trace, and the order of what happens at one
    # moment depends on where slices end, so the moment is what can be compared.
    return recorded.icount == replayed.icount


class Recorder:
    """One machine, one run.

    Args:
        machine: loaded, at icount 0.
        journal: inputs from outside.
        observe: which part of the run is traced.
        checkpoint_bytes: memory that checkpoints may take.

    Attributes:
        most_events: events after which recording stops, since they take memory.
        on_recorded: called after a stretch recorded for the first time brought changes of mode; the
            machine stands right behind them.
        on_truncated: called after the recorded future was forgotten.
        interrupted: polled between slices; true stops the motion at hand.
        end: the furthest icount recorded.
        ending: why the run goes no further than `end`, or None while it may.
        accesses: the kernel's accesses to user memory.
        tail: the trace of the instructions just before the present position, as far as they were
            traced on the way here; at most `TAIL` of them.
        first_user: icount of the first state in user mode, None if it was not reached yet.
    """

    def __init__(
        self, machine: Machine, journal: Journal, observe: Observe, checkpoint_bytes: int
    ) -> None:
        self.machine = machine
        self.journal = journal
        self.interrupted: Callable[[], bool] = lambda: False
        self.on_recorded: Callable[[], None] = lambda: None
        self.on_truncated: Callable[[], None] = lambda: None
        self.most_events = FOR_EVER
        self.end = 0
        self.ending: MachineStop | None = None
        self.first_user: int | None = None
        self.timeline: Timeline[Event] = Timeline(_same)
        self.transitions: Track[Transition] = Track()
        self.console: Track[ConsoleOutput] = Track()
        self._observe = observe
        self._checkpoints: CheckpointStore[MachineState] = CheckpointStore(
            _added_bytes, checkpoint_bytes
        )
        self._pace = Pace()
        self._forced_trace = False
        self._tracing = False
        self._pieces: list[Trace] | None = None
        self._look: Callable[[Trace], None] | None = None
        self._moving = False
        self.accesses = AccessLog()
        self.tail = join([])
        self._window = Window()
        self._enter_inputs(journal.at(0))
        self._save()

    # ------------------------------------------------------------------------------ queries

    @property
    def icount(self) -> int:
        """Where the machine stands."""
        return self.machine.icount

    @property
    def ended(self) -> bool:
        """Whether the run goes no further from here."""
        return self.ending is not None and self.icount >= self.end

    @property
    def checkpoints(self) -> tuple[int, ...]:
        """Where checkpoints are."""
        return self._checkpoints.icounts

    @property
    def moving(self) -> bool:
        """Whether a motion is under way, so that nothing may be asked that moves the machine."""
        return self._moving

    def observed(self, icount: int) -> bool:
        """Whether the instruction executed at a moment is traced in the recording."""
        if self._observe == "everything":
            return True
        if self._observe == "nothing":
            return False
        return self.first_user is not None and icount >= self.first_user

    # ------------------------------------------------------------------------------- moving

    def advance(
        self,
        limit: int,
        *,
        transitions: bool = False,
        breakpoints: bool = False,
        watchpoints: bool = False,
    ) -> Outcome:
        """Run forwards to an icount.

        Args:
            limit: where to stop at the latest.
            transitions: stop after a change of mode too.
            breakpoints: stop at the machine's code breakpoints too.
            watchpoints: stop after an access to what the machine watches too.
        """
        self._moving = True
        # The machine stops at what nobody asks for, too, and that costs as much as a slice.
        aside = () if breakpoints else self.machine.code_breakpoints
        if aside:
            self.machine.set_code_breakpoints(())
        try:
            return self._advance(limit, transitions, breakpoints, watchpoints)
        finally:
            self._moving = False
            if aside:
                self.machine.set_code_breakpoints(aside)

    def _advance(
        self, limit: int, transitions: bool, breakpoints: bool, watchpoints: bool
    ) -> Outcome:
        while True:
            now = self.machine.icount
            if self.ended:
                return Outcome.ENDED if now < limit else Outcome.LIMIT
            if now >= limit:
                return Outcome.LIMIT
            if self._pace.stopped(self.interrupted):
                return Outcome.INTERRUPTED
            if now >= self.end and len(self.timeline.events) >= self.most_events:
                return Outcome.FULL
            stop = self._run_slice(now, limit, transitions)
            if stop.reason is StopReason.BREAKPOINT and breakpoints:
                return Outcome.BREAKPOINT
            if stop.reason is StopReason.WATCHPOINT and watchpoints:
                return Outcome.WATCHPOINT
            if transitions and stop.reason is StopReason.TRANSITION:
                return Outcome.TRANSITION
            if breakpoints and self.machine.icount > now and self.machine.held:
                # The next slice would begin on the breakpoint, and so pass over it.
                return Outcome.BREAKPOINT

    def seek(self, icount: int) -> Outcome:
        """Go to an icount of the recorded run exactly, in either direction, or record on to it."""
        checkpoint = self._checkpoints.at_or_before(icount)
        assert checkpoint is not None, "the state at reset is never dropped"
        if icount < self.icount or checkpoint.icount > self.icount:
            self._restore(checkpoint)
        return self.advance(icount)

    def advance_traced(self, limit: int) -> tuple[Outcome, Trace]:
        """Run forwards with a full trace of the stretch."""
        self._pieces = []
        self._forced_trace = True
        try:
            outcome = self.advance(limit)
        finally:
            self._forced_trace = False
            pieces, self._pieces = self._pieces, None
        return outcome, join(pieces)

    @contextmanager
    def traced(self, on: bool = True) -> Iterator[None]:
        """Trace in full all that is run meanwhile, so that `tail` is known after each stop."""
        before, self._forced_trace = self._forced_trace, on
        try:
            yield
        finally:
            self._forced_trace = before

    def scan(self, limit: int, look: Callable[[Trace], None]) -> Outcome:
        """Run forwards and show the full trace, stretch by stretch, as it is made.

        Args:
            limit: where to stop.
            look: called after each stretch, the machine standing at its end; the trace is valid
                only until it returns.
        """
        self._forced_trace = True
        self._look = look
        try:
            return self.advance(limit)
        finally:
            self._forced_trace = False
            self._look = None

    def window(self, first: int, last: int) -> Trace:
        """The full trace of the recorded instructions from ``first`` to ``last`` (exclusive); the
        machine ends where it was. A part of the window asked for last is not run again.

        Raises:
            Interrupted: by the user; the machine is back where it was all the same.
        """
        here = self.icount
        last = min(last, self.end)
        if first >= last:
            return join([])
        if self._window.holds(first, last):
            return cut(self._window.trace, first, last)
        outcome = self.seek(first)
        if outcome is not Outcome.INTERRUPTED:
            outcome, trace = self.advance_traced(last)
        self.return_to(here)
        if outcome is Outcome.INTERRUPTED:
            raise Interrupted
        self._window = Window(trace, first, last) if last - first <= TRACED_SLICE else Window()
        return trace

    def known_before(self, last: int) -> Trace | None:
        """What the latest window shows of the instructions just before a moment, if anything."""
        return self._window.before(last)

    def return_to(self, icount: int) -> None:
        """Go back to where a search began, which cannot be interrupted: it takes one epoch's
        replay.
        """
        ask, self.interrupted = self.interrupted, lambda: False
        try:
            self.seek(icount)
        finally:
            self.interrupted = ask

    def take_over(self, journal: Journal) -> None:
        """Use another journal; only before the run has begun."""
        assert self.end == 0
        self._checkpoints.drop_from(0)
        already = len(self.journal.at(0))
        self.journal = journal
        self._enter_inputs(journal.at(0)[already:])
        self._save()

    def input(self, entry: JournalEntry) -> None:
        """Let something in from outside now; the recorded future is forgotten."""
        assert entry.icount == self.icount
        self._forget_future(keep_checkpoint=not entry.icount)
        self.journal.add(entry)
        self._enter_inputs([entry])
        if entry.icount % EPOCH == 0:
            self._save()

    def change_journal(self, journal: Journal) -> None:
        """Use another journal from where it first differs on; what was recorded from there is
        forgotten, and the machine stands right before it.

        Raises:
            InputError: they differ at reset already.
        """
        first = self.journal.differs_from(journal)
        if first == 0:
            raise InputError("what was let in at reset cannot be changed")
        if first is None or first > self.end:
            self.journal = journal
            return
        self.return_to(min(first - 1, self.end))
        self._forget_future(keep_checkpoint=True)
        self.journal = journal

    def _forget_future(self, *, keep_checkpoint: bool) -> None:
        """What was recorded after this moment is forgotten.

        Args:
            keep_checkpoint: whether a checkpoint of this very moment stays true.
        """
        now = self.icount
        self.timeline.forget_future()
        self._window = Window()
        self._truncate_tracks()
        self.on_truncated()
        self._checkpoints.drop_from(now + 1 if keep_checkpoint else now)
        self.end = now
        self.ending = None
        if self.first_user is not None and self.first_user > now:
            self.first_user = None

    # ------------------------------------------------------------------------------- inside

    def _goal(self, now: int, limit: int) -> int:
        """The end of the next slice: nothing that needs the recorder lies within it."""
        length = min(self._pace.slice, TRACED_SLICE) if self._tracing else self._pace.slice
        goal = min(limit, now + length, (now // EPOCH + 1) * EPOCH)
        following = self.journal.next_after(now)
        if following is not None:
            goal = min(goal, following)
        if now < self.end:
            # What is repeated and what is recorded never share a slice.
            goal = min(goal, self.end)
        if self.first_user is not None and now < self.first_user:
            goal = min(goal, self.first_user)
        return goal

    def _run_slice(self, now: int, limit: int, transitions: bool) -> MachineStop:
        self._set_trace(self._forced_trace or self.observed(now), limit - now)
        if now == self.first_user and self._observe != "nothing":
            self._enter_observed_region()
        # The program's first instruction is found by watching for the first return to user mode.
        watch = transitions or self.first_user is None
        goal = self._goal(now, limit)
        began = time.perf_counter()
        stop = self.machine.run(goal, stop_on_transition=watch)
        self._collect(now)
        self._pace.adapt(self.machine.icount - now, time.perf_counter() - began)
        if stop.reason in (StopReason.HALTED, StopReason.LOCKUP) and self._is_end():
            self.ending = stop
        return stop

    def _is_end(self) -> bool:
        """Whether nothing recorded lies ahead: a guest that slept for ever may have been woken by
        an input.
        """
        now = self.machine.icount
        return now >= self.end and not self.journal.at(now)

    def _collect(self, since: int) -> None:
        now = self.machine.icount
        if since < self.end:
            self.timeline.skip(self.machine.drop_events(), now)
        else:
            self._file(self.timeline.note(self.machine.take_events()))
        if self._tracing:
            trace = self.machine.borrow_trace()
            if self._pieces is not None:
                self._pieces.append(copied(trace))
            if self._look is not None:
                self._look(trace)
            if now > self.end and self.observed(since):
                self.accesses.note(trace)
            self._keep_tail(trace)
        if now > since:
            self._enter_inputs(self.journal.at(now))
        self.end = max(self.end, now)
        if now % EPOCH == 0 and now not in self._checkpoints:
            self._save()

    def _keep_tail(self, trace: Trace) -> None:
        """Keep what was just traced, joined to what was kept if it follows that."""
        if not len(trace.insns):
            return
        latest = end_of(trace, TAIL)
        old = self.tail.insns
        follows = len(old) and old["icount"][-1] + 1 == latest.insns["icount"][0]
        if len(latest.insns) < TAIL and follows:
            latest = end_of(join([self.tail, latest]), TAIL)
        self.tail = copied(latest)

    def _file(self, events: Iterable[Event]) -> None:
        before = len(self.transitions)
        for event in events:
            if isinstance(event, Transition):
                self.transitions.append(event)
                if self.first_user is None and event.to_mode is Mode.USR:
                    self.first_user = event.icount
            elif isinstance(event, ConsoleOutput):
                self.console.append(event)
        if len(self.transitions) > before:
            self.on_recorded()

    def _truncate_tracks(self) -> None:
        known = set(map(id, self.timeline.events.all))
        self.accesses.truncate(self.icount)
        for track in (self.transitions, self.console):
            keep = sum(1 for event in track.all if id(event) in known)
            track.truncate(keep)

    def _enter_inputs(self, entries: Sequence[JournalEntry]) -> None:
        if not entries:
            return
        for entry in entries:
            if entry.kind == "console":
                self.machine.console_input(entry.data)
            elif entry.kind == "store":
                self.machine.write_physical(entry.pa, entry.data)
            else:
                self.machine.inject_irq(entry.line)
        # The canonical state is the one after the interrupt that this may have caused.
        self.machine.run(self.machine.icount)
        self._file(self.timeline.note(self.machine.take_events()))

    def _set_trace(self, on: bool, ahead: int) -> None:
        """Switch the trace as needed; off only where enough lies ahead, since code is then
        translated anew.
        """
        if on != self._tracing and (on or ahead >= WORTH_UNTRACED):
            self.machine.trace(on)
            self._tracing = on

    def _enter_observed_region(self) -> None:
        """Begin the region with an empty TLB model and, so that no way back leads through the boot,
        a checkpoint. Restoring one empties Unicorn's own TLB, so it is emptied here in every run.
        """
        self.machine.reset_tlb()
        state = self.machine.save()
        self.machine.restore(state)
        if self.icount not in self._checkpoints:
            self._checkpoints.add(Checkpoint(self.icount, self.timeline.cursor, state))

    def _save(self) -> None:
        icount = self.icount
        self._checkpoints.add(Checkpoint(icount, self.timeline.cursor, self.machine.save()))

    def _restore(self, checkpoint: Checkpoint[MachineState]) -> None:
        self.tail = join([])
        self.machine.restore(checkpoint.state)
        self.machine.take_events()
        self.timeline.cursor = checkpoint.events


def _added_bytes(before: MachineState | None, state: MachineState) -> int:
    """Memory that a state takes beside the one before it."""
    own = len(state.context) + len(state.pages) * 8 + 4096
    if before is None:
        return own + len(set(map(id, state.pages))) * 4096
    if before.pages is state.pages:
        return own - len(state.pages) * 8
    return own + sum(map(is_not, before.pages, state.pages)) * 4096
