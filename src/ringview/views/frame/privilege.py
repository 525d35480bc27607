"""Whose a fact is."""

from __future__ import annotations

from enum import StrEnum


class Privilege(StrEnum):
    """The hue of a fact: who owns it, at which privilege level (ARM DDI 0406C, A3.6)."""

    USER = "user"  # PL0
    KERNEL = "kernel"  # PL1, called or interrupted
    ABORT = "abort"  # PL1, handling a fault
