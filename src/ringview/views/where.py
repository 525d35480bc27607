"""What a person asks to have translated, in their own words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ringview.errors import InputError
from ringview.views.inputs import StateView
from ringview.views.words import address

_PHYSICAL = re.compile(r"(?:pa|phys|p)\s*:\s*(\S*)")
_HEX = re.compile(r"(?:0x)?[0-9a-f]{1,8}")
_SUM = re.compile(r"(.+?)\s*([+-])\s*(0x[0-9a-fA-F]+|\d+)")

Find = Callable[[str], int | None]


@dataclass(frozen=True, slots=True)
class Where:
    """An address that was asked for.

    Attributes:
        va: virtual; None where a physical one was asked for.
        pa: physical; None where a virtual one was asked for.
        name: what it was called, in full: ``r1 = bef0_0c40``.
    """

    va: int | None
    pa: int | None
    name: str


def find(words: str, state: StateView, variable: Find, symbol: Find) -> Where:
    """Read what was typed: ``pa:ADDRESS``, a register, a variable (``in.len``), a symbol, or a
    virtual address, the last three with ``+0x1c`` if wanted.

    Args:
        words: as typed.
        state: has the registers.
        variable: gives a watched or C variable's virtual address; may raise InputError.
        symbol: gives a symbol's.

    Raises:
        InputError: it cannot be read, or has no address at this stop.
    """
    words = words.strip()
    physical = _PHYSICAL.fullmatch(words.lower())
    if physical is not None:
        pa = hexadecimal(physical[1])
        if pa is None:
            raise InputError(f"“{words}” is not a physical address such as pa:81f3_ac40")
        return Where(None, pa, f"physical {address(pa)}")
    shift, thing = 0, words
    value = _one(thing, state, variable, symbol)
    added = _SUM.fullmatch(words)
    if value is None and added is not None:
        thing = added[1]
        shift = int(added[3], 0) * (1 if added[2] == "+" else -1)
        value = _one(thing, state, variable, symbol)
    if value is None:
        raise InputError(
            f"“{words}” is no address, register, variable or symbol; try bef0_0c40, r1, in.name,"
            " sys_hello2 or pa:81f3_ac40"
        )
    va = (value + shift) & 0xFFFFFFFF
    plain = hexadecimal(words) == va
    return Where(va, None, "chosen" if plain else f"{words} = {address(va)}")


def _one(thing: str, state: StateView, variable: Find, symbol: Find) -> int | None:
    lower = thing.lower()
    if lower in ("cpsr", "spsr") or lower.startswith("spsr_"):
        return None
    if lower in state.registers:
        return state.registers[lower]
    found = None if lower.startswith("0x") else variable(thing)
    if found is None:
        found = symbol(thing)
    return hexadecimal(thing) if found is None else found


def hexadecimal(text: str) -> int | None:
    """Read ``bef0_0c40``, ``0xbef00c40`` or ``bef00c40``; None if it is none of them."""
    digits = text.lower().replace("_", "").replace(",", "")
    return int(digits, 16) if _HEX.fullmatch(digits) else None
