"""One who follows a lecture: the screen shows what the lecturer's shows, and moves nothing.

The engine itself refuses it everything but looking. One may look around by oneself, and come back;
questions are answered privately, and the answer stands there when the lecturer shows it.
"""

from __future__ import annotations

import sys

from msgspec.structs import replace

from ringview.engine.protocol import Stage
from ringview.tui import palette as themes
from ringview.tui.actions import Action
from ringview.tui.app import RingviewApp
from ringview.tui.chosen import Chosen
from ringview.tui.commands import LOOKS, Entry, only_looks
from ringview.tui.keymap import DEFAULT, Keymap
from ringview.tui.link import Connect
from ringview.tui.stage import known, stage_of, staged

ONLY_LOOKS = "you follow the lecture: only the lecturer moves the machine"
ANSWER_LATER = "the lecturer will show the answer"


class Audience:
    """The role of one in the audience.

    Attributes:
        lecturer: how the lecturer's screen looks at the machine.
        following: whether this one shows the same.
    """

    title = "ringview, following"
    commands: tuple[Entry, ...] = LOOKS
    moves = False
    waiting = "waiting for the lecture…"
    reviving = "the lecture's engine has gone; waiting for its successor…"

    def __init__(self) -> None:
        self.following: bool | None = True
        self.lecturer = Stage()

    def refusal(self, action: Action) -> str:
        """What moves the machine, or tells the answer, is the lecturer's."""
        if action[0] == "answer":
            return ANSWER_LATER
        return "" if only_looks(action) else ONLY_LOOKS

    def heard(self, chosen: Chosen, stage: Stage) -> Chosen:
        """As the lecturer does, or on as before if one looks around; with the answers that the
        lecturer shows.
        """
        self.lecturer = known(stage)
        answers = frozenset(stage.answers)
        # Too late for a guess: the answer is there.
        chosen = replace(chosen, answers=answers, quiz=chosen.quiz.look_up(answers))
        return staged(chosen, self.lecturer) if self.following else chosen

    def compare(self, chosen: Chosen) -> None:
        """Note whether this screen shows what the lecturer's shows."""
        self.following = stage_of(chosen) == self.lecturer

    def follow(self, chosen: Chosen) -> Chosen:
        """Looking at the machine as the lecturer does."""
        return staged(chosen, self.lecturer)


def run_audience(connect: Connect, *, theme: str = "dark", keymap: Keymap = DEFAULT) -> int:
    """Follow a lecture until it or the reader ends.

    Args:
        connect: makes the link to the lecture's engine, as a client that only looks.
        theme: "dark", "light" or "projector".
        keymap: which keys do what.

    Returns:
        The exit status: 0, or 2 if there was nothing to follow.
    """
    app = RingviewApp(connect, palette=themes.PALETTES[theme], keymap=keymap, role=Audience())
    status = app.run()
    if app.ending and status:
        print(f"ringview: error: {app.ending}", file=sys.stderr)
    elif app.ending:
        print(f"ringview: {app.ending}")
    return status or 0
