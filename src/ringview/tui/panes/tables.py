"""The tables view, a large view: the 16 domains on top, the tree of translation tables below, and
for an opened page who else leads to it.
"""

from __future__ import annotations

from collections.abc import Callable

from ringview.tui.text import Line, Page, Room, grouped, hex32, short_size, wrapped
from ringview.views.frame import DomainView, TableRow, Tables

_HINT = "↓ ↑ choose  enter opens  t address  x other space"
_LABEL = 8  # columns of the domains' labels
_TALL = 20  # rows from which the domains get all their lines
_WIDE = 100  # columns from which memory types are shown
_RAW = 150  # columns from which the descriptors themselves are shown

_Say = Callable[[DomainView], tuple[str, str]]
"""Text and style of a domain's cell."""

_SHORT_ACCESS = {"client": "cli", "no access": "no", "manager": "mgr", "reserved": "res"}
_SHORT_NAMES = {"kernel": "krn", "user": "usr", "io": "io", "vectors": "vec"}
_ACCESS_STYLES = {"client": "text", "no access": "bad", "manager": "kernel bold", "reserved": "bad"}


def paint(tables: Tables | None, room: Room) -> Page:
    """Domains stay on top while the tree scrolls."""
    if tables is None:
        return Page([Line("…", "dim")], "translation tables")
    title = Line("translation tables ", "title")
    if tables.why_not:
        return Page(wrapped(tables.why_not, "dim", room.width), title)
    title.add(tables.space, "strong")
    if tables.asid >= 0:
        title.add(f" asid {tables.asid}", "text")
    title.add("" if tables.now else " not in TTBR0 now", "bad")
    lines = _domains(tables, room)
    lines.append(_heading(room.width))
    pinned = len(lines)
    keep = pinned
    for row in tables.rows:
        if row.here:
            keep = len(lines)
        lines.append(_row(row, tables, room.width))
    lines.extend([Line(), *_foot(tables, room)])
    aside = Line(_HINT if room.width >= _WIDE else "enter opens  x other space", "dim")
    page = Page(lines, title, aside, keep=(keep, keep), above=4)
    page.pinned, page.follow = pinned, (tables.va, tables.space)
    return page


# ------------------------------------------------------------------------------------------ domains


def _domains(tables: Tables, room: Room) -> list[Line]:
    cell = max(4, min(9, (room.width + 1 - _LABEL) // 16))
    tall = room.height >= _TALL
    lines = [_cells("domain", tables.domains, cell, lambda d: (str(d.number), "strong"))]
    if tall and any(domain.name for domain in tables.domains):
        lines.append(_cells("", tables.domains, cell, lambda d: (_name(d, cell), "dim")))
    if tall:
        bits = _cells("DACR", tables.domains, cell, lambda d: (f"{d.field:02b}", "text"))
        lines.append(bits)
    lines.append(_cells("access", tables.domains, cell, lambda d: _access(d, cell)))
    if tall:
        lines.append(_cells("entries", tables.domains, cell, lambda d: (_count(d.entries), "dim")))
        lines.extend([*_legend(tables, room.width), Line("─" * room.width, "rule")])
    return lines


def _cells(label: str, domains: tuple[DomainView, ...], cell: int, say: _Say) -> Line:
    line = Line(label, "dim").to(_LABEL)
    for index, domain in enumerate(domains):
        text, style = say(domain)
        if index:
            line.to(_LABEL + index * cell)
        line.add(text[: cell - 1], style)
    return line


def _name(domain: DomainView, cell: int) -> str:
    fits = cell > len(domain.name)
    return domain.name if fits else _SHORT_NAMES.get(domain.name, domain.name)


def _access(domain: DomainView, cell: int) -> tuple[str, str]:
    style = _ACCESS_STYLES.get(domain.word, "text")
    if domain.word == "no access" and not domain.entries:
        style = "dim"
    short = _SHORT_ACCESS.get(domain.word, domain.word)
    return (domain.word if cell > len(domain.word) else short), style


def _count(entries: int) -> str:
    return grouped(entries) if entries else "·"


def _legend(tables: Tables, width: int) -> list[Line]:
    meanings = {domain.word: (domain.field, domain.meaning) for domain in tables.domains}
    line = Line(f"DACR {hex32(tables.dacr)}", "text")
    for word, (field, meaning) in sorted(meanings.items(), key=lambda item: -item[1][0]):
        line.add(f"   {field:02b} ", "dim").add(word, _ACCESS_STYLES.get(word, "text"))
        line.add(f": {meaning}", "dim")
    return [line.fit(width)]


# --------------------------------------------------------------------------------------------- tree


def _columns(width: int) -> tuple[int, int, int, int, int]:
    """Where size, descriptor, physical address, permissions and the rest begin."""
    if width < _WIDE:
        return 16, 25, 37, 49, 60
    return 18, 27, 47, 60, 74


def _heading(width: int) -> Line:
    size, kind, physical, rights, rest = _columns(width)
    line = Line("    virtual", "dim").to(size).add("    size", "dim").to(kind)
    line.add("descriptor", "dim").to(physical + 2).add("physical", "dim").to(rights)
    gap = " " if width < _WIDE else "  "
    line.add("PL0", "user").add(gap).add("PL1", "kernel").to(rest - 3).add("dom", "dim")
    line.add(" what lies there" if width < _WIDE else "  memory, what lies there", "dim")
    if width >= _RAW:
        line.to(width - 22).add("entry at: value", "dim")
    return line


def _row(row: TableRow, tables: Tables, width: int) -> Line:
    size, kind, physical, rights, rest = _columns(width)
    wide = width >= _WIDE
    indent = 1 + (2 if wide else 1) * max(0, min(row.depth, 3))
    line = Line("▶" if row.here else " ", "strong").add(" " * indent)
    if row.kind == "more":
        return line.add(f"… and {grouped(row.count)} more", "dim")
    if row.kind == "none":
        return line.add("no other virtual address leads there", "dim").fit(width)
    nothing = row.pa < 0
    owner = "dim" if nothing else row.owner.value
    other = row.kind in ("alias", "same")
    glyph = "↩" if other else " "
    if row.key >= 0:
        glyph = "▾" if row.open else "▸"
    line.add(f"{glyph} ", "dim" if other else "strong").add(hex32(row.va), owner)
    line.to(size - 1).add(f"{short_size(row.size):>9}", "dim").to(kind)
    line.add(_kind(row), "strong" if row.kind == "page table" else "dim" if nothing else "text")
    if not nothing:
        line.to(physical).add("→ ", "dim").add(hex32(row.pa), "text")
    line.to(rights)
    if row.user or row.kernel:
        line.add(row.user, "user bold" if row.user != "---" else "dim")
        line.add("  " if wide else " ")
        line.add(row.kernel, "kernel bold" if row.kernel != "---" else "dim")
    line.to(rest - 3)
    if row.domain >= 0 and not other:
        _domain(line, row, tables)
    _rest(line.to(rest), row, width)
    if row.key >= 0:
        line.click(("table", row.key))
    elif other:
        line.click(("translate", row.va))
    line = line.fit(width)
    return line.row("current") if row.here and row.kind != "page table" else line


def _kind(row: TableRow) -> str:
    if row.kind in ("alias", "same"):
        return "also by" if row.kind == "alias" else "likewise in"
    if row.kind == "fault":
        return f"{grouped(row.count)} empty" if row.count > 1 else "empty"
    each = 16 if row.kind in ("supersection", "large page") else 1
    count = row.count // each
    return f"{grouped(count)} {row.kind}s" if count > 1 else row.kind


def _domain(line: Line, row: TableRow, tables: Tables) -> None:
    domain = next((d for d in tables.domains if d.number == row.domain), None)
    closed = domain is not None and domain.field in (0, 2)
    line.add(f"{row.domain:>2}", "bad" if closed else "text").add("✗" if closed else "", "bad")


def _rest(line: Line, row: TableRow, width: int) -> None:
    parts = []
    if row.kind in ("alias", "same"):
        parts = [(row.note, "strong"), (row.attributes, "dim")]
        if width < _WIDE and row.kind == "alias":
            parts = [(row.attributes or row.note, "text")]
    elif row.kind == "page table":
        parts = [(row.note, "dim")]
    else:
        shown = _memory(row.attributes) if width >= _WIDE else ""
        parts = [(row.note, "text"), (shown, "dim")]
    for text, style in parts:
        if text:
            line.add("  " if line.spans and line.plain[-1:] != " " else " ").add(text, style)
    if width >= _RAW and row.address:
        line.to(width - 22).add(f"{hex32(row.address)}: {hex32(row.raw)}", "dim")


_POLICIES = (
    ("write-back, write-allocate", "WBWA"),
    ("write-back", "WB"),
    ("write-through", "WT"),
    ("non-cacheable", "NC"),
    (", ", " "),
)


def _memory(attributes: str) -> str:
    """The memory type with the manual's short words for cache policies."""
    for long, short in _POLICIES:
        attributes = attributes.replace(long, short)
    return attributes


def _foot(tables: Tables, room: Room) -> list[Line]:
    """What no column has room for."""
    lines = [] if room.height >= _TALL else _legend(tables, room.width)
    said = f"first level at {hex32(tables.ttbr0 & ~0x3FFF)}: {tables.summary}"
    lines.extend(wrapped(said, "dim", room.width))
    if len(tables.spaces) > 1:
        lines.extend(wrapped("x goes round: " + ", ".join(tables.spaces), "dim", room.width))
    said = "Permissions as DACR, AP, APX, XN and SCTLR.AFE have them now."
    lines.extend(wrapped(said, "dim", room.width))
    return lines
