"""The words of the shipped scenarios: every number, register, error and name that a lecturer reads
aloud is one that a condition of that beat or an expectation checks, or one that is known here.
"""

from __future__ import annotations

import re

import pytest
from tests.scenario.spoken import (
    KNOWN,
    claimed,
    errors,
    numbers,
    panes,
    registers,
    sentences,
    words,
)

from ringview.scenario.load import load_scenario, shipped_scenarios
from ringview.scenario.model import Beat
from ringview.scenario.places import LinePlace

NAMES = [path.stem for path in shipped_scenarios()]

MOST_WORDS, LONGEST = 80, 32
"""Words of a beat, and of a sentence: more is not taken in while one looks at a screen."""


def asked(beat: Beat) -> set[str]:
    """The registers, counters included, that the beat's conditions ask about."""
    return {name for claim in beat.holds for name in claim.condition.registers}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A hundred and sixty bytes, thirty-one letters, not c010 0000.", {160, 31, 0xC0100000}),
        ("10 hexadecimal, ffff ffea, 401, one or two", {16, 0xFFFFFFEA, 401}),
        ("Three hundred and ninety in register 7 of TTBR0", {390}),
        ("minus twenty-two, 4095 and 3 times, and a size, four bytes", {22, 4095}),
    ],
)
def test_numbers_are_read_as_a_person_reads_them(text: str, found: set[int]) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Register 0 is zero, registers 1, 2 and 7 are not.", ["r0", "r1", "r2", "r7"]),
        ("The link register has it, and TTBR0.", ["lr", "ttbr0"]),
        ("A call has six parameters, in registers 0 to 5.", []),
        ("We are in user mode, domain 1 is open.", ["cpsr", "dacr"]),
    ],
)
def test_registers_are_heard(text: str, found: list[str]) -> None:
    heard = registers(text)
    assert len(heard) == len(found)
    assert all(any(name in names for names in heard) for name in found)


@pytest.mark.parametrize("name", NAMES)
def test_every_number_is_checked_at_its_beat(name: str) -> None:
    scenario = load_scenario(name)
    unchecked = []
    for beat in scenario.beats:
        assert beat.holds, f"{name}: nothing is checked at {beat.title!r}"
        loose = numbers(words(beat)) - claimed(beat, scenario)
        unchecked += [f"{beat.title}: {number}" for number in sorted(loose)]
    assert unchecked == []


@pytest.mark.parametrize("name", NAMES)
def test_every_register_is_checked_at_its_beat(name: str) -> None:
    unchecked = [
        f"{beat.title}: {', '.join(sorted(names))}"
        for beat in load_scenario(name).beats
        for names in registers(words(beat))
        if not names & asked(beat)
    ]
    assert unchecked == []


@pytest.mark.parametrize("name", NAMES)
def test_every_error_and_signal_is_checked_at_its_beat(name: str) -> None:
    scenario = load_scenario(name)
    unchecked = [
        f"{beat.title}: {error}"
        for beat in scenario.beats
        for error, number in errors(words(beat)).items()
        if number not in claimed(beat, scenario)
    ]
    assert unchecked == []


@pytest.mark.parametrize("name", NAMES)
def test_what_the_words_point_at_is_shown(name: str) -> None:
    for beat in load_scenario(name).beats:
        assert panes(words(beat)) <= set(beat.show), beat.title


@pytest.mark.parametrize("name", NAMES)
def test_no_beat_is_too_long_to_be_heard(name: str) -> None:
    for beat in load_scenario(name).beats:
        said = " ".join(beat.say.split())
        assert len(said.split()) <= MOST_WORDS, beat.title
        assert max(len(sentence.split()) for sentence in sentences(said)) <= LONGEST, beat.title
        assert "!" not in said, beat.title


@pytest.mark.parametrize("name", NAMES)
def test_the_words_do_not_give_the_answer_away(name: str) -> None:
    for beat in load_scenario(name).beats:
        if beat.ask is not None and len(beat.ask.answer) > 2:
            said = " ".join(beat.say.split())
            first, rest = beat.ask.answer[0], re.escape(beat.ask.answer[1:])
            answer = rf"\b[{first.lower()}{first}]{rest}\b(?!')"
            assert not re.search(answer, said), beat.title
            assert len(beat.ask.choices) == len(set(beat.ask.choices)), beat.title


def test_no_exception_is_idle() -> None:
    said = " ".join(words(beat).lower() for name in NAMES for beat in load_scenario(name).beats)
    assert [phrase for phrase in KNOWN if phrase not in said] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_place_is_a_lines_number(name: str) -> None:
    """A number would go on meaning something after the line has moved, and something else."""
    scenario = load_scenario(name)
    places = [beat.at for beat in scenario.beats] + [entry.at for entry in scenario.schedule]
    lines = [place for place in places if isinstance(place, LinePlace)]
    assert [str(place) for place in lines if isinstance(place.line, int)] == []
