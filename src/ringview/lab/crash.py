"""A handler that the kernel could not survive: what Linux's own report says, at its C line."""

from __future__ import annotations

import re

from ringview.guest.image import Image
from ringview.lab.diagnosis import Diagnosis
from ringview.lab.recipe import Recipe

HANDLER_STEP = 2
_REPORT = re.compile(
    r"((?:Unable to handle kernel |Unhandled fault: |Unhandled prefetch abort: |kernel BUG at )"
    r"[^\r\n]*)"
)
_PLACE = re.compile(r"pc : \[<([0-9a-f]{8})>\](?:\s+lr : \[<([0-9a-f]{8})>\])?")


def diagnose_crash(recipe: Recipe, said: str, kernel: Image) -> Diagnosis | None:
    """Why a call never came back.

    Args:
        recipe: the lab's.
        said: what the kernel has said, one message a line.
        kernel: its image, for the lines of its source.

    Returns:
        None if the kernel has reported nothing of the kind.
    """
    report = _REPORT.search(said)
    if report is None:
        return None
    words = report[1].strip()
    place = None if words.startswith("kernel BUG") else _PLACE.search(said, report.end())
    where = "" if place is None else _where(recipe, kernel, place)
    why = f"the kernel could not go on{where}, says “{words}”, and ended the program"
    if _of_user(words):
        why += "; a user's address is good for copy_from_user and copy_to_user, never for *"
    return Diagnosis(HANDLER_STEP, why)


def _where(recipe: Recipe, kernel: Image, place: re.Match[str]) -> str:
    """The C line, and the handler's if it is one of a function that the handler calls."""
    line = kernel.debug.line_at(int(place[1], 16))
    if line is None:
        return ""
    where, own = f" at {line.file}:{line.number}", recipe.steps[1].file
    caller = kernel.debug.line_at(int(place[2], 16) - 4) if place[2] else None
    if caller is not None and caller.file.endswith(own) and not line.file.endswith(own):
        where += f" (called at {caller.file}:{caller.number})"
    return where


def _of_user(words: str) -> bool:
    """Whether a report is about an address below the kernel's half, page 0 apart."""
    address = re.search(r"(?:virtual address|at) (?:0x)?([0-9a-f]{8})", words)
    return address is not None and 0x1000 <= int(address[1], 16) < 0xC0000000
