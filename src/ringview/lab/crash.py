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
_PLACE = re.compile(r"pc : \[<([0-9a-f]{8})>\]")


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
    line = None if place is None else kernel.debug.line_at(int(place[1], 16))
    where = "" if line is None else f" at {line.file}:{line.number}"
    why = f"the kernel could not go on{where}, says “{words}”, and ended the program"
    if _of_user(words):
        why += "; a user's address is good for copy_from_user and copy_to_user, never for *"
    return Diagnosis(HANDLER_STEP, why)


def _of_user(words: str) -> bool:
    """Whether a report is about an address below the kernel's half, page 0 apart."""
    address = re.search(r"(?:virtual address|at) (?:0x)?([0-9a-f]{8})", words)
    return address is not None and 0x1000 <= int(address[1], 16) < 0xC0000000
