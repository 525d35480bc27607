"""An engine that is none: it answers commands with hand-made frames, at once, and remembers what it
was asked.
"""

from __future__ import annotations

import asyncio
from collections import deque

from msgspec.structs import replace
from tests.tui import sample

from ringview.engine.protocol import (
    AnyCommand,
    AnyMessage,
    Breakpoint,
    Done,
    Failed,
    Fatal,
    FrameReady,
    Go,
    GoTo,
    Look,
    Pause,
    Ready,
    Rebuild,
    Run,
    Step,
    Suggest,
)
from ringview.errors import EngineError
from ringview.views.frame import Frame

PLACES = {"start": sample.START, "end": sample.END, "sys_hello2": 41_130, "fault": 41_300}


def offer(command: Suggest) -> Done:
    """What a prompt is offered: it is no command that does anything."""
    offered = [word for word in OFFERED if command.text and command.text in word]
    return Done(command.id, "\n".join(offered))


OFFERED = ("sys_hello", "sys_hello2", "syscall hello2", "bookmark here")


class FakeLink:
    """One client's link to the engine that is none."""

    def __init__(self, first: Frame | None = None) -> None:
        self.frame = first or sample.hello2()
        self.commands: list[AnyCommand] = []
        self.running: asyncio.Future[Done | Failed] | None = None
        self.respawned = 0
        self.silent = False
        self.broken: Failed | None = None  # the answer to a rebuild, if it fails
        self._serial = 0
        self._inbox: deque[AnyMessage | EngineError] = deque([Ready(1, 1)])
        self._arrived = asyncio.Event()
        self._arrived.set()
        self.emit()

    def put(self, message: AnyMessage | EngineError) -> None:
        self._inbox.append(message)
        self._arrived.set()

    def emit(self) -> None:
        self._serial += 1
        self.put(FrameReady(replace(self.frame, serial=self._serial)))

    def look(self, words: str) -> None:
        """Translate words: what is no hexadecimal number is not understood."""
        told = replace(self.frame.translation, words=words, problem="")
        digits = words.replace("_", "").removeprefix("pa:")
        try:
            told = replace(told, va=int(digits or "0", 16)) if words else told
        except ValueError:
            told = replace(told, problem=f"“{words}” is no address, register, variable or symbol")
        self.frame = replace(self.frame, translation=told)
        self.emit()

    def go(self, icount: int) -> None:
        icount = max(sample.START, min(sample.END, icount))
        base = {41_101: sample.at_svc, 41_300: sample.fault}.get(icount, sample.hello2)()
        self.frame = replace(
            base,
            header=replace(base.header, icount=icount),
            timeline=replace(base.timeline, now=icount),
        )
        self.emit()

    def post(self, command: AnyCommand) -> asyncio.Future[Done | Failed]:
        future: asyncio.Future[Done | Failed] = asyncio.get_running_loop().create_future()
        if isinstance(command, Suggest):
            future.set_result(offer(command))
        else:
            self._do(command, future)
        return future

    def _do(self, command: AnyCommand, future: asyncio.Future[Done | Failed]) -> None:
        self.commands.append(command)
        if self.silent:
            return
        text = ""
        if isinstance(command, Step):
            size = {"instruction": 1, "line": 5}.get(command.unit, 100)
            self.go(self.frame.header.icount + size * command.count)
        elif isinstance(command, Go):
            self.go(command.icount)
        elif isinstance(command, GoTo):
            place = command.place.replace(",", "")
            if place not in PLACES and not place.isdecimal():
                future.set_result(Failed(command.id, f"there is no place called “{command.place}”"))
                return
            self.go(PLACES.get(place) or int(place))
        elif isinstance(command, Run):
            self.running = future
            self.frame = replace(self.frame, header=replace(self.frame.header, running=True))
            self.emit()
            return
        elif isinstance(command, Pause):
            if self.running is not None and not self.running.done():
                self.running.set_result(Done(0, "stopped"))
            self.frame = replace(self.frame, header=replace(self.frame.header, running=False))
            self.emit()
        elif isinstance(command, Rebuild) and self.broken is not None:
            future.set_result(self.broken)
            return
        elif isinstance(command, Breakpoint):
            text = f"breakpoint {'set' if command.on else 'cleared'} at {command.place}"
        elif isinstance(command, Look):
            self.look(command.view.translate)
        future.set_result(Done(command.id, text))

    def die(self) -> None:
        self.put(EngineError("the engine was ended by signal 9"))

    def fatal(self, text: str, status: int) -> None:
        self.put(Fatal(text, status))

    def __aiter__(self) -> FakeLink:
        return self

    async def __anext__(self) -> AnyMessage:
        while not self._inbox:
            self._arrived.clear()
            await self._arrived.wait()
        message = self._inbox.popleft()
        if isinstance(message, EngineError):
            raise message
        return message

    async def respawn(self) -> None:
        self.respawned += 1
        self.emit()

    async def close(self) -> None:
        pass


def text_of(app: object) -> str:
    """What the terminal shows, as text."""
    from textual.app import App

    assert isinstance(app, App)
    screen = app.screen
    strips = screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)
