"""Source lines of executed instructions, many at once.

A line boundary is an instruction that belongs to another source line than the last instruction
before it that belonged to any; stepping by lines, either way, goes from boundary to boundary.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ringview.guest.records import ROW_END, DebugData

Ids = NDArray[np.int64]

_LINE_BITS = 24
_FILES_PER_IMAGE = 1 << 16


class LineMap:
    """Line numbers by address, as one number per (file, line), 0 where there is none.

    Args:
        images: the line tables of images that do not overlap, such as kernel and program.
    """

    def __init__(self, images: Iterable[DebugData]) -> None:
        self._files: list[tuple[str, ...]] = []
        addresses: list[NDArray[np.uint32]] = []
        ids: list[Ids] = []
        for number, data in enumerate(images):
            self._files.append(data.files)
            addresses.append(np.frombuffer(data.row_addresses, np.uint32))
            ids.append(_row_ids(data, number))
        order = sorted(
            (i for i in range(len(ids)) if len(ids[i])), key=lambda i: int(addresses[i][0])
        )
        self._addresses = np.concatenate([addresses[i] for i in order] or [np.zeros(0, np.uint32)])
        self._ids = np.concatenate([ids[i] for i in order] or [np.zeros(0, np.int64)])

    def ids(self, pcs: NDArray[np.uint32]) -> Ids:
        """The line of each program counter (virtual address), as a number."""
        if not len(self._addresses):
            return np.zeros(len(pcs), np.int64)
        index = np.searchsorted(self._addresses, pcs, side="right").astype(np.int64) - 1
        return np.where(index >= 0, self._ids[np.maximum(index, 0)], 0)

    def id_at(self, pc: int) -> int:
        """The line of one program counter, as a number."""
        return int(self.ids(np.array([pc], np.uint32))[0])

    def name(self, number: int) -> tuple[str, int]:
        """File and line of a number."""
        if number == 0:
            return "", 0
        image, file = divmod((number >> _LINE_BITS) - 1, _FILES_PER_IMAGE)
        return self._files[image][file], number & ((1 << _LINE_BITS) - 1)


def _row_ids(data: DebugData, image: int) -> Ids:
    lines = np.frombuffer(data.row_lines, np.uint32).astype(np.int64)
    files = np.frombuffer(data.row_files, np.uint16).astype(np.int64)
    flags = np.frombuffer(data.row_flags, np.uint8)
    numbers = ((files + 1 + image * _FILES_PER_IMAGE) << _LINE_BITS) | lines
    return np.where((lines == 0) | ((flags & ROW_END) != 0), 0, numbers)


def boundaries(ids: Ids, before: int) -> NDArray[np.int64]:
    """Indexes at which another line begins.

    Args:
        ids: the line of each instruction, 0 where it has none.
        before: the last line known before the first of them, 0 if none is known.
    """
    known = np.flatnonzero(ids)
    if not len(known):
        return known
    lines = ids[known]
    previous = np.concatenate((np.array([before], np.int64), lines[:-1]))
    found: NDArray[np.int64] = known[lines != previous]
    return found
