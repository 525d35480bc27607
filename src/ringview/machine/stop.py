"""Why a run of the machine ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class StopReason(Enum):
    """Why :meth:`Machine.run` came back."""

    LIMIT = 0
    BREAKPOINT = 1
    WATCHPOINT = 2
    TRANSITION = 3
    HALTED = 4
    LOCKUP = 5
    STOPPED = 6


@dataclass(frozen=True, slots=True)
class Stop:
    """The end of a run.

    Attributes:
        reason: why.
        icount: where.
        detail: one sentence for a person.
        address: the breakpoint's virtual or the watchpoint's physical address, else None.
    """

    reason: StopReason
    icount: int
    detail: str
    address: int | None = None


DETAILS = {
    StopReason.LIMIT: "the instructions asked for were run",
    StopReason.TRANSITION: "the processor mode changed",
    StopReason.HALTED: "the processor sleeps and nothing will wake it",
    StopReason.LOCKUP: "the same exception is taken at the same place for ever",
    StopReason.STOPPED: "a stop was requested",
}
"""What a person is told, where the reason alone says it."""
