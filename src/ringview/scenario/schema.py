"""The shape of a scenario file: pydantic models, which are used at the border only.

`ringview.scenario.load` turns them into `ringview.scenario.model`'s dataclasses. Field descriptions
become the JSON Schema that editors use.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)

from ringview.scenario.course import ROWS
from ringview.scenario.linux import ERRNO, SIGNALS

LEAST_MEMORY = 8
MOST_MEMORY = 512

Pane = Literal[
    "timeline",
    "registers",
    "code",
    "stacks",
    "translation",
    "tlb",
    "memory",
    "logs",
    "narration",
]
"""A pane that a beat can draw attention to."""

Mode = Literal["USR", "FIQ", "IRQ", "SVC", "ABT", "UND", "SYS"]
PhaseName = Literal["enter", "vector", "entry", "table", "handler", "copy", "return", "exit"]
Positive = Annotated[int, Field(ge=1)]
Count = Annotated[int, Field(ge=0)]
Word = Annotated[int, Field(ge=0, lt=1 << 32)]
Row = Annotated[int, Field(ge=min(ROWS), le=max(ROWS))]
Text = Annotated[str, Field(min_length=1)]


class Strict(BaseModel):
    """Unknown keys and values of another type are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


# ---------------------------------------------------------------------------------------- places


class SyscallAt(Strict):
    """A stage of a system call."""

    syscall: Text = Field(description="its name, as in syscall.tbl")
    phase: PhaseName = Field("enter", description="the stage of the call's way")
    occurrence: Positive = Field(1, description="which call of that name, from 1")


class SymbolAt(Strict):
    """The instruction at a symbol is about to execute."""

    symbol: Text
    space: Literal["kernel", "program"] = Field("kernel", alias="in")
    occurrence: Positive = 1


class LineAt(Strict):
    """The first instruction of a source line is about to execute."""

    line: str = Field(
        pattern=r"^[^:\s]+:([1-9][0-9]*|\s+\S.*)$",
        description="file:line, as in hello2.c:32, or file: and a part of the line",
    )
    occurrence: Positive = 1


class IcountAt(Strict):
    """A count of instructions since reset."""

    icount: Count


class Change(Strict):
    """A kind of change of mode; what is not given matches any."""

    cause: Text | None = Field(None, description="svc, irq, data abort, return, …")
    source: Mode | None = Field(None, alias="from")
    target: Mode | None = Field(None, alias="to")


class TransitionAt(Strict):
    """A change of mode, counted from the program's start."""

    transition: Change
    occurrence: Positive = 1


class StartAt(Strict):
    """The program's first user instruction."""

    start: Literal["program"]


class EndAt(Strict):
    """The end of the program or of the run."""

    end: Literal["program", "run"]


def by_key(*keys: str) -> Discriminator:
    """Return a discriminator that chooses an alternative by the first of these keys it has.

    The alternatives' tags begin with "=", so that in the location of an error they cannot be taken
    for the file's own keys.
    """

    def choose(value: Any) -> str | None:
        has = value.__contains__ if isinstance(value, dict) else partial(hasattr, value)
        return next((f"={key}" for key in keys if has(key)), None)

    return Discriminator(choose)


PLACE_KEYS = ("syscall", "symbol", "line", "icount", "transition", "start", "end")

AnyPlace = Annotated[
    Annotated[SyscallAt, Tag("=syscall")]
    | Annotated[SymbolAt, Tag("=symbol")]
    | Annotated[LineAt, Tag("=line")]
    | Annotated[IcountAt, Tag("=icount")]
    | Annotated[TransitionAt, Tag("=transition")]
    | Annotated[StartAt, Tag("=start")]
    | Annotated[EndAt, Tag("=end")],
    by_key(*PLACE_KEYS),
]


# ---------------------------------------------------------------------------------- expectations


class SyscallExpected(Strict):
    """What calls of one name return, and how many there are."""

    syscall: Text
    returns: int | str | None = Field(None, description="a number, or as in -EFAULT")
    times: Count | None = None
    occurrence: Positive | None = Field(
        None, description="which call of that name, from 1; without it, all of them"
    )
    when: str = Field("", description="what is particular about the call, as in: in is NULL")

    @field_validator("returns")
    @classmethod
    def _known(cls, value: int | str | None) -> int | str | None:
        if isinstance(value, str) and value.removeprefix("-") not in ERRNO:
            raise ValueError(
                f"{value!r} is neither a number nor the name of an error as in -EFAULT"
            )
        return value

    @model_validator(mode="after")
    def _one_or_all(self) -> SyscallExpected:
        if self.times is not None and self.occurrence is not None:
            raise ValueError("times counts all calls of a name, and occurrence means one of them")
        return self


def _is_regex(pattern: str) -> bool:
    return len(pattern) > 2 and pattern.startswith("/") and pattern.endswith("/")


def _check_pattern(pattern: str) -> str:
    if _is_regex(pattern):
        try:
            re.compile(pattern[1:-1])
        except re.error as error:
            raise ValueError(f"the regular expression {pattern} is wrong: {error}") from None
    return pattern


class LogExpected(Strict):
    """A line of the kernel log."""

    log: Text = Field(description="a part of the line, or a regular expression between slashes")

    @field_validator("log")
    @classmethod
    def _check(cls, value: str) -> str:
        return _check_pattern(value)


class ConsoleExpected(Strict):
    """What the console shows at the end."""

    console: Text = Field(description="a part of it, or a regular expression between slashes")

    @field_validator("console")
    @classmethod
    def _check(cls, value: str) -> str:
        return _check_pattern(value)


class ExitExpected(Strict):
    """The program ends by itself."""

    exit_status: Annotated[int, Field(ge=0, le=255)]


class SignalExpected(Strict):
    """The program is killed by a signal."""

    signal: str

    @field_validator("signal")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in SIGNALS:
            raise ValueError(f"{value!r} is not the name of a signal as in SIGSEGV")
        return value


class ChangesExpected(Strict):
    """How many changes of mode of one kind there are."""

    source: Mode | None = Field(None, alias="from")
    target: Mode | None = Field(None, alias="to")
    cause: Text | None = Field(None, alias="by")
    at_least: Count | None = None
    at_most: Count | None = None


class TransitionsExpected(Strict):
    """Changes of mode after the program has started."""

    transitions: ChangesExpected


class WatchExpected(Strict):
    """Values of watched fields at a place, by default at the program's last moment."""

    watch: dict[str, int | str | list[Word]] = Field(min_length=1)
    at: AnyPlace | None = None


class InstructionsBound(Strict):
    """Bounds for a number of instructions."""

    syscall: Text | None = Field(None, description="the call meant; without it, the whole program")
    occurrence: Positive = 1
    at_least: Count | None = None
    at_most: Count | None = None


class InstructionsExpected(Strict):
    """How much a call, or the program, costs."""

    instructions: InstructionsBound


EXPECTATION_KEYS = (
    "watch",
    "instructions",
    "transitions",
    "syscall",
    "log",
    "console",
    "exit_status",
    "signal",
)

AnyExpectation = Annotated[
    Annotated[WatchExpected, Tag("=watch")]
    | Annotated[InstructionsExpected, Tag("=instructions")]
    | Annotated[TransitionsExpected, Tag("=transitions")]
    | Annotated[SyscallExpected, Tag("=syscall")]
    | Annotated[LogExpected, Tag("=log")]
    | Annotated[ConsoleExpected, Tag("=console")]
    | Annotated[ExitExpected, Tag("=exit_status")]
    | Annotated[SignalExpected, Tag("=signal")],
    by_key(*EXPECTATION_KEYS),
]


# -------------------------------------------------------------------------------------- scenario


class Kernel(Strict):
    """Which kernel."""

    config: Text = Field("bbb_defconfig", description="a file of kernel/arch/arm/configs")
    set: dict[str, bool | int | str] = Field(
        default_factory=dict, description="Kconfig symbols, without CONFIG_, and their values"
    )


class Observed(Strict):
    """The part of the run that is traced in full."""

    first: AnyPlace | None = Field(None, alias="from")
    last: AnyPlace | None = Field(None, alias="to")


class Watched(Strict):
    """A variable to show, typed by DWARF."""

    name: str = Field(pattern=r"^[A-Za-z_]\w*$")
    type: str = Field("", description="a C type; by default the variable's own")
    at: str | Word = Field(description="user:NAME, kernel:NAME, or an address")

    @field_validator("at")
    @classmethod
    def _check(cls, value: int | str) -> int | str:
        if isinstance(value, str) and not re.match(r"^(user|kernel):[A-Za-z_]\w*$", value):
            raise ValueError(f"{value!r} is not a variable as in user:in, nor an address")
        return value


class InterruptScheduled(Strict):
    """An interrupt line of the INTC to raise."""

    at: AnyPlace
    irq: Annotated[int, Field(ge=0, le=127)]


class InputScheduled(Strict):
    """Text to type on the console."""

    at: AnyPlace
    console: str


SCHEDULE_KEYS = ("irq", "console")

AnyScheduled = Annotated[
    Annotated[InterruptScheduled, Tag("=irq")] | Annotated[InputScheduled, Tag("=console")],
    by_key(*SCHEDULE_KEYS),
]


class Ask(Strict):
    """A question to the audience."""

    question: Text
    answer: Text
    choices: list[str] = Field(default_factory=list)


class BeatWritten(Strict):
    """One step of the narration."""

    at: AnyPlace
    title: Text
    say: Text
    show: list[Pane] = Field(default_factory=list, description="panes to look at")
    ask: Ask | None = None
    holds: list[Text] = Field(
        default_factory=list, description="conditions that are true there if the words are"
    )


class RaceValuesWritten(Strict):
    """Hostile values for one place in the victim's memory."""

    at: (
        Annotated[
            str,
            Field(pattern=r"^(arg[0-5](\+(0x[0-9a-fA-F]+|\d+))?|[A-Za-z_]\w*(\.\w+|\[\d+\])*)$"),
        ]
        | Word
    ) = Field(
        description="a variable of the program or a member of it (in.len), what an argument of the "
        "call points to (arg0+4), or an address"
    )
    size: Literal[0, 1, 2, 4, 8] = Field(
        0, description="bytes; 0: as many as the variable has, 4 for what is none"
    )
    values: Annotated[list[Annotated[int, Field(ge=-(1 << 63), lt=1 << 64)]], Field(min_length=1)]


class RaceWritten(Strict):
    """Who races whom, for `ringview explore`; what is not said is found out."""

    victim: Literal["main"] | Positive = Field(
        "main", description="the thread that makes the call: main, or its number in order of birth"
    )
    adversary: Literal["others"] | Positive = Field(
        "others", description="the thread that stores meanwhile: others, or its number"
    )
    syscall: str = Field("", description="the call; by default the first in which the two meet")
    occurrence: Count = Field(0, description="which of the victim's calls; 0: the first that fits")
    values: list[RaceValuesWritten] = Field(
        default_factory=list,
        description="what the adversary stores, in place of what its own program does",
    )


class ScenarioFile(Strict):
    """A ringview scenario: what to run, what to tell about it, and what must come true."""

    title: Text
    rows: list[Row | Literal["assignment"]] = Field(
        default_factory=list, description="the rows of the course's contents that this shows"
    )
    description: str = ""
    kernel: Kernel = Field(default_factory=lambda: Kernel.model_validate({}))
    program: Text = Field(
        description="a program of userland, or the path of a static ARM ELF or of a C file"
    )
    args: list[str] = Field(default_factory=list)
    env: dict[str, str] = Field(default_factory=dict)
    memory: Annotated[int, Field(ge=LEAST_MEMORY, le=MOST_MEMORY)] = Field(
        32, description="RAM in MiB"
    )
    seed: Word = Field(1, description="seed of the machine's random number generator")
    limit: Positive = Field(200_000_000, description="instructions after which to give up")
    observe: Observed = Field(default_factory=lambda: Observed.model_validate({}))
    watch: list[Watched] = Field(default_factory=list)
    schedule: list[AnyScheduled] = Field(default_factory=list)
    beats: list[BeatWritten] = Field(default_factory=list)
    expect: list[AnyExpectation] = Field(default_factory=list)
    race: RaceWritten | None = None


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file, for editors."""
    schema = ScenarioFile.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
