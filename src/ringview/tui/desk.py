"""The desk: all panes, each where the arrangement says; what is on it, as text or as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from rich.cells import cell_len
from textual.geometry import Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from ringview.tui.layout import arrange
from ringview.tui.pane import Pane
from ringview.tui.svg import svg


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
    """Holds all panes and arranges them by the size of the terminal."""

    DEFAULT_CSS = "Desk { width: 100%; height: 100%; overflow: hidden; }"

    def __init__(self, panes: Mapping[str, Pane]) -> None:
        super().__init__(*panes.values(), id="desk")
        self._panes = panes
        self.arrangement = arrange(0, 0)
        self._layout = DeskLayout()

    @property
    def layout(self) -> Layout:
        """The panes' own layout."""
        return self._layout

    def as_text(self) -> str:
        """What stands there, as lines of text without colours."""
        rows = [[" "] * self.arrangement.width for _ in range(self.arrangement.height)]
        for name, rect in self.arrangement.rects.items():
            for y in range(rect.height):
                column = rect.x
                for character in self._panes[name].render_line(y).text:
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
            (rect.x, rect.y + y, self._panes[name].render_line(y))
            for name, rect in self.arrangement.rects.items()
            for y in range(rect.height)
        )
        return svg(pieces, self.arrangement.width, self.arrangement.height, ground, title)
