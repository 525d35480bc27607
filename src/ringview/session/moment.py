"""The values that conditions ask for: of the moment at which the machine stands, or of one record
of its trace.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ringview.errors import InputError
from ringview.guest.locations import place_of
from ringview.machine.mmu import Access
from ringview.session.condition import IN_TRACE, Unreadable, Values
from ringview.session.state import StateView

if TYPE_CHECKING:
    from ringview.machine.machine import Machine
    from ringview.session.codemap import CodeMap
    from ringview.session.wanted import Variables

_ALIASES = {"fp": "r11", "ip": "r12"}


class Moment:
    """One state of the machine; made anew for each.

    Args:
        machine: stands there.
        code: symbols and debug information.
        find: knows variables in words (``in.len``) by their place in memory.
    """

    def __init__(self, machine: Machine, code: CodeMap, find: Variables) -> None:
        self._machine = machine
        self._state = StateView(machine)
        self._code = code
        self._find = find

    def register(self, name: str) -> int:
        """See `ringview.session.condition.Values`."""
        if name == "icount":
            return self._state.icount
        if name == "tlb_misses":
            tlb = self._machine.tlb()
            return sum(tlb.instruction.misses) + sum(tlb.data.misses)
        value = self._state.registers.get(_ALIASES.get(name, name), self._state.system.get(name))
        if value is None:
            raise Unreadable
        return value

    def address(self, name: str) -> int:
        """See `ringview.session.condition.Values`."""
        return self._place(name)[0]

    def content(self, name: str) -> int:
        """See `ringview.session.condition.Values`."""
        held = self._in_register(name)
        if held is not None:
            return held
        va, size = self._place(name)
        return self.memory(va, size)

    def memory(self, va: int, size: int) -> int:
        """See `ringview.session.condition.Values`."""
        data = self._state.read_virtual(va, size) if size <= 8 else None
        if data is None:
            raise Unreadable
        return int.from_bytes(data, "little")

    def permits(self, permission: str, va: int) -> bool:
        """See `ringview.session.condition.Values`."""
        walk = self._machine.walk(va)
        if permission == "mapped":
            return walk.pa is not None
        level, _, what = permission.removeprefix("pl").partition("_")
        access = Access.READ if what == "reads" else Access.WRITE
        return walk.verdict(int(level), access).allowed

    def at_beat(self, beat: int) -> Values:
        """See `ringview.session.condition.Values`; nobody tells beats here."""
        raise Unreadable

    def _place(self, name: str) -> tuple[int, int]:
        static = self._static(name)
        if static is not None:
            return static
        try:
            found = self._find(name)
        except InputError:
            raise Unreadable from None
        if found is not None:
            return found
        for image in self._code.images():
            extent = image.symbols.extent(name)
            if extent is not None:
                return extent.start, min(4, max(1, len(extent)))
        raise Unreadable

    def _static(self, name: str) -> tuple[int, int] | None:
        """A global variable that no local of the running function hides: it needs no unwinding."""
        if not name.isidentifier():
            return None
        pc = self._state.raw.pc
        image = self._code.image(pc)
        if image is not None and any(v.name == name for v in image.debug.variables_at(pc)):
            return None
        for owner in (self._code.program, self._code.kernel):
            symbol = None if owner is None else owner.symbols.get(name)
            if symbol is not None and symbol.kind == "object" and 0 < symbol.size <= 8:
                return symbol.address, symbol.size
        return None

    def _in_register(self, name: str) -> int | None:
        """A variable of the running function that the compiler keeps in a register."""
        pc = self._state.raw.pc
        image = self._code.image(pc)
        if image is None or not name.isidentifier():
            return None
        for variable in image.debug.variables_at(pc):
            if variable.name == name:
                place = place_of(image.debug, variable, self._state.raw.r, self._read)
                if place is not None and place.register is not None:
                    return self._state.raw.r[place.register]
                return None if place is None else place.value
        return None

    def _read(self, va: int, size: int) -> bytes | None:
        return self._state.read_virtual(va, size)


class Recorded:
    """One record of a trace; for conditions over registers alone.

    Args:
        row: the record.
    """

    def __init__(self, row: np.void) -> None:
        self._row = row

    def register(self, name: str) -> int:
        """See `ringview.session.condition.Values`."""
        return int(self._row["r"][IN_TRACE[name]])

    def address(self, name: str) -> int:
        """See `ringview.session.condition.Values`."""
        raise Unreadable

    def content(self, name: str) -> int:
        """See `ringview.session.condition.Values`."""
        raise Unreadable

    def memory(self, va: int, size: int) -> int:
        """See `ringview.session.condition.Values`."""
        raise Unreadable

    def permits(self, permission: str, va: int) -> bool:
        """See `ringview.session.condition.Values`."""
        raise Unreadable

    def at_beat(self, beat: int) -> Values:
        """See `ringview.session.condition.Values`."""
        raise Unreadable


def name_known(
    name: str, addresses: Sequence[int], code: CodeMap, find: Callable[[str], object]
) -> bool:
    """Whether a name in a condition means a variable or symbol: now, or in the functions at some
    addresses.
    """
    head = re.split(r"[.\[]", name, maxsplit=1)[0]
    images = code.images()
    if any(image.symbols.get(head) or image.debug.variable(head) for image in images):
        return True
    for va in addresses:
        image = code.image(va)
        if image is not None and any(v.name == head for v in image.debug.variables_at(va)):
            return True
    try:
        return find(name) is not None
    except InputError as error:
        # It has no place now, and may have one later; what never has that member is refused.
        return "has no member" not in str(error)
