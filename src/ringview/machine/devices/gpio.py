"""General-purpose input and output (TRM SPRUH73, chapter 25): 32 pins, without their interrupts."""

from __future__ import annotations

from ringview.machine.devices.base import RegisterFile

GPIO1_BASE = 0x4804C000
_OE, _DATAIN, _DATAOUT = 0x134, 0x138, 0x13C
_CLEARDATAOUT, _SETDATAOUT = 0x190, 0x194
_ALL = 0xFFFFFFFF


class Gpio(RegisterFile):
    """Pins that are driven where GPIO_OE has a 0, and read as low where nothing drives them.

    GPIO_SETDATAOUT and GPIO_CLEARDATAOUT change the bits that are written as 1 and read as
    GPIO_DATAOUT. The registers of interrupts and debouncing are plain memory.
    """

    def __init__(self, name: str, base: int) -> None:
        super().__init__(name, base, 0x1000, reset={_OE: _ALL}, sysc=True)

    def word(self, offset: int) -> int:
        """The register; GPIO_DATAIN is what the pins are driven to."""
        if offset == _DATAIN:
            return super().word(_DATAOUT) & ~super().word(_OE) & _ALL
        if offset in (_SETDATAOUT, _CLEARDATAOUT):
            return super().word(_DATAOUT)
        return super().word(offset)

    def set_word(self, offset: int, value: int) -> None:
        """Store; GPIO_DATAIN cannot be written."""
        if offset == _SETDATAOUT:
            super().set_word(_DATAOUT, super().word(_DATAOUT) | value)
        elif offset == _CLEARDATAOUT:
            super().set_word(_DATAOUT, super().word(_DATAOUT) & ~value)
        elif offset != _DATAIN:
            super().set_word(offset, value)
