"""Every fact that has a colour has a word or a glyph too: with all styles taken away, a frame that
differs in one such fact alone still looks different.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pytest
from msgspec import structs
from tests.tui import real, sample

from ringview.tui.chosen import Chosen
from ringview.tui.layout import arrange
from ringview.tui.panes import logs
from ringview.tui.panes.footer import FooterPart
from ringview.tui.panes.kinds import KINDS
from ringview.tui.panes.registers import OPERAND_GLYPHS
from ringview.tui.showing import OF_FRAMES, Showing, part_of
from ringview.tui.text import Line, Page, Room
from ringview.views.frame import Frame, Part, Privilege


def kinds(value: Any, found: dict[tuple[str, str], set[str]]) -> None:
    """Collect what each field called ``kind`` can be."""
    if isinstance(value, Part):
        for field in structs.fields(value):
            item = getattr(value, field.name)
            if field.name == "kind":
                found.setdefault((type(value).__name__, field.name), set()).add(item)
            kinds(item, found)
    elif isinstance(value, tuple):
        for item in value:
            kinds(item, found)


FOUND: dict[tuple[str, str], set[str]] = {}
for _make in sample.FRAMES.values():
    kinds(_make(), FOUND)


def variants(value: Any, name: str = "", owner: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that differs from this in one fact that may have a colour, with its place:
    whose it is, whether it is so, of which kind it is.
    """
    others: tuple[Any, ...] = ()
    if isinstance(value, Privilege):
        others = tuple(Privilege)
    elif isinstance(value, bool):
        others = (False, True)
    elif name == "operand" and isinstance(value, str):
        others = tuple(OPERAND_GLYPHS)
    elif (owner, name) in FOUND:
        others = tuple(sorted(FOUND[owner, name]))
    for other in others:
        if other != value:
            yield f" {value!s} → {other!s}", other
    yield from _within(value, name, owner)


def _within(value: Any, name: str, owner: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Part):
        owner = type(value).__name__
        for field in structs.fields(value):
            for where, other in variants(getattr(value, field.name), field.name, owner):
                yield f".{field.name}{where}", structs.replace(value, **{field.name: other})
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            for where, other in variants(item, name, owner):
                yield f"[{index}]{where}", (*value[:index], other, *value[index + 1 :])


SAID_OTHERWISE = {
    r"\.registers\.banks.*\.owner": "the row begins with the mode",
    r"\.registers\.spsr_flags.*\.changed": "the spsr row has its own *",
    r"\.registers\.flags.*\.changed": "the cpsr row has its own *; zoomed, each flag has one",
    r"\.code\.privilege": "the path, the addresses and the header say whose code it is",
    r"\.stacks\.(user|kernel)\.privilege": "each stack has its name",
    r"\.logs\.events.*\.privilege": "the row says from which mode to which",
    r"\.storyboard\.rows.*\.privilege": "the row has the stage's name or the exception's",
    r"\.(tlb|tables)\..*\.owner": "the address is below or above TASK_SIZE",
    r"\.tlb\.shares.*\.kind": "the row begins with whom it is about",
    r"\.fetches\.rows.*\.done": "what is done stands above the present access and its arrow",
}
"""Facts whose hue repeats what other words of the same row say: changed alone, as here, they would
contradict those.
"""


def exempt(where: str) -> bool:
    return any(re.match(pattern, where) for pattern in SAID_OTHERWISE)


def spans(page: Page) -> list[list[tuple[str, str]]]:
    """All text of a page with its styles, a line each."""
    title = page.title if isinstance(page.title, Line) else Line(page.title, page.style)
    return [
        [(span.text, f"{span.style} / {line.back}") for span in line]
        for line in (title, page.aside, *page.lines)
    ]


def colourless(page: list[list[tuple[str, str]]]) -> list[str]:
    return ["".join(text for text, _ in line).rstrip() for line in page]


def page(name: str, frame: Frame, room: Room, log_tab: int = 0) -> Page:
    """What a pane shows of a frame."""
    showing = Showing(frame, Chosen(log_tab=log_tab), FooterPart())
    return KINDS[name].paint(part_of(name, frame, showing), room)


class Desk:
    """All panes, painted without a terminal."""

    def __init__(self) -> None:
        self.rects = arrange(120, 40).rects
        self.only = ""  # the only pane to paint; all without one

    def paint(self, frame: Frame, *, zoomed: bool) -> list[list[tuple[str, str]]]:
        shown: list[list[tuple[str, str]]] = []
        for name in (self.only,) if self.only else OF_FRAMES:
            rect = self.rects.get(name)
            if rect is None and not zoomed:
                continue
            width = 118 if zoomed or rect is None else rect.width - 2 * (rect.x > 0)
            still = name in ("header", "timeline")
            height = 400 if not still else rect.height - 1 if rect else 20
            room = Room(width, max(1, height), roomy=zoomed, zoomed=zoomed)
            for tab in range(len(logs.TABS)) if name == "logs" else (0,):
                shown.extend(spans(page(name, frame, room, tab)))
        return shown


@pytest.mark.parametrize("zoomed", [False, True], ids=["ordinary", "zoomed"])
@pytest.mark.parametrize("name", ["hello2", "at_svc", "fault"])
def test_every_coloured_fact_can_be_read(name: str, zoomed: bool) -> None:
    desk = Desk()
    silent, _ = told_by_colour_alone(desk, sample.FRAMES[name](), zoomed=zoomed)
    assert not silent, "\n".join(silent)


@pytest.mark.parametrize("large", ["storyboard", "frames", "fetches"])
def test_so_can_those_of_the_large_views_of_a_real_run(large: str) -> None:
    frame = real.moments("race-len")["beat 9"]
    part = getattr(frame, large)
    desk = Desk()
    desk.only = large
    others = ((where, structs.replace(frame, **{large: other})) for where, other in variants(part))
    named = ((f".{large}{where}", other) for where, other in islice(others, 400))
    silent, count = told_by_colour_alone(desk, frame, named, zoomed=True)
    assert count > 5
    assert not silent, "\n".join(silent)


def told_by_colour_alone(
    desk: Desk, frame: Frame, others: Iterable[tuple[str, Frame]] | None = None, *, zoomed: bool
) -> tuple[list[str], int]:
    """Facts that change how a frame looks only in colour, and how many facts were tried."""
    before = desk.paint(frame, zoomed=zoomed)
    said = colourless(before)
    silent, count = [], 0
    for where, other in others if others is not None else variants(frame):
        count += 1
        after = desk.paint(other, zoomed=zoomed)
        if after != before and colourless(after) == said and not exempt(where):
            silent.append(where)
    return silent, count
