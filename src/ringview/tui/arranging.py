"""Which arrangement a screen gets: by its size, what is chosen, and what this stop has to say."""

from __future__ import annotations

import msgspec

from ringview.tui.layout import Arrangement, Told, arrange, usual_most
from ringview.tui.names import PANES
from ringview.tui.panes import lecture, narration
from ringview.tui.showing import Showing, narration_part
from ringview.views.frame import Frame


class Needs(msgspec.Struct, frozen=True):
    """What a stop needs room for.

    Attributes:
        story: there is much to tell.
        told: rows that all words take across the whole screen, here and at every stop.
        topic: in the lecture layout, the panes that the beat is about, the first most of all.
    """

    story: bool = False
    told: Told = Told()
    topic: tuple[str, ...] = ()


_ALWAYS = ("code", "registers", "stacks")
"""What the lecture layout shows besides the panes that a beat names, as far as there is room."""


def needs(showing: Showing, width: int, height: int, before: Needs) -> Needs:
    """What this stop needs; while the guest runs, as many rows of words as before.

    Args:
        showing: what is shown.
        width: columns of the screen.
        height: its rows.
        before: what the stop before needed.
    """
    frame, big = showing.frame, showing.chosen.big
    if frame is None:
        return Needs(told=before.told, topic=_topic(None) if big else ())
    told = before.told
    if not frame.header.running:
        part, columns = narration_part(frame, showing), max(1, width - 2)
        pane = lecture if big else narration
        usual = pane.rows_usual(part, columns, usual_most(height, big=big))
        told = Told(pane.rows_needed(part, columns), usual)
    story = not frame.header.running and _much_to_tell(frame)
    return Needs(story, told, _topic(frame) if big else ())


def arranged(showing: Showing, width: int, height: int, needed: Needs) -> Arrangement:
    """Where the panes stand on a screen of so many columns and rows."""
    chosen = showing.chosen
    return arrange(
        width,
        height,
        tab=chosen.tab,
        zoom=chosen.zoom,
        empty=showing.frame is None,
        story=needed.story,
        told=needed.told,
        wishes=chosen.wishes,
        big=needed.topic,
    )


def _much_to_tell(frame: Frame) -> bool:
    """Whether this stop is a transition or a fault, whose story needs more rows than usual."""
    told = frame.narration
    moved = told.transition is not None and (told.transition.just_now or told.transition.coming)
    fault = told.fault
    faults = fault is not None and (fault.coming or fault.icount == frame.header.icount)
    return moved or faults


def _topic(frame: Frame | None) -> tuple[str, ...]:
    """The panes that the present beat is about, the first most of all; the C line always."""
    beats = frame.narration.beats if frame is not None else ()
    beat = next((beat for beat in beats if beat.current), None)
    named = tuple(name for name in beat.show if name in PANES) if beat is not None else ()
    return tuple(dict.fromkeys((*named, *_ALWAYS)))
