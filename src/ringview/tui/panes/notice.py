"""What stands there instead of the panes: the machine starts, or the terminal is too small."""

from __future__ import annotations

from dataclasses import dataclass

from ringview.tui.layout import LEAST
from ringview.tui.panes.footer import FooterPart, bar
from ringview.tui.text import Line, Page, Room, wrapped


@dataclass(frozen=True, slots=True)
class NoticePart:
    """Columns and rows of the terminal, and what is under way; None once there is a frame."""

    columns: int
    rows: int
    starting: FooterPart | None


def paint(part: NoticePart, room: Room) -> Page:
    """A few lines in the middle."""
    lines: list[Line]
    if part.columns < LEAST[0] or part.rows < LEAST[1]:
        text = (
            f"ringview needs {LEAST[0]} columns and {LEAST[1]} rows; this terminal has"
            f" {part.columns} by {part.rows}. Enlarge it, make its text smaller, or press q to"
            " quit."
        )
        lines = wrapped(text, "strong", max(1, room.width), max(1, room.height))
    else:
        width = min(44, room.width)
        lines = [Line(" ringview ", "badge-plain"), Line()]
        if part.starting is not None:
            lines.append(bar(part.starting.fraction, width))
            lines.extend(wrapped(part.starting.working, "text", width))
        lines = [Line(" " * ((room.width - width) // 2)).join(line) for line in lines]
    above = max(0, (room.height - len(lines)) // 2)
    return Page([*(Line() for _ in range(above)), *lines])
