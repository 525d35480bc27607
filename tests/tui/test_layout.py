from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ringview.tui.layout import LEAST, TABS, arrange
from ringview.tui.names import PANES
from ringview.tui.splits import Wishes


@given(
    st.integers(0, 300),
    st.integers(0, 120),
    st.integers(0, len(TABS) - 1),
    st.sampled_from(["", *PANES]),
)
def test_panes_tile_the_screen_exactly(width: int, height: int, tab: int, zoom: str) -> None:
    arrangement = arrange(width, height, tab=tab, zoom=zoom)
    covered = 0
    for name, rect in arrangement.rects.items():
        assert rect.width >= 0
        assert rect.height >= 0, name
        assert rect.x >= 0
        assert rect.y >= 0
        assert rect.right <= width
        assert rect.bottom <= height, (name, rect)
        covered += rect.width * rect.height
    assert covered == width * height  # no gap, no overlap


BOXES = ("timeline", "middle", "upper", "lower", "right", "bottom", "story", *PANES)
WISHES = st.builds(
    Wishes,
    st.dictionaries(st.sampled_from(BOXES), st.floats(0, 1)).map(lambda d: tuple(d.items())),
    st.frozensets(st.sampled_from(PANES)),
)


@given(
    st.integers(0, 300),
    st.integers(0, 120),
    st.integers(0, len(TABS) - 1),
    st.booleans(),
    WISHES,
)
def test_panes_tile_the_screen_whatever_is_wished(
    width: int, height: int, tab: int, story: bool, wishes: Wishes
) -> None:
    chosen = {"small": wishes, "normal": wishes, "roomy": wishes}
    arrangement = arrange(width, height, tab=tab, story=story, wishes=chosen)
    covered = 0
    rects = list(arrangement.rects.values())
    for index, rect in enumerate(rects):
        assert 0 <= rect.x <= rect.right <= width
        assert 0 <= rect.y <= rect.bottom <= height
        covered += rect.width * rect.height
        for other in rects[:index]:
            across = min(rect.right, other.right) - max(rect.x, other.x)
            down = min(rect.bottom, other.bottom) - max(rect.y, other.y)
            assert across <= 0 or down <= 0
    assert covered == width * height
    if arrangement.name != "none":
        assert arrangement.rects["header"].height == arrangement.rects["footer"].height == 1
    for divider in arrangement.dividers:
        assert divider.first == divider.last or arrangement.divider_at(
            *((divider.line, divider.first) if divider.across else (divider.first, divider.line))
        )


@given(st.sampled_from([(60, 18), (80, 24), (120, 40), (200, 60)]), st.data())
def test_a_divider_that_was_moved_is_where_it_was_moved_to(
    size: tuple[int, int], data: st.DataObject
) -> None:
    before = arrange(*size)
    divider = data.draw(st.sampled_from(before.dividers))
    distance = data.draw(st.integers(-30, 30))
    after = arrange(*size, wishes={before.name: Wishes().sized(divider.moved(distance))})
    other = after.dividers[before.dividers.index(divider)]
    went = other.line - divider.line
    stopped = other.before.size <= divider.before.least or other.after.size <= divider.after.least
    assert went == distance or (stopped and abs(went) < abs(distance))
    assert other.before.size - divider.before.size == divider.after.size - other.after.size == went


def test_what_must_be_seen_without_scrolling_is_placed_at_120_by_40() -> None:
    rects = arrange(120, 40).rects
    assert set(PANES) < set(rects)


def test_below_the_least_size_there_is_only_a_notice() -> None:
    assert set(arrange(LEAST[0] - 1, LEAST[1]).rects) == {"notice"}
    assert set(arrange(LEAST[0], LEAST[1] - 1).rects) == {"notice"}
    assert "code" in arrange(*LEAST).rects


def test_every_pane_has_a_tab() -> None:
    assert sorted(name for _, names in TABS for name in names) == sorted(PANES)


def test_dividers_join() -> None:
    arrangement = arrange(120, 40)
    assert arrangement.edge("code")[0] == "┬"
    assert arrangement.edge("translation")[0] == "├"
    assert arrangement.edge("registers") == ""
    assert "┴" in arrangement.ticks("narration").values()
