"""What a run has added to the kernel log, as far as it takes to tell runs apart, and quickly."""

from __future__ import annotations

import zlib

from ringview.errors import RingviewError
from ringview.guest.image import Image
from ringview.machine.machine import Machine

HEADER = 16
"""Bytes of ``struct printk_log``: the time (8), length of the record (2), of its text (2), ..."""


class NewLog:
    """The records behind those that there were at the root.

    Args:
        machine: standing at the root; it may move from then on.
        kernel: vmlinux. One without a log of that kind has no new records.
    """

    def __init__(self, machine: Machine, kernel: Image) -> None:
        self._machine = machine
        buffer = kernel.symbols.extent("__log_buf")
        index = kernel.symbols.address_of("log_next_idx")
        self._buffer = None if buffer is None else self._physical(buffer.start)
        self._size = 0 if buffer is None else len(buffer)
        self._index = None if index is None else self._physical(index)
        self._first = self._next()

    def _physical(self, va: int) -> int | None:
        try:
            return self._machine.walk(va).pa
        except RingviewError:
            return None

    def _next(self) -> int:
        if self._buffer is None or self._index is None:
            return 0
        return int.from_bytes(self._machine.read_physical(self._index, 4), "little")

    def fingerprint(self) -> int:
        """A hash of the new records' texts, times left out; 0 for none."""
        following = self._next()
        if following == self._first or self._buffer is None:
            return 0
        read = self._machine.read_physical
        index, found = self._first, 1
        for _ in range(self._size // HEADER):
            if index == following or index + HEADER > self._size:
                break
            header = read(self._buffer + index, HEADER)
            length = int.from_bytes(header[8:10], "little")
            if not length:
                if not index:
                    break
                index = 0
                continue
            size = min(int.from_bytes(header[10:12], "little"), self._size - index - HEADER)
            found = zlib.crc32(read(self._buffer + index + HEADER, size), found)
            index += length
        return found
