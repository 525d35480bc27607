"""What a function has done to the stack by some instruction: read from its own code.

Compilers and people set frames up differently (clang: ``push {r11, lr}; mov r11, sp``; gcc:
``push {fp, lr}; add fp, sp, #4``; APCS: ``push {fp, ip, lr, pc}; sub fp, ip, #4``), and assembly
may set up none. Decoding the first instructions covers them all. Only A32 is understood; a Thumb
function is unwound as if it had clang's frame. Encodings: ARM DDI 0406C, A8.8.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Read = Callable[[int, int], bytes | None]

FP, IP, SP, LR, PC = 11, 12, 13, 14, 15
_LIMIT = 48


@dataclass(frozen=True, slots=True)
class StackState:
    """Where things lie, as distances in bytes below the caller's stack pointer (the CFA).

    Nothing saved and no frame: lr and r11 are the caller's, still or again.

    Attributes:
        pushed: from the CFA down to sp.
        saved: register number to the distance of its slot.
        frame: from the CFA down to where r11 points, None while r11 is still the caller's.
    """

    pushed: int = 0
    saved: Mapping[int, int] = field(default_factory=dict)
    frame: int | None = None


CLANG_FRAME = StackState(pushed=8, saved={FP: 8, LR: 4}, frame=8)
"""What a function with clang's frame has done, for code that cannot be decoded."""


def stack_state(read: Read, start: int, pc: int) -> StackState:
    """Return what the code from a function's start up to, not including, ``pc`` did.

    Read straight through, since compilers set a frame up once, perhaps behind an early return;
    it ends where r11 is set, for all registers are saved by then.
    """
    pushed = 0
    ip_at: int | None = None
    saved: dict[int, int] = {}
    frame: int | None = None
    for address in range(start, min(pc, start + 4 * _LIMIT), 4):
        word = _word(read, address)
        if word is None:
            break
        if word >> 16 == 0xE92D:  # push {...}
            pushed = _push(word & 0xFFFF, pushed, saved)
        elif word & 0xFFFF0FFF == 0xE52D0004:  # push {rt}
            pushed = _push(1 << (word >> 12 & 15), pushed, saved)
        elif word >> 16 == 0xE8BD and not word & 1 << PC and not _returns(read, address + 4):
            pushed = _pop(word & 0xFFFF, pushed, saved)  # assembly gives back what it borrowed
        elif word == 0xE1A0C00D:  # mov ip, sp
            ip_at = pushed
        elif word == 0xE1A0B00D:  # mov r11, sp
            frame = pushed
        elif word & 0xFFFFF000 == 0xE28DB000:  # add r11, sp, #imm
            frame = pushed - _immediate(word)
        elif word & 0xFFFFF000 == 0xE24CB000 and ip_at is not None:  # sub r11, ip, #imm
            frame = ip_at + _immediate(word)
        else:
            pushed += _room(word)
        if frame is not None:
            break
    left = None if frame is None else _left_to_drop(read, start, pc)
    if left is not None:
        return StackState(pushed=left)
    return StackState(pushed, saved, frame)


def _room(word: int) -> int:
    """Return by how many bytes an instruction lowers sp without saving core registers."""
    if word & 0xFFBF0F00 == 0xED2D0B00:  # vpush {d...}
        return 4 * (word & 0xFF)
    if word & 0xFFFFF000 == 0xE24DD000:  # sub sp, sp, #imm
        return _immediate(word)
    if word & 0xFFFFF000 == 0xE28DD000:  # add sp, sp, #imm
        return -_immediate(word)
    return 0


def _push(mask: int, pushed: int, saved: dict[int, int]) -> int:
    """Record which registers a push has stored; return the new depth."""
    registers = [r for r in range(16) if mask >> r & 1]
    pushed += 4 * len(registers)
    for index, register in enumerate(registers):
        saved.setdefault(register, pushed - 4 * index)
    return pushed


def _pop(mask: int, pushed: int, saved: dict[int, int]) -> int:
    """Forget the registers that a pop in the middle of a function restores; return the depth."""
    for register in [r for r in range(16) if mask >> r & 1]:
        if saved.get(register) == pushed:
            del saved[register]
        pushed -= 4
    return pushed


def _returns(read: Read, address: int) -> bool:
    """Whether an instruction leaves the function, so that what follows is not after it."""
    word = _word(read, address)
    return word is None or word in (0xE12FFF1E, 0xE1A0F00E) or word >> 24 == 0xEA


def _left_to_drop(read: Read, start: int, pc: int) -> int | None:
    """Return the bytes still to drop if the epilogue has restored r11 already, else None.

    An epilogue is ``pop {..., r11, lr}``, perhaps ``add sp, sp, #imm``, then a return by ``bx lr``
    or a jump. (One that pops pc is a single instruction, before which the frame is whole.)
    """
    for address in range(pc - 4, max(pc - 16, start - 1), -4):
        word = _word(read, address)
        if word is None or not (_pops_fp(word) or word & 0xFFFFF000 == 0xE28DD000):
            return None
        if _pops_fp(word):
            break
    else:
        return None
    following = _word(read, pc)
    return -_room(following) if following is not None else 0


def _pops_fp(word: int) -> bool:
    if word == 0xE49DB004:  # pop {r11}
        return True
    return word >> 16 == 0xE8BD and bool(word & 1 << FP) and not word & 1 << PC


def _word(read: Read, address: int) -> int | None:
    data = read(address, 4)
    return None if data is None else int.from_bytes(data, "little")


def _immediate(word: int) -> int:
    """Return a modified immediate constant (A5.2.4)."""
    value, turn = word & 0xFF, (word >> 8 & 15) * 2
    return (value >> turn | value << (32 - turn)) & 0xFFFFFFFF if turn else value
