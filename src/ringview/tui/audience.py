"""The screen of one who follows a lecture: it shows what the lecturer's shows, and moves nothing.

The engine itself refuses it everything but looking. One may look around by oneself, and come back;
questions are answered privately, and the answer stands there when the lecturer shows it.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import ClassVar

import msgspec

from ringview.engine.protocol import AnyCommand, Stage
from ringview.tui import palette as themes
from ringview.tui.actions import Action
from ringview.tui.app import RingviewApp
from ringview.tui.commands import LOOKS, Entry, only_looks
from ringview.tui.keymap import DEFAULT, Keymap
from ringview.tui.link import Connect
from ringview.tui.panes.narration import NarrationPart
from ringview.tui.quiz import question_here
from ringview.tui.stage import sized
from ringview.views.frame import Frame, ViewRequest

ONLY_LOOKS = "you follow the lecture: only the lecturer moves the machine"
ANSWER_LATER = "the lecturer will show the answer"


class AudienceApp(RingviewApp):
    """The screen of one in the audience.

    Args:
        connect: makes the link to the lecture's engine, as a client that only looks.
        palette: the theme to begin with.
        keymap: which keys do what.

    Attributes:
        following: whether it shows what the lecturer's screen shows.
        ending: why it ended, if not by the reader's wish.
    """

    TITLE = "ringview, following"
    commands: ClassVar[tuple[Entry, ...]] = LOOKS
    starts_engines: ClassVar[bool] = False
    reviving: ClassVar[str] = "the lecture's engine has gone; waiting for its successor…"

    def __init__(
        self,
        connect: Connect,
        *,
        palette: themes.Palette = themes.DARK,
        keymap: Keymap = DEFAULT,
    ) -> None:
        super().__init__(connect, palette=palette, keymap=keymap)
        self.following = True
        self.ending = ""
        self._lecturer = Stage()
        self._taking_over = False
        self._footer = replace(
            self._footer, working="waiting for the lecture…", following=self.following
        )

    # ----------------------------------------------------------------------------------- following

    def _staged(self, stage: Stage) -> None:
        zoom = stage.zoom if stage.zoom in self.panes else ""
        self._lecturer = stage = msgspec.structs.replace(
            stage, zoom=zoom, view=sized(stage.view, ViewRequest())
        )
        self._answers = set(stage.answers)
        # Too late for a guess: the answer is there.
        self.quiz.looked_up |= self._answers - self.quiz.chosen.keys()
        if self.following:
            self._take_over()
        else:
            self._show(self.shown)

    def _take_over(self) -> None:
        self._taking_over = True
        try:
            self.set_stage(self._lecturer)
        finally:
            self._taking_over = False
        self._mark(following=True)

    def _present(self) -> None:
        """Nobody follows this screen; note whether it still shows what the lecturer's shows."""
        if not self._taking_over and self.shown is not None:
            self._mark(following=self.stage() == self._lecturer)

    def _mark(self, *, following: bool) -> None:
        if self.following != following:
            self.following = following
            self._tell(following=following)

    def do_follow(self) -> None:
        """See what the lecturer sees again."""
        self._take_over()

    def do_unzoom(self) -> None:
        """All panes again; back to the lecturer from where one has looked around."""
        if self.following:
            super().do_unzoom()
        else:
            self.do_follow()

    # ------------------------------------------------------------------------------------- looking

    def perform(self, action: Action) -> None:
        """Do one action of the command table or of a click, if it only looks."""
        if action[0] == "answer":
            self._say(ANSWER_LATER)
        elif only_looks(action):
            super().perform(action)
        else:
            self._say(ONLY_LOOKS)

    @property
    def _busy(self) -> bool:
        """Nothing of what is under way is for this screen to stop."""
        return False

    def _send(self, command: AnyCommand) -> None:
        self._say(ONLY_LOOKS)

    def _say(self, text: str) -> None:
        self._tell(message=text, error=False)
        self._expire_later(text)

    # ----------------------------------------------------------------------------------- questions

    def choice_of(self, entry: Entry) -> Action | None:
        """While a question waits, a number chooses wherever the focus is."""
        asked = question_here(self.shown.narration) if self.shown is not None else None
        if entry.action[0] != "pane" or asked is None or not self.quiz.is_open(asked):
            return None
        number = int(entry.name.split()[-1])
        return ("choose", number) if number <= len(asked.choices) else None

    def _answered_here(self) -> None:
        """A choice is private, and shows no answer."""

    def _narration_part(self, frame: Frame) -> NarrationPart:
        part = super()._narration_part(frame)
        beats = frame.narration.beats
        shown = tuple(beat for beat in beats if beat.ordinal in self._answers)
        revealed = any(beat.here for beat in shown)
        return replace(part, revealed=revealed, score=self.quiz.score(shown), audience=True)

    # --------------------------------------------------------------------------------------- ending

    def conversation_ended(self, text: str, status: int) -> None:
        """Leave the screen; `run_audience` prints the sentence."""
        self.ending = text
        status = 0 if self.shown is not None else status
        self.exit(status, return_code=status)


def run_audience(connect: Connect, *, theme: str = "dark", keymap: Keymap = DEFAULT) -> int:
    """Follow a lecture until it or the reader ends.

    Args:
        connect: makes the link to the lecture's engine, as a client that only looks.
        theme: "dark", "light" or "projector".
        keymap: which keys do what.

    Returns:
        The exit status: 0, or 2 if there was nothing to follow.
    """
    app = AudienceApp(connect, palette=themes.PALETTES[theme], keymap=keymap)
    status = app.run()
    if app.ending and status:
        print(f"ringview: error: {app.ending}", file=sys.stderr)
    elif app.ending:
        print(f"ringview: {app.ending}")
    return status or 0
