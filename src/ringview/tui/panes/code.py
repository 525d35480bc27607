"""The code pane: the C or assembly source with the current line, and the instructions it became."""

from __future__ import annotations

import re
from dataclasses import replace

from ringview.tui.highlight import highlight
from ringview.tui.text import Line, Page, Room, Span, beside, hex32, shorten_path
from ringview.views.frame import Code, CodeRow, SourceLine

ARROW = "▶"
STOP = "●"
_TWO_FOR_THE_CALLER = 12  # rows from which the caller's line may take two


def paint(code: Code, room: Room) -> Page:
    """Source above the instructions, or beside them where the pane is wide."""
    title = shorten_path(code.path, max(12, room.width - 14)) if code.path else "code"
    aside = Line()
    if code.function and room.width - len(title) - len(code.function) > 12:
        aside.add(code.function, code.privilege.value)
    above = _caller(code, room)
    room = replace(room, height=room.height - len(above))
    if not code.source:
        lines = _rows(code, room.height, room.width)
    elif not code.rows:
        lines = _source(code, room.height, room.width)
    elif room.width >= 110:
        half = room.width * 55 // 100
        lines = beside(
            _source(code, room.height, half),
            _rows(code, room.height, room.width - half - 3),
            half,
            " │ ",
        )
    else:
        upper = max(2, (room.height - 1) * 11 // 20)
        lines = _source(code, upper, room.width)
        lines.extend(Line() for _ in range(upper - len(lines)))
        lines.append(Line("╌" * room.width, "rule"))
        lines.extend(_rows(code, room.height - upper - 1, room.width))
    lines = [*above, *lines]
    if not lines:
        lines = [Line("no code is known at this address", "dim")]
    return Page(lines, title, aside, style=f"{code.privilege.value} bold")


def _caller(code: Code, room: Room) -> list[Line]:
    """The line of C that assembly code works for, above its own source."""
    caller = code.caller
    if caller is None or room.height < 8:
        return []
    owner = caller.privilege.value
    name, function = caller.source.rpartition("/")[2], caller.place.partition("+")[0]
    line = Line("for ", "dim").add(name, f"{owner} bold").add("  ").add(caller.text, "text")
    lines = [line]
    if line.width > room.width and room.height >= _TWO_FOR_THE_CALLER:
        where = Line("for ", "dim").add(name, f"{owner} bold").add(f" in {function}", owner)
        lines = [where, Line("  ").add(caller.text, "text")]
    return [line.fit(room.width).row("current").click(("go_to", name)) for line in lines]


def window(position: int, count: int, size: int, origin: int = 0) -> int:
    """The first of ``size`` items to show so that ``position`` is in view, moving in half pages so
    that the view keeps still.

    Args:
        position: index of the current item, 0-based.
        count: how many items there are.
        size: how many fit.
        origin: absolute number of item 0, so that the pages do not move with the list.
    """
    step = max(1, size // 2)
    above = min(2, max(0, size - step - 1))
    start = (position + origin - above) // step * step - origin
    if position >= start + size:
        start = position - size + 1
    return max(0, min(start, count - size))


def _source(code: Code, height: int, width: int) -> list[Line]:
    source = code.source
    position = next((i for i, line in enumerate(source) if line.current), len(source) // 2)
    start = window(position, len(source), height, source[0].number)
    shown = source[start : start + height]
    tab = 8 if width >= 76 else 4 if width >= 50 else 2
    texts = tuple(_indent(line.text, tab) for line in shown)
    colours = _coloured(texts, source[:start], code.language)
    digits = max(3, len(str(source[-1].number)))
    lines = []
    for index, line in enumerate(shown):
        lines.extend(_source_line(code, line, colours[index], digits, width))
    return lines[:height]


def _coloured(
    texts: tuple[str, ...], before: tuple[SourceLine, ...], language: str
) -> tuple[tuple[Span, ...], ...]:
    """The lines in their colours, also where they begin within a comment."""
    opened = next(
        (
            line.text.rfind("/*") > line.text.rfind("*/")
            for line in reversed(before)
            if "/*" in line.text or "*/" in line.text
        ),
        False,
    )
    return highlight(("/*", *texts), language)[1:] if opened else highlight(texts, language)


def _indent(text: str, tab: int) -> str:
    """A line whose indentation by eights becomes one by ``tab``; alignment within it is kept."""
    text = text.expandtabs(8).rstrip()
    levels, rest = divmod(len(text) - len(text.lstrip()), 8)
    return " " * (levels * tab + min(rest, tab)) + text.lstrip()


def _source_line(
    code: Code, line: SourceLine, spans: tuple[Span, ...], digits: int, width: int
) -> list[Line]:
    """A line with its gutter; the current one goes on in a second row if it is too long for the
    first.
    """
    shown = Line(ARROW if line.current else " ", f"{code.privilege.value} bold")
    shown.add(STOP if line.breakpoint else " ", "bad")
    shown.add(f"{line.number:>{digits}} ", "strong" if line.current else "dim")
    shown.add("│ " if width >= 58 else " ", "rule")
    gutter = shown.width
    rows = [shown]
    text = Line()
    for span in spans:
        text.add(*span)
    if line.current and gutter + text.width > width:
        first, rest = _break(text, width - gutter)
        shown.join(first)
        rows.append(Line(" " * gutter).join(rest).fit(width))
    else:
        shown.join(text)
    for row in rows:
        if code.path:
            row.click(("toggle_breakpoint", f"{code.path}:{line.number}"))
        if line.current:
            row.row("current")
    return rows


def _break(text: Line, width: int) -> tuple[Line, Line]:
    """Break a line of source after a blank or bracket; the rest is indented a little more than it
    was.
    """
    plain = text.plain
    indent = len(plain) - len(plain.lstrip())
    cut = max((i + 1 for i, c in enumerate(plain[:width]) if c in " ,;"), default=0)
    if cut <= max(indent, width // 3):
        cut = max((i + 1 for i, c in enumerate(plain[:width]) if c in "(|&.>"), default=0)
    if cut <= indent:
        cut = width
    first, rest = Line(), Line(" " * min(indent + 2, width // 3))
    column = 0
    for span in text:
        here = max(0, min(len(span.text), cut - column))
        first.add(span.text[:here], span.style)
        rest.add(span.text[here:], span.style)
        column += len(span.text)
    return first, rest


def _rows(code: Code, height: int, width: int) -> list[Line]:
    """Instructions, with a label's own line where a symbol starts."""
    items: list[tuple[CodeRow, bool]] = []
    for row in code.rows:
        if row.symbol and not (items and items[-1][1]):
            items.append((row, True))
        items.append((row, False))
    if not items:
        return []
    position = next(
        (i for i, (row, label) in enumerate(items) if row.current and not label), len(items) // 2
    )
    start = window(position, len(items), height, code.rows[0].va // 4)
    lines = []
    for row, label in items[start : start + height]:
        if label:
            lines.append(Line("  ").add(f"{row.symbol}:", f"{code.privilege.value} bold"))
        else:
            lines.append(instruction(row, width, code.privilege.value))
    return lines


def instruction(row: CodeRow, width: int, owner: str) -> Line:
    """One instruction: arrow, address, encoding where there is room, mnemonic, operands, what they
    resolve to.
    """
    line = Line(ARROW if row.current else " ", f"{owner} bold")
    line.add(STOP if row.breakpoint else " ", "bad")
    line.add(hex32(row.va), "strong" if row.current else "dim").add("  ")
    if width >= 62:
        line.add(row.encoding, "dim").add("  ")
    line.add(f"{row.mnemonic:<6} ", "strong" if row.current else "keyword")
    if row.target.startswith("→ ") and _is_address(row.operands):
        line.add(row.target[2:], "function")
    else:
        line.add(row.operands, "text")
        if row.target and line.width + len(row.target) + 1 <= width:
            line.add(f" {row.target}", "dim")
    if row.note and line.width + len(row.note) + 3 <= width:
        line.add(f" ; {row.note}", "text" if row.current else "dim")
    line.click(("toggle_breakpoint", f"{row.va:#010x}"))
    return line.row("current") if row.current else line


_ADDRESS = re.compile(r"#?(0x)?[0-9a-f]{4}_?[0-9a-f]{4}")


def _is_address(operands: str) -> bool:
    return _ADDRESS.fullmatch(operands) is not None
