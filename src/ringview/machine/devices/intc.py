"""The interrupt controller (TRM SPRUH73, chapter 6): 128 lines, masks, priorities."""

from __future__ import annotations

from collections.abc import Callable

from ringview.machine.devices.base import Device, State

LINES = 128
BASE = 0x48200000
SPURIOUS = 0xFFFFFF80
_LOWEST_PRIORITY = 0x7F

_REVISION, _SYSCONFIG, _SYSSTATUS = 0x00, 0x10, 0x14
_SIR_IRQ, _SIR_FIQ, _CONTROL, _PROTECTION, _IDLE = 0x40, 0x44, 0x48, 0x4C, 0x50
_IRQ_PRIORITY, _FIQ_PRIORITY, _THRESHOLD = 0x60, 0x64, 0x68
_BANK0, _ILR0 = 0x80, 0x100
_ITR, _MIR, _MIR_CLEAR, _MIR_SET, _ISR_SET, _ISR_CLEAR, _PENDING_IRQ, _PENDING_FIQ = range(
    0, 0x20, 4
)
_ALL = (1 << LINES) - 1


class Intc(Device):
    """Levels of 128 lines in, IRQ and FIQ out.

    Args:
        outputs: called with (irq, fiq) whenever either output changes.
        raised: called with a line's number when the line goes up.
    """

    def __init__(
        self, outputs: Callable[[bool, bool], None], raised: Callable[[int], None]
    ) -> None:
        super().__init__("INTC", BASE, 0x1000)
        self._outputs = outputs
        self._raised = raised
        self._level = 0
        self._soft = 0
        self._injected = 0
        self._mask = _ALL
        self._threshold = 0xFF
        self._ilr = [0] * LINES
        self._control = 0
        self._plain: dict[int, int] = {}
        self._out = (False, False)
        self._told: list[int | None] = [None, None]  # by SIR_IRQ, SIR_FIQ: whom an ack is for

    def set_line(self, line: int, high: bool) -> None:
        """A device drives its interrupt line."""
        bit = 1 << line
        if bool(self._level & bit) == high:
            return
        self._level ^= bit
        if high:
            self._raised(line)
        self._update()

    def inject(self, line: int) -> None:
        """Raise ``line`` once, as software does by ISR_SET.

        It stays pending until the guest acknowledges it by NEWIRQAGR, or drops it by ISR_CLEAR:
        nobody else would clear it. An acknowledgement is for the line last read from SIR_IRQ.
        """
        bit = 1 << line
        self._soft |= bit
        self._injected |= bit
        self._raised(line)
        self._update()

    def pending(self, *, fiq: bool = False) -> int:
        """Bit mask of lines that are up, unmasked and routed to IRQ (or FIQ)."""
        lines = (self._level | self._soft) & ~self._mask
        routed = 0
        while lines:
            low = lines & -lines
            line = low.bit_length() - 1
            if (self._ilr[line] & 1) == fiq and (
                self._threshold == 0xFF or self._ilr[line] >> 2 < self._threshold
            ):
                routed |= low
            lines ^= low
        return routed

    def highest(self, *, fiq: bool = False) -> int | None:
        """The pending line of the highest priority (lowest number breaks ties), or None."""
        lines = self.pending(fiq=fiq)
        best: tuple[int, int] | None = None
        while lines:
            low = lines & -lines
            line = low.bit_length() - 1
            key = (self._ilr[line] >> 2, line)
            best = key if best is None else min(best, key)
            lines ^= low
        return None if best is None else best[1]

    def _update(self) -> None:
        out = (self.pending() != 0, self.pending(fiq=True) != 0)
        if out != self._out:
            self._out = out
            self._outputs(*out)

    def refresh(self) -> None:
        """Drive the outputs again, after :meth:`load`."""
        self._out = (self.pending() != 0, self.pending(fiq=True) != 0)
        self._outputs(*self._out)

    def read(self, offset: int, size: int) -> int:
        """Load; see :meth:`Device.read`."""
        if _BANK0 <= offset < _BANK0 + 0x80:
            return self._read_bank((offset - _BANK0) >> 5, offset & 0x1F)
        if _ILR0 <= offset < _ILR0 + 4 * LINES:
            return self._ilr[(offset - _ILR0) >> 2]
        if offset in (_SIR_IRQ, _SIR_FIQ):
            line = self.highest(fiq=offset == _SIR_FIQ)
            self._told[offset == _SIR_FIQ] = line
            return SPURIOUS if line is None else line
        if offset in (_IRQ_PRIORITY, _FIQ_PRIORITY):
            line = self.highest(fiq=offset == _FIQ_PRIORITY)
            return 0xFFFFFFC0 if line is None else self._ilr[line] >> 2
        fixed = {_REVISION: 0x50, _SYSSTATUS: 1, _THRESHOLD: self._threshold, _CONTROL: 0}
        return fixed.get(offset, self._plain.get(offset, 0))

    def _read_bank(self, bank: int, register: int) -> int:
        values = {
            _ITR: self._level | self._soft,
            _MIR: self._mask,
            _ISR_SET: self._soft,
            _PENDING_IRQ: self.pending() if register == _PENDING_IRQ else 0,
            _PENDING_FIQ: self.pending(fiq=True) if register == _PENDING_FIQ else 0,
        }
        return values.get(register, 0) >> (32 * bank) & 0xFFFFFFFF

    def write(self, offset: int, size: int, value: int) -> None:
        """Store; see :meth:`Device.write`."""
        value &= 0xFFFFFFFF
        if _BANK0 <= offset < _BANK0 + 0x80:
            self._write_bank((offset - _BANK0) >> 5, offset & 0x1F, value)
        elif _ILR0 <= offset < _ILR0 + 4 * LINES:
            self._ilr[(offset - _ILR0) >> 2] = value & 0x1FD
        elif offset == _CONTROL:
            self._acknowledge(value)
        elif offset == _THRESHOLD:
            self._threshold = value & 0xFF
        elif offset == _SYSCONFIG:
            if value & 2:
                self._reset()
            self._plain[offset] = value & 1
        else:
            self._plain[offset] = value
        self._update()

    def _reset(self) -> None:
        self._soft = self._injected = 0
        self._mask = _ALL
        self._threshold = 0xFF
        self._ilr = [0] * LINES
        self._told = [None, None]

    def _write_bank(self, bank: int, register: int, value: int) -> None:
        bits = value << (32 * bank)
        if register == _MIR:
            self._mask = (self._mask & ~(0xFFFFFFFF << (32 * bank))) | bits
        elif register == _MIR_CLEAR:
            self._mask &= ~bits
        elif register == _MIR_SET:
            self._mask |= bits
        elif register == _ISR_SET:
            self._soft |= bits
        elif register == _ISR_CLEAR:
            self._soft &= ~bits
            self._injected &= ~bits

    def _acknowledge(self, value: int) -> None:
        for bit, fiq in ((1, False), (2, True)):
            if not value & bit:
                continue
            line, self._told[fiq] = self._told[fiq], None
            if line is None:  # a handler that knows who it is and did not read SIR
                line = self.highest(fiq=fiq)
            if line is not None and self._injected >> line & 1:
                self._soft &= ~(1 << line)
                self._injected &= ~(1 << line)

    def save(self) -> State:
        """The state; see :meth:`Device.save`."""
        return (
            self._level,
            self._soft,
            self._injected,
            self._mask,
            self._threshold,
            tuple(self._ilr),
            tuple(sorted(self._plain.items())),
            tuple(self._told),
        )

    def load(self, state: State) -> None:
        """Put a saved state back."""
        level, soft, injected, mask, threshold, ilr, plain, told = state
        self._level, self._soft, self._injected = level, soft, injected
        self._mask, self._threshold = mask, threshold
        self._ilr = list(ilr)
        self._plain = dict(plain)
        self._told = list(told)
