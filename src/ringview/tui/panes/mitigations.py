"""The matrix of mitigations, a large view: one race after the other on kernels with other
protections, each cell a verdict and a replay that can be run.
"""

from __future__ import annotations

from ringview.tui.panes import grid
from ringview.tui.panes.grid import Columns, GridPart, columns_around
from ringview.tui.text import Line, Page, Room, shorten, wrapped
from ringview.views.frame import MatrixCellView, MatrixRowView, MatrixView

KINDS = {
    "bug": ("✗", "abort bold"),
    "clean": ("·", "text"),
    "certified": ("✓", "user bold"),
    "none": ("∅", "dim"),
    "searching": ("…", "strong"),
    "": ("?", "dim"),
}
"""Glyph and style of each kind of cell."""
_WORDS = {
    "✗": "a bug; k is the smallest number of preemptions, A2 says that only a second core has it",
    "✓": "no bug, and each byte is fetched once: certified",
    "·": "no bug up to the bound; bytes are fetched twice, or it was not followed to its end",
    "∅": "nothing to search there",
}
_NOTHING = MatrixCellView("", "", "")
_VARIANT = 17
_CELL = 14
_BAR = 24


def count_columns(view: MatrixView | None) -> int:
    """How many kernels there are."""
    return 0 if view is None else len(view.columns)


def paint(part: GridPart[MatrixView], room: Room) -> Page:
    """The cells that are known, what the chosen column means, and each of its cells in words."""
    view, width = part.view, room.width
    title = Line("mitigations ", "title").add("what each protection changes", "dim")
    if view is None or not (view.state and view.rows and view.columns):
        return Page(_before(view, room), title)
    columns = columns_around(part.column, len(view.columns), (width - _VARIANT - 3) // _CELL)
    chosen, low, high = columns
    lines = [_state(view, room).fit(width), Line()]
    head = Line(f"  {'':{_VARIANT}}", "dim")
    for n, kernel in enumerate(view.columns[low:high], low):
        style = "strong underline" if n == chosen else "dim"
        head.add(shorten(kernel.name, _CELL - 1), style).to(2 + _VARIANT + _CELL * (n - low + 1))
    if low or high < len(view.columns):
        head.add("◂" if low else "").add("▸" if high < len(view.columns) else "", "dim")
    lines.append(head.fit(width))
    keep = 0
    for number, row in enumerate(view.rows):
        here = any(cell.opened for cell in row.cells)
        keep = len(lines) if here else keep
        lines.extend(_row(row, number, columns, width))
    kernel = view.columns[chosen]
    lines += [Line(), *wrapped(f"{kernel.name}: {kernel.means}", "strong", width), Line()]
    for row in view.rows:
        cell = row.cells[chosen] if chosen < len(row.cells) else _NOTHING
        if cell.account:
            glyph, style = KINDS.get(cell.kind, KINDS[""])
            lead = Line(f"  {glyph} ", style).add(f"{row.variant:<{_VARIANT}}", "kernel")
            text = wrapped(cell.account, "text", max(20, width - lead.width), 3)
            lines += [
                lead.join(rest) if not n else Line(" " * (4 + _VARIANT)).join(rest)
                for n, rest in enumerate(text)
            ]
    lines.append(Line())
    for glyph, words in _WORDS.items():
        lines.extend(wrapped(f"{glyph} {words}", "dim", width))
    lines.extend(wrapped(_EACH.format(view.bound), "dim", width))
    said = "{next kernel} {previous kernel} kernel  {choose down} {choose up} race  {take} runs it"
    return grid.page(lines, title, said, keep, room)


_EACH = (
    "Each cell is a bounded verdict, k <= {}, both adversaries, on one kernel image and these"
    " inputs. A mitigation changes what a bug does; the bug is mended in the source."
)


def _before(view: MatrixView | None, room: Room) -> list[Line]:
    """What stands there while there is no cell yet."""
    if view is None:
        return [Line("…", "dim")]
    if not view.state:
        said = view.why_not or "{search the matrix} searches each race under each mitigation."
        return wrapped(room.keys.told(said), "dim", room.width)
    if view.state == "failed":
        said = f"No matrix: {view.why_not} {{search the matrix}} searches again."
        return wrapped(room.keys.told(said), "text", room.width)
    return [Line(view.words, "text").fit(room.width)]


def _state(view: MatrixView, room: Room) -> Line:
    count = len(view.rows) * len(view.columns)
    known = sum(cell.kind not in ("", "searching") for row in view.rows for cell in row.cells)
    if view.state == "done":
        return Line(f"{count} races on {len(view.columns)} kernels, searched", "strong")
    if view.state == "stopped":
        line = Line(f"stopped with {known} of {count} cells known", "abort bold")
        if view.words:
            line.add(f": {view.words}", "text")
        return line.add(room.keys.told("; {search the matrix} goes on"), "dim")
    line = grid.progress(view.fraction, _BAR).add(f" {known} of {count}  ", "strong")
    line.add(view.words, "text")
    return line.add(room.keys.told("  {search the matrix} stops it"), "dim")


def _row(row: MatrixRowView, number: int, columns: Columns, width: int) -> list[Line]:
    """Verdicts, and beneath them what the bugs do."""
    chosen, low, high = columns
    line = Line("  ").add(f"{shorten(row.variant, _VARIANT - 1):<{_VARIANT}}", "kernel")
    below = Line(" " * (2 + _VARIANT))
    for n, cell in enumerate(row.cells[low:high], low):
        end = 2 + _VARIANT + _CELL * (n - low + 1)
        glyph, style = KINDS.get(cell.kind, KINDS[""])
        text = f"{glyph} {_short(cell)}".strip()
        text = f"▶{text}◀" if cell.opened else f"[{text}]" if n == chosen else text
        action = ("open_cell", number, n) if cell.openable else None
        line.add(shorten(text, _CELL - 1), style, action).to(end)
        below.add(shorten(f"  {cell.consequence}", _CELL - 1), "abort" if cell.consequence else "")
        below.to(end)
    # the row is there to be chosen whether its cell can be opened yet or not
    line.click(("open_cell", number, chosen))
    return [line.fit(width), below.fit(width)]


def _short(cell: MatrixCellView) -> str:
    if cell.kind == "none":
        return "nothing"
    return cell.words.removeprefix("bug ") if cell.kind == "bug" else cell.words
