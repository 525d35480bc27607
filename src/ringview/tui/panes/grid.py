"""What the large views that are a grid share: a chosen column, and as many around it as fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from ringview.tui.text import Line, Page, Room

View = TypeVar("View")


@dataclass(frozen=True, slots=True)
class GridPart(Generic[View]):
    """The view, None until the engine has sent it, and the chosen column."""

    view: View | None
    column: int = 0


class Columns(NamedTuple):
    """The chosen column, and the first and last (exclusive) that are shown."""

    chosen: int
    first: int
    last: int


def columns_around(chosen: int, count: int, fit: int) -> Columns:
    """The columns that are shown.

    Args:
        chosen: clipped to those that there are.
        count: how many there are, at least one.
        fit: how many have room.
    """
    chosen = max(0, min(chosen, count - 1))
    shown = max(1, min(count, fit))
    first = max(0, min(chosen - shown // 2, count - shown))
    return Columns(chosen, first, first + shown)


def progress(fraction: float, width: int) -> Line:
    """How far a search is, as a bar; an empty one if that cannot be told."""
    done = round(width * min(1.0, max(0.0, fraction)))
    return Line("█" * done + "░" * (width - done), "kernel")


def page(lines: list[Line], title: Line, said: str, keep: int, room: Room) -> Page:
    """The page of a grid.

    Args:
        lines: all of it.
        title: what it is called.
        said: the keys that mean something there, by the names of their commands in braces.
        keep: the line of the cell that the engine runs, 0 for none: then the first that does
            something is the chosen one.
        room: what there is to draw on.
    """
    keep = keep or next((i for i, line in enumerate(lines) if line.action is not None), 0)
    aside = Line(room.keys.told(said), "dim")
    return Page(lines, title, aside, keep=(keep, keep), above=keep, follow=keep)
