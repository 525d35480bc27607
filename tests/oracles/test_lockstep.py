"""Our CPU against QEMU's, instruction by instruction, with every exception but interrupts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.oracles.lockstep_program import ENTRY_OFFSET, KERNEL, image, program
from tests.oracles.qemu import Qemu

from ringview.errors import BusError
from ringview.machine.events import Transition
from ringview.machine.machine import DDR_BASE, Machine, MachineConfig

STEPS = 7_000
PROLOGUE_STEPS = 11
NAMES = [*(f"r{n}" for n in range(16)), "cpsr"]


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(3))
def test_lockstep(seed: int, tmp_path: Path) -> None:
    """21,000 instructions in all; each must leave the same r0 to r15 and CPSR."""
    lockstep(seed, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 130))
def test_lockstep_at_length(seed: int, tmp_path: Path) -> None:
    lockstep(seed, tmp_path)


def lockstep(seed: int, tmp_path: Path) -> None:
    code = program(seed, blocks=16, length=130)
    machine = Machine(MachineConfig(ram_bytes=4 << 20))
    machine.load(DDR_BASE, image(code, DDR_BASE))
    machine.set_boot(DDR_BASE, 0, 0, DDR_BASE)
    machine.run(PROLOGUE_STEPS)
    assert machine.registers().pc == KERNEL + ENTRY_OFFSET
    machine.take_events()
    with Qemu(image(code, 0), tmp_path) as qemu:
        qemu.set_registers({2: 0})
        for _ in range(PROLOGUE_STEPS):
            qemu.step()
        # what the prologue computed from the physical base differs
        qemu.set_registers(dict.fromkeys(range(15), 0))
        for index in range(15):
            machine.set_register(index, 0)
        machine.set_cpsr(qemu.registers()[16])  # the flags at reset are unknown
        before: tuple[int, ...] = ()
        for step in range(STEPS):
            registers = machine.registers()
            ours = (*registers.r, registers.cpsr)
            theirs = qemu.registers()
            if ours != theirs:
                pytest.fail(difference(machine, step, before, ours, theirs))
            before = ours
            machine.step()
            qemu.step()
    causes = Counter(
        (e.cause, e.from_mode.name) for e in machine.take_events() if isinstance(e, Transition)
    )
    for cause in ("svc", "undefined", "data abort", "prefetch abort"):
        assert causes[cause, "USR"] > 5, causes
        assert sum(n for (name, _), n in causes.items() if name == cause) > 15, causes
    assert sum(n for (name, _), n in causes.items() if name == "return") > 60, causes
    assert sum(n for (name, _), n in causes.items() if name in ("cps", "msr")) > 10, causes


def difference(
    machine: Machine,
    step: int,
    before: tuple[int, ...],
    ours: tuple[int, ...],
    theirs: tuple[int, ...],
) -> str:
    parts = [
        f"{name}: ours {a:#x}, QEMU's {b:#x}"
        for name, a, b in zip(NAMES, ours, theirs, strict=True)
        if a != b
    ]
    pc = before[15] if before else 0
    try:
        data = machine.read_physical(pc - KERNEL + DDR_BASE, 4)
        word = f"{int.from_bytes(data, 'little'):#010x}"
    except BusError:
        word = "unreadable"
    return f"after step {step}, at {pc:#x} ({word}): " + "; ".join(parts)
