"""Whole tables and the way back from a physical address, held to the one-address walker."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.oracles.test_walker import PROT, random_machine

from ringview.arm.descriptors import DescriptorKind
from ringview.errors import BusError
from ringview.machine.mmu import Access, MmuRegisters, judge, permission_letters, walk
from ringview.machine.tables import (
    PAGE,
    SECTION,
    TableRange,
    first_level,
    mappings_of,
    second_level,
)

BASE, SIZE = 0x80000000, 1 << 17
L1, L1_HIGH, L2 = BASE + 0x4000, BASE + 0x8000, BASE + 0x10000


@dataclass
class Memory:
    data: bytearray

    def read_physical(self, pa: int, size: int) -> bytes:
        offset = pa - BASE
        if offset < 0 or offset + size > len(self.data):
            raise BusError(pa, size)
        return bytes(self.data[offset : offset + size])

    def put(self, pa: int, word: int) -> None:
        struct.pack_into("<I", self.data, pa - BASE, word & 0xFFFFFFFF)


def pages(rng: Random) -> list[int]:
    """Words of one page table: runs that count up, large pages, holes, odd words."""
    words: list[int] = []
    while len(words) < 256:
        length = rng.randint(1, 80)
        # few physical frames, so that several virtual addresses lead to one
        frame = rng.randint(0, 3)
        low = rng.choice((0x002, 0x013, 0x83F, 0xA32, 0x26))
        match rng.randint(0, 3):
            case 0:
                words += [0] * length
            case 1:
                words += [(frame + i) << 12 | low | 2 for i in range(length)]
            case 2:
                words += [frame << 16 | rng.choice((0x31, 0x8839))] * rng.randint(1, 32)
            case _:
                words.append(rng.getrandbits(14))
    return words[:256]


def tables(rng: Random) -> tuple[Memory, MmuRegisters, list[int]]:
    """Tables, registers, and the numbers of the first-level entries that are not empty."""
    memory = Memory(bytearray(SIZE))
    for number in range(3):
        memory.data[0x10000 + 1024 * number : 0x10400 + 1024 * number] = struct.pack(
            "<256I", *pages(rng)
        )
    n = rng.choice((0, 0, 0, 1, 3))
    used: set[int] = set()
    for _ in range(rng.randint(1, 6)):
        number = rng.randint(0, 4095)
        kind, frame = rng.randint(0, 4), rng.randint(0, 3)
        low = rng.choice((0x402, 0xC02, 0x1DE2, 0x11402))
        table = rng.choice((L2, L2 + 0x400, L2 + 0x800, 0x70000000))
        for i in range(min(rng.randint(1, 20), 4096 - number)):
            words = (
                table | 1 | 0x20,
                (frame + i & 0xFFF) << 20 | low,
                (number + i >> 4 & 3) << 24 | 0x40402,
                3,
                rng.getrandbits(32) & ~0x80000001 if i < 3 else 0,
            )
            for base in (L1, L1_HIGH):
                memory.put(base + 4 * (number + i), words[kind])
            used.add(number + i)
    pd = rng.choice((0, 0, 0, 0x10, 0x20)) if n else 0
    ttbr0 = L1 | rng.choice((0, 0x4A))
    return memory, MmuRegisters(1, ttbr0, L1_HIGH, n | pd, rng.getrandbits(32), 3), sorted(used)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32))
def test_the_way_back_is_what_brute_force_finds(seed: int) -> None:
    rng = Random(seed)
    memory, mmu, used = tables(rng)
    pa = rng.randint(0, 5) << 20 | rng.randint(0, 20) << 12
    pa += rng.randint(0, 4095)
    if rng.random() < 0.5:
        pa &= 0x1FFFF
    expected = set()
    for number in used:
        for page in range(256):
            va = number << 20 | page << 12 | pa & 0xFFF
            if walk(memory, mmu, va).pa == pa:
                expected.add(va)
    assert {entry.va for entry in mappings_of(memory, mmu, pa)} == expected
    size = rng.choice((4096, 1 << 20, 3 << 20))
    span = mappings_of(memory, mmu, pa & -4096, size)
    for entry in span:
        for offset in {0, entry.size - 1, entry.size // 2}:
            assert entry.pa is not None
            assert walk(memory, mmu, entry.va + offset).pa == entry.pa + offset
    assert all(any(e.va <= va < e.end for e in span) for va in expected)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1 << 32))
def test_the_tree_says_of_every_page_what_the_walker_says(seed: int) -> None:
    rng = Random(seed)
    memory, mmu, used = tables(rng)
    tops = first_level(memory, mmu)
    opened: dict[int, list[TableRange]] = {}
    assert all(a.end <= b.va for a, b in pairwise(tops))
    for _ in range(150):
        number = rng.choice([*used, 0, 4095, 0x800])
        va = number << 20 | rng.getrandbits(20)
        found = walk(memory, mmu, va)
        entry = next((t for t in tops if t.va <= va < t.end), None)
        if entry is None:
            assert not found.steps  # no table is in use there
            continue
        assert found.steps[0].address == entry.address + 4 * (va - entry.va >> 20)
        if entry.descriptor is not None and entry.descriptor.kind is DescriptorKind.TABLE:
            if entry.va not in opened:
                opened[entry.va] = second_level(memory, entry)
            entry = next(t for t in opened[entry.va] if t.va <= va < t.end)
            assert found.steps[1].address == entry.address + 4 * (va - entry.va >> 12)
        assert found.pa == (None if entry.pa is None else entry.pa + va - entry.va)
        if entry.pa is not None:
            assert entry.descriptor is not None
            verdicts = judge(mmu, entry.descriptor, entry.domain or 0)
            for privilege in (0, 1):
                assert permission_letters(verdicts, privilege) == found.permissions(privilege)


def test_with_the_mmu_off_there_are_no_tables() -> None:
    memory, mmu = Memory(bytearray(SIZE)), MmuRegisters(0, L1, 0, 0, 0, 0)
    assert first_level(memory, mmu) == []
    assert mappings_of(memory, mmu, BASE) == []


def test_a_run_of_sections_is_one_range_and_a_table_stands_alone() -> None:
    memory, mmu = Memory(bytearray(SIZE)), MmuRegisters(1, L1, 0, 0, 1, 0)
    for i in range(32):
        memory.put(L1 + 4 * (0xC00 + i), 0x80000402 + i * SECTION)
    memory.put(L1 + 4 * 0xC20, L2 | 1)
    memory.put(L1 + 4 * 0xC21, L2 | 1)
    memory.put(L2 + 4 * 7, 0x80007002)
    ranges = first_level(memory, mmu)
    assert [(r.va, r.count, r.maps) for r in ranges] == [
        (0, 0xC00, False),
        (0xC0000000, 32, True),
        (0xC2000000, 1, False),
        (0xC2100000, 1, False),
        (0xC2200000, 0x3DE, False),
    ]
    inner = second_level(memory, ranges[3])
    assert [(r.va, r.size) for r in inner if r.maps] == [(0xC2107000, PAGE)]
    assert [r.va for r in mappings_of(memory, mmu, 0x80007123)] == [
        0xC0007123,
        0xC2007123,
        0xC2107123,
    ]


@pytest.mark.parametrize("seed", range(3))
def test_the_trees_permissions_are_unicorns(seed: int) -> None:
    """Random tables and addresses: what a range of the tree allows is what Unicorn allows."""
    rng = Random(seed)
    for _ in range(4):
        machine = random_machine(rng)
        mmu = MmuRegisters.of(machine.system())
        tops = first_level(machine, mmu)
        found = [e for e in tops if e.descriptor and e.descriptor.kind is DescriptorKind.TABLE]
        leaves = [leaf for e in found[:20] for leaf in second_level(machine, e) if leaf.maps]
        leaves += [entry for entry in tops if entry.maps]
        assert len(leaves) > 150
        for leaf in rng.sample(leaves, 150):
            va = leaf.va + rng.randrange(leaf.size)
            assert leaf.descriptor is not None
            assert leaf.pa is not None
            verdicts = judge(mmu, leaf.descriptor, leaf.domain or 0)
            for privilege, cpsr in ((0, 0x1D0), (1, 0x1D3)):
                machine.set_cpsr(cpsr)
                for access, prot in PROT.items():
                    theirs = machine.unicorn_translate(va, prot)
                    allowed = verdicts[privilege, access].allowed
                    assert (theirs is not None) == allowed, (hex(va), leaf, privilege, access)
                    if theirs is not None:
                        assert theirs == leaf.pa + va - leaf.va
        machine.close()


def test_letters() -> None:
    memory, mmu = Memory(bytearray(SIZE)), MmuRegisters(1, L1, 0, 0, 1, 0)
    memory.put(L1, 0x80000402 | 1 << 15)  # AP = 101: PL1 may only read
    (entry, *_) = first_level(memory, mmu)
    assert entry.descriptor is not None
    verdicts = judge(mmu, entry.descriptor, 0)
    assert (permission_letters(verdicts, 0), permission_letters(verdicts, 1)) == ("---", "r-x")
    assert not verdicts[0, Access.READ].allowed
