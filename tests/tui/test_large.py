"""Large views: they fill the screen, are asked for while shown, and one of their rows is chosen."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from tests.tui import sample
from tests.tui.driving import Running, running

from ringview.engine.protocol import (
    Explore,
    Go,
    Look,
    Mitigate,
    OpenCell,
    OpenSchedule,
    Step,
)
from ringview.tui.chosen import Chosen
from ringview.tui.commands import COMMANDS
from ringview.tui.keymap import DEFAULT
from ringview.tui.names import LARGE
from ringview.tui.sending import searching
from ringview.views.frame import MatrixView, SchedulesView, ViewRequest


def asked_for(run: Running) -> str:
    return next(c for c in reversed(run.link.commands) if isinstance(c, Look)).view.large


def opener(name: str) -> str:
    return next(entry.keys[0] for entry in COMMANDS if entry.action == ("large", name))


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("name", LARGE)
async def test_it_fills_the_screen_while_it_is_wanted_and_no_longer(
    name: str, size: tuple[int, int]
) -> None:
    async with running(size=size) as run:
        await run.press(opener(name))
        await run.until(lambda: asked_for(run) == name)
        assert run.app.panes[name].size.width == size[0]
        await run.press("escape")
        await run.until(lambda: asked_for(run) == "")
        assert not run.app.panes[name].display
        await run.press(opener(name), opener(name))
        await run.until(lambda: asked_for(run) == "")


async def test_a_row_is_chosen_by_key_and_taken() -> None:
    async with running() as run:
        run.link.commands.clear()
        await run.press("s", "up", "up", "up", "up", "up", "up", "up", "up", "down")
        board = run.app.panes["storyboard"]
        hops = sample.hello2().narration.hops
        await run.until(lambda: board.choice == ("go", hops[1].icount))
        assert not any(isinstance(command, Step) for command in run.link.commands)
        await run.press("enter")
        await run.until(lambda: Go(0, hops[1].icount) in run.link.commands)
        assert run.app.chosen.large == "storyboard"


async def test_the_choice_begins_at_the_present_stage_and_stays_within() -> None:
    async with running() as run:
        hops = sample.hello2().narration.hops
        board = run.app.panes["storyboard"]
        await run.press("s")
        await run.until(lambda: board.choice is not None)
        assert board.choice == ("go", next(hop.icount for hop in hops if hop.current))
        await run.press(*["down"] * (len(hops) + 3))
        await run.until(lambda: board.choice == ("go", hops[-1].icount))
        assert board.page is not None
        chosen = [line.plain for line in board.page.lines if line.back == "chosen"]
        assert len(chosen) == 1
        assert hops[-1].name in chosen[0]


async def test_another_call_is_asked_for_while_the_machine_stays() -> None:
    async with running() as run:

        def call() -> int:
            return next(c for c in reversed(run.link.commands) if isinstance(c, Look)).view.call

        await run.press("s")
        await run.settle()
        for key, wanted in (("n", 3), ("p", 1), ("h", -1)):  # the sample shows call 2
            await run.press(key)
            await run.settle()
            assert call() == wanted
        assert not any(isinstance(command, (Step, Go)) for command in run.link.commands)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("name", LARGE)
async def test_keys_of_panes_lead_out_of_every_large_view(name: str, size: tuple[int, int]) -> None:
    async with running(size=size) as run:
        for key in ("tab", "shift+tab", "2", "z", "h", "shift+right", "y", "ctrl+y", "pagedown"):
            run.app.sitting.become(Chosen(view=run.app.chosen.view))
            run.app.perform(("large", name))
            await run.press(key)
            await run.settle()
            assert run.app._exception is None, (name, key)


async def test_without_a_call_it_says_so() -> None:
    async with running(sample.empty()) as run:
        await run.press("s", "down", "enter")
        await run.settle()
        page = run.app.panes["storyboard"].page
        assert page is not None
        assert "No system call" in page.lines[0].plain
        assert run.app.panes["storyboard"].choice is None


def test_a_key_means_what_it_means_where_it_is_pressed() -> None:
    def name(key: str, large: str) -> str:
        entry = DEFAULT.find(key, large)
        return "" if entry is None else entry.name

    assert name("down", "") == "next line"
    assert name("down", "storyboard") == "choose down"
    assert name("right", "storyboard") == "step"
    assert name("enter", "") == "zoom"
    assert name("f12", "storyboard") == ""


async def test_table_entries_open_and_shut_and_addresses_are_gone_to() -> None:
    async with running() as run:

        def view() -> ViewRequest:
            return next(c for c in reversed(run.link.commands) if isinstance(c, Look)).view

        tree = run.app.panes["tables"]
        made = sample.hello2().tables
        assert made is not None
        await run.press("d")
        await run.until(lambda: tree.choice is not None)
        page = next(row for row in made.rows if row.here and row.kind == "small page")
        assert tree.choice == ("table", page.key)  # the choice begins at the address in question
        await run.press("enter")
        await run.until(lambda: view().tables_shut == (page.key,))
        await run.press("down")
        alias = next(row for row in made.rows if row.kind == "alias")
        await run.until(lambda: tree.choice == ("translate", alias.va))
        await run.press("enter")
        await run.until(lambda: view().translation_va == alias.va)
        await run.press("down", "enter")
        table = next(row for row in made.rows if row.va == 0xC0000000)
        await run.until(lambda: view().tables_open == (table.key,))
        await run.press("x")
        await run.until(lambda: (view().tables_space, view().tables_open) == (1, ()))
        await run.press("x")
        await run.until(lambda: view().tables_space == 0)
        assert not any(isinstance(command, Step) for command in run.link.commands)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_domains_stay_while_the_tree_scrolls(size: tuple[int, int]) -> None:
    async with running(size=size) as run:
        tree = run.app.panes["tables"]
        await run.press("d", *["down"] * 12)
        await run.until(lambda: tree.choice is not None and tree.choice[1] == 0xFFF00001)
        rows = [tree.render_line(y).text for y in range(tree.size.height)]
        assert rows[1].startswith("domain")
        assert any("fff0_0000" in row for row in rows)
        if size == (80, 24):
            assert not any("0000_0000 " in row for row in rows)  # scrolled away
        # a click on a visible row means that row, though others are scrolled away above it
        y = next(y for y, row in enumerate(rows) if "fff0_0000" in row)
        assert tree.action_under(4, y) == ("table", 0xFFF00001)


async def test_words_to_translate_go_as_they_are_typed() -> None:
    async with running() as run:
        await run.press("t", *"pa:81f3_ac40", "enter")
        await run.until(lambda: run.app.shown is not None and run.app.shown.translation.words != "")
        assert len(run.app.screen_stack) == 1
        await run.press("t", *"zebra", "enter")
        await run.until(lambda: "zebra" in getattr(run.app.screen, "error", ""))


async def test_a_schedule_is_chosen_by_place_and_column_and_run() -> None:
    async with running() as run:
        await run.press("S")
        view = run.app.panes["schedules"]
        await run.until(lambda: view.choice == ("open_schedule", 0, 2))  # the one that runs now
        await run.press("up")
        await run.until(lambda: view.choice == ("open_schedule", 0, 0))
        await run.press("right")
        await run.until(lambda: view.choice == ("open_schedule", 0, 1))
        await run.press("enter")
        await run.until(lambda: OpenSchedule(0, 0, 1) in run.link.commands)
        assert not any(isinstance(command, (Step, Explore)) for command in run.link.commands)


async def test_the_map_begins_its_search_and_any_of_its_keys_stops_it() -> None:
    frame = replace(sample.hello2(), schedules=SchedulesView(state=""))
    async with running(frame) as run:
        await run.press("S")
        await run.until(lambda: run.link.commands.count(Explore(0)) == 1)
        words = "A2 k = 2: 1,000 schedules"
        going = SchedulesView(state="searching", words=words, fraction=0.5)
        for key in ("down", "x", "enter", "right"):
            run.link.frame = replace(run.link.frame, schedules=going)
            run.link.emit()
            await run.until(lambda: searching(run.app.shown, "schedules"))
            run.link.commands.clear()
            await run.press(key)
            await run.until(lambda: run.link.commands == [Explore(0, on=False)])
        page = run.app.panes["schedules"].page
        assert page is not None
        assert page.lines[0].plain == words
        assert "50% of this level" in page.lines[1].plain
        assert run.link.commands.count(Explore(0)) == 0


async def test_a_cell_of_the_matrix_is_chosen_by_race_and_kernel_and_run() -> None:
    async with running() as run:
        await run.press("P")
        view = run.app.panes["mitigations"]
        await run.until(lambda: view.choice == ("open_cell", 0, 0))  # the one that runs now
        await run.press("down")
        await run.until(lambda: view.choice == ("open_cell", 1, 0))
        await run.press("right", "right", "left")
        await run.until(lambda: view.choice == ("open_cell", 1, 1))
        await run.press("enter")
        await run.until(lambda: OpenCell(0, 1, 1) in run.link.commands)
        # what was opened is there to be looked at
        await run.until(lambda: not run.app.chosen.large)
        assert not any(isinstance(command, (Step, Mitigate)) for command in run.link.commands)


async def test_the_matrix_begins_its_search_and_its_key_stops_it() -> None:
    frame = replace(sample.hello2(), mitigations=MatrixView(state=""))
    async with running(frame) as run:
        await run.press("P")
        await run.until(lambda: run.link.commands.count(Mitigate(0)) == 1)
        words = "len_refetch, LDRT: A2 k = 2: 1,000 schedules"
        going = replace(sample.mitigations(), state="searching", words=words, fraction=0.5)
        run.link.frame = replace(run.link.frame, mitigations=going)
        run.link.emit()
        page = run.app.panes["mitigations"]
        await run.until(lambda: page.page is not None and words in page.page.lines[0].plain)
        await run.press("right", "down")  # one may look around meanwhile
        assert Mitigate(0, on=False) not in run.link.commands
        await run.press("x")
        await run.until(lambda: Mitigate(0, on=False) in run.link.commands)
        assert run.link.commands.count(Mitigate(0)) == 1
