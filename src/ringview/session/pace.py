"""How long the slices are in which a machine is moved, and how often somebody is asked between them
whether it should go on.
"""

from __future__ import annotations

import time
from collections.abc import Callable

SLICE_SECONDS = 0.006
POLL_SECONDS = 0.004
FIRST_SLICE = 1 << 14
SHORTEST_SLICE = 1 << 8
LONGEST_SLICE = 1 << 16


class Pace:
    """Sizes slices by what the last one took, so that guests that live in devices poll too.

    Attributes:
        slice: instructions of the next slice.
    """

    def __init__(self) -> None:
        self.slice = FIRST_SLICE
        self._asked = 0.0

    def stopped(self, interrupted: Callable[[], bool]) -> bool:
        """Whether somebody wants the motion at hand to stop; not asked too often.

        Args:
            interrupted: asks, which may take long.
        """
        now = time.monotonic()
        if now - self._asked < POLL_SECONDS:
            return False
        answer = interrupted()
        self._asked = time.monotonic()
        return answer

    def adapt(self, instructions: int, seconds: float) -> None:
        """Size the next slice by what one took; one too short says nothing."""
        if instructions < SHORTEST_SLICE:
            return
        wanted = int(instructions * SLICE_SECONDS / max(seconds, 1e-6))
        # Shrink at once, grow by and by: a guest may come to its devices at any time.
        self.slice = max(SHORTEST_SLICE, min(LONGEST_SLICE, 2 * self.slice, wanted))
