"""The TLB pane: what a Cortex-A8's two TLBs would hold, by a model, since the emulator's own cannot
be listed.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from ringview.machine.tlb import AccountKind
from ringview.machine.tlb import Tlb as Model
from ringview.session.syscalls import OABI_BASE
from ringview.views.effect import effect_at
from ringview.views.frame import Privilege, Tlb, TlbEntry, TlbHalf, TlbShare
from ringview.views.inputs import Scene, TlbRow, TlbSide, is_user_address
from ringview.views.words import address, read_word, size

LABEL = "model of the Cortex-A8's TLBs (TRM 6.2), fed by the trace"

OUTSIDE = "the model runs in the observed part of the run only"

Sides = tuple[TlbSide, TlbSide]

_EMPTY = TlbSide(32, 0, 0, 0, ())


def build_tlb(
    scene: Scene,
    sides: Sides | None,
    before: Sides | None,
    why_not: str = "",
    shares: tuple[TlbShare, ...] = (),
) -> Tlb:
    """Compute the TLB pane.

    Args:
        scene: the stop.
        sides: the model, (instruction, data), None where it is not kept.
        before: the model at the previous stop, None if it is not known.
        why_not: why ``sides`` is None.
        shares: its statistics, see `shares_of`.
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
        shares if available else (),
    )


_KINDS = {
    AccountKind.FAULT: ("faults of the user", "fault"),
    AccountKind.INTERRUPT: ("interrupts of the user", "interrupt"),
    AccountKind.KERNEL: ("the kernel's own work", "kernel"),
    AccountKind.REST: ("all other calls", "syscall"),
}


def shares_of(model: Model, name: Callable[[int], str]) -> tuple[TlbShare, ...]:
    """Statistics of the model: by ring, then PL1 by what it worked for, most misses first.

    Args:
        model: the model.
        name: gives a system call's name by its number, "" if it has none.
    """
    sides = (model.instruction, model.data)
    rings = tuple(
        TlbShare(
            who,
            "ring",
            -1,
            (sides[0].hits[ring], sides[1].hits[ring]),
            (sides[0].misses[ring], sides[1].misses[ring]),
        )
        for ring, who in enumerate(("PL0 user", "PL1 kernel"))
    )
    calls: dict[tuple[str, str], TlbShare] = {}
    for account in model.accounts:
        if account.kind is AccountKind.USER:
            continue  # that is the ring PL0
        who, kind = _KINDS.get(account.kind, ("", "syscall"))
        if account.kind is AccountKind.SYSCALL:
            old = account.immediate >= OABI_BASE
            number = account.immediate - OABI_BASE if old else account.number
            who = name(number) or f"call {number}"
        entries = -1 if kind == "kernel" else account.entries
        before = calls.get((who, kind))
        share = TlbShare(who, kind, entries, account.hits, account.misses)
        calls[who, kind] = share if before is None else _sum(before, share)
    most = sorted(calls.values(), key=lambda share: (-sum(share.misses), -sum(share.hits)))
    return (*rings, *most)


def _sum(one: TlbShare, other: TlbShare) -> TlbShare:
    """Both ABIs of one call."""
    return replace(
        one,
        entries=one.entries + other.entries,
        hits=(one.hits[0] + other.hits[0], one.hits[1] + other.hits[1]),
        misses=(one.misses[0] + other.misses[0], one.misses[1] + other.misses[1]),
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
                stale=bool(why),
                why=why,
                owner=Privilege.USER if is_user_address(row.va) else Privilege.KERNEL,
            )
            for row, why in ((row, disagreement(row, scene.know.refill(row))) for row in side.rows)
        ),
    )


def disagreement(row: TlbRow, now: TlbRow | None) -> str:
    """Say in what the tables no longer agree with an entry, "" if they do.

    Args:
        row: the entry.
        now: what a walk would fill in, None where nothing is mapped.
    """
    if now is None:
        return "the tables map nothing"
    said = []
    if (row.va, row.pa, row.size) != (now.va, now.pa, now.size):
        said.append(f"→ {address(now.pa)}" + (f" {size(now.size)}" if row.size != now.size else ""))
    if (row.user, row.kernel) != (now.user, now.kernel):
        said.append(f"{now.user}/{now.kernel}")
    if row.execute != now.execute:
        said.append("XN clear" if now.execute else "XN")
    if row.domain != now.domain:
        said.append(f"domain {now.domain}")
    if (row.asid < 0) != (now.asid < 0):
        said.append("global" if now.asid < 0 else "not global")
    return "the tables say " + ", ".join(said) if said else ""
