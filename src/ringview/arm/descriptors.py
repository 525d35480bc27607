"""Short-descriptor translation table entries (ARM DDI 0406C, B3.5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class DescriptorKind(Enum):
    """What a descriptor is (Figures B3-4 and B3-5)."""

    FAULT = "fault"
    TABLE = "page table"
    SECTION = "section"
    SUPERSECTION = "supersection"
    LARGE_PAGE = "large page"
    SMALL_PAGE = "small page"
    RESERVED = "reserved"

    @property
    def page_size(self) -> int:
        """Bytes mapped by one entry of this kind; 0 for those that map nothing."""
        return _SIZES.get(self, 0)


_SIZES = {
    DescriptorKind.SECTION: 1 << 20,
    DescriptorKind.SUPERSECTION: 1 << 24,
    DescriptorKind.LARGE_PAGE: 1 << 16,
    DescriptorKind.SMALL_PAGE: 1 << 12,
}


@dataclass(frozen=True, slots=True)
class Attributes:
    """The fields that sections and pages share.

    Attributes:
        ap: AP[2:0], access permissions.
        xn: execute never.
        tex: type extension, 3 bits.
        c, b: cacheable and bufferable.
        s: shareable.
        ng: not global, so tagged with the ASID.
    """

    ap: int
    xn: bool
    tex: int
    c: bool
    b: bool
    s: bool
    ng: bool


@dataclass(frozen=True, slots=True)
class Descriptor:
    """One decoded entry.

    Attributes:
        value: the word in memory.
        level: 1 or 2.
        kind: what it is.
        base: physical base of the next table or of the page; None when it leads nowhere.
        domain: for level 1 entries that have one; a supersection is in domain 0.
        attributes: of a section or page, else None.
    """

    value: int
    level: int
    kind: DescriptorKind
    base: int | None = None
    domain: int | None = None
    attributes: Attributes | None = None


def decode_first_level(value: int) -> Descriptor:
    """Decode a first-level descriptor (Figure B3-4).

    Kind 3 is a section with PXN only where that exists; on this core it is reserved and faults.
    """
    kind = value & 3
    if kind == 0:
        return Descriptor(value, 1, DescriptorKind.FAULT)
    if kind == 3:
        return Descriptor(value, 1, DescriptorKind.RESERVED)
    if kind == 1:
        return Descriptor(
            value,
            1,
            DescriptorKind.TABLE,
            base=value & 0xFFFFFC00,
            domain=value >> 5 & 0xF,
        )
    attributes = Attributes(
        ap=(value >> 13 & 4) | (value >> 10 & 3),
        xn=bool(value >> 4 & 1),
        tex=value >> 12 & 7,
        c=bool(value >> 3 & 1),
        b=bool(value >> 2 & 1),
        s=bool(value >> 16 & 1),
        ng=bool(value >> 17 & 1),
    )
    if value >> 18 & 1:
        return Descriptor(
            value,
            1,
            DescriptorKind.SUPERSECTION,
            base=value & 0xFF000000,
            domain=0,
            attributes=attributes,
        )
    return Descriptor(
        value,
        1,
        DescriptorKind.SECTION,
        base=value & 0xFFF00000,
        domain=value >> 5 & 0xF,
        attributes=attributes,
    )


def decode_second_level(value: int) -> Descriptor:
    """Decode a second-level descriptor (Figure B3-5)."""
    kind = value & 3
    if kind == 0:
        return Descriptor(value, 2, DescriptorKind.FAULT)
    large = kind == 1
    attributes = Attributes(
        ap=(value >> 7 & 4) | (value >> 4 & 3),
        xn=bool(value >> 15 & 1) if large else bool(value & 1),
        tex=value >> 12 & 7 if large else value >> 6 & 7,
        c=bool(value >> 3 & 1),
        b=bool(value >> 2 & 1),
        s=bool(value >> 10 & 1),
        ng=bool(value >> 11 & 1),
    )
    return Descriptor(
        value,
        2,
        DescriptorKind.LARGE_PAGE if large else DescriptorKind.SMALL_PAGE,
        base=value & (0xFFFF0000 if large else 0xFFFFF000),
        attributes=attributes,
    )


@dataclass(frozen=True, slots=True)
class AccessRule:
    """What AP[2:0] allows (Table B3-8), as ``rw``, ``r-`` or ``--`` for PL1 and PL0."""

    pl1: str
    pl0: str
    text: str


ACCESS_RULES = {
    0b000: AccessRule("--", "--", "AP=000: no access at any privilege"),
    0b001: AccessRule("rw", "--", "AP=001: PL1 only"),
    0b010: AccessRule("rw", "r-", "AP=010: PL0 may only read"),
    0b011: AccessRule("rw", "rw", "AP=011: full access"),
    0b100: AccessRule("--", "--", "AP=100: reserved, taken as no access"),
    0b101: AccessRule("r-", "--", "AP=101: PL1 may only read"),
    0b110: AccessRule("r-", "r-", "AP=110: read-only at any privilege (deprecated encoding)"),
    0b111: AccessRule("r-", "r-", "AP=111: read-only at any privilege"),
}
"""AP[2:0] with SCTLR.AFE = 0."""


class DomainAccess(Enum):
    """A domain's field in DACR (Table B3-26)."""

    NO_ACCESS = 0
    CLIENT = 1
    RESERVED = 2
    MANAGER = 3

    @property
    def text(self) -> str:
        """What it means for an access."""
        return {
            DomainAccess.NO_ACCESS: "no access: any access faults",
            DomainAccess.CLIENT: "client: permissions are checked",
            DomainAccess.RESERVED: "reserved: taken as no access",
            DomainAccess.MANAGER: "manager: permissions are not checked",
        }[self]


def domain_access(dacr: int, domain: int) -> DomainAccess:
    """A domain's access in a DACR value."""
    return DomainAccess(dacr >> 2 * domain & 3)


def memory_type(attributes: Attributes) -> str:
    """The memory type that TEX, C and B name with SCTLR.TRE = 0 (Table B3-10)."""
    tex, c, b = attributes.tex, attributes.c, attributes.b
    if tex & 4:
        policies = ("non-cacheable", "write-back, write-allocate", "write-through", "write-back")
        return f"Normal, outer {policies[tex & 3]}, inner {policies[c << 1 | b]}"
    return _TYPES.get((tex, c, b), "implementation defined")


_TYPES = {
    (0, False, False): "Strongly-ordered",
    (0, False, True): "Device, shareable",
    (0, True, False): "Normal, write-through",
    (0, True, True): "Normal, write-back",
    (1, False, False): "Normal, non-cacheable",
    (1, True, True): "Normal, write-back, write-allocate",
    (2, False, False): "Device, not shareable",
}
