"""The reference page: system call conventions of all architectures, and rings."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding

from ringview.arm.conventions import CONVENTIONS, RINGS, Convention
from ringview.tui.leaflet import Leaflet
from ringview.tui.text import Line, wrapped

_OURS = "arm/"
_WIDEST = 100
_ONE_ROW = 96  # columns from which a convention fits into one row
_RESULT_ABOVE = 66  # columns from which its result stands beside its number
_NOTE = (
    "This kernel speaks arm/EABI, and arm/OABI with the option OABI_COMPAT. An argument of 64 bits"
    " takes an even pair of registers under EABI. See syscall(2)."
)


def reference_lines(width: int) -> list[Line]:
    """Both tables; in a narrow room the arguments stand on a row of their own, in a very narrow one
    with the result.
    """
    lines = [Line("How a program calls Linux", "strong underline")]
    head = Line("  architecture  instruction           number", "dim")
    if width >= _ONE_ROW:
        lines.append(head.add("              result  arguments", "dim"))
    elif width >= _RESULT_ABOVE:
        lines += [head.add("              result", "dim"), Line("      arguments", "dim")]
    else:
        lines += [head, Line("      → result   arguments", "dim")]
    for convention in CONVENTIONS:
        lines.extend(_convention(convention, width))
    lines.extend([Line(), *wrapped(_NOTE, "text", width), Line()])
    lines.append(Line("Levels of privilege", "strong underline"))
    for ring in RINGS:
        owner = "user" if ring.here == "programs" else "kernel" if "kernel" in ring.here else "dim"
        line = Line(f"  {ring.family:<5}", "text").add(f"{ring.level:<12}", "strong")
        line.add(f"{ring.here:<20}", owner)
        if line.width + len(ring.modes) <= width:
            lines.append(line.add(ring.modes, "dim"))
        else:
            lines += [line, *(Line(" " * 7).join(x) for x in wrapped(ring.modes, "dim", width - 7))]
    return lines


def _convention(convention: Convention, width: int) -> list[Line]:
    ours = convention.name.startswith(_OURS)
    line = Line("▶ " if ours else "  ", "user bold")
    line.add(f"{convention.name:<13} ", "user bold" if ours else "text")
    line.add(f"{convention.instruction:<21} ", "text")
    number = Line(f"{convention.number:<19} ", "text")
    result = Line(f"{convention.result:<7} ", "text")
    arguments = Line(" ".join(convention.arguments), "text" if ours else "dim")
    if width >= _ONE_ROW:
        return [line.join(number).join(result).join(arguments).fit(width)]
    if width >= _RESULT_ABOVE:
        return [
            line.join(number).join(result).fit(width),
            Line("      ").join(arguments).fit(width),
        ]
    under = Line("      → ", "dim").add(f"{convention.result:<8} ", "text").join(arguments)
    return [line.add(convention.number, "text").fit(width), under.fit(width)]


class Reference(Leaflet):
    """The reference page."""

    BINDINGS: ClassVar = [Binding("r", "leave", "leave")]

    def lines(self, width: int) -> list[Line]:
        """Both tables."""
        return reference_lines(min(_WIDEST, width))
