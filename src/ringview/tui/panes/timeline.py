"""The timeline: the run as lanes of privilege, its events as glyphs, and where "now" is; a click
goes there.
"""

from __future__ import annotations

from itertools import groupby

from rich.cells import cell_len

from ringview.tui.actions import Action
from ringview.tui.text import Line, Page, Room, Span, grouped, shorten
from ringview.views.frame import Privilege, Timeline, TimelineMark

LANES = (Privilege.USER, Privilege.KERNEL, Privilege.ABORT)
MARKS = {
    "syscall": ("S", "kernel"),
    "fault": ("F", "abort"),
    "irq": ("I", "kernel"),
    "undefined": ("U", "abort"),
    "signal": ("!", "abort"),
    "beat": ("◆", "strong"),
    "bookmark": ("⚑", "strong"),
    "stop": ("●", "strong"),
    "drop": ("⇄", "strong"),
    "end": ("■", "dim"),
}
"""Glyph and style of each kind of event."""

_LEGEND = (("S", "syscall"), ("F", "fault"), ("I", "irq"), ("U", "undefined"), ("◆", "beat"))
_DEEDS = ("syscall", "fault", "undefined", "signal")
_LABEL = 8  # columns of a lane's name
_EIGHTHS = " ▁▂▃▄▅▆▇█"


def paint(timeline: Timeline, room: Room) -> Page:
    """Lanes, marks, and in a roomy pane an axis of icounts."""
    columns = columns_in(room.width)
    first, last = timeline.first, max(timeline.last, timeline.first + 1)
    inside = first <= timeline.now <= last
    now = column_of(timeline.now, first, last, columns) if inside else columns
    shares = _shares(timeline, first, last, columns)
    with_marks = room.height >= 4
    lanes = LANES if room.height >= 3 else LANES[:2]
    if len(lanes) == 2:
        # No row for the abort lane: its time stands in the kernel's, for it is PL1, too.
        both = zip(shares[Privilege.KERNEL], shares[Privilege.ABORT], strict=True)
        shares[Privilege.KERNEL] = [kernel + abort for kernel, abort in both]
    ahead = dict.fromkeys(lanes[1:2], _AHEAD if timeline.waits else "")
    lines = [_lane(lane, shares[lane], now, columns, ahead.get(lane, "")) for lane in lanes]
    if with_marks:
        lines.append(mark_row(timeline.marks, first, last, columns))
    if room.height >= 5:
        lines.append(_axis(first, last, columns))
    title = "timeline" if room.width < 112 else "timeline: where the processor spent the run"

    def locate(column: int, _: int) -> Action | None:
        column -= _LABEL
        return ("go", moment_of(column, first, last, columns)) if column >= 0 else None

    return Page(lines, title, _legend(room.width), locate=locate)


def columns_in(width: int) -> int:
    """How many columns of time there are in a pane."""
    return max(1, width - _LABEL - 1)


def column_of(icount: int, first: int, last: int, columns: int) -> int:
    """The column of a moment, the nearest one where it lies outside."""
    share = (icount - first) * columns // (last - first)
    return max(0, min(columns - 1, share))


def moment_of(column: int, first: int, last: int, columns: int) -> int:
    """The first moment of a column."""
    return first + (last - first) * column // columns


def _shares(
    timeline: Timeline, first: int, last: int, columns: int
) -> dict[Privilege, list[float]]:
    """How much of each column's icounts was spent in each lane, 0 to 1."""
    shares = {lane: [0.0] * columns for lane in LANES}
    if timeline.lanes:
        for part in (lane for lane in timeline.lanes if lane.kind == "mode"):
            for owner, values in zip(LANES, (part.user, part.kernel, part.abort), strict=True):
                for column in range(columns if values else 0):
                    shares[owner][column] += values[column * len(values) // columns] / 255
        return shares
    scale = columns / (last - first)
    for span in timeline.spans:
        start = max(0.0, (span.start - first) * scale)
        stop = min(float(columns), (span.stop - first) * scale)
        lane = shares[span.privilege]
        if stop <= start:
            continue
        begin, end = int(start), min(columns - 1, int(stop))
        if begin == end:
            lane[begin] += stop - start
            continue
        lane[begin] += begin + 1 - start
        for column in range(begin + 1, end):
            lane[column] = 1.0
        lane[end] += stop - end
    return shares


_AHEAD = "what comes is shown after the answer"


def _lane(lane: Privilege, shares: list[float], now: int, columns: int, ahead: str = "") -> Line:
    """A privilege's share of each column; ``ahead`` stands behind now, where nothing is told."""
    line = Line(f" {lane.value:<{_LABEL - 1}}", lane.value)
    glyphs = []
    for column in range(columns):
        share = min(1.0, shares[column])
        # Any visit shows, however short; six eighths are all, so that the lanes stay apart.
        least = 3 if lane is Privilege.ABORT else 1
        eighths = 0 if share <= 0 else max(least, min(6, round(share * 6)))
        glyphs.append(_EIGHTHS[eighths])
    for part, stretch in ((0, glyphs[:now]), (1, glyphs[now + 1 :])):
        line.add("┃" if part and now < columns else "", "strong")
        if part and ahead and len(ahead) + 2 <= len(stretch):
            line.add(f" {ahead}", "dim")
            stretch = stretch[len(ahead) + 1 :]
        for blank, run in groupby(stretch, key=" ".__eq__):
            line.add("".join(run), "" if blank else lane.value)
    return line


def mark_row(
    marks: tuple[TimelineMark, ...],
    first: int,
    last: int,
    columns: int,
    *,
    label: str = " events",
    width: int = _LABEL,
) -> Line:
    """Each event's glyph at its column, with its word where there is room; beats and faults come
    first.
    """
    cells: list[Span | None] = [None] * columns
    # The user's own marks, then what the machine did, have their places and words before beats.
    for group in (("bookmark", "stop", "drop"), _DEEDS, ("irq", "end"), ("beat",)):
        placed = []
        for mark in marks:
            column = column_of(mark.icount, first, last, columns)
            if mark.kind in group and cells[column] is None:
                glyph, style = MARKS[mark.kind]
                cells[column] = Span(glyph, f"{style} bold", ("go", mark.icount))
                placed.append((column, mark))
        for column, mark in placed:
            _write_word(cells, column, mark)
    line = Line(label.ljust(width), "dim")
    run: Span | None = None
    for cell in cells:
        span = cell or Span(" ")
        if run is not None and (run.style, run.action) == (span.style, span.action):
            run = Span(run.text + span.text, span.style, span.action)
            continue
        if run is not None:
            line.add(*run)
        run = span
    return line.add(*run) if run is not None else line


def _write_word(cells: list[Span | None], column: int, mark: TimelineMark) -> None:
    """Write a mark's word after its glyph, as much as stands free there."""
    free = 0
    while column + 1 + free < len(cells) and cells[column + 1 + free] is None:
        free += 1
    word = mark.label.split(". ", 1)[-1] if mark.kind == "beat" else mark.label
    if cell_len(word) != len(word) or not word.isprintable():
        return
    if len(word) + 2 > free:
        word = word.split(" at ", 1)[0]
    if len(word) + 2 > free:
        word = shorten(word, free - 2) if free >= 10 and mark.kind != "beat" else ""
    style = MARKS.get(mark.kind, ("·", "dim"))[1]
    for offset, character in enumerate(word, 2):
        cells[column + offset] = Span(character, style, ("go", mark.icount))
    if word:
        cells[column + 1] = Span(" ", "", ("go", mark.icount))


def _axis(first: int, last: int, columns: int) -> Line:
    """Icounts under the lanes, every twenty columns or so."""
    line = Line(" icount".ljust(_LABEL), "dim")
    step = 24
    for column in range(0, columns - 12, step):
        line.to(_LABEL + column)
        line.add(f"╵{grouped(moment_of(column, first, last, columns))}", "dim")
    return line


def _legend(width: int) -> Line:
    line = Line()
    if width < 76:
        return line.add("┃ you are here", "text")
    for glyph, word in _LEGEND if width >= 100 else _LEGEND[:2]:
        line.add(f"{glyph} ", f"{MARKS[word][1]} bold").add(f"{word}  ", "dim")
    return line.add("┃ ", "strong").add("you are here", "text")
