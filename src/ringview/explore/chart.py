"""A search's result as a screen shows it: the map of schedules, with what each cell needs to be
opened, and the two statements. Plain data, made by `ringview.explore.background`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ringview.explore.drive import Search
from ringview.explore.inputs import Input, inputs_of
from ringview.explore.judge import Judgement, Kind
from ringview.explore.naming import Names
from ringview.explore.results import Result, ScheduleMap
from ringview.explore.schedule import WORDS, Adversary, Schedule
from ringview.explore.search import Cell, Tally
from ringview.explore.text import KINDS, report

MOST_CELLS = 4096
"""Cells of a map that can be opened."""

MOST_PAIRED = 50_000
"""Schedules of two preemptions that are run once more for their map."""


@dataclass(frozen=True, slots=True)
class ChartOutcome:
    """One way the call can go.

    Attributes:
        identity: equal for equal outcomes.
        kind: see `Kind`.
        words: what it is, and what comes out.
        count: schedules that lead there, of any number of preemptions.
    """

    identity: str
    kind: Kind
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class ChartPlace:
    """A place in the call, before one of its loads of bytes that the adversary stores.

    Attributes:
        load: loads of such bytes that the victim has done.
        icount: in the undisturbed call; -1 behind the last load.
        place: ``symbol+0x1c``.
        line: C line of the handler.
    """

    load: int
    icount: int
    place: str
    line: str


@dataclass(frozen=True, slots=True)
class ChartCell:
    """A single preemption.

    Attributes:
        place: number of the place.
        column: number of the column.
        outcome: number of the outcome.
        inputs: what a session needs to repeat it.
        instant: icount at which the adversary comes in.
    """

    place: int
    column: int
    outcome: int
    inputs: tuple[Input, ...]
    instant: int


@dataclass(frozen=True, slots=True)
class ChartPair:
    """Two preemptions: the worst that comes of them, whatever the adversary does.

    Attributes:
        first, second: loads by then, as in `ChartPlace`.
        cell: the smallest schedule that leads there; place and column mean nothing.
    """

    first: int
    second: int
    cell: ChartCell


@dataclass(frozen=True, slots=True)
class ChartMap:
    """One adversary's map for one preemption, and for two where there are not too many.

    Attributes:
        adversary: whose.
        words: what that adversary is.
        places: the rows.
        columns: stores done at the call's beginning, and when the victim goes on.
        changes: by column: the words that differ between the two, in words.
        brief: by column: their values, where there is but one.
        cells: in the order of places, then columns.
        pairs: of two preemptions, in order; empty where they were not all looked at.
    """

    adversary: Adversary
    words: str
    places: tuple[ChartPlace, ...]
    columns: tuple[tuple[int, int], ...]
    cells: tuple[ChartCell, ...]
    pairs: tuple[ChartPair, ...] = ()
    changes: tuple[str, ...] = ()
    brief: tuple[str, ...] = ()

    @property
    def openable(self) -> tuple[ChartCell, ...]:
        """Everything that can be run: the cells, then those of the pairs."""
        return (*self.cells, *(pair.cell for pair in self.pairs))


@dataclass(frozen=True, slots=True)
class Chart:
    """All that is shown.

    Attributes:
        kernel_hash, program_hash: SHA-256 of the images.
        call: the system call's name.
        victim: its thread number.
        adversaries: thread numbers of the others.
        bound: the greatest k.
        interrupted: the search was stopped.
        maps: for each adversary that got so far.
        outcomes: of all maps and levels.
        statements: the bounded verdicts, the certificate and what neither covers, word for word as
            ``ringview explore`` prints them.
        seconds: that the search took.
    """

    kernel_hash: str
    program_hash: str
    call: str
    victim: int
    adversaries: tuple[int, ...]
    bound: int
    interrupted: bool
    maps: tuple[ChartMap, ...]
    outcomes: tuple[ChartOutcome, ...]
    statements: tuple[str, ...]
    seconds: float


def chart_of(search: Search, result: Result) -> Chart:
    """Make the chart of a search that has run.

    Args:
        search: not closed yet: it repeats each cell once to find its inputs.
        result: what it came to.
    """
    merged: dict[str, Judgement] = {}
    for _, judgement in result.judgements:
        known = merged.get(judgement.identity)
        merged[judgement.identity] = judgement if known is None else known.merged(judgement)
    ordered = sorted(merged.values(), key=lambda j: (j.kind == "bug", j.schedule.order))
    numbers = {j.identity: n for n, j in enumerate(ordered)}
    outcomes = tuple(
        ChartOutcome(j.identity, j.kind, f"{KINDS[j.kind]}: {j.outcome}", j.count) for j in ordered
    )
    subject = result.subject
    return Chart(
        kernel_hash=subject.kernel_hash,
        program_hash=subject.program_hash,
        call=subject.call,
        victim=subject.victim,
        adversaries=subject.adversaries,
        bound=search.bound,
        interrupted=result.interrupted,
        maps=tuple(_map(search, found, numbers.__getitem__) for found in result.maps),
        outcomes=outcomes,
        statements=tuple(statements(result)),
        seconds=result.seconds,
    )


def statements(result: Result) -> list[str]:
    """The lines of the report that claim something, as they stand there."""
    heads = ("Bounded, ", "Single-fetch certificate: ", "Not covered by either statement: ")
    return [line for line in report(result, {}) if line.startswith(heads)]


def _map(search: Search, found: ScheduleMap, number: Callable[[str], int]) -> ChartMap:
    pairs = tuple(_pairs(search, found.adversary, number))
    cells = sorted(found.cells, key=lambda c: (c.load, c.start, c.position))[:MOST_CELLS]
    columns = sorted({(c.start, c.position) for c in cells})
    known = {row.load: row for row in found.rows}
    places = []
    for load in sorted({c.load for c in cells}):
        row = known.get(load)
        if row is None:
            places.append(ChartPlace(load, -1, "behind the last load", ""))
        else:
            places.append(ChartPlace(load, row.icount, row.place, row.line))
    rows = {place.load: n for n, place in enumerate(places)}
    images = search.explorer.runner.images
    names = Names(search.target.session.code.program, _addresses(search))
    changes = [names.changes(images, start, position) for start, position in columns]
    return ChartMap(
        found.adversary,
        WORDS[found.adversary],
        tuple(places),
        tuple(columns),
        tuple(
            _cell(
                search,
                found.adversary,
                c,
                rows[c.load],
                columns.index((c.start, c.position)),
                number(c.identity),
            )
            for c in cells
        ),
        pairs,
        tuple(", ".join(map(str, found)) for found in changes),
        tuple(found[0].short if len(found) == 1 else "" for found in changes),
    )


def _addresses(search: Search) -> dict[int, int]:
    """Virtual address by physical one, of what the undisturbed call fetches."""
    analysis = search.explorer.analyst.analyse(Schedule("second-core", 0))
    return {f.pa + i: f.va + i for f in analysis.fetches for i in range(f.size)}


def _cell(
    search: Search, adversary: Adversary, cell: Cell, place: int, column: int, outcome: int
) -> ChartCell:
    schedule = Schedule(adversary, cell.start).then(cell.load, cell.position)
    return _openable(search, schedule, place, column, outcome)


def _openable(
    search: Search, schedule: Schedule, place: int, column: int, outcome: int
) -> ChartCell:
    target = search.target
    inputs = tuple(inputs_of(search.explorer, schedule))
    enter = target.call.enter
    # what was let in before the call, and where the adversary stood then, are no preemption
    own = [item.icount for item in inputs[len(target.inputs) :] if item.icount > enter]
    return ChartCell(place, column, outcome, inputs, own[0] if own else enter)


@dataclass(slots=True)
class _Collected(Tally):
    """Notes the worst of each pair of places instead of counting."""

    worst: dict[tuple[int, int], tuple[tuple[int, object], Schedule, str]] = field(
        default_factory=dict
    )

    def count(self, judgement: Judgement, schedule: Schedule) -> None:
        """Note one schedule of two preemptions."""
        first, second = schedule.steps
        key, rank = (first.load, second.load), (_RANKS.index(judgement.kind), schedule.order)
        known = self.worst.get(key)
        if known is None or rank < known[0]:
            self.worst[key] = rank, schedule, judgement.identity


_RANKS: tuple[Kind, ...] = ("bug", "mixed", "refused", "quiescent")


def _pairs(
    search: Search, adversary: Adversary, number: Callable[[str], int]
) -> Iterator[ChartPair]:
    """The pairs of a level that was searched to its end, run once more."""
    level = next((s for s in search.state.levels if (s.adversary, s.bound) == (adversary, 2)), None)
    if level is None or len(level.done) < len(level.items):
        return
    if level.tally.schedules > MOST_PAIRED:
        return
    collected = _Collected()
    for item in level.items:
        search.explorer.do(item, collected)
    for (first, second), (_, schedule, identity) in sorted(
        collected.worst.items(), key=lambda item: item[0]
    ):
        yield ChartPair(first, second, _openable(search, schedule, 0, 0, number(identity)))
