"""The widget that all panes are: it shows what a painter makes of its part of a frame, and
repaints only what changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ringview.tui import palette as themes
from ringview.tui.actions import Action
from ringview.tui.text import Line, Page, Room, shorten

if TYPE_CHECKING:
    from textual import events

Painter = Callable[[Any, Room], Page]
"""Makes a page of a part of the frame, purely."""


BRIDGE = 5
"""Rows between two changed ones that are cheaper to draw again than to treat apart."""


def stretches(rows: list[int]) -> list[tuple[int, int]]:
    """First and last row of each stretch of changed rows, near ones joined."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and row - found[-1][1] <= BRIDGE:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found


class Act(Message):
    """The user clicked something that does something."""

    def __init__(self, action: Action) -> None:
        self.action = action
        super().__init__()


class Pane(Widget, can_focus=True):
    """One pane of the screen.

    Args:
        name: the pane's name in the layout; its id too.
        painter: makes lines of what the pane shows.
        number: the key that brings one there, for the title rule; 0 for none.
        framed: whether the pane has a title rule and a divider.
        margin: blank columns at both sides of text, where it would touch the screen's edge.
        choosable: whether one of its rows that do something is the chosen one.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Pane { width: 100%; height: 100%; }
    """

    def __init__(
        self,
        name: str,
        painter: Painter,
        *,
        number: int = 0,
        framed: bool = True,
        margin: int = 0,
        choosable: bool = False,
    ) -> None:
        super().__init__(id=name)
        self.pane_name = name
        self.number = number
        self.can_focus = framed and name not in ("timeline", "tabs")
        self._painter = painter
        self._framed = framed
        self._margin = margin
        self._choosable = choosable
        self._chosen: int | None = None
        self._shown: object = None
        self._page: Page | None = None
        self._strips: list[Strip | None] = []
        self._rule: Strip | None = None
        self._edge = ""
        self._ticks: dict[int, str] = {}
        self._room = Room(0, 0)
        self._palette = themes.DARK
        self._top = 0
        self._scrolled = False
        self._moved = False
        self._pressed = Offset(-1, -1)

    # -------------------------------------------------------------------------------- what is shown

    @property
    def page(self) -> Page | None:
        """What is shown at present, or None before the first frame or while hidden."""
        return self._page

    def place(self, width: int, height: int, edge: str, ticks: dict[int, str], room: Room) -> None:
        """Tell the pane its size, its lines and its room, from the arrangement; it is painted for
        them when it is shown its part next.

        Args:
            width: columns, divider included.
            height: rows, title rule included.
            edge: the divider's glyphs, one a row, or "".
            ticks: where other dividers meet the title rule.
            room: what the painter is told; its width and height are set here.
        """
        # A blank column keeps text from the neighbour's divider where there is room for it.
        right = self._margin or int((room.roomy or room.big) and self._framed)
        inner = width - (2 if edge else self._margin) - right
        room = replace(room, width=max(0, inner), height=max(0, height - int(self._framed)))
        if (room, edge, ticks) != (self._room, self._edge, self._ticks):
            self._room, self._edge, self._ticks = room, edge, ticks
            self._moved = True

    def show(self, part: object) -> None:
        """Show this part of a frame; costs nothing if it is the same as before."""
        if self._page is not None and part == self._shown and not self._moved:
            return
        if part != self._shown:
            self._shown, self._scrolled = part, False
        if self.display:
            self._repaint()
        else:
            self._page = None

    def wear(self, palette: themes.Palette) -> None:
        """Change the theme."""
        self._palette = palette
        self._forget()
        self.refresh()

    def refocus(self) -> None:
        """Redraw the title rule after a change of focus."""
        self._rule = None
        self.refresh(Region(0, 0, max(1, self.size.width), 1))

    def _forget(self) -> None:
        self._rule = None
        self._strips = [None] * (len(self._page.lines) if self._page else 0)

    def _repaint(self) -> None:
        """Paint anew, and ask the screen for the rows that differ."""
        if self._shown is None or self._room.width <= 0:
            return
        moved, self._moved = self._moved, False
        before, top_before = self._page, self._top
        page = self._painter(self._shown, self._room)
        page.lines = [line.fit(self._room.width) for line in page.lines]
        if self._choosable:
            self._choose(page, before)
        self._page = page
        self._scroll_to_keep(page)
        width, height = self.size.width, self.size.height
        # Strips hold the divider, too: of a pane that was moved none is kept.
        if before is None or moved or width <= 0 or top_before != self._top:
            self._forget()
            self.refresh()
            return
        old = self._strips
        self._strips = [
            strip if index < len(before.lines) and before.lines[index] == line else None
            for index, (line, strip) in enumerate(
                zip(page.lines, [*old, *[None] * len(page.lines)], strict=False)
            )
        ]
        first = int(self._framed)
        dirty = []
        for row in range(first, height):
            index = self._index_of(row - first, page)
            was = before.lines[index] if index < len(before.lines) else None
            now = page.lines[index] if index < len(page.lines) else None
            if was != now:
                dirty.append(row)
        if (page.title, page.aside, page.style, len(page.lines)) != (
            before.title,
            before.aside,
            before.style,
            len(before.lines),
        ):
            self._rule = None
            dirty.insert(0, 0)
        for first, last in stretches(dirty):
            self.refresh(Region(0, first, width, last + 1 - first))

    # ------------------------------------------------------------------------------------- choosing

    @property
    def choice(self) -> Action | None:
        """What the chosen row does, or None."""
        if self._page is None or self._chosen is None:
            return None
        return self._page.lines[self._chosen].action

    def _choose(self, page: Page, before: Page | None) -> None:
        """Keep the row that does the same as the one chosen before, else the nearest, else the
        page's own.
        """
        rows = [index for index, line in enumerate(page.lines) if line.action is not None]
        wanted = page.keep[0] if page.keep is not None else 0
        if before is not None and page.follow != before.follow:
            self._chosen = None
        if self._chosen is not None and before is not None and self._chosen < len(before.lines):
            same = [i for i in rows if page.lines[i].action == before.lines[self._chosen].action]
            wanted = same[0] if same else self._chosen
        self._chosen = min(rows, key=lambda index: abs(index - wanted), default=None)
        if self._chosen is not None:
            page.lines[self._chosen].row("chosen")
            page.keep = (self._chosen, self._chosen)

    def move_choice(self, direction: int) -> None:
        """Choose the next row that does something, or the one above."""
        if self._page is None or self._chosen is None:
            return
        step = 1 if direction > 0 else -1
        end = len(self._page.lines) if step > 0 else -1
        found = range(self._chosen + step, end, step)
        chosen = next((i for i in found if self._page.lines[i].action is not None), None)
        if chosen is not None:
            # The page is painted anew, so that the row's own background comes back.
            self._chosen, self._scrolled = chosen, False
            self._repaint()

    # ------------------------------------------------------------------------------------ scrolling

    def _scroll_to_keep(self, page: Page) -> None:
        last = max(0, len(page.lines) - self._room.height)
        if not self._scrolled and page.keep is not None:
            first, end = page.keep
            wanted = max(0, first - page.pinned - page.above)
            if wanted < self._top or end >= self._top + self._room.height:
                self._top = wanted
        elif not self._scrolled:
            self._top = 0
        self._top = max(0, min(self._top, last))

    def scroll_rows(self, rows: int) -> None:
        """Scroll by rows, as far as there is content."""
        if self._page is None:
            return
        top = max(0, min(self._top + rows, len(self._page.lines) - self._room.height))
        if top != self._top:
            self._top = top
            self._scrolled = True
            self._forget()
            self.refresh()

    def scroll_page(self, direction: int) -> None:
        """Scroll by nearly a page."""
        self.scroll_rows(direction * max(1, self.rows_shown - 2))

    def _index_of(self, row: int, page: Page | None) -> int:
        """Which line stands on a row of the content."""
        return row if page is not None and row < page.pinned else row + self._top

    @property
    def room_width(self) -> int:
        """How many columns of content there are."""
        return self._room.width

    @property
    def rows_shown(self) -> int:
        """How many rows of content fit."""
        return self._room.height

    # -------------------------------------------------------------------------------------- drawing

    def render_line(self, y: int) -> Strip:
        """Draw one row: the title rule, then content."""
        width = self.size.width
        if self._framed and y == 0:
            if self._rule is None or self._rule.cell_length != width:
                self._rule = self._draw_rule(width)
            return self._rule
        index = self._index_of(y - int(self._framed), self._page)
        if self._page is None or index >= len(self._page.lines):
            return self._draw(Line(), y, width)
        if index >= len(self._strips):
            self._strips.extend([None] * (index + 1 - len(self._strips)))
        strip = self._strips[index]
        # A row drawn after the arrangement and before the layout was cut to the old width.
        if strip is None or strip.cell_length != width:
            strip = self._strips[index] = self._draw(self._page.lines[index], y, width)
        return strip

    def _draw(self, line: Line, y: int, width: int) -> Strip:
        ground = themes.style(self._palette, "", line.back)
        segments = []
        if self._edge:
            glyph = self._edge[y] if y < len(self._edge) else "│"
            segments.append(Segment(glyph, themes.style(self._palette, "rule")))
            segments.append(Segment(" ", ground))
        elif self._margin:
            segments.append(Segment(" " * self._margin, ground))
        segments.extend(
            Segment(span.text, themes.style(self._palette, span.style, line.back))
            for span in line.spans
        )
        return Strip(segments).adjust_cell_length(width, ground)

    def _draw_rule(self, width: int) -> Strip:
        return self._draw_joined(self._rule_line(width), width)

    def _rule_line(self, width: int) -> Line:
        """The title rule: number and title at the left, what the pane says aside at the right."""
        page = self._page
        focused = self.has_focus
        line = Line()
        if self._edge:
            line.add(self._edge[0], "rule")
        line.add("▸" if focused else "─", "strong" if focused else "rule")
        if page is None or not page.title:
            return line.add("─" * max(0, width - line.width), "rule")
        line.add(" ")
        if self.number:
            line.add(f"{self.number} ", "strong" if focused else "dim")
        if isinstance(page.title, Line):
            line.join(page.title)
        else:
            title = shorten(page.title, max(4, width - line.width - 3))
            line.add(title, page.style + (" underline" if focused else ""))
        line.add(" ")
        aside = self._scroll_mark(page).join(page.aside)
        if aside.width and line.width + aside.width + 4 > width:
            aside = self._scroll_mark(page)
        if aside.width and line.width + aside.width + 4 <= width:
            line.add("─" * (width - line.width - aside.width - 3), "rule")
            line.add(" ").join(aside).add(" ")
        return line.add("─" * max(0, width - line.width), "rule").fit(width)

    def _draw_joined(self, line: Line, width: int) -> Strip:
        """Put the joints with other panes' dividers into a rule, where it is still a rule there."""
        segments = []
        column = 0
        for span in line.spans:
            text = span.text
            if "─" in text:
                text = "".join(
                    self._ticks.get(column + i, glyph) if glyph == "─" else glyph
                    for i, glyph in enumerate(text)
                )
            segments.append(Segment(text, themes.style(self._palette, span.style)))
            column += cell_len(span.text)
        return Strip(segments).adjust_cell_length(width, themes.style(self._palette, ""))

    def _scroll_mark(self, page: Page) -> Line:
        hidden_above = self._top
        hidden_below = len(page.lines) - self._top - self._room.height
        line = Line()
        if hidden_above > 0:
            line.add(f"↑{hidden_above} ", "dim")
        if hidden_below > 0:
            line.add(f"↓{hidden_below} ", "dim")
        return line

    # ---------------------------------------------------------------------------------------- mouse

    def line_at(self, y: int) -> Line | None:
        """The line of content in this row of the pane, or None."""
        index = y - int(self._framed) + self._top
        if self._page is None or y < int(self._framed) or index >= len(self._page.lines):
            return None
        return self._page.lines[index]

    def action_under(self, x: int, y: int) -> Action | None:
        """What a click at these coordinates within the pane does."""
        if self._framed and y == 0:
            said = self._rule_line(self.size.width).action_at(x)
            return said or (("zoom", self.pane_name) if self.can_focus else None)
        if self._page is None:
            return None
        index = self._index_of(y - int(self._framed), self._page)
        if not 0 <= index < len(self._page.lines):
            return None
        column = x - (2 if self._edge else self._margin)
        said = self._page.lines[index].action_at(column)
        if said is None and self._page.locate is not None:
            return self._page.locate(column, index)
        return said

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Note where the button went down."""
        self._pressed = event.screen_offset

    def on_click(self, event: events.Click) -> None:
        """Do what the clicked text says; a drag is no click."""
        event.stop()
        if event.screen_offset != self._pressed:
            return
        action = self.action_under(event.x, event.y)
        if action is not None:
            self.post_message(Act(action))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll, or zoom out of time."""
        event.stop()
        if not self._zoom_time(event, -1):
            self.scroll_rows(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll, or zoom into time where the pointer is."""
        event.stop()
        if not self._zoom_time(event, 1):
            self.scroll_rows(-3)

    def _zoom_time(self, event: events.MouseEvent, direction: int) -> bool:
        """Zoom a timeline; what is under the pointer stays there."""
        if self.pane_name not in ("timeline", "time"):
            return False
        action = self.action_under(event.x, event.y)
        at = action[1:] if action is not None and action[0] == "go" else ()
        self.post_message(Act(("time", direction, *at)))
        return True

    def on_focus(self) -> None:
        """Show in the title rule that keys go here."""
        self.refocus()

    def on_blur(self) -> None:
        """Show in the title rule that keys go elsewhere."""
        self.refocus()
