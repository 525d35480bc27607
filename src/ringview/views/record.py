"""What the recorded run tells at one stop: its calls, hops, log, console and marks, as views want
them.

Everything that grows with the run is kept here between frames, so that a frame costs the same after
a million events.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Protocol

from ringview.guest.calltext import format_call
from ringview.guest.syscalls import Syscalls
from ringview.machine.events import InterruptRaised
from ringview.session.reschedule import RESCHED_LINE
from ringview.session.session import Session
from ringview.session.syscalls import SyscallRecord
from ringview.views.calls import CallBook, entered_by, timed
from ringview.views.frame import BookmarkMark, LogLine, Marks, StopMark, TimelineMark
from ringview.views.header import RunFacts
from ringview.views.inputs import THREAD_SIZE, Call
from ringview.views.narration import BeatText, HopStage
from ringview.views.timeline import History
from ringview.views.watches import WatchSpec
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


_HITS_MARKED = 50
"""Hits of one breakpoint that the timeline marks."""

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


class RunReader:
    """Reads a session's recording for frames.

    Args:
        session: the session.
        history: its transitions; learns here which thread has which kernel stack.
        syscalls: the kernel's system calls.
    """

    def __init__(self, session: Session, history: History, syscalls: Syscalls) -> None:
        self.session = session
        self.history = history
        self.syscalls = syscalls
        self._calls: CallBook | None = None
        self._noted = 0
        self._version = -1
        self._log: tuple[object, list[LogLine]] = (None, [])

    def calls(self, records: Sequence[SyscallRecord]) -> CallBook:
        """Return the calls as views want them, each put into words only when it is looked at."""
        self._note_callers(records)
        if self._calls is None or self._calls.records is not records:
            self._calls = CallBook(records, self._call, self.syscalls.name)
        return self._calls

    def call_name(self, nr: int) -> str:
        """Return the name of the system call with a number, "" if there is none."""
        return self.syscalls.name(nr) or ""

    def _note_callers(self, records: Sequence[SyscallRecord]) -> None:
        """Learn from new calls which thread has which kernel stack, and when."""
        version = self.session.recorder.timeline.version
        if version != self._version or len(records) < self._noted:
            self._version, self._noted = version, 0
            self.history.lanes.forget_callers()
        for index in range(self._noted, len(records)):
            record = records[index]
            if record.comm:
                stack = record.sp_kernel & ~(THREAD_SIZE - 1)
                self.history.tasks.setdefault(stack, f"{record.comm}[{record.pid}]")
                self.history.lanes.note_caller(stack, record.enter, record.pid, record.comm)
        self._noted = len(records)

    def _call(self, record: SyscallRecord) -> Call:
        arguments, result = record.args, record.ret
        read = self._reader_for(record)
        spent = sum(n for mode, n in record.instructions.items() if mode != "USR")
        return Call(
            ordinal=record.ordinal,
            nr=record.nr,
            name=record.name or self.syscalls.name(record.nr) or f"syscall_{record.nr}",
            task=f"{record.comm}[{record.pid}]" if record.comm else "",
            args=tuple(arguments),
            enter=record.enter,
            exit=-1 if record.exit is None else record.exit,
            ret=result,
            text=format_call(self.syscalls, record.nr, arguments, result, read),
            sp_user=record.sp_user,
            sp_kernel=record.sp_kernel,
            instructions_kernel=spent,
            link=record.link,
        )

    def _reader_for(self, record: SyscallRecord) -> ReadVirtual:
        """User memory as the kernel saw it during a call, where it looked; else as it is now.

        A finished call is told long after: its buffers may have been used again, its program may
        be gone. What it read and wrote was recorded; what no one accessed is in the program's file.
        """
        session = self.session
        last = session.icount if record.exit is None else record.exit
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

    def present_call(self) -> int:
        """Return the ordinal of the thread's call in flight, or of the latest one; -1 for none."""
        records, now = self.session.syscalls(), self.session.icount
        # The stub's svc is the first stage, one instruction before the call is entered.
        stop = bisect_right(records, now + 1, key=lambda record: record.enter)
        position = self._own(records, stop)
        return stop - 1 if position < 0 else position

    def hops(self) -> tuple[HopStage, ...]:
        """Return the stages of the thread's call in flight, or of the latest one."""
        position = self.present_call()
        if position < 0:
            return ()
        return tuple(
            HopStage(hop.name, hop.icount, hop.pc, hop.instructions, hop.tlb_misses, hop.note)
            for hop in self.session.hops(self.session.syscalls()[position])
        )

    def _own(self, calls: Sequence[SyscallRecord] | Sequence[Call], stop: int) -> int:
        """The position before ``stop`` of the current thread's latest call, -1 for none."""
        stack = self.session.state().registers["sp_svc"] & ~(THREAD_SIZE - 1)
        for position in range(stop - 1, max(stop - 1 - _CALLS_BACK, -1), -1):
            if calls[position].sp_kernel & ~(THREAD_SIZE - 1) == stack:
                return position
        return -1

    def in_call(self, calls: Sequence[Call], now: int) -> bool:
        """Return whether the current thread's latest call is in flight."""
        position = self._own(timed(calls), entered_by(calls, now))
        if position < 0:
            return False
        left = timed(calls)[position].exit
        return left is None or left < 0 or now < left

    def device(self, index: int) -> str:
        """Return which device raised the interrupt that was taken last, "" for no interrupt."""
        if index < 0 or self.history.transitions[index].cause != "irq":
            return ""
        icount = self.history.transitions[index].icount
        events = self.session.recorder.timeline.events
        raised = events.between(max(0, icount - _RAISED_BEFORE), icount)
        line = next((e.line for e in reversed(raised) if isinstance(e, InterruptRaised)), None)
        if line is None:
            return ""
        return f"{_DEVICES.get(line, 'a device')} raised interrupt line {line}"

    def kernel_log(self, rows: int) -> list[LogLine]:
        """Return the ring buffer's last records; read again only when its indexes have moved."""
        read = self.session.state().read_virtual
        words = [
            None if at is None else read(at, 8)
            for at in map(
                self.session.kernel.symbols.address_of,
                ("log_first_idx", "log_next_idx", "log_next_seq"),
            )
        ]
        key = (self.session.recorder.timeline.version, tuple(words))
        if self._log[0] != key:
            records = self.session.awareness.log(read) or ()
            lines = [LogLine(r.nanoseconds / 1e9, r.level, r.text) for r in records]
            self._log = (key, lines)
        return self._log[1][-rows:]

    def console(self, now: int) -> bytes:
        """Return the end of what the guest has written by now."""
        track = self.session.recorder.console
        count = track.count_to(now)
        events = track.all[max(0, count - _CONSOLE_KEPT) : count]
        return bytes(event.byte for event in events)

    def beats(self, scenario: ScenarioSpec | None) -> list[BeatText]:
        """Return the beats with their places, as far as the run is known."""
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

    def marks(self, beats: Sequence[BeatText], first: int, last: int) -> list[TimelineMark]:
        """Return what the timeline marks besides calls, faults and interrupts, in a window."""
        session = self.session
        marks = [
            TimelineMark(beat.icount, "beat", f"{i}. {beat.title}")
            for i, beat in enumerate(beats, 1)
            if beat.icount >= 0
        ]
        marks += [TimelineMark(at, "bookmark", name) for at, name in session.bookmarks.items()]
        marks += [
            TimelineMark(entry.icount, "drop", "the other thread is dropped in")
            for entry in session.journal
            if entry.kind == "irq" and entry.line == RESCHED_LINE
        ]
        for point in session.stops.all:
            hits = session.stops.hits_between(point, first, last, _HITS_MARKED)
            marks += [TimelineMark(at, "stop", str(point)) for at in hits]
        if session.ending is not None:
            marks.append(TimelineMark(session.end, "end", session.ending.text))
        return marks

    def marked(self, now: int) -> Marks:
        """Return the breakpoints, watchpoints and bookmarks."""
        session = self.session
        pc = session.state().registers["pc"]
        stops = tuple(
            StopMark(
                number=point.number,
                watch=point.is_watch,
                where=str(point.wanted) if point.wanted is not None else point.words,
                condition="" if point.condition is None else point.condition.text,
                hits=session.stops.hits(point),
                here=pc in point.addresses,
            )
            for point in session.stops.all
        )
        bookmarks = tuple(
            BookmarkMark(at, name, self.history.task_at(at), at == now)
            for at, name in session.bookmarks.items()
        )
        return Marks(stops, bookmarks)

    def facts(self, scenario: ScenarioSpec | None, running: bool, stop_text: str) -> RunFacts:
        """Return what the header says of the run."""
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
