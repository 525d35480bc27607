"""Time at large and the marks: goldens at three sizes and several zooms; how zooming behaves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.tui import sample
from tests.tui.driving import running
from tests.tui.fake import text_of
from tests.tui.pictures import SIZES
from tests.tui.test_golden import compare
from textual.widgets import Input

from ringview.engine.protocol import Go, GoTo, GoToStop, Look
from ringview.tui.commands import BY_NAME
from ringview.tui.panes.time import LABEL, columns_in, paint
from ringview.tui.screens import Prompt
from ringview.tui.text import Room
from ringview.tui.window import panned, zoomed
from ringview.views.frame import Marks

ZOOMS = {
    "call": (40_000, 44_000),
    "instructions": (41_150, 41_150 + 100),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("zoom", ZOOMS)
async def test_screen(zoom: str, size: tuple[int, int]) -> None:
    first, last = ZOOMS[zoom]
    columns = columns_in(size[0] - (1 if size[0] > 80 else 0))
    frame = replace(sample.hello2(), timeline=sample.time(first, last, columns, rows=size[1]))
    async with running(frame, size) as run:
        await run.press(*BY_NAME["time"].keys)
        await run.settle()
        assert "▸ time " in text_of(run.app)
        compare(f"time-{zoom}-{size[0]}x{size[1]}", text_of(run.app))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_marks(size: tuple[int, int]) -> None:
    async with running(sample.hello2(), size) as run:
        await run.press(*BY_NAME["marks"].keys)
        await run.settle()
        assert "2 ● breakpoint         3  sys-hello2.c:32" in text_of(run.app)
        run.link.commands.clear()
        await run.press("down", "enter", "down", "down", "enter")
        await run.settle()
        moved = [c for c in run.link.commands if isinstance(c, Go | GoToStop)]
        assert moved == [GoToStop(0, 2, 1), Go(0, 36_102)]


async def test_no_marks_say_how_to_make_one() -> None:
    async with running(replace(sample.hello2(), marks=Marks()), (120, 40)) as run:
        await run.press(*BY_NAME["marks"].keys)
        await run.settle()
        assert "Nothing is marked yet. b sets a breakpoint" in text_of(run.app)


@pytest.mark.parametrize("width", [40, 80, 120, 200])
@pytest.mark.parametrize("height", [6, 12, 36, 56])
def test_it_fits_any_pane_and_keeps_now_in_view(width: int, height: int) -> None:
    for first, last in ZOOMS.values():
        columns = columns_in(width)
        page = paint(sample.time(first, last, columns, rows=60), Room(width, height))
        assert all(line.width <= width for line in page.lines)
        assert sum(line.back == "current" for line in page.lines) == 1
        lanes = [line for line in page.lines if "┃" in line.plain]
        assert len(lanes) >= 3
        (column,) = {line.plain.index("┃") for line in lanes}
        assert column == LABEL + (sample.NOW - first) * columns // (last - first)


def test_user_and_kernel_differ_by_glyph_and_hue() -> None:
    page = paint(sample.time(sample.START, sample.END, columns_in(120)), Room(120, 40))
    row = next(line for line in page.lines if line.plain.startswith(" hello2[2]"))
    glyphs = {style: "".join(s.text for s in row.spans if s.style == style) for style in
              ("user", "kernel", "abort")}  # fmt: skip
    assert glyphs["user"]
    assert glyphs["kernel"]
    assert not set(glyphs["user"]) & set(glyphs["kernel"])


def test_a_click_goes_to_the_columns_first_instruction() -> None:
    page = paint(sample.time(40_000, 44_000, columns_in(120)), Room(120, 40))
    assert page.locate is not None
    assert page.locate(LABEL, 0) == ("go", 40_000)
    action = page.locate(LABEL + 50, 1)
    assert action == ("go", 40_000 + 4_000 * 50 // columns_in(120))
    assert page.locate(3, 1) is None


WHOLES = st.tuples(st.integers(0, 10**9), st.integers(1, 10**9)).map(lambda p: (p[0], p[0] + p[1]))


@given(WHOLES, st.data(), st.integers(1, 300))
def test_zooming_keeps_the_place(whole: tuple[int, int], data: st.DataObject, least: int) -> None:
    at = data.draw(st.integers(whole[0], whole[1] - 1))
    shown, spans = whole, []
    for _ in range(40):
        window = zoomed(shown, whole, at, 1, least)
        if window is None:
            break
        share = (at - shown[0]) / (shown[1] - shown[0])
        span = window[1] - window[0]
        assert whole[0] <= window[0] <= at < window[1] <= whole[1]
        clipped = window[0] == whole[0] or window[1] == whole[1]
        assert clipped or abs((at - window[0]) / span - share) <= 1.5 / span
        spans.append(span)
        shown = window
    assert spans == sorted(spans, reverse=True)
    assert not spans or spans[-1] == max(least, min(spans))
    for _ in range(40):
        window = zoomed(shown, whole, at, -1, least)
        if window is None:
            break
        assert window[0] <= at < window[1]
        shown = window
    assert window is None


@given(WHOLES, st.data())
def test_panning_stays_in_the_run(whole: tuple[int, int], data: st.DataObject) -> None:
    first = data.draw(st.integers(whole[0], whole[1] - 1))
    last = data.draw(st.integers(first + 1, whole[1]))
    for direction in (1, -1):
        window = panned((first, last), whole, direction)
        if window is not None:
            assert whole[0] <= window[0] < window[1] <= whole[1]
            assert window[1] - window[0] == last - first
            assert (window[0] - first) * direction >= 0


async def test_the_wheel_keeps_what_is_under_the_pointer() -> None:
    async with running(sample.hello2(), (120, 40)) as run:
        pane = run.app.panes["timeline"]
        action = pane.action_under(60, 2)
        assert action is not None
        at = int(action[1])
        run.app.perform(("time", 1, at))
        await run.settle()
        view = next(c.view for c in reversed(run.link.commands) if isinstance(c, Look))
        assert view.timeline is not None
        first, last = view.timeline
        whole = (sample.START, sample.END)
        before = (at - whole[0]) / (whole[1] - whole[0])
        assert abs((at - first) / (last - first) - before) < 0.02


async def test_a_prompt_offers_completes_and_lets_choose() -> None:
    async with running(sample.hello2(), (120, 40)) as run:
        await run.press("g", "h", "e", "l")
        prompt = run.app.screen
        assert isinstance(prompt, Prompt)
        await run.until(lambda: prompt.offers == ["sys_hello", "sys_hello2", "syscall hello2"])
        await run.press("tab")
        line = prompt.query_one(Input)
        assert line.value == "sys_hello"
        await run.until(lambda: prompt.offers == ["sys_hello2"], "what is typed is not offered")
        await run.press("down")
        assert prompt.chosen == 0
        run.link.commands.clear()
        await run.press("enter")
        await run.until(lambda: GoTo(0, "sys_hello2") in run.link.commands)
