"""Snapshots of the processor's registers as plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from ringview.arm.psr import Mode

if TYPE_CHECKING:
    from ringview.machine.abi import RawRegisters

_BANK_MODES = (Mode.USR, Mode.SVC, Mode.ABT, Mode.UND, Mode.IRQ, Mode.FIQ)


@dataclass(frozen=True, slots=True)
class Registers:
    """The general registers as the current mode sees them, and every bank.

    Attributes:
        r: r0 to r15 of the current mode; r[15] is the address of the next instruction.
        cpsr: current program status.
        spsr: saved program status of the current mode, None in User and System mode.
        sp, lr: banked r13 and r14 by mode (User and System share Mode.USR's).
        spsrs: banked SPSRs by mode; no entry for Mode.USR.
        usr_r8_12: r8 to r12 of every mode but FIQ.
        fiq_r8_12: r8 to r12 of FIQ mode.
    """

    r: tuple[int, ...]
    cpsr: int
    spsr: int | None
    sp: Mapping[Mode, int]
    lr: Mapping[Mode, int]
    spsrs: Mapping[Mode, int]
    usr_r8_12: tuple[int, ...]
    fiq_r8_12: tuple[int, ...]

    @property
    def pc(self) -> int:
        """Virtual address of the next instruction."""
        return self.r[15]

    @property
    def mode(self) -> Mode:
        """The current mode (a reserved encoding, which only a wild MSR writes, reads as SYS)."""
        return _mode(self.cpsr)


def _mode(psr: int) -> Mode:
    try:
        return Mode(psr & 0x1F)
    except ValueError:
        return Mode.SYS


def registers_from_raw(raw: RawRegisters) -> Registers:
    """The snapshot behind the core's record."""
    mode = _mode(raw.cpsr)
    return Registers(
        r=tuple(raw.r),
        cpsr=raw.cpsr,
        spsr=raw.spsr if mode.has_spsr else None,
        sp=dict(zip(_BANK_MODES, raw.bank_sp, strict=True)),
        lr=dict(zip(_BANK_MODES, raw.bank_lr, strict=True)),
        spsrs=dict(zip(_BANK_MODES[1:], raw.bank_spsr[1:], strict=True)),
        usr_r8_12=tuple(raw.usr_r8),
        fiq_r8_12=tuple(raw.fiq_r8),
    )


@dataclass(frozen=True, slots=True)
class SystemRegisters:
    """Coprocessor 15 registers that translation, exceptions and threads are about."""

    sctlr: int
    actlr: int
    cpacr: int
    ttbr0: int
    ttbr1: int
    ttbcr: int
    dacr: int
    dfsr: int
    ifsr: int
    dfar: int
    ifar: int
    par: int
    vbar: int
    contextid: int
    tpidrurw: int
    tpidruro: int
    tpidrprw: int

    @classmethod
    def read(cls, cp15: Callable[[int, int, int, int], int]) -> SystemRegisters:
        """Read all of them by ``cp15(crn, opc1, crm, opc2)``."""
        return cls(**{f.name: cp15(*_ENCODINGS[f.name]) for f in fields(cls)})


_ENCODINGS = {
    "sctlr": (1, 0, 0, 0),
    "actlr": (1, 0, 0, 1),
    "cpacr": (1, 0, 0, 2),
    "ttbr0": (2, 0, 0, 0),
    "ttbr1": (2, 0, 0, 1),
    "ttbcr": (2, 0, 0, 2),
    "dacr": (3, 0, 0, 0),
    "dfsr": (5, 0, 0, 0),
    "ifsr": (5, 0, 0, 1),
    "dfar": (6, 0, 0, 0),
    "ifar": (6, 0, 0, 2),
    "par": (7, 0, 4, 0),
    "vbar": (12, 0, 0, 0),
    "contextid": (13, 0, 0, 1),
    "tpidrurw": (13, 0, 0, 2),
    "tpidruro": (13, 0, 0, 3),
    "tpidrprw": (13, 0, 0, 4),
}
