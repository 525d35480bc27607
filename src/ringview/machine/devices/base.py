"""What every device is: registers, a saved state, perhaps an appointment with the clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

State = tuple[Any, ...]
"""A device's saved state: nested tuples of ints and bytes, comparable and hashable."""


class Device:
    """A block on the interconnect.

    Registers are 32 bits wide and given by byte offset; narrower accesses arrive as they were
    made. A device changes only in :meth:`write`, :meth:`read` (where reading has an effect),
    :meth:`tick` and :meth:`load`.

    Args:
        name: as in the TRM.
        base: physical address.
        size: bytes of address space.
    """

    def __init__(self, name: str, base: int, size: int) -> None:
        self.name = name
        self.base = base
        self.size = size

    def read(self, offset: int, size: int) -> int:
        """The value a load of ``size`` bytes at ``offset`` returns."""
        raise NotImplementedError

    def write(self, offset: int, size: int, value: int) -> None:
        """Do what a store does."""
        raise NotImplementedError

    def next_event(self) -> int | None:
        """Clock at which the device will by itself change something a guest can notice."""
        return None

    def tick(self) -> None:
        """The clock has reached or passed :meth:`next_event`."""

    def save(self) -> State:
        """The state, for :meth:`load`."""
        return ()

    def load(self, state: State) -> None:
        """Put a saved state back."""


Clock = Callable[[], int]
"""Returns the machine's clock: instructions retired plus ticks slept in WFI."""

Line = Callable[[int, bool], None]
"""Called with an INTC input number and its new level."""


class RegisterFile(Device):
    """A block that is modelled as plain memory, with resets for some registers.

    Soft-reset bits (TRM: OCP SYSCONFIG at 0x10, bit 0 or 1) read back as 0 and SYSSTATUS at
    0x14 as 1 where ``sysc`` says the block follows that convention.
    """

    def __init__(
        self,
        name: str,
        base: int,
        size: int,
        *,
        reset: dict[int, int] | None = None,
        read_only: dict[int, int] | None = None,
        sysc: bool = False,
    ) -> None:
        super().__init__(name, base, size)
        self._read_only = dict(read_only or {})
        self._sysc = sysc
        self._words: dict[int, int] = dict(reset or {})

    def word(self, offset: int) -> int:
        """The 32-bit register at ``offset`` (a multiple of 4)."""
        if offset in self._read_only:
            return self._read_only[offset]
        return self._words.get(offset, 0)

    def set_word(self, offset: int, value: int) -> None:
        """Store a 32-bit register."""
        if self._sysc and offset == 0x10:
            value &= ~0x3
        self._words[offset] = value & 0xFFFFFFFF

    def read(self, offset: int, size: int) -> int:
        """Load; see :meth:`Device.read`."""
        shift = (offset & 3) * 8
        value = self.word(offset & ~3) >> shift
        if size == 8:
            value |= self.word((offset & ~3) + 4) << 32
        return value & ((1 << size * 8) - 1)

    def write(self, offset: int, size: int, value: int) -> None:
        """Store; see :meth:`Device.write`."""
        aligned = offset & ~3
        if size == 4 and aligned == offset:
            self.set_word(aligned, value)
            return
        if size == 8:
            self.set_word(aligned, value & 0xFFFFFFFF)
            self.set_word(aligned + 4, value >> 32)
            return
        shift = (offset & 3) * 8
        mask = ((1 << size * 8) - 1) << shift
        self.set_word(aligned, (self.word(aligned) & ~mask) | (value << shift & mask))

    def save(self) -> State:
        """The state; see :meth:`Device.save`."""
        return tuple(sorted(self._words.items()))

    def load(self, state: State) -> None:
        """Put a saved state back."""
        self._words = dict(state)
