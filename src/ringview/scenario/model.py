"""What a scenario says, once it has been read and checked: frozen dataclasses and nothing else.

Every part remembers where in the file it stood, so that what turns out wrong later (a beat that
never occurs, a kernel option that does not exist) can still be reported with line and column.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ringview.scenario.places import NOWHERE, EndPlace, Place, StartPlace, Where
from ringview.session.condition import Condition

MIB = 1 << 20

DEFAULT_MEMORY = 32 * MIB
"""RAM of the machine in bytes, unless a scenario asks for another size."""

DEFAULT_SEED = 1
"""Seed of the machine's random number generator, unless a scenario gives one."""

DEFAULT_LIMIT = 200_000_000
"""Instructions after which a run that has not ended is given up."""


# ---------------------------------------------------------------------------------- expectations


@dataclass(frozen=True, slots=True)
class ExpectSyscall:
    """Calls of ``name`` return ``returns``: all of them, and ``times`` of them if given, else at
    least one; or the ``occurrence``-th alone (from 1; 0 for all).

    ``returns`` is None where only the number of calls matters, or that the one comes back. ``when``
    says in a few words what is particular about the call.
    """

    name: str
    returns: int | None = None
    times: int | None = None
    occurrence: int = 0
    when: str = ""
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ExpectText:
    """The kernel log (one of its lines) or the console (all of it) holds a text, or matches a
    regular expression.
    """

    source: Literal["log", "console"]
    pattern: str
    regex: bool = False
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ExpectExit:
    """The program ends by itself with this status."""

    status: int
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ExpectSignal:
    """The program is killed by this signal, as in ``SIGSEGV``."""

    signal: str
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ExpectTransitions:
    """How many changes of mode of one kind happen after the program has started; empty words match
    any.
    """

    cause: str = ""
    source: str = ""
    target: str = ""
    at_least: int | None = None
    at_most: int | None = None
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ExpectWatch:
    """A field of a watched structure has a value at a place.

    ``dotted`` is the name of a watch and of its fields, as in ``out.nr_calls``. ``value`` is a
    number, a string that a ``char *`` points to, or a tuple for an array; with ``nonzero`` it is
    not looked at, and one element that is not 0 is enough.
    """

    dotted: str
    value: int | str | tuple[int, ...]
    nonzero: bool
    at: Place
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ExpectInstructions:
    """How many instructions one call spends in the kernel, or (``syscall`` empty) the program's
    whole run takes.
    """

    syscall: str = ""
    occurrence: int = 1
    at_least: int | None = None
    at_most: int | None = None
    where: Where = field(default=NOWHERE, compare=False)


Expectation = (
    ExpectSyscall
    | ExpectText
    | ExpectExit
    | ExpectSignal
    | ExpectTransitions
    | ExpectWatch
    | ExpectInstructions
)


# -------------------------------------------------------------------------------------- scenario


@dataclass(frozen=True, slots=True)
class KernelOption:
    """One Kconfig symbol and its value as the scenario writes it."""

    name: str
    value: bool | int | str
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class KernelSpec:
    """Which kernel: a defconfig of the kernel tree, and what is changed in it."""

    config: str
    options: tuple[KernelOption, ...] = ()
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ProgramSpec:
    """Which program: one of user land by its name, or an executable file.

    Attributes:
        name: what it is called under ``/bin`` in the guest.
        path: the executable's path on the host; None for a program of user land.
    """

    name: str
    path: Path | None = None
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Watch:
    """A value to show, typed by DWARF.

    Attributes:
        name: what it is called on the screen and in expectations.
        type: a C type, such as ``struct hello2_in``; empty for the variable's own.
        space: whose variable, and whose address space.
        expression: the name of a variable, or its address.
    """

    name: str
    type: str
    space: Literal["user", "kernel"]
    expression: str
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ScheduledInterrupt:
    """Raise an interrupt line of the INTC at a place."""

    at: Place
    line: int
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ScheduledInput:
    """Type bytes on the console at a place."""

    at: Place
    data: bytes
    where: Where = field(default=NOWHERE, compare=False)


Scheduled = ScheduledInterrupt | ScheduledInput


@dataclass(frozen=True, slots=True)
class Question:
    """What the audience is asked before the answer is shown."""

    question: str
    answer: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A condition over the machine's state that holds at a beat."""

    condition: Condition
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Beat:
    """One step of a lecture's narration.

    Attributes:
        holds: what is true of the machine there if the words are.
    """

    at: Place
    title: str
    say: str
    show: tuple[str, ...] = ()
    ask: Question | None = None
    holds: tuple[Claim, ...] = ()
    where: Where = field(default=NOWHERE, compare=False)


MOST_COMBINATIONS = 256
"""Of the values that a scenario gives the adversary."""


@dataclass(frozen=True, slots=True)
class RaceValues:
    """Hostile values for one place.

    Attributes:
        at: ``in.len``, a variable of the program or a member of it; ``arg0+4``, what an argument of
            the call points to; or an address, ``0x13010``.
        size: bytes, 0 for those of the variable, or 4.
        values: that are stored there; negative ones in two's complement.
    """

    at: str
    size: int
    values: tuple[int, ...]
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Race:
    """Who races whom, for ``ringview explore``; what is not said is found out.

    Attributes:
        victim: thread that makes the call, by order of creation from 1; ``main`` is thread 1.
        adversary: thread that stores meanwhile; ``others`` is every thread but the victim.
        syscall: name of the call; empty for the first in which the two meet.
        occurrence: which of the victim's calls (of that name), from 1; 0 for the first that fits.
        values: what the adversary stores, in place of what its own program does; empty for that.
    """

    victim: int | Literal["main"] = "main"
    adversary: int | Literal["others"] = "others"
    syscall: str = ""
    occurrence: int = 0
    values: tuple[RaceValues, ...] = ()
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario.

    Attributes:
        path: the file it was read from.
        rows: what it shows of the course, see `ringview.scenario.course`.
        memory: RAM of the machine in bytes.
        limit: instructions after which the run is given up.
        observe: the places between which the run is traced in full.
        env: ``NAME=value`` each.
    """

    path: Path
    title: str
    description: str
    kernel: KernelSpec
    program: ProgramSpec
    args: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    memory: int = DEFAULT_MEMORY
    seed: int = DEFAULT_SEED
    limit: int = DEFAULT_LIMIT
    observe: tuple[Place, Place] = (StartPlace(), EndPlace())
    watch: tuple[Watch, ...] = ()
    schedule: tuple[Scheduled, ...] = ()
    beats: tuple[Beat, ...] = ()
    expect: tuple[Expectation, ...] = ()
    rows: tuple[int, ...] = ()
    race: Race | None = None

    @property
    def name(self) -> str:
        """The file's name without its ending; ``ringview run`` takes it for a shipped scenario."""
        return self.path.stem
