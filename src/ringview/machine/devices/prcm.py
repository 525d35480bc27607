"""Power, reset and clock management, and the control module (TRM SPRUH73, chapters 8 and 9)."""

from __future__ import annotations

from ringview.machine.devices.base import RegisterFile

_MODULE_MODE, _ENABLED, _DISABLED_STATUS = 3, 2, 3 << 16
_PER, _WKUP, _DPLL = range(0x400), range(0x400, 0x500), range(0x500, 0x600)
_CLOCK_STATE = frozenset(
    [
        *(0x000, 0x004, 0x008, 0x00C, 0x11C, 0x12C, 0x134, 0x140, 0x144, 0x148, 0x150),
        *(0x400, 0x418, 0x4CC),
    ]
)
_DPLL_IDLE_STATUS = frozenset([0x420, 0x434, 0x448, 0x45C, 0x470])
_DPLL_PLAIN = frozenset(range(0x41C, 0x4B0, 4)) - _DPLL_IDLE_STATUS
_CLKCTRL_OF_OTHERS = frozenset([0x600 + 4, 0x800, 0x904, 0xA20])
_ANSWERED_POWER_STATE = frozenset([0xC08, 0xD04, 0xE00, 0x1000 + 4, 0x1110])


class Prcm(RegisterFile):
    """Clock gates that open and PLLs that lock the moment they are asked to."""

    def __init__(self) -> None:
        super().__init__("PRCM", 0x44E00000, 0x4000)

    def word(self, offset: int) -> int:
        """The register, with status fields as if what was asked for had happened."""
        value = super().word(offset)
        if offset in _DPLL_IDLE_STATUS:
            return 1
        if self._is_clock_control(offset):
            if value & _MODULE_MODE == _ENABLED:
                return value & ~_DISABLED_STATUS
            return value | _DISABLED_STATUS
        return value

    @staticmethod
    def _is_clock_control(offset: int) -> bool:
        if offset in _CLKCTRL_OF_OTHERS:
            return True
        inside = offset in _PER or offset in _WKUP
        return inside and offset not in _CLOCK_STATE and offset not in _DPLL_PLAIN


def control_module() -> RegisterFile:
    """Device identity and boot status are fixed; pads and the rest are plain registers."""
    return RegisterFile(
        "control",
        0x44E10000,
        0x20000,
        read_only={0x40: 0x00400300, 0x600: 0x2B94402E, 0x604: 0x20FF0382},
    )
