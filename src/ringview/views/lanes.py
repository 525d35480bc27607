"""Who had the processor: the run as stretches of one thread in one mode, summed up over any window.

Every stretch belongs to one lane of (kernel stack, mode, privilege). A lane knows the sum of its
stretches up to any moment by one binary search, so a picture of the whole run costs what one of a
hundred instructions costs, and every share is exact however many stretches a column holds.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ringview.views.frame import Privilege, TimeLane
from ringview.views.words import address

FULL = 255
"""A column that is filled by one lane alone."""

MODES = ("USR", "SVC", "IRQ", "FIQ", "ABT", "UND", "SYS")
"""Modes in the order in which their lanes stand."""

Moments = NDArray[np.int64]


class _Lane:
    """The stretches of one thread in one mode."""

    __slots__ = ("before", "starts", "stops")

    def __init__(self) -> None:
        self.starts = array("q")
        self.stops = array("q")
        self.before = array("q")  # instructions in all stretches before each

    def add(self, start: int, stop: int) -> None:
        if self.stops and self.stops[-1] == start:
            self.stops[-1] = stop
            return
        done = self.before[-1] + self.stops[-1] - self.starts[-1] if self.stops else 0
        self.starts.append(start)
        self.stops.append(stop)
        self.before.append(done)

    def up_to(self, moments: Moments) -> Moments:
        """Instructions spent here before each of some moments."""
        if not self.starts:
            return np.zeros(len(moments), np.int64)
        starts = np.frombuffer(self.starts, np.int64)
        stops = np.frombuffer(self.stops, np.int64)
        before = np.frombuffer(self.before, np.int64)
        index = np.searchsorted(starts, moments, "right") - 1
        at = np.maximum(index, 0)
        spent: Moments = before[at] + np.minimum(moments, stops[at]) - starts[at]
        return np.where(index >= 0, spent, 0)


@dataclass(frozen=True, slots=True)
class _Tenant:
    """Who has a kernel stack from one moment to another."""

    start: int
    stop: int
    pid: int
    comm: str


class Lanes:
    """All lanes of a run; filled as it is recorded."""

    def __init__(self) -> None:
        self._lanes: dict[tuple[int, str, Privilege], _Lane] = {}
        self._arrivals: dict[int, array[int]] = {}
        self._callers: dict[int, list[tuple[int, int, int, str]]] = {}
        self._last_thread = 0
        self.names: dict[int, str] = {}
        """Of owners that made no system call, by their kernel stacks."""
        self._open: tuple[int, int, str, Privilege] | None = None

    def add(self, start: int, stop: int, thread: int, mode: str, privilege: Privilege) -> None:
        """Take the next stretch.

        Args:
            start: its first icount.
            stop: the first icount that is no longer in it.
            thread: base of the thread's kernel stack; 0 where it is not known.
            mode: the processor mode.
            privilege: whose it is.
        """
        if stop <= start:
            return
        lane = self._lanes.get((thread, mode, privilege))
        if lane is None:
            lane = self._lanes[thread, mode, privilege] = _Lane()
        lane.add(start, stop)
        if thread != self._last_thread:
            self._arrivals.setdefault(thread, array("q")).append(start)
            self._last_thread = thread

    def leave_open(self, start: int, thread: int, mode: str, privilege: Privilege) -> None:
        """The latest stretch, whose end is not known yet."""
        self._open = start, thread, mode, privilege

    def clear(self) -> None:
        """Forget all stretches."""
        self._lanes.clear()
        self._arrivals.clear()
        self._last_thread = 0
        self._open = None

    # ----------------------------------------------------------------------------- who they are

    def strangers(self) -> list[int]:
        """Kernel stacks whose owner has made no system call."""
        return [t for t in self._arrivals if t and t not in self._callers]

    def forget_callers(self) -> None:
        """Begin to learn anew whose the kernel stacks are."""
        self._callers.clear()

    def note_caller(self, thread: int, icount: int, pid: int, comm: str) -> None:
        """A thread was seen with a kernel stack at a moment, later than all before."""
        seen = self._callers.setdefault(thread, [])
        if seen and seen[-1][2] == pid:
            first = seen[-1][0]
            seen[-1] = (first, icount, pid, comm)
        else:
            seen.append((icount, icount, pid, comm))

    def _tenants(self, thread: int) -> list[_Tenant]:
        """Who had a kernel stack, one after the other.

        A stack passes to another thread at the first time it is switched to after its old owner
        was seen for the last time.
        """
        seen = self._callers.get(thread, [])
        arrivals = self._arrivals.get(thread, array("q"))
        tenants, start = [], 0
        for index, (_, last, pid, comm) in enumerate(seen):
            following = seen[index + 1] if index + 1 < len(seen) else None
            stop = 1 << 62
            if following is not None:
                after = bisect_right(arrivals, last)
                stop = arrivals[after] if after < len(arrivals) else following[0]
                stop = min(stop, following[0])
            tenants.append(_Tenant(start, stop, pid, comm))
            start = stop
        return tenants

    # ------------------------------------------------------------------------------- pictures

    def picture(self, first: int, last: int, columns: int, *, threads: bool) -> list[TimeLane]:
        """The lanes of a window, each as shares of its columns.

        Args:
            first: the window's first icount.
            last: its end, exclusive.
            columns: into how many it is divided; column i begins at first + (last - first) * i //
                columns.
            threads: give the threads' lanes besides those of the modes.
        """
        edges = first + (last - first) * np.arange(columns + 1, dtype=np.int64) // columns
        widths = np.maximum(1, np.diff(edges))
        spent = {key: self._spent(key, edges) for key in self._keys()}
        spent = {key: sums for key, sums in spent.items() if sums[-1] > sums[0]}
        lanes = [lane for mode in MODES if (lane := self._mode(mode, spent, widths)) is not None]
        if threads:
            found: list[TimeLane] = []
            for thread in dict.fromkeys(key[0] for key in spent):
                found += self._thread(thread, edges, widths)
            lanes += sorted(found, key=lambda lane: (lane.number < 0, lane.number))
        return lanes

    def _keys(self) -> list[tuple[int, str, Privilege]]:
        keys = dict.fromkeys(self._lanes)
        if self._open is not None:
            keys[self._open[1:]] = None
        return list(keys)

    def _spent(self, key: tuple[int, str, Privilege], moments: Moments) -> Moments:
        """Instructions spent in a lane before each of some moments."""
        lane = self._lanes.get(key)
        spent = np.zeros(len(moments), np.int64) if lane is None else lane.up_to(moments)
        if self._open is not None and self._open[1:] == key:
            spent = spent + np.maximum(moments - self._open[0], 0)
        return spent

    @staticmethod
    def _mode(
        mode: str, spent: dict[tuple[int, str, Privilege], Moments], widths: Moments
    ) -> TimeLane | None:
        own = {key: sums for key, sums in spent.items() if key[1] == mode}
        if not own:
            return None
        parts = {p: np.zeros(len(widths), np.int64) for p in Privilege}
        for (_, _, privilege), sums in own.items():
            parts[privilege] += np.diff(sums)
        return _lane("mode", mode, -1, parts, widths)

    def _thread(self, thread: int, edges: Moments, widths: Moments) -> list[TimeLane]:
        found: list[TimeLane] = []
        keys = [key for key in self._keys() if key[0] == thread]
        unknown = self.names.get(thread) or (f"stack {address(thread)}" if thread else "not known")
        for tenant in self._tenants(thread) or [_Tenant(0, 1 << 62, -1, unknown)]:
            clipped = np.clip(edges, tenant.start, tenant.stop)
            parts = {p: np.zeros(len(widths), np.int64) for p in Privilege}
            for key in keys:
                parts[key[2]] += np.diff(self._spent(key, clipped))
            if any(part.any() for part in parts.values()):
                found.append(_lane("thread", tenant.comm, tenant.pid, parts, widths))
        return found


def _lane(
    kind: str, name: str, number: int, parts: dict[Privilege, Moments], widths: Moments
) -> TimeLane:
    total = int(sum(part.sum() for part in parts.values()))
    shares = {p: _shares(part, widths) for p, part in parts.items()}
    return TimeLane(
        kind,
        name,
        number,
        total,
        shares[Privilege.USER],
        shares[Privilege.KERNEL],
        shares[Privilege.ABORT],
    )


def _shares(part: Moments, widths: Moments) -> bytes:
    """Each column's share, 0 to `FULL`; what is there at all is at least 1. Empty for none."""
    if not part.any():
        return b""
    return (-(-part * FULL // widths)).clip(0, FULL).astype(np.uint8).tobytes()
