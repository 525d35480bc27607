"""The units of stepping, and how a step is put in words."""

from __future__ import annotations

UNITS = (
    "instruction", "line", "transition", "syscall", "fault", "breakpoint", "beat", "bookmark",
    "over", "out",
)  # fmt: skip
"""What a step counts in; ``over`` and ``out`` are lines with calls run through, and callers."""

NOUNS = {
    "instruction": "instruction",
    "line": "line",
    "transition": "transition",
    "syscall": "system call",
    "fault": "fault",
    "breakpoint": "breakpoint",
    "beat": "beat",
    "bookmark": "bookmark",
    "over": "line of this function",
    "out": "call site",
}
"""What one of each is called."""


def in_words(unit: str, count: int) -> str:
    """What a step was: ``3 lines back``, ``over the call``."""
    back = count < 0
    if unit in ("over", "out"):
        words = "over the call" if unit == "over" else "out to the caller"
        return f"back {words}" if back else words
    noun = NOUNS[unit]
    amount = f"{abs(count):,} {noun}s" if abs(count) != 1 else f"1 {noun}"
    return f"{amount} {'back' if back else 'on'}"
