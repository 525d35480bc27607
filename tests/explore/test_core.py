"""The machine's side: back to the root exactly, and the second core's stores where they belong."""

from __future__ import annotations

import random

import pytest
from tests.explore.conftest import MakeExplorer

from ringview.explore.schedule import ADVERSARIES, Adversary, Schedule, Step
from ringview.machine.race import Poke, pack_pokes


@pytest.fixture
def runner(explorer_of: MakeExplorer):  # type: ignore[no-untyped-def]
    return explorer_of("len_refetch").runner


def test_the_root_comes_back_whatever_was_run(runner) -> None:  # type: ignore[no-untyped-def]
    """Schedules that end well, in an oops, cut short anywhere: the whole machine is the same."""
    core = runner.core
    core.restore()
    before = core.machine_digest()
    random_ = random.Random(4)
    first = runner.target.call.enter
    for _ in range(60):
        adversary: Adversary = random_.choice(ADVERSARIES)
        step = Step(random_.randrange(3), random_.choice([0, 2, 8, 18]))
        runner.run(Schedule(adversary, 0, (step,)), limit=first + random_.randrange(1, 30_000))
        core.restore()
    assert core.machine_digest() == before


def test_equal_schedules_end_in_equal_states(runner) -> None:  # type: ignore[no-untyped-def]
    for adversary in ADVERSARIES:
        found = set()
        for schedule in [Schedule(adversary, 0, (Step(1, 2),)), Schedule(adversary, 0)] * 5:
            run = runner.run(schedule)
            found.add((schedule.steps, run, runner.core.digest()))
        assert len(found) == 2


def test_a_store_of_the_second_core_lands_right_before_its_load(runner) -> None:  # type: ignore[no-untyped-def]
    """The load before still has the old value, the load itself the new one."""
    length = min(runner.fetched() or runner.images.interesting)
    values = {}
    for before in (0, 1, 2):
        runner.run_frozen(pack_pokes([Poke(before, length, (9).to_bytes(4, "little"))]))
        values[before] = [int(row["value"]) for row in runner.seen() if row["flags"] & 2]
    assert values == {0: [9, 9], 1: [6, 9], 2: [6, 6]}


def test_a_digest_tells_states_apart(runner) -> None:  # type: ignore[no-untyped-def]
    digests = set()
    for count in range(1, 200):
        runner.core.restore()
        runner.core.set_pokes(b"")
        runner.core.run(runner.target.call.enter + count)
        digests.add(runner.core.digest())
    assert len(digests) == 199
