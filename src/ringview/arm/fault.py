"""Fault status of the short-descriptor format, by the manual's names (ARM DDI 0406C, B3.13.3)."""

from __future__ import annotations

from enum import Enum


class FaultStatus(Enum):
    """FS[4:0] as found in DFSR and IFSR: bit 10 then bits 3 to 0."""

    ALIGNMENT = 0x01
    DEBUG_EVENT = 0x02
    ACCESS_FLAG_SECTION = 0x03
    INSTRUCTION_CACHE_MAINTENANCE = 0x04
    TRANSLATION_SECTION = 0x05
    ACCESS_FLAG_PAGE = 0x06
    TRANSLATION_PAGE = 0x07
    SYNCHRONOUS_EXTERNAL = 0x08
    DOMAIN_SECTION = 0x09
    DOMAIN_PAGE = 0x0B
    WALK_EXTERNAL_FIRST_LEVEL = 0x0C
    PERMISSION_SECTION = 0x0D
    WALK_EXTERNAL_SECOND_LEVEL = 0x0E
    PERMISSION_PAGE = 0x0F
    TLB_CONFLICT = 0x10
    LOCKDOWN = 0x14
    ASYNCHRONOUS_EXTERNAL = 0x16
    ASYNCHRONOUS_PARITY = 0x18
    SYNCHRONOUS_PARITY = 0x19
    COPROCESSOR = 0x1A
    WALK_PARITY_FIRST_LEVEL = 0x1C
    WALK_PARITY_SECOND_LEVEL = 0x1E

    @property
    def text(self) -> str:
        """The name as words: ``translation fault, page``."""
        return _TEXTS[self]

    @property
    def has_domain(self) -> bool:
        """Whether DFSR.Domain is valid with this status (Table B3-23's notes)."""
        return self in _WITH_DOMAIN

    def encode(self, *, write: bool = False, domain: int = 0) -> int:
        """The FSR value of this status.

        Args:
            write: WnR, bit 11 (DFSR only).
            domain: bits 7 to 4 (DFSR only).
        """
        return (
            (self.value & 0xF)
            | (self.value & 0x10) << 6
            | (domain & 0xF) << 4
            | (1 << 11 if write else 0)
        )


_TEXTS = {
    FaultStatus.ALIGNMENT: "alignment fault",
    FaultStatus.DEBUG_EVENT: "debug event",
    FaultStatus.ACCESS_FLAG_SECTION: "access flag fault, section",
    FaultStatus.INSTRUCTION_CACHE_MAINTENANCE: "instruction cache maintenance fault",
    FaultStatus.TRANSLATION_SECTION: "translation fault, section",
    FaultStatus.ACCESS_FLAG_PAGE: "access flag fault, page",
    FaultStatus.TRANSLATION_PAGE: "translation fault, page",
    FaultStatus.SYNCHRONOUS_EXTERNAL: "synchronous external abort",
    FaultStatus.DOMAIN_SECTION: "domain fault, section",
    FaultStatus.DOMAIN_PAGE: "domain fault, page",
    FaultStatus.WALK_EXTERNAL_FIRST_LEVEL: "external abort on translation walk, first level",
    FaultStatus.PERMISSION_SECTION: "permission fault, section",
    FaultStatus.WALK_EXTERNAL_SECOND_LEVEL: "external abort on translation walk, second level",
    FaultStatus.PERMISSION_PAGE: "permission fault, page",
    FaultStatus.TLB_CONFLICT: "TLB conflict abort",
    FaultStatus.LOCKDOWN: "lockdown abort",
    FaultStatus.ASYNCHRONOUS_EXTERNAL: "asynchronous external abort",
    FaultStatus.ASYNCHRONOUS_PARITY: "parity error, asynchronous",
    FaultStatus.SYNCHRONOUS_PARITY: "parity error, synchronous",
    FaultStatus.COPROCESSOR: "coprocessor abort",
    FaultStatus.WALK_PARITY_FIRST_LEVEL: "parity error on translation walk, first level",
    FaultStatus.WALK_PARITY_SECOND_LEVEL: "parity error on translation walk, second level",
}

_WITH_DOMAIN = frozenset(
    {
        FaultStatus.ACCESS_FLAG_PAGE,
        FaultStatus.TRANSLATION_PAGE,
        FaultStatus.DOMAIN_SECTION,
        FaultStatus.DOMAIN_PAGE,
        FaultStatus.PERMISSION_SECTION,
        FaultStatus.PERMISSION_PAGE,
    }
)


def decode_fsr(fsr: int) -> FaultStatus | None:
    """The status in a DFSR or IFSR value; None for a reserved encoding."""
    try:
        return FaultStatus((fsr & 0xF) | (fsr >> 6 & 0x10))
    except ValueError:
        return None


def fsr_is_write(fsr: int) -> bool:
    """DFSR.WnR: the aborted access was a write."""
    return bool(fsr >> 11 & 1)


def fsr_domain(fsr: int) -> int:
    """DFSR.Domain, bits 7 to 4; meaningful only where :attr:`FaultStatus.has_domain`."""
    return fsr >> 4 & 0xF
