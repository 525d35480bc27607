"""Time, a large view: who had the processor, mode by mode and thread by thread, from the whole run
down to single instructions, and the instructions around now.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from ringview.tui.actions import Action
from ringview.tui.panes.timeline import column_of, mark_row, moment_of
from ringview.tui.text import Line, Page, Room, grouped, hex32, shorten
from ringview.views.frame import TimeLane, Timeline, TimelineMark, TimePlace, TimeStep

LABEL = 18
"""Columns of a lane's name."""

MOST_THREADS = 12
LEAST_STEPS = 6
"""Rows that the instructions have at least, where there are any."""

_USER, _KERNEL = "▁▂▃▄▅▆", "░▒▓"
_ABORT = "╳"
_OWNER = {"USR": "user", "ABT": "abort", "UND": "abort"}
_KINDS = (
    (" calls", ("syscall",)),
    (" faults", ("fault", "undefined", "signal")),
    (" interrupts", ("irq",)),
    (" yours", ("bookmark", "stop", "drop")),
    (" beats", ("beat", "end")),
)


def columns_in(width: int) -> int:
    """How many columns of time there are in a pane."""
    return max(1, width - LABEL - 1)


def paint(timeline: Timeline, room: Room) -> Page:
    """Lanes of modes and threads, events, functions, then single instructions."""
    columns = columns_in(room.width)
    first, last = timeline.first, max(timeline.last, timeline.first + 1)
    inside = first <= timeline.now < last
    now = column_of(timeline.now, first, last, columns) if inside else -1
    above = _lanes(timeline, room, columns, now)
    lines = [*above, *_events(timeline, columns), _axis(first, last, columns)]
    if timeline.places:
        lines.append(_places(timeline.places, first, last, columns))
    timed = len(lines)
    keep = timed
    if timeline.steps:
        lines += [Line(), _heading(room.width)]
        for step in timeline.steps:
            if step.icount == timeline.now:
                keep = len(lines)
            lines.append(_step(step, timeline.now, room.width))

    def locate(column: int, row: int) -> Action | None:
        if row >= timed or column < LABEL:
            return None
        return ("go", moment_of(min(column - LABEL, columns - 1), first, last, columns))

    # The lanes stay in view: of the instructions as many are shown as there is room for.
    lines = _fitted(lines, timed, keep, room.height)
    keep = next((i for i, line in enumerate(lines) if line.back == "current"), timed)
    title = Line("time ", "title").add(_extent(timeline, columns), "strong")
    said = "{zoom time in} {zoom time out} zoom  {all of time} all  {earlier} {later} move"
    aside = _legend(room.width).add(room.keys.told(said), "dim")
    return Page(lines, title, aside, keep=(keep, keep), above=keep, locate=locate)


def _legend(width: int) -> Line:
    line = Line()
    if width >= 110:
        for glyphs, word in ((_USER[4], "user"), (_KERNEL[2], "kernel"), (_ABORT, "abort")):
            line.add(f"{glyphs} ", word).add(f"{word}  ", "dim")
    return line


def _fitted(lines: list[Line], timed: int, keep: int, height: int) -> list[Line]:
    """The instructions cut so that all lines fit, the present one in their midst."""
    if len(lines) <= height or keep < timed + 2:
        return lines
    rows = max(LEAST_STEPS, height - timed - 2)
    steps, at = lines[timed + 2 :], keep - timed - 2
    begin = max(0, min(at - rows // 2, len(steps) - rows))
    return [*lines[: timed + 2], *steps[begin : begin + rows]]


def _extent(timeline: Timeline, columns: int) -> str:
    first, last = timeline.first, timeline.last
    span = max(1, last - first)
    whole = (first, last) == timeline.whole
    text = "the whole run" if whole else f"{grouped(first)} to {grouped(last)}"
    if span <= columns:
        return f"{text}, each column an instruction"
    share = span / columns
    said = f"{share:.1f}" if share < 10 else grouped(round(share))
    return f"{text}, a column is {said} instructions"


def _lanes(timeline: Timeline, room: Room, columns: int, now: int) -> list[Line]:
    modes = [lane for lane in timeline.lanes if lane.kind == "mode"]
    threads = [lane for lane in timeline.lanes if lane.kind == "thread"]
    steps = LEAST_STEPS + 2 if timeline.steps else 0
    spare = room.height - len(modes) - len(_KINDS) - 2 - steps
    shown = threads[: max(2, min(MOST_THREADS, spare - (len(threads) > spare)))]
    lines = [_lane(_mode_name(lane), _OWNER.get(lane.name, "kernel"), lane, columns, now)
             for lane in modes]  # fmt: skip
    lines += [_lane(_thread_name(lane), "strong", lane, columns, now) for lane in shown]
    if len(threads) > len(shown):
        more = len(threads) - len(shown)
        lines.append(Line(f" … {more} more thread{'s' if more > 1 else ''}", "dim"))
    return lines


def _mode_name(lane: TimeLane) -> str:
    return f"{lane.name} {_OWNER.get(lane.name, 'kernel')}"


def _thread_name(lane: TimeLane) -> str:
    return f"{lane.name}[{lane.number}]" if lane.number >= 0 else lane.name


def _lane(name: str, style: str, lane: TimeLane, columns: int, now: int) -> Line:
    line = Line(f" {shorten(name, LABEL - 2):<{LABEL - 1}}", style)
    cells = [_cell(lane, column, columns) for column in range(columns)]
    if 0 <= now < columns:
        cells[now] = ("┃", "strong")
    for owner, run in groupby(cells, key=lambda cell: cell[1]):
        line.add("".join(glyph for glyph, _ in run), owner)
    return line


def _cell(lane: TimeLane, column: int, columns: int) -> tuple[str, str]:
    """Glyph and style of one column: what most of it was, and how much of it that thread had."""
    user, kernel, abort = (
        part[column * len(part) // columns] if part else 0
        for part in (lane.user, lane.kernel, lane.abort)
    )
    total = min(255, user + kernel + abort)
    if not total:
        return " ", ""
    if abort >= max(user, kernel):
        return _ABORT, "abort"
    glyphs, owner = (_USER, "user") if user >= kernel else (_KERNEL, "kernel")
    return glyphs[min(len(glyphs) - 1, total * len(glyphs) // 256)], owner


def _events(timeline: Timeline, columns: int) -> list[Line]:
    lines = []
    for label, kinds in _KINDS:
        marks = tuple(mark for mark in timeline.marks if mark.kind in kinds)
        if marks or label == " calls":
            lines.append(_event_row(label, marks, timeline, columns))
    return lines


def _event_row(
    label: str, marks: tuple[TimelineMark, ...], timeline: Timeline, columns: int
) -> Line:
    last = max(timeline.last, timeline.first + 1)
    return mark_row(marks, timeline.first, last, columns, label=label, width=LABEL)


def _axis(first: int, last: int, columns: int) -> Line:
    line = Line(" icount".ljust(LABEL), "dim")
    for column in range(0, columns - 12, 24):
        line.to(LABEL + column)
        line.add(f"╵{grouped(moment_of(column, first, last, columns))}", "dim")
    return line


def _places(places: Iterable[TimePlace], first: int, last: int, columns: int) -> Line:
    """The functions along the columns, each name where there is room for it."""
    line = Line(" function".ljust(LABEL), "dim")
    end = LABEL
    for place in places:
        start = LABEL + column_of(place.start, first, last, columns)
        stop = LABEL + column_of(place.stop - 1, first, last, columns) + 1
        if start < end:
            continue
        name = place.name or "?"
        room = stop - start - 1
        text = "╵" + (name if len(name) <= room else shorten(name, room) if room >= 6 else "")
        line.to(start) if start > line.width else line
        line.add(text[: max(1, stop - start)], place.privilege.value, ("go", place.start))
        end = line.width
    return line


_WIDE = 110
"""Columns from which the instructions tell their threads, addresses and sources."""


def _heading(width: int) -> Line:
    if width < _WIDE:
        return Line(f" {'icount':>13}  {'mode':<5}{'place':<25}instruction", "dim").fit(width)
    line = Line(f" {'icount':>13}  {'thread':<13}{'mode':<5}{'address':<11}", "dim")
    return line.add(f"{'place':<25}{'instruction':<29}source", "dim").fit(width)


def _step(step: TimeStep, now: int, width: int) -> Line:
    here, wide = step.icount == now, width >= _WIDE
    owner = step.privilege.value
    line = Line("▶" if here else " ", f"{owner} bold")
    line.add(f"{grouped(step.icount):>13}  ", "text")
    if wide:
        line.add(f"{shorten(step.task or '–', 12):<13}", "dim")
    line.add(f"{step.mode:<5}", owner)
    if wide:
        line.add(f"{hex32(step.va):<11}", "dim")
    line.add(f"{shorten(step.place, 24):<25}", owner)
    line.add(f"{shorten(step.text, 28):<29}" if wide else step.text, "text")
    mark = f"  {step.mark}" if step.mark and step.mark != step.text.split()[0] else ""
    # What a person or the machine marked comes before where it is written.
    if wide and line.width + len(step.source) + len(mark) <= width:
        line.add(step.source, "dim")
    line.add(mark, "strong")
    line = line.fit(width).click(("go", step.icount))
    return line.row("current") if here else line
