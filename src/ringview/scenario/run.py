"""A session seen through a scenario: where its places are, and the record of its run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ringview.guest.calltext import format_call
from ringview.guest.image import Image
from ringview.guest.kernel import KernelAwareness
from ringview.guest.unwind import Frame, backtrace
from ringview.machine.events import Transition
from ringview.scenario.check import needed_watches
from ringview.scenario.lines import line_with, source_lines
from ringview.scenario.model import KernelSpec, Scenario, ScheduledInterrupt
from ringview.scenario.places import Phase, Place
from ringview.scenario.record import (
    Halt,
    HopFact,
    KernelFact,
    LogFact,
    RunRecord,
    SyscallFact,
    TransitionFact,
    WatchedValue,
)
from ringview.scenario.resolve import find, resolve
from ringview.scenario.variables import NotHere, Stop, read_watch, select, watched_value
from ringview.session.session import Session
from ringview.session.stops import Reason
from ringview.session.syscalls import SyscallRecord

SCAN = 1 << 16
"""Instructions traced at once while searching for an execution."""

KEPT = 48
"""Stretches of that length of which the program counters are kept, some 0.8 MB each."""

STRETCH = 1 << 15
"""Instructions traced at once while the stages of all calls are searched for."""

LONGEST_CALL = 1 << 17
"""Instructions of a system call that are searched for its stages."""

Icounts = NDArray[np.uint64]
Pcs = NDArray[np.uint32]

_PHASES = {
    "user stub": Phase.ENTER,
    "vector": Phase.VECTOR,
    "entry": Phase.ENTRY,
    "table": Phase.TABLE,
    "handler": Phase.HANDLER,
    "copy from user": Phase.COPY,
    "copy to user": Phase.COPY,
    "return": Phase.RETURN,
    "back in user": Phase.EXIT,
}
"""The phases of a scenario by the session's names of stages."""


class SessionRun:
    """A `Resolver` over a session, and the maker of its record.

    Args:
        session: booted to the program's start at least.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._version = -1
        self._hops: dict[int, tuple[int, tuple[HopFact, ...]]] = {}
        self._executed: dict[int, tuple[int, list[int]]] = {}
        self._traced: dict[tuple[int, int], tuple[Icounts, Pcs]] = {}

    # ----------------------------------------------------------------------------- resolver

    def known(self) -> int:
        """The furthest icount recorded."""
        return self.session.end

    def end(self) -> int | None:
        """Where the run has ended, None while it may go on."""
        return self.session.end if self.session.finished else None

    def program_start(self) -> int | None:
        """Where the program's first user instruction is next."""
        return self.session.first_user

    def program_end(self) -> int | None:
        """The last moment in user mode of a run that has ended."""
        if not self.session.finished:
            return None
        for event in reversed(self.session.transitions()):
            if event.from_mode.name == "USR":
                return event.icount - 1
        return None

    def calls(self, name: str = "") -> Sequence[SyscallFact]:
        """The program's system calls without their hops; of one name, or all."""
        records = self.session.syscalls()
        return [self._syscall(r) for r in records if not name or _name(r) == name]

    def hops(self, call: SyscallFact) -> tuple[HopFact, ...]:
        """The stages of a call's way."""
        self._check_version()
        return self._hops_of(self.session.syscalls()[call.ordinal])

    def syscalls(self) -> Sequence[SyscallFact]:
        """The program's system calls with their hops."""
        self._check_version()
        facts, traced = [], 0
        for record in self.session.syscalls():
            if record.ordinal not in self._hops and (record.exit or 0) > traced:
                # Many short calls come from one stretch of trace.
                traced = record.enter + STRETCH
                self.session.window(record.enter, traced)
            facts.append(replace(self._syscall(record), hops=self._hops_of(record)))
        return facts

    def transitions(self) -> Sequence[TransitionFact]:
        """The changes of mode from the program's start on."""
        first = self.session.first_user
        if first is None:
            return []
        return [self._transition(event) for event in self.session.transitions(first)]

    def executes(
        self, symbol: str, space: Literal["kernel", "program"], occurrence: int
    ) -> int | None:
        """Where a symbol's instruction is next for the n-th time after the program's start.

        Raises:
            LookupError: there is no such symbol.
        """
        image = self._kernel if space == "kernel" else self._program
        found = None if image is None else image.symbols.address_of(symbol)
        if found is None and space == "program":
            found = self._in_vdso(symbol)
        if image is None or found is None:
            names = [] if image is None else [s.name for s in image.symbols if s.kind == "func"]
            raise LookupError(f"there is no symbol {symbol} in the {space}{_hint(symbol, names)}")
        return self._nth_execution(found, occurrence)

    def _in_vdso(self, symbol: str) -> int | None:
        """Where the program's process has a function of the vDSO's."""
        session = self.session
        vdso = session.code.vdso
        if vdso is None or symbol not in vdso.symbols or session.first_user is None:
            return None
        here = session.icount
        session.goto(session.first_user)
        placed = session.code.place_vdso()
        session.goto(here)
        return None if placed is None else placed.symbols.address_of(symbol)

    def _place_vdsos(self) -> None:
        """Go where each program begins, and learn where its process has the vDSO."""
        session = self.session
        if session.code.vdso is None or session.first_user is None:
            return
        begun = [r.exit for r in session.syscalls() if r.name == "execve" and r.exit is not None]
        for icount in (session.first_user, *begun):
            session.goto(icount)
            session.code.place_vdso()

    def reaches_line(self, file: str, line: int | str, occurrence: int) -> int | None:
        """Where a line's first instruction is next for the n-th time after the program's start.

        Raises:
            LookupError: no code belongs to that line, or its text does not tell which it is.
        """
        known = False
        for image in (self._program, self._kernel):
            path = None if image is None else image.debug.file(file)
            if image is None or path is None:
                continue
            known = True
            if isinstance(line, str):
                source = source_lines(self.session.root / path)
                line = line_with(source, file, line, image.debug.lines_of(file))
            ranges = image.debug.addresses_of(file, line)
            if ranges:
                return self._nth_execution(min(r.start for r in ranges), occurrence)
        if known:
            raise LookupError(f"no code belongs to {file}:{line}")
        raise LookupError(f"there is no source file {file} in kernel or program")

    # ------------------------------------------------------------------------------- record

    def record(self, scenario: Scenario, kernel: KernelFact | None = None) -> RunRecord:
        """Return what is known of the run; moves the session, and ends at its end."""
        session = self.session
        self._place_vdsos()
        watches = self._watches(scenario)
        session.goto(session.end)
        read = session.state().read_virtual
        awareness = KernelAwareness(self._kernel)
        status = awareness.exit_status(read)
        signal = None if status is None else status & 0x7F or None
        halt, text = self._halt()
        return RunRecord(
            icount=session.end,
            start=-1 if session.first_user is None else session.first_user,
            halt=halt,
            halt_text=text,
            exit_status=None if status is None or signal else status >> 8 & 0xFF,
            signal=signal,
            transitions=tuple(self.transitions()),
            syscalls=tuple(self.syscalls()),
            log=tuple(
                LogFact(record.nanoseconds / 1e9, record.level, record.text)
                for record in awareness.log(read) or ()
            ),
            console=session.console_output(session.end),
            watches=watches,
            kernel=kernel or kernel_fact(scenario.kernel),
        )

    def said(self) -> str:
        """What the guest has written to its console up to the end, the kernel's alarms included."""
        data = self.session.console_output(self.session.end)
        return data.decode("utf-8", "backslashreplace")

    def _halt(self) -> tuple[Halt, str]:
        ending = self.session.ending
        if ending is None:
            return "limit", f"it was given up after {self.session.end:,} instructions"
        return ("lockup" if ending.reason is Reason.LOCKUP else "halted"), ending.text

    def _watches(self, scenario: Scenario) -> dict[tuple[str, Place], WatchedValue]:
        found: dict[tuple[str, Place], WatchedValue] = {}
        by_name = {watch.name: watch for watch in scenario.watch}
        for dotted, place in needed_watches(scenario.expect):
            icount = find(place, self)
            if icount is None:
                continue
            self.session.goto(icount)
            stop = self.stop()
            try:
                value = read_watch(by_name[dotted.split(".")[0].split("[")[0]], stop)
                found[dotted, place] = watched_value(select(value, dotted), stop.read)
            except NotHere:
                continue  # the expectation fails and says that it could not be read
        return found

    def stop(self) -> Stop:
        """Return what variables are looked up in, at the session's present position."""
        state = self.session.state()
        return Stop(state.read_virtual, self._frames, self._kernel, self._program)

    def _frames(self) -> list[Frame]:
        state = self.session.state()
        named = state.registers
        registers = [named[f"r{i}"] for i in range(13)]
        registers += [named["sp"], named["lr"], named["pc"]]
        return backtrace(
            state.read_virtual, registers, self._image_at, cpsr=named["cpsr"], banked=named
        )

    # ------------------------------------------------------------------------------- inside

    @cached_property
    def _kernel(self) -> Image:
        return Image(self.session.kernel.elf)

    @cached_property
    def _program(self) -> Image | None:
        return None if self.session.program is None else Image(self.session.program.elf)

    def _image_at(self, va: int) -> Image | None:
        image = self.session.code.image(va)
        return image if image is not None and image.has_code_at(va) else None

    def _check_version(self) -> None:
        """Forget what was derived from a future that will not be."""
        version = self.session.recorder.timeline.version
        if version != self._version:
            self._version = version
            self._hops.clear()
            self._executed.clear()
            self._traced.clear()

    def _describe(self, va: int) -> str:
        found = self.session.code.locate(va)
        return "" if found is None else str(found)

    def _source(self, va: int) -> str:
        line = self.session.code.line(va)
        return "" if line is None else str(line)

    def _transition(self, event: Transition) -> TransitionFact:
        note = ""
        if event.fault is not None and event.fault_address is not None:
            note = f"{event.fault.text}, at address {event.fault_address:08x}"
        return TransitionFact(
            icount=event.icount,
            source=event.from_mode.name,
            target=event.to_mode.name,
            cause=event.cause,
            pc=event.pc,
            vector=event.vector,
            lr=event.lr,
            spsr=event.spsr,
            target_va=event.target,
            place=self._describe(event.pc),
            target_place=self._describe(event.target),
            note=note,
        )

    def _syscall(self, record: SyscallRecord) -> SyscallFact:
        return SyscallFact(
            ordinal=record.ordinal,
            nr=record.nr,
            name=_name(record),
            task=f"{record.comm}[{record.pid}]" if record.comm else "",
            args=tuple(record.args[:6]),
            ret=record.signed_ret,
            enter=record.enter,
            exit=-1 if record.exit is None else record.exit,
            sp_user=record.sp_user,
            sp_kernel=record.sp_kernel,
            instructions=record.instructions,
            text=format_call(self.session.prototypes, record.nr, record.args, None),
        )

    def _hops_of(self, record: SyscallRecord) -> tuple[HopFact, ...]:
        last = self.session.end if record.exit is None else record.exit
        known = self._hops.get(record.ordinal)
        if known is not None and known[0] == last:
            return known[1]
        stages = self.session.stages(record)
        ends = [*(stage.icount for stage in stages[1:]), last]
        hops = tuple(
            HopFact(
                phase=_PHASES[stage.name].value,
                icount=stage.icount,
                pc=stage.pc,
                place=self._describe(stage.pc),
                source=self._source(stage.pc),
                name=stage.name,
                note=stage.note,
                instructions=end - stage.icount,
            )
            for stage, end in zip(stages, ends, strict=True)
            if stage.name in _PHASES
        )
        self._hops[record.ordinal] = last, hops
        return hops

    def _nth_execution(self, va: int, occurrence: int) -> int | None:
        self._check_version()
        start = self.session.first_user
        if start is None:
            return None
        scanned, found = self._executed.get(va, (start, []))
        while len(found) < occurrence and scanned < self.session.end:
            # Always the same stretches, so that one trace answers for all addresses.
            ahead = SCAN - (scanned - start) % SCAN
            last = min(scanned + ahead, self.session.end)
            icounts, pcs = self._trace(scanned, last)
            found += [int(icount) for icount in icounts[np.flatnonzero(pcs == va)]]
            scanned = last
        self._executed[va] = scanned, found
        return found[occurrence - 1] if len(found) >= occurrence else None

    def _trace(self, first: int, last: int) -> tuple[Icounts, Pcs]:
        """What was executed in a stretch: icounts and program counters."""
        known = self._traced.get((first, last))
        if known is None:
            insns = self.session.window(first, last).insns
            if len(self._traced) >= KEPT:
                self._traced.clear()
            known = insns["icount"].copy(), insns["r"][:, 15].copy()
            self._traced[first, last] = known
        return known


def apply_schedule(scenario: Scenario, run: SessionRun) -> None:
    """Record the run with the scenario's own inputs: each enters when its place is reached.

    Moves the session.

    Raises:
        ScenarioError: a place of the schedule never occurs.
    """
    session = run.session
    for item in scenario.schedule:
        icount = find(item.at, run)
        while icount is None and not session.finished and session.end < scenario.limit:
            session.goto(session.end + SCAN)
            icount = find(item.at, run)
        session.goto(resolve(item.at, run) if icount is None else icount)
        if isinstance(item, ScheduledInterrupt):
            session.inject_irq(item.line)
        else:
            session.input_console(item.data)


def kernel_fact(spec: KernelSpec, key: str = "") -> KernelFact:
    """Return which kernel a scenario asks for."""
    return KernelFact(
        spec.config, tuple((option.name, str(option.value)) for option in spec.options), key
    )


def _name(record: SyscallRecord) -> str:
    return record.name or f"syscall_{record.nr}"


def _hint(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""
