"""What is copied, and where it goes."""

from __future__ import annotations

import stat
from pathlib import Path

from tests.tui.driving import running
from tests.tui.fake import text_of

from ringview.tui.names import PANES
from ringview.tui.remember import Memory


async def test_a_pane_is_copied_whole_also_what_is_scrolled_away(tmp_path: Path) -> None:
    path = tmp_path / "state" / "screen.json"
    async with running(size=(80, 24), memory=Memory(path)) as run:
        for number, name in enumerate(PANES, 1):
            await run.press(str(number), "y")
            await run.until(lambda: f"copied {name}" in run.app.said.message)  # noqa: B023
            page = run.app.panes[name].page
            assert page is not None
            lines = [line.plain.rstrip() for line in page.lines]
            assert run.app.clipboard.splitlines() == lines
            file = path.with_name("copied.txt")
            assert file.read_text() == run.app.clipboard
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            assert str(file) in run.app.said.message


async def test_the_screen_is_copied_as_it_stands() -> None:
    async with running() as run:
        shown = text_of(run.app)
        await run.press("Y")
        await run.until(lambda: "copied the screen" in run.app.said.message)
        assert run.app.clipboard.splitlines()[:-1] == shown.splitlines()[:-1]
        assert "also in" not in run.app.said.message, "no file is said where there is none"


async def test_the_line_and_the_address_under_the_mouse() -> None:
    async with running() as run:
        stacks = run.app.panes["stacks"]
        row = next(
            y for y in range(1, stacks.size.height) if "bef0_0c40" in stacks.render_line(y).text
        )
        await run.pilot.hover("#stacks", offset=(4, row))
        await run.press("ctrl+y")
        await run.until(lambda: "bef0_0c40" in run.app.clipboard)
        await run.press("alt+y")
        first = next(word for word in stacks.render_line(row).text.split() if "_" in word)
        expected = "0x" + first.strip("▸◂◆→●").replace("_", "")
        await run.until(lambda: run.app.clipboard == expected)


async def test_without_a_pane_or_a_mouse_it_is_the_instruction() -> None:
    async with running() as run:
        await run.press("alt+y")
        await run.until(lambda: run.app.clipboard == "0xc0012f3c")


async def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    memory = Memory(tmp_path / "state" / "screen.json")
    memory.complaint_once()
    async with running(memory=memory) as run:
        await run.press("y")
        await run.until(lambda: "cannot be written" in run.app.said.message)
        assert run.app.clipboard, "the clipboard has it all the same"
