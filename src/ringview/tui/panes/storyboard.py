"""The storyboard, a large view: one call's pieces, each with its cost and a place to go to.

Stages stand at the left; what broke into one, a fault, an interrupt, another thread, stands
indented beneath it. The bar is the piece's share of the whole call; all pieces add up to the last
row.
"""

from __future__ import annotations

from dataclasses import dataclass

from ringview.tui.text import Line, Page, Room, grouped, hex32, shorten, shorten_path, wrapped
from ringview.views.frame import Hop, Storyboard, StoryboardRow

_NAME = 26  # columns of a piece's name
_BAR, _SHORT_BAR = 16, 6
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_COMPARED = 100  # columns from which bars are long and the other call stands beside


@dataclass(frozen=True, slots=True)
class StoryboardPart:
    """The board, None until the engine has sent it, and whether the other call is wanted."""

    board: Storyboard | None
    icount: int


def paint(part: StoryboardPart, room: Room) -> Page:
    """The call's text, its pieces as a table, their sum."""
    board = part.board
    if board is None or board.ordinal < 0:
        said = "…" if board is None else board.why_not
        return Page(wrapped(said, "dim", room.width), "the call's way")
    title = Line("storyboard ", "title")
    title.add(f"call {board.ordinal + 1} of {board.count}", "strong")
    compared = room.width >= _COMPARED and board.other_ordinal >= 0
    lines = [_call(board, room.width), _heading(room.width, compared, board)]
    keep = len(lines)
    for row in board.rows:
        if row.current:
            keep = len(lines)
        lines.append(_row(row, board, room.width, compared))
    lines.append(_sum(board, room.width, compared))
    lines.append(Line())
    lines.extend(_words(board, room.width, compared))
    aside = Line("↓ ↑ choose  enter goes there  n p other calls", "dim")
    return Page(lines, title, aside, keep=(keep, keep), above=keep)


def _call(board: Storyboard, width: int) -> Line:
    line = Line(board.text or "system call", "strong")
    if board.task and line.width + len(board.task) + 8 <= width:
        line.add(f"  by {board.task}", "dim")
    if not board.returned:
        line.add("  not back yet", "kernel")
    return line.fit(width)


def _heading(width: int, compared: bool, board: Storyboard) -> Line:
    line = Line(f"  {'piece':<{_NAME}}{'instructions':>12}  ", "dim")
    line.add(f"{'share':<{_bar_width(width) + 6}}", "dim").add("TLB I   D  ", "dim")
    if compared:
        line.add(f"{f'call {board.other_ordinal + 1}':>9}{'TLB':>5}  ", "dim")
    return line.add("where", "dim").fit(width)


def _row(row: StoryboardRow, board: Storyboard, width: int, compared: bool) -> Line:
    owner = row.privilege.value
    line = Line("▶ " if row.current else "  ", f"{owner} bold")
    glyph = {"exception": "↯ ", "thread": "⇄ ", "rest": "… "}.get(row.kind, "")
    indent = "  " * row.depth
    name = shorten(f"{indent}{glyph}{row.name}", _NAME - 1)
    line.add(name, owner if row.kind != "rest" else "dim").to(2 + _NAME)
    line.add(f"{grouped(row.instructions):>12}  ", "text")
    line.join(bar(row.instructions, board.instructions, owner, _bar_width(width)))
    line.add(_misses(row.instruction_misses, row.data_misses), "text")
    if compared:
        line.join(_beside(row))
    where = Line(row.place or (hex32(row.va) if row.va else ""), owner)
    if row.kind == "stage":
        if row.note:
            where.add(f"  {row.note}", "dim")
        if row.source and line.width + where.width + 16 < width:
            space = width - line.width - where.width - 2
            where.add(f"  {shorten_path(row.source, space)}", "dim")
    else:
        where = Line(row.note, "dim")
    line.join(where.fit(max(0, width - line.width)))
    line.click(("go", row.icount))
    return line.row("current") if row.current else line


def _bar_width(width: int) -> int:
    return _BAR if width >= _COMPARED else _SHORT_BAR


def bar(part: int, whole: int, style: str, width: int = _BAR) -> Line:
    """A share of a whole as a bar and in per cent; a piece that is there at all shows something."""
    eighths = round(8 * width * part / whole) if whole > 0 else 0
    if part and not eighths:
        eighths = 1
    full, rest = divmod(eighths, 8)
    text = "█" * full + (_EIGHTHS[rest] if rest else "")
    share = 100 * part / whole if whole > 0 else 0.0
    said = "<0.1" if 0 < share < 0.05 else f"{share:.1f}"
    line = Line(f"{text:<{width}}", style)
    return line.add(f"{said:>5}%", "dim")


def _misses(instruction: int, data: int) -> str:
    if instruction < 0:
        return "     ?   ?  "
    return f"{instruction:>6}{data:>4}  "


def _beside(row: StoryboardRow) -> Line:
    if row.other < 0:
        return Line(f"{'–':>9}{'':>5}  ", "dim")
    misses = str(row.other_misses) if row.other_misses >= 0 else "?"
    return Line(f"{grouped(row.other):>9}{misses:>5}  ", "dim")


def _sum(board: Storyboard, width: int, compared: bool) -> Line:
    line = Line(f"  {'the whole call':<{_NAME}}{grouped(board.instructions):>12}  ", "strong")
    line.add(" " * (_bar_width(width) + 6))
    line.add(_misses(board.instruction_misses, board.data_misses), "strong")
    if compared:
        misses = str(board.other_misses) if board.other_misses >= 0 else "?"
        line.add(f"{grouped(board.other_instructions):>9}{misses:>5}  ", "dim")
    span = f"icount {grouped(board.first)} to {grouped(board.last)}"
    return line.join(Line(span, "dim").fit(max(0, width - line.width)))


def _words(board: Storyboard, width: int, compared: bool) -> list[Line]:
    said = (
        "Every instruction from the svc to user mode again is in exactly one row. TLB: misses of "
        "the model's instruction and data side."
    )
    if compared:
        said += f" Beside it, for comparison, {board.other}."
    if board.why_not:
        said += f" {board.why_not}"
    return wrapped(said, "dim", width)


def hop_rows(hops: tuple[Hop, ...], width: int) -> list[Line]:
    """A heading, and a row for each stage."""
    head = Line("  stage".ljust(26), "dim").add("instructions  tlb misses  ", "dim")
    lines = [head.add("where", "dim")]
    for hop in hops:
        owner = "user" if "user" in hop.name and "copy" not in hop.name else "kernel"
        line = Line("▶ " if hop.current else "  ", f"{owner} bold")
        line.add(f"{hop.name:<24}", owner).add(f"{grouped(hop.instructions):>12}", "text")
        misses = grouped(hop.tlb_misses) if hop.tlb_misses >= 0 else "?"
        line.add(f"{misses:>12}  ", "text").add(hop.place or hex32(hop.va), owner)
        if hop.source and width - line.width > 14:
            line.add(f"  {shorten_path(hop.source, width - line.width - 2)}", "dim")
        if hop.note and width - line.width > len(hop.note) + 2:
            line.add(f"  {hop.note}", "dim")
        line.click(("go", hop.icount))
        lines.append(line.row("current") if hop.current else line)
    return lines
