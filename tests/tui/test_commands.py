"""Every command of the one table, by its key and through the palette."""

from __future__ import annotations

import pytest
from tests.tui import sample
from tests.tui.driving import running

from ringview.engine.protocol import (
    AnyCommand,
    Bookmark,
    Breakpoint,
    ConsoleInput,
    FindAccess,
    Go,
    GoTo,
    Look,
    Rebuild,
    Run,
    Step,
    Watch,
)
from ringview.tui.app import RingviewApp, address
from ringview.tui.commands import BY_NAME, COMMANDS, key_text
from ringview.tui.desk import DeskApp
from ringview.tui.keymap import DEFAULT
from ringview.tui.layout import PANES
from ringview.tui.screens import QUESTIONS, Help, help_lines, help_rows
from ringview.views.frame import ViewRequest

SENDS: dict[str, AnyCommand] = {
    "step": Step(0, "instruction", 1),
    "step back": Step(0, "instruction", -1),
    "next line": Step(0, "line", 1),
    "previous line": Step(0, "line", -1),
    "step over": Step(0, "over", 1),
    "step over, back": Step(0, "over", -1),
    "step out": Step(0, "out", 1),
    "step out, back": Step(0, "out", -1),
    "next transition": Step(0, "transition", 1),
    "previous transition": Step(0, "transition", -1),
    "next syscall": Step(0, "syscall", 1),
    "previous syscall": Step(0, "syscall", -1),
    "continue": Step(0, "breakpoint", 1),
    "continue back": Step(0, "breakpoint", -1),
    "next beat": Step(0, "beat", 1),
    "previous beat": Step(0, "beat", -1),
    "start": GoTo(0, "start"),
    "end": GoTo(0, "end"),
    "previous access": FindAccess(0, "", "access", -1),
    "next access": FindAccess(0, "", "access", 1),
    "run or pause": Run(0),
    "rebuild": Rebuild(0),
}
ASKS = {
    "go to": ("sys_hello2", GoTo(0, "sys_hello2")),
    "breakpoint": ("vector_swi", Breakpoint(0, "vector_swi", True)),
    "who wrote this": ("jiffies", FindAccess(0, "jiffies")),
    "watchpoint": ("jiffies", Watch(0, "jiffies")),
    "bookmark": ("here", Bookmark(0, "here")),
    "type to the console": ("ls", ConsoleInput(0, b"ls\n")),
}
ELSEWHERE = {
    "memory", "translate", "zoom time in", "zoom time out", "all of time", "next log",
    "previous log", "answer", "zoom", "unzoom", "scroll down", "scroll up", "theme", "palette",
    "help", "quit", "storyboard", "choose down", "choose up", "take", "next call",
    "call before", "call here", "next pane", "previous pane",
    "wider", "narrower", "taller", "shorter", "hide pane", "show all panes", "reset layout",
    "lecture layout", "follow",
    *(f"pane {number}" for number in range(1, 9)),
}  # fmt: skip


def test_every_command_is_tested_and_does_something() -> None:
    assert {entry.name for entry in COMMANDS} == set(SENDS) | set(ASKS) | ELSEWHERE
    for entry in COMMANDS:
        assert hasattr(RingviewApp, f"do_{entry.action[0]}") or hasattr(
            DeskApp, f"do_{entry.action[0]}"
        )


def test_keys_are_not_used_twice() -> None:
    keys = [(key, entry.where) for entry in COMMANDS for key in entry.keys]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("width", [50, 72, 111])
def test_help_tells_every_command_with_its_keys(width: int) -> None:
    told = {row for _, rows in help_rows(DEFAULT) for row in rows}
    for entry in COMMANDS:
        if entry.action[0] != "pane":
            keys = " ".join(key_text(key) for key in entry.keys)
            assert (keys, DEFAULT.told(entry.help)) in told
    lines = help_lines(width, DEFAULT)
    assert max(line.width for line in lines) <= width
    if width >= 111:  # two columns, of much the same length
        rows = sum(len(rows) + 2 for _, rows in help_rows(DEFAULT))
        assert len(lines) < rows * 3 // 4


async def test_step_and_travel_keys_send_their_commands() -> None:
    async with running() as run:
        for name, command in SENDS.items():
            for key in BY_NAME[name].keys:
                run.link.commands.clear()
                await run.press({",": "comma"}.get(key, key))
                await run.until(lambda: command in run.link.commands, f"{key} sends {command}")  # noqa: B023
                if isinstance(command, Run):
                    await run.press("x")
                await run.settle()


@pytest.mark.parametrize("name", ASKS)
async def test_prompts_send_what_was_typed(name: str) -> None:
    text, command = ASKS[name]
    async with running() as run:
        await run.press(BY_NAME[name].keys[0])
        await run.until(lambda: len(run.app.screen_stack) == 2)
        await run.press(*text, "enter")
        await run.until(lambda: command in run.link.commands)
        assert len(run.app.screen_stack) == 1


async def test_letters_in_a_prompt_are_text_and_escape_leaves() -> None:
    async with running() as run:
        before = len(run.link.commands)
        await run.press("g", "q", "z", "right", "left", "escape")
        await run.until(lambda: len(run.app.screen_stack) == 1)
        assert len(run.link.commands) == before
        assert run.app.is_running


async def test_a_place_that_is_none_is_told_in_a_sentence() -> None:
    async with running() as run:
        await run.press("g", *"nowhere", "enter")
        await run.until(lambda: "no place called “nowhere”" in run.app._footer.message)
        assert run.app._footer.error


async def test_addresses_are_read_as_people_write_them_or_refused() -> None:
    assert address("bef0_0c40") == address("0xBEF00C40") == address(" bef00c40 ") == 0xBEF00C40
    for wrong in ("main", "", "1_0000_0000", "-4", "0x"):
        with pytest.raises(ValueError, match="“"):
            address(wrong)
    async with running() as run:
        await run.press("t", *"zebra", "enter")
        await run.until(lambda: "not a hexadecimal address" in getattr(run.app.screen, "error", ""))
        await run.press("escape", "t", *"bef00c40", "enter")
        await run.until(lambda: _looked(run.link.commands).translation_va == 0xBEF00C40)
        await run.press("m", *"c0008000", "enter")
        await run.until(lambda: _looked(run.link.commands).memory_va == 0xC0008000)
        await run.press("m", "enter")
        await run.until(lambda: _looked(run.link.commands).memory_va is None)


def _looked(commands: list[AnyCommand]) -> ViewRequest:
    return next(command for command in reversed(commands) if isinstance(command, Look)).view


async def test_time_zooms_around_now() -> None:
    async with running() as run:
        await run.press("+")
        await run.until(lambda: _looked(run.link.commands).timeline is not None)
        shown = _looked(run.link.commands).timeline
        assert shown is not None
        first, last = shown
        assert first <= sample.NOW <= last
        assert last - first <= (sample.END - sample.START) // 2 + 1
        await run.press("0")
        await run.until(lambda: _looked(run.link.commands).timeline is None)


async def test_pane_keys_focus_then_zoom_and_escape_unzooms() -> None:
    async with running() as run:
        for number, name in enumerate(PANES, 1):
            await run.press(str(number))
            await run.until(lambda: run.app.panes[name].has_focus, name)  # noqa: B023
            await run.press(str(number))
            await run.until(lambda: run.app._zoom == name, f"zoom {name}")  # noqa: B023
            assert run.app.panes[name].size.width == 120
            await run.press("escape")
            await run.until(lambda: run.app._zoom == "")


async def test_tab_goes_round_all_panes() -> None:
    async with running() as run:
        seen = []
        for _ in PANES:
            await run.press("tab")
            seen.append(run.app.focused.id if run.app.focused else None)
        assert sorted(map(str, seen)) == sorted(PANES)


async def test_log_tabs_by_key_and_click() -> None:
    async with running() as run:
        page = run.app.panes["logs"].page
        assert page is not None
        assert "Booting" in page.lines[0].plain
        await run.press("l")
        await run.until(lambda: "calling number 401" in _text(run, "logs"))
        await run.press("l")
        await run.until(lambda: "exit" not in _text(run, "logs") and "brk(0)" in _text(run, "logs"))
        await run.press("L", "L")
        await run.until(lambda: "Booting" in _text(run, "logs"))
        pane = run.app.panes["logs"]
        column = pane._rule_line(pane.size.width).plain.index("events") + 1
        await run.pilot.click("#logs", offset=(column, 0))
        await run.until(lambda: "USR→SVC" in _text(run, "logs"))


def _text(run: object, pane: str) -> str:
    from tests.tui.driving import Running

    assert isinstance(run, Running)
    page = run.app.panes[pane].page
    return "" if page is None else "\n".join(line.plain for line in page.lines)


async def test_the_answer_shows_when_asked_for() -> None:
    async with running(sample.at_svc()) as run:
        assert "! SVC" not in _text(run, "narration")
        await run.press("a")
        await run.until(lambda: "! SVC" in _text(run, "narration"))


async def test_themes_go_round_and_text_stays() -> None:
    async with running() as run:
        text = _text(run, "stacks")
        for name in ("light", "projector", "dark"):
            await run.press("T")
            await run.until(lambda: run.app.palette.name == name)  # noqa: B023
            assert _text(run, "stacks") == text


async def test_the_palette_finds_and_does_a_command() -> None:
    async with running() as run:
        await run.press("ctrl+p")
        await run.until(lambda: len(run.app.screen_stack) == 2)
        await run.press(*"next transition")
        option_list = run.app.screen.query_one("OptionList")
        await run.until(lambda: getattr(option_list, "option_count", 0) >= 1)
        run.link.commands.clear()
        await run.press("down", "enter")
        await run.until(lambda: Step(0, "transition", 1) in run.link.commands)


async def test_help_opens_and_closes() -> None:
    async with running() as run:
        await run.press("?")
        await run.until(lambda: isinstance(run.app.screen, Help))
        await run.press("escape")
        await run.until(lambda: len(run.app.screen_stack) == 1)


async def test_quit() -> None:
    async with running() as run:
        await run.press("q")
        await run.until(lambda: not run.app.is_running)


async def test_a_click_on_the_timeline_goes_there() -> None:
    async with running() as run:
        await run.pilot.click("#timeline", offset=(70, 2))
        await run.until(lambda: any(isinstance(c, Go) for c in run.link.commands))
        went = next(c for c in run.link.commands if isinstance(c, Go))
        assert sample.START < went.icount < sample.END


async def test_a_click_on_a_line_sets_and_clears_a_breakpoint() -> None:
    async with running() as run:
        pane = run.app.panes["code"]
        assert pane.page is not None
        row = next(i for i, line in enumerate(pane.page.lines) if " 33 " in line.plain)
        await run.pilot.click("#code", offset=(20, row + 1))
        place = "kernel/kernel/sys-hello2.c:33"
        await run.until(lambda: Breakpoint(0, place, True) in run.link.commands)
        row = next(i for i, line in enumerate(pane.page.lines) if "c001_2f40" in line.plain)
        await run.pilot.click("#code", offset=(20, row + 1))
        await run.until(lambda: Breakpoint(0, "0xc0012f40", False) in run.link.commands)


def test_every_question_has_a_hint() -> None:
    for entry in COMMANDS:
        if entry.action[0] == "prompt":
            assert QUESTIONS[str(entry.action[1])].hint
