"""The panes as a person wants them: resized by keys or by dragging their dividers, put away and
taken out again. Each wish is a pure function, as those of `ringview.tui.choosing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ringview.tui.choosing import Here, Turn
from ringview.tui.keymap import Keymap
from ringview.tui.layout import Arrangement
from ringview.tui.names import PANES
from ringview.tui.splits import NO_WISHES, Divider, Side

STEP = (2, 1)
"""Columns and rows by which a key resizes."""
NO_PANE = "choose a pane first, by its number"


def resize(here: Here, across: int, down: int) -> Turn:
    """Make the pane with the focus wider (or narrower, -1), or taller (or shorter)."""
    if not here.focused:
        return here.turn(said=NO_PANE)
    found = _divider_of(here.focused, here.arrangement, bool(across))
    if found is None:
        return here.turn(said="this pane has all the room there is in that direction")
    divider, sign = found
    distance = sign * (across * STEP[0] or down * STEP[1])
    return here.shaped(here.wished.sized(divider.moved(distance)))


def reset_layout(here: Here) -> Turn:
    """Everything where it is meant to be at this size of the terminal."""
    return here.shaped(NO_WISHES, "the panes are as they are meant to be")


def hide(here: Here, keymap: Keymap) -> Turn:
    """Put the pane with the focus away.

    Args:
        here: where the panes stand.
        keymap: tells which key brings it back.
    """
    name = here.focused
    if here.chosen.zoom:
        back = keymap.text("unzoom")
        return here.turn(said=f"one pane fills the screen; {back} shows all first")
    if name not in PANES:
        return here.turn(said=NO_PANE)
    shown = set(here.arrangement.rects) & set(PANES)
    if here.arrangement.name == "small" and name != "narration":
        shown.discard("narration")
    if shown == {name}:
        return here.turn(said="the last pane that is shown cannot be put away")
    number = keymap.text(f"pane {PANES.index(name) + 1}")
    back = f"{number or 'its command'} brings it back"
    hidden = here.wished.hidden | {name}
    return here.shaped(here.wished.hiding(hidden), f"{name} put away; {back}")


def show_all(here: Here) -> Turn:
    """Take out all panes again."""
    return here.shaped(here.wished.hiding(frozenset()))


SHAPES: Mapping[str, Callable[..., Turn]] = {
    "resize": resize,
    "reset_layout": reset_layout,
    "show_all": show_all,
}
"""By an action's name."""


# ------------------------------------------------------------------------------------------- mouse


def dragged(here: Here, divider: Divider, x: int, y: int) -> Turn:
    """The divider moved to where the mouse is.

    Args:
        here: where the panes stand now.
        divider: as it was when it was taken: what it gives back it gives back in the same order.
        x: the mouse's column.
        y: its row.
    """
    distance = (x if divider.across else y) - divider.line
    if not distance and not moved(here, divider):
        return here.turn()
    return here.shaped(here.wished.sized(divider.moved(distance)))


def moved(here: Here, divider: Divider) -> bool:
    """Whether a divider stands elsewhere than when it was taken."""
    for other in here.arrangement.dividers:
        if (other.before.wish, other.after.wish) == (divider.before.wish, divider.after.wish):
            return other.line != divider.line
    return False


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
