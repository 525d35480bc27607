"""The decoder against Capstone's tables, and the addresses it forms against the manual's
examples.
"""

from __future__ import annotations

import capstone
import pytest
from capstone import arm as cs
from hypothesis import given, settings
from hypothesis import strategies as st

from ringview.views.decode import decode
from ringview.views.effect import effect_at
from ringview.views.operation import CONDITIONS, REGISTERS, Kind, condition_holds

from .fakes import registers

_MD = capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_ARM)
_MD.detail = True

# What Capstone counts differently: it has no SPSR, and lists APSR or CPSR by its own rules.
_STATUS = {"cpsr", "spsr", "apsr"}
_NAMES = {"fp": "r11", "ip": "r12", "sb": "r9", "sl": "r10", "r13": "sp", "r14": "lr", "r15": "pc"}


# What Capstone 5 leaves out of an instruction's reads: the register that holds a shift's amount,
# the target of bx.
_CAPSTONE_FORGETS = {"e0810312": {"r3"}, "e12fff1e": {"lr"}}


def _core(names: list[int]) -> set[str]:
    found = {_NAMES.get(n, n) for n in (_MD.reg_name(i) for i in names)}
    return {n for n in found if n in REGISTERS}


SAMPLES = """
e1a00001 e0810002 e2811004 e3510000 e1110002 e0a10002 e0810312 e1b0f00e e25ef004
e5910000 e5b10004 e4910004 e7910102 e5810000 e5a10004 e4810004 e7c10002 e5d10000
e1d100b4 e1c100b4 e1d100d4 e1c100d0 e1c100f0 e19100b2 e8bd8070 e92d4070 e8900006
e8810006 e9010006 e12fff1e e12fff33 eb000010 0a000010 ef000000 e3010234 e3410234
e10f0000 e121f000 e14f0000 e169f000 ee010f10 e1910f9f e1810f92 e1010092 e0010392
e0210392 e0810392 e16f0f11 e7e00051 e7c0001f e6ef0071 f57ff05f f1080080 e320f003
ed910a00 e7f000f0 e1200070
"""


def test_the_decoder_reads_and_writes_what_capstone_says() -> None:
    for text in SAMPLES.split():
        encoding = int(text, 16)
        instruction = next(_MD.disasm(encoding.to_bytes(4, "little"), 0x10000), None)
        assert instruction is not None, text
        reads, writes = instruction.regs_access()
        operation = decode(encoding)
        mine_reads = set(operation.reads) - _STATUS
        mine_writes = set(operation.writes) - _STATUS
        if operation.kind in (Kind.SVC, Kind.UNDEFINED, Kind.BKPT):
            continue
        # pc as a written register is implicit for Capstone's branches in some releases.
        assert mine_writes - {"pc"} == _core(writes) - {"pc"}, (text, instruction.mnemonic)
        expected = (_core(reads) | _CAPSTONE_FORGETS.get(text, set())) - {"pc"}
        assert mine_reads - {"pc"} == expected, text


@settings(max_examples=3000, deadline=None)
@given(st.integers(0, 0xFFFFFFFF))
def test_no_encoding_breaks_the_decoder(encoding: int) -> None:
    operation = decode(encoding)
    assert operation.condition in CONDITIONS
    effect = effect_at(encoding, 0x8000, registers())
    assert all(0 <= a.va <= 0xFFFFFFFF and a.size in (1, 2, 4) for a in effect.accesses)


@settings(max_examples=2000, deadline=None)
@given(st.integers(0, 0x0FFFFFFF))
def test_transfers_agree_with_capstone(low: int) -> None:
    encoding = 0xE4000000 | low & 0x03FFFFFF  # LDR, STR, LDRB, STRB in all forms
    if encoding >> 25 & 1 and encoding >> 4 & 1:
        return
    instruction = next(_MD.disasm(encoding.to_bytes(4, "little"), 0x10000), None)
    if instruction is None:
        return
    if instruction.mnemonic in {"push", "pop"}:
        return  # an alias of SP-based forms, which lists registers and no address
    operation = decode(encoding)
    (move,) = operation.transfers
    memory = [o for o in instruction.operands if o.type == cs.ARM_OP_MEM]
    assert memory
    base = _MD.reg_name(memory[0].mem.base)
    assert move.base == _NAMES.get(base, base)
    assert move.write == instruction.mnemonic.startswith("str")


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        (0xE5912004, [(0x2004, 4, False, "r2")]),  # ldr r2, [r1, #4]
        (0xE4912004, [(0x2000, 4, False, "r2")]),  # ldr r2, [r1], #4
        (0xE7912103, [(0x2010, 4, False, "r2")]),  # ldr r2, [r1, r3, lsl #2]
        (0xE7112103, [(0x1FF0, 4, False, "r2")]),  # ldr r2, [r1, -r3, lsl #2]
        (0xE1D120B2, [(0x2002, 2, False, "r2")]),  # ldrh r2, [r1, #2]
        (0xE5C12001, [(0x2001, 1, True, "r2")]),  # strb r2, [r1, #1]
        (0xE8810005, [(0x2000, 4, True, "r0"), (0x2004, 4, True, "r2")]),  # stm r1, {r0, r2}
        (0xE9010005, [(0x1FF8, 4, True, "r0"), (0x1FFC, 4, True, "r2")]),  # stmdb r1, {r0, r2}
        (0xE59F2008, [(0x8010, 4, False, "r2")]),  # ldr r2, [pc, #8]
    ],
)
def test_addresses(encoding: int, expected: list[tuple[int, int, bool, str]]) -> None:
    effect = effect_at(encoding, 0x8000, registers(r1=0x2000, r3=4))
    assert [(a.va, a.size, a.write, a.register) for a in effect.accesses] == expected


def test_unprivileged_loads_are_known() -> None:
    assert effect_at(0xE4B12000, 0, registers(r1=0x2000)).accesses[0].unprivileged  # ldrt
    assert not effect_at(0xE5912000, 0, registers(r1=0x2000)).accesses[0].unprivileged


def test_reading_a_system_register_writes_a_core_register() -> None:
    assert decode(0xEE110F10).writes == ("r0",)  # mrc p15, 0, r0, c1, c0, 0
    assert decode(0xEE010F10).reads == ("r0",)


def test_user_bank_multiples_name_the_users_registers() -> None:
    # stmdb r8, {sp, lr}^ as entry-common.S has it
    effect = effect_at(0xE9486000, 0, registers(r8=0x3000))
    assert [(a.va, a.register) for a in effect.accesses] == [(0x2FF8, "sp_usr"), (0x2FFC, "lr_usr")]


def test_a_condition_that_fails_does_nothing() -> None:
    effect = effect_at(0x05912004, 0, registers(r1=0x2000, cpsr=0x10))
    assert not effect.holds
    assert effect.accesses == ()


@pytest.mark.parametrize("condition", CONDITIONS)
def test_conditions_and_their_opposites(condition: str) -> None:
    if condition == "al":
        return
    index = CONDITIONS.index(condition)
    opposite = CONDITIONS[index ^ 1]
    for flags in range(16):
        assert condition_holds(condition, flags << 28) != condition_holds(opposite, flags << 28)


@pytest.mark.parametrize(
    ("encoding", "kind", "target"),
    [
        (0xEB000010, Kind.CALL, 0x8048),
        (0xEAFFFFFE, Kind.BRANCH, 0x8000),
        (0xE12FFF1E, Kind.RETURN, 0x1234),
        (0xE1B0F00E, Kind.EXCEPTION_RETURN, 0x1234),
        (0xE25EF004, Kind.EXCEPTION_RETURN, 0x1230),
        (0xEF000000, Kind.SVC, None),
        (0xE7F000F0, Kind.UNDEFINED, None),
        (0xE8FD8000, Kind.EXCEPTION_RETURN, None),  # ldm sp!, {pc}^
        (0xE8BD8010, Kind.RETURN, None),
        (0xF1020013, Kind.MODE_CHANGE, None),  # cps #0x13
        (0xE121F000, Kind.MODE_CHANGE, None),  # msr cpsr_c, r0
        (0xE128F000, Kind.PLAIN, None),  # msr cpsr_f, r0
        (0xE320F003, Kind.WAIT, None),
        (0xF57FF06F, Kind.BARRIER, None),
        (0xEE010F10, Kind.SYSTEM, None),
    ],
)
def test_kinds(encoding: int, kind: Kind, target: int | None) -> None:
    effect = effect_at(encoding, 0x8000, registers(lr=0x1234))
    assert (effect.kind, effect.target) == (kind, target)
