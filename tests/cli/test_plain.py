"""``--plain``: every shipped scenario can be listened to, line by line."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from ringview.cli.headless import Finished, run_scenario
from ringview.cli.plain import plain, sentences
from ringview.guest.make import find_zig
from ringview.guest.tree import find_tree
from ringview.scenario.load import load_scenario

SCENARIOS = sorted(path.stem for path in find_tree().scenarios.glob("*.yaml"))
PRINTED = ("Kernel log, ", "Console:")
TWO = re.compile(r"[a-z0-9)][.?!] +[A-Z]")
"""A sentence that another one follows in the same line."""


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_line_is_a_sentence_that_needs_no_eyes(name: str) -> None:
    if find_zig() is None:
        pytest.skip("the ziglang package is not installed")
    finished = run_scenario(load_scenario(name))
    lines = list(plain(finished.scenario, finished.record, finished.beats))
    told = [line for line in lines if line and not line.startswith(PRINTED)]
    for line in told:
        assert line == line.strip()
        assert "  " not in line, line  # nothing is said by columns
        assert line.isascii(), line  # nor by an arrow, a box or another drawing
        assert line.endswith((".", "?", "!")), line
        assert not TWO.search(line), line
    for line, after in pairwise(lines):
        assert line or after  # a pause is one blank line
    _all_is_told(finished, told)


def _all_is_told(finished: Finished, told: list[str]) -> None:
    """Every beat's words, every change of mode, every call and result, and how it ended."""
    record, text = finished.record, "\n".join(told)
    for number, beat in enumerate(finished.beats, 1):
        assert f"Beat {number} of {len(finished.beats)}: " in text
        words = " ".join(sentences(beat.beat.say))
        assert words in text.replace("\n", " ")
        if beat.beat.ask is not None:
            assert f"Answer: {beat.beat.ask.answer}" in text
    moments = [line for line in told if re.match(r"At [\d,]+ from ", line)]
    assert len(moments) == len([t for t in record.transitions if t.icount != record.start])
    begun = [x for x in told if re.fullmatch(r"The call is .*, number -?\d+\.", x)]
    assert len(begun) == len(record.syscalls)
    done = [call for call in record.syscalls if call.exit >= 0]
    assert len([x for x in told if x.startswith("The result of ")]) == len(done)
    assert told[-1].startswith("The program ")
    icounts = [int(x.replace(",", "")) for x in re.findall(r"(?m)^At ([\d,]+)", text)]
    assert icounts == sorted(icounts)


def test_a_text_falls_into_its_sentences() -> None:
    said = "One instruction,\n and r1 → r2. Is it 7.5? “Yes.” It is…"
    assert sentences(said) == ["One instruction, and r1 to r2.", "Is it 7.5?", "“Yes.” It is..."]
