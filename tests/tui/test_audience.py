"""One in the audience: follows, looks around, answers for oneself, and moves nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace
from tests.tui import nonsense, sample
from tests.tui.driving import Driven, running, until
from tests.tui.fake import FakeLink, text_of
from textual.pilot import Pilot

from ringview.engine.protocol import Attach, Failed, Look, Present, Stage, StageChanged
from ringview.errors import EngineError
from ringview.tui.app import RingviewApp
from ringview.tui.audience import Audience
from ringview.tui.commands import COMMANDS, LOOKS, only_looks
from ringview.tui.keymap import DEFAULT
from ringview.tui.layout import SIDE_BY_SIDE, TALL
from ringview.tui.screens import help_rows
from ringview.tui.stage import ENLARGE, ORDINARY
from ringview.views.frame import Frame, ViewRequest

SIZES = [(80, 24), (120, 40), (200, 60)]


class Watching(Driven[RingviewApp]):
    """An audience of one on an engine that is none."""

    def __init__(self, app: RingviewApp, role: Audience, link: FakeLink, pilot: Pilot[int]) -> None:
        super().__init__(app, link, pilot)
        self.role = role

    async def stage(self, stage: Stage) -> None:
        self.link.put(StageChanged(stage))
        await self.until(lambda: self.role.lecturer.answers == stage.answers)

    @property
    def moved(self) -> bool:
        return not all(isinstance(command, Look | Attach) for command in self.link.commands)


@asynccontextmanager
async def watching(
    frame: Frame | None = None, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Watching]:
    link = FakeLink(frame)

    async def connect() -> FakeLink:
        return link

    role = Audience()
    app = RingviewApp(connect, role=role)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.shown is not None, "the first frame")
        yield Watching(app, role, link, pilot)


@pytest.mark.parametrize("size", SIZES)
async def test_it_shows_what_the_lecturer_looks_at(size: tuple[int, int]) -> None:
    async with watching(size=size) as run:
        await run.sees("◉ following")
        await run.stage(Stage(zoom="stacks"))
        await run.until(lambda: run.app.chosen.zoom == "stacks")
        assert run.app.panes["stacks"].size.width == size[0]
        await run.stage(Stage(log_tab=2, view=ViewRequest(0x9000, 0x8000, (1, 9), code_rows=3)))
        await run.until(lambda: not run.app.chosen.zoom and run.app.chosen.log_tab == 2)
        asked = [c.view for c in run.link.commands if isinstance(c, Look)][-1]
        assert (asked.memory_va, asked.translation_va, asked.timeline) == (0x8000, 0x9000, (1, 9))
        assert asked.code_rows > 3
        await run.stage(Stage(zoom="storyboard"))
        await run.sees("storyboard")
        await run.stage(Stage(zoom="no such pane"))
        await run.sees("◉ following")
        assert not run.moved


@pytest.mark.parametrize("size", SIZES)
async def test_a_screen_of_any_other_size_follows(size: tuple[int, int]) -> None:
    # Whatever a screen asks for because of its size stays out of what travels.
    async with running(size=(170, 52)) as lecturer:
        lecturer.app.perform(("memory", 0x8000))
        staged = lecturer.app.sitting.stage
    async with watching(size=size) as run:
        await run.stage(staged)
        await run.until(lambda: run.app.sitting.stage == staged)
        await run.sees("◉ following")
        await run.pilot.resize_terminal(140, 45)
        await run.until(lambda: run.app.size.width == 140)
        run.link.go(41_130)
        await run.sees("◉ following")
        assert run.app.sitting.stage == staged


async def test_one_who_looks_around_stays_there_and_finds_back() -> None:
    async with watching() as run:
        await run.pilot.press("2", "z")
        await run.sees("◌ looking around")
        assert run.app.chosen.zoom == "code"
        # The machine's state still follows; only the view is one's own.
        await run.stage(Stage(zoom="stacks", log_tab=1))
        run.link.go(41_130)
        await run.until(lambda: run.app.shown is not None and run.app.shown.header.icount == 41_130)
        assert run.app.chosen.zoom == "code"
        await run.pilot.press("f")
        await run.sees("◉ following")
        assert (run.app.chosen.zoom, run.app.chosen.log_tab) == ("stacks", 1)
        # Escape leaves the lecturer's zoom, and then the looking around.
        await run.pilot.press("escape")
        await run.sees("◌ looking around")
        assert run.app.sitting.stage.zoom == ""
        await run.pilot.press("escape")
        await run.sees("◉ following")
        assert run.app.sitting.stage.zoom == "stacks"
        await run.pilot.press("m", *"8000", "enter")
        await run.sees("◌ looking around")
        assert run.app.chosen.view.memory_va == 0x8000
        run.app.perform(("follow",))
        await run.until(lambda: run.app.sitting.stage.view.memory_va is None)
        # The theme is everybody's own and no looking around.
        await run.pilot.press("T")
        await run.sees("◉ following")
        assert run.app.sitting.palette.name != "dark"
        assert not run.moved


async def test_no_key_click_or_command_moves_anything() -> None:
    async with watching(sample.at_svc()) as run:
        for entry in COMMANDS:
            if entry.name == "quit":
                continue
            run.app.action_perform(entry.name)
            await run.pilot.press(*{",": ("comma",)}.get(entry.keys[0], (entry.keys[0],)))
            for _ in range(len(run.app.screen_stack) - 1):
                run.app.pop_screen()
        for action in (("go", 5), ("toggle_breakpoint", "main"), ("step", "beat", 1)):
            run.app.perform(action)
        await run.sees("only the lecturer moves the machine")
        await run.until(lambda: len(run.app.screen_stack) == 1)
        assert not run.moved
        assert not run.app.chosen.revealed >= 0


async def test_a_run_is_watched_not_stopped() -> None:
    async with watching() as run:
        base = run.link.frame
        run.link.frame = replace(base, header=replace(base.header, running=True, icount=41_600))
        run.link.emit()
        await run.sees("running")
        assert "any key stops it" not in text_of(run.app)
        await run.pilot.press("x", "space", "right")
        assert not run.moved


def test_help_and_footer_tell_of_what_can_be_done() -> None:
    assert {entry.name for entry in LOOKS} >= {"zoom", "theme", "follow", "help", "quit", "memory"}
    assert not {"step", "answer", "go to", "run or pause"} & {entry.name for entry in LOOKS}
    assert not only_looks(("prompt", "go"))
    told = {sentence for _, rows in help_rows(DEFAULT, LOOKS) for _, sentence in rows}
    assert "One instruction forwards." not in told
    assert "Dark, light, projector." in told


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("key", "verdict"), [("1", "✓ right: SVC"), ("2", "✗ wrong: not IRQ")])
async def test_a_prediction_is_private_and_the_answer_is_the_lecturers(
    size: tuple[int, int], key: str, verdict: str
) -> None:
    async with watching(sample.at_svc(), size) as run:
        await run.sees("a number chooses")
        await run.pilot.press("a")
        await run.sees("the lecturer will show the answer")
        assert "! SVC" not in text_of(run.app)
        await run.pilot.press(key)
        await run.sees(f"you chose {key}")
        for words in ("right", "wrong", "! SVC"):
            assert words not in text_of(run.app).replace("you are here", "")
        ordinal = sample.at_svc().narration.beats[1].ordinal
        await run.stage(Stage(answers=(ordinal,)))
        await run.sees(verdict)
        await run.sees("◉ following")
        assert not run.moved


async def test_who_chose_nothing_sees_the_answer_unscored() -> None:
    async with watching(sample.at_svc()) as run:
        await run.stage(Stage(answers=(sample.at_svc().narration.beats[1].ordinal,)))
        await run.sees("! SVC")
        await run.pilot.press("1")
        assert not run.app.chosen.quiz.chosen


async def test_the_lecturers_screen_tells_how_it_looks() -> None:
    async with running(sample.at_svc()) as run:

        def staged() -> list[Stage]:
            return [c.stage for c in run.link.commands if isinstance(c, Present)]

        assert staged() == []
        await run.press("2", "z")
        await run.until(lambda: bool(staged()) and staged()[-1].zoom == "code")
        await run.press("escape", "l", "e")
        await run.until(lambda: staged()[-1].big)
        assert (staged()[-1].zoom, staged()[-1].log_tab) == ("", 1)
        await run.press("a")
        await run.until(lambda: staged()[-1].answers == (2,))
        count = len(staged())
        run.link.go(41_130)
        await run.settle()
        assert len(staged()) == count
        # The successor of a dead engine knows nothing of it.
        run.link.die()
        await run.until(lambda: len(staged()) == count + 1)
        assert staged()[-1].answers == (2,)
        # A second sitting at the same lecture begins where the first left.
        run.link.put(StageChanged(Stage(zoom="tlb")))
        await run.until(lambda: run.app.chosen.zoom == "tlb")
        assert len(staged()) == count + 1


async def test_the_end_and_the_successor() -> None:
    async with watching() as run:
        run.link.die()
        await run.until(lambda: run.link.respawned == 1)
        await run.sees("another engine took over")

        async def over() -> None:
            raise EngineError("the lecture has ended")

        run.link.respawn = over  # type: ignore[method-assign]
        run.link.put(Failed(0, "a sentence for all"))
        await run.sees("a sentence for all")
        run.link.die()
        await run.until(lambda: not run.app.is_running)
        assert run.app.return_code == 0
        assert "lecture" in run.app.ending


@pytest.mark.parametrize("size", [(60, 18), *SIZES])
async def test_the_lecture_layout_shows_what_the_beat_is_about(size: tuple[int, int]) -> None:
    async with running(sample.at_svc(), size) as run:
        assert run.app.shown is not None
        shown = next(b for b in run.app.shown.narration.beats if b.current).show
        assert shown
        await run.press("e")
        await run.until(lambda: run.app.panes["narration"].size.width == size[0])
        visible = {name for name, pane in run.app.panes.items() if pane.display}
        if size[1] >= TALL:
            assert "timeline" in visible
        about = visible - {"header", "footer", "timeline", "narration"}
        if size[0] < SIDE_BY_SIDE[1]:
            assert about <= set(shown)
        else:
            assert set(shown) <= about
            assert len(about) == 3
        assert shown[0] in visible
        said = text_of(run.app)
        question = next(b for b in run.app.shown.narration.beats if b.current).question
        assert question.split()[0] in said
        assert run.app.panes["narration"].size.height >= size[1] // 3
        # A pane of one's own choice instead, and all panes again.
        await run.press("6")
        await run.until(lambda: run.app.panes["memory"].size.width == size[0])
        await run.press("escape", "e")
        await run.until(lambda: run.app.panes["timeline"].display)


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 40)])
async def test_the_lecture_layout_bears_nonsense(size: tuple[int, int]) -> None:
    async with running(size=size) as run:
        await run.press("e")
        for seed in range(12):
            frame = nonsense.frame(seed)
            run.app.sitting.take(
                replace(frame, header=replace(frame.header, icount=seed, running=False))
            )
            await run.until(lambda: run.icount == seed)  # noqa: B023


def test_the_page_of_a_browser_knows_the_wish_for_a_larger_font() -> None:
    assert ENLARGE != ORDINARY
