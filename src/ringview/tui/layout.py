"""Where each pane stands at each size of the terminal, and how the lines between panes join.

Three arrangements, chosen by size alone: small (from 60x18; tabs over the panes), normal (from
110x34; everything at once) and roomy (from 160x50). Every pane owns its title rule (its first row)
and, unless it stands at the left edge, its divider (its first column); a pane never draws into
another's cells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from ringview.tui.names import LARGE, PANES
from ringview.tui.splits import NO_WISHES, Box, Divider, Rect, Wishes, divide

Name = Literal["small", "normal", "roomy"]

LEAST = (60, 18)
"""The smallest terminal, columns and rows, in which the screen says anything sensible."""
NORMAL = (110, 34)
ROOMY = (160, 50)

MARGINED = ("logs", "narration")
"""The panes of running text, which keeps off the edges; others have a column of signs there."""

TABS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("code", ("registers", "code")),
    ("stacks", ("stacks",)),
    ("translation", ("translation", "tlb")),
    ("memory", ("memory",)),
    ("logs", ("logs",)),
    ("story", ("narration",)),
)
"""The tabs of the small arrangement: title, and the panes that share it side by side."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One arrangement of the screen.

    Attributes:
        name: which of the three, or "none" below the least size.
        width: columns of the screen.
        height: rows of the screen.
        rects: where the visible panes stand, by their names.
        dividers: the lines between them that can be moved.
    """

    name: Literal["none", "small", "normal", "roomy"]
    width: int
    height: int
    rects: dict[str, Rect]
    dividers: tuple[Divider, ...] = ()

    def divider_at(self, x: int, y: int) -> Divider | None:
        """The divider that a cell belongs to; where two meet, the horizontal one."""
        found = [divider for divider in self.dividers if divider.at(x, y)]
        return min(found, key=lambda divider: divider.across, default=None)

    def edge(self, pane: str) -> str:
        """The divider at a pane's left, a character a row, from its title rule down; empty at the
        screen's edge.
        """
        rect = self.rects[pane]
        if rect.x == 0:
            return ""
        ruled = [r for n, r in self.rects.items() if n in FRAMED]
        glyphs = []
        for y in range(rect.y, rect.bottom):
            up = any(r.x == rect.x and r.y < y <= r.bottom for r in ruled)
            down = any(r.x == rect.x and r.y <= y < r.bottom for r in ruled)
            left = any(r.y == y and r.x < rect.x <= r.right for r in ruled)
            right = any(r.y == y and r.x <= rect.x < r.right for r in ruled)
            glyphs.append(_JOINTS[up, down, left, right])
        return "".join(glyphs)

    def ticks(self, pane: str) -> dict[int, str]:
        """Where dividers meet a pane's title rule from above or below: column in the pane to
        glyph.
        """
        rect = self.rects[pane]
        found: dict[int, str] = {}
        for name, other in self.rects.items():
            if name not in FRAMED or other.x == 0 or not rect.x < other.x < rect.right:
                continue
            if other.bottom == rect.y:
                found[other.x - rect.x] = "┴"
        return found


FRAMED = ("timeline", *PANES, *LARGE, "tabs")
"""The panes with a title rule."""

_JOINTS = {
    (up, down, left, right): glyph
    for (up, down, left, right), glyph in zip(
        [
            (bool(i & 8), bool(i & 4), bool(i & 2), bool(i & 1))
            for i in range(16)
        ],
        # up down left right, counted in binary
        " ╶╴─╷┌┐┬╵└┘┴│├┤┼",
        strict=True,
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """Rows that the narration needs.

    Attributes:
        here: for the words of this stop.
        usual: at every stop, so that the panes above keep still.
    """

    here: int = 0
    usual: int = 0

    @property
    def most(self) -> int:
        """For both."""
        return max(self.here, self.usual)


STEPS = 6
"""Rows of the narration, title rule not counted, that a small screen always has: what a change of
mode is told in.
"""


def usual_most(height: int, *, big: bool) -> int:
    """Rows of a screen that the longest beat of all may take at every stop: a third, and in the
    lecture layout half.
    """
    return (height - 2) // 2 if big else (height - 2) // 3


NOTHING_WISHED: Mapping[str, Wishes] = {}


def arrange(
    width: int,
    height: int,
    *,
    tab: int = 0,
    zoom: str = "",
    empty: bool = False,
    story: bool = False,
    told: Told | int = 0,
    wishes: Mapping[str, Wishes] = NOTHING_WISHED,
    big: tuple[str, ...] = (),
) -> Arrangement:
    """Lay the screen out.

    Args:
        width: columns of the terminal.
        height: rows of the terminal.
        tab: which of `TABS` the small arrangement shows.
        zoom: the pane or large view that fills the screen, or "".
        empty: there is no frame yet, so only a notice can be shown.
        story: there is much to tell at this stop: the narration gets the row of logs and TLB.
        told: rows that the narration needs for all of its words; it gets them as far as what the
            words are about stays in view. A number alone is this stop's.
        wishes: what a person chose, for each of the three arrangements by its name.
        big: the lecture layout: only these panes, the most important first, and the narration.
    """
    if empty or width < LEAST[0] or height < LEAST[1]:
        return Arrangement("none", width, height, {"notice": Rect(0, 0, width, height)})
    told = told if isinstance(told, Told) else Told(told)
    name: Name = "small"
    if width >= ROOMY[0] and height >= ROOMY[1]:
        name = "roomy"
    elif width >= NORMAL[0] and height >= NORMAL[1]:
        name = "normal"
    if big:
        rects = _big(width, height, (zoom,) if zoom in (*PANES, *LARGE) else big, told)
    elif zoom in (*PANES, *LARGE):
        rects = _zoomed(width, height, zoom, name, told)
    else:
        wished = wishes.get(name, NO_WISHES)
        boxes = _boxes(name, width, height, tab, story and "narration" not in wished.hidden, told)
        if name == "small":
            wished = replace(wished, hidden=_hidden(tab, wished.hidden))
        rects, dividers = divide(boxes, Rect(0, 0, width, height), wished)
        return Arrangement(name, width, height, rects, tuple(dividers))
    return Arrangement(name, width, height, rects)


def _zoomed(width: int, height: int, pane: str, name: Name, told: Told) -> dict[str, Rect]:
    timeline = {"small": 3, "normal": 5, "roomy": 6}[name]
    story = _words({"small": 4, "normal": 5, "roomy": 7}[name], told.most, height)
    story = 0 if pane == "narration" else story
    if name == "small" and story > 4:
        timeline = 0  # what is shown in large would be lost between the two
    if pane == "time":
        timeline = 0
    middle = height - 2 - timeline - story
    rects = {
        "header": Rect(0, 0, width, 1),
        "timeline": Rect(0, 1, width, timeline),
        pane: Rect(0, 1 + timeline, width, middle),
    }
    if not timeline:
        del rects["timeline"]
    if story:
        rects["narration"] = Rect(0, height - 1 - story, width, story)
    rects["footer"] = Rect(0, height - 1, width, 1)
    return rects


def _words(meant: int, told: int, height: int) -> int:
    """Rows of the narration, its title rule included: more than is meant where the words need it,
    but never so many that the panes they are about are gone.
    """
    return max(meant, min(told + 1, (height - 2) // 2))


SIDE_BY_SIDE = (100, 180)
"""Columns from which the lecture layout has room for two panes, and for three."""
TALL = 50
"""Rows from which it has room for the timeline."""


def _big(width: int, height: int, panes: tuple[str, ...], told: Told) -> dict[str, Rect]:
    """At most three panes, and for what is said about them what it needs, about half the
    screen.
    """
    most = 1 + sum(width >= columns for columns in SIDE_BY_SIDE)
    shown = [name for name in panes if name != "narration"][:most]
    timeline = 6 if height >= TALL else 0
    middle = height - 2 - timeline
    story = max(middle * 2 // 5, min(told.most + 1, middle * 3 // 5)) if shown else middle
    upper = middle - story
    rects = {"header": Rect(0, 0, width, 1)}
    if timeline:
        rects["timeline"] = Rect(0, 1, width, timeline)
    x, y = 0, 1 + timeline
    for index, name in enumerate(shown):
        right = width * (index + 1) // len(shown)
        rects[name] = Rect(x, y, right - x, upper)
        x = right
    rects["narration"] = Rect(0, y + upper, width, story)
    rects["footer"] = Rect(0, height - 1, width, 1)
    return rects


def _hidden(tab: int, hidden: frozenset[str]) -> frozenset[str]:
    """What may be hidden of a tab: it never gets empty."""
    panes = set(TABS[tab % len(TABS)][1])
    return hidden - panes if panes <= hidden else hidden


def _boxes(name: Name, width: int, height: int, tab: int, story: bool, told: Told) -> Box:
    if name == "small":
        return _column(3, *_small(height, tab, told))
    if name == "normal":
        return _column(5, *_normal(width, height, story, told))
    return _column(6, *_roomy())


def _const(size: int) -> Callable[[int], int]:
    return lambda _: size


def _fixed(name: str) -> Box:
    return Box(name, _const(1), 1, fixed=True)


def _row(name: str, *parts: Box, size: Callable[[int], int] | None = None, least: int) -> Box:
    """Panes side by side."""
    return Box(name, size, least, parts=parts, across=True)


def _column(timeline: int, *parts: Box) -> Box:
    """The whole screen: header and timeline above, footer below."""
    return Box(
        "screen",
        parts=(
            _fixed("header"),
            Box("timeline", _const(timeline), 2),
            *parts,
            _fixed("footer"),
        ),
    )


def _small(height: int, tab: int, told: Told) -> list[Box]:
    panes = TABS[tab % len(TABS)][1]
    if panes[0] == "registers":
        shown = _row("code tab", Box("registers", _const(34), 12), Box("code", least=20), least=4)
    elif panes[0] == "translation":
        pair = (Box("translation", least=20), Box("tlb", _const(31), 12))
        shown = _row("translation tab", *pair, least=4)
    else:
        shown = Box(panes[0], least=4)
    if "narration" in panes:
        return [_fixed("tabs"), shown]
    usual = max(told.most, min(STEPS, usual_most(height, big=False)))
    words = _words(5 if height >= 22 else 3, usual, height)
    return [_fixed("tabs"), shown, Box("narration", _const(words), 2)]


def _normal(width: int, height: int, story: bool, told: Told) -> list[Box]:
    more = 1 if height >= 44 else 0
    upper = _row(
        "upper",
        Box("code", least=20),
        Box("stacks", lambda rest: max(51, rest * 53 // 100), 20),
        size=lambda middle: max(13, middle * 5 // 8),
        least=4,
    )
    wide = Box("translation", lambda rest: rest // 2, 16)
    lower = _row("lower", wide, Box("memory", least=16), least=3)
    right = Box("right", least=40, parts=(upper, lower))
    registers = Box("registers", _const(31 if width < 130 else 36), 14)
    middle = _row("middle", registers, right, least=7)
    if story:
        rows = _words(9 + 2 * more, told.here, height)
        return [middle, Box("narration", _const(rows), 2, wish="story")]
    logs = _row(
        "bottom",
        Box("logs", least=16),
        Box("tlb", lambda width: min(64, width * 45 // 100), 16),
        size=_const(4 + more),
        least=2,
    )
    # Every row is spoken for: only the stops that need more take it from the panes above.
    words = _words(5 + more, told.here, height)
    return [middle, logs, Box("narration", _const(words), 2)]


def _roomy() -> list[Box]:
    def tlb(rest: int) -> int:
        return min(58, rest * 34 // 100)

    upper = _row(
        "upper",
        Box("code", least=20),
        Box("stacks", lambda rest: rest * 54 // 100, 20),
        size=lambda middle: middle * 3 // 5,
        least=4,
    )
    lower = _row(
        "lower",
        Box("translation", lambda rest: (rest - tlb(rest)) * 53 // 100, 16),
        Box("memory", least=16),
        Box("tlb", tlb, 16),
        least=3,
    )
    right = Box("right", least=40, parts=(upper, lower))
    registers = Box("registers", lambda width: min(48, width * 23 // 100), 14)
    logs = Box("logs", lambda width: width // 2, 16)
    bottom = _row("bottom", logs, Box("narration", least=16), size=_const(12), least=2)
    return [_row("middle", registers, right, least=7), bottom]
