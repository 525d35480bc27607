"""The header line: what runs, where in time, at which privilege."""

from __future__ import annotations

from ringview.tui.text import Line, Page, Room, grouped, shorten, virtual_time
from ringview.views.frame import Header, Privilege

RING = {
    Privilege.USER: "user · PL0",
    Privilege.KERNEL: "kernel · PL1",
    Privilege.ABORT: "abort · PL1",
}
"""A privilege in words, as the header says it."""


_BRANDED = 96  # columns from which the program's name and the level stand there too


def badge(mode: str, privilege: Privilege, *, short: bool = False) -> Line:
    """The mode as a badge in its hue, with the word that says the same."""
    word = privilege.value if short else RING[privilege]
    return Line(f" ● {mode} {word} ", f"badge-{privilege.value}")


def paint(header: Header, room: Room) -> Page:
    """One line: title at the left, place in time and mode at the right, the rest where it fits."""
    width = room.width
    right = Line()
    state = "running" if header.running else ("at the end" if _ended(header) else "")
    if state:
        right.add(f"{state}  ", "strong")
    right.add("icount ", "dim").add(grouped(header.icount), "strong")
    right.add(f" / {grouped(header.end)}", "dim")
    if not header.finished:
        right.add("+", "dim")
    right.add("  ")
    if width >= 150:
        right.add(f"{virtual_time(header.time_ns)}  ", "dim")
    right.join(badge(header.mode, header.privilege, short=width < _BRANDED))
    # In a narrow terminal what runs matters more than what shows it.
    left = Line(" ringview ", "badge-plain").add(" ") if width >= _BRANDED else Line(" ")
    begun = left.width
    space = width - right.width - left.width - 2
    for text, style in _left_parts(header):
        gap = 2 if left.width > begun else 0
        first = gap == 0
        if not first and len(text) > space - gap:
            continue
        shown = shorten(text, space - gap)
        left.add(" " * gap).add(shown, style)
        space -= gap + len(shown)
    return Page([left.right(right, width)])


def _ended(header: Header) -> bool:
    return header.finished and header.icount >= header.end


def _left_parts(header: Header) -> list[tuple[str, str]]:
    parts = [(header.title, "strong")]
    if header.task:
        parts.append((header.task, "text"))
    if header.place:
        parts.append((header.place, header.privilege.value))
    if header.stop and not header.running:
        parts.append((header.stop, "dim"))
    return parts
