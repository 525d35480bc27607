"""A source that does not compile, shown at its line over the panes."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from ringview.engine.protocol import Failed
from ringview.tui.highlight import highlight
from ringview.tui.palette import Palette, style
from ringview.tui.text import Line, wrapped

_GUTTER = 8  # columns for the arrow, the line's number and the rule
_TAB = 8


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


class Complaint(ModalScreen[None]):
    """Shows why a build failed until a key closes it.

    Args:
        palette: the theme.
        failed: the answer that carries the source.
    """

    BINDINGS = [("escape,q,enter,space,R", "leave", "leave")]  # noqa: RUF012
    DEFAULT_CSS = """
    Complaint { align: center middle; background: $background 60%; }
    Complaint > VerticalScroll {
        width: auto; max-width: 100%; height: auto; max-height: 100%;
        background: $background; border: round $error; padding: 0 2;
    }
    Complaint Static { width: auto; }
    """

    def __init__(self, palette: Palette, failed: Failed) -> None:
        super().__init__()
        self._palette = palette
        self.failed = failed

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        text = Text()
        for line in complaint_lines(self.failed, min(100, self.app.size.width - 8)):
            for span in line:
                text.append(span.text, style(self._palette, span.style, line.back))
            text.append("\n")
        with VerticalScroll():
            yield Static(text, markup=False)

    def on_mount(self) -> None:
        """Let arrow keys scroll."""
        self.query_one(VerticalScroll).focus()

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)
