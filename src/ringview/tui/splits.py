"""Boxes within boxes: a region divided among panes, side by side or one above the other, as they
are meant to be or as a person wants them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple


class Rect(NamedTuple):
    """Columns and rows on the screen, from its upper left corner."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column that is no longer inside."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row that is no longer inside."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person chose.

    Attributes:
        sizes: for each box that was resized, its name and its share of what it divides with others,
            0 to 1.
        hidden: panes that were put away.
    """

    sizes: tuple[tuple[str, float], ...] = ()
    hidden: frozenset[str] = frozenset()

    def sized(self, shares: dict[str, float]) -> Wishes:
        """The same with other shares for some boxes."""
        return replace(self, sizes=tuple(sorted((dict(self.sizes) | shares).items())))

    def hiding(self, hidden: frozenset[str]) -> Wishes:
        """The same with these panes put away."""
        return replace(self, hidden=hidden)


NO_WISHES = Wishes()


@dataclass(frozen=True, slots=True)
class Box:
    """A pane, or several that divide a region.

    Attributes:
        name: the pane's name, or that of the group.
        size: columns or rows it is meant to have, given those that are divided; None takes the
            rest, and exactly one among its neighbours should.
        least: what it has to have, as far as there is room.
        fixed: its size is never anything else.
        parts: the boxes within; none for a pane.
        across: whether they stand side by side.
        wish: the name under which a wished size is kept, if not ``name``.
    """

    name: str
    size: Callable[[int], int] | None = None
    least: int = 2
    fixed: bool = False
    parts: tuple[Box, ...] = ()
    across: bool = False
    wish: str = ""

    def panes(self) -> Iterator[str]:
        """The panes within."""
        if not self.parts:
            yield self.name
        for part in self.parts:
            yield from part.panes()


class Side(NamedTuple):
    """What stands at one side of a divider.

    Attributes:
        wish: the name under which its size is kept.
        size: its columns or rows.
        least: what they may shrink to.
        panes: all that stand within.
    """

    wish: str
    size: int
    least: int
    panes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Divider:
    """A line between two boxes that can be moved; it is drawn in the first column or row of the
    second.

    Attributes:
        across: whether they stand side by side, so that it is a vertical line.
        line: its column, or its row.
        first: where it begins, a row or a column.
        last: where it ends, exclusive.
        extent: columns or rows that the boxes divide with their neighbours.
        before: at its left or above it.
        after: at its right or below it.
    """

    across: bool
    line: int
    first: int
    last: int
    extent: int
    before: Side
    after: Side

    def at(self, x: int, y: int) -> bool:
        """Whether a cell belongs to it."""
        along, here = (y, x) if self.across else (x, y)
        return here == self.line and self.first <= along < self.last

    def moved(self, distance: int) -> dict[str, float]:
        """The shares of both sides once it has been moved by columns or rows, as far as it goes."""
        distance = min(distance, self.after.size - self.after.least)
        distance = max(distance, self.before.least - self.before.size)
        return {
            self.before.wish: round((self.before.size + distance) / self.extent, 5),
            self.after.wish: round((self.after.size - distance) / self.extent, 5),
        }


def divide(box: Box, rect: Rect, wishes: Wishes) -> tuple[dict[str, Rect], list[Divider]]:
    """Give every pane that is not hidden its place, and list the lines between them.

    The places cover ``rect`` without gap or overlap.
    """
    rects: dict[str, Rect] = {}
    dividers: list[Divider] = []
    _divide(box, rect, wishes, rects, dividers)
    return rects, dividers


def _divide(
    box: Box, rect: Rect, wishes: Wishes, rects: dict[str, Rect], dividers: list[Divider]
) -> None:
    if not box.parts:
        rects[box.name] = rect
        return
    parts = [part for part in box.parts if set(part.panes()) - wishes.hidden]
    extent = rect.width if box.across else rect.height
    sizes = _sizes(parts, extent, dict(wishes.sizes))
    position = rect.x if box.across else rect.y
    for index, (part, size) in enumerate(zip(parts, sizes, strict=True)):
        if box.across:
            place = Rect(position, rect.y, size, rect.height)
        else:
            place = Rect(rect.x, position, rect.width, size)
        if index and not part.fixed and not parts[index - 1].fixed:
            before, after = (
                Side(p.wish or p.name, s, min(p.least, s), frozenset(p.panes()) - wishes.hidden)
                for p, s in ((parts[index - 1], sizes[index - 1]), (part, size))
            )
            first, last = (rect.y, rect.bottom) if box.across else (rect.x, rect.right)
            dividers.append(Divider(box.across, position, first, last, extent, before, after))
        _divide(part, place, wishes, rects, dividers)
        position += size


def _sizes(parts: list[Box], extent: int, shares: dict[str, float]) -> list[int]:
    """Columns or rows for each part, so that they add up."""
    free = [i for i, part in enumerate(parts) if not part.fixed]
    flexible = next((i for i in free if parts[i].size is None), free[-1] if free else 0)
    sizes = []
    for part in parts:
        share = shares.get(part.wish or part.name)
        meant = part.size(extent) if part.size is not None else 0
        wanted = round(share * extent) if share is not None and not part.fixed else meant
        sizes.append(max(part.least if not part.fixed else 0, wanted))
    sizes[flexible] = 0
    # What the others take too much, the largest gives back first; then nobody has enough.
    needed = parts[flexible].least
    for least in (True, False):
        while sum(sizes) + needed > extent:
            able = [
                i
                for i in (free if least else range(len(parts)))
                if i != flexible and sizes[i] > (parts[i].least if least else 0)
            ]
            if not able:
                break
            sizes[max(able, key=lambda i: sizes[i])] -= 1
        if not least:
            break
        needed = needed if sum(sizes) + needed <= extent else 0
    sizes[flexible] = extent - sum(sizes)
    return sizes
