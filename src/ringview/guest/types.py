"""Memory read as C sees it: a tree of values, typed by DWARF."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from ringview.guest.debuginfo import DebugInfo, Field, Type

Read = Callable[[int, int], bytes | None]
"""Reads (virtual address, bytes); None where that memory cannot be read."""

DEPTH_LIMIT = 4
"""Structures within structures shown before the rest is left out."""
ELEMENT_LIMIT = 64
STRING_LIMIT = 80
_INTEGER_FORMATS = {1: "<b", 2: "<h", 4: "<i", 8: "<q"}
_ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 27: "\\e"}
_ESCAPES |= {0x22: '\\"', 0x5C: "\\\\"}


@dataclass(frozen=True, slots=True)
class Value:
    """One object in memory.

    Attributes:
        name: of the variable or member; ``[3]`` for an element.
        type_name: in C's words.
        address: virtual.
        size: bytes.
        raw: its bytes; None where memory cannot be read.
        rendered: what to show: ``6``, ``0x00011008 "beagle"``, ``GREEN``, ``{…}``.
        number: its value, for integers, enums, pointers and bit-fields.
        children: members or elements.
    """

    name: str
    type_name: str
    address: int
    size: int
    raw: bytes | None
    rendered: str
    number: int | None = None
    children: tuple[Value, ...] = ()

    def child(self, name: str) -> Value | None:
        """Return the member of that name."""
        return next((c for c in self.children if c.name == name), None)


def read_typed(
    debug: DebugInfo, read: Read, type_: int | str, address: int, name: str = ""
) -> Value:
    """Read an object.

    Args:
        debug: the debug information that knows the type.
        read: virtual memory.
        type_: a type's index, or its name in C's words.
        address: virtual address of the object.
        name: what to call it.

    Raises:
        ProgramError: there is no such type.
    """
    index = debug.index(type_)
    return _Reader(debug, read).value(index, address & 0xFFFFFFFF, name, 0)


def render_typed(
    debug: DebugInfo, read: Read, type_: int | str, raw: bytes, name: str = ""
) -> Value:
    """Show bytes that are not in memory, such as a register's, as an object of a type."""
    index = debug.index(type_)
    return _Reader(debug, _overlay(raw, read)).value(index, _NOWHERE, name, 0)


# A virtual address that no object has: the last page is the vectors'.
_NOWHERE = 0x1_0000_0000


def _overlay(raw: bytes, read: Read) -> Read:
    def overlaid(address: int, size: int) -> bytes | None:
        start = address - _NOWHERE
        if start < 0:
            return read(address, size)
        return raw[start : start + size] if start + size <= len(raw) else None

    return overlaid


def read_string(read: Read, address: int, limit: int = STRING_LIMIT) -> bytes | None:
    """Return the bytes of a C string, at most ``limit + 1``, without its NUL; None if unreadable.

    A string is read up to its NUL and no further, so that one which ends just before an unmapped
    page is still read; one that runs into such a page has no end and is none.
    """
    out = bytearray()
    while len(out) <= limit:
        at = address + len(out)
        chunk = read(at, 64 - at % 64)
        if chunk is None:
            chunk = read(at, 1)
        if chunk is None:
            return None
        end = chunk.find(b"\0")
        if end >= 0:
            return bytes(out + chunk[:end])[: limit + 1]
        out += chunk
    return bytes(out[: limit + 1])


def quote_bytes(data: bytes, limit: int = STRING_LIMIT) -> str:
    """Return bytes as a C string literal; a longer one ends in ``…``."""
    text = "".join(
        _ESCAPES.get(b) or (chr(b) if 32 <= b < 127 else f"\\x{b:02x}") for b in data[:limit]
    )
    return f'"{text}"' + ("…" if len(data) > limit else "")


class _Reader:
    def __init__(self, debug: DebugInfo, read: Read) -> None:
        self.debug = debug
        self.read = read

    def value(self, index: int, address: int, name: str, depth: int) -> Value:
        """Read one object of a type."""
        record = self.debug[self.debug.resolve(index)]
        type_name = self.debug.spell(index)
        size = max(record.size, 0)
        if record.kind in {"struct", "union"}:
            return self._aggregate(record, type_name, address, name, depth)
        if record.kind == "array":
            return self._array(record, type_name, address, name, depth)
        raw = self.read(address, size) if size else b""
        if raw is None or len(raw) != size:
            return Value(name, type_name, address, size, None, "unreadable")
        number = int.from_bytes(raw, "little")
        rendered, shown = self._scalar(record, raw, number)
        return Value(name, type_name, address, size, raw, rendered, shown)

    def _scalar(self, record: Type, raw: bytes, number: int) -> tuple[str, int | None]:
        """Return what to show for a scalar, and its number if it has one."""
        if record.kind == "pointer":
            return self._pointer(record, number), number
        if record.kind == "enum":
            signed = struct.unpack(_INTEGER_FORMATS[len(raw)], raw)[0]
            names = [n for n, v in record.values if v in {number, signed}]
            return (names[0] if names else str(number)), number
        if record.encoding == "float":
            if len(raw) not in {4, 8}:
                return raw.hex(), None
            return f"{struct.unpack('<f' if len(raw) == 4 else '<d', raw)[0]:.9g}", None
        if record.kind == "base":
            return _integer(record, number)
        return (raw.hex() or "()"), None

    def _pointer(self, record: Type, number: int) -> str:
        text = f"{number:#010x}"
        target = self.debug[self.debug.resolve(record.target)]
        if number and target.kind == "base" and target.encoding == "char" and target.size == 1:
            string = read_string(self.read, number)
            if string is not None:
                return f"{text} {quote_bytes(string)}"
        return "NULL" if number == 0 else text

    def _aggregate(
        self, record: Type, type_name: str, address: int, name: str, depth: int
    ) -> Value:
        if record.size < 0:
            return Value(name, type_name, address, 0, None, "declared only")
        raw = self.read(address, record.size)
        if depth >= DEPTH_LIMIT:
            return Value(name, type_name, address, record.size, raw, "{…}")
        children: list[Value] = []
        for field in record.fields:
            where = address + field.offset
            if field.bit_size:
                children.append(self._bits(field.type, where, field))
                continue
            child = self.value(field.type, where, field.name, depth + 1)
            # Members of an anonymous structure belong to the one around it.
            children += child.children if not field.name else [child]
        rendered = "{…}" if children else "{}"
        return Value(name, type_name, address, record.size, raw, rendered, None, tuple(children))

    def _bits(self, index: int, address: int, field: Field) -> Value:
        record = self.debug[self.debug.resolve(index)]
        type_name = f"{self.debug.spell(index)}:{field.bit_size}"
        raw = self.read(address, record.size)
        if raw is None:
            return Value(field.name, type_name, address, record.size, None, "unreadable")
        number = int.from_bytes(raw, "little") >> field.bit_offset & (1 << field.bit_size) - 1
        if record.encoding == "signed" and number >> (field.bit_size - 1):
            number -= 1 << field.bit_size
        return Value(field.name, type_name, address, record.size, raw, str(number), number)

    def _array(self, record: Type, type_name: str, address: int, name: str, depth: int) -> Value:
        element = self.debug[self.debug.resolve(record.target)]
        count = max(record.count, 0)
        size = count * max(element.size, 0)
        raw = self.read(address, size) if size else b""
        if element.encoding == "char" and element.size == 1 and raw is not None:
            text = raw.split(b"\0", 1)[0]
            return Value(name, type_name, address, size, raw, quote_bytes(text, ELEMENT_LIMIT))
        children = tuple(
            self.value(record.target, address + i * element.size, f"[{i}]", depth + 1)
            for i in range(min(count, ELEMENT_LIMIT) if depth < DEPTH_LIMIT else 0)
        )
        if any(child.children for child in children) or not children:
            rendered = "{…}" if count else "{}"
        else:
            more = ", …" if count > len(children) else ""
            rendered = "{" + ", ".join(child.rendered for child in children) + more + "}"
        return Value(name, type_name, address, size, raw, rendered, None, children)


def _integer(record: Type, number: int) -> tuple[str, int]:
    if record.encoding == "bool":
        return ("false" if number == 0 else "true"), number
    if record.encoding == "signed" and number >> (8 * record.size - 1):
        number -= 1 << (8 * record.size)
    if record.encoding == "char" and record.size == 1 and 32 <= number < 127:
        return f"{number} '{chr(number)}'", number
    return str(number), number
