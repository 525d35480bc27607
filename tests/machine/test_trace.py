"""The full trace and the TLB model, held to independent reckoning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from tests.machine.asm import LOAD, MMU_ON, boot, with_vectors
from tests.machine.workout import workout
from tests.oracles.lockstep_program import image, program

from ringview.arm.disasm import disassemble
from ringview.machine.machine import DDR_BASE, Machine, MachineConfig
from ringview.machine.mmu import MmuRegisters, walk
from ringview.machine.tlb import TlbSide
from ringview.machine.trace import Access, Trace

PROLOGUE = 11


@pytest.fixture(scope="module")
def random_run() -> tuple[Machine, Trace]:
    """A random program in a layout where no virtual address equals its physical one."""
    machine = Machine(MachineConfig(ram_bytes=4 << 20))
    machine.load(DDR_BASE, image(program(11, blocks=12, length=120), DDR_BASE))
    machine.set_boot(DDR_BASE, 0, 0, DDR_BASE)
    machine.run(PROLOGUE)
    machine.trace(True)
    machine.run(12_000)
    return machine, machine.take_trace()


def test_instruction_words_and_order(random_run: tuple[Machine, Trace]) -> None:
    machine, trace = random_run
    assert len(trace.insns) > 5000
    assert np.all(np.diff(trace.insns["icount"].astype(np.int64)) > 0)
    for record in trace.insns[:: len(trace.insns) // 300]:
        pc = int(record["r"][15])
        assert machine.read_virtual(pc, 4) == int(record["insn"]).to_bytes(4, "little")


def test_every_access_has_its_virtual_address(random_run: tuple[Machine, Trace]) -> None:
    machine, trace = random_run
    mmu = MmuRegisters.of(machine.system())
    assert len(trace.accesses) > 1000
    for record in trace.accesses:
        assert int(record["flags"]) & Access.EXACT_VA, record
        assert walk(machine, mmu, int(record["va"])).pa == int(record["pa"])


def first_accesses(trace: Trace) -> Iterator[tuple[object, object]]:
    by_icount = {int(record["icount"]): record for record in trace.insns}
    seen = -1
    for access in trace.accesses:
        icount = int(access["icount"])
        if icount != seen:
            seen = icount
            yield by_icount[icount], access


def test_first_address_agrees_with_the_disassembler(random_run: tuple[Machine, Trace]) -> None:
    checked = 0
    for insn, access in first_accesses(random_run[1]):
        registers = [int(r) for r in insn["r"]]  # type: ignore[index]
        word = int(insn["insn"]).to_bytes(4, "little")  # type: ignore[index]
        carry = bool(int(insn["cpsr"]) >> 29 & 1)  # type: ignore[index]
        (decoded,) = disassemble(word, registers[15])
        expected = decoded.effective_address(registers, carry=carry)
        if expected is not None:
            checked += 1
            assert expected == int(access["va"]), decoded.text  # type: ignore[index]
    assert checked > 500


def test_values(random_run: tuple[Machine, Trace]) -> None:
    """Replaying the stores over each place gives every value loaded from it."""
    memory: dict[int, int] = {}
    loads = 0
    for record in random_run[1].accesses:
        pa, size, value = int(record["pa"]), int(record["size"]), int(record["value"])
        data = value.to_bytes(size, "little")
        for offset, byte in enumerate(data):
            if int(record["flags"]) & Access.WRITE:
                memory[pa + offset] = byte
            else:
                assert memory.setdefault(pa + offset, byte) == byte
                loads += 1
    assert loads > 1000


def test_privilege_flags() -> None:
    machine = boot(
        with_vectors(
            MMU_ON
            + """
    ldr r6, =0x80030000
    ldr r0, [r6]
    ldrt r0, [r6]
    str r0, [r6, #4]
    ldr r6, =0x48310000
    ldr r0, [r6]
    cps #0x10
    ldr r6, =0x80030000
    ldr r0, [r6]
1:  b 1b
"""
        )
    )
    machine.run(20_500)
    machine.trace(True)
    machine.run(20_600)
    records = machine.take_trace().accesses
    data = [r for r in records if int(r["pa"]) in (0x80030000, 0x80030004, 0x48310000)]
    flags = [Access(int(r["flags"])) & ~Access.EXACT_VA for r in data]
    page, kernel = Access.USER_PAGE, Access.PRIVILEGED
    assert flags == [
        kernel | page,
        kernel | page | Access.AS_USER,
        kernel | page | Access.WRITE,
        kernel | page | Access.DEVICE,
        page | Access.AS_USER,
    ]


def test_no_record_for_an_instruction_held_by_a_breakpoint() -> None:
    machine = boot("1: add r0, r0, #1\n add r1, r1, #1\n b 1b\n")
    machine.trace(True)
    machine.set_code_breakpoints([LOAD + 4])
    for _ in range(4):
        machine.run(100)
    icounts = machine.take_trace().insns["icount"].tolist()
    assert icounts == list(range(machine.icount))


@dataclass
class ReferenceTlb:
    """The model again, plainly: a list of 32 and a pointer."""

    entries: list[tuple[int, int, int, int | None] | None] = field(
        default_factory=lambda: [None] * 32
    )
    victim: int = 0
    hits: list[int] = field(default_factory=lambda: [0, 0])
    misses: list[int] = field(default_factory=lambda: [0, 0])

    def look_up(self, machine: Machine, mmu: MmuRegisters, va: int, privilege: int) -> None:
        for entry in self.entries:
            if entry and entry[0] == va & ~(entry[2] - 1) and entry[3] in (None, mmu.asid):
                self.hits[privilege] += 1
                return
        self.misses[privilege] += 1
        found = walk(machine, mmu, va)
        if found.pa is None:
            return
        mask = ~(found.page_size - 1)
        asid = None if found.is_global else mmu.asid
        self.entries[self.victim] = (va & mask, found.pa & mask, found.page_size, asid)
        self.victim = (self.victim + 1) % 32


def same(ours: TlbSide, reference: ReferenceTlb) -> None:
    assert ours.hits == tuple(reference.hits)
    assert ours.misses == tuple(reference.misses)
    assert ours.victim == reference.victim
    for mine, theirs in zip(ours.entries, reference.entries, strict=True):
        assert mine.valid == (theirs is not None)
        if theirs is not None:
            asid = None if mine.is_global else mine.asid
            assert (mine.va, mine.pa, mine.size, asid) == theirs


STRIDE = """
    @ second-level table: 128 not-global small pages from 0x40000000, cycled through
    ldr r1, =0x80020000
    ldr r0, =0x80030001
    add r1, r1, #0x1000
    str r0, [r1]
    ldr r0, =0x80030000
    ldr r2, =0x80040832
    mov r3, #128
1:  str r2, [r0], #4
    add r2, r2, #0x1000
    subs r3, r3, #1
    bne 1b
    mov r0, #5
    mcr p15, 0, r0, c13, c0, 1
    isb
    nop
again:
    mov r4, #37
    mov r6, #0x40000000
2:  ldr r5, [r6]
    add r6, r6, #0x1000
    ldr r5, [sp, #-8]
    subs r4, r4, #1
    bne 2b
    eor r0, r0, #3
    mcr p15, 0, r0, c13, c0, 1
    isb
    b again
"""


def test_the_tlb_model_agrees_with_a_plain_one() -> None:
    machine = boot(with_vectors(MMU_ON + STRIDE), ram=2 << 20)
    machine.run(21_400)
    machine.trace(True)
    machine.reset_tlb()
    instruction, data = ReferenceTlb(), ReferenceTlb()
    for _ in range(40):
        mmu = MmuRegisters.of(machine.system())
        machine.run(machine.icount + 25)
        trace = machine.take_trace()
        by_icount: dict[int, list[int]] = {}
        for record in trace.accesses:
            by_icount.setdefault(int(record["icount"]), []).append(int(record["va"]))
        for insn in trace.insns:
            instruction.look_up(machine, mmu, int(insn["r"][15]), 1)
            for va in by_icount.get(int(insn["icount"]), []):
                data.look_up(machine, mmu, va, 1)
            if int(insn["insn"]) == 0xEE0D0F30:  # mcr p15, 0, r0, c13, c0, 1
                value = int(insn["r"][0])
                mmu = MmuRegisters(mmu.sctlr, mmu.ttbr0, mmu.ttbr1, mmu.ttbcr, mmu.dacr, value)
    tlb = machine.tlb()
    same(tlb.instruction, instruction)
    same(tlb.data, data)
    assert tlb.data.misses[1] > 100
    assert {e.asid for e in tlb.data.entries if not e.is_global} == {5, 6}


@pytest.mark.parametrize(
    ("operation", "value", "left"),
    [
        ("c8, c7, 0", 0, 0),
        ("c8, c5, 0", 0, 32),
        ("c8, c6, 0", 0, 0),
        ("c8, c7, 1", 0x40024005, 31),
        ("c8, c7, 1", 0x40024006, 32),
        ("c8, c7, 3", 0x40024099, 31),
        ("c8, c7, 2", 5, 1),
        ("c8, c7, 2", 6, 32),
    ],
)
def test_tlb_maintenance_reaches_the_model(operation: str, value: int, left: int) -> None:
    text = STRIDE.split("    eor r0, r0, #3", maxsplit=1)[0]
    machine = boot(
        with_vectors(MMU_ON + text + f"ldr r0, ={value}\nmcr p15, 0, r0, {operation}\n2: b 2b\n")
    )
    machine.run(20_900)
    machine.trace(True)
    machine.reset_tlb()
    machine.run(24_000)
    data = machine.tlb().data
    assert data.used == left


def test_the_model_survives_save_and_restore() -> None:
    machine = workout()
    machine.trace(True)
    machine.run(30_000)
    state, tlb = machine.save(), machine.tlb()
    machine.run(40_000)
    later = machine.tlb()
    assert later != tlb
    machine.restore(state)
    assert machine.tlb() == tlb
    machine.run(40_000)
    assert machine.tlb() == later
