"""Everything at random, over the real screen with the real engine: keys, mouse, pastes, sizes, and
the engine killed from outside. No traceback, no lost session, no wrong number on the screen.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from msgspec import structs
from msgspec.structs import replace
from textual import events
from textual.pilot import Pilot

from ringview.engine.client import AsyncClient, Client
from ringview.engine.launch import spawn_engine
from ringview.engine.protocol import (
    AnyCommand,
    ConsoleInput,
    Done,
    Drop,
    Failed,
    Go,
    Interrupt,
    Look,
    OpenSchedule,
    Rebuild,
    Undo,
)
from ringview.engine.spec import EngineSpec
from ringview.errors import EngineError
from ringview.tui.app import RingviewApp
from ringview.tui.commands import COMMANDS
from ringview.tui.desk import Desk
from ringview.views.frame import Frame, Part, ViewRequest

SUBJECTS = (
    EngineSpec(scenario="hello2"),
    EngineSpec(program="segv"),  # a program that dies
    EngineSpec(program="illegal"),
    EngineSpec(program="spin"),  # and one that never ends
)
BOOT = 120.0  # seconds; the first start may have to build kernel and program
PATIENCE = 60.0
WAYS_OUT = {key for entry in COMMANDS if entry.name == "quit" for key in entry.keys}
KEYS = sorted(
    {key for entry in COMMANDS for key in entry.keys}
    | {"enter", "escape", "backspace", "delete", "x", "ctrl+a", "ctrl+u", "ctrl+w", "f7"}
) + ["escape", "right", "left", "]", "["] * 3  # fmt: skip
JUNK = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["sys_hello2", "beat 3", "end", "0x", "-1", "99999999999999999999", "in.len", "r3", "pa:0",
         "bef0_0c40", "c0008000", "\x1b[31m", "\n\n", "a" * 5000, "hello2.c:1", "in.len == 6", "%s"]
    ),
)  # fmt: skip

COLUMNS, ROWS = st.integers(0, 219), st.integers(0, 69)
SIZES = st.sampled_from([(1, 1), (60, 18), (59, 17), (80, 24), (120, 40), (200, 60)]) | st.tuples(
    st.integers(1, 220), st.integers(1, 70)
)


INPUTS = (ConsoleInput, Drop, Interrupt, OpenSchedule, Undo)


class WatchedLink(AsyncClient):
    """The real client, which builds nothing, and gives the machine inputs only if it may: they make
    the run another one, which no fresh session can be compared with.
    """

    inputs = False
    other_run = False

    def post(self, command: AnyCommand) -> asyncio.Future[Done | Failed]:
        other = isinstance(command, INPUTS)
        if isinstance(command, Rebuild) or (other and not self.inputs):
            future: asyncio.Future[Done | Failed] = asyncio.get_running_loop().create_future()
            future.set_result(Failed(0, "not in this sitting"))
            return future
        self.other_run |= other
        return super().post(command)


class StayingApp(RingviewApp):
    """The real screen, which does not leave when it is asked to."""

    def exit(self, *_: Any, **__: Any) -> None:
        """Stay: where an engine is lost, the sitting says so (`Live.alive`)."""


class Live:
    """A screen and its engine, on an event loop of their own, driven from without."""

    def __init__(self, subject: EngineSpec) -> None:
        self.loop = asyncio.new_event_loop()
        self.wishes: asyncio.Queue[tuple[Coroutine[Any, Any, Any], asyncio.Future[Any]]]
        self.engine = spawn_engine(subject)
        self.app: StayingApp
        self.pilot: Pilot[int]
        self.link: WatchedLink
        self.started = self.loop.create_future()
        self.life = self.loop.create_task(self._live())
        begun = asyncio.wait([self.started, self.life], return_when="FIRST_COMPLETED")
        self.loop.run_until_complete(begun)
        if self.life.done():
            self.life.result()
        self.do(self.until(lambda: self.app.shown is not None, "the first frame", BOOT))

    async def _live(self) -> None:
        self.wishes = asyncio.Queue()

        async def connect() -> WatchedLink:
            self.link = WatchedLink(self.engine)
            await self.link._open(BOOT)
            return self.link

        self.app = StayingApp(connect)
        async with self.app.run_test(size=(120, 40)) as self.pilot:
            self.started.set_result(None)
            while True:
                wish, answer = await self.wishes.get()
                try:
                    answer.set_result(await wish)
                except asyncio.CancelledError:
                    return
                except BaseException as error:
                    answer.set_exception(error)

    def do(self, wish: Coroutine[Any, Any, Any]) -> Any:
        """Do something on the screen's own loop."""

        async def ask() -> Any:
            answer: asyncio.Future[Any] = self.loop.create_future()
            await self.wishes.put((wish, answer))
            await asyncio.wait([answer, self.life], return_when="FIRST_COMPLETED")
            if self.life.done():
                self.life.result()
                raise AssertionError("the screen has ended")
            return answer.result()

        return self.loop.run_until_complete(ask())

    def close(self) -> None:
        async def leave() -> None:
            raise asyncio.CancelledError

        if not self.life.done():

            async def end() -> None:
                answer: asyncio.Future[Any] = self.loop.create_future()
                await self.wishes.put((leave(), answer))
                await asyncio.wait([self.life], timeout=20)

            self.loop.run_until_complete(end())
        self.engine.close()

        async def end_rest() -> None:
            rest = asyncio.all_tasks() - {asyncio.current_task()}
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)

        self.loop.run_until_complete(end_rest())
        self.loop.close()

    async def until(
        self, condition: Callable[[], bool], what: str, patience: float = PATIENCE
    ) -> None:
        end = time.monotonic() + patience
        while not condition():
            assert time.monotonic() < end, f"never happened: {what}"
            self.alive()
            await self.pilot.pause(0.002)

    def alive(self) -> None:
        """No traceback, no lost session."""
        assert self.app._exception is None, self.app._exception
        assert self.app.is_running, self.app.ending or "the screen ended"
        assert self.app.ending == ""

    async def settle(self) -> None:
        """Nothing lies over the panes, nothing runs, everything is answered and painted."""
        app = self.app
        while len(app.screen_stack) > 1:
            await self.pilot.press("escape")
            self.alive()

        def done() -> bool:
            if app.sitting.busy:  # also what only now has become long: a search may never end
                app.sitting.conversation.pause()
            return app.sitting.settled and not self.link._inbox

        await self.until(done, "everything is answered and painted")
        assert app.shown is not None
        if app.shown.header.running:
            app.sitting.conversation.pause()
            await self.until(lambda: not app.shown.header.running, "the run stops")  # type: ignore[union-attr]


class Reference:
    """A fresh session that is asked for the same moments, and never for anything else."""

    def __init__(self, subject: EngineSpec) -> None:
        self.engine = spawn_engine(subject)
        self.client = Client(self.engine, BOOT)

    def go(self, icount: int, view: ViewRequest) -> None:
        self.client.send(Look(0, view))
        self.client.send(Go(0, icount))

    def drain(self, seconds: float) -> None:
        """Take what comes."""
        with contextlib.suppress(EngineError):
            self.client.receive(seconds)

    def close(self) -> None:
        self.client.close()
        self.engine.close()


_RELATIVE = {"before", "changed", "breakpoint", "observed"}
"""Fields that say how one came here, or what was set on the way."""


def plain(value: object) -> object:
    """The same without what depends on the way to this moment."""
    if isinstance(value, Part):
        names = (f.name for f in structs.fields(value) if f.name not in _RELATIVE)
        return (type(value).__name__, *(plain(getattr(value, name)) for name in names))
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    return value


def facts(frame: Frame) -> dict[str, object]:
    """What a moment is, whatever the way there."""
    header = replace(frame.header, end=0, stop="", finished=False, running=False)
    return {
        "header": plain(header),
        "registers": plain(frame.registers.core),
        "banks": plain(frame.registers.banks),
        "code": plain(frame.code),
        "stacks": plain(frame.stacks),
        "translation": plain(frame.translation),
        "memory": plain(frame.memory),
        "console": frame.logs.console,
    }


class Mashed(RuleBasedStateMachine):
    """One sitting."""

    references: ClassVar[dict[EngineSpec, Reference]] = {}
    live: Live
    reference: Reference
    events = 0
    total: ClassVar[int] = 0

    @initialize(subject=st.sampled_from(SUBJECTS), inputs=st.sampled_from([False, False, True]))
    def sit_down(self, subject: EngineSpec, inputs: bool) -> None:
        self.live = Live(subject)
        self.live.link.inputs = inputs
        if subject not in self.references:
            self.references[subject] = Reference(subject)
        self.reference = self.references[subject]

    def teardown(self) -> None:
        Mashed.total += self.events
        print(f"{self.events} events, {Mashed.total} so far")
        if hasattr(self, "live"):
            self.live.close()

    def do(self, wish: Coroutine[Any, Any, Any], events: int = 1) -> Any:
        self.events += events
        try:
            return self.live.do(wish)
        except BaseException:
            # It may not happen again when Hypothesis repeats it: nothing here is deterministic.
            traceback.print_exc()
            raise

    @rule(keys=st.lists(st.sampled_from(KEYS), min_size=20, max_size=60))
    def press(self, keys: list[str]) -> None:
        over = len(self.live.app.screen_stack) > 1
        keys = [{",": "comma"}.get(key, key) for key in keys if over or key not in WAYS_OUT]
        self.do(self.live.pilot.press(*keys), len(keys))

    @rule(text=JUNK, key=st.sampled_from("gbwWmtBi:"), take=st.booleans())
    def answer_a_prompt(self, text: str, key: str, take: bool) -> None:
        async def ask() -> None:
            await self.live.pilot.press(key)
            self.live.app.screen.post_message(events.Paste(text))
            await self.live.pilot.press("enter" if take else "escape")

        self.do(ask())

    @rule(text=JUNK)
    def paste(self, text: str) -> None:
        async def paste() -> None:
            self.live.app.post_message(events.Paste(text))
            await self.live.pilot.pause()

        self.do(paste())

    @rule(x=COLUMNS, y=ROWS, button=st.sampled_from([1, 1, 1, 2, 3]))
    def click(self, x: int, y: int, button: int) -> None:
        size = self.live.app.size
        self.do(self.live.pilot.click(offset=(x % size.width, y % size.height), button=button))

    @rule(x=COLUMNS, y=ROWS, to=st.tuples(COLUMNS, ROWS), let_go=st.booleans())
    def drag(self, x: int, y: int, to: tuple[int, int], let_go: bool) -> None:
        async def drag() -> None:
            size, pilot = self.live.app.size, self.live.pilot
            await pilot.mouse_down(offset=(x % size.width, y % size.height))
            end = (to[0] % size.width, to[1] % size.height)
            await pilot.hover(offset=end)
            if let_go:
                await pilot.mouse_up(offset=end)

        self.do(drag())

    @rule(x=COLUMNS, y=ROWS, up=st.booleans())
    def wheel(self, x: int, y: int, up: bool) -> None:
        async def wheel() -> None:
            size, pilot = self.live.app.size, self.live.pilot
            kind = events.MouseScrollUp if up else events.MouseScrollDown
            await pilot._post_mouse_events(
                [kind], offset=(x % size.width, y % size.height), button=0
            )

        self.do(wheel())

    @rule(size=SIZES)
    def resize(self, size: tuple[int, int]) -> None:
        self.do(self.live.pilot.resize_terminal(*size))

    @rule(settled=st.booleans(), chance=st.integers(0, 4))
    def kill_the_engine(self, settled: bool, chance: int) -> None:
        live = self.live
        if chance:  # a successor takes a while
            return

        async def kill() -> None:
            if settled:
                await live.settle()
            assert live.app.shown is not None
            before = live.app.shown.header.icount
            serial, pid = live.app.sitting.paints, live.engine.pid
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            await live.until(lambda: live.engine.pid != pid, "a successor", BOOT)
            await live.until(lambda: live.app.sitting.paints > serial, "its first frame", BOOT)
            if settled:
                await live.settle()
                assert live.app.shown.header.icount == before, "the place was lost"

        self.do(kill())

    @rule()
    def compare(self) -> None:
        """What is shown is what a fresh session shows at that moment."""
        live = self.live

        async def shown() -> Frame:
            await live.settle()
            assert live.app.shown is not None
            return live.app.shown

        frame = self.do(shown())
        if live.link.other_run:
            return
        self.reference.go(frame.header.icount, live.app.chosen.view)
        end = time.monotonic() + PATIENCE
        while (wrong := self._wrong()) and time.monotonic() < end:
            self.reference.drain(0.02)
            self.do(live.pilot.pause(0.002))
        if wrong:
            print(f"at icount {frame.header.icount}: {wrong}", file=sys.stderr)
        assert not wrong, f"at icount {frame.header.icount}: {wrong}"
        assert live.app.as_text().count("\n") == live.app.size.height

    def _wrong(self) -> str:
        """What is shown otherwise than by the fresh session, or ""."""
        shown, fresh = self.live.app.shown, self.reference.client.frame
        assert shown is not None
        assert fresh is not None
        mine, other = facts(shown), facts(fresh)
        return "; ".join(
            f"{name}: {value}, not {other[name]}"
            for name, value in mine.items()
            if value != other[name]
        )

    @invariant()
    def lives(self) -> None:
        self.live.alive()
        if not self.live.app.query_one(Desk).arrangement.rects:
            raise AssertionError("an empty screen")


@pytest.fixture(scope="module", autouse=True)
def no_reference_stays() -> Iterator[None]:
    yield
    while Mashed.references:
        Mashed.references.popitem()[1].close()


def mash(examples: int, steps: int, **more: Any) -> None:
    run_state_machine_as_test(
        Mashed,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each example boots a machine
            report_multiple_bugs=False,
            **more,
        ),
    )


def test_mashed_for_a_while() -> None:
    mash(2, 40, derandomize=True, database=None)


@pytest.mark.soak
def test_mashed_for_ten_thousand_events() -> None:
    """However many sittings that takes: Hypothesis likes short ones too."""
    Mashed.total = 0
    while Mashed.total < 10_000:
        mash(5, 200)
