"""Marks, a large view: the breakpoints and watchpoints with their hits, and the bookmarks; each row
is a place to go to.
"""

from __future__ import annotations

from ringview.tui.text import Line, Page, Room, grouped, wrapped
from ringview.views.frame import Marks

_NOTHING = (
    "Nothing is marked yet. {breakpoint} sets a breakpoint, also with a condition such as"
    " “sys_hello2 if r1 == 0”; {watchpoint} watches memory; {bookmark} names the present moment."
)


def paint(marks: Marks, room: Room) -> Page:
    """One row for each mark."""
    title = Line("marks ", "title").add("breakpoints, watchpoints, bookmarks", "dim")
    said = "{take} to the next hit, or there  {back to mark} previous hit  {remove mark} remove"
    aside = Line(room.keys.told(said), "dim")
    if not marks.stops and not marks.bookmarks:
        return Page(wrapped(room.keys.told(_NOTHING), "dim", room.width), title, aside)
    lines = []
    if marks.stops:
        heading = f"    {'':2}{'stops':<14}{'hits':>6}  where, and under which condition"
        lines.append(Line(heading, "dim"))
    for stop in marks.stops:
        glyph = "◉" if stop.watch else "●"
        line = Line(f"{stop.number:>3} {glyph} ", "strong")
        line.add(f"{'watchpoint' if stop.watch else 'breakpoint':<14}", "text")
        line.add(f"{grouped(stop.hits):>6}  ", "strong" if stop.hits else "dim")
        line.add(stop.where, "text")
        if stop.condition:
            line.add(" if ", "dim").add(stop.condition, "strong")
        if stop.here:
            line.add("  ◀ here", "strong")
        lines.append(line.fit(room.width).click(("to_stop", stop.number, 1)))
    if marks.bookmarks:
        lines += [Line()] if lines else []
        lines.append(Line(f"    {'':2}{'bookmark':<30}{'icount':>14}  where", "dim"))
    for bookmark in marks.bookmarks:
        line = Line("    ⚑ ", "strong").add(f"{bookmark.name:<30} ", "text")
        line.add(f"{grouped(bookmark.icount):>13}  ", "text")
        line.add(bookmark.task, "dim")
        if bookmark.here:
            line.add("  ◀ here", "strong")
        lines.append(line.fit(room.width).click(("go", bookmark.icount)))
    keep = next((i for i, line in enumerate(lines) if line.action is not None), 0)
    return Page(lines, title, aside, keep=(keep, keep), above=keep)
