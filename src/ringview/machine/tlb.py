"""The TLB model's state, decoded.

It is a model: Unicorn's own TLB cannot be listed. The core feeds it every fetch and access of
traced code; see ``native/tlb.c``. Cortex-A8 TRM (DDI 0344), chapter 6.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import Enum

ENTRIES = 32
_ENTRY = struct.Struct("<IIBBBBII")
_TAIL = struct.Struct("<IIQQQQ")
_SIDE = ENTRIES * _ENTRY.size + _TAIL.size
_ACCOUNTS = 64
_ACCOUNT = struct.Struct("<IIIIQQQQ")

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


class AccountKind(Enum):
    """Whom lookups are charged to."""

    USER = 1
    """PL0 itself."""
    SYSCALL = 2
    """PL1 between an svc of PL0 and the return to it, interrupts on the way included."""
    FAULT = 3
    """PL1 after an abort or undefined instruction of PL0."""
    INTERRUPT = 4
    """PL1 after an interrupt taken from PL0."""
    KERNEL = 5
    """PL1 for nobody: the kernel's own threads, the idle loop, a new thread's first steps."""
    REST = 6
    """Calls of more kinds than there is room for."""


@dataclass(frozen=True, slots=True)
class TlbAccount:
    """Whose lookups they were. A thread in the kernel is known by the stack it is on.

    Attributes:
        kind: whose.
        number: r7 at the svc; 0 for the other kinds and where ``immediate`` is not 0.
        immediate: of an A32 svc: the old ABI has its number there.
        entries: how often PL0 was left for it since the model was emptied.
        hits: lookups that hit: (instruction TLB, data TLB).
        misses: those that did not.
    """

    kind: AccountKind
    number: int
    immediate: int
    entries: int
    hits: tuple[int, int]
    misses: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Tlb:
    """Both sides of the model, and its statistics.

    Attributes:
        instruction: the instruction TLB.
        data: the data TLB.
        accounts: every lookup of both charged to one, in the order of their first appearance.
    """

    instruction: TlbSide
    data: TlbSide
    accounts: tuple[TlbAccount, ...] = ()


def decode_tlb(state: bytes) -> Tlb:
    """Decode the model's state as the machine saves it."""
    return Tlb(_side(state, 0), _side(state, _SIDE), _accounts(state))


def _accounts(state: bytes) -> tuple[TlbAccount, ...]:
    stop = 2 * _SIDE + _ACCOUNTS * _ACCOUNT.size
    return tuple(
        TlbAccount(AccountKind(kind), number, immediate, entries, (ihits, dhits), (imiss, dmiss))
        for kind, number, immediate, entries, ihits, dhits, imiss, dmiss in _ACCOUNT.iter_unpack(
            state[2 * _SIDE : stop]
        )
        if kind
    )


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
