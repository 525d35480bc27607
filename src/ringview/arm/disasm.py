"""Disassembly; the only importer of capstone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import capstone

_U32 = 0xFFFFFFFF

_OLD_NAMES = re.compile(r"\bs[bl]\b")


def _numbered(found: re.Match[str]) -> str:
    """r9 and r10, as every other part of the screen calls them, for the APCS's sb and sl."""
    return {"sb": "r9", "sl": "r10"}[found[0]]


_LDR_DOWN, _LDR_DOWN_MASK = 0x041D0004, 0x0FFF0FFF
"""``ldr rt, [sp], #-4`` under any condition (ARM DDI 0406C, A8.8.63)."""


@dataclass(frozen=True, slots=True)
class MemoryOperand:
    """Where a load or store begins: base ± index shifted, plus displacement.

    Attributes:
        base: register number 0 to 15.
        index: register number, or None.
        index_negative: the index is subtracted.
        shift: how the index is shifted: ``lsl``, ``lsr``, ``asr``, ``ror`` or None.
        shift_amount: by how many bits.
        displacement: signed bytes.
        post_indexed: the access uses the base alone; the offset is applied afterwards.
    """

    base: int
    index: int | None
    index_negative: bool
    shift: str | None
    shift_amount: int
    displacement: int
    post_indexed: bool


@dataclass(frozen=True, slots=True)
class Instruction:
    """One disassembled instruction.

    Attributes:
        address: virtual address.
        code: its bytes.
        mnemonic: with condition and flags suffix; ``.word`` when it is no instruction.
        operands: the operands' text.
        reads, writes: names of registers read and written, implicit ones included.
        memory: the memory operand, if it has one.
        target: where a branch with an immediate target goes (virtual address), else None.
        thumb: whether it is a Thumb instruction.
    """

    address: int
    code: bytes
    mnemonic: str
    operands: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    memory: MemoryOperand | None
    target: int | None
    thumb: bool

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.code)

    @property
    def text(self) -> str:
        """Mnemonic and operands."""
        return f"{self.mnemonic} {self.operands}".rstrip()

    def effective_address(self, registers: Sequence[int], *, carry: bool = False) -> int | None:
        """The first virtual address it accesses, or None when it accesses no memory.

        Args:
            registers: r0 to r15 before it; r15 is not looked at.
            carry: the C flag, which only an index shifted by RRX needs.
        """
        memory = self.memory
        if memory is None:
            return None
        if memory.base == 15:
            start = (self.address + (4 if self.thumb else 8)) & ~3
        else:
            start = registers[memory.base]
        if memory.post_indexed:
            return start & _U32
        start += memory.displacement
        if memory.index is not None:
            index = _shifted(registers[memory.index], memory.shift, memory.shift_amount, carry)
            start += -index if memory.index_negative else index
        return start & _U32


def _shifted(value: int, shift: str | None, amount: int, carry: bool) -> int:
    if shift == "lsl":
        return value << amount & _U32
    if shift == "lsr":
        return value >> amount
    if shift == "asr":
        signed = value - (1 << 32) if value >> 31 else value
        return signed >> amount & _U32
    if shift == "ror":
        return (value >> amount | value << (32 - amount)) & _U32
    if shift == "rrx":
        return carry << 31 | value >> 1
    return value


def disassemble(code: bytes, address: int, thumb: bool = False) -> list[Instruction]:
    """Disassemble all of ``code``; what is no instruction comes out as ``.word`` or ``.short``.

    Args:
        code: bytes in little-endian order.
        address: virtual address of the first.
        thumb: decode as Thumb.
    """
    engine = _engine(thumb)
    unit = 2 if thumb else 4
    found: list[Instruction] = []
    offset = 0
    while offset < len(code):
        for insn in engine.disasm(code[offset:], address + offset):
            found.append(_convert(insn, thumb))
            offset = insn.address + insn.size - address
        if offset < len(code):
            raw = code[offset : offset + unit]
            found.append(_data(raw, address + offset, thumb))
            offset += len(raw)
    return found


def _data(raw: bytes, address: int, thumb: bool) -> Instruction:
    name = {4: ".word", 2: ".short"}.get(len(raw), ".byte")
    text = f"{int.from_bytes(raw, 'little'):#0{2 + 2 * len(raw)}x}"
    return Instruction(address, raw, name, text, (), (), None, None, thumb)


@cache
def _engine(thumb: bool) -> capstone.Cs:
    import capstone

    engine = capstone.Cs(
        capstone.CS_ARCH_ARM, capstone.CS_MODE_THUMB if thumb else capstone.CS_MODE_ARM
    )
    engine.detail = True
    return engine


@cache
def _register_numbers() -> dict[int, int]:
    from capstone import arm_const as c

    numbers = {getattr(c, f"ARM_REG_R{n}"): n for n in range(13)}
    return numbers | {c.ARM_REG_SP: 13, c.ARM_REG_LR: 14, c.ARM_REG_PC: 15}


@cache
def _shift_names() -> dict[int, str]:
    from capstone import arm_const as c

    names = {}
    for name in ("asr", "lsl", "lsr", "ror", "rrx"):
        names[getattr(c, f"ARM_SFT_{name.upper()}")] = name
        names.setdefault(getattr(c, f"ARM_SFT_{name.upper()}_REG", -1), name)
    return names


def _convert(insn: Any, thumb: bool) -> Instruction:
    reads, writes = insn.regs_access()
    if insn.mnemonic.startswith("mrc") and not writes:
        # Capstone leaves out what a move from a coprocessor writes.
        writes = _moved_to(insn)
    mnemonic, operands = insn.mnemonic, _OLD_NAMES.sub(_numbered, insn.op_str)
    word = int.from_bytes(insn.bytes, "little")
    if not thumb and word & _LDR_DOWN_MASK == _LDR_DOWN and mnemonic.startswith("pop"):
        # Capstone calls it a pop, whichever way sp moves.
        mnemonic = "ldr" + mnemonic.removeprefix("pop")
        operands = f"{operands.strip('{}')}, [sp], #-4"
    return Instruction(
        address=insn.address,
        code=bytes(insn.bytes),
        mnemonic=mnemonic,
        operands=operands,
        reads=tuple(insn.reg_name(r) for r in reads),
        writes=tuple(insn.reg_name(r) for r in writes),
        memory=_memory(insn),
        target=_target(insn),
        thumb=thumb,
    )


def _moved_to(insn: Any) -> list[int]:
    """The register that an MRC writes; none if it is the flags."""
    from capstone import arm_const as c

    named = [operand.reg for operand in insn.operands if operand.type == c.ARM_OP_REG][:1]
    return [register for register in named if _register_numbers().get(register, 15) < 15]


def _target(insn: Any) -> int | None:
    import capstone
    from capstone import arm_const as c

    if not (
        insn.group(capstone.CS_GRP_JUMP)
        or insn.group(capstone.CS_GRP_CALL)
        or insn.id in (c.ARM_INS_CBZ, c.ARM_INS_CBNZ)
    ):
        return None
    for operand in reversed(insn.operands):
        if operand.type == c.ARM_OP_IMM:
            return int(operand.imm) & _U32
    return None


def _memory(insn: Any) -> MemoryOperand | None:
    from capstone import arm_const as c

    if insn.mnemonic.startswith(("adr", "pld", "pli")):
        return None
    for operand in insn.operands:
        if operand.type == c.ARM_OP_MEM:
            return _indexed(insn, operand)
    return _multiple(insn)


def _indexed(insn: Any, operand: Any) -> MemoryOperand | None:
    numbers = _register_numbers()
    base = numbers.get(operand.mem.base)
    if base is None:
        return None
    index = numbers.get(operand.mem.index)
    return MemoryOperand(
        base=base,
        index=index,
        index_negative=bool(operand.subtracted) or operand.mem.scale < 0,
        shift=_shift_names().get(operand.shift.type) if index is not None else None,
        shift_amount=operand.shift.value,
        displacement=operand.mem.disp if index is None else 0,
        post_indexed=_is_post_indexed(insn),
    )


def _is_post_indexed(insn: Any) -> bool:
    text = insn.op_str
    return "]" in text and text.rindex("]") < len(text) - 1 and not text.endswith("]!")


_STACK_BASE = 13


def _multiple(insn: Any) -> MemoryOperand | None:
    """LDM, STM, PUSH, POP and their kin have a register list and no memory operand."""
    name = insn.mnemonic
    numbers = _register_numbers()
    registers = [numbers[o.reg] for o in insn.operands if o.type == 1 and o.reg in numbers]
    if name.startswith("push"):
        return _stack(-4 * len(registers))
    if name.startswith("pop"):
        return _stack(0)
    if not name.startswith(("ldm", "stm")) or not registers:
        return None
    size = 4 * (len(registers) - 1)
    start = {"ib": 4, "da": 4 - size, "db": -size}.get(name[3:5], 0)
    return MemoryOperand(registers[0], None, False, None, 0, start, False)


def _stack(displacement: int) -> MemoryOperand:
    return MemoryOperand(_STACK_BASE, None, False, None, 0, displacement, False)
