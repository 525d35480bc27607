"""A schedule: where in the victim's call the adversary runs, and how far it gets each time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Adversary = Literal["board", "second-core"]
ADVERSARIES: tuple[Adversary, ...] = ("second-core", "board")

WORDS = {
    "board": "A1, the board: the other thread runs when an interrupt makes the guest switch to it",
    "second-core": "A2, a second core (a model): the other thread's stores land before any kernel "
    "load of user memory, masked or not",
}


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One preemption within the call.

    Attributes:
        load: how many of its loads of watched bytes the victim has done by then.
        position: how many stores the adversary has done when the victim goes on.
    """

    load: int
    position: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """One run of the call.

    Attributes:
        adversary: whose it is.
        start: how many stores the adversary has done when the call begins.
        steps: preemptions within the call, in order.
    """

    adversary: Adversary
    start: int
    steps: tuple[Step, ...] = ()

    @property
    def bound(self) -> int:
        """Preemptions within the call."""
        return len(self.steps)

    def then(self, load: int, position: int) -> Schedule:
        """This schedule with one more preemption."""
        return Schedule(self.adversary, self.start, (*self.steps, Step(load, position)))

    @property
    def position(self) -> int:
        """How far the adversary gets."""
        return self.steps[-1].position if self.steps else self.start

    @property
    def order(self) -> tuple[int, int, tuple[Step, ...]]:
        """Smaller schedules first."""
        return self.bound, self.start, self.steps
