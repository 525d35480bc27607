"""Whose rights the core asked for at an abort: not always those of the mode that it was in."""

from __future__ import annotations

from ringview.arm.psr import Mode
from ringview.machine.events import Transition
from ringview.views.decode import decode
from ringview.views.inputs import Scene
from ringview.views.words import read_word


def as_user(scene: Scene, fault: Transition) -> bool:
    """Whether an abort at PL1 was of LDRT or its kin, which the core checks as if at PL0.

    ARM DDI 0406C, A4.6.3.
    """
    if fault.from_mode is Mode.USR or fault.cause != "data abort" or fault.cpsr_before >> 5 & 1:
        return False
    encoding = read_word(scene.now.read_virtual, fault.pc)
    if encoding is None:
        encoding = scene.know.image_word(fault.pc)
    return encoding is not None and any(t.unprivileged for t in decode(encoding).transfers)


def checked_as(scene: Scene, fault: Transition) -> str:
    """The privilege level by whose rights an abort's access was judged: "PL0" or "PL1"."""
    user = fault.from_mode is Mode.USR or as_user(scene, fault)
    return "PL0" if user else "PL1"
