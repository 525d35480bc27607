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
from ringview.views.inputs import THREAD_SIZE, Call, Scene, TlbSide, mode_name, privilege_of
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
from ringview.views.words import ReadVirtual

CLOCK_HZ = 96_000_000
"""Ticks of the machine's clock a second: one for each instruction."""

_CONSOLE_KEPT = 16384
"""Bytes of the console that are looked at: more than any screen shows."""


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


_ACCESSES_OF_CALL = 256
"""Accesses of one call that its printed arguments are taken from."""

_INSTRUCTIONS_OF_CALL = 50_000
"""Instructions of a call in which those accesses are looked for."""


_FAULT_WORDS = ("abort", "undefined", "exception")
"""Words by which the unwinder says that a fault was crossed."""

_CALLS_BACK = 256
"""Calls of other threads that are passed over in search of the current one's."""


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
        self._calls: list[Call] = []
        self._open: list[int] = []
        self._version = -1
        self._log: tuple[object, list[LogLine]] = (None, [])
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
        calls = self._calls_of(session.syscalls(), know)
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
        asked = question(scene, self._fault_in_question(scene, index))
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
                self._console_bytes(now),
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
            handling_abort=self._handles_abort(now, latest, know),
            returned=back and any(call.exit == now for call in calls),
            in_call=self._in_call(calls, now),
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

    def _in_call(self, calls: Sequence[Call], now: int) -> bool:
        """Whether the current thread's latest call is in flight."""
        stop = bisect_right(calls, now, key=lambda call: call.enter)
        position = self._own(calls, stop)
        return position >= 0 and (calls[position].exit < 0 or now < calls[position].exit)

    def _own(self, calls: Sequence[SyscallRecord] | Sequence[Call], stop: int) -> int:
        """The position before ``stop`` of the current thread's latest call, -1 for none."""
        stack = self.session.state().registers["sp_svc"] & ~(THREAD_SIZE - 1)
        for position in range(stop - 1, max(stop - 1 - _CALLS_BACK, -1), -1):
            if calls[position].sp_kernel & ~(THREAD_SIZE - 1) == stack:
                return position
        return -1

    def _hops(self) -> tuple[HopStage, ...]:
        """The stages of the thread's call in flight, or of the latest one."""
        records, now = self.session.syscalls(), self.session.icount
        # The stub's svc is the first stage, one instruction before the call is entered.
        stop = bisect_right(records, now + 1, key=lambda record: record.enter)
        if not stop:
            return ()
        position = self._own(records, stop)
        stop = stop if position < 0 else position + 1
        stages: list[HopStage] = []
        for hop in self.session.hops(records[stop - 1]):
            pc = hop.pc
            if hop.name == "back in user":
                left = self.history.latest(hop.icount)
                pc = left.target if left is not None and left.icount == hop.icount else pc
            stages.append(
                HopStage(hop.name, hop.icount, pc, hop.instructions, hop.tlb_misses, hop.note)
            )
        return tuple(stages)

    def _calls_of(self, records: Sequence[SyscallRecord], know: StopKnowledge) -> list[Call]:
        """The calls as views want them; only those new or still in flight are made anew."""
        version = self.session.recorder.timeline.version
        if version != self._version or len(records) < len(self._calls):
            self._version = version
            self._calls, self._open = [], []
        for i in [*self._open, *range(len(self._calls), len(records))]:
            call = self._call(records[i], know)
            if i < len(self._calls):
                self._calls[i] = call
            else:
                self._calls.append(call)
                self._open.append(i)
        self._open = [i for i in self._open if self._calls[i].exit < 0]
        return self._calls

    def _call(self, record: SyscallRecord, know: StopKnowledge) -> Call:
        arguments, result = record.args, record.ret
        read = self._reader_for(record)
        task = f"{record.comm}[{record.pid}]" if record.comm else ""
        if task:
            self.history.tasks.setdefault(record.sp_kernel & ~(THREAD_SIZE - 1), task)
        spent = sum(n for mode, n in record.instructions.items() if mode != "USR")
        return Call(
            ordinal=record.ordinal,
            nr=record.nr,
            name=record.name or know.syscall(record.nr) or f"syscall_{record.nr}",
            task=task,
            args=tuple(arguments),
            enter=record.enter,
            exit=-1 if record.exit is None else record.exit,
            ret=result,
            text=self.book.syscalls.format_call(record.nr, arguments, result, read),
            sp_user=record.sp_user,
            sp_kernel=record.sp_kernel,
            instructions_kernel=spent,
        )

    def _reader_for(self, record: SyscallRecord) -> ReadVirtual:
        """User memory as the kernel saw it during a call, where it looked; else as it is now.

        A finished call is told long after: its buffers may have been used again, its program may
        be gone. What it read and wrote was recorded; what no one accessed is in the program's file.
        """
        session = self.session
        last = session.end if record.exit is None else record.exit
        until = min(last, record.enter + _INSTRUCTIONS_OF_CALL)
        seen: dict[int, int] = {}
        for access in session.recorder.accesses.between(record.enter, until)[:_ACCESSES_OF_CALL]:
            for i in range(access.size):
                seen.setdefault(access.va + i, access.value >> 8 * i & 0xFF)

        def read(va: int, size: int) -> bytes | None:
            known = [seen.get(va + i) for i in range(size)]
            if None not in known:
                return bytes(byte for byte in known if byte is not None)
            data = session.state().read_virtual(va, size)
            if data is None and session.program is not None:
                data = session.program.elf.read(va, size)
            if data is None or len(data) < size:
                return None
            return bytes(
                now if then is None else then for now, then in zip(data, known, strict=True)
            )

        return read

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
        """The ring buffer's last records; read again only when its indexes have moved."""
        read = self.session.state().read_virtual
        words = [
            None if at is None else read(at, 8)
            for at in map(self.book.symbol, ("log_first_idx", "log_next_idx", "log_next_seq"))
        ]
        key = (self.session.recorder.timeline.version, tuple(words))
        if self._log[0] != key:
            records = self.session.awareness.log(read) or ()
            lines = [LogLine(r.nanoseconds / 1e9, r.level, r.text) for r in records]
            self._log = (key, lines)
        return self._log[1][-rows:]

    def _console_bytes(self, now: int) -> bytes:
        """The end of what the guest has written by now."""
        track = self.session.recorder.console
        count = track.count_to(now)
        events = track.all[max(0, count - _CONSOLE_KEPT) : count]
        return bytes(event.byte for event in events)

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


_BUILDERS: WeakKeyDictionary[Session, FrameBuilder] = WeakKeyDictionary()
