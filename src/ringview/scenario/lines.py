"""Lines of source that a place names by what stands in them, so that it survives their moving."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def line_with(source: Sequence[str], name: str, text: str, numbers: Sequence[int]) -> int:
    """Return the number of the one line of a source file that has code and a text in it.

    Args:
        source: the file's lines, empty if it is not at hand.
        name: as the scenario calls it.
        text: part of the line; one space stands for any white space.
        numbers: of the lines that have code.

    Raises:
        LookupError: the file is not at hand, or no such line, or more than one, has the text.
    """
    if not source:
        raise LookupError(f"the source of {name} is not at hand: give the line's number")
    wanted = _plain(text)
    having = [n for n in numbers if n <= len(source) and wanted in _plain(source[n - 1])]
    if not having:
        raise LookupError(f"no line of {name} that has code reads {text!r}")
    if len(having) > 1:
        several = ", ".join(map(str, having))
        raise LookupError(f"lines {several} of {name} read {text!r}: say more of the one meant")
    return having[0]


def source_lines(path: Path) -> list[str]:
    """Return a source file's lines, none if it is not at hand."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _plain(text: str) -> str:
    return " ".join(text.split())
