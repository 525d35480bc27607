"""A text that lies over the panes until a key takes it away: help, reference, a compile error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from ringview.tui.palette import Palette, style
from ringview.tui.text import Line

_FRAME = 9  # columns of border, padding, scroll bar and a little of what lies below


class Leaflet(ModalScreen[None]):
    """Shows lines that scroll; its subclasses say which.

    Args:
        palette: the theme.
    """

    BINDINGS: ClassVar = [Binding("escape,q,enter", "leave", "leave")]
    DEFAULT_CSS = """
    Leaflet { align: center middle; background: $background 60%; }
    Leaflet > VerticalScroll {
        width: auto; max-width: 100%; height: auto; max-height: 100%;
        background: $background; border: round $secondary; padding: 0 2;
        scrollbar-size-vertical: 1; border-subtitle-color: $secondary;
    }
    Leaflet Static { width: auto; }
    """

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette

    def lines(self, width: int) -> Sequence[Line]:
        """What is shown, in at most so many columns."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        text = Text()
        for line in self.lines(self.app.size.width - _FRAME):
            for span in line:
                text.append(span.text, style(self._palette, span.style, line.back))
            text.append("\n")
        with VerticalScroll() as leaf:
            leaf.border_subtitle = "↓ ↑ scroll · esc closes"
            yield Static(text, markup=False)

    def on_mount(self) -> None:
        """Let arrow keys scroll."""
        self.query_one(VerticalScroll).focus()

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)
