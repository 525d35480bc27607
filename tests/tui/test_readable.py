"""Every word of every shipped beat can be read where it is told: at each size, in the ordinary and
the lecture layout and below a large view, before and after its question is answered.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.tui import sample
from tests.tui.driving import running
from tests.tui.fake import text_of

from ringview.scenario.load import load_scenario
from ringview.tui.layout import arrange
from ringview.tui.panes import lecture, narration
from ringview.tui.panes.narration import NarrationPart
from ringview.tui.text import Page, Room
from ringview.views.frame import BeatView, Narration
from ringview.views.withheld import narration_withheld

SCENARIOS = sorted(path.stem for path in (Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
SIZES = ((80, 24), (100, 30), (120, 40), (200, 60))


def told(scenario: str) -> Iterator[NarrationPart]:
    """Each beat of a scenario, as the narration is told of it, in every state of its question."""
    shipped = load_scenario(scenario).beats
    for here in range(len(shipped)):
        beats = tuple(
            BeatView(
                ordinal=number + 1,
                title=beat.title,
                say=" ".join(beat.say.split()),
                question=beat.ask.question if beat.ask else "",
                answer=beat.ask.answer if beat.ask else "",
                choices=tuple(beat.ask.choices or ()) if beat.ask else (),
                icount=100 * number,
                current=number == here,
                here=number == here,
                show=(),
            )
            for number, beat in enumerate(shipped)
        )
        part = partial(NarrationPart, Narration(beats, (), None, None, "nop."), 100 * here)
        yield part(revealed=False)
        yield part(revealed=False, audience=True)
        if beats[here].question:
            yield part(revealed=True)
        for chosen in range(len(beats[here].choices)):
            yield part(revealed=True, chosen=chosen, score="10 of 12")
            yield part(revealed=False, chosen=chosen, audience=True)


def words_of(part: NarrationPart) -> list[str]:
    """What must be readable: the beat's words, and its question or what has become of it."""
    beat = next(beat for beat in part.narration.beats if beat.here)
    needed = [beat.say]
    if beat.question and not part.revealed:
        needed.append(beat.question)
        needed.extend(beat.choices if part.chosen < 0 else [beat.choices[part.chosen]])
    elif beat.question:
        needed.append(beat.answer)
    return needed


def shown(page: Page, columns: int | None = None) -> str:
    return " ".join(" ".join(line.plain[:columns] for line in page.lines).split())


def ordinary(part: NarrationPart, width: int, height: int, zoom: str) -> str:
    """The narration as the ordinary layout shows it, or with a large view above it."""
    rows = narration.rows_needed(part, width - 2)
    placed = arrange(width, height, told=rows, zoom=zoom)
    rect = placed.rects["narration"]
    roomy = placed.name == "roomy"
    columns = rect.width - (2 + int(rect.x > 0))
    return shown(narration.paint(part, Room(columns, rect.height - 1, roomy=roomy)))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_word_of_a_beat_is_readable(scenario: str) -> None:
    for part in told(scenario):
        for width, height in SIZES:
            for zoom in ("", "storyboard"):
                seen = ordinary(part, width, height, zoom)
                for needed in words_of(part):
                    assert needed in seen, (width, height, zoom, seen)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_word_of_a_beat_is_readable_in_the_lecture_layout(scenario: str) -> None:
    for part in told(scenario):
        for width, height in SIZES:
            rows = lecture.rows_needed(part, width - 2)
            rect = arrange(width, height, big=("code", "registers"), told=rows).rects["narration"]
            page = lecture.paint(part, Room(width - 2, rect.height - 1, big=True))
            left = shown(page, lecture.MARGIN + lecture.MEASURE)
            for needed in words_of(part):
                assert needed in left or needed in shown(page), (width, height, left)
            assert len(page.lines) < rect.height


SPOILT = "sets r0 to zebra"


@pytest.mark.parametrize("big", [False, True])
def test_nothing_tells_the_answer_while_a_question_waits(big: bool) -> None:
    """Neither what the next instruction does, nor the steps of the change of mode, nor what comes
    of the fault.
    """
    frame = sample.at_svc()
    fault = sample.fault().narration.fault
    story = frame.narration.transition
    assert fault is not None
    assert story is not None
    fault = replace(fault, icount=41_101, what_next=SPOILT)
    story = replace(story, steps=(SPOILT,), just_now=True)
    told = replace(frame.narration, next_effect=SPOILT, fault=fault, transition=story)
    for fault_or_none in (fault, None):
        told = replace(told, fault=fault_or_none)
        part = NarrationPart(told, 41_101, revealed=False)
        kept = dataclasses.replace(part, narration=narration_withheld(told, 41_101))
        room = Room(118, 24, big=big)
        assert "zebra" not in shown(lecture.paint(kept, room))
        assert "zebra" in shown(lecture.paint(dataclasses.replace(part, chosen=1), room))
        private = dataclasses.replace(kept, chosen=1, audience=True)
        assert "zebra" not in shown(lecture.paint(private, room))


@pytest.mark.parametrize("big", [False, True])
async def test_what_comes_is_shown_after_the_answer(big: bool) -> None:
    """In every pane and large view, and kept back again where the question waits again."""
    frame = sample.at_svc()
    async with running(frame, (160, 50)) as run:
        if big:
            await run.press("e")
        await run.sees("after the answer")
        waiting = text_of(run.app)
        await run.press("a")
        await run.until(lambda: "after the answer" not in text_of(run.app))
        assert "next ▸" in text_of(run.app)
        assert "next ▸" not in waiting


@pytest.mark.parametrize("width", [58, 78, 118])
def test_how_to_answer_always_stands_there(width: int) -> None:
    told = sample.at_svc().narration
    long = tuple(f"{number} is a long answer to it" for number in ("this", "that", "another"))
    beats = tuple(replace(beat, choices=long) for beat in told.beats)
    part = NarrationPart(replace(told, beats=beats), 41_101, revealed=False)
    rows = narration.rows_needed(part, width)
    assert "a answer" in shown(narration.paint(part, Room(width, rows)))


def test_answering_moves_no_pane() -> None:
    for part in told("pingpong"):
        unanswered = dataclasses.replace(part, revealed=False, chosen=-1, audience=False)
        for width in (78, 118):
            rows = narration.rows_needed(unanswered, width)
            assert rows == narration.rows_needed(part, width)


async def test_a_long_beat_gets_its_rows_and_a_short_one_gives_them_back() -> None:
    frame = sample.at_svc()
    say = "One word after the other is told here, and none of them is lost. " * 7
    beats = tuple(replace(beat, say=say) for beat in frame.narration.beats)
    long = replace(frame, narration=replace(frame.narration, beats=beats))
    async with running(frame, (80, 24)) as run:
        before = run.app.panes["narration"].size.height
        run.link.frame = long
        run.link.emit()
        await run.until(lambda: run.app.panes["narration"].size.height > before)
        assert " ".join(say.split()) in " ".join(text_of(run.app).split())
        run.link.frame = frame
        run.link.emit()
        await run.until(lambda: run.app.panes["narration"].size.height == before)


async def test_where_a_person_left_too_few_rows_the_pane_names_the_key_that_shows_the_rest() -> (
    None
):
    frame = sample.at_svc()
    say = "Here is told what takes more rows than there are, and it ends with the word zebra."
    beats = tuple(
        replace(beat, say=f"{'Much to tell. ' * 20}{say}") for beat in frame.narration.beats
    )
    frame = replace(frame, narration=replace(frame.narration, beats=beats))
    async with running(frame, (60, 18)) as run:
        assert "8 8 all of it" in text_of(run.app)
        assert "zebra" not in text_of(run.app)
        await run.press("8")
        await run.press("8")
        await run.until(lambda: "zebra" in text_of(run.app))
