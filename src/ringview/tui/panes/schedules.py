"""The map of schedules, a large view: places in the call by how far the other thread gets there,
each cell an outcome and a schedule that can be run; the outcomes, and the verdict's statements.
"""

from __future__ import annotations

from dataclasses import dataclass

from ringview.tui.panes import grid
from ringview.tui.panes.grid import Columns, GridPart, columns_around
from ringview.tui.text import Line, Page, Room, grouped, shorten, shorten_path, wrapped
from ringview.views.frame import MapCell, MapOutcome, ScheduleMapView, SchedulesView

KINDS = {
    "quiescent": ("·", "dim"),
    "mixed": ("~", "text"),
    "refused": ("r", "text"),
    "bug": ("✗", "abort bold"),
}
"""Glyph and style of each kind of outcome."""
_PLACE = 30
_CELL = 7
_BAR = 30


_WORDS = (
    "One preemption: the place where the other thread comes in, by what memory holds when the call"
    " begins and when it goes on (or by how many stores the other thread has done). Two: the places"
    " of both, and the worst that comes of them."
)


def count_columns(view: SchedulesView | None) -> int:
    """How many columns the widest of its maps has."""
    maps = view.maps if view is not None else ()
    return max((max(len(each.columns), len(each.seconds)) for each in maps), default=0)


_OFFER = (
    "{search again} lets the other thread come in at each place of this call, one after the other,"
    " and shows what comes of it."
)


def paint(part: GridPart[SchedulesView], room: Room) -> Page:
    """Progress while the search goes on; then the maps, their outcomes, the statements."""
    view, width = part.view, room.width
    title = Line("schedules ", "title").add("where the other thread may come in", "dim")
    if view is None or not view.state:
        said = "…" if view is None else view.why_not or _OFFER
        return Page(wrapped(room.keys.told(said), "dim", width), title)
    if view.state == "searching":
        return Page(_searching(view, room), title)
    if view.state == "failed":
        said = room.keys.told(f"No map: {view.why_not} {{search again}} searches again.")
        return Page(wrapped(said, "text", width), title)
    lines = [Line(view.words, "strong").fit(width)]
    if view.state == "stopped":
        lines.append(Line("the search was stopped: this is what is known", "abort bold"))
    keep = 0
    for number, found in enumerate(view.maps):
        lines.append(Line())
        start = len(lines)
        lines.extend(_map(found, number, view.outcomes, part.column, width))
        rows = [place.cells for place in found.places] + [pair.cells for pair in found.pairs]
        runs = {
            ("open_schedule", number, cell.index)
            for cells in rows
            for cell in cells
            if cell is not None and cell.opened
        }
        keep = next((i for i in range(start, len(lines)) if lines[i].action in runs), keep)
    lines.append(Line())
    lines.extend(_outcomes(view.outcomes, width))
    lines += [Line(), *wrapped(_WORDS, "dim", width), Line()]
    for statement in view.statements:
        lines.extend(wrapped(statement, "text", width))
    said = "{previous column} {next column} column  {choose down} {choose up} place  {take} runs it"
    return grid.page(lines, title, said, keep, room)


def _searching(view: SchedulesView, room: Room) -> list[Line]:
    bar = grid.progress(view.fraction, _BAR).add(" ")
    bar.add(f"{100 * view.fraction:.0f}% of this level" if view.fraction >= 0 else "", "dim")
    said = "The search runs in a process of its own; the machine can be moved meanwhile. "
    said += room.keys.told("{choose down}, {take} or {search again} stops it.")
    return [
        Line(view.words, "text").fit(room.width),
        bar,
        Line(),
        *wrapped(said, "dim", room.width),
    ]


def _map(
    found: ScheduleMapView,
    number: int,
    outcomes: tuple[MapOutcome, ...],
    column: int,
    width: int,
) -> list[Line]:
    lines = [Line(found.words, "strong").fit(width)]
    if not found.columns:
        return [*lines, Line("  no place where the other thread could matter", "dim")]
    columns = _columns(column, len(found.columns), width)
    brief = all(one.brief for one in found.columns)
    brief = brief and max(len(one.brief) for one in found.columns) < _CELL
    heads = [one.brief if brief else f"{one.start}→{one.position}" for one in found.columns]
    here = found.columns[columns.chosen]
    changes = f"column {heads[columns.chosen]}: {here.changes or 'the same bytes'}"
    done = f"; the other thread's stores {here.start} → {here.position}"
    lines.append(Line(f"  {changes}", "text").add(done, "dim").fit(width))
    what = "value" if brief else "stores"
    lines.append(_head("load", "before", what, heads, columns).fit(width))
    for place in found.places:
        where = shorten_path(place.line, 20) or place.place
        cells = _Cells(place.cells, number, outcomes)
        line = cells.row(place.load, where, columns)
        if place.icount >= 0:
            rest = Line(f"  {grouped(place.icount)} {place.place}", "dim")
            line.join(rest.fit(max(0, width - line.width)))
        lines.append(line.fit(width))
    return [*lines, *_pairs(found, number, outcomes, column, width)]


def _columns(column: int, count: int, width: int) -> Columns:
    return columns_around(column, count, (width - _PLACE - 16) // _CELL)


def _head(load: str, before: str, what: str, heads: list[str], columns: Columns) -> Line:
    chosen, low, high = columns
    line = Line(f"{load:>5}  {before:<{_PLACE}}{what:<7}", "dim")
    for n, text in enumerate(heads[low:high], low):
        line.add(f"{text:^{_CELL}}", "strong underline" if n == chosen else "dim")
    return line


def _pairs(
    found: ScheduleMapView,
    number: int,
    outcomes: tuple[MapOutcome, ...],
    column: int,
    width: int,
) -> list[Line]:
    """Two preemptions: the first's place by the second's, the worst of each pair."""
    if not found.pairs or not found.seconds:
        return []
    columns = _columns(column, len(found.seconds), width)
    heads = [str(second) for second in found.seconds]
    where = {place.load: shorten_path(place.line, 20) or place.place for place in found.places}
    lines = [_head("load", "two: first before", "second", heads, columns).fit(width)]
    for row in found.pairs:
        cells = _Cells(row.cells, number, outcomes)
        lines.append(cells.row(row.load, where.get(row.load, ""), columns).fit(width))
    return lines


@dataclass(frozen=True, slots=True)
class _Cells:
    """A row of one map."""

    cells: tuple[MapCell | None, ...]
    number: int
    outcomes: tuple[MapOutcome, ...]

    def row(self, load: int, where: str, columns: Columns) -> Line:
        """The row; it does what the chosen column's cell does."""
        chosen, low, high = columns
        line = Line(f"{load:>5}  ", "dim")
        line.add(f"{shorten(where, _PLACE - 1):<{_PLACE}}", "kernel").add(" " * 7)
        for n, cell in enumerate(self.cells[low:high], low):
            line.join(_cell(cell, self.number, self.outcomes, chosen=n == chosen))
        cell = self.cells[chosen] if 0 <= chosen < len(self.cells) else None
        if cell is not None:
            line.click(("open_schedule", self.number, cell.index))
        return line


def _cell(
    cell: MapCell | None, number: int, outcomes: tuple[MapOutcome, ...], *, chosen: bool
) -> Line:
    if cell is None:
        return Line(f"{'':{_CELL}}")
    outcome = outcomes[cell.outcome] if 0 <= cell.outcome < len(outcomes) else None
    glyph, style = KINDS.get("" if outcome is None else outcome.kind, KINDS["mixed"])
    text = f"{glyph}{'?' if outcome is None else shorten(outcome.letter, 3)}"
    text = f"▶{text}◀" if cell.opened else f"[{text}]" if chosen else text
    return Line(f"{text:^{_CELL}}", style, ("open_schedule", number, cell.index))


def _outcomes(outcomes: tuple[MapOutcome, ...], width: int) -> list[Line]:
    lines = []
    for outcome in outcomes:
        glyph, style = KINDS.get(outcome.kind, KINDS["mixed"])
        lead = Line(f"  {glyph}{outcome.letter:<3}", style)
        lead.add(f"{grouped(outcome.count):>9} × ", "dim")
        for n, part in enumerate(wrapped(outcome.words, style, max(20, width - lead.width), 3)):
            lines.append(lead.join(part) if not n else Line(" " * 17).join(part))
    return lines
