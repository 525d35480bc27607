"""The desk as a person wants it: by keys, by the mouse, and the next time again."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest
from tests.tui.driving import Running, running
from tests.tui.fake import text_of

from ringview.tui.desk import Desk
from ringview.tui.names import PANES
from ringview.tui.remember import Memory
from ringview.tui.splits import Rect, Wishes

SIZES = ((80, 24), (120, 40), (200, 60))


def rects(run: Running) -> dict[str, Rect]:
    return dict(run.app.query_one(Desk).arrangement.rects)


@pytest.mark.parametrize("size", SIZES)
async def test_keys_resize_the_pane_with_the_focus(size: tuple[int, int]) -> None:
    async with running(size=size) as run:
        await run.press("2")
        before = rects(run)
        await run.press("shift+right")
        await run.until(lambda: rects(run)["code"].width == before["code"].width + 2)
        await run.press("shift+left", "shift+left")
        await run.until(lambda: rects(run)["code"].width == before["code"].width - 2)
        await run.press("shift+down")
        await run.until(lambda: rects(run)["code"].height == before["code"].height + 1)
        await run.press("shift+up", "shift+up")
        await run.until(lambda: rects(run)["code"].height == before["code"].height - 1)
        await run.press("ctrl+r")
        await run.until(lambda: rects(run) == before)


async def test_without_a_pane_it_says_what_to_do() -> None:
    async with running() as run:
        await run.press("shift+right")
        await run.until(lambda: "choose a pane first" in text_of(run.app))


async def test_the_mouse_drags_dividers() -> None:
    async with running() as run:
        before = rects(run)
        code = before["code"]
        await run.pilot.mouse_down(offset=(code.x, code.y + 4))
        await run.pilot.hover(offset=(code.x + 5, code.y + 6))
        await run.until(lambda: rects(run)["code"].x == code.x + 5)
        await run.pilot.hover(offset=(code.x + 3, code.y + 6))
        await run.pilot.mouse_up(offset=(code.x + 3, code.y + 6))
        await run.until(lambda: rects(run)["registers"].width == before["registers"].width + 3)
        logs = rects(run)["logs"]
        await run.pilot.mouse_down(offset=(logs.x + 2, logs.y))
        await run.pilot.hover(offset=(logs.x + 2, logs.y - 3))
        await run.pilot.mouse_up(offset=(logs.x + 2, logs.y - 3))
        await run.until(lambda: rects(run)["logs"].height == logs.height + 3)
        assert run.app.chosen.zoom == "", "a drag of a title is no click on it"
        await run.pilot.hover(offset=(60, 20))
        assert rects(run)["logs"].height == logs.height + 3, "it was let go"


async def test_a_click_on_a_title_still_zooms() -> None:
    async with running() as run:
        code = rects(run)["code"]
        await run.pilot.click(offset=(code.x + 6, code.y))
        await run.until(lambda: run.app.chosen.zoom == "code")


@pytest.mark.parametrize("size", SIZES)
async def test_a_pane_is_put_away_and_brought_back(size: tuple[int, int]) -> None:
    async with running(size=size) as run:
        before = rects(run)
        await run.press("2", "h")
        await run.until(lambda: "code" not in rects(run))
        assert "code put away; 2 brings it back" in text_of(run.app)
        await run.press("2")
        await run.until(lambda: rects(run) == before)
        assert run.app.panes["code"].has_focus
        assert run.app.chosen.zoom == ""
        await run.press("h", "H")
        await run.until(lambda: rects(run) == before)


@pytest.mark.parametrize("size", SIZES)
async def test_the_last_pane_stays(size: tuple[int, int]) -> None:
    async with running(size=size) as run:
        for _ in range(9):
            shown = [name for name in PANES if name in rects(run)]
            if not run.app.panes[shown[0]].has_focus:
                await run.press(str(PANES.index(shown[0]) + 1))
            await run.press("h")
        await run.settle()
        assert set(rects(run)) & set(PANES)
        assert "cannot be put away" in run.app.said.message


async def test_what_was_chosen_is_there_the_next_time_at_each_size(tmp_path: Path) -> None:
    path = tmp_path / "state" / "screen.json"
    seen = {}
    for width, height in SIZES:
        async with running(size=(width, height), memory=Memory(path)) as run:
            await run.press("2", *["shift+left"] * (width // 40), "T")
            await run.settle()
            seen[width, height] = rects(run)
    for width, height in SIZES:
        async with running(size=(width, height), memory=Memory(path)) as run:
            assert rects(run) == seen[width, height]
        async with running(size=(width, height)) as run:
            assert rects(run) != seen[width, height]
    assert Memory(path).theme == "light"
    async with running(memory=Memory(path)) as run:
        await run.press("ctrl+r")
    assert Memory(path).layouts["normal"] == Wishes()
    assert Memory(path).layouts["roomy"] != Wishes()


# ----------------------------------------------------------------------------------- the file


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"\xff\xfe", b'{"layouts": 7}', b'{"version": 99}',
        b'{"layouts": {"normal": {"sizes": {"code": "wide"}}}}', b"[" * 100_000,
    ],
)  # fmt: skip
async def test_a_damaged_file_is_ignored_with_a_message(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "screen.json"
    path.write_bytes(content)
    memory = Memory(path)
    assert memory.layouts == {}
    async with running(memory=memory) as run:
        await run.until(lambda: "ignored" in run.app.said.message)
        await run.press("2", "shift+right")
    assert Memory(path).layouts["normal"].sizes, "what is chosen next is remembered again"


def test_numbers_and_names_that_make_no_sense_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "screen.json"
    sizes = {"code": 1e300, "tlb": -0.5, "memory": 0.25, "nothing": 0.5}
    layout = {"sizes": sizes, "hidden": ["header", "code", ""]}
    path.write_text(json.dumps({"version": 1, "layouts": {"normal": layout}, "theme": "mauve"}))
    memory = Memory(path)
    assert dict(memory.layouts["normal"].sizes) == {"memory": 0.25, "nothing": 0.5}
    assert memory.layouts["normal"].hidden == {"code"}


def test_where_nothing_can_be_written_it_says_so_once(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    memory = Memory(tmp_path / "state" / "screen.json")
    memory.complaint_once()
    memory.keep_theme("light")
    assert "cannot be remembered" in memory.complaint_once()
    memory.keep_theme("dark")
    assert memory.complaint_once() == ""
    assert memory.theme == "dark"


def _busy(path: Path, name: str) -> None:
    memory = Memory(path)
    for turn in range(40):
        memory.keep_layout(name, Wishes((("code", turn / 100 + 0.01),)))
    if memory.complaint:
        raise SystemExit(memory.complaint)


def test_several_screens_at_once_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "screen.json"
    names = ("small", "normal", "roomy")
    context = multiprocessing.get_context("fork")
    others = [context.Process(target=_busy, args=(path, name)) for name in names]
    for other in others:
        other.start()
    while any(other.is_alive() for other in others):
        memory = Memory(path)
        assert memory.complaint == "", "never half a file"
    assert [other.exitcode for other in others] == [0, 0, 0]
    kept = {name: dict(wishes.sizes)["code"] for name, wishes in Memory(path).layouts.items()}
    assert kept == dict.fromkeys(names, 0.4)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["screen.json", "screen.lock"]
