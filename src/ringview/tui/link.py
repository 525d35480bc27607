"""How a screen reaches an engine: what it asks of a client, all that the engine and its successors
say, and a conductor that keeps one command in flight and folds key repeats into counts.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from ringview.engine.protocol import (
    AnyCommand,
    AnyMessage,
    Done,
    Failed,
    FrameReady,
    Look,
    Pause,
    Run,
    Step,
)
from ringview.errors import EngineError
from ringview.views.frame import ViewRequest

PATIENCE = 0.4
"""Seconds after which a command in flight counts as long, so that any key stops it."""
RESPAWNS = 3
"""How many deaths in a row, without a frame in between, before the screen gives up."""


class Link(Protocol):
    """What the screen needs of a client; `ringview.engine.client.AsyncClient` is one."""

    def post(self, command: AnyCommand) -> asyncio.Future[Done | Failed]:
        """Send now; the future gives the answer."""

    def __aiter__(self) -> AsyncIterator[AnyMessage]:
        """Frames, progress and the rest, as they come."""

    async def respawn(self) -> None:
        """Start a successor of a dead engine."""

    async def close(self) -> None:
        """Leave."""


Connect = Callable[[], Awaitable[Link]]


async def messages(
    link: Link,
    *,
    died: Callable[[EngineError], None] = lambda _: None,
    revived: Callable[[], None] = lambda: None,
    patient: bool = False,
) -> AsyncIterator[AnyMessage]:
    """All that an engine says, and its successors when it dies.

    Args:
        link: to the engine.
        died: called with each death, before there is a successor.
        revived: called once there is.
        patient: whether a successor that dies on its way, too, is tried again.

    Raises:
        EngineError: there is no successor, or too many have died.
    """
    deaths = 0
    while True:
        try:
            async for message in link:
                if isinstance(message, FrameReady):
                    deaths = 0
                yield message
            return
        except EngineError as error:
            death = error
        while True:
            deaths += 1
            if deaths > RESPAWNS:
                raise death
            died(death)
            try:
                await link.respawn()
            except EngineError as error:
                if not patient:
                    raise
                death = error
            else:
                revived()
                break


@dataclass(slots=True)
class _Pending:
    command: AnyCommand
    since: float


class Conductor:
    """Keeps commands in order, one in flight, and knows whether something long is under way.

    Args:
        link: the client.
        answered: called with each answer, the command it belongs to first.
        broken: called with an error in what was called; no such error is passed over.
    """

    def __init__(
        self,
        link: Link,
        answered: Callable[[AnyCommand, Done | Failed], None],
        broken: Callable[[BaseException], None],
    ) -> None:
        self._link = link
        self._answered = answered
        self._broken = broken
        self._flying: _Pending | None = None
        self._queue: list[AnyCommand] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._looks = 0

    @property
    def looking(self) -> bool:
        """Whether a frame of what was asked to be seen has still to come."""
        return self._looks > 0

    @property
    def idle(self) -> bool:
        """Whether nothing is in flight or waits."""
        return self._flying is None and not self._queue

    @property
    def long(self) -> bool:
        """Whether a command in flight is one that a key should stop: running, or already slow."""
        if self._flying is None:
            return False
        if isinstance(self._flying.command, Run):
            return True
        return asyncio.get_running_loop().time() - self._flying.since > PATIENCE

    def send(self, command: AnyCommand) -> None:
        """Send a command after those before it; repeated steps of one unit become one with a
        count.
        """
        if self._queue:
            last = self._queue[-1]
            if isinstance(last, Step) and isinstance(command, Step) and last.unit == command.unit:
                count = last.count + command.count
                self._queue.pop()
                if count:
                    self._queue.append(Step(0, last.unit, count))
                return
            if type(last) is type(command) and not isinstance(command, Step):
                # A newer jump makes the older one pointless.
                self._queue[-1] = command
                return
        self._queue.append(command)
        self._next()

    def look(self, view: ViewRequest) -> None:
        """Ask to see something else; this waits for nothing, and no pause forgets it."""
        self._looks += 1
        self._link.post(Look(0, view)).add_done_callback(self._seen)

    def _seen(self, _: asyncio.Future[Done | Failed]) -> None:
        self._looks -= 1

    def pause(self) -> None:
        """Stop whatever runs, and forget what waits."""
        self._queue.clear()
        self._link.post(Pause(0))

    def forget(self) -> None:
        """The engine is gone: nothing is in flight any more."""
        self._queue.clear()
        self._flying = None
        for task in self._tasks:
            task.cancel()

    def _next(self) -> None:
        if self._flying is not None or not self._queue:
            return
        command = self._queue.pop(0)
        self._flying = _Pending(command, asyncio.get_running_loop().time())
        task = asyncio.get_running_loop().create_task(self._fly(self._flying))
        self._tasks.add(task)
        task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._broken(error)

    async def _fly(self, pending: _Pending) -> None:
        try:
            answer = await self._link.post(pending.command)
        except EngineError:
            answer = None
        if self._flying is not pending:
            return
        self._flying = None
        if answer is not None:
            self._answered(pending.command, answer)
        self._next()
