"""What a screen shows beyond the machine's state, as the plain data that followers are sent.

Invariant: nothing here depends on the size of the screen, which every follower has for itself.
"""

from __future__ import annotations

from msgspec.structs import replace

from ringview.engine.protocol import Stage
from ringview.tui import palette as themes
from ringview.tui.keymap import DEFAULT, Keymap
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
    """A desk that can say how it looks at the machine, and take that over from another.

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

    def do_big(self) -> None:
        """The lecture layout, or all panes again."""
        super().do_big()
        self.resize_font()

    def resize_font(self) -> None:
        """In a browser: a larger font for the lecture layout. A terminal's font is its user's."""
        if self.is_web and self._driver is not None:
            self._driver.write(ENLARGE if self._big else ORDINARY)
