"""Every pane that there is: who paints it, and which part of a frame it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ringview.tui.panes import (
    code,
    fetches,
    footer,
    frames,
    header,
    lecture,
    logs,
    marks,
    memory,
    mitigations,
    notice,
    registers,
    schedules,
    stacks,
    storyboard,
    switch,
    tables,
    tabs,
    time,
    timeline,
    tlb,
    translation,
)
from ringview.tui.panes.storyboard import StoryboardPart
from ringview.tui.panes.touch import MemoryPart, StacksPart, TlbPart, touched
from ringview.tui.text import Page, Room
from ringview.views.frame import Frame


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of pane.

    Attributes:
        paint: makes a page of its part, purely.
        part: takes that from a frame; None where it depends on what is chosen on the screen, too.
        framed: whether it has a title rule and a divider.
    """

    paint: Callable[[Any, Room], Page]
    part: Callable[[Frame], object] | None = None
    framed: bool = True


KINDS: Mapping[str, Kind] = {
    "header": Kind(header.paint, lambda f: f.header, framed=False),
    "timeline": Kind(timeline.paint, lambda f: f.timeline),
    "tabs": Kind(tabs.paint, framed=False),
    "registers": Kind(registers.paint, lambda f: f.registers),
    "code": Kind(code.paint, lambda f: f.code),
    "stacks": Kind(stacks.paint, lambda f: StacksPart(f.stacks, touched(f.translation))),
    "translation": Kind(translation.paint, lambda f: f.translation),
    "tlb": Kind(tlb.paint, lambda f: TlbPart(f.tlb, touched(f.translation))),
    "memory": Kind(memory.paint, lambda f: MemoryPart(f.memory, touched(f.translation))),
    "logs": Kind(logs.paint),
    "narration": Kind(lecture.paint),
    "storyboard": Kind(storyboard.paint, lambda f: StoryboardPart(f.storyboard, f.header.icount)),
    "tables": Kind(tables.paint, lambda f: f.tables),
    "frames": Kind(frames.paint, lambda f: f.frames or (() if f.large == "frames" else None)),
    "switch": Kind(switch.paint, lambda f: f.narration.transition),
    "time": Kind(time.paint, lambda f: f.timeline),
    "marks": Kind(marks.paint, lambda f: f.marks),
    "fetches": Kind(fetches.paint, lambda f: f.fetches),
    "schedules": Kind(schedules.paint),
    "mitigations": Kind(mitigations.paint),
    "footer": Kind(footer.paint, framed=False),
    "notice": Kind(notice.paint, framed=False),
}
"""By name, in the order in which they lie on the desk."""
