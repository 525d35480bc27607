"""What entry code saves where: from the trace as far as it has run, and ahead of that by following
the instructions.

Right at a vector nothing has been stored yet. The next instructions say what will be: they are
followed here, on a copy of the registers, as far as they are straight (ADD, SUB, MOV, MRS,
branches, stores), and no further.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ringview.views.effect import Effect, effect_at
from ringview.views.inputs import PAGE_OFFSET, THREAD_SIZE, Scene, Store, mode_name
from ringview.views.operation import REGISTERS, Kind, decode
from ringview.views.stacks import PT_REGS, PT_REGS_SIZE, pt_regs_address
from ringview.views.words import address, listed, read_word, register_list

ENTRY_LENGTH = 48
"""Instructions after a transition that may still be entry code; calls into C end it earlier."""


@dataclass(frozen=True, slots=True)
class Saving:
    """The stores of one instruction: registers, lowest address first, and where they go
    (virtual).
    """

    pc: int
    registers: tuple[str, ...]
    low: int
    high: int
    done: bool


def announced(scene: Scene, limit: int = ENTRY_LENGTH) -> list[Saving]:
    """Follow the straight code from pc and return what it will store."""
    registers: dict[str, int | None] = dict(scene.now.registers)
    pc = scene.pc
    found: list[Saving] = []
    for _ in range(limit):
        encoding = read_word(scene.now.read_virtual, pc)
        if encoding is None:
            break
        known = {name: value for name, value in registers.items() if value is not None}
        effect = effect_at(encoding, pc, known)
        if effect.holds and not _known(effect, known):
            break
        if effect.holds and effect.kind not in (Kind.PLAIN, Kind.BRANCH, Kind.SYSTEM, Kind.BARRIER):
            break
        following = _follow(scene, effect, registers)
        if following is None:
            break
        saving = _saving(effect)
        if saving is not None:
            found.append(saving)
        pc = following
    return found


def _known(effect: Effect, known: dict[str, int]) -> bool:
    """Whether every address the instruction forms is known."""
    if effect.operation.condition != "al" and "cpsr" not in known:
        return False
    needed = [r for move in effect.operation.transfers for r in (move.base, move.index) if r]
    return all(name == "pc" or name in known for name in needed)


def _saving(effect: Effect) -> Saving | None:
    stores = [a for a in effect.accesses if a.write]
    if not stores:
        return None
    names = tuple(a.register for a in stores)
    return Saving(effect.va, names, stores[0].va, stores[-1].va, done=False)


def _follow(scene: Scene, effect: Effect, registers: dict[str, int | None]) -> int | None:
    """Apply one instruction to the copied registers; return where control goes, None if unknown."""
    following = effect.va + 4
    if not effect.holds:
        return following
    operation = effect.operation
    if effect.kind is Kind.BRANCH and effect.target is not None:
        return effect.target
    for name in operation.writes:
        if name in registers and name != "pc":
            registers[name] = None
    for access in effect.accesses:
        if access.write:
            continue
        value = read_word(scene.now.read_virtual, access.va) if access.size == 4 else None
        if access.register == "pc":
            return value
        registers[access.register] = value
    if "pc" in operation.writes:
        return None
    if operation.transfers:
        base = _written_back(effect, scene, registers)
        if base is not None:
            registers[operation.transfers[0].base] = base
    else:
        name, value = _arithmetic(effect, registers)
        if name:
            registers[name] = value
    return following


def _written_back(effect: Effect, scene: Scene, registers: dict[str, int | None]) -> int | None:
    """The base register after a multiple transfer with writeback; other forms stay unknown."""
    e, move = effect.operation.encoding, effect.operation.transfers[0]
    base = scene.now.registers.get(move.base)
    if not effect.accesses or base is None:
        return None
    first = effect.accesses[0].va
    original = (first - move.start) & 0xFFFFFFFF
    if move.base not in effect.operation.writes:
        return registers.get(move.base)
    if e >> 25 & 7 == 4:
        length = 4 * len(move.registers)
        return (original + (length if e >> 23 & 1 else -length)) & 0xFFFFFFFF
    if e >> 26 & 3 == 1 and not e >> 25 & 1:
        distance = (e & 0xFFF) * (1 if e >> 23 & 1 else -1)
        return (original + distance) & 0xFFFFFFFF
    return None


def _arithmetic(effect: Effect, registers: dict[str, int | None]) -> tuple[str, int | None]:
    """Evaluate ADD, SUB, MOV, ORR, AND, BIC, EOR without shifts, and MRS; ("", None) for the
    rest.
    """
    e = effect.operation.encoding
    if effect.kind is not Kind.PLAIN or e >> 26 & 3 != 0:
        return "", None
    d = REGISTERS[e >> 12 & 15]
    if e & 0x0FBF0FFF == 0x010F0000:
        return d, registers.get("spsr" if e >> 22 & 1 else "cpsr")
    immediate = bool(e >> 25 & 1)
    if not immediate and e & 0xFF0:
        return "", None
    rotation = e >> 7 & 30
    second = (
        ((e & 255) >> rotation | (e & 255) << (32 - rotation)) & 0xFFFFFFFF
        if immediate
        else registers.get(REGISTERS[e & 15])
    )
    first = registers.get(REGISTERS[e >> 16 & 15])
    opcode = e >> 21 & 15
    if second is None or (first is None and opcode not in (13, 15)):
        return "", None
    a, b = first or 0, second
    results = {0: a & b, 1: a ^ b, 2: a - b, 4: a + b, 12: a | b, 13: b, 14: a & ~b}
    return (d, results[opcode] & 0xFFFFFFFF) if opcode in results else ("", None)


def recorded(scene: Scene, stores: Sequence[Store]) -> list[Saving]:
    """Group traced stores by instruction, those of assembly only: C is no longer entry code."""
    found: list[Saving] = []
    group: list[Store] = []
    for store in [*stores, None]:
        if group and (store is None or store.icount != group[0].icount):
            saving = _from_trace(scene, group)
            if saving is not None:
                found.append(saving)
            group = []
        if store is not None and store.va >= PAGE_OFFSET:
            group.append(store)
    return found


def _from_trace(scene: Scene, group: list[Store]) -> Saving | None:
    pc = group[0].pc
    line = scene.know.line(pc)
    if line is not None and line[0].endswith((".c", ".h")):
        return None
    encoding = read_word(scene.now.read_virtual, pc)
    names = [r for t in decode(encoding or 0).transfers if t.write for r in t.registers]
    if len(names) != len(group):
        names = [""] * len(group)
    group = sorted(group, key=lambda store: store.va)
    return Saving(pc, tuple(names), group[0].va, group[-1].va, done=True)


def saving_text(scene: Scene, saving: Saving) -> str:
    """Return one sentence on one storing instruction of the entry code."""
    place = scene.know.place(saving.pc) or address(saving.pc)
    verb = "stored" if saving.done else "will store"
    names = [_plain(name, scene) for name in saving.registers if name]
    what = register_list(names) if names else "a value"
    return f"{place} {verb} {what} {_where(scene, saving)}."


def _plain(name: str, scene: Scene) -> str:
    if name == "spsr":
        return f"spsr_{mode_name(scene.cpsr).lower()}"
    return {"sp_usr": "the user's sp", "lr_usr": "the user's lr"}.get(name, name)


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


def saved_words(savings: Sequence[Saving]) -> frozenset[int]:
    """Return the addresses of all words that were stored."""
    return frozenset(
        va for s in savings if s.done for va in range(s.low & ~3, (s.high & ~3) + 4, 4)
    )


def summary(savings: Sequence[Saving]) -> str:
    """Return which registers a run of savings covers: ``r0-r12, lr and spsr``."""
    return listed(dict.fromkeys(name for s in savings for name in s.registers if name))
