"""Both sides of a change of mode, register by register: what the large view of it draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ringview.arm.psr import Mode
from ringview.machine.events import Transition
from ringview.views.entry import Saving
from ringview.views.frame import FlagField, SwitchMove, SwitchRow
from ringview.views.inputs import THREAD_SIZE, Scene
from ringview.views.meaning import place, stack_name
from ringview.views.registers import flag_fields
from ringview.views.stacks import PT_REGS, PT_REGS_SIZE
from ringview.views.words import address, by_role

_TOP_GAP = 8


class Switch(NamedTuple):
    """What is added to a `TransitionStory`."""

    rows: tuple[SwitchRow, ...]
    bits: tuple[FlagField, ...]
    bits_before: tuple[FlagField, ...]
    moves: tuple[SwitchMove, ...]


def switch(
    scene: Scene, t: Transition, savings: Sequence[Saving], loads: Sequence[Saving]
) -> Switch:
    """Compute both sides of a transition."""
    return Switch(
        rows=tuple(_rows(scene, t)),
        bits=flag_fields(t.cpsr_after, t.cpsr_before),
        bits_before=flag_fields(t.cpsr_before, t.cpsr_before),
        moves=tuple(
            move
            for group, load in (
                (loads, True),
                (savings if t.to_mode is not Mode.USR else (), False),
            )
            for saving in group
            for move in _moves(scene, t, saving, load=load)
        ),
    )


def _bank(mode: Mode) -> str:
    return "usr" if mode is Mode.SYS else mode.name.lower()


def _rows(scene: Scene, t: Transition) -> list[SwitchRow]:
    old, new = t.from_mode, t.to_mode
    entered = t.is_exception
    level = {True: "PL0 user", False: "PL1 kernel"}
    own = "the same bank" if _bank(old) == _bank(new) else f"{new.name} has its own"
    sp = {Mode.USR: t.sp_usr, Mode.SYS: t.sp_usr, Mode.SVC: t.sp_svc}.get(
        new, scene.now.registers.get(f"sp_{_bank(new)}", 0)
    )
    stack = stack_name(scene, sp)
    lr = t.lr if entered else t.lr_usr if new is Mode.USR else None
    rows = [
        SwitchRow(
            "mode",
            f"{old.name}  {level[old is Mode.USR]}",
            f"{new.name}  {level[new is Mode.USR]}",
            old is not new,
            "set by the core with the exception" if entered else "restored from the SPSR",
        ),
        SwitchRow(
            "pc",
            f"{address(t.pc)}  {place(scene, t.pc)}",
            f"{address(t.target)}  {place(scene, t.target)}",
            True,
            "the vector: the kernel's choice alone" if entered else "where it goes on",
        ),
        SwitchRow(
            "sp",
            f"{address(t.registers[13])}  sp_{_bank(old)}",
            f"{address(sp)}  sp_{_bank(new)}",
            t.registers[13] != sp,
            own + (f": the {stack}" if stack else ""),
        ),
        SwitchRow(
            "lr",
            f"{address(t.registers[14])}  lr_{_bank(old)}",
            "" if lr is None else f"{address(lr)}  lr_{_bank(new)}",
            lr is not None and t.registers[14] != lr,
            "where to return to, written by the core" if entered else own,
        ),
        SwitchRow(
            "cpsr",
            address(t.cpsr_before),
            address(t.cpsr_after),
            t.cpsr_before != t.cpsr_after,
            "bit by bit below",
        ),
    ]
    if entered:
        what = "the old CPSR, whole"
        rows.append(SwitchRow("spsr", "", f"{address(t.spsr)}  spsr_{_bank(new)}", True, what))
    table = address(t.ttbr0)
    rows.append(SwitchRow("ttbr0", table, table, False, "the address space stays the same"))
    return rows


def _moves(scene: Scene, t: Transition, saving: Saving, *, load: bool) -> list[SwitchMove]:
    base = (t.sp_svc & ~(THREAD_SIZE - 1)) + THREAD_SIZE - _TOP_GAP - PT_REGS_SIZE
    moves: list[SwitchMove] = []
    for i, register in enumerate(saving.registers):
        va = saving.low + 4 * i
        inside = base <= va < base + PT_REGS_SIZE and not va & 3
        where = f"pt_regs.{PT_REGS[(va - base) // 4]}" if inside else scene.know.place(va)
        moves.append(SwitchMove(by_role(register) or "a value", where, va, saving.done, load))
    return moves
