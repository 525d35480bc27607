"""The whole screen as text at three sizes; with RINGVIEW_UPDATE_GOLDEN=1 the files are renewed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.tui import sample
from tests.tui.driving import running
from tests.tui.fake import text_of

GOLDEN = Path(__file__).parent / "golden"
SIZES = ((80, 24), (120, 40), (200, 60))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", sample.FRAMES)
async def test_screen(name: str, size: tuple[int, int]) -> None:
    async with running(sample.FRAMES[name](), size) as run:
        compare(f"{name}-{size[0]}x{size[1]}", text_of(run.app))


@pytest.mark.parametrize("tab", range(2, 7))
async def test_tabs_of_the_small_screen(tab: int) -> None:
    async with running(sample.hello2(), (80, 24)) as run:
        for _ in range(tab - 1):
            await run.press("tab")
        await run.settle()
        compare(f"hello2-80x24-tab{tab}", text_of(run.app))


@pytest.mark.parametrize("pane", ["narration", "memory", "tlb", "registers", "translation"])
async def test_zoomed(pane: str) -> None:
    async with running(sample.hello2(), (120, 40)) as run:
        run.app.do_zoom(pane)
        await run.settle()
        compare(f"hello2-zoomed-{pane}", text_of(run.app))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_storyboard(size: tuple[int, int]) -> None:
    async with running(sample.hello2(), size) as run:
        await run.press("s")
        await run.settle()
        compare(f"storyboard-{size[0]}x{size[1]}", text_of(run.app))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_tables(size: tuple[int, int]) -> None:
    async with running(sample.hello2(), size) as run:
        await run.press("d")
        await run.settle()
        compare(f"tables-{size[0]}x{size[1]}", text_of(run.app))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_fetches(size: tuple[int, int]) -> None:
    async with running(sample.hello2(), size) as run:
        await run.press("F")
        await run.settle()
        compare(f"fetches-{size[0]}x{size[1]}", text_of(run.app))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_schedules(size: tuple[int, int]) -> None:
    async with running(sample.hello2(), size) as run:
        await run.press("S")
        await run.settle()
        compare(f"schedules-{size[0]}x{size[1]}", text_of(run.app))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_mitigations(size: tuple[int, int]) -> None:
    async with running(sample.hello2(), size) as run:
        await run.press("P")
        await run.settle()
        compare(f"mitigations-{size[0]}x{size[1]}", text_of(run.app))


def compare(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("RINGVIEW_UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    assert path.exists(), f"{path.name} is missing: run with RINGVIEW_UPDATE_GOLDEN=1"
    assert text + "\n" == path.read_text(encoding="utf-8")


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
