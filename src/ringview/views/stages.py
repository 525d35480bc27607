"""The machine's page walker and TLB model put into the words of the translation and TLB panes."""

from __future__ import annotations

from collections.abc import Mapping

from ringview.arm.descriptors import (
    ACCESS_RULES,
    Attributes,
    Descriptor,
    DescriptorKind,
    decode_first_level,
    decode_second_level,
    memory_type,
)
from ringview.errors import BusError
from ringview.machine.mmu import MmuRegisters, walk
from ringview.machine.mmu import Walk as MachineWalk
from ringview.machine.tlb import Tlb
from ringview.machine.tlb import TlbSide as MachineSide
from ringview.views.inputs import Rule, StateView, TlbRow, TlbSide, Walk, WalkStage
from ringview.views.words import address

_RIGHTS = {"rw": "rw", "r-": "ro", "--": "--"}


class Physical:
    """Physical memory of a `StateView`, as the walker wants it."""

    def __init__(self, state: StateView) -> None:
        self._state = state

    def read_physical(self, pa: int, size: int) -> bytes:
        """Bytes at a physical address.

        Raises:
            BusError: no memory answers.
        """
        data = self._state.read_physical(pa, size)
        if data is None:
            raise BusError(pa, size)
        return data


def walk_of(state: StateView, va: int) -> MachineWalk:
    """Walk an address through the tables as they are now."""
    return walk(Physical(state), mmu_registers(state.system), va)


def mmu_registers(system: Mapping[str, int]) -> MmuRegisters:
    """Return the registers that translation depends on."""
    return MmuRegisters(
        sctlr=system["sctlr"],
        ttbr0=system["ttbr0"],
        ttbr1=system["ttbr1"],
        ttbcr=system["ttbcr"],
        dacr=system["dacr"],
        contextid=system["contextidr"],
    )


def mapping_of(state: StateView, mmu: MmuRegisters, va: int) -> tuple[int, int] | None:
    """Return physical address and page size of an address, None where nothing is mapped."""
    if not mmu.enabled:
        return va, 1 << 32
    found = leaf_of(state, mmu, va)
    if found is None:
        return None
    size = found[0].kind.page_size
    return (found[0].base or 0) | va & (size - 1), size


def refill(state: StateView, mmu: MmuRegisters, row: TlbRow) -> TlbRow | None:
    """What a walk would put into a TLB entry now, None where nothing is mapped."""
    found = leaf_of(state, mmu, row.va)
    if found is None or found[0].attributes is None:
        return None
    leaf, domain = found
    assert leaf.attributes is not None
    size = leaf.kind.page_size
    user, kernel = rights(leaf.attributes.ap)
    return TlbRow(
        index=row.index,
        va=row.va & ~(size - 1),
        pa=leaf.base or 0,
        size=size,
        asid=mmu.asid if leaf.attributes.ng else -1,
        user=user,
        kernel=kernel,
        domain=domain,
        execute=not leaf.attributes.xn,
    )


def leaf_of(state: StateView, mmu: MmuRegisters, va: int) -> tuple[Descriptor, int] | None:
    """The descriptor that maps an address, and its domain, without verdicts: for many at once.

    With TTBCR.N other than 0 the full walker decides. None where nothing is mapped.
    """
    if mmu.ttbcr & 0x37:
        steps = walk(Physical(state), mmu, va).steps
        last = steps[-1].descriptor if steps else None
        if last is None or not last.kind.page_size or steps[0].descriptor is None:
            return None
        return last, steps[0].descriptor.domain or 0
    word = state.read_physical((mmu.ttbr0 & 0xFFFFC000) + (va >> 20) * 4, 4)
    if word is None:
        return None
    entry = decode_first_level(int.from_bytes(word, "little"))
    domain = entry.domain or 0
    if entry.kind is DescriptorKind.TABLE:
        word = state.read_physical((entry.base or 0) + (va >> 12 & 0xFF) * 4, 4)
        if word is None:
            return None
        entry = decode_second_level(int.from_bytes(word, "little"))
    return (entry, domain) if entry.kind.page_size else None


def explain(found: MachineWalk) -> Walk:
    """Put a walk into words."""
    enabled = found.mmu.enabled
    domain = ""
    if found.domain is not None and found.domain_access is not None:
        domain = f"{found.domain} {found.domain_access.name.lower().replace('_', ' ')}"
    return Walk(
        va=found.va,
        mapped=found.pa is not None,
        pa=found.pa or 0,
        page_size=found.page_size if enabled else 0,
        asid=found.mmu.asid if enabled and not found.is_global else -1,
        domain=domain,
        attributes=_attributes(found.attributes) if enabled else "flat, the MMU is off",
        stages=tuple(_stages(found)),
        rules=tuple(
            Rule(
                f"PL{privilege}",
                access.value,
                verdict.allowed,
                verdict.rule,
                verdict.fault.text if verdict.fault is not None else "",
            )
            for (privilege, access), verdict in found.verdicts.items()
        ),
    )


def _attributes(attributes: Attributes | None) -> str:
    if attributes is None:
        return ""
    words = [memory_type(attributes)]
    if attributes.s:
        words.append("shareable")
    words.append("nG (one ASID only)" if attributes.ng else "global")
    if attributes.xn:
        words.append("XN")
    return ", ".join(words)


def _stages(found: MachineWalk) -> list[WalkStage]:
    va, mmu = found.va, found.mmu
    if not mmu.enabled:
        return [WalkStage("PA", "MMU off", 0, va, "the virtual address is the physical one")]
    stages: list[WalkStage] = []
    n = mmu.ttbcr & 7
    for step in found.steps:
        if step.level == 1:
            raw = mmu.ttbr0 if step.table == "TTBR0" else mmu.ttbr1
            split = f"VA[31:{32 - n}], TTBCR.N = {n}" if n else "TTBCR.N = 0"
            where = f"first-level table at PA {address(step.base)}"
            stages.append(WalkStage(step.table, split, 0, raw, where))
            top = 31 - n if step.table == "TTBR0" else 31
            index = f"VA[{top}:20] = {step.index:#05x}"
        else:
            index = f"VA[19:12] = {step.index:#04x}"
        said = "no memory there" if step.descriptor is None else _meaning(step.descriptor)
        stages.append(WalkStage(f"L{step.level}", index, step.address, step.value or 0, said))
    if not found.steps:
        stages.append(WalkStage("TTBR0", "", 0, mmu.ttbr0, found.reason))
    if found.pa is not None:
        low = found.page_size.bit_length() - 2
        offset = va & (found.page_size - 1)
        index = f"VA[{low}:0] = {offset:#x}"
        stages.append(WalkStage("PA", index, 0, found.pa, f"physical address {address(found.pa)}"))
    return stages


def _meaning(descriptor: Descriptor) -> str:
    kind = descriptor.kind
    if kind is DescriptorKind.TABLE:
        return f"page table at PA {address(descriptor.base or 0)}, domain {descriptor.domain}"
    if descriptor.base is None or descriptor.attributes is None:
        return "fault entry: nothing is mapped"
    attributes = descriptor.attributes
    rule = ACCESS_RULES[attributes.ap]
    words = [
        f"{kind.value} → {address(descriptor.base)}",
        f"PL0 {_RIGHTS[rule.pl0]}",
        f"PL1 {_RIGHTS[rule.pl1]}",
    ]
    if descriptor.domain is not None:
        words.append(f"domain {descriptor.domain}")
    if attributes.ng:
        words.append("nG")
    if attributes.xn:
        words.append("XN")
    return ", ".join(words)


def rights(ap: int) -> tuple[str, str]:
    """Return what AP[2:0] allows user and kernel: "rw", "ro" or "--" each."""
    rule = ACCESS_RULES[ap]
    return _RIGHTS[rule.pl0], _RIGHTS[rule.pl1]


def tlb_sides(tlb: Tlb) -> tuple[TlbSide, TlbSide]:
    """Return the model's two sides, (instruction, data), with the valid entries only."""
    return _side(tlb.instruction), _side(tlb.data)


def _side(side: MachineSide) -> TlbSide:
    rows: list[TlbRow] = []
    for entry in side.entries:
        if entry.valid:
            user, kernel = rights(entry.ap)
            rows.append(
                TlbRow(
                    index=entry.index,
                    va=entry.va,
                    pa=entry.pa,
                    size=entry.size,
                    asid=-1 if entry.is_global else entry.asid,
                    user=user,
                    kernel=kernel,
                    domain=entry.domain,
                    execute=not entry.xn,
                )
            )
    return TlbSide(len(side.entries), sum(side.hits), sum(side.misses), side.victim, tuple(rows))
