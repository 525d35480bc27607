"""What a run keeps when its sources are built anew, and what is told if they do not compile."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ringview.engine.protocol import Failed
from ringview.errors import BuildError, RingviewError, UnfinishedError

if TYPE_CHECKING:
    from ringview.engine.opened import Opened
    from ringview.session.anchor import Anchor, Spot
    from ringview.session.condition import Condition

AROUND = 6
"""Lines of source shown above and below one at fault."""


class BuildStopped(RingviewError):
    """The user stopped a build."""

    def __init__(self) -> None:
        super().__init__("the build was stopped; what runs is what was built before")


@dataclass(frozen=True, slots=True)
class Kept:
    """What outlives a build.

    Attributes:
        anchor: where the run stood.
        breakpoints: the instructions with one, and its condition if it has one.
    """

    anchor: Anchor
    breakpoints: tuple[tuple[Spot, Condition | None], ...]


def keep(opened: Opened) -> Kept:
    """Note what is to outlive the session."""
    # Loaded with the first build: no start waits for it.
    from ringview.session.anchor import spot_of, take_anchor

    session, sources = opened.session, opened.sources
    points = tuple(
        (spot_of(session, va, sources), point.condition)
        for point in session.stops.all
        for va in sorted(point.addresses)
    )
    return Kept(take_anchor(session, sources), points)


def restore(opened: Opened, kept: Kept) -> str:
    """Set what was kept in another build's session, which stands at the program's start.

    Returns:
        What to tell the user.
    """
    from ringview.session.anchor import find_spot, return_to_anchor

    session = opened.session
    text = return_to_anchor(session, kept.anchor, opened.sources)
    gone = 0
    for spot, condition in kept.breakpoints:
        va = find_spot(session, spot, opened.sources)
        if va is None:
            gone += 1
        else:
            session.stops.add_address(va, condition)
    if gone:
        text += f"; {gone} breakpoint{'s' if gone > 1 else ''} went with the old code"
    return text


def refusal(number: int, error: RingviewError) -> Failed:
    """The answer to a command that failed; for a build, with the lines around what is at fault."""
    failed = Failed(id=number, text=str(error), lasting=isinstance(error, UnfinishedError))
    if not isinstance(error, BuildError) or error.path is None or error.line is None:
        return failed
    from ringview.guest.tree import find_tree
    from ringview.views.frame import SourceLine

    file = find_tree().root / error.path
    if not file.is_file():  # no source of ours: the user's own
        file = Path(error.path)
    try:
        text = file.read_text("utf-8", "replace").splitlines()
    except OSError:
        return failed
    first = max(1, error.line - AROUND)
    lines = tuple(
        SourceLine(number, line, number == error.line, False)
        for number, line in enumerate(text[first - 1 : error.line + AROUND], first)
    )
    return Failed(
        id=number, text=str(error), path=error.path, column=error.column or 0, source=lines
    )
