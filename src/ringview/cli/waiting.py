"""What a command does while it takes long, in a line on the terminal that then goes."""

from __future__ import annotations

import contextlib
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from typing import TextIO

AFTER = 0.5
"""Seconds for which nothing is said."""
_CLEAR = "\r\x1b[K"


@contextlib.contextmanager
def waiting(what: str, stream: TextIO | None = None) -> Iterator[Callable[[str], None]]:
    """Give what is to be told of each step; it shows the present one to who waits at a terminal.

    Args:
        what: goes before each step: ``building``.
        stream: where to; standard error by default. Nothing is written to what is no terminal.
    """
    stream = sys.stderr if stream is None else stream
    began = time.monotonic()
    shown = ""

    def note(step: str) -> None:
        nonlocal shown
        if step == shown or time.monotonic() - began < AFTER or not stream.isatty():
            return
        line = " ".join(f"{what}: {step}".split())
        width = max(1, shutil.get_terminal_size().columns - 1)
        print(f"{_CLEAR}{line[:width]}", end="", file=stream, flush=True)
        shown = step

    try:
        yield note
    finally:
        if shown:
            print(_CLEAR, end="", file=stream, flush=True)
