"""What stands on the screen, as text on the clipboard; and in a file, since many terminals take no
clipboard from a program (OSC 52).
"""

from __future__ import annotations

import re
from pathlib import Path

from ringview.tui.desk import Desk
from ringview.tui.pane import Pane
from ringview.tui.shaping import ShapedApp
from ringview.tui.text import hex32, plain_text, shorten

_ADDRESS = re.compile(r"\b([0-9a-f]{4}_[0-9a-f]{4})\b")


class CopyingApp(ShapedApp):
    """A desk from which text can be taken."""

    def do_copy(self, what: str) -> None:
        """Copy the "pane", the "line", its "address", or the "screen"."""
        if self.shown is None:
            return
        text, name = getattr(self, f"_{what}_to_copy")()
        if not text.strip():
            self._tell(message="there is nothing to copy here", error=False)
            return
        self.copy_to_clipboard(text)
        path = self._memory.keep_copy(text)
        self._tell(message=f"copied {name}{_also_in(path)}", error=False)
        self._confess()

    def _pane_to_copy(self) -> tuple[str, str]:
        pane = self._pane_meant()
        text = plain_text(pane.page.lines) + "\n" if pane.page is not None else ""
        count = text.count("\n")
        return text, f"{pane.pane_name}, {count} line{'s' if count != 1 else ''}"

    def _screen_to_copy(self) -> tuple[str, str]:
        return self.as_text(), "the screen"

    def _line_to_copy(self) -> tuple[str, str]:
        line = self._line_meant()
        return line, f"“{shorten(line, 40)}”"

    def _address_to_copy(self) -> tuple[str, str]:
        found = _ADDRESS.search(self._line_meant())
        shown = found[1] if found is not None else hex32(self._pc)
        return f"0x{shown.replace('_', '')}", shown

    @property
    def _pc(self) -> int:
        assert self.shown is not None
        rows = self.shown.registers.core
        return next((row.value for row in rows if row.name == "pc"), 0)

    def _pane_meant(self) -> Pane:
        """The pane with the focus, else the one under the mouse, else the code."""
        focused = self.focused
        if isinstance(focused, Pane):
            return focused
        under = self._pane_under_mouse()
        return under if under is not None and under.can_focus else self.panes["code"]

    def _pane_under_mouse(self) -> Pane | None:
        x, y = self.mouse_position
        for name, rect in self.query_one(Desk).arrangement.rects.items():
            if rect.x <= x < rect.right and rect.y <= y < rect.bottom:
                return self.panes[name]
        return None

    def _line_meant(self) -> str:
        """The line under the mouse, else the pane's current one (its instruction, in the code)."""
        under = self._pane_under_mouse()
        if under is not None and under.can_focus:
            line = under.line_at(self.mouse_position.y - under.region.y)
            if line is not None:
                return line.plain.strip()
        page = self._pane_meant().page
        if page is None or not page.lines:
            return ""
        index = min(page.keep[0] if page.keep is not None else 0, len(page.lines) - 1)
        current = (line for line in reversed(page.lines) if line.back in ("current", "chosen"))
        return next(current, page.lines[index]).plain.strip()


def _also_in(path: Path | None) -> str:
    if path is None:
        return ""
    home = Path.home()
    shown = f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
    return f"; also in {shown}"
