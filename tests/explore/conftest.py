"""Targets and explorers of the hello2 variants, each built once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ringview.explore.schedule import Adversary
from ringview.explore.search import Explorer, Tally
from ringview.explore.target import Target, find_target
from ringview.scenario.load import parse_scenario
from ringview.scenario.model import Scenario

MakeScenario = Callable[..., Scenario]
MakeExplorer = Callable[[str], Explorer]


def scenario_text(variant: str, program: str = "race-len", more: str = "", **options: str) -> str:
    """A scenario that says no more than which kernel and which program."""
    settings = ", ".join(f"{k}: {v}" for k, v in {"HELLO2": variant, **options}.items())
    return f"title: {variant}\nkernel: {{set: {{{settings}}}}}\nprogram: {program}\n{more}"


def write_scenario(folder: Path, variant: str, program: str = "race-len", **options: str) -> Path:
    path = folder / f"{variant}.yaml"
    path.write_text(scenario_text(variant, program, **options))
    return path


def target_of(variant: str, program: str = "race-len", more: str = "", **options: str) -> Target:
    return find_target(parse_scenario(scenario_text(variant, program, more, **options)))


@pytest.fixture(scope="session")
def explorer_of() -> Iterator[MakeExplorer]:
    """Explorers by variant; each is made once."""
    made: dict[str, Explorer] = {}

    def make(variant: str) -> Explorer:
        if variant not in made:
            made[variant] = Explorer(target_of(variant))
        return made[variant]

    yield make
    for explorer in made.values():
        explorer.close()


def search(explorer: Explorer, adversary: Adversary, bound: int) -> Tally:
    """All schedules with up to so many preemptions."""
    tally = Tally()
    for k in range(bound + 1):
        for item in explorer.items(adversary, k):
            tally.merge(explorer.do(item))
    return tally
