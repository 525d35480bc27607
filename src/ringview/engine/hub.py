"""The engine's sockets: accept clients, cut their bytes into commands, never wait for any of them.

Invariant: nothing here knows what a command means, and no write ever blocks. A client that reads
slowly gets fewer frames; one that sends rubbish, or never reads its answers, is dropped and the
others notice nothing.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import secrets
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import cast

from ringview.engine.protocol import (
    PROTOCOL_VERSION,
    AnyCommand,
    AnyMessage,
    Failed,
    Progress,
    Ready,
)
from ringview.engine.spec import ADDRESS_FILE, SOCKET_FILE
from ringview.engine.wire import MAX_COMMAND, Splitter, pack, unpack_command
from ringview.errors import EngineError
from ringview.views.frame import ViewRequest

CHUNK = 1 << 16
MAX_BACKLOG = 4 << 20
"""Bytes of answers that a client may leave unread before it is dropped."""

TOKEN_LENGTH = 64


class Peer:
    """One client as the engine sees it.

    Attributes:
        view: what it wants to see.
        serial: frames sent to it so far.
        stale: a newer frame than it has is to be had.
        with_frame: answers that follow the next frame.
        read_only: it only looks, and is no reason for the engine to stay.
    """

    def __init__(self, link: socket.socket, token: bytes) -> None:
        self.link = link
        self.view = ViewRequest()
        self.serial = 0
        self.stale = False
        self.with_frame: list[AnyMessage] = []
        self.read_only = False
        self._expected_token = token
        self._token = b""
        self._splitter = Splitter(MAX_COMMAND)
        self._sending = memoryview(b"")
        self._answers: deque[bytes] = deque()
        self._backlog = 0
        self._progress: bytes | None = None

    @property
    def trusted(self) -> bool:
        """Whether it has shown the token, where one is asked for."""
        return not self._expected_token

    @property
    def idle(self) -> bool:
        """Whether nothing is left to send, so that a frame would leave at once."""
        return not self._sending and not self._answers and self._progress is None

    def queue(self, message: AnyMessage) -> None:
        """Send a message when the socket takes it; only the newest progress is kept.

        Raises:
            EngineError: the client has let too much pile up.
        """
        data = pack(message)
        if isinstance(message, Progress):
            self._progress = data
            return
        self._backlog += len(data)
        if self._backlog > MAX_BACKLOG:
            raise EngineError("a client does not read its answers")
        self._answers.append(data)

    def push(self, data: bytes) -> None:
        """Send a packed frame before everything that is queued; call only when nothing is half
        sent.
        """
        assert not self._sending
        self._sending = memoryview(data)

    @property
    def between(self) -> bool:
        """Whether no message is half sent, so that a frame may be put in front."""
        return not self._sending

    def flush(self) -> bool:
        """Send what the socket takes now; True if all is gone.

        Raises:
            OSError: the client is gone.
        """
        while True:
            if not self._sending:
                if self._answers:
                    data = self._answers.popleft()
                    self._backlog -= len(data)
                elif self._progress is not None:
                    data, self._progress = self._progress, None
                else:
                    return True
                self._sending = memoryview(data)
            try:
                sent = self.link.send(self._sending)
            except (BlockingIOError, InterruptedError):
                return False
            self._sending = self._sending[sent:]

    def receive(self) -> list[AnyCommand] | None:
        """The commands that have arrived, or None when the client has left.

        Raises:
            EngineError: what arrived is no command, or the token is wrong.
        """
        try:
            data = self.link.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            return []
        except OSError:
            return None
        if not data:
            return None
        if self._expected_token:
            need = TOKEN_LENGTH - len(self._token)
            self._token, data = self._token + data[:need], data[need:]
            if len(self._token) < TOKEN_LENGTH:
                return []
            if not hmac.compare_digest(self._token, self._expected_token):
                raise EngineError("a client without the token")
            self._expected_token = b""
        return [unpack_command(body) for body in self._splitter.feed(data)]


class Hub:
    """All sockets of one engine.

    Args:
        directory: the private directory for socket and address.

    Attributes:
        peers: the clients that are connected.
        parent_gone: whether the parent's end was seen.
        accepted: clients that ever came.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.peers: list[Peer] = []
        self.parent_gone = False
        self.accepted = 0
        self._selector = selectors.DefaultSelector()
        self._token = b""
        self._listener = self._listen()
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ, None)
        self._parent = -1

    def watch_parent(self, parent: int) -> None:
        """Take the end of a file descriptor (the pipe of standard input) as the parent's end."""
        self._parent = parent
        try:
            os.set_blocking(parent, False)
            self._selector.register(parent, selectors.EVENT_READ, "parent")
        except (OSError, ValueError):
            # A plain file has no end worth waiting for: the parent wants no engine that outlives
            # it.
            self.parent_gone = True

    def wake_by(self, descriptor: int) -> None:
        """Let `poll` return when a file descriptor becomes readable, too."""
        self._selector.register(descriptor, selectors.EVENT_READ, "waker")

    def forget(self, descriptor: int) -> None:
        """Let a file descriptor wake `poll` no longer."""
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(descriptor)

    def _listen(self) -> socket.socket:
        address: dict[str, object] = {"pid": os.getpid()}
        path = self.directory / SOCKET_FILE
        listener = self._listen_unix(path)
        if listener is not None:
            address |= {"family": "unix", "path": str(path)}
        else:
            listener = socket.create_server(("127.0.0.1", 0))
            self._token = secrets.token_hex(TOKEN_LENGTH // 2).encode()
            port = listener.getsockname()[1]
            address |= {"family": "tcp", "port": port, "token": self._token.decode()}
        draft = self.directory / f"{ADDRESS_FILE}.new"
        draft.touch(0o600)
        draft.write_text(json.dumps(address))
        draft.replace(self.directory / ADDRESS_FILE)
        return listener

    @staticmethod
    def _listen_unix(path: Path) -> socket.socket | None:
        """A listening AF_UNIX socket, or None where there is none or the path is too long."""
        if not hasattr(socket, "AF_UNIX"):
            return None
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listener.bind(str(path))
            listener.listen(16)
        except OSError:
            listener.close()
            return None
        return listener

    @property
    def deserted(self) -> bool:
        """Whether nobody is left to work for."""
        return self.parent_gone and all(peer.read_only for peer in self.peers)

    def poll(self, timeout: float | None) -> list[tuple[Peer, AnyCommand]]:
        """Wait at most ``timeout`` seconds (None: for ever) for sockets, and give the commands that
        came.
        """
        commands: list[tuple[Peer, AnyCommand]] = []
        for key, mask in self._selector.select(timeout):
            if key.data is None:
                self._accept()
            elif key.data == "parent":
                self._hear_parent()
            elif key.data == "waker":
                continue
            else:
                peer = cast(Peer, key.data)
                if mask & selectors.EVENT_READ:
                    commands += self._read(peer)
                if mask & selectors.EVENT_WRITE and peer in self.peers:
                    self.flush(peer)
        return commands

    def _accept(self) -> None:
        try:
            link, _ = self._listener.accept()
        except OSError:
            return
        link.setblocking(False)
        with contextlib.suppress(OSError):
            link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        if link.family == socket.AF_INET:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = Peer(link, self._token)
        self._selector.register(link, selectors.EVENT_READ, peer)
        if peer.trusted:
            self._greet(peer)

    def _greet(self, peer: Peer) -> None:
        peer.stale = True
        self.accepted += 1
        self.peers.append(peer)
        self.tell(peer, Ready(protocol=PROTOCOL_VERSION, pid=os.getpid()))

    def _hear_parent(self) -> None:
        try:
            data = os.read(self._parent, CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.parent_gone = True
            self._selector.unregister(self._parent)

    def _read(self, peer: Peer) -> list[tuple[Peer, AnyCommand]]:
        known = peer.trusted
        try:
            commands = peer.receive()
        except EngineError as error:
            with contextlib.suppress(OSError, EngineError):
                peer.queue(Failed(id=0, text=str(error)))
                peer.flush()
            commands = None
        if commands is None:
            self.drop(peer)
            return []
        if peer.trusted and not known:
            self._greet(peer)
        return [(peer, command) for command in commands]

    def drop(self, peer: Peer) -> None:
        """Forget a client."""
        if peer in self.peers:
            self.peers.remove(peer)
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(peer.link)
        peer.link.close()

    def tell(self, peer: Peer, message: AnyMessage) -> None:
        """Send a message to one client, now or as soon as it takes it."""
        if peer not in self.peers:
            return
        try:
            peer.queue(message)
        except EngineError:
            self.drop(peer)
            return
        self.flush(peer)

    def tell_all(self, message: AnyMessage) -> None:
        """Send a message to every client."""
        for peer in list(self.peers):
            self.tell(peer, message)

    def flush(self, peer: Peer) -> None:
        """Send what a client takes now, and watch its socket if something is left."""
        try:
            done = peer.flush()
        except OSError:
            self.drop(peer)
            return
        wanted = selectors.EVENT_READ | (0 if done else selectors.EVENT_WRITE)
        self._selector.modify(peer.link, wanted, peer)

    def mark_stale(self) -> None:
        """No client has the newest frame."""
        for peer in self.peers:
            peer.stale = True

    def send_frames(self, make: Callable[[Peer], bytes]) -> None:
        """Give every client that can take one, and has not the newest, a frame.

        Args:
            make: builds and packs the frame of one client.
        """
        for peer in list(self.peers):
            if peer.stale and peer.between:
                peer.stale = False
                peer.push(make(peer))
                self.flush(peer)
                answers, peer.with_frame = peer.with_frame, []
                for answer in answers:
                    self.tell(peer, answer)

    def drain(self, seconds: float) -> None:
        """Before the end: give clients that long to take what is queued for them."""
        deadline = time.monotonic() + seconds
        while any(not peer.idle for peer in self.peers) and time.monotonic() < deadline:
            self.poll(0.05)

    def close(self) -> None:
        """Close all sockets and remove the address."""
        for peer in list(self.peers):
            self.drop(peer)
        self._selector.close()
        self._listener.close()
        (self.directory / ADDRESS_FILE).unlink(missing_ok=True)
        (self.directory / SOCKET_FILE).unlink(missing_ok=True)
