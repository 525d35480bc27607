"""A source that does not compile, shown at its line over the panes."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding
from textual.events import Key

from ringview.engine.protocol import Failed
from ringview.tui.highlight import highlight
from ringview.tui.keymap import DEFAULT, Keymap
from ringview.tui.leaflet import Leaflet
from ringview.tui.palette import Palette
from ringview.tui.text import Line, wrapped

_GUTTER = 8  # columns for the arrow, the line's number and the rule
_TAB = 8
_WIDEST = 100


_KEPT = "What runs is what was built before. Mend the line, then press {rebuild} again; "
_TO_DO = "“ringview lab” in another terminal says how far all is. Mend it, then press {rebuild}; "
_CLOSES = "esc closes this."


def complaint_lines(failed: Failed, width: int, keymap: Keymap = DEFAULT) -> list[Line]:
    """The sentence, and the lines around the one at fault with a caret under the column.

    Args:
        failed: an answer with `source` lines, or a `lasting` one.
        width: columns.
        keymap: which key builds again.
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
    said = _KEPT if failed.source else _TO_DO
    if failed.source:
        lines.append(Line())
    return [*lines, *wrapped(keymap.told(said + _CLOSES), "dim", width)]


class Complaint(Leaflet):
    """Shows why a build failed, or why a lab's story stops, until a key; that which builds does.

    Args:
        palette: the theme.
        failed: what was said.
        keymap: which key builds again.
        rebuild: does so.
    """

    BINDINGS: ClassVar = [Binding("space", "leave", "leave")]
    DEFAULT_CSS = "Complaint > VerticalScroll { border: round $error; }"

    def __init__(
        self, palette: Palette, failed: Failed, keymap: Keymap, rebuild: Callable[[], None]
    ) -> None:
        super().__init__(palette)
        self.failed = failed
        self._keymap = keymap
        self._rebuild = rebuild

    def on_key(self, event: Key) -> None:
        """Build again, and close."""
        if event.key in self._keymap.keys("rebuild"):
            event.stop()
            self.dismiss(None)
            self._rebuild()

    def lines(self, width: int) -> list[Line]:
        """The error, and the source around it."""
        return complaint_lines(self.failed, min(_WIDEST, width), self._keymap)
