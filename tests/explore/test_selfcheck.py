"""The places that the search leaves out are places where nothing can happen."""

from __future__ import annotations

import pytest
from tests.explore.conftest import MakeExplorer, search

from ringview.explore.schedule import Adversary
from ringview.explore.selfcheck import EveryInstruction


@pytest.mark.parametrize(
    ("variant", "adversary", "bound"),
    [
        ("single_copy", "second-core", 2),
        ("single_copy", "board", 2),
        ("len_refetch", "second-core", 2),
        ("len_refetch", "board", 2),
        ("abort_on_change", "second-core", 1),
        ("abort_on_change", "board", 1),
    ],
)
def test_every_instruction_gives_the_same_outcomes(
    explorer_of: MakeExplorer, variant: str, adversary: Adversary, bound: int
) -> None:
    explorer = explorer_of(variant)
    searched = search(explorer, adversary, bound)
    check = EveryInstruction(explorer, margin=1)
    assert check.outcomes(adversary, bound) == set(searched.judgements)
    assert check.schedules > 10 * searched.schedules
