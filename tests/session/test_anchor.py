"""Where a line is after an edit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ringview.session.anchor import moved_line

LINES = st.lists(st.integers(0, 10**9).map(str), min_size=1, max_size=30, unique=True)


@given(LINES, st.lists(st.sampled_from(["new a", "new b", "new c"]), max_size=5), st.data())
def test_a_line_moves_with_what_is_written_above_it(
    lines: list[str], new: list[str], data: st.DataObject
) -> None:
    where = data.draw(st.integers(0, len(lines)))
    after = [*lines[:where], *new, *lines[where:]]
    for number, line in enumerate(lines, 1):
        assert after[moved_line(lines, after, number) - 1] == line


@given(LINES, LINES, st.data())
def test_it_is_always_a_line_of_the_file(
    before: list[str], after: list[str], data: st.DataObject
) -> None:
    number = data.draw(st.integers(1, len(before)))
    assert 1 <= moved_line(before, after, number) <= max(len(after), 1) + 1


def test_a_line_that_was_changed_is_where_its_successor_is() -> None:
    before = ["a", "old", "b"]
    assert moved_line(before, ["a", "new", "b"], 2) == 2
    assert moved_line(before, ["x", "a", "b"], 2) == 3
    assert moved_line([], ["a"], 7) == 7
