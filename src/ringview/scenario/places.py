"""Places: in a scenario's file, where something was said; and in its run, what that speaks of."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from ringview.errors import ScenarioError


@dataclass(frozen=True, slots=True)
class Where:
    """A position in a scenario file; line and column count from 1."""

    path: str
    line: int
    column: int

    def error(self, message: str) -> ScenarioError:
        """Return the error that says ``message`` about this position."""
        return ScenarioError(message, path=self.path, line=self.line, column=self.column)


NOWHERE = Where("", 0, 0)
"""The position of what no file says, such as a default."""


class Phase(StrEnum):
    """The stages of a system call at which one can stop, in the order in which they occur."""

    ENTER = "enter"  # in user mode, the svc is the next instruction
    VECTOR = "vector"  # the exception has been taken, the vector's instruction is next
    ENTRY = "entry"  # the first instruction of the kernel's entry code
    TABLE = "table"  # the load from sys_call_table is next
    HANDLER = "handler"  # the first instruction of the handler
    COPY = "copy"  # the first load from, or store to, user memory is next
    RETURN = "return"  # the first instruction of the return path
    EXIT = "exit"  # back in user mode, the instruction after the svc is next


@dataclass(frozen=True, slots=True)
class SyscallPlace:
    """A stage of the ``occurrence``-th call (from 1) of a system call by the program."""

    name: str
    phase: Phase = Phase.ENTER
    occurrence: int = 1
    where: Where = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return f"{_nth(self.occurrence)}call of {self.name}, phase {self.phase.value}"


@dataclass(frozen=True, slots=True)
class SymbolPlace:
    """The ``occurrence``-th time (from 1) that the instruction at a symbol is about to execute."""

    symbol: str
    space: Literal["kernel", "program"] = "kernel"
    occurrence: int = 1
    where: Where = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return f"{_nth(self.occurrence)}execution of {self.symbol} in the {self.space}"


@dataclass(frozen=True, slots=True)
class LinePlace:
    """The ``occurrence``-th time (from 1) that the first instruction of a source line is about to
    execute. The line is a number, or a part of its text that no other line with code has.
    """

    file: str
    line: int | str
    occurrence: int = 1
    where: Where = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        space = " " if isinstance(self.line, str) else ""
        return f"{_nth(self.occurrence)}execution of {self.file}:{space}{self.line}"


@dataclass(frozen=True, slots=True)
class IcountPlace:
    """A position by its count of instructions since reset."""

    icount: int
    where: Where = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return f"icount {self.icount:,}"


@dataclass(frozen=True, slots=True)
class TransitionPlace:
    """The ``occurrence``-th change of mode (from 1) of this kind after the program has started.

    An empty ``cause``, ``source`` or ``target`` matches any.
    """

    cause: str = ""
    source: str = ""
    target: str = ""
    occurrence: int = 1
    where: Where = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        by = f" by {self.cause}" if self.cause else ""
        modes = f"{self.source or 'any mode'} to {self.target or 'any mode'}"
        return f"{_nth(self.occurrence)}change from {modes}{by}"


@dataclass(frozen=True, slots=True)
class StartPlace:
    """The program's first user instruction is next."""

    where: Where = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return "start of the program"


@dataclass(frozen=True, slots=True)
class EndPlace:
    """``program``: its last moment in user mode; ``run``: the machine has halted."""

    of: Literal["program", "run"] = "run"
    where: Where = field(default=NOWHERE, compare=False)

    def __str__(self) -> str:
        return f"end of the {self.of}"


Place = (
    SyscallPlace | SymbolPlace | LinePlace | IcountPlace | TransitionPlace | StartPlace | EndPlace
)


def _nth(occurrence: int) -> str:
    return "" if occurrence == 1 else f"{ordinal(occurrence)} "


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th, 11th, 21st …"""
    endings = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if number % 100 in (11, 12, 13) else endings.get(number % 10, "th")
    return f"{number}{ending}"
