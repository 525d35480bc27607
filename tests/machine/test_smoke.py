"""The machine runs code, talks to its console and takes an exception."""

from __future__ import annotations

import struct

from ringview.machine.events import ConsoleOutput, Transition
from ringview.machine.machine import Machine, MachineConfig, StopReason

LOAD = 0x80008000


def boot(*words: int) -> Machine:
    machine = Machine(MachineConfig(ram_bytes=1 << 20))
    machine.load(LOAD, struct.pack(f"<{len(words)}I", *words))
    machine.set_boot(LOAD, 0, 0, 0)
    return machine


def test_console_and_svc() -> None:
    machine = boot(
        0xE59F0008,  # ldr r0, [pc, #8]
        0xE3A01041,  # mov r1, #'A'
        0xE5801000,  # str r1, [r0]
        0xEF000007,  # svc 7
        0x44E09000,
    )
    stop = machine.run(4)
    assert stop.reason is StopReason.LIMIT
    assert stop.icount == machine.icount == 4
    output, svc = machine.take_events()
    assert output == ConsoleOutput(3, 0x41)
    assert isinstance(svc, Transition)
    assert (svc.cause, svc.pc, svc.vector, svc.lr) == ("svc", LOAD + 12, 8, LOAD + 16)
    assert machine.registers().pc == 8
