"""What one A32 instruction does to registers, memory and control.

The panes need the effect of the *next* instruction before it runs: the registers it reads and
writes, the addresses it will touch, where it goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

REGISTERS = (*(f"r{i}" for i in range(13)), "sp", "lr", "pc")
"""The sixteen core registers by number, as every pane names them."""

CONDITIONS = (
    "eq",
    "ne",
    "cs",
    "cc",
    "mi",
    "pl",
    "vs",
    "vc",
    "hi",
    "ls",
    "ge",
    "lt",
    "gt",
    "le",
    "al",
)


class Kind(StrEnum):
    """What an instruction is to the course of the program."""

    PLAIN = "plain"
    BRANCH = "branch"
    CALL = "call"
    RETURN = "return"  # to the caller, same mode
    EXCEPTION_RETURN = "exception return"  # writes the CPSR from an SPSR or from memory
    SVC = "svc"
    BKPT = "bkpt"
    SMC = "smc"
    UNDEFINED = "undefined"
    MODE_CHANGE = "mode change"  # CPS, or MSR to the control field
    SYSTEM = "system"  # MCR/MRC to coprocessor 15
    BARRIER = "barrier"
    WAIT = "wait"  # WFI, WFE
    FLOATING = "floating"  # VFP and NEON


@dataclass(frozen=True, slots=True)
class Transfer:
    """How a load or store forms its addresses.

    Attributes:
        write: whether memory is written.
        base: register that holds the base address.
        registers: those loaded or stored, lowest address first; "" for one without a core register.
        size: bytes moved for each of them.
        start: added to the base for the first access, before `index`.
        index: register added (or subtracted) too, or "".
        shift: (type, amount) applied to the index: 0 LSL, 1 LSR, 2 ASR, 3 ROR.
        subtract: the index is subtracted.
        unprivileged: LDRT and its kin: checked as PL0 whatever the mode.
        bank: mode number whose banked sp is the base (SRS), else 0.
        exclusive: LDREX, STREX.
    """

    write: bool
    base: str
    registers: tuple[str, ...]
    size: int
    start: int = 0
    index: str = ""
    shift: tuple[int, int] = (0, 0)
    subtract: bool = False
    unprivileged: bool = False
    bank: int = 0
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One decoded instruction.

    Attributes:
        encoding: the 32 bits.
        kind: its role.
        condition: one of `CONDITIONS`.
        reads: registers it reads, in order of number; "cpsr" for flags, "spsr".
        writes: registers it writes.
        transfers: loads and stores, in the order in which they happen.
        displacement: of a direct branch, bytes from its own address; None if it is not one.
        target: register of an indirect branch, or "".
        immediate: the comment of an SVC or BKPT, the new mode of a CPS, else 0.
    """

    encoding: int
    kind: Kind
    condition: str = "al"
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    displacement: int | None = None
    target: str = ""
    immediate: int = 0


def condition_holds(condition: str, cpsr: int) -> bool:
    """Return whether an instruction with this condition executes (ARM DDI 0406C, A8.3)."""
    n, z, c, v = (bool(cpsr >> bit & 1) for bit in (31, 30, 29, 28))
    return {
        "eq": z,
        "ne": not z,
        "cs": c,
        "cc": not c,
        "mi": n,
        "pl": not n,
        "vs": v,
        "vc": not v,
        "hi": c and not z,
        "ls": not c or z,
        "ge": n == v,
        "lt": n != v,
        "gt": not z and n == v,
        "le": z or n != v,
        "al": True,
    }[condition]
