"""The machine as a whole: interrupts at an exact instruction, breakpoints, watchpoints, its memory
read, restored and refused.
"""

from __future__ import annotations

import pytest
from tests.machine.asm import LOAD, MMU_ON, boot, with_vectors

from ringview.arm.psr import Mode
from ringview.errors import BusError, MachineError
from ringview.machine.events import ConsoleInput, InterruptRaised, Transition
from ringview.machine.machine import Machine, MachineConfig, MachineState, StopReason
from ringview.machine.mmu import TranslationError

IRQ_TEXT = """
    ldr r0, =0x48200000
    mov r1, #0x80
    str r1, [r0, #0x88]
    str r1, [r0, #0xa8]
    str r1, [r0, #0xc8]
    str r1, [r0, #0xe8]
    {extra}
    cpsie if
1:  add r5, r5, #1
    b 1b
"""
IRQ_HANDLER = """
    push {r0, r1}
    ldr r0, =0x48200000
    ldr r6, [r0, #0x40]
    mov r1, #1
    str r1, [r0, #0x48]
    pop {r0, r1}
    subs pc, lr, #4
"""


def test_injected_interrupt_runs_the_guests_path_once() -> None:
    machine = boot(with_vectors(IRQ_TEXT.format(extra=""), v_irq=IRQ_HANDLER))
    machine.run(200)
    machine.take_events()
    pc = machine.registers().pc
    machine.inject_irq(39)
    machine.run(400)
    events = machine.take_events()
    assert events[0] == InterruptRaised(200, 39)
    irq, back = (e for e in events if isinstance(e, Transition))
    assert (irq.cause, irq.icount, irq.pc, irq.lr) == ("irq", 200, pc, pc + 4)
    assert (irq.to_mode, irq.vector) == (Mode.IRQ, LOAD + 32 + 0x18)
    assert irq.cpsr_after & 0x1C0 == 0x180
    assert (back.cause, back.target) == ("return", pc)
    assert machine.registers().r[6] == 39


def test_fiq_is_taken_before_irq_and_masks_both() -> None:
    fiq = "ldr r8, =0x48200000\n ldr r9, [r8, #0x44]\n mov r10, #2\n str r10, [r8, #0x48]\n"
    machine = boot(
        with_vectors(
            IRQ_TEXT.format(extra="mov r1, #1\n str r1, [r0, #0x21c]"),
            v_irq=IRQ_HANDLER,
            v_fiq=fiq + "subs pc, lr, #4\n",
        )
    )
    machine.run(200)
    machine.take_events()
    machine.inject_irq(39)
    machine.inject_irq(71)
    machine.run(400)
    taken = [e for e in machine.take_events() if isinstance(e, Transition)]
    assert [e.cause for e in taken] == ["fiq", "return", "irq", "return"]
    assert taken[0].cpsr_after & 0x1DF == 0x1D1
    registers = machine.registers()
    assert registers.fiq_r8_12[1] == 71
    assert registers.r[6] == 39


def test_masked_interrupt_waits_for_the_very_instruction_that_unmasks() -> None:
    machine = boot(
        with_vectors(
            IRQ_TEXT.format(extra="cpsid i\n mov r4, #50\n2: subs r4, r4, #1\n bne 2b\n"),
            v_irq=IRQ_HANDLER,
        )
    )
    machine.run(40)
    machine.inject_irq(39)
    machine.take_events()
    machine.run(400)
    (irq, _) = (e for e in machine.take_events() if isinstance(e, Transition))
    word = machine.read_physical(irq.pc - 4, 4)
    assert int.from_bytes(word, "little") == 0xF10800C0  # cpsie if
    assert machine.registers().r[5] > 0


def test_fiq_waits_for_the_very_instruction_that_unmasks_it() -> None:
    extra = "mov r1, #1\n str r1, [r0, #0x19c]\n cpsid if\n mov r4, #50\n"
    text = IRQ_TEXT.format(extra=extra + "2: subs r4, r4, #1\n bne 2b\n")
    fiq = "ldr r8, =0x48200000\n mov r10, #2\n str r10, [r8, #0x48]\n subs pc, lr, #4\n"
    machine = boot(with_vectors(text.replace("cpsie if", "cpsie f"), v_fiq=fiq))
    machine.run(40)
    machine.inject_irq(39)
    machine.take_events()
    machine.run(400)
    fiq_taken, back = (e for e in machine.take_events() if isinstance(e, Transition))
    word = machine.read_physical(fiq_taken.pc - 4, 4)
    assert int.from_bytes(word, "little") == 0xF1080040  # cpsie f
    assert (fiq_taken.cause, back.target) == ("fiq", fiq_taken.pc)


def test_console_input_interrupts() -> None:
    machine = boot(
        with_vectors(
            IRQ_TEXT.format(
                extra="mov r1, #0x100\n str r1, [r0, #0xc8]\n ldr r0, =0x44e09000\n"
                "mov r1, #1\n str r1, [r0, #4]"
            ),
            v_irq="ldr r0, =0x44e09000\n ldr r7, [r0]\n subs pc, lr, #4\n",
        )
    )
    machine.run(100)
    machine.console_input(b"k")
    machine.run(200)
    events = machine.take_events()
    assert ConsoleInput(100, b"k") in events
    assert InterruptRaised(100, 72) in events
    assert machine.registers().r[7] == ord("k")


def test_breakpoints() -> None:
    machine = boot("1: add r0, r0, #1\n add r1, r1, #1\n b 1b\n")
    stop = machine.run(100, breakpoints=[LOAD + 4])
    assert (stop.reason, stop.icount, stop.address) == (StopReason.BREAKPOINT, 1, LOAD + 4)
    stop = machine.run(100)
    assert (stop.reason, stop.icount) == (StopReason.BREAKPOINT, 4)
    assert machine.registers().r[:2] == (2, 1)
    # aliases in the filter do not stop
    machine.set_code_breakpoints([LOAD + 4 + 8192])
    assert machine.run(100).reason is StopReason.LIMIT


def test_watchpoints() -> None:
    machine = boot(
        "ldr r6, =0x80100000\n1: add r0, r0, #1\n str r0, [r6]\n ldr r1, [r6, #4]\n b 1b\n.ltorg\n"
    )
    stop = machine.run(100, watchpoints=[(0x80100000, 4, 2)])
    assert (stop.reason, stop.icount, stop.address) == (StopReason.WATCHPOINT, 3, 0x80100000)
    assert machine.read_physical(0x80100000, 4) == b"\1\0\0\0"
    stop = machine.run(100, watchpoints=[(0x80100004, 4, 1)])
    assert (stop.reason, stop.icount) == (StopReason.WATCHPOINT, 4)
    assert machine.run(100, watchpoints=[(0x80100004, 4, 2)]).reason is StopReason.LIMIT


def test_a_watchpoint_hears_an_access_that_begins_before_it() -> None:
    source = "ldr r6, =0x80100000\n1: ldrd r2, r3, [r6]\n str r0, [r6]\n b 1b\n.ltorg\n"
    for place, kinds, icount in ((0x80100003, 2, 3), (0x80100007, 1, 2), (0x80100004, 2, 100)):
        stop = boot(source).run(100, watchpoints=[(place, 1, kinds)])
        assert stop.icount == icount, hex(place)


def test_code_changed_by_restore_is_translated_again() -> None:
    machine = boot("mov r0, #1\n b .\n")
    before = machine.save()
    machine.run(3)
    machine.load(LOAD, bytes.fromhex("0200a0e3"))  # mov r0, #2
    after: MachineState = machine.save()
    for state, value in ((before, 1), (after, 2), (before, 1), (after, 2)):
        machine.restore(state)
        machine.set_register(15, LOAD)
        machine.step()
        assert machine.registers().r[0] == value


def test_reading_memory() -> None:
    machine = boot(with_vectors(MMU_ON + "b .\n"))
    machine.run(20_500)
    assert machine.read_virtual(LOAD, 4) == machine.read_physical(LOAD, 4)
    with pytest.raises(TranslationError, match="0x00001000"):
        machine.read_virtual(0x1000, 4)
    with pytest.raises(TranslationError, match="nothing answers"):
        machine.read_virtual(0x48200000, 4)
    with pytest.raises(BusError):
        machine.read_physical(0x48200000, 4)
    assert len(machine.read_virtual(LOAD + 4000, 8192)) == 8192


def test_impossible_requests() -> None:
    with pytest.raises(MachineError, match="whole MiB"):
        Machine(MachineConfig(ram_bytes=12345))
    machine = Machine(MachineConfig(ram_bytes=1 << 20))
    with pytest.raises(MachineError, match="lines 0 to 127"):
        machine.inject_irq(128)
    with pytest.raises(MachineError, match="another amount of RAM"):
        Machine(MachineConfig(ram_bytes=2 << 20)).restore(machine.save())
