"""DMTIMERs: the common kind and the 1 ms kind of DMTIMER1 (TRM SPRUH73, chapter 20).

A timer counts up at 24 MHz and, on overflow, reloads from TLDR (auto-reload) or stops.
"""

from __future__ import annotations

from ringview.machine.devices.base import Clock, Device, Line, State

CLOCK_PER_TICK = 4
"""Instructions of the machine's clock per 24 MHz tick: 96 million instructions a second."""

_WRAP = 1 << 32
_ST, _AR, _PTV, _PRE, _CE = 1 << 0, 1 << 1, 0x1C, 1 << 5, 1 << 6
_MATCH, _OVERFLOW = 1 << 0, 1 << 1

_COMMON = {
    0x24: "status_raw",
    0x28: "status",
    0x2C: "enable_set",
    0x30: "enable_clr",
    0x38: "tclr",
    0x3C: "tcrr",
    0x40: "tldr",
    0x44: "ttgr",
    0x4C: "tmar",
}
_ONE_MS = {
    0x18: "status",
    0x1C: "enable",
    0x24: "tclr",
    0x28: "tcrr",
    0x2C: "tldr",
    0x30: "ttgr",
    0x38: "tmar",
}
_COMMON_FIXED = {0x00: 0x4FFF1301, 0x48: 0}
_ONE_MS_FIXED = {0x00: 0x00000015, 0x14: 1, 0x34: 0}


class DmTimer(Device):
    """One timer.

    Args:
        name, base: as in the memory map.
        line: its INTC input.
        clock: reads the machine's clock.
        drive: sets the interrupt line's level.
        one_ms: DMTIMER1's register layout.
    """

    def __init__(
        self, name: str, base: int, line: int, clock: Clock, drive: Line, *, one_ms: bool = False
    ) -> None:
        super().__init__(name, base, 0x1000)
        self.line = line
        self._clock = clock
        self._drive = drive
        self._map = _ONE_MS if one_ms else _COMMON
        self._fixed = _ONE_MS_FIXED if one_ms else _COMMON_FIXED
        self._tclr = self._tldr = self._tmar = 0
        self._status = self._enable = 0
        # the counter held `_value` at tick `_since`; it moves only while TCLR.ST is set
        self._value = 0
        self._since = 0
        self._plain: dict[int, int] = {}

    def _divider(self) -> int:
        return 2 << ((self._tclr & _PTV) >> 2) if self._tclr & _PRE else 1

    def _ticks(self) -> int:
        return self._clock() // (CLOCK_PER_TICK * self._divider())

    def _catch_up(self) -> None:
        """Bring counter and status to the present."""
        if not self._tclr & _ST:
            return
        now = self._ticks()
        before, total = self._value, self._value + now - self._since
        if self._tclr & _CE and before < self._tmar <= min(total, _WRAP - 1):
            self._status |= _MATCH
        if total >= _WRAP:
            self._status |= _OVERFLOW
            if self._tclr & _AR:
                period = _WRAP - self._tldr
                total = self._tldr + (total - _WRAP) % period
            else:
                total = 0
                self._tclr &= ~_ST
        self._value, self._since = total, now

    def _update_line(self) -> None:
        self._drive(self.line, bool(self._status & self._enable))

    def next_event(self) -> int | None:
        """The next overflow or match that raises the interrupt line."""
        if not self._tclr & _ST:
            return None
        wait = []
        if self._enable & ~self._status & _OVERFLOW:
            wait.append(_WRAP - self._value)
        if self._enable & ~self._status & _MATCH and self._tclr & _CE:
            distance = self._tmar - self._value
            if distance > 0:
                wait.append(distance)
            elif self._tclr & _AR:
                wait.append(_WRAP - self._value + max(self._tmar - self._tldr, 0))
        if not wait:
            return None
        return (self._since + min(wait)) * CLOCK_PER_TICK * self._divider()

    def tick(self) -> None:
        """Take the overflow or match that has come."""
        self._catch_up()
        self._update_line()

    def read(self, offset: int, size: int) -> int:
        """Load; see :meth:`Device.read`."""
        # a 16-bit read of the upper half of a register follows one of the lower
        if offset & 3:
            return self.read(offset & ~3, 4) >> (offset & 3) * 8
        self._catch_up()
        name = self._map.get(offset)
        values = {
            "status_raw": self._status,
            "status": self._status if "enable" in self._map.values() else self._visible(),
            "enable": self._enable,
            "enable_set": self._enable,
            "enable_clr": self._enable,
            "tclr": self._tclr,
            "tcrr": self._value,
            "tldr": self._tldr,
            "ttgr": 0xFFFFFFFF,
            "tmar": self._tmar,
        }
        if name is not None:
            return values[name]
        return self._fixed.get(offset, self._plain.get(offset, 0))

    def _visible(self) -> int:
        return self._status & self._enable

    def write(self, offset: int, size: int, value: int) -> None:
        """Store; see :meth:`Device.write`."""
        self._catch_up()
        name = self._map.get(offset)
        if name == "status":
            self._status &= ~value
        elif name == "status_raw":
            self._status |= value & 7
        elif name == "enable":
            self._enable = value & 7
        elif name == "enable_set":
            self._enable |= value & 7
        elif name == "enable_clr":
            self._enable &= ~value
        elif name == "tclr":
            self._tclr = value
            self._since = self._ticks()
        elif name == "tcrr":
            self._value, self._since = value, self._ticks()
        elif name == "tldr":
            self._tldr = value
        elif name == "ttgr":
            self._value, self._since = self._tldr, self._ticks()
        elif name == "tmar":
            self._tmar = value
        elif offset == 0x10:
            self._configure(value)
        else:
            self._plain[offset] = value
        self._update_line()

    def _configure(self, value: int) -> None:
        """TIOCP_CFG: a soft reset (bit 0, or 1 on the 1 ms kind) ends at once."""
        if value & (2 if "enable" in self._map.values() else 1):
            self._tclr = self._tldr = self._tmar = self._status = self._enable = 0
            self._value = self._since = 0
        self._plain[0x10] = value & ~3

    def save(self) -> State:
        """The state; see :meth:`Device.save`."""
        self._catch_up()
        return (
            self._tclr,
            self._tldr,
            self._tmar,
            self._status,
            self._enable,
            self._value,
            self._since if self._tclr & _ST else 0,
            tuple(sorted(self._plain.items())),
        )

    def load(self, state: State) -> None:
        """Put a saved state back."""
        *numbers, plain = state
        (
            self._tclr,
            self._tldr,
            self._tmar,
            self._status,
            self._enable,
            self._value,
            self._since,
        ) = numbers
        self._plain = dict(plain)
