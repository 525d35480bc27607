"""The TLB pane: both halves of the model, with what is new, just used, or no longer true."""

from __future__ import annotations

from ringview.tui.panes.touch import NOTHING, READ, TlbPart, Touch
from ringview.tui.text import Line, Page, Room, beside, compact, grouped, hex32, short_size, wrapped
from ringview.views.frame import Tlb, TlbEntry, TlbHalf, TlbShare

_WHO = 24  # columns of whom lookups are charged to
_TWO_RATIOS = 92  # columns from which both sides have a hit rate of their own
_MOST_SHARES = 12  # rows of statistics above the entries
_MOST_STALE = 6  # stale entries that are explained
_FEWEST_SHARES = 4  # with fewer rows they are left out

_TWO_HALVES = 50  # columns from which both halves stand side by side


def paint(part: TlbPart, room: Room) -> Page:
    """Data and instruction half; what matters now first where not all fits."""
    tlb, touch = part.tlb, part.touch
    title = tlb.label if "model" in tlb.label.lower() else f"{tlb.label} (model)"
    title = title if len(title) + 22 <= room.width else "tlb (model)"
    if not tlb.available:
        return Page(wrapped(tlb.why_not, "dim", room.width), title)
    data, instruction = tlb.data, tlb.instruction
    if room.width >= _TWO_HALVES:
        width = (room.width - 3) // 2
        left = _half(data, width, room.height, room, touch)
        right = _half(instruction, width, room.height, room)
        lines = beside(left, right, width, " │ ")
    else:
        upper = max(3, room.height * 3 // 5)
        lines = _half(data, room.width, upper, room, touch)
        lines.extend(_half(instruction, room.width, max(2, room.height - len(lines)), room))
    if room.zoomed:
        lines.extend(_stale(tlb, room.width))
    lines = _with_shares(lines, tlb, room)
    aside = Line()
    if room.width >= 44:
        aside.add("▸ next  ◂ used  + new  ! stale", "dim")
    return Page(lines, title, aside)


def _stale(tlb: Tlb, width: int) -> list[Line]:
    """In what the tables no longer agree with entries."""
    lines = []
    for half in (tlb.data, tlb.instruction):
        for entry in half.entries:
            if entry.stale:
                line = Line(f" ! {half.name}{entry.index} ", "bad")
                line.add(hex32(entry.va), entry.owner.value)
                line.add(f" is stale: {entry.why or 'the tables say something else'}", "bad")
                lines.append(line.click(("translate", entry.va)).fit(width))
    return [Line(), *lines[:_MOST_STALE]] if lines else []


def _with_shares(lines: list[Line], tlb: Tlb, room: Room) -> list[Line]:
    """The statistics below the entries where there is room, above them if zoomed and there is not;
    else none.
    """
    if not tlb.shares or not (room.zoomed or room.roomy):
        return lines
    shares = _shares(tlb.shares, room.width)
    free = room.height - len(lines) - 1
    if free >= len(shares):
        return [*lines, Line(), *shares]
    if room.zoomed:
        return [*shares[:_MOST_SHARES], Line(), *lines]
    return [*lines, Line(), *shares[:free]] if free >= _FEWEST_SHARES else lines


def _shares(shares: tuple[TlbShare, ...], width: int) -> list[Line]:
    """Who looked up how much and how much of it hit: by ring, then by whom it was for."""
    wide = width >= _TWO_RATIOS
    head = Line(" for (model)", "dim").to(_WHO).add("times".rjust(7), "dim")
    for side in ("I", "D") if wide else ("",):
        words = f"{side} lookups".strip() if wide else "lookups"
        head.add(f"{words:>12}{'misses':>8}{'hit rate':>10}", "dim")
    lines = [head]
    for share in shares:
        owner = "user" if share.who.startswith("PL0") else "kernel"
        owner = {"fault": "abort"}.get(share.kind, owner)
        line = Line(" ").add(share.who, f"{owner} bold" if share.kind == "ring" else owner)
        line = line.fit(_WHO - 1).to(_WHO)
        line.add((grouped(share.entries) if share.entries >= 0 else "").rjust(7), "dim")
        sides = [(share.hits[side], share.misses[side]) for side in (0, 1)]
        if not wide:
            sides = [(sum(share.hits), sum(share.misses))]
        for hits, misses in sides:
            line.add(f"{grouped(hits + misses):>12}", "dim").add(f"{grouped(misses):>8}", "text")
            line.add(f"{_rate(hits, misses):>10}", "strong")
        lines.append(line.fit(width))
    return lines


def _rate(hits: int, misses: int) -> str:
    return f"{100 * hits / (hits + misses):.2f} %" if hits + misses > 0 else "·"


def _half(half: TlbHalf, width: int, height: int, room: Room, touch: Touch = NOTHING) -> list[Line]:
    head = Line(f"{half.name} ", "strong").add(f"{len(half.entries)}/{half.capacity} ", "text")
    counts = f"hit {grouped(half.hits)} miss {grouped(half.misses)}"
    if head.width + len(counts) > width:
        counts = f"hit {compact(half.hits)} miss {compact(half.misses)}"
    head.add(counts, "dim")
    word = {"D": "data", "I": "instruction"}.get(half.name, "")
    if width - head.width > len(word) + 2:
        head.right(Line(word, "dim"), width)
    entries = list(half.entries)
    space = height - 1
    if not room.zoomed and len(entries) > space:
        # Not all fit: what the next instruction will use, what the last one did, what is new or
        # stale, then the youngest.
        weight = {
            entry.index: (
                not _awaited(entry, touch),
                not entry.used,
                not entry.stale,
                not entry.new,
                -entry.index,
            )
            for entry in entries
        }
        kept = sorted(entries, key=lambda entry: weight[entry.index])[: max(0, space)]
        entries = sorted(kept, key=lambda entry: (weight[entry.index][:2], entry.index))
    lines = [head.fit(width)]
    lines.extend(_entry(entry, width, half, _awaited(entry, touch)) for entry in entries)
    if not entries and space > 0:
        lines.append(Line(" empty", "dim"))
    return lines


def _awaited(entry: TlbEntry, touch: Touch) -> bool:
    """Whether the next instruction is about to look this entry up."""
    return touch.va >= 0 and entry.va <= touch.va < entry.va + entry.size


def _entry(entry: TlbEntry, width: int, half: TlbHalf, awaited: bool) -> Line:
    owner = entry.owner.value
    mark, style = " ", ""
    if entry.stale:
        mark, style = "!", "bad"
    elif entry.new:
        mark, style = "+", "strong"
    line = Line("◂" if entry.used else READ if awaited else " ", "strong")
    line.add(mark, style)
    wide = width >= 44
    digits = 8 if wide else 5
    if wide:
        line.add(f"{entry.index:>2} ", "dim")
        line.add(hex32(entry.va), owner).add(" → ", "dim").add(hex32(entry.pa), "text")
        line.add(f" {short_size(entry.size):>6}", "dim")
    else:
        line.add(f"{entry.va:08x}"[:digits], owner).add("→", "dim")
        line.add(f"{entry.pa:08x}"[:digits], "text")
        line.add(" 1M" if entry.size >= 1 << 20 else " 4K" if entry.size == 4096 else " ..", "dim")
    asid = "g" if entry.asid == "global" else entry.asid
    if wide:
        asid = "global" if entry.asid == "global" else f"asid {entry.asid}"
    line.add(f" {asid:<{7 if wide else 2}}", "dim")
    line.add(entry.user, "user" if entry.user != "--" else "dim").add("/", "dim")
    line.add(entry.kernel, "kernel" if entry.kernel != "--" else "dim")
    if wide:
        line.add(" x" if entry.execute else "  ", "text")
        if entry.stale and width - line.width > 7:
            line.add(" stale", "bad")
        elif entry.new and width - line.width > 5:
            line.add(" new", "strong")
        elif entry.index == half.victim and width - line.width > 8:
            line.add(" victim", "dim")
    line.click(("translate", entry.va))
    return line.row("current") if entry.used or awaited else line
