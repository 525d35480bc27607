"""Every shipped scenario of the race gets its right verdict, by itself."""

from __future__ import annotations

import pytest
from tests.explore.conftest import search

from ringview.explore.judge import Judgement
from ringview.explore.results import certificate_of
from ringview.explore.schedule import ADVERSARIES
from ringview.explore.search import Explorer
from ringview.explore.target import find_target
from ringview.scenario.load import load_scenario


def _judged(name: str, bound: int) -> list[Judgement]:
    explorer = Explorer(find_target(load_scenario(name)))
    try:
        return [
            judgement
            for adversary in ADVERSARIES
            for judgement in search(explorer, adversary, bound).judgements.values()
        ]
    finally:
        explorer.close()


@pytest.mark.parametrize(
    ("name", "least", "oracle"),
    [
        ("race-len", 1, "kernel executes user code"),
        ("race-len-canary", 1, "stack canary"),
        ("race-name", 1, "secret disclosed"),
        ("race-strlen", 1, ""),
        ("race-direct", 1, "secret disclosed"),
        ("race-half-fix", 1, ""),
        ("race-page", 0, "kernel executes user code"),
    ],
)
def test_wrong_variants(name: str, least: int, oracle: str) -> None:
    judgements = _judged(name, 1)
    bugs = [j for j in judgements if j.kind == "bug"]
    assert {j.schedule.adversary for j in bugs} == set(ADVERSARIES)
    assert min(j.schedule.bound for j in bugs) == least
    assert not oracle or all(oracle in j.outcome.oracles for j in bugs)
    assert not certificate_of(judgements).holds


@pytest.mark.parametrize("name", ["race-override", "race-abort", "race-name-ldrt"])
def test_sound_variants_with_events(name: str) -> None:
    judgements = _judged(name, 2)
    assert not [j for j in judgements if j.kind == "bug"]
    assert max(j.changed for j in judgements) > 0
    assert not certificate_of(judgements).holds


def test_the_right_one() -> None:
    judgements = _judged("race-fixed", 2)
    assert {j.kind for j in judgements} == {"quiescent"}
    assert certificate_of(judgements).holds
