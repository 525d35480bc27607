"""Serve one lecture until it is over: the room, and whoever keeps its engine alive."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Callable, Coroutine
from typing import Any

from aiohttp import web

from ringview.engine.client import AsyncClient
from ringview.engine.follow import LECTURE_OVER, Follower
from ringview.engine.launch import EngineHandle
from ringview.engine.protocol import Attach, Fatal, FrameReady, Look
from ringview.errors import EngineError
from ringview.tui.link import messages
from ringview.views.frame import ViewRequest
from ringview.web.room import Plan, Room

VIEW = ViewRequest(code_rows=1, source_lines=1, stack_slots=1, memory_rows=1, log_rows=1)
"""The keeper looks at nothing."""


class Keeper(AsyncClient):
    """Looks after the engine that this process has started, and moves nothing."""

    async def _open(self, timeout: float) -> None:
        await super()._open(timeout)
        self.post(Attach(0))
        self.post(Look(0, VIEW))


async def keep(keeper: AsyncClient, ready: asyncio.Event) -> None:
    """Bring the engine back whenever it dies.

    Args:
        keeper: a client; its `respawn` starts the successor, or waits for another's.
        ready: set when the first frame has come.

    Raises:
        EngineError: it cannot be brought back, or the scenario cannot be run: its sentence.
    """
    async for message in messages(keeper):
        if isinstance(message, FrameReady):
            ready.set()
        elif isinstance(message, Fatal):
            raise EngineError(message.text)


async def serve_room(
    plan: Plan,
    engine: EngineHandle | None,
    listener: socket.socket,
    announce: Callable[[Room], None],
) -> None:
    """Serve until the lecturer leaves, the lecture ends, or a signal comes.

    Args:
        plan: what the room is to be like.
        engine: the engine, if this process has started it.
        listener: a bound socket.
        announce: told when the first page can be opened.

    Raises:
        EngineError: the scenario cannot be run, or the engine cannot be brought back.
    """
    for name in ("aiohttp", "asyncio", "textual-serve"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    room = Room(plan)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, room.over.set)
    keeper: AsyncClient
    if engine is not None:
        keeper = await Keeper.connect(engine)
    else:
        keeper = await Follower.connect(plan.directory)
    ready = asyncio.Event()
    keeping = asyncio.create_task(keep(keeper, ready))
    over = asyncio.create_task(room.over.wait())
    runner = web.AppRunner(room.app(), access_log=None, shutdown_timeout=1.0)
    try:
        await _first(ready.wait(), over, keeping)
        if ready.is_set():
            await runner.setup()
            await web.SockSite(runner, listener).start()
            announce(room)
            await _first(over, keeping)
    except EngineError as error:
        if str(error) != LECTURE_OVER:
            raise
    finally:
        await _tidy(room, keeper, engine, runner, [keeping, over])


async def _first(*waits: asyncio.Task[Any] | Coroutine[Any, Any, Any]) -> None:
    """Wait for the first of several; raises what it raised."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


async def _tidy(
    room: Room,
    keeper: AsyncClient,
    engine: EngineHandle | None,
    runner: web.AppRunner,
    tasks: list[asyncio.Task[Any]],
) -> None:
    """End everything: first the engine, so that every screen can say so, then the screens."""
    room.over.set()
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, EngineError):
            await task
    with contextlib.suppress(EngineError):
        await keeper.close()
    await room.clear()
    await runner.cleanup()
    if engine is not None:
        await asyncio.to_thread(engine.close)
