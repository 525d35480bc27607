"""How long lines of prose may be: no terminal breaks them in the middle of a word."""

from __future__ import annotations

import shutil
import textwrap
from typing import TextIO

WIDTH = 96
"""Columns of prose, at most, and where it is no terminal that shows it."""
_LEAST = 40


def columns(out: TextIO) -> int:
    """Return the columns that prose written to ``out`` may take."""
    if not out.isatty():
        return WIDTH
    return max(_LEAST, min(WIDTH, shutil.get_terminal_size().columns - 1))


def folded(text: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    """Return a text in lines, with what goes before the first and before the others."""
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest,
        break_on_hyphens=False, break_long_words=False,
    )  # fmt: skip
