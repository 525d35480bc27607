"""The translation pane: which address is in question now, and how the guest's own tables translate
it.
"""

from __future__ import annotations

from dataclasses import dataclass

from ringview.arm.fault import fsr_is_write
from ringview.machine.events import Transition
from ringview.views.checked import checked_as
from ringview.views.effect import Access
from ringview.views.frame import AccessVerdict, Translation, WalkStep
from ringview.views.inputs import HIGH_VECTORS, Scene, TlbRow, TlbSide, Walk
from ringview.views.tlb import disagreement
from ringview.views.words import address

FAULT_IN_QUESTION = 512
"""Instructions after a fault during which its address stays the one in question."""


@dataclass(frozen=True, slots=True)
class Question:
    """The address that the pane is about.

    Attributes:
        va: virtual.
        reason: why this one.
        access: "read", "write" or "execute".
        privilege: "PL0" or "PL1": who makes the access.
        pending: it is the access that the next instruction makes.
    """

    va: int
    reason: str
    access: str
    privilege: str
    pending: bool = False


def question(scene: Scene, fault: Transition | None) -> Question:
    """Choose the address: the client's, that of the next data access, the faulting one, or pc.

    Args:
        scene: the stop.
        fault: the abort being handled now, None outside of one.
    """
    level = "PL0" if scene.mode == "USR" else "PL1"
    if scene.request.translation_va is not None:
        return Question(scene.request.translation_va & 0xFFFFFFFF, "chosen", "read", level)
    at_vector = HIGH_VECTORS <= scene.pc < HIGH_VECTORS + 32
    if fault is not None and fault.fault_address is not None and at_vector:
        return _faulting(scene, fault, fault.fault_address)
    access = access_in_question(scene)
    if access is not None and scene.effect is not None:
        kind = "write" if access.write else "read"
        who = "PL0" if access.unprivileged else level
        mnemonic, operands = scene.know.disassemble(
            scene.effect.va, scene.effect.operation.encoding
        )
        verb = "written" if access.write else "read"
        reason = f"about to be {verb} by {mnemonic} {operands}"
        return Question(access.va, reason, kind, who, pending=True)
    if fault is not None and fault.fault_address is not None:
        return _faulting(scene, fault, fault.fault_address)
    return Question(scene.pc, "pc, the next instruction", "execute", level, pending=True)


def access_in_question(scene: Scene) -> Access | None:
    """Return the access of the next instruction that says most: a user address from PL1, else the
    first.
    """
    effect = scene.effect
    if effect is None or not effect.accesses:
        return None
    # A literal in the code says nothing about memory protection.
    if effect.operation.transfers and effect.operation.transfers[0].base == "pc":
        return None
    return effect.accesses[0]


def _faulting(scene: Scene, fault: Transition, va: int) -> Question:
    access = "execute"
    if fault.cause == "data abort":
        access = "write" if fsr_is_write(fault.fault_status) else "read"
    return Question(va, f"the address of the {fault.cause}", access, checked_as(scene, fault))


def build_translation(
    scene: Scene, asked: Question, sides: tuple[TlbSide, TlbSide] | None
) -> Translation:
    """Compute the translation pane.

    Args:
        scene: the stop.
        asked: which address and access, from `question`.
        sides: the TLB model, (instruction, data), None where it is not kept.
    """
    walk = scene.know.walk(asked.va)
    return Translation(
        va=asked.va,
        reason=asked.reason,
        access=asked.access,
        privilege=asked.privilege,
        mapped=walk.mapped,
        pa=walk.pa,
        page_size=walk.page_size,
        asid=walk.asid,
        domain=walk.domain,
        attributes=walk.attributes,
        steps=tuple(
            WalkStep(s.level, s.index, s.descriptor_pa, s.raw, s.meaning) for s in walk.stages
        ),
        verdicts=tuple(
            AccessVerdict(r.privilege, r.access, r.allowed, r.rule, r.fault) for r in walk.rules
        ),
        verdict=_sentence(asked, walk),
        in_tlb=_tlb_answer(scene, asked, walk, sides),
        pending=asked.pending,
    )


def _sentence(asked: Question, walk: Walk) -> str:
    rule = walk.rule(asked.privilege, asked.access)
    who = f"{asked.access} by {asked.privilege}"
    if rule is None:
        return f"{who}: the MMU is off, nothing is checked" if walk.mapped else f"{who}: denied"
    if rule.allowed:
        return f"{who}: allowed" + (f" ({rule.rule})" if rule.rule else "")
    return f"{who}: denied, {rule.rule}" + (f" → {rule.fault}" if rule.fault else "")


def _tlb_answer(
    scene: Scene, asked: Question, walk: Walk, sides: tuple[TlbSide, TlbSide] | None
) -> str:
    if sides is None:
        return "not modelled here: outside the observed part of the run"
    side, name = (sides[0], "I") if asked.access == "execute" else (sides[1], "D")
    asid = scene.now.system.get("contextidr", 0) & 0xFF
    row = tlb_lookup(side, asked.va, asid)
    if row is None:
        return f"miss in {name}: a walk would fill it"
    mapped = (row.pa + (asked.va - row.va)) & 0xFFFFFFFF
    if not walk.mapped:
        return f"stale: {name} entry {row.index} says {address(mapped)}, the tables map nothing"
    if mapped != walk.pa:
        return (
            f"stale: {name} entry {row.index} says {address(mapped)}, the tables {address(walk.pa)}"
        )
    why = disagreement(row, scene.know.refill(row))
    return f"stale: {name} entry {row.index}, {why}" if why else f"hit in {name}, entry {row.index}"


def tlb_lookup(side: TlbSide, va: int, asid: int) -> TlbRow | None:
    """Return the entry that translates an address for an ASID."""
    for row in side.rows:
        if row.va <= va < row.va + row.size and row.asid in (-1, asid):
            return row
    return None
