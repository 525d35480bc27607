"""The TLB model's state, decoded.

It is a model: Unicorn's own TLB cannot be listed. The core feeds it every fetch and access of
traced code; see ``native/tlb.c``. Cortex-A8 TRM (DDI 0344), chapter 6.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

ENTRIES = 32
_ENTRY = struct.Struct("<IIBBBBII")
_TAIL = struct.Struct("<IIQQQQ")
_SIDE = ENTRIES * _ENTRY.size + _TAIL.size
STATE_SIZE = 2 * _SIDE
"""Bytes of the model's whole state."""

_VALID, _GLOBAL, _XN = 1, 2, 4


@dataclass(frozen=True, slots=True)
class TlbEntry:
    """One entry.

    Attributes:
        index: its place, 0 to 31.
        valid: whether it translates anything.
        va, pa: virtual and physical base of the page.
        size: bytes the entry covers: 4 KiB, 64 KiB, 1 MiB or 16 MiB.
        is_global: matches in every address space.
        asid: the address space it belongs to; 0 when global.
        ap: AP[2:0] as in the descriptor.
        xn: execute never.
        domain: domain number.
        serial: how many misses this TLB had had when it came in; the order of age.
    """

    index: int
    valid: bool
    va: int
    pa: int
    size: int
    is_global: bool
    asid: int
    ap: int
    xn: bool
    domain: int
    serial: int


@dataclass(frozen=True, slots=True)
class TlbSide:
    """The instruction or the data TLB.

    Attributes:
        entries: all 32.
        victim: index of the entry the next miss replaces (round-robin).
        hits, misses: lookups since the model was emptied, by privilege: (PL0, PL1).
    """

    entries: tuple[TlbEntry, ...]
    victim: int
    hits: tuple[int, int]
    misses: tuple[int, int]

    @property
    def used(self) -> int:
        """How many entries are valid."""
        return sum(entry.valid for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Tlb:
    """Both sides of the model."""

    instruction: TlbSide
    data: TlbSide


def decode_tlb(state: bytes) -> Tlb:
    """Decode the model's state as the machine saves it."""
    return Tlb(_side(state, 0), _side(state, _SIDE))


def _side(state: bytes, start: int) -> TlbSide:
    entries = tuple(_entry(state, start, index) for index in range(ENTRIES))
    tail = start + ENTRIES * _ENTRY.size
    victim, _last, hits0, hits1, misses0, misses1 = _TAIL.unpack_from(state, tail)
    return TlbSide(entries, victim, (hits0, hits1), (misses0, misses1))


def _entry(state: bytes, start: int, index: int) -> TlbEntry:
    va, pa, shift, ap, domain, flags, asid, serial = _ENTRY.unpack_from(
        state, start + index * _ENTRY.size
    )
    return TlbEntry(
        index=index,
        valid=bool(flags & _VALID),
        va=va,
        pa=pa,
        size=1 << shift if flags & _VALID else 0,
        is_global=bool(flags & _GLOBAL),
        asid=asid,
        ap=ap,
        xn=bool(flags & _XN),
        domain=domain,
        serial=serial,
    )
