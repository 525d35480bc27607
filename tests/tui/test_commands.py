"""Every command of the one table, by its key and through the palette."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
from tests.tui import sample
from tests.tui.driving import Running, running
from textual.command import CommandPalette
from textual.widgets import Input, OptionList

from ringview.engine.protocol import (
    AnyCommand,
    Bookmark,
    Breakpoint,
    ConsoleInput,
    Drop,
    Explore,
    FindAccess,
    Go,
    GoTo,
    GoToStop,
    Look,
    Mitigate,
    Rebuild,
    RemoveStop,
    Run,
    Step,
    Undo,
    Watch,
)
from ringview.tui.chosen import Chosen
from ringview.tui.commands import BY_NAME, COMMANDS, Entry, key_text
from ringview.tui.desk import Desk
from ringview.tui.keymap import DEFAULT
from ringview.tui.layout import arrange
from ringview.tui.looking import address
from ringview.tui.names import PANES
from ringview.tui.panes import logs
from ringview.tui.reference import Reference
from ringview.tui.screens import QUESTIONS, Help, help_lines, help_rows
from ringview.tui.splits import Rect
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
    "next fault": Step(0, "fault", 1),
    "latest fault": Step(0, "fault", -1),
    "continue": Step(0, "breakpoint", 1),
    "continue back": Step(0, "breakpoint", -1),
    "next bookmark": Step(0, "bookmark", 1),
    "previous bookmark": Step(0, "bookmark", -1),
    "next beat": Step(0, "beat", 1),
    "previous beat": Step(0, "beat", -1),
    "start": GoTo(0, "start"),
    "end": GoTo(0, "end"),
    "previous access": FindAccess(0, "", "access", -1),
    "next access": FindAccess(0, "", "access", 1),
    "run or pause": Run(0),
    "rebuild": Rebuild(0),
    "drop the other thread here": Drop(0),
    "undo": Undo(0),
}
ASKS = {
    "go to": ("sys_hello2", GoTo(0, "sys_hello2")),
    "breakpoint": ("vector_swi", Breakpoint(0, "vector_swi", True)),
    "who wrote this": ("jiffies", FindAccess(0, "jiffies")),
    "watchpoint": ("jiffies", Watch(0, "jiffies")),
    "bookmark": ("here", Bookmark(0, "here")),
    "type to the console": ("ls", ConsoleInput(0, b"ls\n")),
}


class Case(NamedTuple):
    """How to see that a command does what it says.

    Attributes:
        done: whether it has been done.
        before: keys that bring the screen to where it makes sense.
    """

    done: Callable[[Running], bool]
    before: tuple[str, ...] = ()


def _looks(want: Callable[[ViewRequest], bool]) -> Callable[[Running], bool]:
    return lambda run: any(isinstance(c, Look) and want(c.view) for c in run.link.commands)


def _shape(run: Running) -> dict[str, Rect]:
    return run.app.query_one(Desk).arrangement.rects


def _prompt(kind: str) -> Callable[[Running], bool]:
    return lambda run: getattr(run.app.screen, "question", None) == QUESTIONS[kind]


def _width(run: Running, change: int) -> bool:
    return _shape(run)["code"].width == arrange(120, 40).rects["code"].width + change


def _height(run: Running, change: int) -> bool:
    return _shape(run)["code"].height == arrange(120, 40).rects["code"].height + change


def _copied(text: str) -> Callable[[Running], bool]:
    return lambda run: text in run.app.clipboard


def _chosen(run: Running) -> int:
    page = run.app.panes["storyboard"].page
    rows = [i for i, line in enumerate(page.lines) if line.back == "chosen"] if page else []
    return rows[0] if rows else -1


LAST = len(sample.hello2().narration.hops)
CASES: dict[str, Case] = {
    "memory": Case(_prompt("memory")),
    "translate": Case(_prompt("translate")),
    "zoom time in": Case(_looks(lambda view: view.timeline is not None)),
    "zoom time out": Case(_looks(lambda view: view.timeline is None), ("+", "+")),
    "all of time": Case(_looks(lambda view: view.timeline is None), ("+",)),
    "later": Case(_looks(lambda view: not view.follow), ("+", "+")),
    "earlier": Case(_looks(lambda view: not view.follow), ("+", "+")),
    "time": Case(lambda run: run.app.chosen.large == "time"),
    "marks": Case(lambda run: run.app.chosen.large == "marks"),
    "remove mark": Case(lambda run: RemoveStop(0, 1) in run.link.commands, ("k",)),
    "back to mark": Case(lambda run: GoToStop(0, 1, -1) in run.link.commands, ("k",)),
    "next log": Case(lambda run: run.app.chosen.log_tab == 1),
    "previous log": Case(lambda run: run.app.chosen.log_tab == len(logs.TABS) - 1),
    "answer": Case(lambda run: run.app.chosen.revealed == run.icount),
    "zoom": Case(lambda run: run.app.chosen.zoom == "stacks", ("3",)),
    "unzoom": Case(lambda run: run.app.chosen.zoom == "", ("3", "z")),
    "storyboard": Case(lambda run: run.app.chosen.large == "storyboard"),
    "tables": Case(lambda run: run.app.chosen.large == "tables"),
    "other space": Case(_looks(lambda view: view.tables_space == 1), ("d",)),
    "change of mode": Case(lambda run: run.app.chosen.large == "switch"),
    "fetches": Case(lambda run: run.app.chosen.large == "fetches"),
    "schedules": Case(lambda run: run.app.chosen.large == "schedules"),
    "search again": Case(lambda run: Explore(0) in run.link.commands, ("S",)),
    "next column": Case(lambda run: run.app.chosen.columns.get("schedules", 0) == 1, ("S",)),
    "previous column": Case(
        lambda run: run.app.chosen.columns.get("schedules", 0) == 0, ("S", "right")
    ),
    "mitigations": Case(lambda run: run.app.chosen.large == "mitigations"),
    "search the matrix": Case(lambda run: Mitigate(0) in run.link.commands, ("P",)),
    "next kernel": Case(lambda run: run.app.chosen.columns.get("mitigations", 0) == 1, ("P",)),
    "previous kernel": Case(
        lambda run: run.app.chosen.columns.get("mitigations", 0) == 0, ("P", "right")
    ),
    "frames": Case(lambda run: run.app.chosen.large == "frames"),
    "next call": Case(_looks(lambda view: view.call == 3), ("s",)),
    "call before": Case(_looks(lambda view: view.call == 1), ("s",)),
    "call here": Case(_looks(lambda view: view.call == -1), ("s", "n")),
    "choose down": Case(lambda run: _chosen(run) > 0, ("s", "up", "up", "up", "up")),
    "choose up": Case(lambda run: _chosen(run) >= 0, ("s", "down")),
    "take": Case(lambda run: any(isinstance(c, Go) for c in run.link.commands), ("s",)),
    **{
        f"pane {number}": Case(lambda run, name=name: run.app.panes[name].has_focus)  # type: ignore[misc]
        for number, name in enumerate(PANES, 1)
    },
    "next pane": Case(lambda run: run.app.panes["stacks"].has_focus, ("2",)),
    "previous pane": Case(lambda run: run.app.panes["registers"].has_focus, ("2",)),
    "scroll down": Case(lambda run: run.app.panes["registers"]._top > 0, ("1", *["shift+up"] * 9)),
    "scroll up": Case(lambda run: run.app.panes["registers"]._top == 0, ("1", "pagedown")),
    "wider": Case(lambda run: _width(run, 2), ("2",)),
    "narrower": Case(lambda run: _width(run, -2), ("2",)),
    "taller": Case(lambda run: _height(run, 1), ("2",)),
    "shorter": Case(lambda run: _height(run, -1), ("2",)),
    "hide pane": Case(lambda run: "code" not in _shape(run), ("2",)),
    "show all panes": Case(lambda run: "code" in _shape(run), ("2", "h")),
    "reset layout": Case(lambda run: _shape(run) == arrange(120, 40).rects, ("2", "shift+up", "h")),
    "copy pane": Case(_copied("pt_regs"), ("3",)),
    "copy screen": Case(_copied("you are here")),
    "copy line": Case(_copied("bl     copy_from_user"), ("2",)),
    "copy address": Case(_copied("0xc0012f3c"), ("2",)),
    "lecture layout": Case(lambda run: run.app.chosen.big),
    "follow": Case(lambda run: "the others follow" in run.app.said.message),
    "theme": Case(lambda run: run.app.sitting.palette.name == "light"),
    "palette": Case(lambda run: isinstance(run.app.screen, CommandPalette)),
    "help": Case(lambda run: isinstance(run.app.screen, Help)),
    "reference": Case(lambda run: isinstance(run.app.screen, Reference)),
    "quit": Case(lambda run: not run.app.is_running),
}


def case_of(entry: Entry) -> Case:
    """The case of any command; a command without one fails here."""
    if entry.name in SENDS:
        return Case(lambda run: SENDS[entry.name] in run.link.commands)
    if entry.name in ASKS:
        return Case(_prompt(str(entry.action[1])))
    assert entry.name in CASES, f"tests/tui/test_commands.py needs a case for “{entry.name}”"
    return CASES[entry.name]


async def bring(run: Running, case: Case) -> None:
    """Bring the screen to where a case begins."""
    for key in case.before:
        await run.press(key)
    await run.settle()
    run.link.commands.clear()


def test_every_case_is_that_of_a_command() -> None:
    assert set(SENDS) | set(ASKS) | set(CASES) == {entry.name for entry in COMMANDS}


async def anew(run: Running) -> None:
    """Bring the screen back to how it begins."""
    run.app.sitting.conversation.pause()
    while len(run.app.screen_stack) > 1:
        await run.app.pop_screen()
    run.app.set_focus(None)
    run.app.copy_to_clipboard("")
    run.app.sitting.become(Chosen())
    while run.app.sitting.palette.name != "dark":
        run.app.perform(("theme",))
    run.link.go(sample.NOW)
    run.app.sitting.arrange()
    await run.settle()


async def test_each_command_by_each_of_its_keys() -> None:
    async with running() as run:
        for entry in sorted(COMMANDS, key=lambda entry: entry.name == "quit"):
            case = case_of(entry)
            assert entry.keys, f"“{entry.name}” has no key"
            for key in entry.keys if entry.name != "quit" else entry.keys[:1]:
                await anew(run)
                await bring(run, case)
                await run.press({",": "comma"}.get(key, key))
                await run.until(lambda: case.done(run), f"{key} does “{entry.name}”")  # noqa: B023


async def test_each_command_through_the_palette() -> None:
    async with running() as run:
        for entry in sorted(COMMANDS, key=lambda entry: entry.name == "quit"):
            case = case_of(entry)
            await anew(run)
            await bring(run, case)
            await choose(run, entry.name)
            await run.until(lambda: case.done(run), f"the palette does “{entry.name}”")  # noqa: B023


async def choose(run: Running, name: str) -> None:
    """Do a command through the palette."""
    await run.press("ctrl+p")
    await run.until(lambda: isinstance(run.app.screen, CommandPalette), "the palette opens")
    run.app.screen.query_one(Input).value = name
    options = run.app.screen.query_one(OptionList)

    def offered() -> list[int]:
        return [
            i for i, o in enumerate(options.options) if str(o.prompt).splitlines()[:1] == [name]
        ]

    await run.until(lambda: bool(offered()), f"the palette offers “{name}”")
    options.highlighted = offered()[0]
    await run.press("enter")


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
async def test_every_way_out_works(key: str) -> None:
    async with running() as run:
        if key != "q":  # also while letters are text
            await run.press("g", "x")
        await run.press(key)
        await run.until(lambda: not run.app.is_running, f"{key} leaves")


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
        await run.until(lambda: "no place called “nowhere”" in run.app.said.message)
        assert run.app.said.error


async def test_addresses_are_read_as_people_write_them_or_refused() -> None:
    assert address("bef0_0c40") == address("0xBEF00C40") == address(" bef00c40 ") == 0xBEF00C40
    for wrong in ("main", "", "1_0000_0000", "-4", "0x"):
        with pytest.raises(ValueError, match="“"):
            address(wrong)
    async with running() as run:
        await run.press("t", *"zebra", "enter")
        await run.until(lambda: "is no address" in getattr(run.app.screen, "error", ""))
        await run.press("escape", "t", *"bef00c40", "enter")
        await run.until(lambda: _looked(run.link.commands).translate == "bef00c40")
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
            await run.until(lambda: run.app.chosen.zoom == name, f"zoom {name}")  # noqa: B023
            assert run.app.panes[name].size.width == 120
            await run.press("escape")
            await run.until(lambda: run.app.chosen.zoom == "")


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


def _text(run: Running, pane: str) -> str:
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
            await run.until(lambda: run.app.sitting.palette.name == name)  # noqa: B023
            assert _text(run, "stacks") == text


async def test_help_opens_and_closes() -> None:
    async with running() as run:
        await run.press("?")
        await run.until(lambda: isinstance(run.app.screen, Help))
        await run.press("escape")
        await run.until(lambda: len(run.app.screen_stack) == 1)


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
