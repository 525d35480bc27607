"""The tabs over the panes of the small arrangement."""

from __future__ import annotations

from ringview.tui.layout import TABS
from ringview.tui.text import Line, Page, Room


def paint(chosen: int, room: Room) -> Page:
    """One line of tabs; a click chooses one."""
    line = Line(" ")
    for index, (title, panes) in enumerate(TABS):
        style = "strong raised" if index == chosen else "dim"
        line.add(f" {title} ", style, ("pane", panes[-1])).add(" ")
    key = room.keys.text("next pane")
    hint = Line(f"{key} ", "key").add("next ", "dim")
    if key and line.width + hint.width <= room.width:
        line.right(hint, room.width)
    return Page([line])
