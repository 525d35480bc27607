"""What a screen shows, as one value, and which part of it each pane shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from ringview.tui.chosen import Chosen
from ringview.tui.layout import Arrangement
from ringview.tui.panes.footer import FooterPart
from ringview.tui.panes.grid import GridPart
from ringview.tui.panes.kinds import KINDS
from ringview.tui.panes.logs import LogsPart
from ringview.tui.panes.narration import NarrationPart, is_open
from ringview.tui.panes.notice import NoticePart
from ringview.tui.quiz import question_here
from ringview.views.frame import Frame
from ringview.views.withheld import withheld


class Showing(msgspec.Struct, frozen=True):
    """All that the picture follows from, but for the room that there is.

    Attributes:
        frame: the machine's state; None while it starts.
        chosen: how one looks at it.
        said: what the footer says.
        audience: whether this is the screen of one who follows: an answer comes only when the
            lecturer shows it.
    """

    frame: Frame | None
    chosen: Chosen
    said: FooterPart
    audience: bool = False


def logs_part(frame: Frame, showing: Showing) -> LogsPart:
    """The chosen log."""
    return LogsPart(frame.logs, showing.chosen.log_tab, frame.header.icount)


def narration_part(frame: Frame, showing: Showing) -> NarrationPart:
    """What is told, and how its question was answered."""
    chosen, quiz = showing.chosen, showing.chosen.quiz
    icount, beats = frame.header.icount, frame.narration.beats
    here = question_here(frame.narration)
    choice = quiz.chosen.get(here.ordinal, -1) if here is not None else -1
    revealed = chosen.revealed == icount
    if showing.audience:
        beats = tuple(beat for beat in beats if beat.ordinal in chosen.answers)
        revealed = any(beat.here for beat in beats)
    score = quiz.score(beats)
    return NarrationPart(frame.narration, icount, revealed, choice, score, showing.audience)


def frame_told(showing: Showing) -> Frame | None:
    """As much of the frame as may be told: while its question waits, nothing of what comes."""
    frame = showing.frame
    if frame is None or not is_open(narration_part(frame, showing)):
        return frame
    return withheld(frame)


_CHOSEN: Mapping[str, Callable[[Frame, Showing], object]] = {
    "logs": logs_part,
    "narration": narration_part,
    "schedules": lambda f, s: GridPart(f.schedules, s.chosen.columns.get("schedules", 0)),
    "mitigations": lambda f, s: GridPart(f.mitigations, s.chosen.columns.get("mitigations", 0)),
}
"""The parts that depend on what is chosen, too."""


def part_of(name: str, frame: Frame, showing: Showing) -> object:
    """What a pane shows of a frame."""
    part = KINDS[name].part
    return part(frame) if part is not None else _CHOSEN[name](frame, showing)


def said_parts(showing: Showing, arrangement: Arrangement) -> dict[str, object]:
    """What those panes show that need no frame: `SAYING`."""
    starting = showing.said if showing.frame is None else None
    return {
        "tabs": showing.chosen.tab,
        "footer": showing.said,
        "notice": NoticePart(arrangement.width, arrangement.height, starting),
    }


SAYING = ("tabs", "footer", "notice")
OF_FRAMES = tuple(name for name in KINDS if name not in SAYING)
"""The panes that show a part of a frame."""
