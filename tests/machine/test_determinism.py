"""The same inputs give the same run, however it is cut, traced, saved and restored."""

from __future__ import annotations

import random

import numpy as np
import pytest
from tests.machine.asm import MMU_ON, boot, with_vectors
from tests.machine.workout import workout

from ringview.machine.events import ConsoleOutput, Idle, InterruptRaised, Transition
from ringview.machine.machine import EPOCH, StopReason

LENGTH = 300_000


@pytest.fixture(scope="module")
def reference() -> tuple[bytes, list[object]]:
    machine = workout()
    stop = machine.run(LENGTH)
    assert stop.reason is StopReason.LIMIT
    return machine.digest(), list(machine.take_events())


def test_the_workout_is_one(reference: tuple[bytes, list[object]]) -> None:
    """Every kind of event happens in it, many times."""
    events = reference[1]
    causes = [e.cause for e in events if isinstance(e, Transition)]
    for cause in ("svc", "irq", "data abort", "prefetch abort", "undefined", "return"):
        assert causes.count(cause) > 50, cause
    for kind in (ConsoleOutput, InterruptRaised, Idle):
        assert sum(isinstance(e, kind) for e in events) > 50, kind


@pytest.mark.parametrize("seed", range(4))
def test_slices_do_not_matter(reference: tuple[bytes, list[object]], seed: int) -> None:
    rng = random.Random(seed)
    machine = workout()
    events: list[object] = []
    longest = rng.choice([3, 100, 5000])
    while machine.icount < LENGTH:
        machine.run(min(LENGTH, machine.icount + rng.randint(1, longest)))
        if longest == 3 and machine.icount > LENGTH // 10:
            longest = 5000
        events += machine.take_events()
    assert machine.digest() == reference[0]
    assert events == reference[1]


def test_the_trace_does_not_matter(reference: tuple[bytes, list[object]]) -> None:
    machine = workout()
    events: list[object] = []
    traced = 0
    rng = random.Random(5)
    while machine.icount < LENGTH:
        machine.trace(rng.random() < 0.5)
        machine.run(min(LENGTH, machine.icount + rng.randint(1, 20_000)))
        traced += len(machine.take_trace().insns)
        events += machine.take_events()
    assert traced > LENGTH // 10
    assert machine.digest() == reference[0]
    assert events == reference[1]


def test_breakpoints_and_stops_do_not_matter(reference: tuple[bytes, list[object]]) -> None:
    machine = workout()
    machine.run(LENGTH // 2)
    pc = machine.registers().pc
    machine.set_code_breakpoints([pc, pc + 4, pc + 12])
    hits = 0
    while machine.run(LENGTH, stop_on_transition=hits % 3 == 0).reason is not StopReason.LIMIT:
        hits += 1
    assert hits > 100
    assert machine.digest() == reference[0]


def test_another_seed_is_another_run(reference: tuple[bytes, list[object]]) -> None:
    machine = workout(seed=1)
    machine.run(LENGTH)
    assert machine.digest() != reference[0]


@pytest.mark.parametrize("seed", range(3))
def test_restore_and_run_again(seed: int) -> None:
    """Any jump, backwards or forwards, leads to the digest that the first pass had there."""
    rng = random.Random(seed)
    machine = workout()
    states = []
    digests: dict[int, bytes] = {}
    marks = sorted(rng.sample(range(LENGTH), 20))
    while machine.icount < LENGTH:
        states.append(machine.save())
        until = machine.icount + EPOCH
        for mark in [m for m in marks if machine.icount <= m < until]:
            machine.run(mark)
            digests[mark] = machine.digest()
        machine.run(until)
    for _ in range(30):
        mark = rng.choice(marks)
        base = max((s for s in states if s.icount <= mark), key=lambda s: s.icount)
        machine.restore(base)
        machine.trace(rng.random() < 0.3)
        machine.run(mark)
        assert machine.digest() == digests[mark]


def test_checkpoints_anywhere_work_with_honest_guests() -> None:
    machine = workout()
    machine.run(41_234)
    state, digest = machine.save(), machine.digest()
    machine.run(90_000)
    after = machine.digest()
    machine.restore(state)
    assert machine.digest() == digest
    machine.run(90_000)
    assert machine.digest() == after


def test_a_state_restores_in_another_machine() -> None:
    machine = workout()
    machine.run(50_000)
    state = machine.save()
    machine.run(80_000)
    other = workout(seed=99)
    other.run(10_000)
    other.restore(state)
    other.run(80_000)
    assert other.digest() == machine.digest()


def test_digest_does_not_depend_on_the_way() -> None:
    machine = workout()
    machine.run(30_000)
    digest = machine.digest()
    state = machine.save()
    machine.run(60_000)
    machine.restore(state)
    assert machine.digest() == digest
    fresh = workout()
    fresh.restore(state)
    assert fresh.digest() == digest


def test_trace_records_agree_with_stepping() -> None:
    machine = workout()
    machine.run(26_000)
    start = machine.save()
    machine.trace(True)
    machine.run(26_400)
    insns = machine.take_trace().insns
    machine.trace(False)
    machine.restore(start)
    retired = {int(record["icount"]): record for record in insns}
    for icount in range(26_000, 26_400):
        assert machine.icount == icount
        registers = machine.registers()
        record = retired.get(icount)
        if record is not None:  # a fetch that aborts leaves no record
            assert tuple(record["r"]) == registers.r
            assert int(record["cpsr"]) == registers.cpsr
        machine.step()
    assert len(retired) > 390
    assert np.all(np.diff(insns["icount"].astype(np.int64)) > 0)


STALE = """
    @ two second-level pages; the guest swaps their targets and never tells the TLB
    ldr r1, =0x80020000
    add r1, r1, #0x1000
    ldr r0, =0x80030001
    str r0, [r1]
    ldr r8, =0x80030000
    ldr r2, =0x80100032
    ldr r3, =0x80101032
    mov r6, #0x40000000
    add r9, r6, #0x1000
    mov r7, #0
again:
    str r2, [r8]
    str r3, [r8, #4]
    eor r2, r2, r3
    eor r3, r2, r3
    eor r2, r2, r3
    add r7, r7, #1
    ldr r4, [r6]
    add r5, r5, r4, ror #5
    str r7, [r9]
    ldr r4, [r9]
    add r5, r5, r4, ror #9
    tst r7, r5, lsr #3
    streq r5, [r6]
    movs r0, r7, lsl #20
    bne again
    mcr p15, 0, r0, c8, c7, 0    @ once in 4096 times, it does
    b again
"""


def test_a_guest_that_forgets_the_tlb_is_repeated_exactly() -> None:
    """What it sees depends on stale entries; from any epoch's checkpoint it sees the same."""
    machine = boot(with_vectors(MMU_ON + STALE))
    states, digests = [], {}
    rng = random.Random(1)
    while machine.icount < 3 * EPOCH:
        states.append(machine.save())
        for _ in range(4):
            machine.run(min(machine.icount + rng.randint(1, 30_000), states[-1].icount + EPOCH))
            digests[machine.icount] = machine.digest()
        machine.run(states[-1].icount + EPOCH)
    for _ in range(30):
        mark = rng.choice(list(digests))
        machine.trace(rng.random() < 0.3)
        machine.restore(max((s for s in states if s.icount <= mark), key=lambda s: s.icount))
        machine.run(mark)
        assert machine.digest() == digests[mark]
    honest = boot(with_vectors(MMU_ON + STALE.replace("    ldr r4, [r6]\n", FLUSH)))
    honest.run(EPOCH)
    other = boot(with_vectors(MMU_ON + STALE))
    other.run(EPOCH)
    assert honest.registers().r[4] != other.registers().r[4]


FLUSH = "    mcr p15, 0, r0, c8, c7, 0\n    ldr r4, [r6]\n"
