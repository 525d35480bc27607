"""The storyboard, a large view: the stages of one system call as a table, each a place to go to."""

from __future__ import annotations

from ringview.tui.text import Line, Page, Room, grouped, hex32, shorten_path, wrapped
from ringview.views.frame import Hop

_NO_CALL = "No system call has begun yet. Go to the next one and come back."


def paint(hops: tuple[Hop, ...], room: Room) -> Page:
    """Stage, cost in instructions and TLB misses, place; the present stage is marked."""
    if not hops:
        return Page(wrapped(_NO_CALL, "dim", room.width), "the call's way")
    lines = hop_rows(hops, room.width)
    current = next((i for i, hop in enumerate(hops, 1) if hop.current), 1)
    aside = Line("↓ ↑ choose  enter goes there  esc leaves", "dim")
    return Page(lines, "the call's way", aside, keep=(current, current))


def hop_rows(hops: tuple[Hop, ...], width: int) -> list[Line]:
    """A heading, and a row for each stage."""
    head = Line("  stage".ljust(26), "dim").add("instructions  tlb misses  ", "dim")
    lines = [head.add("where", "dim")]
    for hop in hops:
        owner = "user" if "user" in hop.name and "copy" not in hop.name else "kernel"
        line = Line("▶ " if hop.current else "  ", f"{owner} bold")
        line.add(f"{hop.name:<24}", owner).add(f"{grouped(hop.instructions):>12}", "text")
        misses = grouped(hop.tlb_misses) if hop.tlb_misses >= 0 else "?"
        line.add(f"{misses:>12}  ", "text").add(hop.place or hex32(hop.va), owner)
        if hop.source and width - line.width > 14:
            line.add(f"  {shorten_path(hop.source, width - line.width - 2)}", "dim")
        if hop.note and width - line.width > len(hop.note) + 2:
            line.add(f"  {hop.note}", "dim")
        line.click(("go", hop.icount))
        lines.append(line.row("current") if hop.current else line)
    return lines
