"""UART0, a 16550 with OMAP additions (TRM SPRUH73, chapter 19); registers are 4 bytes apart.

Transmission takes no time: the transmitter is always empty.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from ringview.machine.devices.base import Device, Line, State

_DATA, _IER, _IIR_FCR, _LCR, _MCR, _LSR, _MSR, _SPR = range(0, 0x20, 4)
_MDR1, _SCR, _SSR, _MVR, _SYSC, _SYSS, _RXFIFO_LVL, _TXFIFO_LVL = (
    0x20,
    0x40,
    0x44,
    0x50,
    0x54,
    0x58,
    0x64,
    0x68,
)
_RX_ENABLE, _TX_ENABLE = 1 << 0, 1 << 1
_LSR_EMPTY, _LSR_DATA = 0x60, 0x01
_MSR_READY = 0xB0
_DIVISOR_LATCH = 0x80
_CONFIGURATION_B = 0xBF
_IIR_NONE, _IIR_TX, _IIR_RX, _IIR_FIFOS = 0x01, 0x02, 0x04, 0xC0
_REVISION = 0x47422E03
_DISABLED = 7


class Uart(Device):
    """One UART.

    Args:
        transmitted: called with each byte the guest sends.
    """

    def __init__(
        self, name: str, base: int, line: int, drive: Line, transmitted: Callable[[int], None]
    ) -> None:
        super().__init__(name, base, 0x1000)
        self.line = line
        self._drive = drive
        self._transmitted = transmitted
        self._received: deque[int] = deque()
        self._ier = self._lcr = self._efr = 0
        self._fcr = 0
        self._tx_pending = False
        self._plain: dict[tuple[int, int], int] = {(0, _MDR1): _DISABLED}

    def receive(self, data: bytes) -> None:
        """Bytes arrive from outside."""
        self._received.extend(data)
        self._update()

    def _update(self) -> None:
        self._drive(self.line, self._cause() != _IIR_NONE)

    def _cause(self) -> int:
        if self._ier & _RX_ENABLE and self._received:
            return _IIR_RX
        if self._ier & _TX_ENABLE and self._tx_pending:
            return _IIR_TX
        return _IIR_NONE

    def _bank(self) -> int:
        """Which of the three register sets is visible: 0 operation, 1 A, 2 B."""
        if self._lcr == _CONFIGURATION_B:
            return 2
        return 1 if self._lcr & _DIVISOR_LATCH else 0

    def read(self, offset: int, size: int) -> int:
        """Load; see :meth:`Device.read`."""
        offset &= ~3
        bank = self._bank()
        if offset == _DATA and bank == 0:
            byte = self._received.popleft() if self._received else 0
            self._update()
            return byte
        if offset == _IER and bank == 0:
            return self._ier
        if offset == _IIR_FCR and bank != 2:
            return self._read_iir()
        if offset == _IIR_FCR:
            return self._efr
        fixed = {
            _LCR: self._lcr,
            _LSR: _LSR_EMPTY | (_LSR_DATA if self._received else 0),
            _MSR: _MSR_READY,
            _MVR: _REVISION,
            _SYSS: 1,
            _RXFIFO_LVL: min(len(self._received), 63),
            _TXFIFO_LVL: 0,
            _SSR: 0,
        }
        if offset in fixed:
            return fixed[offset]
        return self._plain.get(self._key(bank, offset), 0)

    def _read_iir(self) -> int:
        cause = self._cause()
        if cause == _IIR_TX:
            self._tx_pending = False
            self._update()
        return cause | (_IIR_FIFOS if self._fcr & 1 else 0)

    @staticmethod
    def _key(bank: int, offset: int) -> tuple[int, int]:
        # the divisor latches are shared by both configuration sets
        return (min(bank, 1) if offset <= _IER else (bank if offset <= _SPR else 0), offset)

    def write(self, offset: int, size: int, value: int) -> None:
        """Store; see :meth:`Device.write`."""
        offset &= ~3
        value &= 0xFF
        bank = self._bank()
        if offset == _DATA and bank == 0:
            self._transmitted(value)
            self._tx_pending = True
        elif offset == _IER and bank == 0:
            if value & _TX_ENABLE & ~self._ier:
                self._tx_pending = True
            self._ier = value
        elif offset == _IIR_FCR and bank == 2:
            self._efr = value
        elif offset == _IIR_FCR:
            self._fcr = value & ~6
            if value & 2:
                self._received.clear()
        elif offset == _LCR:
            self._lcr = value
        elif offset == _SYSC and value & 2:
            self._reset()
        else:
            self._plain[self._key(bank, offset)] = value
        self._update()

    def _reset(self) -> None:
        self._ier = self._lcr = self._efr = self._fcr = 0
        self._tx_pending = False
        self._plain = {(0, _MDR1): _DISABLED}

    def save(self) -> State:
        """The state; see :meth:`Device.save`."""
        return (
            bytes(self._received),
            self._ier,
            self._lcr,
            self._efr,
            self._fcr,
            int(self._tx_pending),
            tuple(sorted(self._plain.items())),
        )

    def load(self, state: State) -> None:
        """Put a saved state back."""
        received, ier, lcr, efr, fcr, pending, plain = state
        self._received = deque(received)
        self._ier, self._lcr, self._efr, self._fcr = ier, lcr, efr, fcr
        self._tx_pending = bool(pending)
        self._plain = dict(plain)
