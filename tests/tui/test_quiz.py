"""Predict, then reveal: keys, words and score."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from tests.tui import sample
from tests.tui.driving import Running, running
from tests.tui.fake import text_of

from ringview.tui.panes import narration
from ringview.tui.panes.narration import NarrationPart
from ringview.tui.quiz import Quiz, question_here
from ringview.tui.text import Room
from ringview.views.frame import BeatView, Frame


def asked(ordinal: int, answer: str = "SVC") -> BeatView:
    base = sample.at_svc().narration.beats[1]
    return replace(base, ordinal=ordinal, answer=answer)


def test_the_first_choice_counts_and_a_look_at_the_answer_ends_it() -> None:
    quiz = Quiz()
    beats = (asked(1), asked(2), asked(3))
    assert quiz.score(beats) == ""
    assert quiz.choose(beats[0], 0) == quiz
    assert quiz.choose(beats[0], 4) == quiz
    quiz = quiz.choose(beats[0], 1)
    assert quiz.chosen == {1: 0}
    assert quiz.choose(beats[0], 2) == quiz
    assert quiz.score(beats) == "1 of 1"
    assert quiz.look_up(frozenset({1})) == quiz
    quiz = quiz.choose(beats[1], 3)
    assert quiz.score(beats) == "1 of 2"
    quiz = quiz.look_up(frozenset({3}))
    assert quiz.choose(beats[2], 1) == quiz
    assert quiz.score(beats) == "1 of 2"


def test_only_a_question_with_choices_at_this_stop_can_be_answered() -> None:
    told = sample.at_svc().narration
    here = question_here(told)
    assert here is not None
    assert here.title == "The door"
    open_question = replace(told, beats=tuple(replace(b, choices=()) for b in told.beats))
    assert question_here(open_question) is None
    assert question_here(sample.hello2().narration) is None


def last_beat() -> Frame:
    """The sample's last beat, made the present one."""
    frame = sample.at_svc()
    beats = tuple(
        replace(beat, current=index == 3, here=index == 3)
        for index, beat in enumerate(frame.narration.beats)
    )
    header = replace(frame.header, icount=frame.header.icount + 50)
    return replace(frame, header=header, narration=replace(frame.narration, beats=beats))


async def arrive(run: Running, frame: Frame) -> None:
    run.app.sitting.take(frame)
    await run.until(lambda: run.icount == frame.header.icount)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize(
    ("key", "verdict", "score"),
    [("1", "✓ right: SVC", "1 of 1"), ("3", "✗ wrong: not SYS, but SVC", "0 of 1")],
)
async def test_a_number_in_the_narration_chooses(
    size: tuple[int, int], key: str, verdict: str, score: str
) -> None:
    async with running(sample.at_svc(), size) as run:
        question = run.app.shown
        assert question is not None
        # Elsewhere a number is a pane, as ever.
        await run.press(key)
        assert verdict not in text_of(run.app)
        await run.press("8")
        await run.until(lambda: "1 SVC  2 IRQ  3 SYS" in text_of(run.app))
        await run.press(key)
        await run.until(lambda: verdict in text_of(run.app), verdict)
        assert f"{score} so far" in text_of(run.app)
        # Too late to think again: the number is a pane once more.
        await run.press("2")
        assert run.app.chosen.quiz.score(question.narration.beats) == score
        await arrive(run, last_beat())
        assert f"score {score} right" in text_of(run.app)
        await arrive(run, question)
        assert verdict in text_of(run.app)
        assert not any(type(command).__name__ in ("Step", "Go") for command in run.link.commands)


async def test_a_revealed_answer_is_not_scored() -> None:
    async with running(sample.at_svc()) as run:
        await run.press("a")
        await run.until(lambda: "! SVC" in text_of(run.app))
        await run.press("8", "1")
        assert "right" not in text_of(run.app)
        assert not run.app.chosen.quiz.chosen
        await arrive(run, last_beat())
        assert "score" not in text_of(run.app)


async def test_a_choice_can_be_clicked() -> None:
    async with running(sample.at_svc()) as run:
        page = run.app.panes["narration"].page
        assert page is not None
        actions = [span.action for line in page.lines for span in line if span.action]
        assert ("choose", 2) in actions
        run.app.perform(("choose", 2))
        await run.until(lambda: "✗ wrong: not IRQ, but SVC" in text_of(run.app))


@pytest.mark.parametrize("width", [30, 58, 78, 118])
@pytest.mark.parametrize("height", [2, 3, 4, 9])
def test_the_choices_are_never_pushed_out(width: int, height: int) -> None:
    told = sample.at_svc().narration
    page = narration.paint(NarrationPart(told, 41_101, revealed=False), Room(width, height))
    said = "\n".join(line.plain for line in page.lines)
    assert "2 IRQ" in said or height == 2
    assert all(line.width <= width for line in page.lines)
