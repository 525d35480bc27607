"""The parts that know no machine: journal, timeline, checkpoints, line boundaries."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringview.machine.machine import EPOCH
from ringview.session.checkpoints import Checkpoint, CheckpointStore
from ringview.session.journal import Journal, JournalEntry
from ringview.session.lines import boundaries
from ringview.session.timeline import Diverged, Timeline, Track


@dataclass(frozen=True)
class Happening:
    icount: int
    name: str = ""


def same(a: Happening, b: Happening) -> bool:
    return a.icount == b.icount


@given(st.lists(st.integers(0, 50)).map(sorted), st.integers(-1, 51), st.integers(-1, 51))
def test_a_track_answers_as_a_plain_search_does(icounts: list[int], at: int, last: int) -> None:
    track: Track[Happening] = Track()
    for icount in icounts:
        track.append(Happening(icount))
    events = [Happening(icount) for icount in icounts]
    assert list(track.between(at, last)) == [e for e in events if at <= e.icount <= last]
    assert track.before(at) == next((e for e in reversed(events) if e.icount < at), None)
    assert track.at_or_before(at) == next((e for e in reversed(events) if e.icount <= at), None)
    assert track.after(at) == next((e for e in events if e.icount > at), None)
    assert track.count_to(at) == sum(e.icount <= at for e in events)


def test_what_a_replay_repeats_is_kept_once_and_must_be_the_same() -> None:
    timeline: Timeline[Happening] = Timeline(same)
    events = [Happening(1), Happening(5), Happening(9)]
    assert timeline.note(events) == events
    timeline.cursor = 1
    assert timeline.note([Happening(5)]) == []
    timeline.skip(1, 9)
    assert timeline.note([Happening(12)]) == [Happening(12)]
    timeline.cursor = 1
    with pytest.raises(Diverged):
        timeline.note([Happening(6)])
    timeline.cursor = 0
    with pytest.raises(Diverged, match="fewer"):
        timeline.skip(1, 9)
    timeline.cursor = 0
    with pytest.raises(Diverged, match="more"):
        timeline.skip(3, 6)
    timeline.cursor = 2
    timeline.forget_future()
    assert list(timeline.events.all) == events[:2]


def test_an_input_forgets_those_after_it() -> None:
    journal = Journal([JournalEntry(9, "irq", line=3), JournalEntry(4, "console", b"a")])
    assert [entry.icount for entry in journal] == [4, 9]
    journal.add(JournalEntry(4, "console", b"b"))
    assert [(entry.icount, entry.data) for entry in journal] == [(4, b"a"), (4, b"b")]
    assert journal.at(4) == list(journal)
    assert journal.next_after(3) == 4
    assert journal.next_after(4) is None


@given(
    st.integers(16, 200),
    st.integers(200, 3000),
    st.lists(st.integers(0, 2999), max_size=6),
)
def test_checkpoints_grow_sparser_with_age_and_dense_where_one_walks(
    bound: int, length: int, walks: list[int]
) -> None:
    """Gaps are at most a share of the age, and that share is what the bound asks for."""
    store: CheckpointStore[int] = CheckpointStore(lambda _before, state: state, bound)
    for epoch in range(length):
        store.add(Checkpoint(epoch * EPOCH, 0, 1))
        assert store.bytes_used() <= bound
    icounts = store.icounts
    assert icounts[0] == 0
    assert icounts[-1] == (length - 1) * EPOCH
    # With n checkpoints at gaps of a share s of the age, n is about ln(length) / s.
    share = 2.5 * log(length) / (bound * 4 / 5) + 2 / bound
    for before, after in pairwise(icounts):
        assert after - before <= max(EPOCH, 2 * share * (icounts[-1] - before))
    for walk in walks:
        at = walk % length
        for epoch in range(max(0, at - 8), at):
            store.add(Checkpoint(epoch * EPOCH, 0, 1))
            assert store.bytes_used() <= bound
            assert epoch * EPOCH in store
    assert store.icounts[0] == 0


@given(st.lists(st.integers(1, 400), unique=True, max_size=120), st.integers(3, 60))
def test_checkpoints_stay_within_the_bound_and_keep_the_first(
    icounts: list[int], bound: int
) -> None:
    store: CheckpointStore[int] = CheckpointStore(lambda _before, state: state, bound)
    for icount in (0, *icounts):
        store.add(Checkpoint(icount, 0, 1))
        assert store.bytes_used() == len(store) <= bound
        assert list(store.icounts) == sorted(set(store.icounts))
        assert 0 in store
        found = store.at_or_before(icount)
        assert found is not None
        assert found.icount == max(c for c in store.icounts if c <= icount)
    store.drop_from(100)
    assert all(icount < 100 for icount in store.icounts)


@given(st.lists(st.integers(0, 3), max_size=40), st.integers(0, 3))
def test_boundaries_are_where_the_known_line_changes(ids: list[int], before: int) -> None:
    expected, line = [], before
    for index, number in enumerate(ids):
        if number and number != line:
            expected.append(index)
        line = number or line
    assert boundaries(np.array(ids, np.int64), before).tolist() == expected
