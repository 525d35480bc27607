"""The storyboard, a large view: one call's pieces, each with its cost and a place to go to.

Stages stand at the left; what broke into one, a fault, an interrupt, another thread, stands
indented beneath it. The bar is the piece's share of the whole call; all pieces add up to the last
row.
"""

from __future__ import annotations

from dataclasses import dataclass

from ringview.tui.text import Line, Page, Room, grouped, hex32, shorten, shorten_path, wrapped
from ringview.views.frame import Hop, Storyboard, StoryboardRow

_NAME = 26  # most columns of a piece's name, two of them for what lies between
_BAR, _SHORT_BAR = 16, 6
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_COMPARED = 100  # columns from which bars are long and the other call stands beside


@dataclass(frozen=True, slots=True)
class _Columns:
    """How wide each column is; in a narrow room all but the last take only what they need.

    Attributes:
        name: of a piece's name.
        count: of its instructions.
        bar: of its share as a bar.
        misses: of each side's TLB misses.
        count_name: what stands above the instructions.
    """

    name: int
    count: int
    bar: int
    misses: tuple[int, int]
    count_name: str


def _columns(board: Storyboard, width: int) -> _Columns:
    if width >= _COMPARED:
        return _Columns(_NAME, 12, _BAR, (6, 4), "instructions")
    name = max((len(_piece(row)) for row in board.rows), default=0)
    name = max(len("the whole call"), min(name + 2, _NAME))
    return _Columns(name, 7, _SHORT_BAR, (5, 4), "instr.")


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
    columns = _columns(board, room.width)
    lines = [*_call(board, room.width), _heading(room.width, compared, board, columns)]
    keep = len(lines)
    for row in board.rows:
        if row.current:
            keep = len(lines)
        lines.append(_row(row, board, room.width, compared, columns))
    lines.append(_sum(board, room.width, compared, columns))
    lines.append(Line())
    lines.extend(_words(board, room.width, compared))
    aside = Line("↓ ↑ choose  enter goes there  n p other calls", "dim")
    return Page(lines, title, aside, keep=(keep, keep), above=keep)


def _call(board: Storyboard, width: int) -> list[Line]:
    """The call as strace writes it, in a second row if need be."""
    lines = wrapped(board.text or "system call", "strong", width, 2)
    if board.task and lines[-1].width + len(board.task) + 8 <= width:
        lines[-1].add(f"  by {board.task}", "dim")
    if not board.returned and lines[-1].width + 14 <= width:
        lines[-1].add("  not back yet", "kernel")
    return lines


def _heading(width: int, compared: bool, board: Storyboard, columns: _Columns) -> Line:
    line = Line(f"  {'piece':<{columns.name}}{columns.count_name:>{columns.count}}  ", "dim")
    line.add(f"{'share':<{columns.bar + 6}}", "dim")
    line.add(f"{'TLB I':>{columns.misses[0]}}{'D':>{columns.misses[1]}}  ", "dim")
    if compared:
        line.add(f"{f'call {board.other_ordinal + 1}':>9}{'TLB':>5}  ", "dim")
    return line.add("where", "dim").fit(width)


def _piece(row: StoryboardRow) -> str:
    glyph = {"exception": "↯ ", "thread": "⇄ ", "rest": "… "}.get(row.kind, "")
    return f"{'  ' * row.depth}{glyph}{row.name}"


def _row(
    row: StoryboardRow, board: Storyboard, width: int, compared: bool, columns: _Columns
) -> Line:
    owner = row.privilege.value
    line = Line("▶ " if row.current else "  ", f"{owner} bold")
    name = shorten(_piece(row), columns.name - 1)
    line.add(name, owner if row.kind != "rest" else "dim").to(2 + columns.name)
    line.add(f"{grouped(row.instructions):>{columns.count}}  ", "text")
    line.join(bar(row.instructions, board.instructions, owner, columns.bar))
    line.add(_misses(row.instruction_misses, row.data_misses, columns), "text")
    if compared:
        line.join(_beside(row))
    where = Line(row.place or (hex32(row.va) if row.va else ""), owner)
    if row.kind == "stage":
        if row.note and line.width + where.width + len(row.note) + 2 <= width:
            where.add(f"  {row.note}", "dim")
        space = width - line.width - where.width - 2
        # A path from its left, but never without the file's name and the line.
        if row.source and len(row.source.rsplit("/", 1)[-1]) + 2 <= space:
            where.add(f"  {shorten_path(row.source, space)}", "dim")
    else:
        where = Line(row.note, "dim")
    line.join(where.fit(max(0, width - line.width)))
    line.click(("go", row.icount))
    return line.row("current") if row.current else line


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


def _misses(instruction: int, data: int, columns: _Columns) -> str:
    found = ("?", "?") if instruction < 0 else (grouped(instruction), grouped(data))
    first, second = columns.misses
    return f"{found[0]:>{first}}{found[1]:>{second}}  "


def _beside(row: StoryboardRow) -> Line:
    if row.other < 0:
        return Line(f"{'–':>9}{'':>5}  ", "dim")
    misses = str(row.other_misses) if row.other_misses >= 0 else "?"
    return Line(f"{grouped(row.other):>9}{misses:>5}  ", "dim")


def _sum(board: Storyboard, width: int, compared: bool, columns: _Columns) -> Line:
    whole = f"{grouped(board.instructions):>{columns.count}}  "
    line = Line(f"  {'the whole call':<{columns.name}}{whole}", "strong")
    line.add(" " * (columns.bar + 6))
    line.add(_misses(board.instruction_misses, board.data_misses, columns), "strong")
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
    """A heading, and a row for each stage, with the instructions from it to the next."""
    head = Line("  stage".ljust(26), "dim").add("to the next  TLB misses  ", "dim")
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
