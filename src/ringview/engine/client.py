"""The two clients of an engine: `Client` blocks (tests, scripts), `AsyncClient` is for the screen.

Both number the commands themselves: give any ``id`` to a command, it is replaced.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ringview.engine.launch import EngineHandle
from ringview.engine.protocol import (
    PROTOCOL_VERSION,
    AnyCommand,
    AnyMessage,
    Done,
    Failed,
    Fatal,
    FrameReady,
    Progress,
    Ready,
    Stage,
    StageChanged,
)
from ringview.engine.spec import ADDRESS_FILE
from ringview.engine.wire import MAX_MESSAGE, Splitter, pack, unpack_message
from ringview.errors import EngineError

if TYPE_CHECKING:
    from typing import Self

    from ringview.views.frame import Frame

POLL = 0.003  # seconds between looks for the address of an engine that is just starting
CHUNK = 1 << 18


def _address(directory: Path) -> dict[str, object] | None:
    try:
        found: dict[str, object] = json.loads((directory / ADDRESS_FILE).read_text())
    except (OSError, ValueError):
        return None
    return found


def _dial(address: dict[str, object]) -> socket.socket:
    """Connect by an address file's content; blocking, but a local connect returns at once."""
    if address["family"] == "unix":
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        target: object = address["path"]
    else:
        link = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        target = ("127.0.0.1", address["port"])
    try:
        link.connect(target)  # type: ignore[arg-type]
        if address["family"] == "tcp":
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            link.sendall(str(address["token"]).encode())
    except OSError:
        link.close()
        raise
    return link


class _Target:
    """Where an engine is, and what can be said when it is not there."""

    def __init__(self, engine: EngineHandle | Path) -> None:
        self.handle = engine if isinstance(engine, EngineHandle) else None
        self.directory = engine.directory if isinstance(engine, EngineHandle) else engine

    def try_dial(self) -> socket.socket | None:
        """A connection, or None if the engine is still on its way.

        Raises:
            EngineError: the engine has ended.
        """
        address = _address(self.directory)
        if address is not None:
            with contextlib.suppress(OSError):
                return _dial(address)
        if self.handle is not None and not self.handle.alive():
            raise EngineError(self.handle.last_words())
        return None

    def lost(self) -> EngineError:
        """The error for a connection that ended unasked."""
        if self.handle is not None:
            with contextlib.suppress(Exception):
                self.handle.process.wait(0.5)
            if not self.handle.alive():
                return EngineError(self.handle.last_words())
        return EngineError("the engine closed the connection")


def _check(ready: Ready) -> None:
    if ready.protocol != PROTOCOL_VERSION:
        raise EngineError(
            f"the engine speaks protocol {ready.protocol}, this client {PROTOCOL_VERSION}"
        )


class Client:
    """A blocking client.

    Args:
        engine: the handle of an engine this process started, or the directory of another's.
        timeout: seconds to wait for the connection and, by default, for each answer.

    Attributes:
        frame: the newest frame seen, or None.
        stage: the newest stage seen, or None.
        progress: the newest progress seen, or None.
    """

    def __init__(self, engine: EngineHandle | Path, timeout: float = 20.0) -> None:
        self.timeout = timeout
        self.frame: Frame | None = None
        self.stage: Stage | None = None
        self.progress: Progress | None = None
        self.ready: Ready | None = None
        self._target = _Target(engine)
        self._number = 0
        self._connect()

    def _connect(self) -> None:
        deadline = time.monotonic() + self.timeout
        self._bodies: deque[bytes] = deque()
        self._splitter = Splitter(MAX_MESSAGE)
        self._answers: dict[int, Done | Failed] = {}
        while (link := self._target.try_dial()) is None:
            if time.monotonic() > deadline:
                raise EngineError(f"the engine did not answer within {self.timeout:g} seconds")
            time.sleep(POLL)
        self._link = link

    def receive(self, timeout: float | None = None) -> AnyMessage:
        """The next message, whatever it is.

        Raises:
            EngineError: the engine is gone, or nothing came in time.
        """
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        while not self._bodies:
            self._link.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                data = self._link.recv(CHUNK)
            except TimeoutError:
                raise EngineError("the engine did not answer in time") from None
            except OSError:
                data = b""
            if not data:
                raise self._target.lost()
            self._bodies.extend(self._splitter.feed(data))
        message = unpack_message(self._bodies.popleft())
        if isinstance(message, FrameReady):
            self.frame = message.frame
        elif isinstance(message, StageChanged):
            self.stage = message.stage
        elif isinstance(message, Progress):
            self.progress = message
        elif isinstance(message, Ready):
            _check(message)
            self.ready = message
        elif isinstance(message, Done | Failed):
            self._answers[message.id] = message
        return message

    def post(self, command: AnyCommand) -> int:
        """Send a command and do not wait; gives the id its answer will carry."""
        self._number += 1
        try:
            self._link.settimeout(self.timeout)
            self._link.sendall(pack(msgspec.structs.replace(command, id=self._number)))
        except OSError:
            raise self._target.lost() from None
        return self._number

    def answer(self, number: int, timeout: float | None = None) -> Done | Failed:
        """Wait for the answer to a posted command.

        Raises:
            EngineError: the engine is gone, said `Fatal`, or nothing came in time.
        """
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        while number not in self._answers:
            message = self.receive(deadline - time.monotonic())
            if isinstance(message, Fatal):
                raise EngineError(message.text)
        return self._answers.pop(number)

    def send(self, command: AnyCommand, timeout: float | None = None) -> Done | Failed:
        """Send a command and wait for its answer; frames that come meanwhile end in `frame`."""
        return self.answer(self.post(command), timeout)

    def wait_frame(self, timeout: float | None = None) -> Frame:
        """The next frame.

        Raises:
            EngineError: the engine is gone, said `Fatal`, or nothing came in time.
        """
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        while True:
            message = self.receive(deadline - time.monotonic())
            if isinstance(message, FrameReady):
                return message.frame
            if isinstance(message, Fatal):
                raise EngineError(message.text)

    def respawn(self) -> None:
        """Start a successor of a dead engine and connect to it; only for an engine this process
        started.
        """
        if self._target.handle is None:
            raise EngineError("only the process that started an engine can start it again")
        self._link.close()
        self._target.handle.respawn()
        self._connect()

    def close(self) -> None:
        """Leave; the engine goes on for its other clients."""
        self._link.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncClient:
    """An asyncio client; make it with `connect`.

    ``async for message in client`` gives `Ready`, `FrameReady`, `StageChanged`, `Progress`,
    `Fatal`, and `Failed` with id 0 (what no command asked for); a frame, stage or progress that
    was not fetched yet is replaced by a newer one, so a slow reader always sees the newest. The
    iteration ends after `close` or `Fatal`, and raises `EngineError` when the engine dies;
    `respawn` then brings it back and the iteration can be taken up again.
    """

    def __init__(self, engine: EngineHandle | Path) -> None:
        self._target = _Target(engine)
        self._number = 0
        self._reset()

    def _reset(self) -> None:
        self._waiting: dict[int, asyncio.Future[Done | Failed]] = {}
        self._inbox: deque[AnyMessage] = deque()
        self._arrived = asyncio.Event()
        self._ended: EngineError | None = None
        self._over = False
        self._reader_task: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None

    @classmethod
    async def connect(cls, engine: EngineHandle | Path, timeout: float = 20.0) -> AsyncClient:
        """Wait for the engine to come up and connect to it.

        Args:
            engine: the handle of an engine this process started, or the directory of another's.
            timeout: seconds.

        Raises:
            EngineError: the engine ended, or did not come up in time.
        """
        client = cls(engine)
        await client._open(timeout)
        return client

    async def _open(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while (link := self._target.try_dial()) is None:
            if time.monotonic() > deadline:
                raise EngineError(f"the engine did not answer within {timeout:g} seconds")
            await asyncio.sleep(POLL)
        reader, self._writer = await asyncio.open_connection(sock=link)
        self._reader_task = asyncio.create_task(self._read(reader), name="engine reader")

    async def _read(self, reader: asyncio.StreamReader) -> None:
        splitter = Splitter(MAX_MESSAGE)
        try:
            while data := await reader.read(CHUNK):
                for body in splitter.feed(data):
                    self._take(unpack_message(body))
            self._fail(self._target.lost())
        except OSError:
            self._fail(self._target.lost())
        except EngineError as error:
            self._fail(error)

    def _take(self, message: AnyMessage) -> None:
        if isinstance(message, Done | Failed) and message.id:
            future = self._waiting.pop(message.id, None)
            if future is not None and not future.done():
                future.set_result(message)
            return
        if isinstance(message, Ready):
            _check(message)
        if isinstance(message, FrameReady | StageChanged | Progress):
            kind = type(message)
            for index, old in enumerate(self._inbox):
                if isinstance(old, kind):
                    self._inbox[index] = message
                    break
            else:
                self._inbox.append(message)
        else:
            self._inbox.append(message)
        if isinstance(message, Fatal):
            self._over = True
            self._fail(EngineError(message.text))
        self._arrived.set()

    def _fail(self, error: EngineError) -> None:
        self._ended = self._ended or error
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(error)
                # Whoever awaits it sees it; if nobody does, that is no event-loop error.
                future.exception()
        self._waiting.clear()
        self._arrived.set()

    def post(self, command: AnyCommand) -> asyncio.Future[Done | Failed]:
        """Send a command now; the future gives its answer, or raises `EngineError` if the engine
        dies first.
        """
        future: asyncio.Future[Done | Failed] = asyncio.get_running_loop().create_future()
        if self._ended is not None or self._writer is None:
            future.set_exception(self._ended or EngineError("the client is closed"))
            future.exception()
            return future
        self._number += 1
        self._waiting[self._number] = future
        self._writer.write(pack(msgspec.structs.replace(command, id=self._number)))
        return future

    async def send(self, command: AnyCommand) -> Done | Failed:
        """Send a command and wait for its answer.

        Raises:
            EngineError: the engine is gone.
        """
        return await self.post(command)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> AnyMessage:
        while not self._inbox:
            if self._over:
                raise StopAsyncIteration
            if self._ended is not None:
                raise self._ended
            self._arrived.clear()
            await self._arrived.wait()
        return self._inbox.popleft()

    @property
    def dead(self) -> bool:
        """Whether the connection is gone; `respawn` may help."""
        return self._ended is not None

    async def respawn(self, timeout: float = 20.0) -> None:
        """Start a successor of a dead engine, which repeats the journal and returns to the last
        position, and connect to it.

        Raises:
            EngineError: this client did not start the engine, or the successor does not come up.
        """
        if self._target.handle is None:
            raise EngineError("only the process that started an engine can start it again")
        await self._hang_up()
        self._reset()
        self._target.handle.respawn()
        await self._open(timeout)

    async def _hang_up(self) -> None:
        if self._reader_task is not None:
            self._reader_task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader_task
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()
            self._writer = None

    async def close(self) -> None:
        """Leave; the engine goes on for its other clients. The iteration ends."""
        self._over = True
        self._fail(EngineError("the client is closed"))
        await self._hang_up()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
