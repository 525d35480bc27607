"""The narration in the lecture layout, for the last row: what is said in short paragraphs with air
between, and beside it where this stop stands: in the fault, the change of mode, the call, or the
lecture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
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
LEAST_BESIDE = 50
"""Columns from which what stands beside is divided in two."""
_FEW_BEATS = 5  # rows, a heading among them, from which the beats are worth showing
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
    columns: list[list[Line]] = []
    if room.width >= TWO_COLUMNS:
        free = replace(room, width=wide - MEASURE - GAP, height=room.height - 2)
        columns = _beside(part, free)
    title, style = narration.heading(part)
    for measure in (MEASURE, wide):
        narrow = min(measure, MEASURE if columns else wide)
        left = _told(part, replace(room, width=narrow, height=height))
        if len(left) <= height:
            break
    if len(left) > height:
        # The words need the room of what comes next, and even so may be cut.
        next_effect, height = [], room.height
        title, style, left = said(part, replace(room, width=wide), 0)
        columns = []
    lines, column = left, MEASURE
    for right in columns:
        lines = beside(lines, right, column, " " * GAP)
        column += GAP + _width_beside(wide - MEASURE - GAP, len(columns))
    if next_effect:
        lines.extend(Line() for _ in range(room.height - len(lines) - len(next_effect)))
        lines.extend(next_effect)
    return Page([_heavier(line) for line in lines], title, style=style)


def rows_needed(part: NarrationPart, width: int) -> int:
    """Rows in which all that is said stands with air, and what comes next below it."""
    wide = max(8, width - 2 * MARGIN)
    after = len(_next(part, wide))
    rows = len(_told(part, Room(min(MEASURE, wide), 99, big=True)))
    beat = next((beat for beat in part.narration.beats if beat.here), None)
    if beat is not None:
        rows = max(rows, _rows_of(beat, width))
    return rows + after + int(after > 0)


def rows_usual(part: NarrationPart, width: int, most: int) -> int:
    """As many rows as the longest beat takes, but no more than ``most``; see the narration."""
    needed = (_rows_of(beat, width) + 2 for beat in part.narration.beats)
    return max((min(need, most) for need in needed), default=0)


def _rows_of(beat: BeatView, width: int) -> int:
    measure = min(MEASURE, max(8, width - 2 * MARGIN))
    return _beat_rows(beat.say, beat.question, beat.answer, beat.choices, measure)


@lru_cache(256)
def _beat_rows(say: str, question: str, answer: str, choices: tuple[str, ...], width: int) -> int:
    """Rows of a beat with air, whatever has become of its question."""
    room = Room(width, 99, big=True)
    states = narration.every_state(say, question, answer, choices)
    return max(len(_beat(beat, part, room)) for beat, part in states)


def _next(part: NarrationPart, width: int) -> list[Line]:
    """What the next instruction will do, in full."""
    effect = part.narration.next_effect
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


def _beside(part: NarrationPart, room: Room) -> list[list[Line]]:
    """One column, or two where there is room: where this stop stands, the most particular first,
    and at the end the lecture's beats. Nothing of it is said at the left already.
    """
    count = 2 if room.width >= 2 * LEAST_BESIDE + GAP else 1
    width, height = _width_beside(room.width, count), room.height
    space = replace(room, width=width)
    told = part.narration
    agenda = told.beats
    way = any(hop.current for hop in told.hops)
    first = _particular(part, space)
    if count == 1:
        if not first and way:
            first = _way(told.hops, width, height)
        return [_with_agenda(first, agenda, width, height)]
    second = _way(told.hops, width, height) if way else []
    if not first:
        first, second = second or _latest(part, space), []
    return [first, _with_agenda(second, agenda, width, height)]


def _width_beside(width: int, count: int) -> int:
    """Columns of each of so many that share a width."""
    return (width - GAP * (count - 1)) // count


def _with_agenda(
    lines: list[Line], beats: tuple[BeatView, ...], width: int, height: int
) -> list[Line]:
    """The beats below what stands there already, if enough of them fit."""
    if not lines:
        return _agenda(beats, width, height)
    space = height - len(lines) - 1
    return [*lines, Line(), *_agenda(beats, width, space)] if space >= _FEW_BEATS else lines


def _particular(part: NarrationPart, space: Room) -> list[Line]:
    """What happened right here: a fault, or a change of mode; nothing of what is still a
    question.
    """
    told = part.narration
    beat_here = any(beat.here for beat in told.beats)
    fault, story = told.fault, told.transition
    if fault is not None and (fault.icount == part.icount or (fault.coming and not beat_here)):
        return _why(fault, space.width, space.height, whole=beat_here)
    if beat_here and story is not None and story.just_now:
        return _latest(part, space)
    return []


def _latest(part: NarrationPart, room: Room) -> list[Line]:
    """The steps of the latest change of mode, if they do not answer a question that waits."""
    story = part.narration.transition
    if story is None or story.coming or narration.is_open(part):
        return []
    head = wrapped(story.headline, "strong", room.width, 2)
    return [*head, *narration.transition_rows(story, room, max(2, room.height - len(head)))]


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
    told = tuple(beat for beat in beats if beat.title)
    for index, beat in _window(told, max(here, 0), height - 1 - int(len(told) < len(beats))):
        line = Line("● " if index == here else "✓ " if index < here else "· ", "text")
        line.add(f"{beat.ordinal:>2} ", "dim")
        line.add(beat.title, "strong underline" if index == here else "dim")
        line = line.fit(width)
        lines.append(line.click(("go", beat.icount)) if beat.icount >= 0 else line)
    if len(told) < len(beats):
        lines.append(Line(f"… {len(beats) - len(told)} more, after the answer", "dim"))
    return lines


def _window(rows: tuple[T, ...], here: int, height: int) -> list[tuple[int, T]]:
    """As many neighbours of one row as there is room for, with their places."""
    first = max(0, min(here - height // 2, len(rows) - height))
    return list(enumerate(rows))[first : first + max(1, height)]
