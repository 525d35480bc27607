"""A source that does not compile, shown at its line over the panes."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding

from ringview.engine.protocol import Failed
from ringview.tui.highlight import highlight
from ringview.tui.leaflet import Leaflet
from ringview.tui.palette import Palette
from ringview.tui.text import Line, wrapped

_GUTTER = 8  # columns for the arrow, the line's number and the rule
_TAB = 8
_WIDEST = 100


def complaint_lines(failed: Failed, width: int) -> list[Line]:
    """The sentence, and the lines around the one at fault with a caret under the column.

    Args:
        failed: an answer with `source` lines.
        width: columns.
    """
    lines = [*wrapped(f"✗ {failed.text}", "bad", width), Line()]
    language = "asm" if failed.path.endswith(".S") else "c"
    shown = highlight(tuple(line.text.expandtabs(_TAB) for line in failed.source), language)
    for line, spans in zip(failed.source, shown, strict=True):
        row = Line("▶ " if line.current else "  ", "bad").add(f"{line.number:>4}", "dim")
        row.add(" │", "rule").to(_GUTTER + 1)
        for span in spans:
            row.add(*span)
        lines.append(row.fit(width).row("current") if line.current else row.fit(width))
        if line.current and failed.column:
            column = len(line.text[: failed.column - 1].expandtabs(_TAB))
            if _GUTTER + 1 + column < width:
                lines.append(Line(" " * (_GUTTER + 1 + column)).add("▲", "bad"))
    kept = "What runs is what was built before. Mend the line, then press R again; esc closes this."
    return [*lines, Line(), *wrapped(kept, "dim", width)]


class Complaint(Leaflet):
    """Shows why a build failed.

    Args:
        palette: the theme.
        failed: the answer that carries the source.
    """

    BINDINGS: ClassVar = [Binding("space,R", "leave", "leave")]
    DEFAULT_CSS = "Complaint > VerticalScroll { border: round $error; }"

    def __init__(self, palette: Palette, failed: Failed) -> None:
        super().__init__(palette)
        self.failed = failed

    def lines(self, width: int) -> list[Line]:
        """The error, and the source around it."""
        return complaint_lines(self.failed, min(_WIDEST, width))
