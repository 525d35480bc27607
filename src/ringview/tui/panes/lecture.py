"""The narration in the lecture layout, for the last row: what is said in short paragraphs with air
between, and beside it where this stop stands: in the fault, the change of mode, the call, or the
lecture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from ringview.tui.panes import narration
from ringview.tui.panes.narration import NarrationPart, asked, bullet, owner_of, said
from ringview.tui.text import Line, Page, Room, beside, wrapped
from ringview.views.frame import BeatView, FaultStory, Hop, TransitionStory

MEASURE = 64
"""Columns of a line that is read at a glance from afar."""

MARGIN = 2
TWO_COLUMNS = 100
"""Columns from which something stands beside what is said."""
GAP = 4
T = TypeVar("T")
_NAME = 18  # columns of a stage's name
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"])")


def paint(part: NarrationPart, room: Room) -> Page:
    """What the narration says, in the measure of the layout."""
    if not room.big:
        return narration.paint(part, room)
    wide = max(8, room.width - 2 * MARGIN)
    next_effect = _next(part, wide)
    height = room.height - (len(next_effect) + 1 if next_effect else 0)
    right: list[Line] = []
    if room.width >= TWO_COLUMNS:
        right = _beside(part, wide - MEASURE - GAP, room.height - 2)
    title, style = narration.heading(part)
    for measure in (MEASURE, wide):
        narrow = min(measure, MEASURE if right else wide)
        left = _told(part, replace(room, width=narrow, height=height))
        if len(left) <= height:
            break
    if len(left) > height:
        # The words need the room of what comes next, and even so may be cut.
        next_effect, height = [], room.height
        title, style, left = said(part, replace(room, width=wide), 0)
        right = []
    lines = beside(left, right, MEASURE, " " * GAP) if right else left
    if next_effect:
        lines.extend(Line() for _ in range(room.height - len(lines) - len(next_effect)))
        lines.extend(next_effect)
    return Page([_heavier(line) for line in lines], title, style=style)


def rows_needed(part: NarrationPart, width: int) -> int:
    """Rows in which all that is said stands with air, and what comes next below it."""
    wide = max(8, width - 2 * MARGIN)
    room = Room(min(MEASURE, wide), 99, big=True)
    states = [part]
    if any(beat.here and beat.question for beat in part.narration.beats):
        states = [replace(part, revealed=revealed, chosen=-1) for revealed in (False, True)]
    after = len(_next(part, wide))
    return max(len(_told(state, room)) for state in states) + after + int(after > 0)


def _next(part: NarrationPart, width: int) -> list[Line]:
    """What the next instruction will do, in full."""
    effect = narration.next_effect(part)
    return bullet("next ▸ ", effect, "text", width, "key") if effect else []


def _heavier(line: Line) -> Line:
    """A line in bold, set in by the margin."""
    result = Line(" " * MARGIN)
    result.action = line.action
    for span in line.spans:
        result.add(span.text, f"{span.style} bold", span.action)
    return result


# ----------------------------------------------------------------------------------- what is said


def _told(part: NarrationPart, room: Room) -> list[Line]:
    """The words of this stop in paragraphs, with as much air as there is room for."""
    told = part.narration
    beat = next((beat for beat in told.beats if beat.here), None)
    if beat is not None:
        return _beat(beat, part, room)
    near = next((beat for beat in told.beats if beat.current), None)
    if told.fault is not None and (told.fault.coming or told.fault.icount == part.icount):
        return _airy([*_fault(told.fault, room.width)], room.height)
    moved = told.transition is not None and (told.transition.coming or told.transition.just_now)
    if moved and told.transition is not None:
        return _airy([*_steps(told.transition, room.width)], room.height)
    if near is not None and part.icount - near.icount <= narration.NEAR:
        return _airy(list(_paragraphs(near.say, "dim", room.width)), room.height)
    return said(part, room, 0)[2]


def _beat(beat: BeatView, part: NarrationPart, room: Room) -> list[Line]:
    question = asked(beat, part, room)
    space = room.height - (len(question) + 1 if question else 0)
    lines = _airy(list(_paragraphs(beat.say, "text", room.width)), space)
    return [*lines, Line(), *question] if question else lines


def _paragraphs(text: str, style: str, width: int) -> Iterator[list[Line]]:
    """A sentence each."""
    for sentence in _SENTENCE.split(text):
        yield wrapped(sentence, style, width)


def _airy(paragraphs: list[list[Line]], height: int) -> list[Line]:
    """Paragraphs with a blank row between; without, or run together, where that is too much."""
    rows = sum(len(paragraph) for paragraph in paragraphs)
    air = rows + len(paragraphs) - 1 <= height
    lines: list[Line] = []
    for paragraph in paragraphs:
        if lines and air:
            lines.append(Line())
        lines.extend(paragraph)
    if len(lines) <= height or not paragraphs:
        return lines
    text = " ".join(line.plain for line in lines)
    first = next(iter(lines[0].spans), None)
    width = max(line.width for line in lines)
    return wrapped(text, first.style if first else "text", width)


def _fault(fault: FaultStory, width: int) -> Iterator[list[Line]]:
    """Why, and what comes of it."""
    yield wrapped(fault.sentence, "strong", width)
    if fault.what_next:
        glyph = "→ " if fault.recorded else "→ prediction: "
        yield bullet(glyph, fault.what_next, "kernel", width)


def _steps(story: TransitionStory, width: int) -> Iterator[list[Line]]:
    for number, step in enumerate(story.steps, 1):
        yield bullet(f"{number} ", step, "text", width)


# ------------------------------------------------------------------------------- what stands beside


def _beside(part: NarrationPart, width: int, height: int) -> list[Line]:
    """Where this stop stands: what is not said at the left already, the most particular first."""
    told = part.narration
    beat_here = any(beat.here for beat in told.beats)
    fault, story = narration.fault_told(part), told.transition
    if fault is not None and (fault.icount == part.icount or (fault.coming and not beat_here)):
        return _why(fault, width, height, whole=beat_here)
    if beat_here and story is not None and story.just_now and not narration.is_open(part):
        head = wrapped(story.headline, "strong", width, 2)
        steps = [line for step in _steps(story, width) for line in step]
        if len(head) + len(steps) <= height:
            return [*head, *steps]
    if any(hop.current for hop in told.hops):
        return _way(told.hops, width, height)
    return _agenda(told.beats, width, height)


def _why(fault: FaultStory, width: int, height: int, *, whole: bool) -> list[Line]:
    """A fault's evidence; with its sentence, if that does not stand at the left."""
    lines = [Line("why this fault" if whole else "the evidence", "abort bold")]
    if whole:
        lines.extend(line for part in _fault(fault, width) for line in part)
    for text in fault.evidence:
        row = bullet("· ", text, "text", width)
        if len(lines) + len(row) <= height:
            lines.extend(row)
    return lines if len(lines) <= height else []


def _way(hops: tuple[Hop, ...], width: int, height: int) -> list[Line]:
    """The stages of this call, one below the other: behind us, here, to come."""
    lines = [Line("the way of this call", "title")]
    here = next((index for index, hop in enumerate(hops) if hop.current), 0)
    for index, hop in _window(hops, here, height - 1):
        style = owner_of(hop) + (" bold underline" if hop.current else "")
        line = Line("● " if hop.current else "✓ " if index < here else "· ", style.split()[0])
        line.add(hop.name, style if index <= here else "dim").to(_NAME)
        line.add(hop.note or hop.place, "text" if hop.current else "dim")
        lines.append(line.fit(width).click(("go", hop.icount)))
    return lines


def _agenda(beats: tuple[BeatView, ...], width: int, height: int) -> list[Line]:
    """The beats of the lecture: behind us, here, to come."""
    if not beats:
        return []
    lines = [Line("the beats", "title")]
    here = next((index for index, beat in enumerate(beats) if beat.current), -1)
    for index, beat in _window(beats, max(here, 0), height - 1):
        line = Line("● " if index == here else "✓ " if index < here else "· ", "text")
        line.add(f"{beat.ordinal:>2} ", "dim")
        line.add(beat.title, "strong underline" if index == here else "dim")
        line = line.fit(width)
        lines.append(line.click(("go", beat.icount)) if beat.icount >= 0 else line)
    return lines


def _window(rows: tuple[T, ...], here: int, height: int) -> list[tuple[int, T]]:
    """As many neighbours of one row as there is room for, with their places."""
    first = max(0, min(here - height // 2, len(rows) - height))
    return list(enumerate(rows))[first : first + max(1, height)]
