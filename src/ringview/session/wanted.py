"""What a person asks the history of: memory or a register, in their own words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringview.arm.psr import Mode
from ringview.errors import InputError, MachineError

if TYPE_CHECKING:
    from ringview.machine.machine import Machine
    from ringview.session.codemap import CodeMap

KINDS = {"read": 1, "write": 2, "access": 3}
"""Kinds of access, as the machine's watchpoints number them."""

PAGE = 4096
MOST_BYTES = 1 << 20

_BANKS = ("usr", "fiq", "irq", "svc", "abt", "und")
_REGISTER = re.compile(rf"(r1[0-2]|r[0-9]|sp|lr)|(sp|lr)_({'|'.join(_BANKS)})")
_OTHERS = re.compile(r"pc|cpsr|spsr(_\w+)?|r(8|9|1[0-2])_\w+|[sdq]\d+|fpscr")
_FORM = re.compile(
    r"(?:(?P<kind>read|write|access)\s+)?(?P<thing>.+?)(?:\s*/\s*(?P<size>\w+))?"
    r"(?:\s*==?\s*(?P<value>\S+))?\s*"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something whose accesses are looked for.

    Attributes:
        words: how it was asked for, kind and condition left out.
        kind: ``read``, ``write`` or ``access``.
        thing: what it is, in short.
        name: what it is, in full: ``in.len (4 bytes at bef0_0c44)``.
        ranges: physical (address, bytes) pairs, in the order of the virtual ones; empty for a
            register.
        number: of the register, 0 to 14; -1 for memory.
        bank: whose sp or lr it is; None for a register that modes share.
        value: what must be there after the access, None for anything.
    """

    words: str
    kind: str
    thing: str
    name: str
    ranges: tuple[tuple[int, int], ...] = ()
    number: int = -1
    bank: Mode | None = None
    value: int | None = None

    @property
    def size(self) -> int:
        """Bytes of memory."""
        return sum(size for _, size in self.ranges)

    @property
    def is_register(self) -> bool:
        """Whether it is a register, not memory."""
        return self.number >= 0

    def __str__(self) -> str:
        condition = "" if self.value is None else f" == {self.value:#x}"
        return f"{self.kind} of {self.name}{condition}"


Variables = Callable[[str], "tuple[int, int] | None"]
"""Gives virtual address and bytes of a variable in words (``in.len``), None if there is none of
that name; raises InputError where it has no place in memory now.
"""


def understand(words: str, kind: str, machine: Machine, code: CodeMap, find: Variables) -> Wanted:
    """Read what a person typed: ``[read|write|access] WHAT[/BYTES] [== VALUE]``.

    WHAT is a register (``r3``, ``sp``, ``lr_usr``), a variable or watch with members (``in.len``),
    a symbol, a virtual address (``0xbef00c44`` or ``bef0_0c44``) in the present address space, or
    a physical one (``pa:81f3ac44``). Memory is looked for by its physical address, so that an
    access by another mapping counts.

    Args:
        words: as typed.
        kind: meant where the words name none.
        machine: translates; stands where the question is asked.
        code: knows symbols.
        find: knows variables.

    Raises:
        InputError: it cannot be read, or is not in memory now.
    """
    match = _FORM.fullmatch(words.strip())
    if match is None:
        raise InputError("name an address, a symbol, a variable such as in.len, or a register")
    kind, thing = match["kind"] or kind, match["thing"].strip()
    register = _REGISTER.fullmatch(thing.lower())
    if register is not None:
        if kind != "write" or match["size"] or match["value"]:
            raise InputError(f"of register {thing} only writes can be looked for, unconditionally")
        return _register(words, register, machine)
    if _OTHERS.fullmatch(thing.lower()):
        raise InputError(f"writes of {thing} are not looked for; r0 to r12, sp and lr are")
    asked = None if match["size"] is None else _number(match["size"], "bytes")
    physical = re.fullmatch(r"(?:pa|phys|p):\s*(\S+)", thing.lower())
    if physical is not None:
        pa, size = _hexadecimal(physical[1]), _sane(4 if asked is None else asked)
        if pa is None or pa + size > 1 << 32:
            raise InputError(f"{physical[1]} is not a physical address such as pa:81f3_ac44")
        ranges: tuple[tuple[int, int], ...] = ((pa, size),)
        where = f"physical {_grouped(pa)}"
    else:
        va, size = _memory(thing, code, find)
        size = _sane(size if asked is None else asked)
        ranges = translated(machine, va, size, thing)
        where = _grouped(va)
    units = "1 byte" if size == 1 else f"{size:,} bytes"
    plain = physical is not None or _hexadecimal(thing) is not None
    name = f"{units} at {where}" if plain else f"{thing} ({units} at {where})"
    value = _condition(match["value"], ranges, size, machine)
    return Wanted(words.strip(), kind, name if plain else thing, name, ranges, value=value)


def _register(words: str, match: re.Match[str], machine: Machine) -> Wanted:
    name = match[1] or match[2]
    if name in ("sp", "lr"):
        bank = Mode[match[3].upper()] if match[3] else machine.registers().mode
        bank = Mode.USR if bank is Mode.SYS else bank
        number = 13 if name == "sp" else 14
        own = f"{name}_{bank.name.lower()}"
        return Wanted(words.strip(), "write", own, own, (), number, bank)
    return Wanted(words.strip(), "write", name, name, (), int(name[1:]))


def _memory(thing: str, code: CodeMap, find: Variables) -> tuple[int, int]:
    """Virtual address and bytes of a thing in words."""
    if thing[:2].lower() == "0x":
        number = _hexadecimal(thing)
        if number is None:
            raise InputError(f"{thing} is not an address such as 0xbef00c44")
        return number, 4
    found = find(thing)
    if found is not None:
        return found
    symbol, _, offset = thing.partition("+")
    for image in code.images():
        extent = image.symbols.extent(symbol.strip())
        if extent is not None:
            if not offset:
                return extent.start, max(1, min(len(extent), MOST_BYTES))
            return code.addresses(thing)[0], 4
    number = _hexadecimal(thing)
    if number is not None:
        return number, 4
    raise InputError(f"{thing} is no register, variable, symbol or address")


def translated(machine: Machine, va: int, size: int, thing: str) -> tuple[tuple[int, int], ...]:
    """Physical (address, bytes) pairs of a range of the present address space.

    Raises:
        InputError: a part of it is not mapped now.
    """
    ranges: list[tuple[int, int]] = []
    end = va + size
    if end > 1 << 32:
        raise InputError(f"{thing} with {size} bytes goes beyond the address space")
    while va < end:
        part = min(end - va, PAGE - va % PAGE)
        pa = machine.walk(va).pa
        if pa is None:
            raise InputError(f"{thing} is not in memory now: the page of {_grouped(va)} is absent")
        if ranges and ranges[-1][0] + ranges[-1][1] == pa:
            ranges[-1] = (ranges[-1][0], ranges[-1][1] + part)
        else:
            ranges.append((pa, part))
        va += part
    return tuple(ranges)


def _condition(
    text: str | None, ranges: tuple[tuple[int, int], ...], size: int, machine: Machine
) -> int | None:
    if text is None:
        return None
    value = _number(text, "a value")
    if size > 8 or not -(1 << 8 * size - 1) <= value < 1 << 8 * size:
        raise InputError(f"{text} does not fit into {size} bytes, or they are more than 8")
    if content(machine, ranges) is None:
        raise InputError("a device's registers have no value to compare with: they are not read")
    return value & (1 << 8 * size) - 1


def content(machine: Machine, ranges: tuple[tuple[int, int], ...]) -> bytes | None:
    """What is in physical ranges now, None where not all of it is RAM."""
    try:
        return b"".join(machine.read_physical(pa, size) for pa, size in ranges)
    except MachineError:
        return None


def _sane(size: int) -> int:
    if not 0 < size <= MOST_BYTES:
        raise InputError(f"{size:,} bytes cannot be watched; 1 to {MOST_BYTES:,} can")
    return size


def _number(text: str, what: str) -> int:
    try:
        return int(text.replace(",", ""), 0)
    except ValueError:
        raise InputError(f"{text} is no number for {what}") from None


def _hexadecimal(text: str) -> int | None:
    digits = text.lower().removeprefix("0x").replace("_", "")
    if not re.fullmatch(r"[0-9a-f]{1,8}", digits):
        return None
    return int(digits, 16)


def _grouped(address: int) -> str:
    return f"{address >> 16:04x}_{address & 0xFFFF:04x}"
