"""One session: a machine with its guest, walked forwards and backwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ringview.arm.psr import Mode
from ringview.errors import InputError
from ringview.guest.image import Image
from ringview.guest.kernel import KernelAwareness, Task
from ringview.guest.loader import DEFAULT_OPTIONS, GuestSetup, prepare
from ringview.machine.events import Transition
from ringview.machine.machine import Machine, MachineConfig, StopReason
from ringview.machine.trace import Trace
from ringview.session.backward import Backward
from ringview.session.board import Board
from ringview.session.calls import Calls
from ringview.session.codemap import CodeMap
from ringview.session.history import History
from ringview.session.hops import Hop, Stage
from ringview.session.journal import Journal, JournalEntry
from ringview.session.matching import Hit
from ringview.session.motion import Motions
from ringview.session.origins import tell, tell_nobody
from ringview.session.places import Places
from ringview.session.recorder import FOR_EVER, TAIL, Interrupted, Outcome, Recorder
from ringview.session.setup import SessionSetup
from ringview.session.state import StateSnapshot, StateView
from ringview.session.stops import Reason, Stop
from ringview.session.syscalls import SyscallRecord
from ringview.session.traces import UserAccess, cut
from ringview.session.units import NOUNS, UNITS, in_words
from ringview.session.wanted import Variables, Wanted, content, understand

BOOT_LIMIT = 400_000_000
"""Instructions a kernel may take to its first user instruction before the boot is given up."""

MORE_EVENTS = 50_000
"""How many events one more `Session.run` may record when the recording was full."""


class Session:
    """One run of one guest.

    Make it with `open`; then `start` boots it. All motions end at instruction boundaries, honour
    `interrupted`, and say where and why they ended.

    Attributes:
        setup: what is run.
        guest: how memory was laid out for it.
        machine: the machine.
        kernel: the kernel's image.
        program: the program's, None if the kernel runs alone.
        awareness: reads the kernel's own structures.
        code: symbols and lines of both.
        recorder: the recording.
        bookmarks: names by icount.
        beats: gives the icounts of the scenario's beats that are known by now, in order.
        variables: gives address and bytes of a variable in words (``in.len``) where the session
            stands, see `ringview.session.wanted.Variables`.
        previous: registers and seen memory at the previous stop.
    """

    def __init__(self, setup: SessionSetup, guest: GuestSetup, machine: Machine) -> None:
        self.setup = setup
        self.machine = machine
        self.guest = guest
        self.kernel = Image(guest.kernel)
        self.program = None if guest.program is None else Image(guest.program)
        self.awareness = KernelAwareness(self.kernel)
        self.code = CodeMap(self.kernel, self.program)
        self.recorder = Recorder(
            machine, Journal(setup.inputs), setup.observe, setup.checkpoint_bytes
        )
        self.bookmarks: dict[int, str] = {}
        self.beats: Callable[[], Sequence[int]] = lambda: ()
        self.variables: Variables = lambda _: None
        self.previous: StateSnapshot | None = None
        self._breakpoints: frozenset[int] = frozenset()
        self._motions = Motions(self.recorder, self.code, lambda: self._breakpoints)
        self._backward = Backward(self.recorder, self.code, lambda: self._breakpoints)
        self._history = History(self.recorder, lambda: self._breakpoints)
        self._asked: Wanted | None = None
        self._view: StateView | None = None
        self._calls = Calls(self.recorder, self.code, self.awareness)
        self._places = Places(self, self._motions)
        self._goal = 0
        self._origin = 0

    @classmethod
    def open(cls, setup: SessionSetup) -> Session:
        """Load kernel and program; runs nothing.

        Raises:
            ProgramError: an image cannot be used.
            InputError: arguments or environment cannot be passed.
            EnvironmentProblem: the emulator cannot start on this computer.
        """
        guest = prepare(
            setup.kernel_elf,
            setup.program_elf,
            setup.args,
            dict(item.partition("=")[::2] for item in setup.env),
            memory_size=setup.memory_bytes,
            options=DEFAULT_OPTIONS if setup.options is None else setup.options,
            files=dict(setup.files),
        )
        machine = Machine(MachineConfig(ram_bytes=setup.memory_bytes, seed=setup.seed))
        for pa, data in guest.loads:
            machine.load(pa, data)
        registers = dict(guest.registers)
        machine.set_boot(guest.entry, registers["r0"], registers["r1"], registers["r2"])
        return cls(setup, guest, machine)

    # ------------------------------------------------------------------------------ position

    @property
    def icount(self) -> int:
        """Where the run stands: instructions retired since reset."""
        return self.recorder.icount

    @property
    def end(self) -> int:
        """The furthest icount recorded."""
        return self.recorder.end

    @property
    def finished(self) -> bool:
        """Whether `end` is the run's end."""
        return self.recorder.ending is not None

    @property
    def ending(self) -> Stop | None:
        """Why the run ends at `end`, None if it does not (yet)."""
        return None if self.recorder.ending is None else self._end_stop()

    @property
    def first_user(self) -> int | None:
        """The icount of the program's first user instruction, None if it was not reached yet."""
        return self.recorder.first_user

    @property
    def journal(self) -> Journal:
        """What came from outside."""
        return self.recorder.journal

    @property
    def busy(self) -> bool:
        """Whether a motion is under way: only what needs no motion of its own may be asked."""
        return self.recorder.moving

    @property
    def observed(self) -> bool:
        """Whether this moment lies in the observed region: the TLB model is meaningful."""
        return self.recorder.observed(self.icount)

    @property
    def fraction(self) -> float:
        """How far the motion under way is, 0 to 1; -1 if that cannot be told."""
        if self._history.progress >= 0:
            return self._history.progress
        span = self._goal - self._origin
        if span <= 0 or self._goal >= FOR_EVER:
            return -1.0
        return min(1.0, max(0.0, (self.icount - self._origin) / span))

    @property
    def interrupted(self) -> Callable[[], bool]:
        """Polled between slices of at most some 10 ms; true ends the motion under way."""
        return self.recorder.interrupted

    @interrupted.setter
    def interrupted(self, ask: Callable[[], bool]) -> None:
        self.recorder.interrupted = ask

    # -------------------------------------------------------------------------------- motion

    def start(self, place: str = "") -> Stop:
        """Boot to the program's first instruction, or on to a place."""
        self._depart(FOR_EVER)
        if self.setup.program_elf is not None:
            stop = self._boot()
            if stop is not None:
                return stop
        if place:
            return self.goto_place(place)
        return self._stop(Reason.ARRIVED, "start of the program" if self.icount else "reset")

    def _boot(self) -> Stop | None:
        recorder = self.recorder
        while recorder.first_user is None or self.icount < recorder.first_user:
            limit = BOOT_LIMIT if recorder.first_user is None else recorder.first_user
            outcome = recorder.advance(limit, transitions=recorder.first_user is None)
            if outcome is Outcome.LIMIT and self.icount >= BOOT_LIMIT:
                text = f"the kernel has not started the program within {BOOT_LIMIT:,} instructions"
                return self._stop(Reason.EDGE, text)
            if outcome in (Outcome.ENDED, Outcome.INTERRUPTED, Outcome.FULL):
                return self._stopped_by(outcome, "")
        return None

    def resume(
        self,
        journal: Journal,
        icount: int,
        *,
        breakpoints: Sequence[int] | set[int] = (),
        bookmarks: dict[int, str] | None = None,
        watchpoints: Sequence[Wanted] = (),
    ) -> Stop:
        """Repeat another session's run up to where it was; only as the first motion."""
        self.recorder.take_over(journal)
        self._history.points = tuple(watchpoints)
        self.bookmarks = dict(bookmarks or {})
        stop = self.goto(icount)
        self._breakpoints = frozenset(breakpoints)
        self.machine.set_code_breakpoints(self._breakpoints)
        return self._stop(stop.reason, "taken up again" if stop.arrived else stop.text)

    def run(self, limit: int | None = None) -> Stop:
        """Run forwards to a breakpoint, a watched access, the end, or a limit (an icount)."""
        self._depart(FOR_EVER if limit is None else limit)
        recorder = self.recorder
        if len(recorder.timeline.events) >= recorder.most_events:
            recorder.most_events = len(recorder.timeline.events) + MORE_EVENTS
        return self._advance(self._goal)

    def _advance(self, limit: int) -> Stop:
        """Run to a breakpoint, a watched access or a limit."""
        outcome, hit = self._history.advance(limit)
        if hit is not None:
            return self._stop(Reason.WATCHPOINT, self._tell(hit))
        return self._stopped_by(outcome, f"at {self.icount:,}")

    def goto(self, icount: int) -> Stop:
        """Go to an icount, recorded or not; clipped to the run."""
        self._depart(max(0, icount))
        outcome = self.recorder.seek(self._goal)
        return self._stopped_by(outcome, f"at {self.icount:,}")

    def step(self, unit: str, count: int) -> Stop:
        """Go ``count`` units (see `UNITS`) forwards, or backwards if negative.

        Raises:
            InputError: there is no such unit.
        """
        if unit not in UNITS:
            raise InputError(f"there is no unit {unit}; units are {', '.join(UNITS)}")
        if unit == "instruction":
            stop = self.goto(self.icount + count)
            return replace(stop, text=in_words(unit, count)) if stop.arrived else stop
        self._depart(FOR_EVER)
        stop = self._stop(Reason.ARRIVED, "")
        for _ in range(abs(count)):
            stop = self._forward(unit) if count > 0 else self._back(unit)
            held = stop.reason in (Reason.BREAKPOINT, Reason.WATCHPOINT)
            if not stop.arrived and not (unit == "breakpoint" and held):
                return stop
        if stop.reason is Reason.WATCHPOINT:
            return stop
        return self._stop(Reason.ARRIVED, in_words(unit, count))

    def _forward(self, unit: str) -> Stop:
        if unit == "breakpoint":
            return self._advance(FOR_EVER)
        if unit == "beat":
            return self._stopped_by(self._next_beat(), "")
        return self._stopped_by(self._motions.forward(unit), "")

    def _next_beat(self) -> Outcome:
        recorder, origin = self.recorder, self.icount
        while True:
            following = next((beat for beat in self.beats() if beat > origin), None)
            if following is not None:
                return recorder.seek(following)
            recorder.seek(recorder.end)
            outcome = recorder.advance(recorder.end + (1 << 17))
            if outcome is not Outcome.LIMIT:
                return outcome

    def _back(self, unit: str) -> Stop:
        origin = self.icount
        hit: Hit | None = None
        try:
            if unit == "breakpoint" and self._history.points:
                hit = self._history.stop_before()
                target = None if hit is None else hit.icount
            elif unit == "beat":
                target = next((beat for beat in reversed(self.beats()) if beat < origin), None)
            else:
                target = self._backward.target(unit)
        except Interrupted:
            return self._stop(Reason.INTERRUPTED, "paused while searching backwards")
        if target is None:
            return self._stop(Reason.EDGE, f"no {NOUNS[unit]} before this")
        self.recorder.return_to(target)
        if hit is not None and hit.wanted is not None:
            return self._stop(Reason.WATCHPOINT, self._tell(hit))
        return self._stop(Reason.ARRIVED, "")

    def find_access(self, words: str, kind: str = "write", direction: int = -1) -> Stop:
        """Go to the previous or next access of memory, or write of a register.

        The session then stands right before the instruction, and the stop says who it is. Where
        there is none, or the search is stopped, it stays where it was.

        Args:
            words: what, see `ringview.session.wanted.understand`; empty for what was asked for
                last, wherever virtual addresses lead now.
            kind: ``read``, ``write`` or ``access``, where the words do not say.
            direction: backwards if negative, else forwards, recording on where needed.

        Raises:
            InputError: the words cannot be read, or name nothing that is in memory now.
        """
        wanted = self._understand(words, kind) if words.strip() else self._again(kind)
        self._asked = wanted
        self._depart(FOR_EVER)
        if direction < 0:
            return self._find_before(wanted)
        origin = self.icount
        outcome, hit = self._history.after(wanted)
        if hit is not None:
            return self._stop(Reason.ARRIVED, self._tell(hit))
        self.recorder.return_to(origin)
        if outcome is Outcome.ENDED:
            verb = {"read": "read", "write": "written"}.get(wanted.kind, "accessed")
            return self._stop(Reason.EDGE, f"{wanted.thing} is not {verb} after this")
        return self._stopped_by(outcome, "")

    def _find_before(self, wanted: Wanted) -> Stop:
        try:
            hit = self._history.before(wanted)
        except Interrupted:
            return self._stop(Reason.INTERRUPTED, "paused while searching backwards")
        if hit is None:
            ram = content(self.machine, wanted.ranges) is not None
            return self._stop(Reason.EDGE, tell_nobody(wanted, self.guest.loads, ram))
        self.recorder.return_to(hit.icount)
        return self._stop(Reason.ARRIVED, self._tell(hit))

    def _again(self, kind: str) -> Wanted:
        if self._asked is None:
            raise InputError("nothing was asked for yet: ask who wrote something first")
        return self._asked if self._asked.is_register else replace(self._asked, kind=kind)

    def _understand(self, words: str, kind: str) -> Wanted:
        return understand(words, kind, self.machine, self.code, self.variables)

    def _tell(self, hit: Hit) -> str:
        return tell(hit, self.code, self.recorder, self.syscalls())

    def goto_place(self, place: str) -> Stop:
        """Go to a place in words; see `resolve_place`.

        Raises:
            InputError: there is no such place, or it never occurs.
        """
        icount = self._find_place(place)
        if icount is None:
            return self._stop(Reason.INTERRUPTED, f"paused on the way to {place}")
        stop = self.goto(icount)
        return self._stop(stop.reason, f"at {place}") if stop.arrived else stop

    def resolve_place(self, place: str) -> int:
        """The icount of a place in words; the machine stays where it is.

        Understands an icount (``41,207``), ``start``, ``end``, ``beat n`` and ``syscall n`` (both
        from 1), a bookmark's name, and addresses (``0x…``, ``symbol``, ``symbol+0x1c``,
        ``file.c:32``), which mean their next execution, or, if none is to come, their first.

        Raises:
            InputError: there is no such place, or it never occurs.
        """
        origin = self.icount
        try:
            icount = self._find_place(place)
        finally:
            self.recorder.return_to(origin)
        if icount is None:
            raise InputError(f"the search for {place} was stopped")
        return icount

    def _find_place(self, place: str) -> int | None:
        self._depart(FOR_EVER)
        return self._places.find(place)

    # --------------------------------------------------------------------------- breakpoints

    @property
    def breakpoints(self) -> frozenset[int]:
        """Virtual addresses of the breakpoints."""
        return self._breakpoints

    def set_breakpoint(self, va: int, on: bool = True) -> None:
        """Set or clear a breakpoint at a virtual address."""
        changed = self._breakpoints | {va} if on else self._breakpoints - {va}
        self._breakpoints = frozenset(changed)
        self.machine.set_code_breakpoints(self._breakpoints)

    @property
    def watchpoints(self) -> tuple[Wanted, ...]:
        """What is watched: running stops after an access, running backwards before it."""
        return self._history.points

    def watch(self, words: str, kind: str = "write") -> Wanted | None:
        """Watch memory, or no longer if exactly this is watched already: then the answer is None.

        Args:
            words: what, see `ringview.session.wanted.understand`; its physical place is watched
                from here on, wherever virtual addresses lead later.
            kind: ``read``, ``write`` or ``access``, where the words do not say.

        Raises:
            InputError: the words cannot be read, or name nothing that is in memory now.
        """
        points = self._history.points
        wanted = self._understand(words, kind)
        if wanted.is_register:
            raise InputError("a register cannot be watched; ask who wrote it instead")
        same = [
            point
            for point in points
            if (point.kind, point.ranges, point.value) == (wanted.kind, wanted.ranges, wanted.value)
        ]
        if same:
            self._history.points = tuple(point for point in points if point not in same)
            return None
        self._history.points = (*points, wanted)
        return wanted

    def set_watchpoints(self, points: Sequence[Wanted]) -> None:
        """Replace what is watched."""
        self._history.points = tuple(points)

    def resolve_address(self, place: str) -> int:
        """The virtual address of a place in words: 0x…, a symbol, or file:line.

        Raises:
            InputError: there is no such place.
        """
        return self.code.addresses(place)[0]

    def describe(self, va: int) -> str:
        """An address in words."""
        return self.code.describe(va)

    def bookmark(self, name: str) -> None:
        """Name the present position, or take its name away by an empty one."""
        if name:
            self.bookmarks[self.icount] = name
        else:
            self.bookmarks.pop(self.icount, None)

    # ---------------------------------------------------------------------------- from outside

    def input_console(self, data: bytes) -> JournalEntry:
        """Type bytes on the guest's console now; the recorded future is forgotten."""
        return self._input(JournalEntry(self.icount, "console", data=bytes(data)))

    def inject_irq(self, line: int) -> JournalEntry:
        """Raise an interrupt line now; the recorded future is forgotten.

        Raises:
            InputError: there is no such line.
        """
        if not 0 <= line < 128:
            raise InputError(f"there is no interrupt line {line}; lines are 0 to 127")
        return self._input(JournalEntry(self.icount, "irq", line=line))

    def _input(self, entry: JournalEntry) -> JournalEntry:
        self._keep_previous()
        self.recorder.input(entry)
        self.bookmarks = {at: name for at, name in self.bookmarks.items() if at <= entry.icount}
        return entry

    # -------------------------------------------------------------------------------- looking

    def state(self) -> StateView:
        """The machine as it stands; what is read of it is kept for `previous`."""
        if self._view is None or self._view.icount != self.icount:
            self._view = StateView(self.machine)
        return self._view

    def transitions(
        self, first: int | None = None, last: int | None = None
    ) -> Sequence[Transition]:
        """Changes of mode recorded so far, from icount ``first`` to ``last``, both inclusive."""
        return self.recorder.transitions.between(first, last)

    def transition_before(self, icount: int) -> Transition | None:
        """The last change of mode earlier than a moment."""
        return self.recorder.transitions.before(icount)

    def transition_after(self, icount: int) -> Transition | None:
        """The first recorded change of mode later than a moment."""
        return self.recorder.transitions.after(icount)

    def last_transition_at_or_before(self, icount: int) -> Transition | None:
        """The last change of mode not later than a moment."""
        return self.recorder.transitions.at_or_before(icount)

    def syscalls(self) -> Sequence[SyscallRecord]:
        """The system calls recorded so far."""
        return self._calls.records

    def syscall_name(self, nr: int) -> str:
        """A call's name, without ``sys_``, from the kernel's own table; "" if it has none."""
        return self._calls.name(nr)

    def hops(self, record: SyscallRecord) -> tuple[Hop, ...]:
        """The stages of a system call's way; those known if it has not returned yet.

        Empty while the session is `busy`, unless they were found before.
        """
        return self._calls.hops(record)

    def stages(self, record: SyscallRecord) -> list[Stage]:
        """The stages of a call's way, without their costs.

        Raises:
            Interrupted: by the user.
        """
        return self._calls.stages(record)

    def board(self, record: SyscallRecord) -> Board | None:
        """What a system call cost, piece by piece; None while the session is `busy`, unless that
        was found before.

        Raises:
            Interrupted: by the user.
        """
        return self._calls.board(record)

    def console_output(self, icount: int | None = None) -> bytes:
        """What the guest has written to its console up to a moment, now by default."""
        last = self.icount if icount is None else icount
        return bytes(event.byte for event in self.recorder.console.between(None, last))

    def window(self, first: int, last: int) -> Trace:
        """The full trace of the recorded instructions from ``first`` to ``last`` (exclusive).

        Raises:
            Interrupted: by the user.
        """
        return self.recorder.window(first, last)

    def tail(self, count: int = 1) -> Trace:
        """The trace of the ``count`` instructions just executed, fewer at the run's beginning.

        Outside the observed region, or while the session is `busy`, what happens to be known.
        """
        tail = self.recorder.tail
        first = max(0, self.icount - count)
        if self.busy or (len(tail.insns) and int(tail.insns["icount"][0]) <= first):
            return cut(tail, first, self.icount)
        if self.icount == 0 or not self.recorder.observed(self.icount - 1):
            return cut(tail, first, self.icount)
        try:
            # Once for all that views may ask.
            self.recorder.tail = self.window(max(0, self.icount - TAIL), self.icount)
        except Interrupted:
            return cut(self.recorder.tail, first, self.icount)
        return cut(self.recorder.tail, first, self.icount)

    def user_accesses(self, count: int) -> list[UserAccess]:
        """The kernel's last ``count`` accesses to user memory before now, where observed."""
        return self.recorder.accesses.before(self.icount, count)

    def look_ahead(self, limit: int) -> bool:
        """Record on towards an icount while nothing else is to be done, and come back.

        Gives whether there is more to record: it was interrupted before the limit and the end.
        """
        origin = self.icount
        recorder = self.recorder
        outcome = recorder.seek(recorder.end)
        if outcome is Outcome.LIMIT:
            outcome = recorder.advance(limit)
        recorder.return_to(origin)
        return outcome is Outcome.INTERRUPTED

    def digest(self) -> bytes:
        """A hash of registers, memory and devices as they stand."""
        return self.machine.digest()

    def task(self) -> Task | None:
        """The guest's current task, None before the kernel has one."""
        state = self.state()
        return self.awareness.current_task(state.read_virtual, state.raw.sp[Mode.SVC])

    def close(self) -> None:
        """Free the emulator; nothing else may be called afterwards."""
        self.machine.close()

    # --------------------------------------------------------------------------------- inside

    def _depart(self, goal: int) -> None:
        self._keep_previous()
        self._origin, self._goal = self.icount, goal

    def _keep_previous(self) -> None:
        if self._view is not None and self._view.icount == self.icount:
            self.previous = self._view.snapshot()
        self._view = None

    def _stop(self, reason: Reason, text: str) -> Stop:
        return Stop(reason, self.icount, text)

    def _end_stop(self) -> Stop:
        ending = self.recorder.ending
        assert ending is not None
        if ending.reason is StopReason.LOCKUP:
            return Stop(Reason.LOCKUP, self.end, "the processor is locked up: " + ending.detail)
        return Stop(Reason.HALTED, self.end, "the machine is off: " + ending.detail)

    def _stopped_by(self, outcome: Outcome, arrived: str) -> Stop:
        if outcome is Outcome.ENDED:
            return self._end_stop()
        if outcome is Outcome.INTERRUPTED:
            return self._stop(Reason.INTERRUPTED, f"paused at {self.icount:,}")
        if outcome is Outcome.FULL:
            count = len(self.recorder.timeline.events)
            text = f"paused: {count:,} events are recorded; run again to record more"
            return self._stop(Reason.INTERRUPTED, text)
        if outcome is Outcome.BREAKPOINT:
            where = self.code.describe(self._motions.pc)
            return self._stop(Reason.BREAKPOINT, f"breakpoint at {where}")
        return self._stop(Reason.ARRIVED, arrived)
