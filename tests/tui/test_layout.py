from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ringview.tui.layout import LEAST, PANES, TABS, arrange


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
