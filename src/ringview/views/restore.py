"""What the way out of the kernel loads back, and from where: read off the trace just before an
exception return.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ringview.arm.psr import Mode
from ringview.machine.events import Transition
from ringview.machine.trace import Trace
from ringview.views.effect import effect_at
from ringview.views.entry import Saving
from ringview.views.inputs import Scene
from ringview.views.meaning import place
from ringview.views.stacks import PT_REGS, PT_REGS_SIZE
from ringview.views.words import address, register_list

WAY_OUT = 24
"""Instructions before a return to user mode in which the registers are loaded."""

_NAMES = (*(f"r{i}" for i in range(13)), "sp", "lr", "pc")


class WayOut(NamedTuple):
    """What the trace just before a return tells.

    Attributes:
        loads: those from pt_regs, in order, if it returns to user mode.
        cpsr: the CPSR before it, None where that was not traced.
    """

    loads: Sequence[Saving] = ()
    cpsr: int | None = None


def way_out(t: Transition, trace: Trace) -> WayOut:
    """Read the way out before a return, to any mode, off the trace that ends with it."""
    last = trace.insns[-1] if len(trace.insns) else None
    known = last is not None and int(last["icount"]) == t.icount - 1
    loads = restorations(t, trace) if t.to_mode is Mode.USR else ()
    return WayOut(loads, int(last["cpsr"]) if known and last is not None else None)


def restorations(t: Transition, trace: Trace) -> list[Saving]:
    """Return the loads from pt_regs before a return to user mode, in order.

    Args:
        t: the return.
        trace: the instructions before it, up to and with the return itself if it has run.
    """
    base = (t.sp_svc - PT_REGS_SIZE) & 0xFFFFFFFF
    found: list[Saving] = []
    for row in trace.insns:
        if int(row["icount"]) >= t.icount:
            break
        registers = {n: int(v) for n, v in zip(_NAMES, row["r"], strict=True)}
        registers["cpsr"] = int(row["cpsr"])
        # Only names are wanted of these.
        registers |= {"sp_usr": t.sp_usr, "lr_usr": t.lr_usr}
        effect = effect_at(int(row["insn"]), registers["pc"], registers)
        loads = [a for a in effect.accesses if not a.write and base <= a.va < base + PT_REGS_SIZE]
        if loads and effect.holds:
            names = tuple(_OWNERS.get(a.register, a.register) for a in loads)
            found.append(Saving(effect.va, names, loads[0].va, loads[-1].va, done=True))
    return found


_OWNERS = {"sp_usr": "the user's sp", "lr_usr": "the user's lr"}


def restoring_text(scene: Scene, t: Transition, load: Saving) -> str:
    """Return one sentence on one loading instruction of the way out."""
    base = (t.sp_svc - PT_REGS_SIZE) & 0xFFFFFFFF
    first, last = (PT_REGS[(va - base) // 4] for va in (load.low, load.high))
    what = first if first == last else f"{first} … {last}"
    names = register_list(name for name in load.registers if name)
    return f"{place(scene, load.pc)} loaded {names} from pt_regs ({what}) at {address(load.low)}."
