"""Interrupt controller, timers, UART, random numbers, clock blocks: through their registers."""

from __future__ import annotations

from ringview.machine.devices.gpio import GPIO1_BASE, Gpio
from ringview.machine.devices.intc import SPURIOUS, Intc
from ringview.machine.devices.prcm import Prcm, control_module
from ringview.machine.devices.timer import DmTimer
from ringview.machine.devices.trng import Trng
from ringview.machine.devices.uart import Uart


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
