"""The fetch ledger, a large view: what a system call read of user memory, in the order of the run,
with what others stored there meanwhile. A double fetch has a word and a glyph, and says what the
bytes were the first time and what they are now.
"""

from __future__ import annotations

from ringview.tui.text import Line, Page, Room, grouped, hex32, shorten, shorten_path, wrapped
from ringview.views.frame import FetchLedger, FetchRow

AGAIN = {"same": ("⇉", "again"), "changed": ("≠", "changed")}
"""Glyph and word of a double fetch."""
_PLACE = 12  # columns in which a place in the code says something
_PHYSICAL = 104  # columns from which the physical address stands there too
_HEAD = "   #         icount  what           address     "


def paint(ledger: FetchLedger | None, room: Room) -> Page:
    """The call, a sentence, one row for each access, and what the words mean."""
    if ledger is None or ledger.ordinal < 0:
        said = "…" if ledger is None else ledger.why_not
        return Page(wrapped(said, "dim", room.width), "fetches")
    width = room.width
    lines = [_call(ledger, width), _verdict(ledger, width), Line(), _heading(width)]
    pinned = len(lines)
    keep = pinned
    if ledger.above:
        lines.append(Line(f"     … {grouped(ledger.above)} before", "dim"))
    for row in ledger.rows:
        lines.append(_row(row, width))
        if row.done or row.current:
            keep = len(lines) - 1
    if ledger.below or not ledger.whole:
        more = f"{grouped(ledger.below)} more" if ledger.whole else "the call is longer than this"
        lines.append(Line(f"     … {more}", "dim"))
    if not ledger.rows:
        lines.append(Line("     this call has read nothing of user memory", "dim"))
    lines += [Line(), *wrapped(_WORDS, "dim", width)]
    title = Line("fetches ", "title").add("the kernel's reads of user memory", "dim")
    aside = Line(room.keys.told("{choose down} {choose up} choose  {take} goes there"), "dim")
    return Page(lines, title, aside, keep=(keep, keep), above=keep, pinned=pinned)


_WORDS = (
    "A fetch is one load by the kernel from user memory for this call. ⇉ again: a double fetch,"
    " bytes that the same call has read before. ≠ changed: they are not what they were, so what was"
    " checked the first time need not be what is used now. Dim rows are to come."
)


def _call(ledger: FetchLedger, width: int) -> Line:
    line = Line(ledger.text or "system call", "strong")
    if ledger.task:
        line.add(f"  by {ledger.task}", "dim")
    if not ledger.returned:
        line.add("  not back yet", "kernel")
    return line.fit(width)


def _verdict(ledger: FetchLedger, width: int) -> Line:
    line = Line(_count(ledger.fetches, "fetch"), "kernel")
    line.add(f", {_count(ledger.stores, 'store')} by others to these bytes, ", "text")
    if not ledger.events:
        line.add("✓ each byte read at most once", "good")
    elif ledger.changed:
        line.add(
            f"≠ {_count(ledger.events, 'double fetch')}, {ledger.changed} changed", "abort bold"
        )
    else:
        line.add(f"⇉ {_count(ledger.events, 'double fetch')}, none changed", "strong")
    if ledger.back:
        line.add(f", {ledger.back} of what the call had written", "text")
    return line.fit(width)


def _count(count: int, noun: str) -> str:
    if count == 1:
        return f"1 {noun}"
    return f"{grouped(count)} {noun}{'es' if noun.endswith('ch') else 's'}"


def _heading(width: int) -> Line:
    line = Line(_HEAD, "dim")
    if width >= _PHYSICAL:
        line.add("physical    ", "dim")
    line.add("value       ", "dim")
    said = "field, C line, place" if width >= _PHYSICAL else "C line, place"
    return line.add(said, "dim").fit(width)


def _row(row: FetchRow, width: int) -> Line:
    hue = "abort" if row.kind == "store" else "kernel"
    dim = not row.done and not row.current
    line = Line("▶" if row.current else " ", "kernel bold")
    line.add(f"{row.number if row.number >= 0 else '':>3} ", "dim")
    line.add(f"{grouped(row.icount):>13}  ", "dim")
    glyph, word = _what(row)
    line.add(f"{glyph} ", f"{hue} bold").add(f"{word:<13}", "dim" if dim else hue)
    where = row.name if row.name and width < _PHYSICAL else hex32(row.va) if row.va else "–"
    line.add(f"{shorten(where, 10):<10}  ", "user", ("memory", row.va) if row.va else None)
    if width >= _PHYSICAL:
        line.add(f"{hex32(row.pa):<10}  ", "dim")
    line.add(f"{value_text(row.value, row.size):<10}  ", "dim" if dim else "strong")
    if row.first >= 0:
        line.join(_again(row, short=width < _PHYSICAL))
    if row.name and width >= _PHYSICAL:
        line.add(f"{row.name}  ", "user")
    rest = Line()
    if row.who:
        rest.add(f"by {row.who}  ", "abort")
    if row.source:
        # A path from its left, but never without the file's name and the line.
        space = width - line.width - rest.width
        if len(row.source.rsplit("/", 1)[-1]) + 2 <= space:
            rest.add(f"{shorten_path(row.source, min(28, space))}  ", "dim")
    if width - line.width - rest.width >= _PLACE:
        rest.add(shorten(row.place, 40), "dim")
    line.join(rest.fit(max(0, width - line.width)))
    line = line.fit(width).click(("go", row.icount))
    return line.row("current") if row.current else line


def _what(row: FetchRow) -> tuple[str, str]:
    if row.kind == "store":
        return "◂", "other stores"
    if row.kind == "own":
        return "◂", "call writes"
    if row.first >= 0:
        return AGAIN["changed" if row.changed else "same"][0], "fetch again"
    if row.back:
        return "↩", "reads back"
    return "▸", "fetch, first" if row.fetched_again else "fetch"


def _again(row: FetchRow, *, short: bool) -> Line:
    before, after = (value_text(v, row.shared) for v in (row.before, row.after))
    if not row.changed:
        return Line(f"⇉ as in #{row.first}  ", "strong")
    said = f"≠ was {before}" if short else f"≠ changed: #{row.first} read {before}, now {after}"
    return Line(f"{said}  ", "abort bold")


def value_text(value: int, size: int) -> str:
    """A value of so many bytes in hexadecimal."""
    if size == 4:
        return hex32(value)
    size = max(1, min(8, size))
    return f"{value & ((1 << (8 * size)) - 1):0{2 * size}x}"
