"""How values are written for people: one spelling for addresses, counts, sizes and strings in every
pane.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

PAGE_SIZE = 4096

ReadVirtual = Callable[[int, int], bytes | None]
"""Reads bytes at a virtual address, None where a byte of them is not mapped."""


def address(va: int) -> str:
    """An address (or any word) as eight hex digits in two groups: ``bef0_0c40``."""
    digits = f"{va & 0xFFFFFFFF:08x}"
    return f"{digits[:4]}_{digits[4:]}"


def spelt(text: str) -> str:
    """A text whose addresses, eight hex digits each, are spelt as everywhere."""
    return re.sub(r"\b[0-9a-f]{8}\b", lambda found: address(int(found[0], 16)), text)


def number(value: int) -> str:
    """A count with thousands grouped: ``41,207``."""
    return f"{value:,}"


def counted(value: int, noun: str, plural: str = "") -> str:
    """A count with its noun: ``1 instruction``, ``41,207 instructions``."""
    return f"{value:,} {noun if value == 1 else plural or noun + 's'}"


def size(value: int) -> str:
    """A size in bytes in the largest binary unit that divides it: ``4 KiB``, ``72 bytes``."""
    for unit, name in ((1 << 20, "MiB"), (1 << 10, "KiB")):
        if value >= unit and value % unit == 0:
            return f"{value // unit} {name}"
    return counted(value, "byte")


def signed(value: int) -> int:
    """A word as a two's complement number."""
    value &= 0xFFFFFFFF
    return value - (1 << 32) if value & 0x80000000 else value


def offset(name: str, distance: int) -> str:
    """A place relative to a name: ``sys_hello2``, ``sys_hello2+0x1c``."""
    return name if distance == 0 else f"{name}+{distance:#x}"


def listed(words: Iterable[str]) -> str:
    """Words as an English list: ``r4, r5 and lr``."""
    items = list(words)
    if len(items) < 2:
        return items[0] if items else ""
    return ", ".join(items[:-1]) + " and " + items[-1]


_ROLES = {"r11": "fp", "r12": "ip"}


def by_role(text: str) -> str:
    """A text whose r11 and r12 are called fp and ip, as the AAPCS, the disassembly and Linux's
    `pt_regs` call them; a range such as ``r0-r12`` stays one.
    """
    return re.sub(r"(?<!-)\b(?:r11|r12)\b(?!-)", lambda found: _ROLES[found[0]], text)


def register_list(names: Iterable[str]) -> str:
    """Registers with runs joined: ``r0-r12, lr``."""
    items = list(names)
    out: list[str] = []
    start = 0
    for i in range(1, len(items) + 1):
        if i < len(items) and _next_register(items[i - 1]) == items[i]:
            continue
        run = items[start:i]
        out.append(f"{run[0]}-{run[-1]}" if len(run) > 2 else by_role(", ".join(run)))
        start = i
    return ", ".join(out)


def _next_register(name: str) -> str:
    if name.startswith("r") and name[1:].isdigit() and int(name[1:]) < 12:
        return f"r{int(name[1:]) + 1}"
    return ""


_ESCAPES = {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x1B: "\\e", 0x22: '\\"', 0x5C: "\\\\"}


def quoted(data: bytes, limit: int = 32) -> str:
    """Bytes as a C string literal, cut after ``limit`` bytes with an ellipsis."""
    text = "".join(
        _ESCAPES.get(byte) or (chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}")
        for byte in data[:limit]
    )
    return f'"{text}"' + ("…" if len(data) > limit else "")


def read_string(read: ReadVirtual, va: int, limit: int = 64) -> bytes | None:
    """The bytes of the C string at ``va``, without its terminator; None where unmapped or longer
    than ``limit``.

    Reads page by page, so a string that ends just before an unmapped page is found whole.
    """
    data = b""
    while len(data) <= limit:
        room = PAGE_SIZE - ((va + len(data)) & (PAGE_SIZE - 1))
        chunk = read((va + len(data)) & 0xFFFFFFFF, min(room, limit + 1 - len(data)))
        if not chunk:
            return None
        end = chunk.find(0)
        if end >= 0:
            return data + chunk[:end]
        data += chunk
    return None


def text_at(read: ReadVirtual, va: int, limit: int = 64, shortest: int = 2) -> str:
    """The text that ``va`` points to as a literal, or "" unless it is printable and terminated."""
    data = read_string(read, va, limit)
    if data is None or len(data) < shortest:
        return ""
    if all(0x20 <= byte < 0x7F or byte in (0x0A, 0x0D, 0x09) for byte in data):
        return quoted(data)
    return ""


def read_word(read: ReadVirtual, va: int) -> int | None:
    """The little-endian word at ``va``, None where it is not mapped."""
    data = read(va & 0xFFFFFFFF, 4)
    return None if data is None or len(data) < 4 else int.from_bytes(data, "little")
