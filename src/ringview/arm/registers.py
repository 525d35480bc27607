"""Register names, and which physical register each mode sees (ARM DDI 0406C, Figure B1-2)."""

from __future__ import annotations

from ringview.arm.psr import Mode

GENERAL_NAMES = (*(f"r{n}" for n in range(13)), "sp", "lr", "pc")
"""r0 to r15 by their usual names."""

BANKED_MODES = (Mode.USR, Mode.FIQ, Mode.IRQ, Mode.SVC, Mode.ABT, Mode.UND)
"""Modes with an sp and lr of their own; System mode shares User mode's."""


def bank_of(mode: Mode) -> Mode:
    """The mode whose bank ``mode`` uses for sp and lr: itself, or User for System."""
    return mode if mode in BANKED_MODES else Mode.USR


def physical_name(index: int, mode: Mode) -> str:
    """The physical register behind r0 to r15 in a mode, by the manual's name.

    ``physical_name(13, Mode.SVC)`` is ``sp_svc``; ``physical_name(8, Mode.FIQ)`` is ``r8_fiq``;
    unbanked registers have their plain name.
    """
    if index in (13, 14):
        return f"{GENERAL_NAMES[index]}_{bank_of(mode).name.lower()}"
    if 8 <= index <= 12:
        return f"r{index}_{'fiq' if mode is Mode.FIQ else 'usr'}"
    return GENERAL_NAMES[index]


def spsr_name(mode: Mode) -> str | None:
    """``spsr_svc`` and so on; None in User and System mode, which have none."""
    return f"spsr_{mode.name.lower()}" if mode.has_spsr else None
