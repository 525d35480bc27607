"""What is chosen on a screen: one value. Its picture follows from that, a frame and what is said.

Invariant: it is only ever replaced, by `Sitting.become`, which brings the panes, the engine and
those who follow up to it; `Sitting.arrange` adds what the size of the screen asks for.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ringview.tui.names import LARGE
from ringview.tui.quiz import Quiz
from ringview.tui.splits import Wishes
from ringview.views.frame import ViewRequest


class Chosen(msgspec.Struct, frozen=True):
    """How a person looks at the machine.

    Attributes:
        zoom: the pane or large view that fills the screen, or "".
        tab: which tab the small arrangement shows, counted from 0.
        log_tab: which log is shown, counted from 0.
        big: the lecture layout.
        columns: the chosen column, counted from 0, of each large view in which it is another.
        revealed: the icount of the stop whose answer was asked for, or -1.
        answers: ordinals of the beats whose answer has been shown.
        quiz: what was answered.
        wishes: how the panes were shaped, for each arrangement by its name.
        view: what the engine is asked to show.
    """

    zoom: str = ""
    tab: int = 0
    log_tab: int = 0
    big: bool = False
    columns: Mapping[str, int] = {}
    revealed: int = -1
    answers: frozenset[int] = frozenset()
    quiz: Quiz = Quiz()
    wishes: Mapping[str, Wishes] = {}
    view: ViewRequest = msgspec.field(default_factory=ViewRequest)

    @property
    def large(self) -> str:
        """The large view that fills the screen, or ""."""
        return self.zoom if self.zoom in LARGE else ""

    @property
    def places(self) -> tuple[object, ...]:
        """What of it decides where the panes stand."""
        return self.zoom, self.tab, self.big, self.wishes
