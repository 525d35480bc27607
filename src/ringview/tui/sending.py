"""What actions and typed lines ask of the engine, as commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from ringview.engine.protocol import (
    AnyCommand,
    Bookmark,
    Breakpoint,
    ConsoleInput,
    Drop,
    Explore,
    FindAccess,
    Go,
    GoTo,
    GoToStop,
    Mitigate,
    OpenCell,
    OpenSchedule,
    Rebuild,
    RemoveStop,
    Step,
    Undo,
    Watch,
)
from ringview.tui.actions import Action
from ringview.views.frame import Frame, MatrixView, SchedulesView

ACTIONS: Mapping[str, Callable[..., AnyCommand]] = {
    "step": partial(Step, 0),
    "go": partial(Go, 0),
    "go_to": partial(GoTo, 0),
    "to_stop": partial(GoToStop, 0),
    "access": partial(FindAccess, 0, "", "access"),
    "drop": partial(Drop, 0),
    "undo": partial(Undo, 0),
    "rebuild": partial(Rebuild, 0),
    "open_schedule": partial(OpenSchedule, 0),
    "open_cell": partial(OpenCell, 0),
}
"""The actions that are one command, by their names: made of their arguments."""

LINES: Mapping[str, Callable[[str], AnyCommand]] = {
    "go": partial(GoTo, 0),
    "who": partial(FindAccess, 0),
    "watch": partial(Watch, 0),
    "bookmark": partial(Bookmark, 0),
    "console": lambda text: ConsoleInput(0, f"{text}\n".encode()),
}
"""The prompts whose answer is one command, by their kinds: made of the line typed."""

SEARCHES: Mapping[str, type[Explore] | type[Mitigate]] = {
    "schedules": Explore,
    "mitigations": Mitigate,
}
"""What begins and ends the search that a large view is about, by its name."""


def searched(frame: Frame | None, large: str) -> SchedulesView | MatrixView | None:
    """What a frame shows of the search that a large view is about, if anything."""
    if frame is None:
        return None
    return {"schedules": frame.schedules, "mitigations": frame.mitigations}.get(large)


def searching(frame: Frame | None, large: str) -> bool:
    """Whether a search is shown that goes on."""
    view = searched(frame, large)
    return view is not None and view.state == "searching"


def search_turned(frame: Frame | None, large: str) -> Explore | Mitigate:
    """The search that a large view is about begun, or stopped if it goes on."""
    return SEARCHES[large](0, on=not searching(frame, large))


def breakpoint_turned(frame: Frame | None, place: str) -> Breakpoint:
    """A breakpoint set at a place, or the one that is shown there cleared."""
    return Breakpoint(0, place, on=frame is None or not _stands(frame, place))


def _stands(frame: Frame, place: str) -> bool:
    """Whether a breakpoint is shown at this place."""
    head, joint, condition = place.partition(" if ")
    for stop in frame.marks.stops:
        if not stop.watch and stop.where == head.strip():
            return not joint or condition.strip() == stop.condition
    shown = frame.code
    lines = {f"{shown.path}:{line.number}" for line in shown.source if line.breakpoint}
    rows = {f"{row.va:#010x}" for row in shown.rows if row.breakpoint}
    names = {row.symbol for row in shown.rows if row.breakpoint and row.symbol}
    return place in lines | rows | names


ABOUT: Mapping[str, Callable[..., AnyCommand]] = {
    "search": search_turned,
    "toggle_breakpoint": breakpoint_turned,
}
"""The actions that are one command about what is shown: made of the frame and their arguments."""


def of_mark(what: str, action: Action) -> AnyCommand:
    """Something done with a mark.

    Args:
        what: ``remove`` it, or else go back to its previous hit.
        action: what choosing the mark does.
    """
    name, value = str(action[0]), int(action[1])
    if what == "remove":
        return RemoveStop(0, value) if name == "to_stop" else Bookmark(0, "", value)
    return GoToStop(0, value, -1) if name == "to_stop" else Go(0, value)
