"""A compile error on the screen: at its line, and gone by a key."""

from __future__ import annotations

import pytest
from tests.tui.driving import running

from ringview.engine.protocol import Failed, Rebuild
from ringview.tui.complaint import Complaint, complaint_lines
from ringview.views.frame import SourceLine

SOURCE = tuple(
    SourceLine(number, text, number == 31, False)
    for number, text in (
        (29, "	if (copy_from_user(&in, uin, sizeof(in)))"),
        (30, "		return -EFAULT;"),
        (31, "		return -EINVAL"),
        (32, "	name[in.len] = '\\0';"),
    )
)
ERROR = Failed(0, "sys-hello2.c:31:17: expected ';'", "kernel/kernel/sys-hello2.c", 17, SOURCE)


@pytest.mark.parametrize("width", [40, 72, 110])
def test_the_caret_stands_behind_what_lacks_something(width: int) -> None:
    lines = [line.plain for line in complaint_lines(ERROR, width)]
    at = next(i for i, line in enumerate(lines) if line.startswith("▶   31"))
    assert lines[at + 1].index("▲") == lines[at].index("-EINVAL") + len("-EINVAL")
    assert max(map(len, lines)) <= width
    assert "expected ';'" in lines[0]


async def test_it_is_shown_once_and_any_of_its_keys_closes_it() -> None:
    async with running() as run:
        shown = run.icount
        for key in ("escape", "q", "enter", "space"):
            run.link.broken = ERROR
            await run.press("R")
            await run.until(lambda: isinstance(run.app.screen, Complaint))
            await run.press(key)
            await run.until(lambda: len(run.app.screen_stack) == 1)
            assert run.app.is_running
            assert run.icount == shown


async def test_the_key_that_it_names_builds_again() -> None:
    async with running() as run:
        run.link.broken = ERROR
        await run.press("R")
        await run.until(lambda: isinstance(run.app.screen, Complaint))
        run.link.broken = None
        await run.press("R")
        await run.until(lambda: len(run.app.screen_stack) == 1 and run.app.sitting.settled)
        assert run.app.sitting.refused == ""
        assert [type(command) for command in run.link.commands][-2:] == [Rebuild, Rebuild]


async def test_why_a_labs_story_stops_lies_over_the_panes_until_it_was_read() -> None:
    said = Failed(0, "beat 8 of 12, The copy, does not come: " + "a reason, " * 20, lasting=True)
    async with running() as run:
        run.link.put(said)
        await run.until(lambda: isinstance(run.app.screen, Complaint))
        text = " ".join(line.plain for line in complaint_lines(said, 60))
        assert text.count("a reason,") == 20, "all of it is there"
        assert "press R" in text
        await run.press("escape")
        run.link.put(Failed(0, "what passes by"))
        await run.until(lambda: run.app.sitting.refused == "what passes by")
        assert len(run.app.screen_stack) == 1
