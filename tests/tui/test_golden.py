"""Every pane, large view, prompt and layout as text at three sizes, and in each theme as SVG where
hues mean something; with RINGVIEW_UPDATE_GOLDEN=1 the files are renewed, and stale ones go.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.tui import sample
from tests.tui.driving import running
from tests.tui.fake import text_of
from tests.tui.pictures import COLOURS, PICTURES, SCREENS, SIZES, all_screens
from tests.tui.test_audience import watching
from tests.tui.test_notes import reading
from textual.command import CommandPalette

from ringview.tui import palette as themes
from ringview.tui.layout import TABS
from ringview.tui.names import LARGE, PANES
from ringview.tui.screens import QUESTIONS
from ringview.tui.svg import svg

GOLDEN = Path(__file__).parent / "golden"
ALL = [(name, size) for name, picture in PICTURES.items() for size in picture.sizes]


def named(value: object) -> str:
    return f"{value[0]}x{value[1]}" if isinstance(value, tuple) else str(value)


def compare(name: str, text: str, kind: str = "txt") -> None:
    path = GOLDEN / f"{name}.{kind}"
    if os.environ.get("RINGVIEW_UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    assert path.exists(), f"{path.name} is missing: run with RINGVIEW_UPDATE_GOLDEN=1"
    kept = path.read_text(encoding="utf-8")
    assert text + "\n" == kept, f"{path.name} differs: RINGVIEW_UPDATE_GOLDEN=1 draws it anew"


@pytest.mark.parametrize(("name", "size"), ALL, ids=named)
async def test_as_text(name: str, size: tuple[int, int]) -> None:
    picture = PICTURES[name]
    async with running(picture.frame(), size) as run:
        compare(f"{name}-{named(size)}", await picture.text(run))


@pytest.mark.parametrize("theme", themes.PALETTES)
@pytest.mark.parametrize("name", COLOURS)
async def test_in_colours(name: str, theme: str) -> None:
    picture, size = PICTURES[name], COLOURS[name]
    async with running(picture.frame(), size, theme=theme) as run:
        await picture.text(run)
        strips = enumerate(run.app.screen._compositor.render_strips())
        pieces = [(0, y, strip) for y, strip in strips]
        drawn = svg(pieces, *size, run.app.sitting.palette.ground, name)
        compare(f"{name}-{theme}", drawn.rstrip("\n"), "svg")


def test_every_pane_view_prompt_and_screen_has_its_pictures() -> None:
    needed = {f"zoomed-{pane}" for pane in PANES} | set(LARGE)
    needed |= {f"tab-{title}" for title, _ in TABS} | {f"prompt-{kind}" for kind in QUESTIONS}
    needed |= {f"lecture-{pane}" for pane in PANES if pane != "narration"}
    assert needed <= set(PICTURES)
    assert set(all_screens()) | {CommandPalette} == set(SCREENS)
    assert set(LARGE) <= set(COLOURS)
    everywhere = {name for name, picture in PICTURES.items() if picture.sizes == SIZES}
    assert {*needed} - everywhere == {name for name in needed if name.startswith(("tab-", "prom"))}


def test_no_picture_is_of_what_is_no_more() -> None:
    kept = {path.name for path in GOLDEN.iterdir()}
    drawn = {f"{name}-{named(size)}.txt" for name, size in ALL}
    drawn |= {f"{name}-{theme}.svg" for name in COLOURS for theme in themes.PALETTES}
    drawn |= {f"{name}-{named(size)}.txt" for name in OTHERS for size in SIZES}
    if os.environ.get("RINGVIEW_UPDATE_GOLDEN"):
        for name in kept - drawn:
            (GOLDEN / name).unlink()
    else:
        assert kept == drawn


OTHERS = ("notes", "audience", "time-call", "time-instructions")
"""Pictures that other tests compare, or of other programs' screens."""


@pytest.mark.parametrize("size", SIZES, ids=named)
async def test_notes(size: tuple[int, int]) -> None:
    async with reading(sample.at_svc(), size) as notes:
        await notes.sees("next")
        compare(f"notes-{named(size)}", text_of(notes.app))


@pytest.mark.parametrize("size", SIZES, ids=named)
async def test_audience(size: tuple[int, int]) -> None:
    async with watching(sample.at_svc(), size) as watch:
        await watch.sees("follow")
        compare(f"audience-{named(size)}", "\n".join(text_of(watch.app).split("\n")[-7:]))


async def test_nothing_must_be_scrolled_at_120_by_40() -> None:
    """Mode, both stack pointers, the saved frame, the walk, the structure, the C line."""
    async with running(sample.hello2(), (120, 40)) as run:
        text = text_of(run.app)
    for needed in (
        "● SVC kernel", "user bef0_0c20", "kernel sp c081_df78", "saved at entry: pt_regs",
        "pc   0001_0b44", "VA bef0_0c40", "TTBR0", "L1", "L2", "81f3_ac40", "struct hello2_in",
        "name 0001_1008 → “beagle”", "val 7", "▶  32    if (copy_from_user(&req,", "you are here",
    ):  # fmt: skip
        assert needed in text, needed
