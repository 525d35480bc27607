"""One stretch of a guest, run many times from a root state: the machine's side of exploring races.

What the native core does is in ``native/race.h``: going back to the root costs the pages that were
written; the victim's loads of watched bytes and everybody else's stores to them are logged; stores
of a modelled second core land right before a chosen load.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ringview.machine.machine import DDR_BASE, Machine, MachineState, Stop, StopReason
from ringview.machine.pages import PAGE
from ringview.machine.trace import borrow_records, copy_records

SEEN = np.dtype(
    [
        ("icount", "<u8"),
        ("value", "<u8"),
        ("pc", "<u4"),
        ("pa", "<u4"),
        ("size", "<u2"),
        ("flags", "<u2"),
        ("thread", "<u4"),
    ]
)
"""``struct rv_seen``: icount before the instruction; value; virtual address of the instruction;
physical address; bytes; flags; base of the kernel stack of the thread that did it."""

STORE, VICTIM, PRIVILEGED, SVC = 1, 2, 4, 8
"""Flags of a :data:`SEEN` record; the last is no access but another thread's system call, its r7
the value, while all stores are recorded."""

_POKE = struct.Struct("<IIII8s")
"""``struct rv_poke``: the number of the victim's load that it lands before; physical address; 1 to
8 bytes; padding; value."""

Seen = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Poke:
    """Bytes that the modelled second core stores.

    Attributes:
        before: number of the victim's load of watched bytes (from 0) that they land before.
        pa: physical address.
        data: the bytes.
    """

    before: int
    pa: int
    data: bytes


def pack_pokes(pokes: Iterable[Poke]) -> bytes:
    """Pokes as the core takes them: at most eight bytes each, by ``before``."""
    return b"".join(
        _POKE.pack(p.before, p.pa + i, len(part), 0, part.ljust(8, b"\0"))
        for p in sorted(pokes, key=_before)
        for i in range(0, len(p.data), 8)
        for part in (p.data[i : i + 8],)
    )


def _before(poke: Poke) -> int:
    return poke.before


class RaceCore:
    """A machine that goes back to one root state again and again.

    While it exists, move the machine by it alone. Close it before the machine is used otherwise.

    Args:
        machine: standing at the root, or anywhere if ``root`` is given.
        victim: base address of the victim's kernel stack, virtual.
        stack_size: of kernel stacks, bytes, a power of two.
        border: first virtual address that is no user's (TASK_SIZE).
        root: the state to start from; the present one by default.
    """

    def __init__(
        self,
        machine: Machine,
        victim: int,
        stack_size: int,
        border: int,
        root: MachineState | None = None,
    ) -> None:
        self.machine = machine
        self.root = machine.save() if root is None else root
        machine.restore(self.root)
        self._cpu, shadow = machine.for_exploring()
        self.shared = self._cpu.race_begin(shadow, victim, stack_size, border)
        self._board = machine.board
        self._board.touched = set()
        self._devices = dict(zip(self._board.all_devices(), self.root.devices, strict=True))
        self._next_event = self._board.next_event()

    def close(self) -> None:
        """Back to an ordinary machine, standing at the root."""
        self.restore()
        self._board.touched = None
        self._cpu.race_end()

    def watch(self, ranges: Iterable[tuple[int, int]]) -> None:
        """Replace the watched bytes: (physical address, size) of each range, in RAM."""
        self._cpu.race_watch([word for pair in ranges for word in pair])

    def set_user_pages(self, pages: Iterable[int]) -> None:
        """Name the pages that user mode can reach, by physical address."""
        self._cpu.race_user_pages([(pa - DDR_BASE) // PAGE for pa in pages])

    def restore(self) -> None:
        """Back to the root: nothing seen, no pokes fired."""
        self._cpu.race_restore()
        touched = self._board.touched
        if touched:
            for device in touched:
                device.load(self._devices[device])
            touched.clear()
            self._board.intc.refresh()
        self.machine.resume_exploring(self._next_event)

    def set_pokes(self, packed: bytes) -> None:
        """What the second core stores from the root on; see :func:`pack_pokes`."""
        self._cpu.race_pokes(packed, len(packed) // _POKE.size)

    def store(self, pa: int, data: bytes) -> None:
        """Store bytes to RAM, now."""
        self._cpu.race_store(pa, data)

    def delay(self, ticks: int) -> None:
        """Let time pass with nothing executed; devices whose appointment has come are served.

        Args:
            ticks: of the machine's clock.
        """
        self.machine.stall(ticks)

    def inject(self, line: int) -> None:
        """Raise an interrupt line, now."""
        if self._board.touched is not None:
            self._board.touched.add(self._board.intc)
        self.machine.inject_irq(line)

    def run(self, limit: int) -> StopReason:
        """Run to an icount, to the victim's return to user mode, or to the stores wanted."""
        return StopReason(self._cpu.run(limit))

    def stop(self, limit: int) -> Stop:
        """As :meth:`run`, with the machine's own account of why it stopped."""
        return self.machine.run(limit)

    def seen(self) -> Seen:
        """A copy of what was seen since the root."""
        return copy_records(self.shared.seen_data, self.shared.seen, SEEN)

    def borrow_seen(self) -> Seen:
        """What was seen since the root, valid until the machine moves."""
        return borrow_records(self.shared.seen_data, self.shared.seen, SEEN)

    def machine_digest(self) -> bytes:
        """As :meth:`Machine.digest`, slowly; the machine is at the root afterwards."""
        digest = self.machine.digest()
        # it has brought the copy of RAM up to date, which is our root
        self.machine.restore(self.root)
        self.restore()
        return digest

    def dirty_pages(self) -> list[int]:
        """Numbers, from the start of RAM, of the pages written since the root."""
        return self._cpu.race_dirty()

    def digest(self) -> int:
        """A 64-bit hash of registers and of memory that differs from the root."""
        return self._cpu.race_digest()


def ranges_of(addresses: Sequence[int]) -> list[tuple[int, int]]:
    """Sorted single addresses as (first, size) ranges."""
    found: list[tuple[int, int]] = []
    for address in addresses:
        if found and sum(found[-1]) == address:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((address, 1))
    return found
