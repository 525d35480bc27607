"""Where a variable is: evaluation of DWARF location expressions (DWARF 5, section 2.5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ringview.guest.debuginfo import DebugInfo, Variable

Read = Callable[[int, int], bytes | None]
"""Reads (virtual address, bytes); None where that memory cannot be read."""

_MASK = 0xFFFFFFFF
_BINARY: dict[int, Callable[[int, int], int]] = {
    0x1A: lambda a, b: a & b,
    0x1C: lambda a, b: a - b,
    0x1E: lambda a, b: a * b,
    0x21: lambda a, b: a | b,
    0x22: lambda a, b: a + b,
    0x24: lambda a, b: a << (b & 63),
    0x25: lambda a, b: a >> (b & 63),
    0x26: lambda a, b: _signed(a) >> (b & 63),
    0x27: lambda a, b: a ^ b,
}
_CONSTANTS = {0x08: (1, False), 0x09: (1, True), 0x0A: (2, False), 0x0B: (2, True)}
_CONSTANTS |= {0x0C: (4, False), 0x0D: (4, True), 0x03: (4, False)}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is. One of three: in memory, in a register, or computed.

    Attributes:
        address: virtual address, if in memory.
        register: 0 to 15, if in a register.
        value: the value itself, if the compiler only left a way to compute it.
    """

    address: int | None = None
    register: int | None = None
    value: int | None = None


class _Unsupported(Exception):
    """An operation that needs more than registers and memory, or an expression cut short."""


def place_of(
    debug: DebugInfo,
    variable: Variable,
    registers: Sequence[int | None],
    read: Read | None = None,
    cfa: int | None = None,
) -> Place | None:
    """Return where a variable is in a frame, or None where the compiler has put it nowhere.

    Args:
        debug: the image's debug information.
        variable: one that is in scope at the frame's program counter.
        registers: r0 to r15 of the frame, None where not known; r15 must be.
        read: memory, for the few expressions that follow a pointer.
        cfa: the caller's stack pointer (`Frame.cfa`), by which gcc finds its variables.
    """
    pc = registers[15]
    if pc is None:
        return None
    for low, high, expression in variable.places:
        if low <= pc < high:
            return evaluate(expression, registers, debug.frame_base(pc), read, cfa)
    return None


def evaluate(
    expression: bytes,
    registers: Sequence[int | None],
    frame_base: bytes = b"",
    read: Read | None = None,
    cfa: int | None = None,
) -> Place | None:
    """Evaluate one location expression; None if it says or needs what is not at hand."""
    try:
        return _Evaluator(registers, frame_base, read, cfa).run(expression)
    except (_Unsupported, IndexError):
        return None


class _Evaluator:
    def __init__(
        self,
        registers: Sequence[int | None],
        frame_base: bytes,
        read: Read | None,
        cfa: int | None,
    ) -> None:
        self.registers = registers
        self.frame_base = frame_base
        self.read = read
        self.cfa = cfa

    def _register(self, number: int) -> int:
        value = self.registers[number]
        if value is None:
            raise _Unsupported
        return value

    def run(self, code: bytes) -> Place:
        if not code:
            raise _Unsupported
        if 0x50 <= code[0] <= 0x5F and len(code) == 1:  # DW_OP_reg0 and on
            self._register(code[0] - 0x50)
            return Place(register=code[0] - 0x50)
        stack: list[int] = []
        at = 0
        while at < len(code):
            op = code[at]
            at += 1
            if op == 0x9F:  # DW_OP_stack_value
                if at != len(code):
                    raise _Unsupported
                return Place(value=stack[-1] & _MASK)
            at = self._step(op, code, at, stack)
        return Place(address=stack[-1] & _MASK)

    def _step(self, op: int, code: bytes, at: int, stack: list[int]) -> int:
        """Execute one operation; return where the next begins."""
        if 0x30 <= op <= 0x4F:  # DW_OP_lit0 and on
            stack.append(op - 0x30)
        elif 0x70 <= op <= 0x7F:  # DW_OP_breg0 and on
            offset, at = _sleb(code, at)
            stack.append(self._register(op - 0x70) + offset)
        elif op == 0x91:  # DW_OP_fbreg
            offset, at = _sleb(code, at)
            stack.append(self._base() + offset)
        elif op in _CONSTANTS:
            size, signed = _CONSTANTS[op]
            if at + size > len(code):
                raise _Unsupported
            stack.append(int.from_bytes(code[at : at + size], "little", signed=signed))
            at += size
        elif op == 0x10:  # DW_OP_constu
            value, at = _uleb(code, at)
            stack.append(value)
        elif op == 0x11:  # DW_OP_consts
            value, at = _sleb(code, at)
            stack.append(value)
        elif op == 0x23:  # DW_OP_plus_uconst
            value, at = _uleb(code, at)
            stack[-1] += value
        elif op in _BINARY:
            right, left = stack.pop(), stack.pop()
            stack.append(_BINARY[op](left, right) & _MASK)
        else:
            self._simple(op, stack)
        return at

    def _simple(self, op: int, stack: list[int]) -> None:
        """Execute an operation that has no operand in the code."""
        if op == 0x06:  # DW_OP_deref
            data = self.read(stack.pop() & _MASK, 4) if self.read is not None else None
            if data is None:
                raise _Unsupported
            stack.append(int.from_bytes(data, "little"))
        elif op == 0x12:  # DW_OP_dup
            stack.append(stack[-1])
        elif op == 0x13:  # DW_OP_drop
            stack.pop()
        elif op == 0x14:  # DW_OP_over
            stack.append(stack[-2])
        elif op == 0x16:  # DW_OP_swap
            stack[-1], stack[-2] = stack[-2], stack[-1]
        elif op == 0x1F:  # DW_OP_neg
            stack[-1] = -stack[-1]
        elif op == 0x20:  # DW_OP_not
            stack[-1] = ~stack[-1]
        elif op == 0x9C and self.cfa is not None:  # DW_OP_call_frame_cfa
            stack.append(self.cfa)
        else:  # pieces, entry values
            raise _Unsupported

    def _base(self) -> int:
        code = self.frame_base
        if len(code) == 1 and 0x50 <= code[0] <= 0x5F:
            return self._register(code[0] - 0x50)
        if not code or 0x91 in code[:1]:
            raise _Unsupported
        place = self.run(code)
        if place.address is None:
            raise _Unsupported
        return place.address


def _signed(value: int) -> int:
    value &= _MASK
    return value - (1 << 32) if value >> 31 else value


def _uleb(code: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = code[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _sleb(code: bytes, at: int) -> tuple[int, int]:
    value, after = _uleb(code, at)
    bits = 7 * (after - at)
    return (value - (1 << bits) if value >> (bits - 1) else value), after
