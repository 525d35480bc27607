"""How a screen looks at the machine, as the plain data that followers are sent, and taken over from
them.

Invariant: nothing of it depends on the size of the screen, which every follower has for itself.
"""

from __future__ import annotations

from msgspec.structs import replace

from ringview.engine.protocol import Stage
from ringview.tui.chosen import Chosen
from ringview.tui.names import LARGE, PANES
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


def known(stage: Stage) -> Stage:
    """What of a stage this screen can show, as it would tell of it itself."""
    zoom = stage.zoom if stage.zoom in (*PANES, *LARGE) else ""
    return replace(stage, zoom=zoom, view=sized(stage.view, ViewRequest()))


def stage_of(chosen: Chosen) -> Stage:
    """What followers need to see the same."""
    return Stage(
        zoom=chosen.zoom,
        tab=chosen.tab,
        log_tab=chosen.log_tab,
        big=chosen.big,
        answers=tuple(sorted(chosen.answers)),
        view=sized(chosen.view, ViewRequest()),
    )


def staged(chosen: Chosen, stage: Stage) -> Chosen:
    """Looking at the machine as another screen does, in one's own sizes."""
    stage = known(stage)
    return replace(
        chosen,
        zoom=stage.zoom,
        tab=stage.tab,
        log_tab=stage.log_tab,
        big=stage.big,
        answers=frozenset(stage.answers),
        view=sized(stage.view, chosen.view),
    )
