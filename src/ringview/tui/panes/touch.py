"""What the next instruction is about to read or write in memory, for the panes that show memory."""

from __future__ import annotations

from dataclasses import dataclass

from ringview.views.frame import Memory, Stacks, Tlb, Translation

READ, WRITE = "▸", "◂"
"""As in the registers: a value flows out, or in."""


@dataclass(frozen=True, slots=True)
class Touch:
    """A place about to be accessed.

    Attributes:
        va: its virtual address.
        write: whether it is written.
    """

    va: int
    write: bool

    def glyph(self, va: int, size: int) -> str:
        """The mark for an item of ``size`` bytes at ``va``; a blank if it is not touched."""
        if not va <= self.va < va + size:
            return " "
        return WRITE if self.write else READ


NOTHING = Touch(-1, False)


@dataclass(frozen=True, slots=True)
class StacksPart:
    """The stacks, and what is about to happen in memory."""

    stacks: Stacks
    touch: Touch = NOTHING


@dataclass(frozen=True, slots=True)
class MemoryPart:
    """User memory, and what is about to happen in memory."""

    memory: Memory
    touch: Touch = NOTHING


@dataclass(frozen=True, slots=True)
class TlbPart:
    """The TLB's model, and what is about to happen in memory."""

    tlb: Tlb
    touch: Touch = NOTHING


def touched(translation: Translation) -> Touch:
    """The access in question, if it is one that the next instruction makes to data."""
    if translation.access == "execute" or not translation.reason.startswith("about to be"):
        return NOTHING
    return Touch(translation.va, translation.access == "write")
