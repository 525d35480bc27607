"""What a search came to: two statements, finds, the map of schedules, the matrix of mitigations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ringview.explore.finds import Find
from ringview.explore.judge import Judgement
from ringview.explore.schedule import Adversary
from ringview.explore.search import Cell

EXCLUSIONS = (
    "other binaries of the same source: a compiler may add fetches",
    "caches and weak memory order: stores are seen at once and in the order they were made",
    "stores that the adversary did not make in its own recorded run",
    "calls and inputs other than these, and paths that were not explored",
    "what the call leaves in the kernel alone, as in a file: no outcome has that",
)
GIVEN_EXCLUSIONS = (
    "values that the scenario does not give the adversary",
    "how it would come by them: they land where its thread gets to run (A1), before any load (A2)",
)
BOARD_EXCLUSION = (
    "a kernel that cannot be preempted is not safe by that alone: a second core needs no preemption"
)


@dataclass(frozen=True, slots=True)
class Level:
    """One k of one adversary.

    Attributes:
        adversary: whose.
        bound: k.
        schedules: run.
        items: parts of the level.
        done: parts that were finished.
    """

    adversary: Adversary
    bound: int
    schedules: int
    items: int
    done: int

    @property
    def exhausted(self) -> bool:
        """Whether every schedule of the level was run."""
        return self.done == self.items


@dataclass(frozen=True, slots=True)
class Subject:
    """What was searched.

    Attributes:
        scenario: its name.
        kernel_hash, program_hash: SHA-256 of the images' files.
        kernel_options: those that the scenario sets.
        call: the system call's name.
        enter: icount of its svc.
        victim: the victim's thread number.
        adversaries: thread numbers of the others.
        args: of the program, which are the inputs.
        seed: of the machine.
        stores: the adversary's, in its recorded run.
        images: different contents of the bytes that matter; the value set.
        interesting: bytes that the adversary stores and the call fetches.
        left_out: the adversary's stores to pages that were not mapped when the call began.
        preemptible: CONFIG_PREEMPT, None if unknown.
        limit: instructions of one schedule.
        given: the values are the scenario's, and not what the adversary's own program stores.
    """

    scenario: str
    kernel_hash: str
    program_hash: str
    kernel_options: tuple[tuple[str, str], ...]
    call: str
    enter: int
    victim: int
    adversaries: tuple[int, ...]
    args: tuple[str, ...]
    seed: int
    stores: int
    images: int
    interesting: int
    left_out: int
    preemptible: bool | None
    limit: int
    given: bool = False


@dataclass(frozen=True, slots=True)
class Bounded:
    """The first statement, for one adversary.

    Attributes:
        adversary: it names its own.
        bound: the k that was asked for.
        levels: k by k.
        bugs: outcomes that are bugs.
        interrupted: the search was stopped before its end.
    """

    adversary: Adversary
    bound: int
    levels: tuple[Level, ...]
    bugs: int
    interrupted: bool

    @property
    def schedules(self) -> int:
        """All that were run."""
        return sum(level.schedules for level in self.levels)

    @property
    def exhausted(self) -> bool:
        """Every schedule up to the bound was run."""
        return (
            not self.interrupted
            and len(self.levels) == self.bound + 1
            and all(level.exhausted for level in self.levels)
        )

    @property
    def reached(self) -> int:
        """The greatest k all of whose schedules, and of smaller k, were run; -1 if none."""
        reached = -1
        for level in self.levels:
            if not level.exhausted:
                break
            reached = level.bound
        return reached


@dataclass(frozen=True, slots=True)
class Certificate:
    """The second statement: every explored path fetches each user byte at most once.

    Attributes:
        holds: it does; never for paths that were not followed to the call's return.
        cut: paths on which the call did not return.
        paths: outcomes that were looked at.
        schedules: that lead to them.
        events: schedules' greatest number of double fetches.
        reads_back: likewise, of fetches of what the call itself had written to the user.
        example: the smallest schedule with either, in words; empty if there is none.
    """

    holds: bool
    cut: int
    paths: int
    schedules: int
    events: int
    reads_back: int
    example: str


@dataclass(frozen=True, slots=True)
class MapRow:
    """One place in the call, on the map of schedules.

    Attributes:
        load: the victim's loads of watched bytes by then.
        icount: of the place in the undisturbed call.
        place: ``symbol+0x1c``.
        line: of the handler.
    """

    load: int
    icount: int
    place: str
    line: str


@dataclass(frozen=True, slots=True)
class ScheduleMap:
    """Places by outcomes, for one preemption: what a screen draws.

    Attributes:
        adversary: whose.
        rows: places in the call.
        cells: what each single preemption leads to.
        outcomes: words and kind by identity.
    """

    adversary: Adversary
    rows: tuple[MapRow, ...]
    cells: tuple[Cell, ...]
    outcomes: tuple[tuple[str, str, str], ...]


Verdict = Literal["bug", "no bug found", "interrupted"]


CellVerdict = Literal["bug", "no bug found", "interrupted", "not searched"]

CONSEQUENCES = (
    ("kernel executes user code", "user code"),
    ("secret disclosed", "secret out"),
    ("stack canary", "caught"),
    ("kernel died", "oops"),
    ("return address", "overflow"),
    ("object bounds", "overflow"),
    ("kernel address from the user", "kernel read"),
)
"""What an oracle that fired means for the system, in two words; the worst first."""


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """One variant under one set of mitigations.

    Attributes:
        variant: such as ``len_refetch``.
        mitigation: in words, such as ``software PAN``.
        options: Kconfig symbols and their values.
        verdict: of the search; ``not searched`` where there was nothing to search.
        bound: smallest k of a bug, -1 without one.
        board: bugs by the adversary on the one core; -1 if that was not searched.
        certificate: whether the single-fetch certificate holds.
        oracles: those that fired.
        schedule: schedule file: of the bug, or of an attempt that fails; empty without one.
        kernel_hash, program_hash: SHA-256 of the images; empty where there are none.
        most: the greatest k that was asked for.
        schedules: that were run.
        changed: double fetches with a change between, on one schedule, at most.
        outcome: in words: of the bug, or of the attempt.
        why: why it was not searched, or empty.
    """

    variant: str
    mitigation: str
    options: tuple[tuple[str, str], ...]
    verdict: CellVerdict
    bound: int = -1
    board: int = -1
    certificate: bool = False
    oracles: tuple[str, ...] = ()
    schedule: str = ""
    kernel_hash: str = ""
    program_hash: str = ""
    most: int = 0
    schedules: int = 0
    changed: int = 0
    outcome: str = ""
    why: str = ""

    @property
    def consequence(self) -> str:
        """What the bug does, in two words; empty without one."""
        if self.verdict != "bug":
            return ""
        fired = (words for oracle, words in CONSEQUENCES if oracle in self.oracles)
        return next(fired, "outcome")

    @property
    def words(self) -> str:
        """The verdict in a few words."""
        if self.verdict == "bug":
            return f"bug k={self.bound}" + (" A2" if self.board == 0 else "")
        if self.verdict == "no bug found":
            return "certified" if self.certificate else "no bug"
        return self.verdict


@dataclass(frozen=True, slots=True)
class MitigationMatrix:
    """Variant by mitigation, each cell a verdict: what a screen draws."""

    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """All that a search came to.

    Attributes:
        subject: what was searched.
        bounded: one statement for each adversary.
        certificate: the other statement.
        judgements: every outcome, by adversary.
        finds: bugs, the smallest k first.
        maps: for each adversary.
        seconds: that it took.
    """

    subject: Subject
    bounded: tuple[Bounded, ...]
    certificate: Certificate
    judgements: tuple[tuple[Adversary, Judgement], ...]
    finds: tuple[Find, ...]
    maps: tuple[ScheduleMap, ...]
    seconds: float

    @property
    def bugs(self) -> int:
        """Outcomes that are bugs."""
        return len({j.identity for _, j in self.judgements if j.kind == "bug"})

    @property
    def interrupted(self) -> bool:
        """Whether any part was stopped."""
        return any(b.interrupted for b in self.bounded)

    @property
    def verdict(self) -> Verdict:
        """In a word."""
        if self.bugs:
            return "bug"
        return "interrupted" if self.interrupted else "no bug found"


def certificate_of(judgements: Sequence[Judgement]) -> Certificate:
    """The single-fetch certificate for the paths that were explored."""
    bad = [j for j in judgements if not j.single_fetch]
    cut = sum(j.outcome.end != "returned" for j in judgements)
    example = ""
    if bad:
        smallest = min(bad, key=lambda j: j.schedule.order)
        example = str(smallest.outcome)
    return Certificate(
        holds=not bad and not cut and bool(judgements),
        cut=cut,
        paths=len(judgements),
        schedules=sum(j.count for j in judgements),
        events=max((j.events for j in judgements), default=0),
        reads_back=max((j.reads_back for j in judgements), default=0),
        example=example,
    )
