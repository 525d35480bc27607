"""The desk: all panes, each where the arrangement says; what is on it, as text or as a picture."""

from __future__ import annotations

from typing import cast

from rich.cells import cell_len
from textual.geometry import Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from ringview.tui.arranging import Needs, arranged, needs
from ringview.tui.keymap import Keymap
from ringview.tui.layout import FRAMED, MARGINED, arrange
from ringview.tui.names import LARGE, PANES
from ringview.tui.palette import Palette
from ringview.tui.pane import Pane
from ringview.tui.panes import time, timeline
from ringview.tui.panes.kinds import KINDS
from ringview.tui.showing import OF_FRAMES, Showing, frame_told, part_of, said_parts
from ringview.tui.svg import svg
from ringview.tui.text import Room


class DeskLayout(Layout):
    """Puts each pane where the arrangement says."""

    name = "desk"

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """Place the visible panes."""
        desk = cast("Desk", parent)
        placements = []
        for child in children:
            rect = desk.arrangement.rects.get(child.id or "")
            if rect is not None:
                region = Region(rect.x, rect.y, rect.width, rect.height)
                placements.append(
                    WidgetPlacement(region, region.offset - region.offset, Spacing(), child)
                )
        return placements


class Desk(Widget):
    """Holds all panes, arranges them, and hands each its part of what is shown.

    Args:
        palette: the theme to begin with.
        keymap: the keys that panes tell of.

    Attributes:
        panes: by their names.
        arrangement: where they stand.
        needs: what that was made for.
    """

    DEFAULT_CSS = "Desk { width: 100%; height: 100%; overflow: hidden; }"

    def __init__(self, palette: Palette, keymap: Keymap) -> None:
        self.panes = {name: _pane(name) for name in KINDS}
        super().__init__(*self.panes.values(), id="desk")
        self.arrangement = arrange(0, 0)
        self.needs = Needs()
        self._keymap = keymap
        self._layout = DeskLayout()
        self.wear(palette)

    @property
    def layout(self) -> Layout:
        """The panes' own layout."""
        return self._layout

    def wear(self, palette: Palette) -> None:
        """Change the theme."""
        for pane in self.panes.values():
            pane.wear(palette)

    # -------------------------------------------------------------------------------- what is shown

    def suits(self, showing: Showing) -> bool:
        """Whether the panes stand as this stop needs it."""
        width, height = self.arrangement.width, self.arrangement.height
        return needs(showing, width, height, self.needs) == self.needs

    def lay_out(self, showing: Showing, size: Size) -> None:
        """Arrange the panes anew, and show them."""
        self.needs = needs(showing, size.width, size.height, self.needs)
        self.arrangement = arranged(showing, size.width, size.height, self.needs)
        for name, pane in self.panes.items():
            pane.display = name in self.arrangement.rects
            if pane.display:
                self._place(pane, showing)
        self.show(showing)
        # Textual keeps where a widget's children stand until one of them asks for a layout.
        self.panes["header"].refresh(layout=True)
        self.refresh(layout=True)

    def _place(self, pane: Pane, showing: Showing) -> None:
        arrangement, chosen = self.arrangement, showing.chosen
        name = pane.pane_name
        zoomed = name == chosen.zoom
        roomy = (arrangement.name == "roomy" or zoomed) and not chosen.big
        zoomed = zoomed and not chosen.big
        room = Room(0, 0, roomy=roomy, zoomed=zoomed, big=chosen.big, keys=self._keymap)
        framed = name in FRAMED and name != "tabs"
        edge = arrangement.edge(name) if framed else ""
        ticks = arrangement.ticks(name) if framed else {}
        rect = arrangement.rects[name]
        pane.place(rect.width, rect.height, edge, ticks, room)

    def show(self, showing: Showing) -> None:
        """Hand each pane its part; those whose part is the same do nothing."""
        frame = frame_told(showing)
        if frame is not None:
            for name in OF_FRAMES:
                self.panes[name].show(part_of(name, frame, showing))
        self.say(showing)

    def say(self, showing: Showing) -> None:
        """Hand their parts to those panes alone that need no frame."""
        for name, part in said_parts(showing, self.arrangement).items():
            self.panes[name].show(part)

    @property
    def time_columns(self) -> int:
        """Into how many columns the timeline that is shown is divided."""
        for name, columns_in in (("time", time.columns_in), ("timeline", timeline.columns_in)):
            if name in self.arrangement.rects:
                return columns_in(self.panes[name].room_width)
        return 0

    def pane_at(self, x: int, y: int) -> Pane | None:
        """The pane that a cell of the screen belongs to."""
        for name, rect in self.arrangement.rects.items():
            if rect.x <= x < rect.right and rect.y <= y < rect.bottom:
                return self.panes[name]
        return None

    def as_text(self) -> str:
        """What stands there, as lines of text without colours."""
        rows = [[" "] * self.arrangement.width for _ in range(self.arrangement.height)]
        for name, rect in self.arrangement.rects.items():
            for y in range(rect.height):
                column = rect.x
                for character in self.panes[name].render_line(y).text:
                    if column < self.arrangement.width:
                        rows[rect.y + y][column] = character
                    column += cell_len(character)
        return "\n".join("".join(row).rstrip() for row in rows) + "\n"

    def as_svg(self, ground: str, title: str) -> str:
        """What stands there, as a picture.

        Args:
            ground: the background's colour.
            title: what the picture is called.
        """
        pieces = (
            (rect.x, rect.y + y, self.panes[name].render_line(y))
            for name, rect in self.arrangement.rects.items()
            for y in range(rect.height)
        )
        return svg(pieces, self.arrangement.width, self.arrangement.height, ground, title)


def _pane(name: str) -> Pane:
    kind = KINDS[name]
    number = PANES.index(name) + 1 if name in PANES else 0
    margin, choosable = int(name in MARGINED), name in LARGE
    return Pane(
        name, kind.paint, number=number, framed=kind.framed, margin=margin, choosable=choosable
    )
