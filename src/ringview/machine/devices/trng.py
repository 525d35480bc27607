"""The random number generator (the block Linux's omap-rng drives as "omap4"), seeded.

Its output is a fixed function of the machine's seed and of how many words were taken, so that a
run can be repeated.
"""

from __future__ import annotations

from ringview.machine.devices.base import Device, Line, State

BASE = 0x48310000
LINE = 111
_OUTPUT_L, _OUTPUT_H, _STATUS, _INTMASK, _INTACK, _CONTROL = range(0, 0x18, 4)
_REVISION, _SYSCONFIG = 0x1FE0, 0x1FE4
_READY = 1
_ENABLE = 1 << 10
_U64 = (1 << 64) - 1


def _mix(seed: int, index: int) -> int:
    """SplitMix64 (Steele, Lea, Flood 2014): the ``index``-th output from ``seed``."""
    z = (seed + (index + 1) * 0x9E3779B97F4A7C15) & _U64
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & _U64
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & _U64
    return z ^ z >> 31


class Trng(Device):
    """64 random bits at a time, ready at once when enabled.

    Args:
        seed: any integer; equal seeds give equal output.
    """

    def __init__(self, seed: int, drive: Line) -> None:
        super().__init__("TRNG", BASE, 0x2000)
        self._seed = seed & _U64
        self._drive = drive
        self._taken = 0
        self._control = 0
        self._mask = 0
        self._plain: dict[int, int] = {}

    def _ready(self) -> bool:
        return bool(self._control & _ENABLE)

    def read(self, offset: int, size: int) -> int:
        """Load; see :meth:`Device.read`."""
        if offset in (_OUTPUT_L, _OUTPUT_H):
            if not self._ready():
                return 0
            word = _mix(self._seed, self._taken)
            return word >> (32 if offset == _OUTPUT_H else 0) & 0xFFFFFFFF
        fixed = {
            _STATUS: _READY if self._ready() else 0,
            _INTMASK: self._mask,
            _CONTROL: self._control,
            _REVISION: 0x00000200,
        }
        return fixed.get(offset, self._plain.get(offset, 0))

    def write(self, offset: int, size: int, value: int) -> None:
        """Store; see :meth:`Device.write`."""
        if offset == _INTACK:
            if value & _READY and self._ready():
                self._taken += 1
        elif offset == _INTMASK:
            self._mask = value
        elif offset == _CONTROL:
            self._control = value
        elif offset == _SYSCONFIG:
            self._plain[offset] = value & ~2
        else:
            self._plain[offset] = value
        self._drive(LINE, self._ready() and bool(self._mask & _READY))

    def save(self) -> State:
        """The state; see :meth:`Device.save`."""
        plain = tuple(sorted(self._plain.items()))
        return (self._seed, self._taken, self._control, self._mask, plain)

    def load(self, state: State) -> None:
        """Put a saved state back."""
        seed, taken, control, mask, plain = state
        self._seed, self._taken, self._control, self._mask = seed, taken, control, mask
        self._plain = dict(plain)
