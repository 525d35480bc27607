"""What lies over the panes can be read to its end, word by word whole, on the smallest terminal."""

from __future__ import annotations

import pytest
from tests.tui import sample
from tests.tui.driving import Running, running
from tests.tui.fake import text_of
from tests.tui.pictures import SCREENS
from tests.tui.test_notes import reading
from textual.containers import VerticalScroll

from ringview.tui.complaint import Complaint
from ringview.tui.leaflet import Leaflet
from ringview.tui.notes import paint
from ringview.tui.screens import QUESTIONS

SIZES = [(60, 18), (80, 24), (120, 40), (200, 60)]
LEAFLETS = [screen for screen in SCREENS if issubclass(screen, Leaflet)]


def words_of(text: str) -> set[str]:
    return {word.strip("│╭╮╰╯─▲▁▂▃▄▅▆▇█") for word in text.split()} - {""}


async def read_through(run: Running) -> set[str]:
    """All words that are seen while one scrolls to the end, a line and then page by page."""
    run.app.animation_level = "none"
    leaf = run.app.screen.query_one(VerticalScroll)
    seen = words_of(text_of(run.app))
    while leaf.scroll_offset.y < leaf.max_scroll_y:
        before = leaf.scroll_offset.y
        await run.press("pagedown" if before else "down")
        await run.until(lambda: leaf.scroll_offset.y > before, "it scrolls")  # noqa: B023
        seen |= words_of(text_of(run.app))
    return seen


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", LEAFLETS)
async def test_a_leaflet_is_read_to_its_end(kind: type[Leaflet], size: tuple[int, int]) -> None:
    async with running(sample.hello2(), size) as run:
        await SCREENS[kind](run)  # type: ignore[index]
        await run.settle()
        leaf = run.app.screen
        assert isinstance(leaf, Leaflet)
        # A source line may be cut, and says so; all else is there in every width.
        width = size[0] - 9 if kind is Complaint else 300
        wanted = words_of(" ".join(line.plain for line in leaf.lines(width)))
        missing = wanted - await read_through(run)
        assert not missing
        await run.press("home")
        await run.settle()
        assert leaf.lines(size[0] - 9)[0].plain in text_of(run.app)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", QUESTIONS)
async def test_a_prompt_says_all_it_takes(kind: str, size: tuple[int, int]) -> None:
    async with running(sample.hello2(), size) as run:
        run.app.perform(
            ("prompt", kind, "there is no place called “nowhere” in this kernel or program")
        )
        await run.settle()
        shown = words_of(text_of(run.app))
        assert words_of(f"{QUESTIONS[kind].hint} {QUESTIONS[kind].title} “nowhere”") <= shown


@pytest.mark.parametrize("size", SIZES)
async def test_notes_are_read_to_their_end(size: tuple[int, int]) -> None:
    frame = sample.at_svc()
    async with reading(frame, size) as notes:
        await notes.sees("on the beat")
        notes.app.animation_level = "none"
        body = notes.app.query_one("#body", VerticalScroll)
        seen = words_of(text_of(notes.app))
        while body.scroll_offset.y < body.max_scroll_y:
            before = body.scroll_offset.y
            await notes.pilot.press("down")
            await notes.until(lambda: body.scroll_offset.y > before, "it scrolls")  # noqa: B023
            seen |= words_of(text_of(notes.app))
        assert words_of(" ".join(line.plain for line in paint(frame, size[0] - 5))) <= seen
