"""The AM335x around the core: which block answers at which physical address (TRM chapter 2)."""

from __future__ import annotations

from collections.abc import Callable

from ringview.machine.devices.base import Clock, Device, RegisterFile, State
from ringview.machine.devices.gpio import GPIO1_BASE, Gpio
from ringview.machine.devices.intc import Intc
from ringview.machine.devices.prcm import Prcm, control_module
from ringview.machine.devices.timer import DmTimer
from ringview.machine.devices.trng import Trng
from ringview.machine.devices.uart import Uart

UART0_LINE = 72

WINDOWS = (
    (0x40300000, 0x00010000),
    (0x44C00000, 0x00400000),
    (0x47400000, 0x00008000),
    (0x47810000, 0x00010000),
    (0x48000000, 0x01000000),
    (0x49000000, 0x00C00000),
    (0x4A000000, 0x01000000),
    (0x4C000000, 0x01000000),
    (0x50000000, 0x01000000),
    (0x53000000, 0x00800000),
    (0x56000000, 0x01000000),
)
"""Physical (base, size) of the interconnect's device space; nothing answers outside but DDR."""

_TIMERS = (
    ("DMTIMER0", 0x44E05000, 66),
    ("DMTIMER2", 0x48040000, 68),
    ("DMTIMER3", 0x48042000, 69),
    ("DMTIMER4", 0x48044000, 92),
    ("DMTIMER5", 0x48046000, 93),
    ("DMTIMER6", 0x48048000, 94),
    ("DMTIMER7", 0x4804A000, 95),
)
_PAGE_SHIFT = 12


class Board:
    """All devices, found by address.

    Args:
        seed: of the random number generator.
        clock: the machine's clock.
        outputs: the interrupt controller's (irq, fiq) outputs.
        raised: called with the number of an INTC line that goes up.
        transmitted: called with each console byte.
    """

    def __init__(
        self,
        seed: int,
        clock: Clock,
        outputs: Callable[[bool, bool], None],
        raised: Callable[[int], None],
        transmitted: Callable[[int], None],
    ) -> None:
        self.intc = Intc(outputs, raised)
        drive = self._drive
        self.uart0 = Uart("UART0", 0x44E09000, UART0_LINE, drive, transmitted)
        self.trng = Trng(seed, drive)
        self.timers = [DmTimer(name, base, line, clock, drive) for name, base, line in _TIMERS]
        self.timers.append(DmTimer("DMTIMER1", 0x44E31000, 67, clock, drive, one_ms=True))
        self.devices: list[Device] = [
            self.intc,
            self.uart0,
            self.trng,
            *self.timers,
            Prcm(),
            control_module(),
            Gpio("GPIO1", GPIO1_BASE),
        ]
        # whatever has no model of its own remembers what was written
        self.rest = RegisterFile("rest", 0, 1 << 32)
        # while somebody explores: the devices that were accessed or ticked since he cleared this
        self.touched: set[Device] | None = None
        self._pages: dict[int, Device] = {}
        for device in self.devices:
            for page in range(device.base >> _PAGE_SHIFT, (device.base + device.size) >> 12):
                self._pages[page] = device

    def _drive(self, line: int, high: bool) -> None:
        if self.touched is not None:
            self.touched.add(self.intc)
        self.intc.set_line(line, high)

    def read(self, pa: int, size: int) -> int:
        """A load from device space."""
        device = self._pages.get(pa >> _PAGE_SHIFT, self.rest)
        if self.touched is not None:
            self.touched.add(device)
        return device.read(pa - device.base, size)

    def write(self, pa: int, size: int, value: int) -> None:
        """A store to device space."""
        device = self._pages.get(pa >> _PAGE_SHIFT, self.rest)
        if self.touched is not None:
            self.touched.add(device)
        device.write(pa - device.base, size, value)

    def next_event(self) -> int | None:
        """The earliest appointment of any device, on the machine's clock."""
        return min((at for t in self.timers if (at := t.next_event()) is not None), default=None)

    def tick(self, now: int) -> None:
        """Serve every device whose appointment has come."""
        for timer in self.timers:
            at = timer.next_event()
            if at is not None and at <= now:
                if self.touched is not None:
                    self.touched.add(timer)
                timer.tick()

    def all_devices(self) -> tuple[Device, ...]:
        """The devices in the order of :meth:`save`."""
        return (*self.devices, self.rest)

    def save(self) -> State:
        """The state of all devices."""
        return tuple(device.save() for device in self.all_devices())

    def load(self, state: State) -> None:
        """Put a saved state back and drive the interrupt outputs accordingly."""
        for device, saved in zip(self.all_devices(), state, strict=True):
            device.load(saved)
        self.intc.refresh()
