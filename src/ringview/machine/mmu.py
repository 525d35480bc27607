"""A page walker that explains itself (ARM DDI 0406C, B3.5 to B3.7); pure functions.

It is for looking, not for running: the guest's own accesses are translated by Unicorn. A test
holds the two together over random tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from ringview.arm.descriptors import (
    ACCESS_RULES,
    Attributes,
    Descriptor,
    DescriptorKind,
    DomainAccess,
    decode_first_level,
    decode_second_level,
    domain_access,
)
from ringview.arm.fault import FaultStatus
from ringview.errors import BusError, MachineError
from ringview.machine.registers import SystemRegisters

_SCTLR_M, _SCTLR_AFE = 1 << 0, 1 << 29
_TTBCR_N, _TTBCR_PD0, _TTBCR_PD1 = 7, 1 << 4, 1 << 5


class PhysicalMemory(Protocol):
    """What a walk reads tables from."""

    def read_physical(self, pa: int, size: int) -> bytes:
        """Bytes at a physical address; raises BusError where no RAM is."""
        ...


class Access(Enum):
    """What an access wants to do."""

    READ = "read"
    WRITE = "write"
    EXECUTE = "execute"


@dataclass(frozen=True, slots=True)
class MmuRegisters:
    """The registers that translation depends on."""

    sctlr: int
    ttbr0: int
    ttbr1: int
    ttbcr: int
    dacr: int
    contextid: int

    @classmethod
    def of(cls, system: SystemRegisters) -> MmuRegisters:
        """The part of the system registers that a walk needs."""
        return cls(
            system.sctlr,
            system.ttbr0,
            system.ttbr1,
            system.ttbcr,
            system.dacr,
            system.contextid,
        )

    @property
    def enabled(self) -> bool:
        """SCTLR.M."""
        return bool(self.sctlr & _SCTLR_M)

    @property
    def asid(self) -> int:
        """The current address space identifier, CONTEXTIDR[7:0]."""
        return self.contextid & 0xFF


@dataclass(frozen=True, slots=True)
class WalkStep:
    """One descriptor read.

    Attributes:
        level: 1 or 2.
        table: where the table's base came from: ``TTBR0``, ``TTBR1`` or ``L1``.
        base: physical base of the table.
        index: which entry.
        address: physical address of the entry.
        value: the word there; None when no memory answers.
        descriptor: the word decoded; None with ``value``.
    """

    level: int
    table: str
    base: int
    index: int
    address: int
    value: int | None
    descriptor: Descriptor | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one kind of access is allowed, and by which rule.

    Attributes:
        allowed: the outcome.
        rule: the rule of the manual that decided, for a person to read.
        fault: what a denied access raises; None when allowed.
        fsr: the DFSR (IFSR for execution) value a denied access leaves; 0 when allowed.
    """

    allowed: bool
    rule: str
    fault: FaultStatus | None
    fsr: int


@dataclass(frozen=True, slots=True)
class Walk:
    """A translation and everything that led to it.

    Attributes:
        va: the virtual address.
        mmu: the registers used.
        steps: descriptor reads in order; none with the MMU off or a disabled table base.
        pa: the physical address; None when there is no translation.
        page_size: bytes the final entry maps; 0 without translation, 4 GiB with the MMU off.
        attributes: of the final entry, else None.
        domain: the domain checked, else None.
        domain_access: its field in DACR, else None.
        fault: the translation fault, else None; permission is in ``verdicts``.
        reason: what decided the translation, for a person to read.
        verdicts: by (privilege level 0 or 1, access).
    """

    va: int
    mmu: MmuRegisters
    steps: tuple[WalkStep, ...]
    pa: int | None
    page_size: int
    attributes: Attributes | None
    domain: int | None
    domain_access: DomainAccess | None
    fault: FaultStatus | None
    reason: str
    verdicts: Mapping[tuple[int, Access], Verdict]

    def verdict(self, privilege: int, access: Access) -> Verdict:
        """The verdict for PL0 or PL1."""
        return self.verdicts[privilege, access]

    def permissions(self, privilege: int) -> str:
        """``rwx`` with dashes, for a privilege level."""
        return permission_letters(self.verdicts, privilege)

    @property
    def is_global(self) -> bool:
        """Whether the entry holds in every address space (nG clear)."""
        return self.attributes is None or not self.attributes.ng


class TranslationError(MachineError):
    """A virtual address cannot be read: no translation, no permission, or no memory behind it."""

    def __init__(self, va: int, reason: str, fault: FaultStatus | None = None) -> None:
        super().__init__(f"virtual address {va:#010x} cannot be read: {reason}")
        self.va = va
        self.reason = reason
        self.fault = fault


_EVERY_ACCESS = [(privilege, access) for privilege in (0, 1) for access in Access]


def walk(memory: PhysicalMemory, mmu: MmuRegisters, va: int) -> Walk:
    """Translate ``va`` by the tables in memory, with every step and every verdict.

    Args:
        memory: where the tables are.
        mmu: the registers.
        va: virtual address, 32 bits.
    """
    if not mmu.enabled:
        verdict = Verdict(True, "the MMU is off: the map is flat, nothing is checked", None, 0)
        return Walk(
            va, mmu, (), va, 1 << 32, None, None, None, None, verdict.rule,
            dict.fromkeys(_EVERY_ACCESS, verdict),
        )  # fmt: skip
    base = _first_table(mmu, va)
    if isinstance(base, str):
        return _failed(va, mmu, (), FaultStatus.TRANSLATION_SECTION, base)
    name, table, index = base
    first = _read(memory, 1, name, table, index)
    descriptor = first.descriptor
    if descriptor is None:
        fault = FaultStatus.WALK_EXTERNAL_FIRST_LEVEL
        return _failed(va, mmu, (first,), fault, "no memory holds the first-level table")
    if descriptor.kind in (DescriptorKind.FAULT, DescriptorKind.RESERVED):
        reason = f"the first-level entry is a {descriptor.kind.value} entry"
        return _failed(va, mmu, (first,), FaultStatus.TRANSLATION_SECTION, reason)
    if descriptor.kind is not DescriptorKind.TABLE:
        return _mapped(va, mmu, (first,), descriptor, descriptor.domain or 0)
    domain = descriptor.domain or 0
    second = _read(memory, 2, "L1", descriptor.base or 0, va >> 12 & 0xFF)
    leaf = second.descriptor
    if leaf is None:
        fault = FaultStatus.WALK_EXTERNAL_SECOND_LEVEL
        reason = "no memory holds the second-level table"
        return _failed(va, mmu, (first, second), fault, reason, domain)
    if leaf.kind is DescriptorKind.FAULT:
        reason = "the second-level entry is a fault entry"
        return _failed(va, mmu, (first, second), FaultStatus.TRANSLATION_PAGE, reason, domain)
    return _mapped(va, mmu, (first, second), leaf, domain)


def _first_table(mmu: MmuRegisters, va: int) -> tuple[str, int, int] | str:
    """Table name, base and index for ``va`` (B3.5.4), or why there is none."""
    n = mmu.ttbcr & _TTBCR_N
    if n and va >> (32 - n):
        if mmu.ttbcr & _TTBCR_PD1:
            return "TTBCR.PD1 disables walks from TTBR1"
        return "TTBR1", mmu.ttbr1 & 0xFFFFC000, va >> 20
    if mmu.ttbcr & _TTBCR_PD0:
        return "TTBCR.PD0 disables walks from TTBR0"
    mask = (1 << (14 - n)) - 1
    return "TTBR0", mmu.ttbr0 & ~mask & 0xFFFFFFFF, va >> 20 & (1 << (12 - n)) - 1


def _read(memory: PhysicalMemory, level: int, name: str, base: int, index: int) -> WalkStep:
    address = base + 4 * index
    try:
        value = int.from_bytes(memory.read_physical(address, 4), "little")
    except BusError:
        return WalkStep(level, name, base, index, address, None, None)
    decoded = decode_first_level(value) if level == 1 else decode_second_level(value)
    return WalkStep(level, name, base, index, address, value, decoded)


def _failed(
    va: int,
    mmu: MmuRegisters,
    steps: tuple[WalkStep, ...],
    fault: FaultStatus,
    reason: str,
    domain: int | None = None,
) -> Walk:
    verdicts = {
        (privilege, access): Verdict(False, reason, fault, _fsr(fault, access, domain or 0))
        for privilege, access in _EVERY_ACCESS
    }
    field = None if domain is None else domain_access(mmu.dacr, domain)
    return Walk(va, mmu, steps, None, 0, None, domain, field, fault, reason, verdicts)


def _fsr(fault: FaultStatus, access: Access, domain: int) -> int:
    if access is Access.EXECUTE:
        return fault.encode()
    return fault.encode(write=access is Access.WRITE, domain=domain)


def _mapped(
    va: int, mmu: MmuRegisters, steps: tuple[WalkStep, ...], leaf: Descriptor, domain: int
) -> Walk:
    size = leaf.kind.page_size
    attributes = leaf.attributes
    assert attributes is not None
    assert leaf.base is not None
    return Walk(
        va=va,
        mmu=mmu,
        steps=steps,
        pa=leaf.base | va & size - 1,
        page_size=size,
        attributes=attributes,
        domain=domain,
        domain_access=domain_access(mmu.dacr, domain),
        fault=None,
        reason=f"a {leaf.kind.value} entry maps it",
        verdicts=judge(mmu, leaf, domain),
    )


def judge(mmu: MmuRegisters, leaf: Descriptor, domain: int) -> Mapping[tuple[int, Access], Verdict]:
    """The verdicts on every access to what a descriptor maps (B3.7).

    Args:
        mmu: the registers; SCTLR.AFE and DACR matter.
        leaf: of a section, supersection or page.
        domain: that of its first-level entry.
    """
    assert leaf.attributes is not None
    return {
        (privilege, access): _judge(mmu, leaf, leaf.attributes, domain, privilege, access)
        for privilege, access in _EVERY_ACCESS
    }


def permission_letters(verdicts: Mapping[tuple[int, Access], Verdict], privilege: int) -> str:
    """``rwx`` with dashes, for a privilege level."""
    letters = ((Access.READ, "r"), (Access.WRITE, "w"), (Access.EXECUTE, "x"))
    return "".join(
        letter if verdicts[privilege, access].allowed else "-" for access, letter in letters
    )


def _judge(
    mmu: MmuRegisters,
    leaf: Descriptor,
    attributes: Attributes,
    domain: int,
    privilege: int,
    access: Access,
) -> Verdict:
    """B3.7: domain, then execute never, access flag and access permissions."""
    page = leaf.level == 2

    def deny(section_fault: FaultStatus, page_fault: FaultStatus, rule: str) -> Verdict:
        fault = page_fault if page else section_fault
        return Verdict(False, rule, fault, _fsr(fault, access, domain))

    field = domain_access(mmu.dacr, domain)
    if field in (DomainAccess.NO_ACCESS, DomainAccess.RESERVED):
        return deny(
            FaultStatus.DOMAIN_SECTION,
            FaultStatus.DOMAIN_PAGE,
            f"DACR gives domain {domain} {field.text}",
        )
    if field is DomainAccess.MANAGER:
        return Verdict(True, f"DACR makes domain {domain} {field.text}", None, 0)
    if access is Access.EXECUTE and attributes.xn:
        return deny(
            FaultStatus.PERMISSION_SECTION, FaultStatus.PERMISSION_PAGE, "XN: execute never"
        )
    ap = attributes.ap
    if mmu.sctlr & _SCTLR_AFE:
        if not ap & 1:
            return deny(
                FaultStatus.ACCESS_FLAG_SECTION,
                FaultStatus.ACCESS_FLAG_PAGE,
                "SCTLR.AFE is set and the access flag, AP[0], is clear",
            )
        ap |= 1
    rule = ACCESS_RULES[ap]
    letters = rule.pl1 if privilege else rule.pl0
    if ("w" if access is Access.WRITE else "r") in letters:
        return Verdict(True, rule.text, None, 0)
    return deny(FaultStatus.PERMISSION_SECTION, FaultStatus.PERMISSION_PAGE, rule.text)
