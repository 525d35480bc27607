"""The reference page: system call conventions of all architectures, and rings."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding

from ringview.arm.conventions import CONVENTIONS, RINGS, Convention
from ringview.tui.leaflet import Leaflet
from ringview.tui.text import Line, wrapped

_OURS = "arm/"
_WIDEST = 100
_NOTE = (
    "This kernel speaks arm/EABI, and arm/OABI with the option OABI_COMPAT. An argument of 64 bits"
    " takes an even pair of registers under EABI. See syscall(2)."
)


def reference_lines(width: int) -> list[Line]:
    """Both tables; in a narrow room the arguments stand on a row of their own."""
    lines = [Line("How a program calls Linux", "strong underline")]
    wide = width >= 96
    head = Line("  architecture  instruction           number              result", "dim")
    lines.append(head.add("  arguments", "dim") if wide else head.fit(width))
    for convention in CONVENTIONS:
        lines.extend(_convention(convention, width, wide=wide))
    lines.extend([Line(), *wrapped(_NOTE, "text", width), Line()])
    lines.append(Line("Levels of privilege", "strong underline"))
    for ring in RINGS:
        owner = "user" if ring.here == "programs" else "kernel" if "kernel" in ring.here else "dim"
        line = Line(f"  {ring.family:<5}", "text").add(f"{ring.level:<12}", "strong")
        line.add(f"{ring.here:<20}", owner).add(ring.modes, "dim")
        lines.append(line.fit(width))
    return lines


def _convention(convention: Convention, width: int, *, wide: bool) -> list[Line]:
    ours = convention.name.startswith(_OURS)
    line = Line("▶ " if ours else "  ", "user bold")
    line.add(f"{convention.name:<13} ", "user bold" if ours else "text")
    line.add(f"{convention.instruction:<21} ", "text").add(f"{convention.number:<19} ", "text")
    line.add(f"{convention.result:<7} ", "text")
    arguments = Line(" ".join(convention.arguments), "text" if ours else "dim")
    if wide:
        return [line.join(arguments).fit(width)]
    return [line.fit(width), Line("      ").join(arguments).fit(width)]


class Reference(Leaflet):
    """The reference page."""

    BINDINGS: ClassVar = [Binding("r", "leave", "leave")]

    def lines(self, width: int) -> list[Line]:
        """Both tables."""
        return reference_lines(min(_WIDEST, width))
