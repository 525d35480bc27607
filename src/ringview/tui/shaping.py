"""The desk as a person wants it: panes resized by keys or by dragging their dividers, put away and
taken out again, remembered for each size of the terminal; and the theme.
"""

from __future__ import annotations

from dataclasses import replace

from textual import events

from ringview.tui import palette as themes
from ringview.tui.desk import Desk
from ringview.tui.desktop import DeskApp
from ringview.tui.keymap import DEFAULT, Keymap
from ringview.tui.layout import Arrangement
from ringview.tui.names import PANES
from ringview.tui.pane import Pane
from ringview.tui.remember import Memory
from ringview.tui.splits import NO_WISHES, Divider, Side, Wishes

STEP = (2, 1)
"""Columns and rows by which a key resizes."""


class ShapedApp(DeskApp):
    """A desk that can be shaped.

    Args:
        palette: the theme to begin with.
        keymap: which keys do what.
        memory: remembers what is chosen.
    """

    def __init__(
        self, palette: themes.Palette, keymap: Keymap = DEFAULT, memory: Memory | None = None
    ) -> None:
        super().__init__(palette, keymap)
        self._memory = memory or Memory()
        self.wishes = self._memory.layouts
        self._dragged: Divider | None = None

    @property
    def _arrangement(self) -> Arrangement:
        return self.query_one(Desk).arrangement

    def _wish(self, wishes: Wishes, *, keep: bool = True) -> None:
        """Arrange the panes as they are wanted now, and remember it."""
        name = self._arrangement.name
        if name == "none":
            return
        self.wishes = {**self.wishes, name: wishes}
        self._arrange()
        if keep:
            self._memory.keep_layout(name, wishes)
            self._confess()

    def _confess(self) -> None:
        """Say what went wrong with remembering, if anything did."""
        if complaint := self._memory.complaint_once():
            self._tell(message=complaint, error=True)

    @property
    def _wished(self) -> Wishes:
        return self.wishes.get(self._arrangement.name, NO_WISHES)

    # -------------------------------------------------------------------------------------- sizes

    def do_resize(self, across: int, down: int) -> None:
        """Make the pane with the focus wider (or narrower, -1), or taller (or shorter)."""
        focused = self.focused
        if not isinstance(focused, Pane):
            self._tell(message="choose a pane first, by its number", error=False)
            return
        found = _divider_of(focused.pane_name, self._arrangement, bool(across))
        if found is None:
            self._tell(message="this pane has all the room there is in that direction", error=False)
            return
        divider, sign = found
        self._move(divider, sign * (across * STEP[0] or down * STEP[1]))

    def _move(self, divider: Divider, distance: int, *, keep: bool = True) -> None:
        self._wish(self._wished.sized(divider.moved(distance)), keep=keep)

    def do_reset_layout(self) -> None:
        """Everything where it is meant to be at this size of the terminal."""
        self._wish(NO_WISHES)
        self._tell(message="the panes are as they are meant to be", error=False)

    # ------------------------------------------------------------------------------------- hiding

    def do_hide(self) -> None:
        """Put the pane with the focus away."""
        focused = self.focused
        if self._zoom:
            back = self.keymap.text("unzoom")
            self._tell(message=f"one pane fills the screen; {back} shows all first", error=False)
            return
        if not isinstance(focused, Pane) or focused.pane_name not in PANES:
            self._tell(message="choose a pane first, by its number", error=False)
            return
        name = focused.pane_name
        shown = set(self._arrangement.rects) & set(PANES)
        if self._arrangement.name == "small" and name != "narration":
            shown.discard("narration")
        if shown == {name}:
            self._tell(message="the last pane that is shown cannot be put away", error=False)
            return
        self._wish(replace(self._wished, hidden=self._wished.hidden | {name}))
        number = self.keymap.text(f"pane {PANES.index(name) + 1}")
        back = f"{number or 'its command'} brings it back"
        self._tell(message=f"{name} put away; {back}", error=False)

    def do_show_all(self) -> None:
        """Take out all panes again."""
        self._wish(replace(self._wished, hidden=frozenset()))

    def do_pane(self, name: str) -> None:
        """Focus a pane, taking it out if it was put away."""
        if name in self._wished.hidden and not self._zoom:
            self._wish(replace(self._wished, hidden=self._wished.hidden - {name}))
        super().do_pane(name)

    # -------------------------------------------------------------------------------------- theme

    def do_theme(self) -> None:
        """The next theme."""
        super().do_theme()
        self._memory.keep_theme(self.palette.name)
        self._confess()

    # -------------------------------------------------------------------------------------- mouse

    def on_resize(self, event: events.Resize) -> None:
        """Whatever was held is somewhere else now."""
        self._dragged = None
        super().on_resize(event)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of a divider."""
        if event.button == 1 and len(self.screen_stack) == 1:
            self._dragged = self._arrangement.divider_at(event.screen_x, event.screen_y)
            if self._dragged is not None:
                self.capture_mouse(event.widget)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Move the divider that is held."""
        divider = self._dragged
        if divider is None:
            return
        distance = (event.screen_x if divider.across else event.screen_y) - divider.line
        # Measured from where it was taken: what it gives back it gives back in the same order.
        if distance or self._line_of(divider) != divider.line:
            self._move(divider, distance, keep=False)

    def _line_of(self, divider: Divider) -> int:
        """Where a divider is by now."""
        for other in self._arrangement.dividers:
            if (other.before.wish, other.after.wish) == (divider.before.wish, divider.after.wish):
                return other.line
        return divider.line

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go, and remember."""
        divider, self._dragged = self._dragged, None
        if divider is not None:
            self.capture_mouse(None)
            if self._line_of(divider) != divider.line:
                self._wish(self._wished)


def _divider_of(name: str, arrangement: Arrangement, across: bool) -> tuple[Divider, int] | None:
    """The divider nearest to a pane, and which way it goes for the pane to grow."""

    def holds(side: Side) -> bool:
        return name in side.panes

    found = [
        (len(side.panes), sign, divider)
        for divider in arrangement.dividers
        if divider.across == across
        for side, sign in ((divider.before, 1), (divider.after, -1))
        if holds(side)
    ]
    if not found:
        return None
    _, sign, divider = min(found, key=lambda item: (item[0], -item[1]))
    return divider, sign
