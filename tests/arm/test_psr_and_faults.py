"""Decoding of status registers, fault status and descriptors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringview.arm.descriptors import (
    ACCESS_RULES,
    DescriptorKind,
    DomainAccess,
    decode_first_level,
    decode_second_level,
    domain_access,
    memory_type,
)
from ringview.arm.fault import FaultStatus, decode_fsr, fsr_domain, fsr_is_write
from ringview.arm.psr import Mode, decode_psr
from ringview.arm.registers import (
    bank_of,
    physical_name,
    spsr_name,
)

words = st.integers(0, 2**32 - 1)


def test_a_user_psr() -> None:
    psr = decode_psr(0x60000010)
    assert psr.mode is Mode.USR
    assert psr.privilege == 0
    assert psr.flags_text == "nZCv"
    assert psr.masks_text == "---"
    assert psr.mode_text == "USR"


def test_the_reset_psr() -> None:
    psr = decode_psr(0x400001D3)
    assert (psr.mode, psr.privilege, psr.masks_text) == (Mode.SVC, 1, "AIF")
    assert psr.z
    assert not psr.thumb


def test_a_reserved_mode() -> None:
    psr = decode_psr(0x00000005)
    assert psr.mode is None
    assert psr.mode_text == "0x05"
    assert psr.privilege == 1


@given(words)
def test_every_psr_bit_is_somewhere(value: int) -> None:
    psr = decode_psr(value)
    back = (
        psr.n << 31 | psr.z << 30 | psr.c << 29 | psr.v << 28 | psr.q << 27 | psr.jazelle << 24
        | psr.ge << 16 | (psr.it & 3) << 25 | (psr.it & 0xFC) << 8 | psr.big_endian << 9
        | psr.a << 8 | psr.i << 7 | psr.f << 6 | psr.thumb << 5 | value & 0x1F
    )  # fmt: skip
    assert back == value & ~0x00F00000


@pytest.mark.parametrize("status", FaultStatus)
def test_fault_status_both_ways(status: FaultStatus) -> None:
    fsr = status.encode(write=True, domain=9)
    assert decode_fsr(fsr) is status
    assert fsr_is_write(fsr)
    assert fsr_domain(fsr) == 9
    assert not fsr_is_write(status.encode())
    assert status.text


@pytest.mark.parametrize(
    ("fsr", "status"),
    [
        (0x005, FaultStatus.TRANSLATION_SECTION),
        (0x807, FaultStatus.TRANSLATION_PAGE),
        (0x019, FaultStatus.DOMAIN_SECTION),
        (0x80F, FaultStatus.PERMISSION_PAGE),
        (0x406, FaultStatus.ASYNCHRONOUS_EXTERNAL),
        (0x008, FaultStatus.SYNCHRONOUS_EXTERNAL),
    ],
)
def test_fault_status_of_known_values(fsr: int, status: FaultStatus) -> None:
    assert decode_fsr(fsr) is status


def test_reserved_fault_status() -> None:
    assert decode_fsr(0) is None


def test_section_descriptor() -> None:
    section = decode_first_level(0x80211C0E | 1 << 17)
    assert section.kind is DescriptorKind.SECTION
    assert section.base == 0x80200000
    assert section.attributes is not None
    assert section.attributes.ap == 0b011
    assert section.attributes.ng
    assert section.attributes.s
    assert not section.attributes.xn
    assert memory_type(section.attributes) == "Normal, write-back, write-allocate"


def test_page_table_and_small_page() -> None:
    table = decode_first_level(0x81021C31)
    assert (table.kind, table.base, table.domain) == (DescriptorKind.TABLE, 0x81021C00, 1)
    page = decode_second_level(0x81F3A83F)
    assert page.kind is DescriptorKind.SMALL_PAGE
    assert page.base == 0x81F3A000
    assert page.attributes is not None
    assert (page.attributes.ap, page.attributes.xn, page.attributes.ng) == (0b011, True, True)


def test_supersection_is_in_domain_0() -> None:
    found = decode_first_level(0x81040DE2 | 1 << 18)
    assert (found.kind, found.base, found.domain) == (DescriptorKind.SUPERSECTION, 0x81000000, 0)
    assert found.kind.page_size == 1 << 24


def test_large_page() -> None:
    page = decode_second_level(0x81F38831 | 1 << 15)
    assert (page.kind, page.base) == (DescriptorKind.LARGE_PAGE, 0x81F30000)
    assert page.attributes is not None
    assert page.attributes.xn


@given(words)
def test_descriptors_decode_totally(value: int) -> None:
    for found in (decode_first_level(value), decode_second_level(value)):
        assert found.value == value
        maps = found.kind.page_size > 0
        assert maps == (found.attributes is not None)
        if maps:
            assert found.base is not None
            assert found.base % found.kind.page_size == 0
            assert found.attributes is not None
            assert found.attributes.ap in ACCESS_RULES
            assert memory_type(found.attributes)


def test_domain_access() -> None:
    assert domain_access(0x0000001D, 0) is DomainAccess.CLIENT
    assert domain_access(0x0000001D, 1) is DomainAccess.MANAGER
    assert domain_access(0x0000001D, 2) is DomainAccess.CLIENT
    assert domain_access(0x0000001D, 3) is DomainAccess.NO_ACCESS


def test_physical_registers() -> None:
    assert physical_name(13, Mode.SVC) == "sp_svc"
    assert physical_name(14, Mode.SYS) == "lr_usr"
    assert physical_name(8, Mode.FIQ) == "r8_fiq"
    assert physical_name(8, Mode.IRQ) == "r8_usr"
    assert physical_name(0, Mode.FIQ) == "r0"
    assert physical_name(13, Mode.USR) == physical_name(13, Mode.SYS) == "sp_usr"
    assert bank_of(Mode.SYS) is Mode.USR
    assert spsr_name(Mode.ABT) == "spsr_abt"
    assert spsr_name(Mode.USR) is None
