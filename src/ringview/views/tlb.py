"""The TLB pane: what a Cortex-A8's two TLBs would hold, by a model, since the emulator's own cannot
be listed.
"""

from __future__ import annotations

from ringview.views.frame import Privilege, Tlb, TlbEntry, TlbHalf
from ringview.views.inputs import Scene, TlbRow, TlbSide, is_user_address

LABEL = "model of the Cortex-A8's TLBs (TRM 6.2), fed by the trace"

OUTSIDE = "the model runs in the observed part of the run only"

Sides = tuple[TlbSide, TlbSide]


def build_tlb(scene: Scene, sides: Sides | None, before: Sides | None, why_not: str = "") -> Tlb:
    """Compute the TLB pane.

    Args:
        scene: the stop.
        sides: the model, (instruction, data), None where it is not kept.
        before: the model at the previous stop, None if it is not known.
        why_not: why ``sides`` is None.
    """
    if sides is None:
        empty = (_half("I", scene, TlbSide(32, 0, 0, 0, ()), None), TlbSide(32, 0, 0, 0, ()))
        return Tlb(LABEL, False, why_not or OUTSIDE, empty[0], _half("D", scene, empty[1], None))
    return Tlb(
        LABEL,
        True,
        "",
        _half("I", scene, sides[0], before[0] if before is not None else None),
        _half("D", scene, sides[1], before[1] if before is not None else None),
    )


def _half(name: str, scene: Scene, side: TlbSide, before: TlbSide | None) -> TlbHalf:
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
                used=row.index == side.used,
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
    walk = scene.know.walk(row.va)
    return not walk.mapped or walk.pa != row.pa or walk.page_size != row.size
