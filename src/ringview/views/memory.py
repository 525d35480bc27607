"""The memory pane: watched structures by their C types, a hex dump, and the ledger of the kernel's
accesses to user memory.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from ringview.session.traces import UserAccess as Touch
from ringview.views.calls import entered_by, timed
from ringview.views.fetches import flagged
from ringview.views.frame import Memory, MemoryRow, TypedField, UserAccess, WatchView
from ringview.views.inputs import THREAD_SIZE, Call, Scene, Structure
from ringview.views.meaning import place
from ringview.views.words import PAGE_SIZE

ROW = 16
"""Bytes in one row of the dump."""

LEDGER_ROWS = 64
"""Accesses shown at most."""

LEDGER_LOOK = 192
"""Accesses among which the first of two fetches is looked for; the large view looks at all."""

_ROWS_ABOVE = 2

_CALLS_BACK = 256
"""Calls of other threads that are passed over in search of a thread's own."""


def build_memory(
    scene: Scene,
    structures: Sequence[Structure],
    touches: Sequence[Touch],
    calls: Sequence[Call],
    follow: int | None,
) -> Memory:
    """Compute the memory pane of a stop.

    Args:
        scene: the stop.
        structures: the watched values as they are now.
        touches: recorded accesses by PL1 to user addresses, ordered by icount; later ones are left
            out.
        calls: the run's system calls, by ``enter``.
        follow: the address that the dump follows unless the client asked for another (virtual).
    """
    request = scene.request
    if request.memory_va is not None:
        start = request.memory_va & ~(ROW - 1)
    elif follow is not None:
        start = max(0, (follow & ~(ROW - 1)) - _ROWS_ABOVE * ROW)
    else:
        start = next((s.va & ~(ROW - 1) for s in structures if not s.why_not), None) or (
            scene.now.registers["sp"] & ~(ROW - 1)
        )
    rows = [
        memory_row(scene, va, min(ROW, 0x1_0000_0000 - va))
        for va in range(start, min(start + ROW * request.memory_rows, 0x1_0000_0000), ROW)
    ]
    return Memory(
        watches=tuple(_watch(scene, structure) for structure in structures),
        rows=tuple(rows),
        accesses=ledger(scene, touches, calls),
    )


def memory_row(scene: Scene, va: int, size: int) -> MemoryRow:
    """Return up to 16 bytes at ``va``; those of a page that is not mapped are missing."""
    room = PAGE_SIZE - (va & (PAGE_SIZE - 1))
    data = scene.now.read_virtual(va, min(size, room))
    if data is None:
        # Looking must change nothing, and a device's register may change by being read.
        device = scene.know.walk(va).mapped
        return MemoryRow(va, b"", (), readable=False, device=device)
    before = scene.before.read_virtual(va, len(data)) if scene.before is not None else None
    changed = (
        tuple(i for i, byte in enumerate(data) if before[i] != byte)
        if before is not None and len(before) == len(data)
        else ()
    )
    return MemoryRow(va, data, changed, readable=True)


def _changed(scene: Scene, va: int, size: int) -> bool:
    if scene.before is None or size <= 0:
        return False
    then = scene.before.read_virtual(va, size)
    return then is not None and then != scene.now.read_virtual(va, size)


def _watch(scene: Scene, structure: Structure) -> WatchView:
    if structure.why_not:
        return WatchView(
            structure.name, structure.type, structure.va, False, structure.why_not, (), ()
        )
    fields = tuple(
        TypedField(f.depth, f.name, f.type, f.va, f.size, f.value, _changed(scene, f.va, f.size))
        for f in structure.fields
    )
    size = min(structure.size, 4 * ROW)
    rows = tuple(
        memory_row(scene, va, min(ROW, structure.va + size - va))
        for va in range(structure.va, structure.va + size, ROW)
    )
    return WatchView(structure.name, structure.type, structure.va, True, "", fields, rows)


def ledger(scene: Scene, touches: Sequence[Touch], calls: Sequence[Call]) -> tuple[UserAccess, ...]:
    """Return the latest accesses by the kernel to user memory, as of now, newest last."""
    stop = bisect_left(touches, scene.now.icount, key=lambda touch: touch.icount)
    shown = max(0, stop - LEDGER_ROWS)
    rows = tuple(
        UserAccess(
            touch.icount,
            touch.pc,
            place(scene, touch.pc),
            touch.va,
            touch.pa,
            touch.size,
            touch.value,
            touch.write,
            call_at(calls, touch.icount, touch.thread),
        )
        for touch in touches[shown:stop]
    )
    return flagged(rows, touches[:shown], lambda t: call_at(calls, t.icount, t.thread))


def call_at(calls: Sequence[Call], icount: int, thread: int) -> int:
    """Return the ordinal of a thread's call in flight at a moment, -1 outside any.

    Args:
        calls: the run's, by ``enter``.
        icount: the moment.
        thread: base of the thread's kernel stack.
    """
    index, moments = entered_by(calls, icount) - 1, timed(calls)
    for candidate in range(index, max(index - _CALLS_BACK, -1), -1):
        call = moments[candidate]
        if call.sp_kernel & ~(THREAD_SIZE - 1) == thread:
            inside = call.exit is None or call.exit < 0 or icount < call.exit
            return call.ordinal if inside else -1
    return -1
