"""User memory: bytes, variables by their types, and what the kernel did with them."""

from __future__ import annotations

from ringview.views.frame.part import Part


class MemoryRow(Part, frozen=True):
    """Sixteen bytes of memory at a virtual address."""

    va: int
    data: bytes  # fewer than 16 where the page ends or nothing is mapped
    changed: tuple[int, ...]  # offsets changed since the previous stop
    readable: bool
    device: bool = False  # a page is mapped there, of a device: it is not read


class TypedField(Part, frozen=True):
    """One line of a typed structure, depth first."""

    depth: int
    name: str
    type: str
    va: int
    size: int
    value: str  # rendered: `0x00011008 → "beagle"`, `7`
    changed: bool


class WatchView(Part, frozen=True):
    """A structure that the scenario watches, in user (or kernel) memory."""

    name: str
    type: str
    va: int
    resolved: bool  # False: its place is not known yet at this point of the run
    why_not: str
    fields: tuple[TypedField, ...]
    rows: tuple[MemoryRow, ...]


class UserAccess(Part, frozen=True):
    """One access by PL1 to a user address: the fetch ledger's row."""

    icount: int
    pc: int
    place: str
    va: int
    pa: int
    size: int  # bytes
    value: int
    write: bool
    syscall: int  # ordinal of the syscall in the run, -1 outside one
    # the call has read these bytes before: "same" or "changed" by what they were then; else ""
    again: str = ""


class Memory(Part, frozen=True):
    """The user-memory pane."""

    watches: tuple[WatchView, ...]
    rows: tuple[MemoryRow, ...]  # the hex dump the client asked for, or around the current access
    accesses: tuple[UserAccess, ...]  # latest kernel accesses to user memory, newest last
