"""What entry code saves where, found by following its instructions from the transition on.

A transition records the registers it happened with, so the straight code after it can be followed
on a copy of them: arithmetic, MRS, branches, loads and stores, and no further. What lies behind
the present moment has happened exactly so; what lies ahead of it is announced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ringview.machine.events import Transition
from ringview.views.effect import Effect, effect_at, shifted
from ringview.views.inputs import THREAD_SIZE, Scene
from ringview.views.operation import REGISTERS, Kind
from ringview.views.stacks import PT_REGS, PT_REGS_SIZE, pt_regs_address
from ringview.views.words import address, read_word, register_list

ENTRY_LENGTH = 64
"""Instructions after a transition that may still be entry code; calls into C end it earlier."""

Known = dict[str, int | None]
"""Registers by name; None where the value cannot be told."""


@dataclass(frozen=True, slots=True)
class Saving:
    """The stores of one instruction of entry code.

    Attributes:
        pc: its address.
        registers: what it stores, lowest address first: registers, or what they are copies of.
        low: virtual address of the first word.
        high: virtual address of the last.
        done: it has been executed by now.
    """

    pc: int
    registers: tuple[str, ...]
    low: int
    high: int
    done: bool


def registers_after(scene: Scene, t: Transition) -> Known:
    """Return the registers right after a transition, as far as they were recorded."""
    known: Known = {f"r{i}": t.registers[i] for i in range(13)}
    mode = t.to_mode.name.lower()
    known["cpsr"], known["pc"] = t.cpsr_after, t.target
    known["sp_usr"], known["lr_usr"], known["sp_svc"] = t.sp_usr, t.lr_usr, t.sp_svc
    # The small stacks of the other modes are set once, and left as they were found.
    sp = {"usr": t.sp_usr, "sys": t.sp_usr, "svc": t.sp_svc}.get(
        mode, scene.now.registers.get(f"sp_{mode}")
    )
    known["sp"] = sp
    known["lr"] = t.lr if t.is_exception else None
    known["spsr"] = t.spsr if t.is_exception else None
    return known


def savings_since(scene: Scene, t: Transition) -> list[Saving]:
    """Return what the code after a transition stores, with what has been executed by now marked."""
    passed = scene.now.icount - t.icount
    registers, pc = registers_after(scene, t), t.target
    mode = t.to_mode.name.lower()
    origins = {"sp_usr": "the user's sp", "lr_usr": "the user's lr"}
    if t.is_exception:
        origins["lr"] = f"lr_{mode} (where to return)"
    found: list[Saving] = []
    for step in range(ENTRY_LENGTH):
        encoding = read_word(scene.now.read_virtual, pc)
        if encoding is None:
            break
        effect = effect_at(encoding, pc, {n: v for n, v in registers.items() if v is not None})
        if effect.holds and not (_known(effect, registers) and _straight(scene, effect)):
            break
        saving = _saving(effect, origins, done=step < passed)
        following = _follow(scene, effect, registers)
        _trace_origin(effect, origins, mode)
        if saving is not None:
            found.append(saving)
        if following is None:
            break
        pc = following
    return found


def _straight(scene: Scene, effect: Effect) -> bool:
    """Whether control stays in entry code: not a call, an exception, a return, or C."""
    if effect.kind not in (Kind.PLAIN, Kind.BRANCH, Kind.SYSTEM, Kind.BARRIER):
        return False
    line = scene.know.line(effect.va)
    return line is None or not line[0].endswith((".c", ".h"))


def _known(effect: Effect, registers: Known) -> bool:
    """Whether every address the instruction forms is known."""
    if effect.operation.condition != "al" and registers["cpsr"] is None:
        return False
    needed = [r for move in effect.operation.transfers for r in (move.base, move.index) if r]
    return all(name == "pc" or registers.get(name) is not None for name in needed)


def _trace_origin(effect: Effect, origins: dict[str, str], mode: str) -> None:
    """Remember that MRS copied the SPSR into a register; forget what is overwritten."""
    if not effect.holds:
        return
    for name in effect.operation.writes:
        origins.pop(name, None)
    e = effect.operation.encoding
    if e & 0x0FFF0FFF == 0x014F0000:
        origins[REGISTERS[e >> 12 & 15]] = f"spsr_{mode}"


def _saving(effect: Effect, origins: dict[str, str], *, done: bool) -> Saving | None:
    stores = [a for a in effect.accesses if a.write]
    if not stores:
        return None
    names = tuple(origins.get(a.register, a.register) for a in stores)
    return Saving(effect.va, names, stores[0].va, stores[-1].va, done)


def _follow(scene: Scene, effect: Effect, registers: Known) -> int | None:
    """Apply one instruction to the copied registers; return where control goes, None if unknown."""
    following = effect.va + 4
    if not effect.holds:
        return following
    operation = effect.operation
    if effect.kind is Kind.BRANCH and effect.target is not None:
        return effect.target
    flags = compared(effect, registers)
    result, value = arithmetic(effect, registers)
    base = _written_back(effect, registers) if operation.transfers else None
    for name in operation.writes:
        if name in registers and name != "pc":
            registers[name] = None
    for access in effect.accesses:
        if access.write:
            continue
        loaded = read_word(scene.now.read_virtual, access.va) if access.size == 4 else None
        if access.register == "pc":
            return loaded
        registers[access.register] = loaded
    if "pc" in operation.writes:
        return None
    if flags is not None:
        registers["cpsr"] = flags
    if base is not None:
        registers[operation.transfers[0].base] = base
    elif result:
        registers[result] = value
    return following


def _written_back(effect: Effect, registers: Known) -> int | None:
    """The base register after a transfer; None where it was loaded, or in forms not followed."""
    e, move = effect.operation.encoding, effect.operation.transfers[0]
    if not effect.accesses:
        return None
    first = effect.accesses[0].va
    original = (first - move.start) & 0xFFFFFFFF
    if move.base not in effect.operation.writes:
        return registers.get(move.base)
    if not move.write and move.base in move.registers:
        return None
    if e >> 25 & 7 == 4:
        length = 4 * len(move.registers)
        return (original + (length if e >> 23 & 1 else -length)) & 0xFFFFFFFF
    if e >> 26 & 3 == 1 and not e >> 25 & 1:
        distance = (e & 0xFFF) * (1 if e >> 23 & 1 else -1)
        return (original + distance) & 0xFFFFFFFF
    return None


def compared(effect: Effect, registers: Mapping[str, int | None] | Mapping[str, int]) -> int | None:
    """Return the CPSR after a TST or CMP of known registers; None for other instructions."""
    e = effect.operation.encoding
    opcode = e >> 21 & 15
    if effect.kind is not Kind.PLAIN or e >> 26 & 3 or not e >> 20 & 1 or opcode not in (8, 10):
        return None
    first, second = _operand(effect, e >> 16 & 15, registers), _second(effect, registers)
    cpsr = registers.get("cpsr")
    if first is None or second is None or cpsr is None:
        return None
    if opcode == 8:
        if not e >> 25 & 1 and e & 0xFF0:
            return None  # the shifter's carry is not followed
        # A rotated immediate puts its top bit into the carry (A5.2.4).
        carry = second >> 31 if e >> 25 & 1 and e >> 8 & 15 else cpsr >> 29 & 1
        result, overflow = first & second, cpsr >> 28 & 1
    else:
        result = (first - second) & 0xFFFFFFFF
        carry = int(first >= second)
        overflow = ((first ^ second) & (first ^ result)) >> 31 & 1
    flags = (result >> 31) << 3 | (result == 0) << 2 | carry << 1 | overflow
    return cpsr & 0x0FFFFFFF | flags << 28


def _operand(
    effect: Effect, number: int, registers: Mapping[str, int | None] | Mapping[str, int]
) -> int | None:
    """A register as an operand: pc reads as the instruction's address plus 8."""
    return (effect.va + 8) & 0xFFFFFFFF if number == 15 else registers.get(REGISTERS[number])


def _second(effect: Effect, registers: Mapping[str, int | None] | Mapping[str, int]) -> int | None:
    """The second operand; None where a register holds the shift's amount."""
    e = effect.operation.encoding
    if e >> 25 & 1:
        rotation = e >> 7 & 30
        return ((e & 255) >> rotation | (e & 255) << (32 - rotation)) & 0xFFFFFFFF
    value = _operand(effect, e & 15, registers)
    if e >> 4 & 1 or value is None:
        return None
    kind, amount = e >> 5 & 3, e >> 7 & 31
    amount = 32 if kind in (1, 2) and not amount else amount
    return shifted(value, (kind, amount), registers.get("cpsr") or 0)


def arithmetic(
    effect: Effect, registers: Mapping[str, int | None] | Mapping[str, int]
) -> tuple[str, int | None]:
    """Evaluate the data processing instructions that need no carry, MOVW, MOVT and MRS.

    Returns:
        The register written and its new value; ("", None) for any other instruction.
    """
    e = effect.operation.encoding
    if effect.kind is not Kind.PLAIN or e >> 26 & 3 != 0:
        return "", None
    d = REGISTERS[e >> 12 & 15]
    if e & 0x0FBF0FFF == 0x010F0000:
        return d, registers.get("spsr" if e >> 22 & 1 else "cpsr")
    half = (e >> 4 & 0xF000) | (e & 0xFFF)
    if e & 0x0FF00000 == 0x03000000:
        return d, half
    if e & 0x0FF00000 == 0x03400000:
        low = registers.get(d)
        return (d, half << 16 | low & 0xFFFF) if low is not None else ("", None)
    opcode = e >> 21 & 15
    if opcode in range(8, 12) or (not e >> 25 & 1 and e & 0x90 == 0x90):
        return "", None  # comparisons and miscellaneous; multiplies and halfword transfers
    second = _second(effect, registers)
    first = _operand(effect, e >> 16 & 15, registers)
    if second is None or (first is None and opcode not in (13, 15)):
        return "", None
    a, b = first or 0, second
    results = {0: a & b, 1: a ^ b, 2: a - b, 3: b - a, 4: a + b, 12: a | b, 13: b, 14: a & ~b}
    results[15] = ~b
    return (d, results[opcode] & 0xFFFFFFFF) if opcode in results else ("", None)


def saving_text(scene: Scene, saving: Saving) -> str:
    """Return one sentence on one storing instruction of the entry code."""
    place = scene.know.place(saving.pc) or address(saving.pc)
    verb = "stored" if saving.done else "will store"
    names = [name for name in saving.registers if name]
    what = register_list(names) if names else "a value"
    return f"{place} {verb} {what} {_where(scene, saving)}."


def _where(scene: Scene, saving: Saving) -> str:
    task = scene.task
    span = address(saving.low)
    if task is not None:
        base = pt_regs_address(task.stack)
        if base <= saving.low and saving.high < base + PT_REGS_SIZE:
            first = PT_REGS[(saving.low - base) // 4]
            last = PT_REGS[(saving.high - base) // 4]
            names = first if first == last else f"{first} … {last}"
            return f"in pt_regs ({names}) at {span}"
        if task.stack <= saving.low < task.stack + THREAD_SIZE:
            return f"on the kernel stack at {span}"
    symbol = scene.know.place(saving.low)
    return f"at {span}" + (f" ({symbol})" if symbol else "")
