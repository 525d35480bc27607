"""Single instructions on the timeline: the list around now, and the functions a window crosses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from ringview.arm.disasm import Instruction, disassemble
from ringview.arm.psr import Mode
from ringview.machine.events import Transition
from ringview.machine.trace import Trace
from ringview.session.recorder import Interrupted
from ringview.session.session import Session
from ringview.session.traces import pcs
from ringview.views.frame import Privilege, TimePlace, TimeStep
from ringview.views.inputs import mode_name, privilege_of
from ringview.views.meaning import vector_name
from ringview.views.timeline import History

MOST_PLACED = 1024
"""Instructions of a window whose functions are told: as many as there are columns."""

_THUMB = 1 << 5


class Book(Protocol):
    """What is known of code (`ringview.views.knowledge.GuestBook`)."""

    def place(self, va: int) -> str:
        """Return ``name+0x1c``, "" where nothing is known."""

    def line(self, va: int) -> tuple[str, int] | None:
        """Return path and line of an instruction."""


class StepReader:
    """Reads single instructions of a recording; keeps the last window that it read.

    Args:
        session: the session; it stands afterwards where it stood.
        history: its changes of mode.
        book: names and lines of code.
    """

    def __init__(self, session: Session, history: History, book: Book) -> None:
        self._session = session
        self._history = history
        self._book = book
        self._known: tuple[tuple[int, int, int], Trace] | None = None

    def _window(self, first: int, last: int) -> Trace | None:
        session = self._session
        first, last = max(0, first), min(last, session.end)
        key = (first, last, session.recorder.timeline.version)
        if self._known is not None and self._known[0] == key:
            return self._known[1]
        if session.busy or first >= last:
            return None
        try:
            trace = session.window(first, last)
        except Interrupted:
            return None
        self._known = key, trace
        return trace

    def read(
        self, bounds: tuple[int, int], now: int, count: int
    ) -> tuple[tuple[TimePlace, ...], tuple[TimeStep, ...]]:
        """The functions that a window crosses, if it is small enough, and the instructions around
        now.

        Args:
            bounds: the window.
            now: the present icount.
            count: how many instructions to list.
        """
        first, last = now - count // 2, now + (count + 1) // 2
        near = bounds[1] - bounds[0] <= MOST_PLACED
        inside = near and bounds[0] <= now < bounds[1]
        if inside:
            trace = self._window(min(first, bounds[0]), max(last, bounds[1]))
        else:
            trace = self._window(first, last)
        if trace is None:
            return (), ()
        steps = self._steps(trace, first, last)
        if near and not inside:
            trace = self._window(*bounds)
        return (self._places(trace, bounds) if near and trace is not None else ()), steps

    def _steps(self, trace: Trace, first: int, last: int) -> tuple[TimeStep, ...]:
        rows = trace.insns
        low, high = np.searchsorted(rows["icount"], [first, last])
        marks = self._marks(first, last)
        steps = [self._step(row, marks) for row in rows[low:high]]
        # A fetch that faults leaves no record: its abort tells of it.
        steps += [
            self._unfetched(event)
            for event in self._session.transitions(first + 1, last)
            if event.cause == "prefetch abort"
        ]
        return tuple(sorted(steps, key=lambda step: step.icount))

    def _unfetched(self, event: Transition) -> TimeStep:
        icount, mode = event.icount - 1, event.from_mode.name
        line = self._book.line(event.pc)
        return TimeStep(
            icount=icount,
            task=self._history.task_at(icount),
            mode=mode,
            privilege=self._privilege(icount, mode),
            va=event.pc,
            place=self._book.place(event.pc),
            source="" if line is None else f"{line[0].rpartition('/')[2]}:{line[1]}",
            text="could not be fetched",
            mark="↯ prefetch abort",
        )

    def _marks(self, first: int, last: int) -> Mapping[int, str]:
        """What is to be said of instructions: what they cause, and what a person put there."""
        marks = {
            event.icount - 1: _cause(event) for event in self._session.transitions(first + 1, last)
        }
        for icount, name in self._session.bookmarks.items():
            marks[icount] = f"⚑ {name}" + (f", {marks[icount]}" if icount in marks else "")
        return marks

    def _step(self, row: np.void, marks: Mapping[int, str]) -> TimeStep:
        icount, cpsr = int(row["icount"]), int(row["cpsr"])
        va, mode = int(row["r"][15]), mode_name(cpsr)
        line = self._book.line(va)
        found = disassemble(int(row["insn"]).to_bytes(4, "little"), va, bool(cpsr & _THUMB))
        mark = marks.get(icount, "")
        if va in self._session.stops.addresses:
            mark = "● breakpoint" + (f", {mark}" if mark else "")
        return TimeStep(
            icount=icount,
            task=self._history.task_at(icount),
            mode=mode,
            privilege=self._privilege(icount, mode),
            va=va,
            place=vector_name(va) or self._book.place(va),
            source="" if line is None else f"{line[0].rpartition('/')[2]}:{line[1]}",
            text=self._text(found[0]) if found else f"{int(row['insn']):#010x}",
            mark=mark,
        )

    def _text(self, instruction: Instruction) -> str:
        """The instruction, a branch with the name of where it goes."""
        if instruction.target is None:
            return instruction.text
        return f"{instruction.mnemonic} {self._book.place(instruction.target)}"

    def _privilege(self, icount: int, mode: str) -> Privilege:
        if mode == "USR":
            return Privilege.USER
        told = self._history.privilege_at(icount)
        return privilege_of(mode) if told is Privilege.USER else told

    def _places(self, trace: Trace, bounds: tuple[int, int]) -> tuple[TimePlace, ...]:
        rows = trace.insns
        low, high = np.searchsorted(rows["icount"], bounds)
        found: list[TimePlace] = []
        for row, va in zip(rows[low:high], pcs(trace)[low:high], strict=True):
            icount = int(row["icount"])
            name = self._book.place(int(va)).partition("+")[0]
            privilege = self._privilege(icount, mode_name(int(row["cpsr"])))
            if found and (found[-1].name, found[-1].privilege) == (name, privilege):
                found[-1] = TimePlace(found[-1].start, icount + 1, name, privilege)
            else:
                found.append(TimePlace(icount, icount + 1, name, privilege))
        return tuple(found)


def _cause(event: Transition) -> str:
    if event.is_exception:
        return f"↯ {event.cause}" if event.cause != "svc" else "svc"
    back = "return to" if event.to_mode is Mode.USR else f"{event.cause} to"
    return f"{back} {event.to_mode.name}"
