"""Who sits before a screen: what may be done on it, and how it goes with the screens of others.

The lecturer's is here; that of the audience is `ringview.tui.audience.Audience`.
"""

from __future__ import annotations

from typing import Protocol

from ringview.engine.protocol import Stage
from ringview.tui.actions import Action
from ringview.tui.chosen import Chosen
from ringview.tui.commands import COMMANDS, Entry
from ringview.tui.stage import staged


class Role(Protocol):
    """What a screen asks of the role that it has."""

    title: str
    """What the screen is called."""
    commands: tuple[Entry, ...]
    """What can be done on it."""
    moves: bool
    """Whether it moves the machine. Then it sends commands, stops what runs, starts the successors
    of a dead engine, and is followed by others.
    """
    waiting: str
    """What is said until there is a frame."""
    reviving: str
    """What is said when the engine has died; the death stands for the braces."""
    following: bool | None
    """Whether it shows what the lecturer's screen shows; None for that screen."""

    def refusal(self, action: Action) -> str:
        """Why an action is not to be done here, or ""."""

    def heard(self, chosen: Chosen, stage: Stage) -> Chosen:
        """How this screen looks at the machine once another has said how it does."""

    def compare(self, chosen: Chosen) -> None:
        """Note whether this screen shows what the lecturer's shows."""

    def follow(self, chosen: Chosen) -> Chosen | None:
        """Looking at the machine as the lecturer does; None on the lecturer's screen."""


class Lecturer:
    """The one who moves the machine: whose screen it is, or who lectures on it."""

    title = "ringview"
    commands: tuple[Entry, ...] = COMMANDS
    moves = True
    waiting = "starting the machine…"
    reviving = "{}; starting another, back to this place…"
    following: bool | None = None

    def refusal(self, action: Action) -> str:
        """Everything may be done."""
        return ""

    def heard(self, chosen: Chosen, stage: Stage) -> Chosen:
        """As another did who lectured before."""
        return staged(chosen, stage)

    def compare(self, chosen: Chosen) -> None:
        """There is nobody whom this screen follows."""

    def follow(self, chosen: Chosen) -> Chosen | None:
        """There is nobody to follow."""
        return None
