"""Messages as bytes: a big-endian u32 length, then that many bytes of msgpack."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from ringview.engine.protocol import AnyCommand, AnyMessage
from ringview.errors import EngineError

LENGTH = struct.Struct(">I")

MAX_COMMAND = 1 << 20
"""Longest command in bytes; the longest sensible one is a page of console input."""

MAX_MESSAGE = 1 << 26
"""Longest message in bytes; a frame is some hundred kilobytes."""

_encoder = msgspec.msgpack.Encoder()
_decoders: dict[str, msgspec.msgpack.Decoder[object]] = {}


def pack(message: AnyCommand | AnyMessage) -> bytes:
    """One message with its length in front."""
    body = _encoder.encode(message)
    return LENGTH.pack(len(body)) + body


def _decoder(name: str, kind: object) -> msgspec.msgpack.Decoder[object]:
    found = _decoders.get(name)
    if found is None:
        found = msgspec.msgpack.Decoder(kind)
        _decoders[name] = found
    return found


def unpack_command(body: bytes) -> AnyCommand:
    """Decode one command.

    Raises:
        EngineError: the bytes are not a command.
    """
    try:
        return _decoder("command", AnyCommand).decode(body)  # type: ignore[return-value]
    except (msgspec.DecodeError, RecursionError) as error:
        raise EngineError(f"a client sent what is no command: {error}") from error


def unpack_message(body: bytes) -> AnyMessage:
    """Decode one message of the engine.

    Raises:
        EngineError: the bytes are not a message.
    """
    try:
        return _decoder("message", AnyMessage).decode(body)  # type: ignore[return-value]
    except (msgspec.DecodeError, RecursionError) as error:
        raise EngineError(f"the engine sent what is no message: {error}") from error


class Splitter:
    """Cuts a stream of bytes into message bodies.

    Args:
        limit: longest body that is believed, in bytes.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take bytes as they arrive and give the bodies that are complete.

        Raises:
            EngineError: a length is larger than the limit; the stream cannot be read on.
        """
        buffer = self._buffer
        buffer += data
        start = 0
        while len(buffer) - start >= LENGTH.size:
            (length,) = LENGTH.unpack_from(buffer, start)
            if length > self._limit:
                raise EngineError(f"a message of {length} bytes is longer than any can be")
            stop = start + LENGTH.size + length
            if len(buffer) < stop:
                break
            yield bytes(memoryview(buffer)[start + LENGTH.size : stop])
            start = stop
        del buffer[:start]
