"""Every variant of hello2 gets its verdict from program and kernel alone."""

from __future__ import annotations

import pytest
from tests.explore.conftest import MakeExplorer, search, target_of

from ringview.explore.finds import Finder
from ringview.explore.results import certificate_of
from ringview.explore.schedule import ADVERSARIES, Adversary
from ringview.explore.search import Explorer


@pytest.mark.parametrize("adversary", ADVERSARIES)
def test_a_length_that_is_fetched_twice_is_a_bug(
    explorer_of: MakeExplorer, adversary: Adversary
) -> None:
    explorer = explorer_of("len_refetch")
    tally = search(explorer, adversary, 2)
    bugs = [j for j in tally.judgements.values() if j.kind == "bug"]
    assert len(bugs) == 1
    assert bugs[0].schedule.bound == 1
    assert {"object bounds", "return address"} <= set(bugs[0].outcome.oracles)
    assert any("name of sys_hello2" in why for why in bugs[0].why)
    find = Finder(explorer).find(bugs[0])
    assert find.window is not None
    assert "len-refetch.c" in find.window.first.source
    assert find.window.first.source != find.window.second.source
    assert (find.window.first.value, find.window.second.value) == (6, 160)
    assert [control.name for control in find.controls] == [
        "adversary removed",
        "before the first fetch",
        "after the second fetch",
    ]
    assert all(control.clean for control in find.controls)
    assert (find.replays, find.digests) == (100, 1)
    assert find.one_core


@pytest.mark.parametrize("adversary", ADVERSARIES)
def test_a_single_copy_is_certified(explorer_of: MakeExplorer, adversary: Adversary) -> None:
    tally = search(explorer_of("single_copy"), adversary, 2)
    judgements = list(tally.judgements.values())
    assert {j.kind for j in judgements} == {"quiescent"}
    assert {j.outcome.result for j in judgements} == {0, -22}
    assert certificate_of(judgements).holds


@pytest.mark.parametrize("variant", ["override", "abort_on_change"])
def test_sound_fixes_have_events_and_no_bug(explorer_of: MakeExplorer, variant: str) -> None:
    for adversary in ADVERSARIES:
        tally = search(explorer_of(variant), adversary, 2)
        judgements = list(tally.judgements.values())
        assert not [j for j in judgements if j.kind == "bug"]
        assert max(j.changed for j in judgements) > 0
        assert not certificate_of(judgements).holds


def test_a_kernel_that_cannot_be_preempted_is_not_called_safe() -> None:
    """On one core nothing can happen; a second core still wins."""
    explorer = Explorer(target_of("len_refetch", PREEMPT="false"))
    try:
        board = search(explorer, "board", 1)
        assert not [j for j in board.judgements.values() if j.kind == "bug"]
        both = search(explorer, "second-core", 1)
        bugs = [j for j in both.judgements.values() if j.kind == "bug"]
        assert len(bugs) == 1
        find = Finder(explorer).find(bugs[0])
        assert find.one_core is False
        assert explorer.target.preemptible is False
    finally:
        explorer.close()
