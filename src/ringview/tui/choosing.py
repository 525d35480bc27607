"""What a person's wishes make of what is chosen: each a pure function from where the wish meets the
screen to another value, and to where the focus goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from ringview.tui import looking
from ringview.tui.actions import Action
from ringview.tui.arranging import Needs, arranged
from ringview.tui.chosen import Chosen
from ringview.tui.commands import Entry
from ringview.tui.layout import TABS, Arrangement
from ringview.tui.names import PANES
from ringview.tui.panes import logs, mitigations, schedules
from ringview.tui.quiz import question_here
from ringview.tui.showing import Showing
from ringview.tui.splits import NO_WISHES, Wishes
from ringview.views.frame import BeatView, Frame, ViewRequest

COLUMNS: Mapping[str, Callable[[Frame], int]] = {
    "schedules": lambda frame: schedules.count_columns(frame.schedules),
    "mitigations": lambda frame: mitigations.count_columns(frame.mitigations),
}
"""The large views in which a column can be chosen, and how many a frame's has."""


class Here(msgspec.Struct, frozen=True):
    """Where a wish meets the screen.

    Attributes:
        showing: what is shown.
        needs: what the arrangement was made for.
        arrangement: where the panes stand.
        focused: the pane with the focus, or "".
    """

    showing: Showing
    needs: Needs
    arrangement: Arrangement
    focused: str

    @property
    def frame(self) -> Frame | None:
        """The machine's state."""
        return self.showing.frame

    @property
    def chosen(self) -> Chosen:
        """How one looks at it so far."""
        return self.showing.chosen

    @property
    def wished(self) -> Wishes:
        """How the panes of the present arrangement were shaped."""
        return self.chosen.wishes.get(self.arrangement.name, NO_WISHES)

    def displays(self, pane: str) -> bool:
        """Whether a pane stands on the screen."""
        return pane in self.arrangement.rects

    def asked(self) -> BeatView | None:
        """The question that waits here, if one can still choose."""
        beat = question_here(self.frame.narration) if self.frame is not None else None
        return beat if beat is not None and self.chosen.quiz.is_open(beat) else None

    def turn(self, focus: str = "", said: str | None = None, **changes: Any) -> Turn:
        """What is chosen, with some changes."""
        return Turn(replace(self.chosen, **changes), focus, said)

    def shaped(self, wishes: Wishes, said: str | None = None) -> Turn:
        """The panes of the present arrangement, shaped otherwise."""
        name = self.arrangement.name
        if name == "none":
            return self.turn(said=said)
        return self.turn(said=said, wishes={**self.chosen.wishes, name: wishes})

    def after(self, chosen: Chosen) -> Here:
        """The same place, once the panes stand as chosen."""
        showing = replace(self.showing, chosen=chosen)
        width, height = self.arrangement.width, self.arrangement.height
        return replace(
            self, showing=showing, arrangement=arranged(showing, width, height, self.needs)
        )


class Turn(msgspec.Struct, frozen=True):
    """What comes of a wish.

    Attributes:
        chosen: how the machine is looked at from now on.
        focus: the pane that gets the focus if it then stands on the screen, or "".
        said: what the footer says of it; None leaves what stands there.
    """

    chosen: Chosen
    focus: str = ""
    said: str | None = None


# --------------------------------------------------------------------------------- logs, questions


def log(here: Here, direction: int) -> Turn:
    """Choose the next log tab."""
    return log_tab(here, (here.chosen.log_tab + direction) % len(logs.TABS))


def log_tab(here: Here, tab: int) -> Turn:
    """Choose a log tab."""
    return here.turn(log_tab=tab)


def answer(here: Here) -> Turn:
    """Reveal the answer to the question here."""
    frame, chosen = here.frame, here.chosen
    if frame is None:
        return here.turn()
    asked = question_here(frame.narration)
    quiz = chosen.quiz.look_up(frozenset({asked.ordinal})) if asked is not None else chosen.quiz
    return here.turn(revealed=frame.header.icount, answers=_with_answer(here), quiz=quiz)


def choose(here: Here, number: int) -> Turn:
    """Choose an answer to the question here, counted from 1; in the audience that is private, and
    shows no answer.
    """
    asked = here.asked()
    if asked is None or not 1 <= number <= len(asked.choices):
        return here.turn()
    answers = here.chosen.answers if here.showing.audience else _with_answer(here)
    return here.turn(quiz=here.chosen.quiz.choose(asked, number), answers=answers)


def _with_answer(here: Here) -> frozenset[int]:
    """The beats whose answer has been shown, that of this stop among them."""
    beats = here.frame.narration.beats if here.frame is not None else ()
    return here.chosen.answers | {beat.ordinal for beat in beats if beat.here and beat.question}


def choice_of(here: Here, entry: Entry) -> Action | None:
    """What the key of a pane does while a question waits, in the narration, in the audience
    everywhere: it chooses the answer with that pane's number. Otherwise None.
    """
    asked = here.asked()
    heard = here.showing.audience or here.focused == "narration"
    if entry.action[0] != "pane" or asked is None or not heard:
        return None
    number = PANES.index(str(entry.action[1])) + 1
    return ("choose", number) if number <= len(asked.choices) else None


# -------------------------------------------------------------------------------------------- panes


def pane(here: Here, name: str) -> Turn:
    """Focus a pane, taking it out if it was put away; if it has the focus already, zoom it. In the
    small arrangement, choose its tab.
    """
    if name in here.wished.hidden and not here.chosen.zoom:
        here = here.after(here.shaped(here.wished.hiding(here.wished.hidden - {name})).chosen)
    chosen, displayed = here.chosen, here.displays(name)
    if (here.focused == name and displayed) or (chosen.big and not displayed):
        # In the lecture layout one pane of one's own choice takes the place of another.
        return zoom(here.after(replace(chosen, zoom="")) if chosen.big else here, name)
    tab = next((i for i, (_, names) in enumerate(TABS) if name in names), 0)
    return here.turn(
        focus=name,
        zoom=name if chosen.zoom else "",
        tab=chosen.tab if name == "narration" and displayed else tab,
    )


def zoom(here: Here, name: str) -> Turn:
    """Let a pane fill the screen, or the one with the focus; again for all panes."""
    if here.chosen.zoom:
        return here.turn(zoom="")
    name = name or here.focused or "code"
    return here.turn(focus=name, zoom=name)


def large(here: Here, name: str) -> Turn:
    """Show a large view, or all panes again if it is shown."""
    if here.chosen.zoom == name:
        return here.turn(zoom="")
    return here.turn(focus=name, zoom=name)


def column(here: Here, direction: int) -> Turn:
    """Choose another column of the large view."""
    shown = here.chosen.large
    if shown not in COLUMNS or here.frame is None:
        return here.turn()
    most = COLUMNS[shown](here.frame) - 1
    chosen = max(0, min(here.chosen.columns.get(shown, 0) + direction, most))
    return here.turn(columns={**here.chosen.columns, shown: chosen})


def big(here: Here) -> Turn:
    """The lecture layout, or all panes again."""
    return here.turn(big=not here.chosen.big)


def unzoom(here: Here) -> Turn:
    """All panes again; if they are all there, the footer's message goes."""
    return here.turn(zoom="") if here.chosen.zoom else here.turn(said="")


def cycle(here: Here, direction: int) -> Turn:
    """The next pane, or the one before; in the small arrangement the next tab."""
    chosen = here.chosen
    if here.arrangement.name == "small" and not chosen.zoom:
        tab = (chosen.tab + direction) % len(TABS)
        return here.turn(focus=TABS[tab][1][-1], tab=tab)
    name = "code"  # also from a large view, which has no neighbours
    if here.focused in PANES:
        name = PANES[(PANES.index(here.focused) + direction) % len(PANES)]
    return here.turn(focus=name, zoom=name if chosen.zoom else "")


# ----------------------------------------------------------------------------- the machine's state


def memory(here: Here, va: int) -> Turn:
    """Show the bytes at an address."""
    zoomed = "" if here.chosen.large else here.chosen.zoom
    return here.turn(zoom=zoomed, view=looking.memory_at(here.chosen.view, va))


def _looks(view_of: Callable[..., ViewRequest]) -> Callable[..., Turn]:
    """A wish to see another part of the machine's state: made of the view so far, the frame and the
    wish's arguments.
    """

    def look(here: Here, *arguments: int) -> Turn:
        if here.frame is None:
            return here.turn()
        return here.turn(view=view_of(here.chosen.view, here.frame, *arguments))

    return look


CHOICES: Mapping[str, Callable[..., Turn]] = {
    "log": log,
    "log_tab": log_tab,
    "answer": answer,
    "choose": choose,
    "pane": pane,
    "zoom": zoom,
    "large": large,
    "column": column,
    "big": big,
    "unzoom": unzoom,
    "cycle": cycle,
    "memory": memory,
    "translate": _looks(lambda view, _, va: looking.translated(view, va)),
    "table": _looks(lambda view, f, key: looking.table_turned(view, f.tables, key)),
    "space": _looks(lambda view, f, way: looking.other_space(view, f.tables, way)),
    "call": _looks(lambda view, f, way: looking.other_call(view, f.storyboard, way)),
    "time": _looks(lambda view, f, way, at=-1: looking.time_zoomed(view, f.timeline, way, at)),
    "pan": _looks(lambda view, f, way: looking.time_panned(view, f.timeline, way)),
}
"""By an action's name."""
