"""The effect of one decoded instruction in one state: whether it executes, what it touches, where
it goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ringview.views.decode import decode
from ringview.views.operation import Kind, Operation, condition_holds

_BANKS = {0x11: "fiq", 0x12: "irq", 0x13: "svc", 0x17: "abt", 0x1B: "und"}


@dataclass(frozen=True, slots=True)
class Access:
    """One memory access that an instruction is about to make.

    Attributes:
        va: virtual address.
        size: bytes.
        write: a store.
        register: core register loaded or stored, "" for a floating-point one.
        unprivileged: checked as PL0 (LDRT, STRT), whatever the mode.
    """

    va: int
    size: int
    write: bool
    register: str
    unprivileged: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """What the instruction at ``va`` will do.

    Attributes:
        va: its address.
        operation: decoded.
        holds: its condition is true, so it executes.
        accesses: its loads and stores, in order; empty if skipped.
        target: where control goes if it branches directly or by register, None if it falls through
            or memory decides.
    """

    va: int
    operation: Operation
    holds: bool
    accesses: tuple[Access, ...]
    target: int | None

    @property
    def kind(self) -> Kind:
        """The operation's role."""
        return self.operation.kind


def effect_at(encoding: int, va: int, registers: Mapping[str, int]) -> Effect:
    """Evaluate the A32 instruction ``encoding`` at ``va`` against a register file.

    Args:
        encoding: its 32 bits.
        va: its virtual address; as an operand pc reads as this plus 8.
        registers: as `ringview.views.inputs.StateView.registers`.
    """
    operation = decode(encoding)
    cpsr = registers.get("cpsr", 0)
    if not condition_holds(operation.condition, cpsr):
        return Effect(va, operation, holds=False, accesses=(), target=None)
    accesses: list[Access] = []
    for move in operation.transfers:
        at = _base(move.base, move.bank, va, registers) + move.start
        if move.index:
            distance = shifted(_register(move.index, va, registers), move.shift, cpsr)
            at += -distance if move.subtract else distance
        for i, name in enumerate(move.registers):
            accesses.append(
                Access(
                    (at + i * move.size) & 0xFFFFFFFF,
                    move.size,
                    move.write,
                    name,
                    move.unprivileged,
                )
            )
    target: int | None = None
    if operation.displacement is not None:
        target = (va + operation.displacement) & 0xFFFFFFFF
    elif operation.target:
        target = _register(operation.target, va, registers) & ~1
    elif operation.kind is Kind.EXCEPTION_RETURN and not operation.transfers:
        target = _exception_return(operation, va, registers)
    return Effect(va, operation, holds=True, accesses=tuple(accesses), target=target)


def _register(name: str, va: int, registers: Mapping[str, int]) -> int:
    if name == "pc":
        return (va + 8) & 0xFFFFFFFF
    return registers.get(name, registers.get(name.removesuffix("_usr"), 0))


def _base(name: str, bank: int, va: int, registers: Mapping[str, int]) -> int:
    if bank:
        return registers.get(f"sp_{_BANKS.get(bank, 'usr')}", 0)
    return _register(name, va, registers)


def shifted(value: int, shift: tuple[int, int], cpsr: int) -> int:
    """Shift an index by an immediate amount (ARM DDI 0406C, A8.4)."""
    kind, amount = shift
    value &= 0xFFFFFFFF
    if kind == 0:
        return value << amount & 0xFFFFFFFF
    if kind == 1:
        return value >> amount
    if kind == 2:
        sign = value - (1 << 32) if value & 0x80000000 else value
        return sign >> min(amount, 31) & 0xFFFFFFFF
    if amount == 0:  # RRX: a one-bit rotation through the carry
        return value >> 1 | (cpsr >> 29 & 1) << 31
    return (value >> amount | value << (32 - amount)) & 0xFFFFFFFF


def _exception_return(operation: Operation, va: int, registers: Mapping[str, int]) -> int | None:
    """Where ``movs pc, lr`` or ``subs pc, lr, #imm`` goes: the two forms that kernels use."""
    e = operation.encoding
    first = _register(operation.reads[0], va, registers)
    if e >> 25 & 1 and e >> 21 & 15 == 2:
        amount = (e & 255) >> (e >> 7 & 30) | (e & 255) << (32 - (e >> 7 & 30))
        return (first - amount) & 0xFFFFFFFF
    return first if e >> 21 & 15 == 13 and not e >> 25 & 1 else None
