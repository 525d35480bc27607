"""One session: a machine with its guest, walked forwards and backwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from ringview.errors import InputError, UnfinishedError
from ringview.guest.image import Image
from ringview.guest.kernel import KernelAwareness
from ringview.guest.loader import DEFAULT_OPTIONS, GuestSetup, prepare
from ringview.guest.syscalls import Syscalls
from ringview.guest.tree import find_tree
from ringview.machine.machine import Machine, MachineConfig
from ringview.session.access import AccessFinder
from ringview.session.aftermath import Aftermaths
from ringview.session.bookmarks import Bookmarks
from ringview.session.calls import Calls
from ringview.session.codemap import CodeMap
from ringview.session.condition import divide
from ringview.session.history import History
from ringview.session.journal import Journal, JournalEntry
from ringview.session.looking import Looking
from ringview.session.moment import Moment, name_known
from ringview.session.motion import Motions
from ringview.session.places import Places
from ringview.session.recorder import FOR_EVER, Outcome, Recorder
from ringview.session.setup import SessionSetup
from ringview.session.state import StateSnapshot, StateView
from ringview.session.stoppoints import StopPoint, StopPoints
from ringview.session.stops import Reason, Stop
from ringview.session.suggest import Suggestions
from ringview.session.travel import Travel
from ringview.session.units import UNITS
from ringview.session.wanted import Variables, Wanted


class Session(Looking):
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
        bookmarks: names that a person gave to moments.
        stops: breakpoints and watchpoints.
        beats: gives the icounts of the scenario's beats that are known by now, in order.
        variables: gives address and bytes of a variable in words (``in.len``) where the session
            stands, see `ringview.session.wanted.Variables`.
        variable_names: gives the names that are offered for that.
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
        self.code.vdso_base = self._vdso_base
        self._vdso_seen = (-1, 0)
        self.recorder = Recorder(
            machine, Journal(setup.inputs), setup.observe, setup.checkpoint_bytes
        )
        self.bookmarks = Bookmarks()
        self.beats: Callable[[], Sequence[int]] = lambda: ()
        self.called: dict[int, str] = {}
        """Names of numbers that the kernel has no call for, as those who use them call them."""
        self.why_no_beat: Callable[[], str] = lambda: ""
        """Asked where the run ends without another beat: why one is missing, empty if none is."""
        self.variables: Variables = lambda _: None
        self.variable_names: Callable[[], Sequence[str]] = lambda: ()
        self.previous: StateSnapshot | None = None
        self.stops = StopPoints(
            machine,
            self.code,
            self._watchable,
            self._moment,
            self._name_known,
        )
        self._motions = Motions(self.recorder, self.code, self.stops)
        self._history = History(self.recorder, self.stops)
        self._access = AccessFinder(self, self._history)
        self._travel = Travel(
            self.recorder,
            self.code,
            self._motions,
            self._history,
            self.stops,
            self.bookmarks,
            self._known_beats,
            self._access.tell,
        )
        self._view: StateView | None = None
        self._calls = Calls(self.recorder, self.code, self.awareness, self._listed_name)
        self._aftermaths = Aftermaths(self.recorder, self.code, self.awareness)
        self._places = Places(self, self._motions)
        self._suggestions = Suggestions(self)
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

    @cached_property
    def root(self) -> Path:
        """The source tree that DWARF's file names are relative to: the setup's, or that in use."""
        return find_tree().root if self.setup.root is None else self.setup.root

    @cached_property
    def prototypes(self) -> Syscalls:
        """The system calls of the kernel's source tree, with what its DWARF says of them."""
        return Syscalls.of_tree(self.root / "kernel", self.kernel.debug)

    def _known_beats(self) -> Sequence[int]:
        return self.beats()

    def _listed_name(self, nr: int) -> str | None:
        # Not `prototypes.name` itself: the debug information is loaded once it is needed.
        return self.prototypes.name(nr) or self.called.get(nr)

    # ------------------------------------------------------------------------------ position

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
        return self._travel.ending

    @property
    def first_user(self) -> int | None:
        """The icount of the program's first user instruction, None if it was not reached yet."""
        return self.recorder.first_user

    @property
    def journal(self) -> Journal:
        """What came from outside."""
        return self.recorder.journal

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
        stop = None if self.setup.program_elf is None else self._travel.boot()
        if stop is not None:
            return stop
        if place:
            return self.goto_place(place)
        arrived = "start of the program" if self.icount else "reset"
        return self._travel.stop(Reason.ARRIVED, arrived)

    def resume(
        self,
        journal: Journal,
        icount: int,
        *,
        bookmarks: Mapping[int, str] | None = None,
        stops: Sequence[StopPoint] = (),
    ) -> Stop:
        """Repeat another session's run up to where it was; only as the first motion."""
        self.recorder.take_over(journal)
        self.bookmarks.take_over(bookmarks or {})
        stop = self.goto(icount)
        self.stops.take_over(stops)
        return self._travel.stop(stop.reason, "taken up again" if stop.arrived else stop.text)

    def run(self, limit: int | None = None) -> Stop:
        """Run forwards to a breakpoint, a watched access, the end, or a limit (an icount)."""
        self._depart(FOR_EVER if limit is None else limit)
        return self._travel.run(self._goal)

    def go_to_stop(self, number: int, direction: int) -> Stop:
        """Run on, or back if ``direction`` is negative, to the next place where one breakpoint or
        watchpoint stops; the others are passed over.

        Raises:
            InputError: there is none of that number.
        """
        point = self.stops.get(number)
        self._depart(FOR_EVER)
        if direction > 0:
            return self._travel.run_to_stop(FOR_EVER, (point,))
        return self._travel.back_to_stop((point,))

    @contextmanager
    def aside(self, icount: int) -> Iterator[None]:
        """Stand at another recorded moment for a while, uninterrupted; afterwards it is as if
        nothing had moved, `previous` included.
        """
        here, view, previous = self.icount, self._view, self.previous
        ask, self.interrupted = self.interrupted, lambda: False
        try:
            self.recorder.return_to(icount)
            yield
        finally:
            self.recorder.return_to(here)
            self._view, self.previous = view, previous
            self.interrupted = ask

    def goto(self, icount: int) -> Stop:
        """Go to an icount, recorded or not; clipped to the run."""
        self._depart(max(0, icount))
        return self._travel.seek(self._goal)

    def step(self, unit: str, count: int) -> Stop:
        """Go ``count`` units (see `UNITS`) forwards, or backwards if negative.

        Raises:
            InputError: there is no such unit.
            UnfinishedError: the next beat does not come in this kernel; nothing has moved.
        """
        if unit not in UNITS:
            raise InputError(f"there is no unit {unit}; units are {', '.join(UNITS)}")
        self._depart(max(0, self.icount + count) if unit == "instruction" else FOR_EVER)
        origin = self.icount
        stop = self._travel.step(unit, count)
        why = self.why_no_beat() if unit == "beat" and stop.reason is Reason.HALTED else ""
        if why:
            self.recorder.return_to(origin)
            raise UnfinishedError(why)
        return stop

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
        wanted = self._access.wanted(words, kind)
        self._depart(FOR_EVER)
        if direction < 0:
            return self._access.before(wanted)
        outcome, stop = self._access.after(wanted)
        return self._travel.stopped_by(outcome, "") if stop is None else stop

    def goto_place(self, place: str) -> Stop:
        """Go to a place in words; see `resolve_place`.

        Raises:
            InputError: there is no such place, or it never occurs.
        """
        icount = self._find_place(place)
        if icount is None:
            return self._travel.stop(Reason.INTERRUPTED, f"paused on the way to {place}")
        stop = self.goto(icount)
        return self._travel.stop(stop.reason, f"at {place}") if stop.arrived else stop

    def resolve_place(self, place: str) -> int:
        """The icount of a place in words; the machine stays where it is.

        See `ringview.session.places` for what is understood.

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

    # --------------------------------------------------------------------------------- names

    def resolve_address(self, place: str) -> int:
        """The virtual address of a place in words: 0x…, a symbol, or file:line; a condition that
        follows is left out.

        Raises:
            InputError: there is no such place.
        """
        return self.code.addresses(divide(place)[0])[0]

    def describe(self, va: int) -> str:
        """An address in words."""
        return self.code.describe(va)

    def bookmark(self, name: str, icount: int | None = None) -> None:
        """Name a position, the present one by default, or take its name away by an empty one.

        Raises:
            InputError: it cannot be a name, or the moment lies beyond what is recorded.
        """
        at = self.icount if icount is None else icount
        if not 0 <= at <= self.end:
            raise InputError(f"{at:,} is not in the recorded run")
        if name:
            self.bookmarks.put(at, name)
        elif icount is not None or self.bookmarks.name_at(at):
            self.bookmarks.remove(at)

    def suggestions(self, kind: str, text: str, count: int = 8) -> list[str]:
        """What a person may mean who has typed this much, the likeliest first.

        Args:
            kind: of the prompt: ``go``, ``breakpoint``, ``who`` or ``watch``.
            text: as typed so far.
            count: at most so many.
        """
        return self._suggestions.lines(kind, text, count)

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

    def change_inputs(self, journal: Journal, icount: int) -> Stop:
        """Have other inputs than those so far, and go to a moment of the run that they make; the
        recording is kept up to where they first differ.

        Raises:
            InputError: they differ at reset already.
        """
        self._depart(icount)
        first = self.journal.differs_from(journal)
        self.recorder.change_journal(journal)
        if first is not None:
            self.bookmarks.forget_after(first)
            self.stops.forget_after(first)
        return self.goto(icount)

    def _input(self, entry: JournalEntry) -> JournalEntry:
        self._keep_previous()
        self.recorder.input(entry)
        self.bookmarks.forget_after(entry.icount)
        self.stops.forget_after(entry.icount)
        return entry

    # ---------------------------------------------------------------------------------- the rest

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

    def close(self) -> None:
        """Free the emulator; nothing else may be called afterwards."""
        self.machine.close()

    # --------------------------------------------------------------------------------- inside

    def _watchable(self, words: str, kind: str) -> Wanted:
        return self._access.understand(words, kind)

    def _moment(self) -> Moment:
        return Moment(self.machine, self.code, self.variables)

    def _vdso_base(self) -> int:
        """Where the process that runs now has the vDSO, 0 if there is none."""
        icount = self.machine.icount
        if self._vdso_seen[0] != icount:
            state = StateView(self.machine)
            task = self.awareness.current_task(state.read_virtual, state.registers["sp_svc"])
            base = 0 if task is None else self.awareness.vdso_base(state.read_virtual, task)
            self._vdso_seen = (icount, base)
        return self._vdso_seen[1]

    def _name_known(self, name: str, addresses: Sequence[int]) -> bool:
        return name_known(name, addresses, self.code, self.variables)

    def _depart(self, goal: int) -> None:
        self._keep_previous()
        self._origin, self._goal = self.icount, goal

    def _keep_previous(self) -> None:
        if self._view is not None and self._view.icount == self.icount:
            self.previous = self._view.snapshot()
        self._view = None
