"""Guests that run wild never take the machine down; run() says what happened."""

from __future__ import annotations

import random
import signal
import struct

import pytest
from tests.machine.asm import boot, timer, with_vectors

from ringview.machine.events import Halted, LockedUp
from ringview.machine.machine import Machine, MachineConfig, StopReason

LIMIT = 20_000
CALM = {StopReason.LIMIT, StopReason.HALTED, StopReason.LOCKUP}


@pytest.mark.parametrize("seed", range(40))
def test_random_words_as_code(seed: int) -> None:
    run_random_words(seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1000, 1500))
def test_random_words_as_code_at_length(seed: int) -> None:
    run_random_words(seed)


def run_random_words(seed: int) -> None:
    rng = random.Random(seed)
    machine = Machine(MachineConfig(ram_bytes=1 << 20))
    words = [rng.getrandbits(32) for _ in range(4096)]
    if seed % 2:
        words = [word & 0x0FFFFFFF | 0xE0000000 for word in words]
    machine.load(0x80000000, struct.pack("<4096I", *words))
    machine.set_boot(0x80000000 + 4 * rng.randrange(4000), *(rng.getrandbits(32) for _ in "012"))
    machine.set_system(12, 0, 0, 0, 0x80000000 + 0x400 * rng.randrange(8))
    for index in range(3, 15):
        value = rng.choice([rng.getrandbits(32), 0x80000000 + rng.getrandbits(16)])
        machine.set_register(index, value)
    machine.trace(seed % 4 == 0)
    for _ in range(4):
        stop = machine.run(machine.icount + LIMIT // 4)
        assert stop.reason in CALM
        machine.take_events()
        machine.take_trace()
        machine.registers()
        machine.system()
        machine.digest()
    state = machine.save()
    machine.restore(state)


def test_random_tables_under_running_code() -> None:
    rng = random.Random(7)
    for _ in range(20):
        machine = boot("1: add r0, r0, #1\n b 1b\n")
        machine.load(0x80010000, struct.pack("<4096I", *(rng.getrandbits(32) for _ in range(4096))))
        machine.set_system(2, 0, 0, 0, 0x80010000)
        machine.set_system(3, 0, 0, 0, rng.getrandbits(32))
        machine.set_system(1, 0, 0, 0, machine.system().sctlr | 1)
        assert machine.run(5000).reason in CALM


def test_mmu_off_under_itself() -> None:
    machine = boot(
        with_vectors(
            "mrc p15, 0, r0, c1, c0, 0\n bic r0, r0, #1\n mcr p15, 0, r0, c1, c0, 0\nb .\n"
        )
    )
    assert machine.run(1000).reason is StopReason.LIMIT


def test_lockup_in_the_vectors() -> None:
    machine = boot("mcr p15, 0, r3, c12, c0, 0\n svc #0\n")
    machine.set_register(3, 0x10000000)
    stop = machine.run(1_000_000)
    assert stop.reason is StopReason.LOCKUP
    assert stop.icount < 1000
    assert isinstance(machine.take_events()[-1], LockedUp)
    # and it stays so
    assert machine.run(1_000_000).reason is StopReason.LOCKUP


def test_lockup_by_undefined_vectors() -> None:
    machine = boot("svc #0\n")
    machine.set_system(12, 0, 0, 0, 0x80100000)
    machine.load(0x80100000, struct.pack("<8I", *[0xE7F000F0] * 8))
    assert machine.run(1_000_000).reason is StopReason.LOCKUP


def test_an_endless_loop_is_no_lockup() -> None:
    machine = boot("b .\n")
    stop = machine.run(1_000_000)
    assert (stop.reason, stop.icount) == (StopReason.LIMIT, 1_000_000)


def test_halted() -> None:
    machine = boot("cpsid if\n1: wfi\n b 1b\n")
    stop = machine.run(1000)
    assert (stop.reason, stop.icount) == (StopReason.HALTED, 2)
    assert isinstance(machine.take_events()[-1], Halted)
    assert machine.run(1000).reason is StopReason.HALTED


def test_halted_with_a_tick_still_running() -> None:
    """Power off by masking interrupts and WFI for ever, though a timer goes on."""
    machine = boot(
        "cpsid if\n"
        + timer(0xFFFFFF00)
        + """
1:  wfi
    b 1b
    .ltorg
"""
    )
    stop = machine.run(100_000)
    assert stop.reason is StopReason.HALTED
    assert stop.icount < 50


def test_masked_wfi_wakes_for_a_pending_interrupt() -> None:
    """Linux idles with interrupts masked; that is not the end."""
    machine = boot(
        "cpsid if\n"
        + timer(0xFFFFFF00, again=False)
        + """
    wfi
    ldr r0, =0x48040000
    mov r1, #2
    str r1, [r0, #0x28]
1:  add r5, r5, #1
    b 1b
    .ltorg
"""
    )
    assert machine.run(1000).reason is StopReason.LIMIT
    assert machine.registers().r[5] > 400
    assert machine.clock() > machine.icount + 900


def test_stop_request_is_obeyed_soon() -> None:
    machine = boot("b .\n")
    machine.request_stop()
    stop = machine.run(1 << 40)
    assert stop.reason is StopReason.STOPPED
    assert machine.run(machine.icount + 10).reason is StopReason.LIMIT


def test_a_signal_stops_a_long_run() -> None:
    machine = boot("b .\n")

    def on_alarm(_number: int, _frame: object) -> None:
        machine.request_stop()

    before = signal.signal(signal.SIGALRM, on_alarm)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        assert machine.run(1 << 40).reason is StopReason.STOPPED
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_executing_device_space() -> None:
    machine = boot(with_vectors("ldr r0, =0x44e09000\n bx r0\n"))
    assert machine.run(10_000).reason in CALM


def test_device_access_of_every_size_and_kind() -> None:
    machine = boot(
        "ldr r6, =0x44e09000\n ldrb r0, [r6]\n ldrh r0, [r6, #2]\n ldrd r0, r1, [r6]\n"
        "strb r0, [r6, #1]\n strh r0, [r6]\n ldr r0, [r6, #1]\n str r0, [r6, #3]\n"
        "ldmia r6, {r0-r5}\n stmia r6, {r0-r5}\n vldr d0, [r6]\n b .\n.ltorg\n"
    )
    assert machine.run(100).reason in CALM
