"""What of the screen goes to the clipboard; and into a file, since many terminals take no clipboard
from a program (OSC 52).
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from ringview.tui.desk import Desk
from ringview.tui.pane import Pane
from ringview.tui.text import hex32, plain_text, shorten
from ringview.views.frame import Frame

_ADDRESS = re.compile(r"\b([0-9a-f]{4}_[0-9a-f]{4})\b")


class Pointed(msgspec.Struct, frozen=True):
    """What a person points at.

    Attributes:
        desk: all panes.
        focused: the pane with the focus, or None.
        mouse: column and row of the mouse on the screen.
    """

    desk: Desk
    focused: Pane | None
    mouse: tuple[int, int]

    @property
    def pane(self) -> Pane:
        """The pane with the focus, else the one under the mouse, else the code."""
        return self.focused or self._under or self.desk.panes["code"]

    @property
    def line(self) -> str:
        """The line under the mouse, else the pane's current one (its instruction, in the code)."""
        under = self._under
        line = under.line_at(self.mouse[1] - under.region.y) if under is not None else None
        if line is not None:
            return line.plain.strip()
        page = self.pane.page
        if page is None or not page.lines:
            return ""
        index = min(page.keep[0] if page.keep is not None else 0, len(page.lines) - 1)
        current = (line for line in reversed(page.lines) if line.back in ("current", "chosen"))
        return next(current, page.lines[index]).plain.strip()

    @property
    def _under(self) -> Pane | None:
        pane = self.desk.pane_at(*self.mouse)
        return pane if pane is not None and pane.can_focus else None


def to_copy(what: str, pointed: Pointed, frame: Frame) -> tuple[str, str]:
    """The text that is copied, and what to call it.

    Args:
        what: the "pane", the "line", its "address", or the "screen".
        pointed: which of them.
        frame: what is shown.
    """
    if what == "pane":
        return _pane(pointed.pane)
    if what == "screen":
        return pointed.desk.as_text(), "the screen"
    line = pointed.line
    if what == "line":
        return line, f"“{shorten(line, 40)}”"
    found = _ADDRESS.search(line)
    shown = found[1] if found is not None else hex32(_pc(frame))
    return f"0x{shown.replace('_', '')}", shown


def _pane(pane: Pane) -> tuple[str, str]:
    text = plain_text(pane.page.lines) + "\n" if pane.page is not None else ""
    count = text.count("\n")
    return text, f"{pane.pane_name}, {count} line{'s' if count != 1 else ''}"


def _pc(frame: Frame) -> int:
    return next((row.value for row in frame.registers.core if row.name == "pc"), 0)


def also_in(path: Path | None) -> str:
    """Where it is besides the clipboard, to end a sentence with."""
    if path is None:
        return ""
    home = Path.home()
    shown = f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
    return f"; also in {shown}"
