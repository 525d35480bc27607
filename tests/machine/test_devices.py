"""Interrupt controller, timers, UART, random numbers, clock blocks: through their registers."""

from __future__ import annotations

import pytest
from tests.machine.asm import LOAD, MMU_ON, boot, with_vectors

from ringview.arm.psr import Mode
from ringview.errors import BusError, MachineError
from ringview.machine.devices.gpio import GPIO1_BASE, Gpio
from ringview.machine.devices.intc import SPURIOUS, Intc
from ringview.machine.devices.prcm import Prcm, control_module
from ringview.machine.devices.timer import DmTimer
from ringview.machine.devices.trng import Trng
from ringview.machine.devices.uart import Uart
from ringview.machine.events import ConsoleInput, InterruptRaised, Transition
from ringview.machine.machine import Machine, MachineConfig, MachineState, StopReason
from ringview.machine.mmu import TranslationError


class Wire:
    """Catches what a device drives."""

    def __init__(self) -> None:
        self.now = 0
        self.lines: dict[int, bool] = {}
        self.out = (False, False)
        self.raised: list[int] = []
        self.sent = bytearray()

    def clock(self) -> int:
        return self.now

    def drive(self, line: int, high: bool) -> None:
        self.lines[line] = high

    def high(self, line: int) -> bool:
        return self.lines[line]

    def state(self) -> tuple[bool, bool]:
        return self.out

    def outputs(self, irq: bool, fiq: bool) -> None:
        self.out = (irq, fiq)


def intc() -> tuple[Intc, Wire]:
    wire = Wire()
    return Intc(wire.outputs, wire.raised.append), wire


def test_intc_masks_after_reset() -> None:
    controller, wire = intc()
    controller.set_line(68, True)
    assert wire.state() == (False, False)
    assert wire.raised == [68]
    assert controller.read(0x40, 4) == SPURIOUS
    controller.write(0x80 + 0x40 + 8, 4, 1 << 4)  # MIR_CLEAR2
    assert wire.state() == (True, False)
    assert controller.read(0x40, 4) == 68
    assert controller.read(0x80 + 0x40 + 0x18, 4) == 1 << 4
    controller.set_line(68, False)
    assert wire.state() == (False, False)


def test_intc_priority_threshold_and_fiq() -> None:
    controller, wire = intc()
    for bank in range(4):
        controller.write(0x84 + 0x20 * bank, 4, 0)
    controller.write(0x100 + 4 * 3, 4, 5 << 2)
    controller.write(0x100 + 4 * 90, 4, 2 << 2)
    controller.set_line(3, True)
    controller.set_line(90, True)
    assert controller.read(0x40, 4) == 90
    controller.write(0x68, 4, 2)
    assert wire.state() == (False, False)
    controller.write(0x68, 4, 3)
    assert wire.state() == (True, False)
    controller.write(0x68, 4, 0xFF)
    controller.write(0x100 + 4 * 90, 4, 1)
    assert wire.state() == (True, True)
    assert controller.read(0x44, 4) == 90
    assert controller.read(0x40, 4) == 3


def test_intc_injected_line_ends_with_the_acknowledgement() -> None:
    controller, wire = intc()
    controller.write(0x80 + 8, 4, 1 << 7)
    controller.inject(7)
    assert wire.state()[0]
    assert controller.read(0x40, 4) == 7
    controller.write(0x48, 4, 1)
    assert not wire.state()[0]
    # an acknowledgement is for the line that was read, not for another that waits by then
    controller.write(0x80 + 8, 4, 1 << 9)
    controller.inject(7)
    assert controller.read(0x40, 4) == 7
    controller.inject(9)
    controller.write(0x80 + 0x14, 4, 1 << 7)  # as a handler that drops its own line
    controller.write(0x48, 4, 1)
    assert controller.read(0x40, 4) == 9
    controller.write(0x48, 4, 1)
    assert not wire.state()[0]
    # what software sets by ISR_SET stays until software clears it
    controller.write(0x80 + 0x10, 4, 1 << 7)
    controller.write(0x48, 4, 1)
    assert wire.state()[0]
    controller.write(0x80 + 0x14, 4, 1 << 7)
    assert not wire.state()[0]


def timer(*, one_ms: bool = False) -> tuple[DmTimer, Wire]:
    wire = Wire()
    return DmTimer("T", 0, 68, wire.clock, wire.drive, one_ms=one_ms), wire


def test_timer_counts_at_a_quarter_of_the_clock() -> None:
    device, wire = timer()
    device.write(0x3C, 4, 1000)
    device.write(0x38, 4, 1)
    wire.now = 403
    assert device.read(0x3C, 4) == 1100
    assert device.next_event() is None
    device.write(0x38, 4, 0)
    wire.now = 10_000
    assert device.read(0x3C, 4) == 1100


def test_timer_overflow_reload_and_interrupt() -> None:
    device, wire = timer()
    device.write(0x40, 4, 0xFFFFFF00)
    device.write(0x44, 4, 1)
    device.write(0x2C, 4, 2)
    device.write(0x38, 4, 3)
    assert device.next_event() == 0x400
    wire.now = 0x400
    device.tick()
    assert wire.high(68)
    assert device.next_event() is None  # pending already
    wire.now = 0x408
    assert device.read(0x3C, 4) == 0xFFFFFF02
    device.write(0x28, 4, 2)
    assert not wire.high(68)
    assert device.next_event() == 0x800


def test_timer_one_shot_stops() -> None:
    device, wire = timer()
    device.write(0x3C, 4, 0xFFFFFFFE)
    device.write(0x38, 4, 1)
    wire.now = 400
    assert device.read(0x38, 4) == 0
    assert device.read(0x24, 4) == 2
    assert device.read(0x3C, 4) == 0


def test_timer_prescaler_and_match() -> None:
    device, wire = timer()
    device.write(0x4C, 4, 10)
    device.write(0x2C, 4, 1)
    device.write(0x38, 4, 1 | 1 << 5 | 2 << 2 | 1 << 6)  # divide by 8, compare
    assert device.next_event() == 10 * 8 * 4
    wire.now = 10 * 8 * 4
    device.tick()
    assert wire.high(68)
    assert device.read(0x28, 4) == 1


def test_one_ms_timer_has_its_own_layout() -> None:
    device, wire = timer(one_ms=True)
    device.write(0x2C, 4, 0xFFFFFFF0)
    device.write(0x30, 4, 0)
    device.write(0x1C, 4, 2)
    device.write(0x24, 4, 3)
    wire.now = 64
    device.tick()
    assert wire.high(68)
    assert device.read(0x18, 4) == 2
    assert device.read(0x28, 4) == 0xFFFFFFF0


def test_timer_saves_and_loads() -> None:
    device, wire = timer()
    device.write(0x40, 4, 0xFFFFFF00)
    device.write(0x38, 4, 3)
    wire.now = 500
    state = device.save()
    value = device.read(0x3C, 4)
    wire.now = 900
    later = device.read(0x3C, 4)
    other, other_wire = timer()
    other.load(state)
    other_wire.now = 500
    assert other.read(0x3C, 4) == value
    other_wire.now = 900
    assert other.read(0x3C, 4) == later


def uart() -> tuple[Uart, Wire]:
    wire = Wire()
    return Uart("UART0", 0, 72, wire.drive, wire.sent.append), wire


def test_uart_transmits_and_interrupts() -> None:
    device, wire = uart()
    assert device.read(0x14, 4) == 0x60
    device.write(0, 4, ord("x"))
    assert wire.sent == b"x"
    device.write(4, 4, 2)
    assert wire.high(72)
    assert device.read(8, 4) & 0x3F == 2
    assert not wire.high(72)
    assert device.read(8, 4) & 0x3F == 1


def test_uart_receives() -> None:
    device, wire = uart()
    device.write(4, 4, 1)
    device.receive(b"ab")
    assert wire.high(72)
    assert device.read(0x64, 4) == 2
    assert device.read(0x14, 4) & 1
    assert bytes([device.read(0, 4), device.read(0, 4)]) == b"ab"
    assert not wire.high(72)
    assert device.read(0x14, 4) & 1 == 0


def test_uart_divisor_latch_hides_data() -> None:
    device, wire = uart()
    device.write(0xC, 4, 0x80)
    device.write(0, 4, 26)
    device.write(4, 4, 0)
    assert wire.sent == b""
    assert device.read(0, 4) == 26
    device.write(0xC, 4, 0xBF)
    device.write(8, 4, 0x10)
    assert device.read(8, 4) == 0x10
    device.write(0xC, 4, 3)
    assert device.read(0xC, 4) == 3


def test_trng_is_a_function_of_its_seed() -> None:
    def words(seed: int) -> list[int]:
        device = Trng(seed, lambda line, high: None)
        assert device.read(8, 4) == 0
        device.write(0x14, 4, 1 << 10)
        found = []
        for _ in range(8):
            assert device.read(8, 4) == 1
            found += [device.read(0, 4), device.read(4, 4)]
            device.write(0x10, 4, 1)
        return found

    assert words(1) == words(1)
    assert words(1) != words(2)
    assert len(set(words(3))) == 16


def test_trng_interrupt() -> None:
    wire = Wire()
    device = Trng(0, wire.drive)
    device.write(0xC, 4, 1)
    assert not wire.high(111)
    device.write(0x14, 4, 1 << 10)
    assert wire.high(111)


def test_clocks_open_and_plls_lock() -> None:
    prcm = Prcm()
    assert prcm.read(0x80, 4) == 3 << 16  # CM_PER_TIMER2_CLKCTRL, off
    prcm.write(0x80, 4, 2)
    assert prcm.read(0x80, 4) == 2
    assert prcm.read(0x420, 4) == 1  # CM_IDLEST_DPLL_MPU
    assert control_module().read(0x600, 4) == 0x2B94402E


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


def test_gpio_sets_and_clears_single_bits_and_reads_what_it_drives() -> None:
    gpio = Gpio("GPIO1", GPIO1_BASE)
    assert gpio.read(0x134, 4) == 0xFFFFFFFF, "all pins are inputs after reset"
    gpio.write(0x194, 4, 0x01E00000)  # SETDATAOUT
    assert gpio.read(0x13C, 4) == gpio.read(0x194, 4) == gpio.read(0x190, 4) == 0x01E00000
    assert gpio.read(0x138, 4) == 0, "an input is not driven"
    gpio.write(0x134, 4, ~0x00600000 & 0xFFFFFFFF)  # OE
    assert gpio.read(0x138, 4) == 0x00600000
    gpio.write(0x190, 4, 0x00200000)  # CLEARDATAOUT
    assert gpio.read(0x13C, 4) == 0x01C00000
    gpio.write(0x138, 4, 0xFFFFFFFF)
    assert gpio.read(0x138, 4) == 0x00400000, "DATAIN cannot be written"
    saved = gpio.save()
    gpio.write(0x13C, 4, 0)
    assert gpio.read(0x138, 4) == 0
    gpio.load(saved)
    assert gpio.read(0x138, 4) == 0x00400000
