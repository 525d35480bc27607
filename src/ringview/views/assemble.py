"""One frame of a session: every pane of one stop, computed once and put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from msgspec import structs

from ringview.arm.psr import Mode
from ringview.machine.events import Transition
from ringview.session.recorder import Interrupted
from ringview.session.session import Session
from ringview.session.syscalls import is_fault
from ringview.views.asking import Asked, ask
from ringview.views.calls import call_at
from ringview.views.code import build_code
from ringview.views.entry import ENTRY_LENGTH, Saving, savings_since
from ringview.views.fetches import FetchReader, build_fetches
from ringview.views.frame import (
    CallFrameView,
    FetchLedger,
    Frame,
    Logs,
    Privilege,
    Storyboard,
    Tables,
    Timeline,
    TlbShare,
    Translation,
    ViewRequest,
)
from ringview.views.frames import build_frames
from ringview.views.header import build_header
from ringview.views.inputs import (
    THREAD_SIZE,
    Call,
    Scene,
    Structure,
    TlbSide,
    mode_name,
    privilege_of,
)
from ringview.views.knowledge import GuestBook, StopKnowledge
from ringview.views.locals import LocalNames
from ringview.views.logs import build_logs
from ringview.views.memory import LEDGER_LOOK, build_memory
from ringview.views.narration import BeatText, HopStage, build_narration
from ringview.views.record import RunReader, ScenarioSpec
from ringview.views.registers import build_registers
from ringview.views.restore import WAY_OUT, WayOut, way_out
from ringview.views.stacks import build_stacks
from ringview.views.stages import tlb_sides
from ringview.views.steps import StepReader
from ringview.views.storyboard import build_storyboard
from ringview.views.tables import build_tables
from ringview.views.timeline import History, build_timeline, follow, thread_of
from ringview.views.tlb import build_tlb, shares_of
from ringview.views.translation import FAULT_IN_QUESTION, build_translation
from ringview.views.watches import field_names, resolve_watches

_FAULT_WORDS = ("abort", "undefined", "exception")
"""Words by which the unwinder says that a fault was crossed."""


class _Stop(NamedTuple):
    """What is known of a stop before any pane of it is built."""

    know: StopKnowledge
    scene: Scene
    calls: Sequence[Call]
    beats: Sequence[BeatText]
    hops: Sequence[HopStage]
    savings: Sequence[Saving]
    latest: int  # the index of the latest transition; -1 for none
    structures: Sequence[Structure]
    asked: Asked
    sides: tuple[TlbSide, TlbSide] | None
    translation: Translation


class FrameBuilder:
    """Builds the frames of one session, and remembers what many of them need.

    Args:
        session: the session.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.book = GuestBook.of(session)
        self.history = History()
        self.steps = StepReader(session, self.history, self.book)
        self.run = RunReader(session, self.history, self.book.syscalls)
        self.locals = LocalNames(session.code)
        self.fetches = FetchReader(session)
        self._initial_sp = 0
        self._followed: int | None = None
        self._left: tuple[int, WayOut] = (-1, WayOut())
        self._sides: tuple[int, tuple[TlbSide, TlbSide] | None] = (-1, None)
        self._sides_before: tuple[TlbSide, TlbSide] | None = None
        self._shares: tuple[TlbShare, ...] = ()

    def build(
        self,
        scenario: ScenarioSpec | None,
        request: ViewRequest,
        serial: int,
        running: bool = False,
        stop_text: str = "",
    ) -> Frame:
        """Compute everything one client sees of the session's present position.

        Args:
            scenario: gives title, watches and beats; None for a run without one.
            request: what the client wants to see.
            serial: counts the frames of that client.
            running: the guest runs on while this is shown.
            stop_text: why it stands still, in words.
        """
        stop = self._stop(scenario, request, running=running)
        scene, calls, beats = stop.scene, stop.calls, stop.beats
        know, now = stop.know, scene.now.icount
        return Frame(
            serial=serial,
            header=build_header(scene, self.run.facts(scenario, running, stop_text)),
            timeline=self._timeline(calls, beats, request, now, running=running),
            registers=build_registers(scene),
            code=build_code(scene),
            stacks=build_stacks(scene),
            translation=stop.translation,
            tlb=build_tlb(scene, stop.sides, self._sides_before, shares=self._shares),
            memory=build_memory(
                scene,
                stop.structures,
                self.session.user_accesses(LEDGER_LOOK),
                calls,
                self._follow(stop.asked, running=running),
            ),
            logs=self._logs(calls, request, now),
            narration=build_narration(
                scene,
                self.history,
                calls,
                beats=beats,
                hops=stop.hops,
                savings=stop.savings,
                translation=stop.translation,
                device=self.run.device(stop.latest),
                aftermath=self.session.aftermath,
                way_out=self._way_out,
            ),
            large=request.large,
            marks=self.run.marked(now),
            storyboard=self._storyboard(know, calls, request),
            tables=self._tables(know, request, stop.translation.va),
            fetches=self._fetches(know, calls, request),
            frames=self._frames(know, scene, request),
        )

    # ----------------------------------------------------------------------------------- inside

    def _stop(self, scenario: ScenarioSpec | None, request: ViewRequest, *, running: bool) -> _Stop:
        """Ask the session, once, what several panes are built from."""
        session = self.session
        self.history.update(session.recorder.transitions.all, session.recorder.accesses.switches)
        hops = () if running else self.run.hops()
        state = session.state()
        know = StopKnowledge(self.book, state, session.awareness, self._first_sp())
        calls = self.run.calls(session.syscalls())
        scene, savings = self._scene(know, request, calls)
        watches = scenario.watch if scenario is not None else ()
        structures = resolve_watches(watches, session.code, state, know.guest_frames)
        know.names = {s.va: s.name for s in structures if s.va and not s.why_not}
        know.fields = self.locals.of_frames(know.guest_frames, state) | field_names(structures)
        index = self.history.index_at(state.icount)
        asked = ask(scene, self._fault_in_question(scene, index), session, know, watches)
        sides = self._tlb(state.icount)
        translation = _answer(asked, build_translation(scene, asked.question, sides), request)
        beats = self.run.beats(scenario)
        if scene.task is not None:
            self.history.tasks[scene.task.stack] = str(scene.task)
        return _Stop(
            know, scene, calls, beats, hops, savings, index, structures, asked, sides, translation
        )

    def _follow(self, asked: Asked, *, running: bool) -> int | None:
        """The address that memory is shown around."""
        follow = None if asked.question.access == "execute" else asked.question.va
        if running and follow is None:
            follow = self._followed  # memory does not jump to and fro between instructions
        self._followed = follow
        return follow

    def _logs(self, calls: Sequence[Call], request: ViewRequest, now: int) -> Logs:
        return build_logs(
            self.run.kernel_log(request.log_rows),
            self.run.console(now),
            calls,
            self.history,
            now=now,
            rows=request.log_rows,
        )

    def _way_out(self, t: Transition) -> WayOut:
        """What the instructions before a return did."""
        if t.is_exception or self.session.busy:
            return WayOut()
        if self._left[0] != t.icount:
            try:
                trace = self.session.window(max(0, t.icount - WAY_OUT), t.icount)
            except Interrupted:
                return WayOut()
            self._left = (t.icount, way_out(t, trace))
        return self._left[1]

    def _timeline(
        self,
        calls: Sequence[Call],
        beats: Sequence[BeatText],
        request: ViewRequest,
        now: int,
        *,
        running: bool,
    ) -> Timeline:
        session = self.session
        whole = (session.first_user or 0, max(session.end, (session.first_user or 0) + 1))
        bounds = request.timeline or whole
        if request.timeline is not None and request.follow:
            bounds = follow(bounds, now)
        large = request.large == "time"
        if large:
            self._name_strangers()
        timeline = build_timeline(
            self.history,
            calls,
            self.run.marks(beats, *bounds),
            now=now,
            bounds=bounds,
            whole=whole,
            columns=request.columns,
            threads=large,
        )
        if not large or running:
            return timeline
        places, steps = self.steps.read(bounds, now, request.steps)
        return structs.replace(timeline, places=places, steps=steps)

    def _name_strangers(self) -> None:
        """Ask the kernel's own structures who has a stack from which no call was ever made."""
        lanes, session = self.history.lanes, self.session
        read = session.state().read_virtual
        for stack in lanes.strangers():
            task = session.awareness.current_task(read, stack + THREAD_SIZE - 8)
            if task is not None and task.stack.start == stack:
                lanes.names[stack] = f"{task.comm}[{task.pid}]"

    def _storyboard(
        self, know: StopKnowledge, calls: Sequence[Call], request: ViewRequest
    ) -> Storyboard | None:
        if request.large != "storyboard":
            return None
        return build_storyboard(
            self.session, know, calls, wanted=request.call, present=self.run.present_call()
        )

    def _fetches(
        self, know: StopKnowledge, calls: Sequence[Call], request: ViewRequest
    ) -> FetchLedger | None:
        if request.large != "fetches":
            return None
        return build_fetches(self.fetches, self.session, know, calls, self.run.present_call())

    def _frames(
        self, know: StopKnowledge, scene: Scene, request: ViewRequest
    ) -> tuple[CallFrameView, ...] | None:
        if request.large != "frames":
            return None
        return build_frames(self.session.code, know, self.session.state(), scene.privilege)

    def _tables(self, know: StopKnowledge, request: ViewRequest, va: int) -> Tables | None:
        if request.large != "tables":
            return None
        linux = know.symbol("vector_swi") is not None
        return build_tables(know.memory(), request, va, linux=linux)

    def _scene(
        self, know: StopKnowledge, request: ViewRequest, calls: Sequence[Call]
    ) -> tuple[Scene, Sequence[Saving]]:
        """The scene, and what the code after the latest transition stores."""
        state, now = self.session.state(), self.session.icount
        index = self.history.index_at(now)
        latest = self.history.transitions[index] if index >= 0 else None
        back = latest is not None and latest.icount == now and latest.to_mode is Mode.USR
        scene = Scene(
            now=state,
            before=self.session.previous,
            know=know,
            request=request,
            breakpoints=self.session.stops.addresses,
            handling_abort=self._handles_abort(now, latest, know),
            returned=back
            and latest is not None
            and (call := call_at(calls, now)) is not None
            and call.exit == now
            and call.returns_to(latest.target),
            in_call=self.run.in_call(calls, now),
        )
        savings: Sequence[Saving] = savings_since(scene, latest) if latest is not None else ()
        if index < 0 or not self._entering(index, now) or all(s.done for s in savings):
            return scene, savings
        stored = frozenset(
            va for s in savings if s.done for va in range(s.low & ~3, (s.high & ~3) + 4, 4)
        )
        return replace(scene, stored=stored), savings

    def _handles_abort(self, now: int, latest: Transition | None, know: StopKnowledge) -> bool:
        """Whether the thread that runs is handling a fault.

        A return inside the kernel changes no mode, so transitions alone do not tell when the
        handling of a fault of the kernel's own has ended; the stack does.
        """
        if latest is None or self.history.privilege_at(now) is not Privilege.ABORT:
            return False
        registers = self.session.state().registers
        if thread_of(latest) != registers["sp_svc"] & ~(THREAD_SIZE - 1):
            return False
        crossed = [frame.boundary for frame in know.guest_frames if frame.boundary]
        if not crossed or privilege_of(mode_name(registers["cpsr"])) is Privilege.ABORT:
            return True
        return any(word in why for why in crossed for word in _FAULT_WORDS)

    def _entering(self, index: int, now: int) -> bool:
        """Whether entry code that came from user mode is filling pt_regs."""
        transitions = self.history.transitions
        latest = transitions[index]
        if latest.to_mode is not Mode.SVC or now - latest.icount >= ENTRY_LENGTH:
            return False
        if latest.from_mode is Mode.USR:
            return True
        # Other exceptions reach SVC through their own mode.
        before = transitions[index - 1] if index else None
        return before is not None and before.is_exception and before.from_mode is Mode.USR

    def _first_sp(self) -> int:
        """Sp as the program got it: that of the first return to user mode."""
        first = self.session.first_user
        if not self._initial_sp and first is not None:
            found = self.session.last_transition_at_or_before(first)
            if found is not None and found.to_mode is Mode.USR:
                self._initial_sp = found.sp_usr
        return self._initial_sp

    def _fault_in_question(self, scene: Scene, index: int) -> Transition | None:
        """The abort whose address is still the one in question."""
        if index < 0 or not scene.handling_abort:
            return None
        for position in range(index, max(index - 4, -1), -1):
            t = self.history.transitions[position]
            if scene.now.icount - t.icount > FAULT_IN_QUESTION:
                return None
            if is_fault(t):
                return t
        return None

    def _tlb(self, now: int) -> tuple[TlbSide, TlbSide] | None:
        if self._sides[0] != now:
            self._sides_before = self._sides[1]
            observed = self.session.recorder.observed(now)
            model = self.session.machine.tlb()
            self._sides = (now, tlb_sides(model) if observed else None)
            self._shares = shares_of(model, self.run.call_name)
        return self._sides[1]


def _answer(asked: Asked, walked: Translation, request: ViewRequest) -> Translation:
    """The walk of an address, with what was asked for in words."""
    return structs.replace(
        walked,
        physical=asked.physical,
        aliases=asked.aliases,
        problem=asked.problem,
        words=request.translate,
    )
