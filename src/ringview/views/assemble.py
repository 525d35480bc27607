"""One frame of a session: every pane of one stop, computed once and put together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol
from weakref import WeakKeyDictionary

from ringview.arm.psr import Mode
from ringview.machine.events import InterruptRaised, Transition
from ringview.session.session import Session
from ringview.session.syscalls import SyscallRecord
from ringview.views.code import build_code
from ringview.views.entry import ENTRY_LENGTH, Saving, savings_since
from ringview.views.frame import Frame, LogLine, Privilege, TimelineMark, ViewRequest
from ringview.views.header import RunFacts, build_header
from ringview.views.inputs import THREAD_SIZE, Call, Scene, TlbSide
from ringview.views.knowledge import GuestBook, StopKnowledge
from ringview.views.locals import LocalNames
from ringview.views.logs import build_logs
from ringview.views.memory import LEDGER_ROWS, build_memory
from ringview.views.narration import BeatText, HopStage, build_narration
from ringview.views.registers import build_registers
from ringview.views.stacks import build_stacks
from ringview.views.stages import tlb_sides
from ringview.views.timeline import History, build_timeline, is_fault, thread_of
from ringview.views.tlb import build_tlb
from ringview.views.translation import FAULT_IN_QUESTION, build_translation, question
from ringview.views.watches import WatchSpec, field_names, resolve_watches

CLOCK_HZ = 96_000_000
"""Ticks of the machine's clock a second: one for each instruction."""

_TEXTS_KEPT = 4096


_RAISED_BEFORE = 100_000
"""Instructions before an interrupt in which the line that caused it is looked for."""

_DEVICES = {
    66: "DMTIMER0",
    67: "DMTIMER1",
    68: "DMTIMER2",
    69: "DMTIMER3",
    72: "UART0",
    92: "DMTIMER4",
    93: "DMTIMER5",
    94: "DMTIMER6",
    95: "DMTIMER7",
    111: "the random number generator",
}
"""Lines of the interrupt controller (AM335x TRM, table 6-1)."""


class AskSpec(Protocol):
    """A question of a beat (`ringview.scenario.model.Question`)."""

    @property
    def question(self) -> str:
        """What is asked."""

    @property
    def answer(self) -> str:
        """What is right."""

    @property
    def choices(self) -> tuple[str, ...]:
        """Answers to choose from, or none."""


class BeatSpec(Protocol):
    """One beat of a scenario (`ringview.scenario.model.Beat`)."""

    @property
    def title(self) -> str:
        """Its heading."""

    @property
    def say(self) -> str:
        """What the lecturer says."""

    @property
    def show(self) -> tuple[str, ...]:
        """Panes to draw attention to."""

    @property
    def ask(self) -> AskSpec | None:
        """A question to the audience."""


class ScenarioSpec(Protocol):
    """What frames need of a scenario (`ringview.scenario.model.Scenario`)."""

    @property
    def title(self) -> str:
        """What the header calls the run."""

    @property
    def watch(self) -> Sequence[WatchSpec]:
        """Values to show."""

    @property
    def beats(self) -> Sequence[BeatSpec]:
        """The narration."""


def build_frame(
    session: Session,
    scenario: ScenarioSpec | None,
    request: ViewRequest,
    serial: int,
    running: bool = False,
    stop_text: str = "",
) -> Frame:
    """Compute everything one client sees of a session's present position.

    Args:
        session: stands where the frame is of; it stands there afterwards too.
        scenario: gives title, watches and beats; None for a run without one.
        request: what the client wants to see.
        serial: counts the frames of that client.
        running: the guest runs on while this is shown.
        stop_text: why it stands still, in words.
    """
    builder = _BUILDERS.get(session)
    if builder is None:
        builder = FrameBuilder(session)
        _BUILDERS[session] = builder
    return builder.build(scenario, request, serial, running=running, stop_text=stop_text)


class FrameBuilder:
    """Builds the frames of one session, and remembers what many of them need.

    Args:
        session: the session.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.book = GuestBook.of(session.code, session.setup.root)
        self.history = History()
        self.locals = LocalNames(session.code)
        self._initial_sp = 0
        self._texts: dict[tuple[int, int | None], str] = {}
        self._sides: tuple[int, tuple[TlbSide, TlbSide] | None] = (-1, None)
        self._sides_before: tuple[TlbSide, TlbSide] | None = None

    def build(
        self,
        scenario: ScenarioSpec | None,
        request: ViewRequest,
        serial: int,
        *,
        running: bool = False,
        stop_text: str = "",
    ) -> Frame:
        """See `build_frame`."""
        session = self.session
        hops = () if running else self._hops()
        state = session.state()
        know = StopKnowledge(self.book, state, session.awareness, self._first_sp())
        self.history.update(session.recorder.transitions.all)
        now = state.icount
        records = session.syscalls()
        calls = [self._call(record, know) for record in records]
        scene, savings = self._scene(know, request, calls)
        structures = resolve_watches(
            scenario.watch if scenario is not None else (),
            session.code,
            state,
            know.guest_frames,
        )
        know.names = {s.va: s.name for s in structures if s.va and not s.why_not}
        know.fields = self.locals.of_frames(know.guest_frames, state) | field_names(structures)
        index = self.history.index_at(now)
        asked = question(scene, self._fault_in_question(now, index))
        follow = None if asked.access == "execute" else asked.va
        sides = self._tlb(now)
        translation = build_translation(scene, asked, sides)
        beats = self._beats(scenario)
        task = scene.task
        if task is not None:
            self.history.tasks[task.stack] = str(task)
        return Frame(
            serial=serial,
            header=build_header(scene, self._facts(scenario, running, stop_text)),
            timeline=build_timeline(
                self.history,
                calls,
                self._marks(beats),
                now=now,
                bounds=request.timeline or (session.first_user or 0, max(session.end, 1)),
            ),
            registers=build_registers(scene),
            code=build_code(scene),
            stacks=build_stacks(scene),
            translation=translation,
            tlb=build_tlb(scene, sides, self._sides_before),
            memory=build_memory(
                scene, structures, session.user_accesses(LEDGER_ROWS), calls, follow
            ),
            logs=build_logs(
                self._kernel_log(request.log_rows),
                session.console_output(now),
                calls,
                self.history,
                now=now,
                rows=request.log_rows,
            ),
            narration=build_narration(
                scene,
                self.history,
                calls,
                beats=beats,
                hops=hops,
                savings=savings,
                translation=translation,
                finished=session.finished,
                device=self._device(index),
            ),
        )

    # ----------------------------------------------------------------------------------- inside

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
            breakpoints=self.session.breakpoints,
            handling_abort=self._handles_abort(now, latest),
            returned=back and any(call.exit == now for call in calls),
            in_call=_in_call(calls, now),
        )
        savings: Sequence[Saving] = savings_since(scene, latest) if latest is not None else ()
        if index < 0 or not self._entering(index, now) or all(s.done for s in savings):
            return scene, savings
        stored = frozenset(
            va for s in savings if s.done for va in range(s.low & ~3, (s.high & ~3) + 4, 4)
        )
        return replace(scene, stored=stored), savings

    def _handles_abort(self, now: int, latest: Transition | None) -> bool:
        """Whether the thread that faulted is the one that runs."""
        if latest is None or self.history.privilege_at(now) is not Privilege.ABORT:
            return False
        sp = self.session.state().registers["sp_svc"]
        return thread_of(latest) == sp & ~(THREAD_SIZE - 1)

    def _device(self, index: int) -> str:
        """Which device raised the interrupt that was taken last, "" for no interrupt."""
        if index < 0 or self.history.transitions[index].cause != "irq":
            return ""
        icount = self.history.transitions[index].icount
        events = self.session.recorder.timeline.events
        raised = events.between(max(0, icount - _RAISED_BEFORE), icount)
        line = next((e.line for e in reversed(raised) if isinstance(e, InterruptRaised)), None)
        if line is None:
            return ""
        return f"{_DEVICES.get(line, 'a device')} raised interrupt line {line}"

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

    def _hops(self) -> tuple[HopStage, ...]:
        """The stages of the call in flight, or of the latest one."""
        records, now = self.session.syscalls(), self.session.icount
        # The stub's svc is the first stage, one instruction before the call is entered.
        stop = bisect_right(records, now + 1, key=lambda record: record.enter)
        if not stop:
            return ()
        return tuple(
            HopStage(h.name, h.icount, h.pc, h.instructions, h.tlb_misses, h.note)
            for h in self.session.hops(records[stop - 1])
        )

    def _call(self, record: SyscallRecord, know: StopKnowledge) -> Call:
        key = (record.enter, record.exit)
        text = self._texts.get(key)
        if text is None:
            arguments, result = record.args, record.ret
            text = self.book.syscalls.format_call(record.nr, arguments, result, self._read_user)
            if len(self._texts) >= _TEXTS_KEPT:
                self._texts.clear()
            self._texts[key] = text
        spent = sum(n for mode, n in record.instructions.items() if mode != "USR")
        return Call(
            ordinal=record.ordinal,
            nr=record.nr,
            name=record.name or know.syscall(record.nr) or f"syscall_{record.nr}",
            task=f"{record.comm}[{record.pid}]" if record.comm else "",
            args=tuple(record.args),
            enter=record.enter,
            exit=-1 if record.exit is None else record.exit,
            ret=record.ret,
            text=text,
            sp_user=record.sp_user,
            sp_kernel=record.sp_kernel,
            instructions_kernel=spent,
        )

    def _read_user(self, va: int, size: int) -> bytes | None:
        """User memory as it is, or where it is gone what the program's file has there."""
        data = self.session.state().read_virtual(va, size)
        if data is None and self.session.program is not None:
            data = self.session.program.elf.read(va, size)
        return data

    def _fault_in_question(self, now: int, index: int) -> Transition | None:
        """The abort whose address is still the one in question."""
        if index < 0 or self.history.privilege_at(now) is not Privilege.ABORT:
            return None
        for position in range(index, max(index - 4, -1), -1):
            t = self.history.transitions[position]
            if now - t.icount > FAULT_IN_QUESTION:
                return None
            if is_fault(t):
                return t
        return None

    def _tlb(self, now: int) -> tuple[TlbSide, TlbSide] | None:
        if self._sides[0] != now:
            self._sides_before = self._sides[1]
            observed = self.session.recorder.observed(now)
            self._sides = (now, tlb_sides(self.session.machine.tlb()) if observed else None)
        return self._sides[1]

    def _beats(self, scenario: ScenarioSpec | None) -> list[BeatText]:
        if scenario is None:
            return []
        known = list(self.session.beats())
        return [
            BeatText(
                title=beat.title,
                say=beat.say,
                icount=known[i] if i < len(known) else -1,
                question=beat.ask.question if beat.ask is not None else "",
                answer=beat.ask.answer if beat.ask is not None else "",
                choices=beat.ask.choices if beat.ask is not None else (),
                show=beat.show,
            )
            for i, beat in enumerate(scenario.beats)
        ]

    def _marks(self, beats: Sequence[BeatText]) -> list[TimelineMark]:
        session = self.session
        marks = [
            TimelineMark(beat.icount, "beat", f"{i}. {beat.title}")
            for i, beat in enumerate(beats, 1)
            if beat.icount >= 0
        ]
        marks += [TimelineMark(at, "bookmark", name) for at, name in session.bookmarks.items()]
        if session.ending is not None:
            marks.append(TimelineMark(session.end, "end", session.ending.text))
        return marks

    def _kernel_log(self, rows: int) -> list[LogLine]:
        awareness = self.session.awareness
        records = awareness.log(self.session.state().read_virtual) or ()
        return [LogLine(r.nanoseconds / 1e9, r.level, r.text) for r in records[-rows:]]

    def _facts(self, scenario: ScenarioSpec | None, running: bool, stop_text: str) -> RunFacts:
        session = self.session
        setup = session.setup
        program = setup.program_name or (setup.program_elf.name if setup.program_elf else "")
        return RunFacts(
            title=scenario.title if scenario is not None else setup.title,
            program=program,
            kernel=setup.kernel_name or setup.kernel_elf.name,
            end=session.end,
            finished=session.finished,
            running=running,
            stop=stop_text,
            time_ns=session.machine.clock() * 1_000_000_000 // CLOCK_HZ,
        )


def _in_call(calls: Sequence[Call], now: int) -> bool:
    """Whether the latest call is in flight: one task at a time runs, and it is most likely its
    own.
    """
    index = bisect_right(calls, now, key=lambda call: call.enter) - 1
    return index >= 0 and (calls[index].exit < 0 or now < calls[index].exit)


_BUILDERS: WeakKeyDictionary[Session, FrameBuilder] = WeakKeyDictionary()
