"""The screen with the real engine, machine and kernel: the walk that the project is for."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace
from tests.tui.driving import KEYS
from tests.tui.fake import text_of
from textual.pilot import Pilot

from ringview.engine.client import AsyncClient
from ringview.engine.launch import EngineHandle, spawn_engine
from ringview.engine.spec import EngineSpec
from ringview.tui.app import RingviewApp
from ringview.views.frame import Frame

BOOT = 90.0  # seconds; the first start may have to build kernel and program


class Walk:
    """An app on a real engine."""

    def __init__(self, app: RingviewApp, pilot: Pilot[int], engine: EngineHandle) -> None:
        self.app = app
        self.pilot = pilot
        self.engine = engine

    @property
    def frame(self) -> Frame:
        assert self.app.shown is not None
        return self.app.shown

    async def until(self, condition: Callable[[], bool], what: str, timeout: float = 20.0) -> None:
        end = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < end, f"never happened: {what}"
            assert self.app.is_running, self.app.ending
            await self.pilot.pause(0.005)

    async def settle(self) -> None:
        await self.until(lambda: self.app.sitting.settled, "the engine answers")

    async def sees(self, words: str) -> None:
        """Wait until the words are painted: a frame is shown before the terminal has drawn it."""
        await self.until(lambda: words in text_of(self.app), f"{words!r} on the screen")

    async def press(self, *keys: str) -> Frame:
        for key in keys:
            before = self.frame
            await self.pilot.press(key)
            await self.until(lambda: self.frame is not before, f"a frame after {key}")  # noqa: B023
            await self.settle()
        return self.frame

    async def go(self, place: str) -> Frame:
        before = self.frame
        self.app.perform(("go_to", place))
        await self.until(lambda: self.frame is not before, f"a frame after going to {place}")
        await self.settle()
        return self.frame


@asynccontextmanager
async def walking(scenario: str = "hello2") -> AsyncIterator[Walk]:
    with spawn_engine(EngineSpec(scenario=scenario)) as engine:

        async def connect() -> AsyncClient:
            return await AsyncClient.connect(engine)

        app = RingviewApp(connect)
        async with app.run_test(size=(120, 40)) as pilot:
            walk = Walk(app, pilot, engine)
            await walk.until(lambda: app.shown is not None, "the first frame", BOOT)
            await walk.settle()
            yield walk


def told(frame: Frame) -> Frame:
    """What a stop says about the machine, whatever the way there."""
    registers = replace(
        frame.registers,
        core=tuple(replace(row, before=0, changed=False) for row in frame.registers.core),
    )
    return replace(
        frame,
        serial=0,
        header=replace(frame.header, end=0, stop="", finished=False),
        registers=replace(
            registers,
            flags=(), spsr_flags=(), banks=(), system=(),
        ),
        timeline=frame.timeline.__class__(0, 0, 0, (), ()),
        stacks=replace(
            frame.stacks,
            user=replace(
                frame.stacks.user,
                slots=tuple(replace(slot, changed=False) for slot in frame.stacks.user.slots),
            ),
            kernel=replace(
                frame.stacks.kernel,
                slots=tuple(replace(slot, changed=False) for slot in frame.stacks.kernel.slots),
            ),
        ),
        tlb=replace(
            frame.tlb,
            instruction=replace(frame.tlb.instruction, entries=()),
            data=replace(frame.tlb.data, entries=()),
        ),
        memory=replace(frame.memory, watches=(), rows=()),
        narration=replace(frame.narration, beats=(), hops=()),
    )  # fmt: skip


async def test_who_wrote_this_stands_at_the_store_and_says_so() -> None:
    async with walking() as walk:
        await walk.go("sys_hello2")
        await walk.pilot.press("w")
        await walk.until(lambda: len(walk.app.screen_stack) == 2, "the prompt")
        before = walk.frame
        await walk.pilot.press(*"in", "full_stop", *"len", "enter")
        await walk.until(lambda: walk.frame is not before, "a frame")
        await walk.settle()
        first = walk.frame.header.icount
        await walk.sees(f"in.len written at icount {first:,} by str")
        assert any(row.current and row.mnemonic.startswith("str") for row in walk.frame.code.rows)
        read = await walk.press(")")
        assert read.header.icount > first
        await walk.sees("in.len read at icount")
        assert (await walk.press("(")).header.icount == first


async def test_the_walk_through_the_door_and_back() -> None:
    async with walking() as walk:
        assert walk.frame.header.mode == "USR"
        await walk.sees("● USR user")
        door = await walk.go("beat 3")
        assert door.code.rows
        assert any(row.current and row.mnemonic.startswith("svc") for row in door.code.rows)
        inside = await walk.press("right")
        assert inside.header.mode == "SVC"
        assert inside.narration.transition is not None
        assert inside.narration.transition.just_now
        await walk.sees("● SVC kernel")
        await walk.sees("sp is in the kernel stack")
        again = await walk.press("left")
        assert told(again) == told(door)
        handler = await walk.go("sys_hello2")
        assert "sys_hello2" in handler.header.place
        await walk.sees("saved at entry: pt_regs")
        home = await walk.press("]")
        assert home.header.mode == "USR"
        assert any("hello2" in row.text and row.ret == 0 for row in home.logs.syscalls)


async def test_back_by_any_step_is_where_we_were() -> None:
    async with walking() as walk:
        start = await walk.go("sys_hello2")
        for forwards, backwards in (("right", "left"), ("]", "[")):
            there = await walk.press(forwards, forwards)
            assert there.header.icount > start.header.icount
            await walk.press(backwards, backwards)
            await walk.go("sys_hello2")
            assert told(walk.frame) == told(start)


async def test_the_engine_killed_from_outside_costs_nothing() -> None:
    async with walking() as walk:
        before = await walk.go("sys_hello2")
        pid = walk.engine.pid
        os.kill(pid, signal.SIGKILL)
        await walk.until(
            lambda: walk.engine.pid != pid and "took over" in walk.app.said.message,
            "a successor",
            BOOT,
        )
        # What the first engine recorded ahead may have been shown after `before`: numbers of frames
        # begin anew with the successor, and only its answer says that what is shown is its own.
        await walk.until(lambda: walk.app.sitting.settled, "its frame", BOOT)
        assert walk.frame.header.icount == before.header.icount
        assert told(walk.frame) == told(before)
        after = await walk.press("right")
        assert after.header.icount == before.header.icount + 1


async def test_a_missing_scenario_is_one_sentence(tmp_path: Path) -> None:
    with spawn_engine(EngineSpec(scenario=str(tmp_path / "nowhere.yaml"))) as engine:

        async def connect() -> AsyncClient:
            return await AsyncClient.connect(engine)

        app = RingviewApp(connect)
        async with app.run_test(size=(120, 40)) as pilot:
            end = time.monotonic() + 20
            while app.is_running and not app.ending:
                assert time.monotonic() < end
                await pilot.pause(0.01)
        assert "nowhere.yaml" in app.ending
        assert "\n" not in app.ending
        assert app.return_code == 2


# ------------------------------------------------------------------------------- a real terminal


class Tmux:
    """A real terminal of its own."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-L", self.name, *words], capture_output=True, text=True, check=False
        )
        return done.stdout

    def screen(self) -> str:
        return self("capture-pane", "-p")

    def until(self, wanted: str, timeout: float = BOOT) -> str:
        end = time.monotonic() + timeout
        while wanted not in (text := self.screen()):
            assert time.monotonic() < end, f"{wanted!r} never appeared in\n{text}"
            time.sleep(0.02)
        return text


@contextmanager
def terminal(columns: int, rows: int) -> Iterator[Tmux]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    tmux = Tmux(f"ringview-test-{os.getpid()}-{columns}")
    program = Path(sys.executable).with_name("ringview")
    shell = f"{program} run hello2; echo status $?; sleep 60"
    tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), shell)
    try:
        yield tmux
    finally:
        tmux("kill-server")


@pytest.mark.parametrize(("columns", "rows"), [(120, 40), (80, 24)])
def test_in_a_real_terminal(columns: int, rows: int) -> None:
    with terminal(columns, rows) as tmux:
        text = tmux.until("you are here")
        assert len(text.splitlines()) <= rows
        assert "USR user" in text
        tmux("send-keys", ".", ".")
        tmux.until("beat 3 of")
        tmux("send-keys", "Right")
        tmux.until("SVC kernel")
        tmux("send-keys", "Left")
        tmux.until("USR user")
        tmux("send-keys", "?")
        tmux.until("One instruction forwards")
        tmux("send-keys", "Escape")
        tmux.until("you are here")
        tmux("send-keys", "q")
        assert "status 0" in tmux.until("status")


def test_the_clipboard_of_a_real_terminal_gets_what_was_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGVIEW_STATE", str(tmp_path / "state"))
    with terminal(120, 40) as tmux:
        tmux("set", "-s", "set-clipboard", "on")
        tmux.until("you are here")
        tmux("send-keys", "1", "y")
        text = tmux.until("copied registers")
        assert "also in" in text
        copy = (tmp_path / "state" / "copied.txt").read_text()
        assert "cpsr" in copy
        end = time.monotonic() + 20
        while tmux("show-buffer") != copy:
            assert time.monotonic() < end, "the terminal's clipboard never got it"
            time.sleep(0.05)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_mashed_keys_on_the_real_engine(seed: int) -> None:
    random = Random(seed)
    keys = [*KEYS, "enter", "escape", "x", "5", "s"]
    async with walking() as walk:
        for _ in range(400):
            await walk.pilot.press(random.choice(keys))
            assert walk.app.is_running, walk.app.ending
        for _ in range(6):
            await walk.pilot.press("escape")
        walk.app.sitting.conversation.pause()
        await walk.settle()
        frame = await walk.go("start")
        assert frame.header.mode == "USR"
