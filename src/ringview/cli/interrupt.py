"""Ctrl-C while a machine runs.

Python delivers a signal in whatever Python code runs next, which may well be a device's callback
inside the emulator, where an
exception would be lost. So a flag is set instead, and looked at between slices.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType


class Interrupt:
    """Whether Ctrl-C was pressed."""

    def __init__(self) -> None:
        self.seen = False

    def __call__(self) -> bool:
        """Whether Ctrl-C was pressed."""
        return self.seen

    def check(self) -> None:
        """Leave if it was.

        Raises:
            KeyboardInterrupt: it was.
        """
        if self.seen:
            raise KeyboardInterrupt


@contextlib.contextmanager
def deferred_interrupt(stop: Callable[[], object] = lambda: None) -> Iterator[Interrupt]:
    """While the block runs, Ctrl-C sets a flag and calls ``stop``; afterwards it is as before.

    A signal that was ignored (a job in the background) stays so.
    """
    interrupt = Interrupt()

    def note(number: int, frame: FrameType | None) -> None:
        interrupt.seen = True
        stop()

    before = signal.getsignal(signal.SIGINT)
    if before in (signal.SIG_IGN, None):
        yield interrupt
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
