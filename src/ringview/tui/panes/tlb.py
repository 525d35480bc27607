"""The TLB pane: both halves of the model, with what is new, just used, or no longer true."""

from __future__ import annotations

from ringview.tui.text import Line, Page, Room, beside, compact, grouped, hex32, short_size, wrapped
from ringview.views.frame import Tlb, TlbEntry, TlbHalf

_TWO_HALVES = 50  # columns from which both halves stand side by side


def paint(tlb: Tlb, room: Room) -> Page:
    """Data and instruction half; what matters now first where not all fits."""
    title = tlb.label if "model" in tlb.label.lower() else f"{tlb.label} (model)"
    title = title if len(title) + 22 <= room.width else "tlb (model)"
    if not tlb.available:
        return Page(wrapped(tlb.why_not, "dim", room.width), title)
    data, instruction = tlb.data, tlb.instruction
    if room.width >= _TWO_HALVES:
        width = (room.width - 3) // 2
        left = _half(data, width, room.height, room)
        right = _half(instruction, width, room.height, room)
        lines = beside(left, right, width, " │ ")
    else:
        upper = max(3, room.height * 3 // 5)
        lines = _half(data, room.width, upper, room)
        lines.extend(_half(instruction, room.width, max(2, room.height - len(lines)), room))
    aside = Line()
    if room.width >= 44:
        aside.add("◂ used  + new  ! stale", "dim")
    return Page(lines, title, aside)


def _half(half: TlbHalf, width: int, height: int, room: Room) -> list[Line]:
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
        # Not all fit: what the last instruction touched, what is new or stale, then the youngest.
        weight = {
            entry.index: (not entry.used, not entry.stale, not entry.new, -entry.index)
            for entry in entries
        }
        kept = sorted(entries, key=lambda entry: weight[entry.index])[: max(0, space)]
        entries = sorted(kept, key=lambda entry: (weight[entry.index][0], entry.index))
    lines = [head.fit(width)]
    lines.extend(_entry(entry, width, half) for entry in entries)
    if not entries and space > 0:
        lines.append(Line(" empty", "dim"))
    return lines


def _entry(entry: TlbEntry, width: int, half: TlbHalf) -> Line:
    owner = entry.owner.value
    mark, style = " ", ""
    if entry.stale:
        mark, style = "!", "bad"
    elif entry.new:
        mark, style = "+", "strong"
    line = Line("◂" if entry.used else " ", "strong")
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
    return line.row("current") if entry.used else line
