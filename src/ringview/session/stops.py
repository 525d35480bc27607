"""Why the guest stands still."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """What ended a motion."""

    ARRIVED = "arrived"  # where it was meant to go
    BREAKPOINT = "breakpoint"
    WATCHPOINT = "watchpoint"
    HALTED = "halted"  # the guest has switched itself off, or waits for what never comes
    LOCKUP = "lockup"  # an exception whose vector faults, for ever
    INTERRUPTED = "interrupted"  # by the user
    EDGE = "edge"  # nothing more that way: the run's beginning, or no such event before


@dataclass(frozen=True, slots=True)
class Stop:
    """Where and why a motion ended.

    Attributes:
        reason: what ended it.
        icount: where.
        text: the same in words, for the header and the status line.
    """

    reason: Reason
    icount: int
    text: str

    @property
    def arrived(self) -> bool:
        """Whether the motion did what it was asked to."""
        return self.reason is Reason.ARRIVED
