"""Our walkers against Unicorn's own translation, over random tables."""

from __future__ import annotations

import random
import struct

import pytest
from tests.machine.asm import assemble

from ringview.errors import BusError
from ringview.machine.events import Transition
from ringview.machine.machine import Machine, MachineConfig
from ringview.machine.mmu import Access, MmuRegisters, Walk, walk

ADDRESSES = 10_000
PER_TABLE = 250
L1, L1_HIGH, L2 = 0x80004000, 0x80010000, 0x80020000
L2_TABLES = 16
RAM = 1 << 20
SCTLR_M, SCTLR_AFE = 1, 1 << 29
PROT = {Access.READ: 1, Access.WRITE: 2, Access.EXECUTE: 4}


def random_leaf(rng: random.Random, level: int) -> int:
    value = rng.getrandbits(32)
    if level == 2:
        return value
    kind = rng.choice([0, 1, 2, 2, 2, 3])
    if kind == 1:
        # tables are in RAM; what lies behind them elsewhere is another test's business
        value = (value & 0x1FC) | (L2 + 0x400 * rng.randrange(L2_TABLES))
        value &= ~0x200
    if kind == 2 and value >> 18 & 1:
        value &= ~0x00F001E0  # a supersection's address bits above 31: this core has none
    return (value & ~3) | kind


def random_machine(rng: random.Random) -> Machine:
    machine = Machine(MachineConfig(ram_bytes=RAM))
    for base, count, level in ((L1, 4096, 1), (L1_HIGH, 4096, 1), (L2, 256 * L2_TABLES, 2)):
        words = [random_leaf(rng, level) for _ in range(count)]
        if level == 2:
            words = large_pages_repeated(words)
        machine.write_physical(base, struct.pack(f"<{count}I", *words))
    n = rng.choice([0, 0, 0, 1, 2, 3, 7])
    pd = rng.choice([0, 0, 0, 0x10, 0x20]) if n else 0
    machine.set_system(2, 0, 0, 0, L1)
    machine.set_system(2, 0, 0, 1, L1_HIGH)
    machine.set_system(2, 0, 0, 2, n | pd)
    machine.set_system(3, 0, 0, 0, rng.getrandbits(32) | rng.getrandbits(32) & 0x55555555)
    sctlr = machine.system().sctlr | SCTLR_M
    machine.set_system(1, 0, 0, 0, sctlr | (SCTLR_AFE if rng.random() < 0.25 else 0))
    return machine


def agree_with_the_core(machine: Machine, va: int, found: Walk) -> None:
    pa, fsr, shift, ap, domain, xn, is_global = machine.core_walk(va)
    assert (found.fault is not None) == (fsr != 0)
    if found.fault is not None:
        assert fsr == found.fault.encode()
        return
    assert found.attributes is not None
    assert pa == found.pa
    assert 1 << shift == found.page_size
    assert ap == found.attributes.ap
    assert domain == found.domain
    assert bool(xn) == found.attributes.xn
    assert bool(is_global) == found.is_global


def large_pages_repeated(words: list[int]) -> list[int]:
    """A large page's entry stands in all sixteen places it covers (B3.5.1)."""
    for start in range(0, len(words), 16):
        if words[start] & 3 == 1:
            words[start : start + 16] = [words[start]] * 16
        else:
            words[start : start + 16] = [
                word & ~3 | 2 if word & 3 == 1 else word for word in words[start : start + 16]
            ]
    return words


@pytest.mark.parametrize("seed", range(4))
def test_walker_agrees_with_unicorn(seed: int) -> None:
    compare_with_unicorn(seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 160))
def test_walker_agrees_with_unicorn_at_length(seed: int) -> None:
    compare_with_unicorn(seed)


def compare_with_unicorn(seed: int) -> None:
    rng = random.Random(seed)
    allowed = denied = 0
    for _ in range(ADDRESSES // PER_TABLE // 4):
        machine = random_machine(rng)
        mmu = MmuRegisters.of(machine.system())
        for _ in range(PER_TABLE):
            va = rng.getrandbits(32)
            found = walk(machine, mmu, va)
            agree_with_the_core(machine, va, found)
            for privilege, cpsr in ((0, 0x1D0), (1, 0x1D3)):
                machine.set_cpsr(cpsr)
                for access, prot in PROT.items():
                    verdict = found.verdict(privilege, access)
                    theirs = machine.unicorn_translate(va, prot)
                    where = f"{va:#x} {access} PL{privilege}: {verdict} {found.steps} {mmu}"
                    assert (theirs is not None) == verdict.allowed, where
                    if verdict.allowed:
                        allowed += 1
                        assert theirs == found.pa, where
                    else:
                        denied += 1
        machine.close()
    assert allowed > 1000
    assert denied > 1000


CODE = 0x80080000
SNIPPETS = {
    "ldr": (Access.READ, 1, "ldr r5, [r6]"),
    "str": (Access.WRITE, 1, "str r5, [r6]"),
    "ldrt": (Access.READ, 0, "ldrt r5, [r6]"),
    "strt": (Access.WRITE, 0, "strt r5, [r6]"),
    "bx": (Access.EXECUTE, 1, "bx r6"),
}


def executing_machine(rng: random.Random) -> Machine:
    """Random tables again, but RAM's own section is there and half of all pages lie in RAM."""
    machine = random_machine(rng)
    for base, count in ((L1, 4096), (L1_HIGH, 4096), (L2, 256 * L2_TABLES)):
        words = list(struct.unpack(f"<{count}I", machine.read_physical(base, 4 * count)))
        for index, word in enumerate(words):
            if base != L2 and word & 3 == 2 and not word >> 18 & 1 and rng.random() < 0.5:
                words[index] = (word & 0xFFFFF) | 0x80000000
            if base == L2 and word & 2 and rng.random() < 0.8:
                words[index] = (word & 0xFFF) | 0x80000000 | rng.randrange(256) << 12
        if base != L2:
            words[0x800] = 0x80000C02 | 15 << 5
        machine.write_physical(base, struct.pack(f"<{count}I", *words))
    machine.set_system(3, 0, 0, 0, machine.system().dacr | 3 << 30)
    machine.set_system(2, 0, 0, 2, machine.system().ttbcr & 7)
    machine.set_system(12, 0, 0, 0, CODE + 0x100)
    code = b"".join(assemble(text) for _, _, text in SNIPPETS.values())
    machine.write_physical(CODE, code)
    return machine


@pytest.mark.parametrize("seed", range(3))
def test_verdicts_agree_with_execution(seed: int) -> None:
    """Loads, stores and jumps really made: the same permission, address and fault status."""
    compare_with_execution(seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 160))
def test_verdicts_agree_with_execution_at_length(seed: int) -> None:
    compare_with_execution(seed)


def compare_with_execution(seed: int) -> None:
    rng = random.Random(1000 + seed)
    outcomes = {True: 0, False: 0}
    for _ in range(6):
        machine = executing_machine(rng)
        mmu = MmuRegisters.of(machine.system())
        for _ in range(150):
            va = rng.getrandbits(32) & ~3
            found = walk(machine, mmu, va)
            for place, (access, privilege, _text) in enumerate(SNIPPETS.values()):
                verdict = found.verdict(privilege, access)
                outcomes[verdict.allowed] += 1
                try_it(machine, found, access, verdict.fsr, CODE + 4 * place)
        machine.close()
    assert min(outcomes.values()) > 100


def try_it(machine: Machine, found: Walk, access: Access, fsr: int, pc: int) -> None:
    memory = None
    if found.pa is not None:
        try:
            memory = machine.read_physical(found.pa, 4)
        except BusError:
            if fsr == 0:
                return  # devices, or nothing: not the walker's business
    value = int.from_bytes(memory or b"\0\0\0\0", "little")
    machine.set_cpsr(0x1D3)
    machine.set_register(5, value if access is Access.WRITE else 0x12345678)
    machine.set_register(6, found.va)
    machine.set_register(15, pc)
    machine.step(2 if access is Access.EXECUTE and fsr else 1)
    faults = [e for e in machine.take_events() if isinstance(e, Transition) and e.fault]
    where = f"{found.va:#x} {access} {found.steps} {found.mmu}"
    if fsr:
        assert faults, where
        assert faults[0].fault_status == fsr, where
        assert faults[0].fault_address == found.va, where
        return
    assert not faults, where
    if access is Access.READ:
        assert machine.registers().r[5] == value, where
