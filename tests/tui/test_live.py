"""The screen while things happen: running, dying, shrinking, and being mashed."""

from __future__ import annotations

from random import Random

import pytest
from msgspec.structs import replace
from tests.tui import nonsense, sample
from tests.tui.driving import KEYS, running, until
from tests.tui.fake import FakeLink, text_of

from ringview.engine.protocol import FrameReady, GoTo, Look, Pause, Progress, Step
from ringview.errors import EngineError
from ringview.tui.layout import LEAST
from ringview.views.frame import ViewRequest


async def test_a_key_that_repeats_is_folded_into_a_count() -> None:
    async with running() as run:
        run.link.silent = True
        await run.press("right")
        await run.until(lambda: Step(0, "instruction", 1) in run.link.commands)
        conductor = run.app.sitting.conversation._conductor
        assert conductor is not None
        for _ in range(5):
            run.app.action_perform("step")
        run.app.action_perform("step back")
        assert conductor._queue == [Step(0, "instruction", 4)]


async def test_only_the_newest_frame_is_painted() -> None:
    async with running() as run:
        before = run.app.sitting.paints
        base = sample.hello2()
        for icount in range(40_000, 40_100):
            header = replace(base.header, icount=icount)
            run.app.sitting.take(replace(base, header=header))
        await run.until(lambda: run.icount == 40_099)
        assert run.app.sitting.paints - before <= 2


async def test_a_pane_repaints_only_what_changed() -> None:
    async with running() as run:
        painted: list[str] = []
        for name, pane in run.app.panes.items():
            painter = pane._painter

            def spy(
                part: object, room: object, name: str = name, painter: object = painter
            ) -> object:
                painted.append(name)
                return painter(part, room)  # type: ignore[operator]

            pane._painter = spy  # type: ignore[assignment]
        base = sample.hello2()
        run.app.sitting.take(replace(base, header=replace(base.header, stop="a breakpoint")))
        await run.until(lambda: "header" in painted)
        assert set(painted) <= {"header", "footer"}


async def test_any_key_stops_a_run_and_the_screen_stays_live() -> None:
    async with running() as run:
        await run.press("space")
        await run.until(lambda: run.app.shown is not None and run.app.shown.header.running)
        base = run.link.frame
        for icount in (41_500, 42_000):
            run.link.put(FrameReady(replace(base, header=replace(base.header, icount=icount))))
        await run.until(lambda: run.icount == 42_000, "frames come while it runs")
        run.link.commands.clear()
        await run.press("y")
        await run.until(lambda: Pause(0) in run.link.commands)
        await run.settle()
        assert "stopped" in run.app.said.message
        assert run.app.shown is not None
        assert not run.app.shown.header.running


async def test_progress_is_shown() -> None:
    async with running() as run:
        run.link.put(Progress("old news", 0.5))
        run.link.silent = True
        await run.press("end")
        run.link.put(Progress("booting the kernel", 0.5))
        await run.until(lambda: "booting the kernel" in text_of(run.app))
        run.link.emit()
        await run.until(lambda: "booting the kernel" not in text_of(run.app))
        assert "old news" not in text_of(run.app)


async def test_before_the_first_frame_the_screen_says_that_the_machine_starts() -> None:
    from ringview.tui.app import RingviewApp

    link = FakeLink()
    link._inbox.clear()
    link.silent = True

    async def connect() -> FakeLink:
        return link

    app = RingviewApp(connect)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "starting the machine" in text_of(app))
        await pilot.press("right", "space", "x")
        assert not [c for c in link.commands if isinstance(c, Step | Pause)]
        link.emit()
        await until(pilot, lambda: app.shown is not None)


async def test_an_engine_that_dies_is_replaced() -> None:
    async with running() as run:
        run.link.die()
        await run.until(lambda: run.link.respawned == 1)
        await run.settle()
        await run.press("right")
        await run.until(lambda: run.icount == sample.NOW + 1)


async def test_a_successor_that_dies_on_its_way_costs_no_session() -> None:
    async with running() as run:
        respawn, tries = run.link.respawn, 0

        async def unlucky() -> None:
            nonlocal tries
            tries += 1
            if tries < 3:
                raise EngineError("the engine was ended by signal 9")
            await respawn()

        run.link.respawn = unlucky  # type: ignore[method-assign]
        run.link.die()
        await run.until(lambda: run.link.respawned == 1)
        await run.settle()
        await run.press("right")
        await run.until(lambda: run.icount == sample.NOW + 1)


async def test_an_engine_that_keeps_dying_ends_the_screen_with_a_sentence() -> None:
    async with running() as run:
        for _ in range(9):
            run.link.die()
        await run.until(lambda: not run.app.is_running)
        assert run.app.return_code == 1
        assert "signal 9" in run.app.ending


async def test_fatal_ends_with_its_sentence_and_status() -> None:
    async with running() as run:
        run.link.fatal("hello2.yaml:3:1: unknown key “beets”", 2)
        await run.until(lambda: not run.app.is_running)
        assert run.app.ending == "hello2.yaml:3:1: unknown key “beets”"
        assert run.app.return_code == 2


async def test_at_goes_there_first() -> None:
    async with running(at="sys_hello2") as run:
        assert GoTo(0, "sys_hello2") in run.link.commands
        await run.until(lambda: run.icount == 41_130)


async def test_a_small_terminal_gets_a_sentence_and_recovers() -> None:
    async with running() as run:
        await run.pilot.resize_terminal(LEAST[0] - 1, 30)
        await run.until(
            lambda: "needs 60 columns and 18 rows" in " ".join(text_of(run.app).split())
        )
        await run.pilot.resize_terminal(120, 40)
        await run.until(lambda: "you are here" in text_of(run.app))


@pytest.mark.parametrize(
    "keys", [["ctrl+p", *"step"], ["?"], ["g", *"nowhere", "enter"], ["m", *"x"]]
)
async def test_what_lies_over_the_panes_survives_any_size(keys: list[str]) -> None:
    async with running() as run:
        for size in ((4, 1), (3, 2), (120, 40)):
            await run.pilot.resize_terminal(*size)
            await run.press(*["escape"] * 3, *keys)
            await run.pilot.pause(0.2)
            assert run.app._exception is None
        for width, height in [*((width, 3) for width in range(12, 0, -1)), (60, 1), (1, 40)]:
            await run.pilot.resize_terminal(width, height)
            await run.press("down", "x")
            assert run.app._exception is None
        await run.pilot.resize_terminal(120, 40)
        for _ in range(4):
            await run.press("escape")
        await run.until(lambda: len(run.app.screen_stack) == 1)
        await run.until(lambda: "you are here" in text_of(run.app))


async def test_an_offer_that_comes_after_its_prompt_has_gone_is_no_error() -> None:
    from ringview.tui.screens import QUESTIONS, Prompt

    async with running() as run:
        prompt = Prompt(QUESTIONS["go"], "", None)
        run.app.push_screen(prompt)
        await run.until(lambda: len(run.app.screen_stack) == 2)
        await prompt.query_one("Vertical").remove()  # as far as it gets when it is dismissed

        async def late(typed: str) -> list[str]:
            return ["sys_hello2"]

        prompt._suggest = late
        await prompt._offer("sys")
        assert run.app._exception is None


async def test_resize_storm() -> None:
    random = Random(7)
    async with running() as run:
        for _ in range(60):
            await run.pilot.resize_terminal(random.randint(1, 220), random.randint(1, 70))
            if random.random() < 0.3:
                run.link.emit()
        await run.pilot.resize_terminal(120, 40)
        await run.until(lambda: "you are here" in text_of(run.app))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_nonsense_frames_are_shown(size: tuple[int, int]) -> None:
    async with running(size=size) as run:
        for seed in range(12):
            frame = nonsense.frame(seed)
            frame = replace(frame, header=replace(frame.header, icount=seed, running=False))
            run.app.sitting.take(frame)
            await run.until(lambda: run.icount == seed)  # noqa: B023
            for row in text_of(run.app).splitlines():
                assert len(row) <= 2 * size[0]


@pytest.mark.parametrize("seed", [1])
async def test_mashed_keys_never_break_it(seed: int) -> None:
    random = Random(seed)
    keys = [*KEYS, "enter", "escape", "tab", "shift+tab", "backspace", "a", "0", "x", "delete"]
    async with running() as run:
        for _ in range(100):
            await run.press(random.choice(keys))
            if random.random() < 0.05:
                await run.pilot.resize_terminal(random.randint(1, 200), random.randint(1, 60))
        for _ in range(8):
            await run.press("escape")
        await run.pilot.resize_terminal(120, 40)
        await run.until(lambda: len(run.app.screen_stack) == 1)
        await run.settle()
        assert run.app.is_running


async def test_what_is_to_be_seen_waits_for_no_run_and_no_pause_forgets_it() -> None:
    """A resize while the guest runs asks for more rows; the run's end must not swallow that."""
    async with running() as run:
        await run.press("space")
        await run.until(lambda: run.app.sitting.busy, "the run")
        asked = len(run.link.commands)
        await run.pilot.resize_terminal(200, 60)
        await run.pilot.press("x")
        await run.settle()
        looks = [c.view for c in run.link.commands[asked:] if isinstance(c, Look)]
        assert looks, "nothing was asked for in the new size"
        assert looks[-1] == run.app.chosen.view
        assert looks[-1].memory_rows > ViewRequest().memory_rows
        kinds = [type(command) for command in run.link.commands[asked:]]
        assert kinds.index(Look) < kinds.index(Pause)


async def test_an_error_of_ours_in_an_answer_is_not_passed_over() -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("in an answer")

    async def step() -> None:
        async with running() as run:
            assert run.app.sitting.conversation._conductor is not None
            run.app.sitting.conversation._conductor._answered = fails
            await run.press("right")
            await run.pilot.pause(0.2)

    with pytest.raises(ZeroDivisionError, match="in an answer"):
        await step()
