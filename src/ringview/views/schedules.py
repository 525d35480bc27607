"""The map of schedules: what a search found, as a large view shows it."""

from __future__ import annotations

from ringview.explore.background import Told
from ringview.explore.chart import Chart, ChartMap
from ringview.views.frame import (
    MapCell,
    MapColumn,
    MapOutcome,
    MapPairs,
    MapPlace,
    ScheduleMapView,
    SchedulesView,
)

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def build_schedules(
    told: Told | None, *, running: bool, stopping: bool, opened: tuple[int, int], why_not: str
) -> SchedulesView:
    """Compute the view.

    Args:
        told: the newest of the search, None if none was begun.
        running: it goes on.
        stopping: it was asked to stop.
        opened: map and cell that this engine was made to run, (-1, -1) for none.
        why_not: why there is nothing to search, or empty.
    """
    if told is None:
        return SchedulesView(state="", why_not=why_not)
    if running:
        words = "stopping, and putting together what is known" if stopping else told.words
        return SchedulesView(state="searching", words=words, fraction=told.fraction)
    if told.chart is None:
        return SchedulesView(state="failed", why_not=told.error)
    return _done(told.chart, opened)


def _done(chart: Chart, opened: tuple[int, int]) -> SchedulesView:
    others = ", ".join(map(str, chart.adversaries))
    plural = "s" if len(chart.adversaries) > 1 else ""
    words = f"sys_{chart.call} of thread {chart.victim}, raced by thread{plural} {others}"
    return SchedulesView(
        state="stopped" if chart.interrupted else "done",
        words=f"{words}; searched for {chart.seconds:.1f} s",
        maps=tuple(_map(found, number, opened) for number, found in enumerate(chart.maps)),
        outcomes=tuple(
            MapOutcome(letter_of(n), o.kind, o.words, o.count) for n, o in enumerate(chart.outcomes)
        ),
        statements=chart.statements,
    )


def letter_of(number: int) -> str:
    """The name of an outcome: A to Z, then AA and on."""
    letter = _LETTERS[number % 26]
    return letter if number < 26 else letter_of(number // 26 - 1) + letter


def _map(found: ChartMap, number: int, opened: tuple[int, int]) -> ScheduleMapView:
    cells: dict[tuple[int, int], MapCell] = {}
    for index, cell in enumerate(found.cells):
        here = opened == (number, index)
        cells[cell.place, cell.column] = MapCell(index, cell.outcome, cell.instant, here)
    seconds = tuple(sorted({pair.second for pair in found.pairs}))
    pairs: dict[int, dict[int, MapCell]] = {}
    for index, pair in enumerate(found.pairs, len(found.cells)):
        here = opened == (number, index)
        worst = MapCell(index, pair.cell.outcome, pair.cell.instant, here)
        pairs.setdefault(pair.first, {})[pair.second] = worst
    return ScheduleMapView(
        adversary=found.adversary,
        words=found.words,
        columns=tuple(
            MapColumn(start, position, changes, brief)
            for (start, position), changes, brief in zip(
                found.columns, found.changes, found.brief, strict=True
            )
        ),
        places=tuple(
            MapPlace(
                place.load,
                place.icount,
                place.place,
                place.line,
                tuple(cells.get((n, column)) for column in range(len(found.columns))),
            )
            for n, place in enumerate(found.places)
        ),
        seconds=seconds,
        pairs=tuple(
            MapPairs(first, tuple(row.get(second) for second in seconds))
            for first, row in sorted(pairs.items())
        ),
    )
