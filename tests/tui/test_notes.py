"""The speaker's notes: what they say, and that they follow."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace
from tests.tui import nonsense, sample
from tests.tui.driving import Driven, until
from tests.tui.fake import FakeLink, text_of

from ringview.engine.client import AsyncClient
from ringview.engine.follow import Follower
from ringview.engine.launch import spawn_engine
from ringview.engine.protocol import GoTo, Look, Stage, StageChanged, Step
from ringview.engine.spec import EngineSpec
from ringview.errors import EngineError
from ringview.tui.notes import COLUMNS, NotesApp, clock, paint, position
from ringview.views.frame import Frame


class Reading(Driven[NotesApp]):
    """Notes on an engine that is none."""


@asynccontextmanager
async def reading(
    frame: Frame | None = None, size: tuple[int, int] = (100, 30), now: float = 1345.0
) -> AsyncIterator[Reading]:
    link = FakeLink(frame)

    async def connect() -> FakeLink:
        return link

    app = NotesApp(connect, started=1000.0, wall=lambda: now)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.shown is not None, "the first frame")
        yield Reading(app, link, pilot)


def plain(frame: Frame, width: int = 100) -> str:
    return "\n".join(line.plain for line in paint(frame, width))


def at_beat(index: int, *, past: int = 0) -> Frame:
    """The sample, standing on one of its beats or after it."""
    frame = sample.hello2()
    beats = tuple(
        replace(beat, current=i == index, here=i == index and not past)
        for i, beat in enumerate(frame.narration.beats)
    )
    icount = beats[index].icount + past
    return replace(
        frame,
        header=replace(frame.header, icount=icount),
        narration=replace(frame.narration, beats=beats),
    )


def test_the_beat_its_question_with_the_answer_and_the_next_beat() -> None:
    said = plain(at_beat(1))
    order = ["on the beat", "The door", "The number of the call", "? Which mode", "SVC / IRQ / SYS"]
    order += ["! SVC", "next ▸ Distrust", "The kernel does not use"]
    places = [said.index(words) for words in order]
    assert places == sorted(places)
    assert "1 instruction past it" in plain(at_beat(1, past=1))
    assert "2 instructions past it" in plain(at_beat(1, past=2))


def test_before_the_first_beat_and_without_any() -> None:
    frame = at_beat(1)
    beats = tuple(replace(b, current=False, here=False) for b in frame.narration.beats)
    before = replace(frame, narration=replace(frame.narration, beats=beats))
    assert "next ▸ A program" in plain(before)
    assert position(beats) == "0/4"
    none = replace(frame, narration=replace(frame.narration, beats=()))
    assert "no beats" in plain(none)
    assert "this is the last beat" in plain(at_beat(3))
    assert position(at_beat(3).narration.beats) == "4/4"


@pytest.mark.parametrize("width", [1, 20, 55, 72, 200])
def test_no_line_is_wider_than_there_is_room_or_than_can_be_read(width: int) -> None:
    for index in range(4):
        assert all(
            line.width <= min(max(8, width), COLUMNS) for line in paint(at_beat(index), width)
        )


@pytest.mark.parametrize(
    ("seconds", "said"), [(-3, "0:00"), (59.9, "0:59"), (600, "10:00"), (3725, "1:02:05")]
)
def test_the_clock(seconds: float, said: str) -> None:
    assert clock(seconds) == said


async def test_the_screen_of_notes() -> None:
    async with reading(at_beat(1)) as run:
        await run.sees("The door")
        await run.sees("hello2 · one call")
        assert run.link.commands
        assert all(isinstance(command, Look) for command in run.link.commands)
        # Large digits where there is room, in the last line where there is not.
        assert "2/4 · 5:45" not in text_of(run.app)
        await run.pilot.resize_terminal(60, 12)
        await run.sees("2/4 · 5:45")
        await run.pilot.resize_terminal(1, 1)
        await run.pilot.resize_terminal(100, 30)
        await run.sees("The door")
        before = run.app.palette.name
        await run.pilot.press("T", "down", "up", "pagedown", "x", "right", "enter")
        assert run.app.palette.name != before
        assert all(isinstance(command, Look) for command in run.link.commands)
        await run.pilot.press("q")
        await run.until(lambda: not run.app.is_running)
        assert run.app.return_code == 0
        assert run.app.ending == ""


async def test_the_notes_say_what_the_room_sees() -> None:
    async with reading(at_beat(1)) as run:
        await run.sees("! SVC")
        assert "the room sees it" not in text_of(run.app)
        run.link.put(StageChanged(Stage(zoom="stacks", big=True, answers=(2,))))
        await run.sees("the room sees it")
        await run.sees("zoomed: stacks · lecture layout")
        run.link.put(StageChanged(Stage()))
        await run.until(lambda: "zoomed" not in text_of(run.app))


async def test_a_new_beat_is_shown_from_its_beginning() -> None:
    long = at_beat(1)
    beats = tuple(replace(beat, say="word " * 2000) for beat in long.narration.beats)
    async with reading(replace(long, narration=replace(long.narration, beats=beats))) as run:
        body = run.app.query_one("#body")
        await run.until(lambda: body.max_scroll_y > 0)
        await run.pilot.press("pagedown", "pagedown")
        await run.until(lambda: body.scroll_y > 0)
        run.link.emit()
        await run.pilot.pause()
        assert body.scroll_y > 0
        run.link.frame = at_beat(2)
        run.link.emit()
        await run.sees("Distrust")
        await run.until(lambda: body.scroll_y == 0)


async def test_nonsense_is_shown() -> None:
    async with reading() as run:
        for seed in range(12):
            frame = nonsense.frame(seed)
            run.app._take(frame)
            await run.pilot.pause()
            assert run.app.shown is frame


async def test_an_engine_that_dies_is_joined_again_and_the_end_is_the_end() -> None:
    async with reading(at_beat(1)) as run:
        run.link.die()
        await run.until(lambda: run.link.respawned == 1)
        run.link.frame = at_beat(2)
        run.link.emit()
        await run.sees("Distrust")

        async def over() -> None:
            raise EngineError("the lecture has ended")

        run.link.respawn = over  # type: ignore[method-assign]
        run.link.die()
        await run.until(lambda: not run.app.is_running)
        assert (run.app.return_code, run.app.ending) == (0, "the lecture has ended")


async def test_notes_follow_the_real_engine_frame_by_frame() -> None:
    with spawn_engine(EngineSpec(scenario="hello2")) as engine:
        lecturer = await AsyncClient.connect(engine, timeout=60)

        async def connect() -> AsyncClient:
            return await Follower.connect(engine.directory)

        app = NotesApp(connect, started=time.time())
        async with app.run_test(size=(100, 40)) as pilot:

            async def sees(*words: str) -> None:
                end = time.monotonic() + 60
                while not all(word in text_of(app) for word in words):
                    assert time.monotonic() < end, text_of(app)
                    await pilot.pause(0.005)

            await sees("A program begins")
            await lecturer.send(GoTo(0, "beat 3"))
            begun = time.monotonic()
            await sees("The door", "! SVC", "next ▸ Through the door", "on the beat")
            assert time.monotonic() - begun < 1.0
            await lecturer.send(Step(0, "instruction", 3))
            await sees("1 instruction past it", "The other stack")
            await lecturer.send(Step(0, "beat", -1))
            await sees("The other stack", "on the beat")
            await lecturer.close()
            await asyncio.to_thread(engine.close)
            end = time.monotonic() + 20
            while app.is_running and time.monotonic() < end:
                await pilot.pause(0.01)
            assert app.ending == "the lecture has ended"
