"""How a screen looks at the machine: chosen by hand, or as the plain data that followers are sent.

Invariant: nothing here depends on the size of the screen, which every follower has for itself.
"""

from __future__ import annotations

from msgspec.structs import replace

from ringview.engine.protocol import Stage
from ringview.tui import looking
from ringview.tui import palette as themes
from ringview.tui.keymap import DEFAULT, Keymap
from ringview.tui.layout import Arrangement
from ringview.tui.panes import time, timeline
from ringview.tui.remember import Memory
from ringview.tui.shaping import ShapedApp
from ringview.views.frame import ViewRequest

ENLARGE = "\x1b]2;ringview · large\x07"
"""A browser's page takes this window title as the wish for a larger font."""
ORDINARY = "\x1b]2;ringview\x07"


OWN = (
    "columns", "steps", "code_rows", "source_lines", "stack_slots", "memory_rows", "log_rows",
    "large",
)  # fmt: skip
"""What of a `ViewRequest` follows from the size of a screen, or from the zoom."""


def sized(view: ViewRequest, like: ViewRequest) -> ViewRequest:
    """A view in the sizes of another."""
    return replace(view, **{name: getattr(like, name) for name in OWN})


class StagedApp(ShapedApp):
    """A desk that can be looked at otherwise, say how it is, and take that over from another.

    Args:
        palette: the theme to begin with.
        keymap: which keys do what.
        memory: remembers what is chosen.
    """

    def __init__(
        self, palette: themes.Palette, keymap: Keymap = DEFAULT, memory: Memory | None = None
    ) -> None:
        super().__init__(palette, keymap, memory)
        self._view = ViewRequest()

    def stage(self) -> Stage:
        """How this screen looks at the machine."""
        return Stage(
            zoom=self._zoom,
            tab=self._tab,
            log_tab=self._log_tab,
            big=self._big,
            answers=tuple(sorted(self._answers)),
            view=sized(self._view, ViewRequest()),
        )

    def set_stage(self, stage: Stage) -> None:
        """Look at the machine as another screen does."""
        self._zoom = stage.zoom if stage.zoom in self.panes else ""
        self._tab = stage.tab
        self._log_tab = stage.log_tab
        self._answers = set(stage.answers)
        if self._big != stage.big:
            self._big = stage.big
            self.resize_font()
        view = sized(stage.view, self._view)
        if view != self._view:
            self._look(view)
        self._arrange()
        if self._zoom:
            self._give_focus(self.panes[self._zoom])

    def _look(self, view: ViewRequest) -> None:
        """Ask for other parts of the machine's state."""
        self._view = view

    # ------------------------------------------------------------------------------------- looking

    def _look_if_new(self, view: ViewRequest) -> None:
        if view != self._view:
            self._look(view)

    def arranged(self, arrangement: Arrangement) -> None:
        """Ask the engine for as much as there is room for."""
        columns = self._time_columns(arrangement)
        self._look_if_new(looking.fitted(self._view, arrangement, self.large, columns))

    def _time_columns(self, arrangement: Arrangement) -> int:
        """Into how many columns the timeline that is shown is divided."""
        for name, columns_in in (("time", time.columns_in), ("timeline", timeline.columns_in)):
            if name in arrangement.rects:
                return columns_in(self.panes[name].room_width)
        return 0

    def do_memory(self, va: int) -> None:
        """Show the bytes at an address."""
        if self.large:
            self.do_unzoom()
        self._look(looking.memory_at(self._view, va))

    def do_translate(self, va: int) -> None:
        """Walk an address."""
        self._look(replace(self._view, translation_va=va, translate=""))

    def do_table(self, key: int) -> None:
        """Open an entry of the tables, or shut it."""
        tables = self.shown.tables if self.shown is not None else None
        self._look(looking.table_turned(self._view, tables, key))

    def do_space(self, direction: int) -> None:
        """Show the tables of another address space."""
        tables = self.shown.tables if self.shown is not None else None
        self._look_if_new(looking.other_space(self._view, tables, direction))

    def do_call(self, direction: int) -> None:
        """Put another system call on the storyboard; the machine stays where it is. 0 follows it
        again.
        """
        board = self.shown.storyboard if self.shown is not None else None
        self._look_if_new(looking.other_call(self._view, board, direction))

    def do_time(self, direction: int, at: int = -1) -> None:
        """Zoom the timeline around a moment, now if it is shown; 0 shows all."""
        if self.shown is not None:
            self._look(looking.time_zoomed(self._view, self.shown.timeline, direction, at))

    def do_pan(self, direction: int) -> None:
        """Move the timeline's window; it follows the run again once that moves."""
        if self.shown is not None:
            self._look(looking.time_panned(self._view, self.shown.timeline, direction))

    # ----------------------------------------------------------------------------- lecture layout

    def do_big(self) -> None:
        """The lecture layout, or all panes again."""
        super().do_big()
        self.resize_font()

    def resize_font(self) -> None:
        """In a browser: a larger font for the lecture layout. A terminal's font is its user's."""
        if self.is_web and self._driver is not None:
            self._driver.write(ENLARGE if self._big else ORDINARY)
