"""The TLB pane: what a Cortex-A8's two TLBs would hold, by a model, since the emulator's own cannot
be listed.
"""

from __future__ import annotations

from ringview.views.effect import effect_at
from ringview.views.frame import Privilege, Tlb, TlbEntry, TlbHalf
from ringview.views.inputs import Scene, TlbRow, TlbSide, is_user_address
from ringview.views.words import read_word

LABEL = "model of the Cortex-A8's TLBs (TRM 6.2), fed by the trace"

OUTSIDE = "the model runs in the observed part of the run only"

Sides = tuple[TlbSide, TlbSide]

_EMPTY = TlbSide(32, 0, 0, 0, ())


def build_tlb(scene: Scene, sides: Sides | None, before: Sides | None, why_not: str = "") -> Tlb:
    """Compute the TLB pane.

    Args:
        scene: the stop.
        sides: the model, (instruction, data), None where it is not kept.
        before: the model at the previous stop, None if it is not known.
        why_not: why ``sides`` is None.
    """
    fetched, accessed = latest_addresses(scene)
    available = sides is not None
    code, data = sides or (_EMPTY, _EMPTY)
    then = before or (None, None)
    return Tlb(
        LABEL,
        available,
        "" if available else why_not or OUTSIDE,
        _half("I", scene, code, then[0], fetched),
        _half("D", scene, data, then[1], accessed),
    )


def latest_addresses(scene: Scene) -> tuple[list[int], list[int]]:
    """Return what the latest instruction fetched and accessed, if the previous stop was before
    it.
    """
    before = scene.before
    if before is None or before.icount != scene.now.icount - 1:
        return [], []
    pc = before.registers["pc"]
    encoding = read_word(before.read_virtual, pc)
    if encoding is None or before.registers["cpsr"] >> 5 & 1:
        return [pc], []
    return [pc], [access.va for access in effect_at(encoding, pc, before.registers).accesses]


def _half(
    name: str, scene: Scene, side: TlbSide, before: TlbSide | None, used: list[int]
) -> TlbHalf:
    known = {(r.va, r.pa, r.asid, r.size) for r in before.rows} if before is not None else None
    asid = scene.now.system.get("contextidr", 0) & 0xFF
    return TlbHalf(
        name,
        side.capacity,
        side.hits,
        side.misses,
        side.victim,
        tuple(
            TlbEntry(
                index=row.index,
                va=row.va,
                pa=row.pa,
                size=row.size,
                asid="global" if row.asid < 0 else str(row.asid),
                user=row.user,
                kernel=row.kernel,
                domain=row.domain,
                execute=row.execute,
                used=any(row.va <= va < row.va + row.size for va in used)
                and row.asid in (-1, asid),
                new=known is not None and (row.va, row.pa, row.asid, row.size) not in known,
                stale=_stale(scene, row, asid),
                owner=Privilege.USER if is_user_address(row.va) else Privilege.KERNEL,
            )
            for row in side.rows
        ),
    )


def _stale(scene: Scene, row: TlbRow, asid: int) -> bool:
    """Whether the tables now say something else; unknown, so False, for another address space."""
    if row.asid not in (-1, asid):
        return False
    return scene.know.mapping(row.va) != (row.pa, row.size)
