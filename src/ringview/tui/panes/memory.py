"""The user-memory pane: watched structures by type, bytes, and the ledger of the kernel's accesses
to user memory.
"""

from __future__ import annotations

from ringview.tui.panes.fetches import AGAIN
from ringview.tui.panes.registers import CHANGED
from ringview.tui.panes.touch import MemoryPart, Touch
from ringview.tui.text import Line, Page, Room, beside, grouped, hex32, shorten, spelled, wrapped
from ringview.views.frame import Memory, MemoryRow, TypedField, UserAccess, WatchView

_FULL_DUMP = 80
"""Columns of sixteen bytes with their address and characters."""
KERNEL_BASE = 0xC0000000
"""Virtual addresses from here on are the kernel's (PAGE_OFFSET of the 3G/1G split)."""


def paint(part: MemoryPart, room: Room) -> Page:
    """Structures first, then bytes, then the ledger; each gets its share and what it does not need
    goes to the next.
    """
    memory, touch, width = part.memory, part.touch, room.width
    if width >= 116:
        half = max(38, min((width - 3) // 2, width - 3 - _FULL_DUMP))
        rest = width - 3 - half
        left = _watches(memory.watches, touch, half, room.height, room)
        right = _bytes(memory.rows, touch, rest, max(4, room.height // 2))
        right.append(Line())
        right.extend(_ledger(memory.accesses, rest, max(2, room.height - len(right))))
        return _page(beside(left, right, half, " │ "), memory)
    watches = _watches(memory.watches, touch, width, room.height, room)
    ledger_rows = min(
        len(memory.accesses) + 1 if memory.accesses else 0,
        3 if room.height < 14 else room.height // 4,
    )
    hex_rows = min(len(memory.rows), 1 if room.height < 12 else 2)
    space = room.height - ledger_rows - hex_rows
    if len(watches) > space:
        watches = _watches(memory.watches, touch, width, max(3, space), room)
    lines = watches
    left_over = room.height - len(lines) - ledger_rows
    lines.extend(_bytes(memory.rows, touch, width, max(hex_rows, min(left_over, len(memory.rows)))))
    ledger_space = max(ledger_rows, room.height - len(lines))
    lines.extend(_ledger(memory.accesses, width, ledger_space))
    return _page(lines, memory)


def _page(lines: list[Line], memory: Memory) -> Page:
    aside = Line()
    if memory.accesses:
        aside.add(f"{len(memory.accesses)} kernel access", "dim")
        aside.add("es" if len(memory.accesses) != 1 else "", "dim")
    if not lines:
        lines = [Line("nothing is watched", "dim")]
    return Page(lines, "user memory", aside)


# ------------------------------------------------------------------------------------------ watches


def _watches(
    watches: tuple[WatchView, ...], touch: Touch, width: int, height: int, room: Room
) -> list[Line]:
    """All watches in full if they fit, else without the elements of arrays, else run together."""
    lines: list[Line] = []
    for depth in (9, 0):
        lines = [line for watch in watches for line in _watch(watch, touch, width, depth)]
        if len(lines) <= height or room.zoomed:
            return lines
    return [line for watch in watches for line in _flowing(watch, touch, width)]


def _flowing(watch: WatchView, touch: Touch, width: int) -> list[Line]:
    """A watch's heading and its fields one after the other, in as few lines as they need."""
    lines = _watch(watch, touch, width, -1)
    line = Line(" ")
    for field in (field for field in watch.fields if field.depth == 0):
        mark = touch.glyph(field.va, field.size).strip()
        piece = Line(mark, "strong").add(f"{field.name} ", "text", ("memory", field.va))
        changed = " changed" if field.changed else ""
        piece.add(CHANGED if field.changed else "", "strong")
        piece.add(spelled(field.value), _owner(watch.va) + changed, ("memory", field.va)).add("  ")
        if line.width > 1 and line.width + piece.width - 2 > width:
            lines.append(line)
            line = Line(" ")
        line.join(piece)
    return [*lines, line] if line.width > 1 else lines


def _owner(va: int) -> str:
    return "user" if va < KERNEL_BASE else "kernel"


def _watch(watch: WatchView, touch: Touch, width: int, depth: int) -> list[Line]:
    head = Line(f"{watch.name} ", "strong").add(watch.type, "type")
    if not watch.resolved:
        reason = watch.why_not or "not there yet"
        if head.width + len(reason) + 2 <= width:
            return [head.add(f"  {reason}", "dim")]
        return [head.fit(width), *wrapped(reason, "dim", width, 2)]
    owner = _owner(watch.va)
    if watch.va:  # 0 is a register's: the type says which
        head.add(" @ ", "dim").add(hex32(watch.va), owner, ("memory", watch.va))
    fields = [field for field in watch.fields if field.depth <= depth]
    name_width = max((len(f.name) + 2 * f.depth for f in fields), default=4)
    name_width = max(1, min(name_width, max(6, width // 3)))
    lines = [head.fit(width)]
    lines.extend(_field(field, touch, name_width, width, owner) for field in fields)
    return lines


def _field(field: TypedField, touch: Touch, name_width: int, width: int, owner: str) -> Line:
    indent = " " * (2 * field.depth)
    line = Line(touch.glyph(field.va, field.size), "strong")
    line.add(f"{indent + shorten(field.name, name_width):<{name_width}} ", "text")
    line.add(CHANGED if field.changed else " ", "strong")
    value = Line(spelled(field.value), owner + (" changed" if field.changed else ""))
    line.join(value.fit(max(4, width - line.width)))
    kind = field.type
    if width - line.width > len(kind) + 2:
        line.right(Line(kind, "dim"), width)
    return line.click(("memory", field.va))


# -------------------------------------------------------------------------------------------- bytes


def _bytes(rows: tuple[MemoryRow, ...], touch: Touch, width: int, limit: int) -> list[Line]:
    per_line = 16 if width >= 63 else 8
    places = [(row, offset) for row in rows for offset in range(0, 16, per_line)]
    here = (i for i, (row, at) in enumerate(places) if touch.glyph(row.va + at, per_line) != " ")
    start = max(0, min(next(here, 0), len(places) - limit))
    return [
        _dump(row, touch, offset, per_line, width) for row, offset in places[start : start + limit]
    ]


def _dump(row: MemoryRow, touch: Touch, offset: int, count: int, width: int) -> Line:
    owner = _owner(row.va)
    line = Line(touch.glyph(row.va + offset, count), "strong")
    line.add(f"{hex32(row.va + offset)} ", "dim")
    if not row.readable or offset >= len(row.data):
        told, style = (" a device", "dim") if row.device else (" no page here", "abort")
        return line.add(told, style)
    data = row.data[offset : offset + count]
    for index, value in enumerate(data):
        gap = "  " if index and index % 4 == 0 else " "
        line.add(gap)
        changed = offset + index in row.changed
        style = owner if value else "dim"
        if row.va + offset + index == touch.va:
            style += " underline"
        line.add(f"{value:02x}", f"{style} changed" if changed else style)
    line.add("   " * (count - len(data)))
    if line.width + count + 2 <= width:
        text = "".join(chr(b) if 32 <= b < 127 else "·" for b in data)
        line.add("  ").add(text, "text")
    return line.click(("memory", row.va + offset))


# ------------------------------------------------------------------------------------------- ledger


def _ledger(accesses: tuple[UserAccess, ...], width: int, limit: int) -> list[Line]:
    """The kernel's latest accesses to user memory, newest last."""
    if limit < 2:
        return []
    title = Line("╌╌ ", "rule").add("the kernel's accesses to user memory ", "text")
    title.add("╌" * max(0, width - title.width), "rule")
    if not accesses:
        return [title.fit(width), Line("  none yet in this call", "dim").fit(width)]
    return [title.fit(width), *(_access(a, width) for a in accesses[-(limit - 1) :])]


def _access(access: UserAccess, width: int) -> Line:
    word = "writes" if access.write else "reads "
    line = Line(" ◂ " if access.write else " ▸ ", "kernel bold").add(f"{word} ", "kernel")
    line.add(hex32(access.va), "user", ("memory", access.va))
    size = max(1, min(8, access.size))
    value = f"{access.value & ((1 << (8 * size)) - 1):0{2 * size}x}"
    value = hex32(access.value) if size == 4 else value
    line.add(" = ", "dim").add(value, "text")
    if access.again:
        glyph, word = AGAIN.get(access.again, AGAIN["same"])
        style = "abort bold" if access.again == "changed" else "strong"
        line.add(f" {glyph} {word}", style, ("large", "fetches"))
    space = width - line.width
    stamp = f"  {grouped(access.icount)}"
    if access.place and space >= 6:
        room = space - 1 - (len(stamp) if space >= len(stamp) + len(access.place) + 1 else 0)
        line.join(Line(f" {access.place}", "dim").fit(room + 1))
    if line.width + len(stamp) <= width:
        line.right(Line(stamp.strip(), "dim"), width)
    return line.click(("go", access.icount))
