"""Program status registers and processor modes (ARM DDI 0406C, B1.3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Mode(IntEnum):
    """Processor modes by their PSR.M encoding (Table B1-1); those a Cortex-A8 guest can be in."""

    USR = 0x10
    FIQ = 0x11
    IRQ = 0x12
    SVC = 0x13
    MON = 0x16
    ABT = 0x17
    HYP = 0x1A
    UND = 0x1B
    SYS = 0x1F

    @property
    def privilege(self) -> int:
        """0 for User mode (PL0), 1 for every other (PL1; PL2 does not exist on this core)."""
        return 0 if self is Mode.USR else 1

    @property
    def has_spsr(self) -> bool:
        """Whether the mode has a saved program status register of its own."""
        return self not in (Mode.USR, Mode.SYS)


MODE_MASK = 0x1F


def mode_of(psr: int) -> Mode | None:
    """The mode in a PSR value, or None for an encoding the manual leaves unallocated."""
    try:
        return Mode(psr & MODE_MASK)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Psr:
    """A CPSR or SPSR value taken apart into its named fields.

    Attributes:
        value: the 32-bit register.
        n, z, c, v, q: condition flags.
        ge: greater-or-equal flags, 4 bits.
        it: if-then state, 8 bits.
        jazelle: the J bit.
        big_endian: the E bit.
        a: asynchronous aborts masked.
        i: IRQ masked.
        f: FIQ masked.
        thumb: the T bit.
        mode: the mode, None when the encoding is reserved.
    """

    value: int
    n: bool
    z: bool
    c: bool
    v: bool
    q: bool
    ge: int
    it: int
    jazelle: bool
    big_endian: bool
    a: bool
    i: bool
    f: bool
    thumb: bool
    mode: Mode | None

    @property
    def privilege(self) -> int:
        """Privilege level, 0 or 1; a reserved mode counts as privileged."""
        return 1 if self.mode is None else self.mode.privilege

    @property
    def flags_text(self) -> str:
        """The condition flags, upper case when set: ``nZCv``."""
        pairs = (("n", self.n), ("z", self.z), ("c", self.c), ("v", self.v))
        return "".join(name.upper() if on else name for name, on in pairs)

    @property
    def masks_text(self) -> str:
        """The interrupt masks, a letter when masked: ``A-i-`` style ``ai-`` becomes ``AI-``."""
        pairs = (("A", self.a), ("I", self.i), ("F", self.f))
        return "".join(name if on else "-" for name, on in pairs)

    @property
    def mode_text(self) -> str:
        """The mode's short name, or its bits when reserved."""
        return f"{self.value & MODE_MASK:#04x}" if self.mode is None else self.mode.name


def decode_psr(value: int) -> Psr:
    """Take a 32-bit PSR apart (ARM DDI 0406C, B1.3.3)."""

    def bit(n: int) -> bool:
        return bool(value >> n & 1)

    return Psr(
        value=value,
        n=bit(31),
        z=bit(30),
        c=bit(29),
        v=bit(28),
        q=bit(27),
        ge=value >> 16 & 0xF,
        it=(value >> 8 & 0xFC) | (value >> 25 & 3),
        jazelle=bit(24),
        big_endian=bit(9),
        a=bit(8),
        i=bit(7),
        f=bit(6),
        thumb=bit(5),
        mode=mode_of(value),
    )
