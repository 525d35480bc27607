"""Disassembly and the addresses computed from operands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.machine.asm import assemble

from ringview.arm.disasm import disassemble

REGISTERS = [0x10, 0x1000, 0x20, 0x3000, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x8000, 14, 0]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ldr r0, [r1, #4]", 0x1004),
        ("ldr r0, [r1, #-4]!", 0xFFC),
        ("ldr r0, [r1], #4", 0x1000),
        ("ldr r0, [r1, -r2, lsl #3]", 0xF00),
        ("ldr r0, [r1, r2, rrx]", 0x80001010),
        ("ldrd r4, r5, [r3, #8]", 0x3008),
        ("strh r0, [r1, r2]", 0x1020),
        ("ldmib r3!, {r1, r2}", 0x3004),
        ("ldmdb r3, {r1, r2}", 0x2FF8),
        ("stmda r3, {r1, r2}", 0x2FFC),
        ("push {r4-r7, lr}", 0x8000 - 20),
        ("push {r4}", 0x8000 - 4),
        ("pop {r4, pc}", 0x8000),
        ("vldr d0, [r1, #8]", 0x1008),
        ("swp r0, r1, [r3]", 0x3000),
        ("ldr r0, [pc, #16]", 0x80000018),
        ("add r0, r1, r2", None),
        ("b .", None),
    ],
)
def test_effective_address(text: str, address: int | None) -> None:
    (insn,) = disassemble(assemble(text, 0x80000000), 0x80000000)
    assert insn.effective_address(REGISTERS, carry=True) == address


def test_branches_have_targets() -> None:
    insns = disassemble(assemble("bl 1f\nbne 1f\n1: bx lr\nsvc #5\n"), 0x80008000)
    assert [insn.target for insn in insns] == [0x80008008, 0x80008008, None, None]


def test_reads_and_writes() -> None:
    (insn,) = disassemble(assemble("ldr r0, [r1, r2]!"), 0)
    assert set(insn.reads) == {"r1", "r2"}
    assert set(insn.writes) == {"r0", "r1"}


@pytest.mark.parametrize(
    ("word", "writes"),
    [
        (0xEE134F10, ("r4",)),  # mrc p15, 0, r4, c3, c0, 0: DACR
        (0xEE030F10, ()),  # mcr p15, 0, r0, c3, c0, 0
        (0xEE14FE10, ()),  # mrc p14, 0, apsr_nzcv, c4, c0, 0 writes flags alone
    ],
)
def test_a_move_from_a_coprocessor_writes_its_register(word: int, writes: tuple[str, ...]) -> None:
    assert disassemble(word.to_bytes(4, "little"), 0)[0].writes == writes


def test_what_is_no_instruction() -> None:
    insns = disassemble(bytes.fromhex("ffffffff0000a0e1") + b"\x01\x02", 0x1000)
    assert [insn.text for insn in insns] == [".word 0xffffffff", "mov r0, r0", ".short 0x0201"]
    assert [insn.address for insn in insns] == [0x1000, 0x1004, 0x1008]


def test_thumb() -> None:
    insns = disassemble(bytes.fromhex("0868dff800f0"), 0x1000, thumb=True)
    assert insns[0].text == "ldr r0, [r1]"
    assert insns[1].text.startswith("ldr.w pc, [pc")
    assert insns[0].size == 2
    assert insns[1].effective_address(REGISTERS) == 0x1004


@given(st.binary(max_size=64), st.booleans())
def test_disassembly_covers_every_byte(code: bytes, thumb: bool) -> None:
    insns = disassemble(code, 0x1000, thumb)
    assert b"".join(insn.code for insn in insns) == code
    at = 0x1000
    for insn in insns:
        assert insn.address == at
        insn.effective_address(REGISTERS)
        at += insn.size


@pytest.mark.parametrize(
    ("word", "text"),
    [
        (0xE41D2004, "ldr r2, [sp], #-4"),
        (0x141D2004, "ldrne r2, [sp], #-4"),
        (0xE49D2004, "pop {r2}"),
        (0xE49DF004, "pop {pc}"),
        (0xE41D2008, "ldr r2, [sp], #-8"),
    ],
)
def test_only_a_load_that_raises_sp_is_a_pop(word: int, text: str) -> None:
    (insn,) = disassemble(word.to_bytes(4, "little"), 0)
    assert insn.text == text
    assert insn.effective_address(REGISTERS) == 0x8000
