"""Where each pane stands at each size of the terminal, and how the lines between panes join.

Three arrangements, chosen by size alone: small (from 60x18; tabs over the panes), normal (from
110x34; everything at once) and roomy (from 160x50). Every pane owns its title rule (its first row)
and, unless it stands at the left edge, its divider (its first column); a pane never draws into
another's cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Name = Literal["small", "normal", "roomy"]

LEAST = (60, 18)
"""The smallest terminal, columns and rows, in which the screen says anything sensible."""
NORMAL = (110, 34)
ROOMY = (160, 50)

PANES = ("registers", "code", "stacks", "translation", "tlb", "memory", "logs", "narration")
"""The panes that can have the focus and fill the screen, in the order of their number keys."""

LARGE = ("storyboard",)
"""Large views: panes without a place of their own, which only ever fill the screen, by a command of
their own. The engine computes what they alone show while they are shown (`ViewRequest.large`).
"""

TABS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("code", ("registers", "code")),
    ("stacks", ("stacks",)),
    ("translation", ("translation", "tlb")),
    ("memory", ("memory",)),
    ("logs", ("logs",)),
    ("story", ("narration",)),
)
"""The tabs of the small arrangement: title, and the panes that share it side by side."""


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
class Arrangement:
    """One arrangement of the screen.

    Attributes:
        name: which of the three, or "none" below the least size.
        width: columns of the screen.
        height: rows of the screen.
        rects: where the visible panes stand, by their names.
    """

    name: Literal["none", "small", "normal", "roomy"]
    width: int
    height: int
    rects: dict[str, Rect]

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


def arrange(
    width: int,
    height: int,
    *,
    tab: int = 0,
    zoom: str = "",
    empty: bool = False,
    story: bool = False,
) -> Arrangement:
    """Lay the screen out.

    Args:
        width: columns of the terminal.
        height: rows of the terminal.
        tab: which of `TABS` the small arrangement shows.
        zoom: the pane or large view that fills the screen, or "".
        empty: there is no frame yet, so only a notice can be shown.
        story: there is much to tell at this stop: the narration gets the row of logs and TLB.
    """
    if empty or width < LEAST[0] or height < LEAST[1]:
        return Arrangement("none", width, height, {"notice": Rect(0, 0, width, height)})
    name: Name = "small"
    if width >= ROOMY[0] and height >= ROOMY[1]:
        name = "roomy"
    elif width >= NORMAL[0] and height >= NORMAL[1]:
        name = "normal"
    if zoom in (*PANES, *LARGE):
        rects = _zoomed(width, height, zoom, name)
    elif name == "small":
        rects = _small(width, height, tab)
    elif name == "normal":
        rects = _normal(width, height)
        if story:
            below = rects.pop("logs")
            del rects["tlb"]
            told = rects["narration"]
            rects["narration"] = Rect(0, below.y, width, told.bottom - below.y)
    else:
        rects = _roomy(width, height)
    return Arrangement(name, width, height, rects)


def _zoomed(width: int, height: int, pane: str, name: Name) -> dict[str, Rect]:
    timeline = {"small": 3, "normal": 5, "roomy": 6}[name]
    story = 0 if pane == "narration" else {"small": 4, "normal": 5, "roomy": 7}[name]
    middle = height - 2 - timeline - story
    rects = {
        "header": Rect(0, 0, width, 1),
        "timeline": Rect(0, 1, width, timeline),
        pane: Rect(0, 1 + timeline, width, middle),
    }
    if story:
        rects["narration"] = Rect(0, height - 1 - story, width, story)
    rects["footer"] = Rect(0, height - 1, width, 1)
    return rects


def _small(width: int, height: int, tab: int) -> dict[str, Rect]:
    timeline = 3
    panes = TABS[tab % len(TABS)][1]
    story = 0 if "narration" in panes else (5 if height >= 22 else 3)
    middle = height - 3 - timeline - story
    y = 2 + timeline
    rects = {
        "header": Rect(0, 0, width, 1),
        "timeline": Rect(0, 1, width, timeline),
        "tabs": Rect(0, 1 + timeline, width, 1),
    }
    if len(panes) == 2:
        left = {"registers": 33, "translation": width - 31}[panes[0]]
        rects[panes[0]] = Rect(0, y, left, middle)
        rects[panes[1]] = Rect(left, y, width - left, middle)
    else:
        rects[panes[0]] = Rect(0, y, width, middle)
    if story:
        rects["narration"] = Rect(0, height - 1 - story, width, story)
    rects["footer"] = Rect(0, height - 1, width, 1)
    return rects


def _normal(width: int, height: int) -> dict[str, Rect]:
    timeline, story, logs = 5, 5, 4
    if height >= 44:
        logs, story = logs + 1, story + 1
    middle = height - 2 - timeline - story - logs
    top = 1 + timeline
    registers = 31 if width < 130 else 36
    rest = width - registers
    stacks = max(51, rest * 53 // 100)
    code = rest - stacks
    upper = max(13, middle * 5 // 8)
    lower = middle - upper
    wide = rest // 2
    tlb = min(64, width * 45 // 100)
    return {
        "header": Rect(0, 0, width, 1),
        "timeline": Rect(0, 1, width, timeline),
        "registers": Rect(0, top, registers, middle),
        "code": Rect(registers, top, code, upper),
        "stacks": Rect(registers + code, top, stacks, upper),
        "translation": Rect(registers, top + upper, wide, lower),
        "memory": Rect(registers + wide, top + upper, rest - wide, lower),
        "logs": Rect(0, top + middle, width - tlb, logs),
        "tlb": Rect(width - tlb, top + middle, tlb, logs),
        "narration": Rect(0, height - 1 - story, width, story),
        "footer": Rect(0, height - 1, width, 1),
    }


def _roomy(width: int, height: int) -> dict[str, Rect]:
    timeline, lowest = 6, 12
    middle = height - 2 - timeline - lowest
    top = 1 + timeline
    registers = min(48, width * 23 // 100)
    rest = width - registers
    stacks = rest * 54 // 100
    code = rest - stacks
    upper = middle * 3 // 5
    lower = middle - upper
    tlb = min(58, rest * 34 // 100)
    translation = (rest - tlb) * 53 // 100
    memory = rest - tlb - translation
    logs = width // 2
    y = top + upper
    return {
        "header": Rect(0, 0, width, 1),
        "timeline": Rect(0, 1, width, timeline),
        "registers": Rect(0, top, registers, middle),
        "code": Rect(registers, top, code, upper),
        "stacks": Rect(registers + code, top, stacks, upper),
        "translation": Rect(registers, y, translation, lower),
        "memory": Rect(registers + translation, y, memory, lower),
        "tlb": Rect(registers + translation + memory, y, tlb, lower),
        "logs": Rect(0, top + middle, logs, lowest),
        "narration": Rect(logs, top + middle, width - logs, lowest),
        "footer": Rect(0, height - 1, width, 1),
    }
