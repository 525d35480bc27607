"""What opening a specification gives to the engine's loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ringview.engine.spec import EngineSpec

if TYPE_CHECKING:
    from ringview.session.journal import JournalEntry
    from ringview.session.session import Session
    from ringview.views.frame import Frame, ViewRequest


class FrameMaker(Protocol):
    """Computes what one client sees: `views.assemble.FrameBuilder.build` of a session, with its
    scenario bound.
    """

    def __call__(
        self, request: ViewRequest, serial: int, running: bool, stop_text: str, /
    ) -> Frame:
        """Build a frame of the session's present position."""


@dataclass(slots=True)
class Opened:
    """What `ringview.engine.opening` gives: a session that has not moved, and how to draw it."""

    session: Session
    make_frame: FrameMaker
    apply_inputs: Callable[[], tuple[JournalEntry, ...]] | None = None
    """Lets in what the scenario schedules, once booted, and gives all of the journal."""
    check: Callable[[], str] = lambda: ""
    """Asked once the run has ended: what the scenario speaks of and never happened, or empty."""
    images: Mapping[str, str] = field(default_factory=dict)
    """Which images are run; a successor is given it, so that it runs the same."""
    sources: Callable[[str], Sequence[str]] = lambda _: ()
    """Gives the lines of a source file as the images were built from them, by its DWARF name."""
    forgiving: bool = False
    """What `check` says is worth showing, but no reason to end: the kernel is a student's."""
    all_well: str = ""
    """What to tell whoever looks when `check` has nothing to say; empty for nothing."""
    explorable: str = ""
    """The scenario whose race can be searched: a file or a shipped name; empty for none."""
    at: str = ""
    """The place of the first stop where the specification names none; empty for the start."""
    horizon: int = 0
    """icount up to which the run is recorded ahead while nobody wants anything."""


Opener = Callable[[EngineSpec, Callable[[str, float], None], Mapping[str, str]], Opened]
"""Opens a specification: gets it, a reporter of progress, and a predecessor's images (or none)."""
