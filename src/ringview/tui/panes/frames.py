"""The frames, a large view: one unbroken backtrace from here to the program's start, each function
with its parameters and locals.
"""

from __future__ import annotations

from ringview.tui.text import Line, Page, Room, hex32, shorten, shorten_path, spelled, wrapped
from ringview.views.frame import CallFrameView, FrameVariable

_NAME, _TYPE = 18, 26
_WITH_TYPES = 90  # columns from which types have a column


def paint(frames: tuple[CallFrameView, ...] | None, room: Room) -> Page:
    """The innermost frame first; the border between kernel and user is a line of its own."""
    if not frames:
        said = "…" if frames is None else "No frame can be found from here."
        return Page(wrapped(said, "dim", room.width), "frames")
    lines: list[Line] = []
    for frame in frames:
        if frame.boundary:
            lines.append(_border(frame, room.width))
        lines.append(_head(frame, room.width))
        lines.extend(_variable(v, room.width) for v in frame.variables)
    kernel = sum(frame.privilege.value != "user" for frame in frames)
    title = Line("frames ", "title")
    title.add(f"{kernel} of the kernel", "kernel").add(", ", "dim")
    title.add(f"{len(frames) - kernel} of the program", "user")
    return Page(lines, title, Line("P parameter  enter shows the memory", "dim"), keep=(0, 0))


def _border(frame: CallFrameView, width: int) -> Line:
    said, _, where = frame.boundary.partition(" (")
    where = f"pt_regs at {hex32(frame.pt_regs)}" if frame.pt_regs else where.rstrip(")")
    line = Line("══ ", "rule").add(said, "strong").add(f", {where} " if where else " ", "text")
    line.add("═" * max(0, width - line.width), "rule")
    line = line.fit(width)
    return line.click(("memory", frame.pt_regs)) if frame.pt_regs else line


def _head(frame: CallFrameView, width: int) -> Line:
    owner = frame.privilege.value
    line = Line(f"{frame.depth:>2} {owner[0]} ", f"{owner} bold").add(frame.place, f"{owner} bold")
    if frame.expanded:
        inner = " › ".join(frame.expanded)
        line.add(f" › {shorten(inner, max(12, width // 3))}", "dim")
    if frame.text and width - line.width > 20:
        line.add("  ").add(shorten(frame.text, min(48, width - line.width - 2)), "text")
    space = width - line.width - 2
    if frame.source and space >= 14:
        line.right(Line(shorten_path(frame.source, space), "dim"), width)
    return line.row("current") if not frame.depth else line


def _variable(variable: FrameVariable, width: int) -> Line:
    mark = "P " if variable.parameter and not variable.depth else "  "
    line = Line(f"      {mark}", "key")
    name = "  " * variable.depth + variable.name
    line.add(f"{shorten(name, _NAME):<{_NAME}} ", "text")
    if width >= _WITH_TYPES:
        line.add(f"{shorten(variable.type, _TYPE):<{_TYPE}} ", "dim")
    if variable.why_not:
        line.add(variable.why_not, "dim")
        return line.fit(width)
    place = Line(f"{variable.place:>9}", "dim") if variable.place else Line()
    line.add(shorten(spelled(variable.value), max(4, width - line.width - 12)), "strong")
    if place.width and line.width + place.width + 1 <= width:
        line.right(place, width)
    if variable.va:
        line.click(("memory", variable.va))
    return line.fit(width)
