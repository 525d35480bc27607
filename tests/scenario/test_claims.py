"""Conditions at beats: what is checked, what is said where one fails, and what nobody can know."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ringview.cli.headless import Finished, run_scenario
from ringview.errors import ScenarioError
from ringview.scenario.load import load_scenario, parse_scenario

TEXT = """\
title: hello
program: hello
watch:
  - {name: buf, type: "char [64]", at: "user:buf"}
beats:
  - at: {syscall: hello, phase: enter}
    title: The door
    say: Four hundred.
    holds: [r7 == 400, "[pc] == 0xef000000", r0 == &buf, "!mapped(0x40)"]
  - at: {syscall: hello, phase: handler}
    title: The handler
    say: As it was.
    holds: [r0 == r0@1, sp != sp@1, pl1_writes(sp), "!pl0_reads(sp)", icount - icount@1 < 30]
"""


def run(text: str) -> Finished:
    return run_scenario(parse_scenario(text))


def test_each_beat_that_claims_something_is_a_result() -> None:
    finished = run(TEXT)
    assert finished.held
    assert [(r.text.partition(":")[0], r.detail) for r in finished.results] == [
        ("beat 1, The door", "it is so"),
        ("beat 2, The handler", "it is so"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "detail", "line"),
    [
        ("r7 == 400", "r7 == 401", "not r7 == 401: r7 is 0x190", 9),
        ("r0 == r0@1", "r0 == r1@1", "not r0 == r1@1: ", 13),
        ("!pl0_reads(sp)", "pl0_reads(sp)", "not pl0_reads(sp): sp is 0xc1", 13),
        ("icount@1 < 30", "icount@1 > 30", "not icount - icount@1 > 30: ", 13),
    ],
)
def test_what_is_not_so_is_said_with_what_is(old: str, new: str, detail: str, line: int) -> None:
    finished = run(TEXT.replace(old, new))
    (broken,) = [result for result in finished.results if not result.held]
    assert broken.detail.startswith(detail)
    assert broken.line == line


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("r7 == 400", "bluf == 400", "bluf is nothing that has a value at this beat"),
        ("r7 == 400", "r7 = 400", "'r7 = 400', column 4: = alone means nothing"),
        ("r0 == r0@1", "r0 == r0@3", "column 9: there is no beat 3"),
    ],
)
def test_what_means_nothing_is_an_error_with_its_place(old: str, new: str, sentence: str) -> None:
    with pytest.raises(ScenarioError, match=r"column|value") as caught:
        run(TEXT.replace(old, new))
    assert sentence in caught.value.message
    assert caught.value.line in (9, 13)
    assert caught.value.column == 13


def test_another_name_makes_words_of_hello2_untrue() -> None:
    scenario = load_scenario("hello2")
    finished = run_scenario(replace(scenario, args=("dog", "8")))
    untrue = {
        r.text.partition(":")[0] for r in finished.results if r.text[:4] == "beat" and not r.held
    }
    assert untrue == {"beat 2, The question", "beat 9, The pointer within"}
