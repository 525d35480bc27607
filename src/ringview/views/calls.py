"""The system calls of a run as views want them, each put into words only when somebody looks at it.

A run may have a million calls and a screen shows a few dozen: whoever looks for one by its moment
uses the functions here, which touch the records alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import overload

from ringview.session.syscalls import SyscallRecord
from ringview.views.inputs import Call

KEPT = 2048
"""Calls in words that are kept: more than one frame shows."""

BACK = 256
"""Calls of other threads that are passed over in search of one that was entered earlier."""


class CallBook(Sequence[Call]):
    """All calls of a run, by ``enter``.

    Args:
        records: what is recorded of them; may grow, and a record may be replaced by one that knows
            more.
        tell: puts a record into words.
        name: gives a call's name by its number, "" if it has none.
    """

    def __init__(
        self,
        records: Sequence[SyscallRecord],
        tell: Callable[[SyscallRecord], Call],
        name: Callable[[int], str | None],
    ) -> None:
        self.records = records
        self._tell = tell
        self._name = name
        self._told: dict[int, tuple[SyscallRecord, Call]] = {}

    def __len__(self) -> int:
        return len(self.records)

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> list[Call]: ...
    def __getitem__(self, index: int | slice) -> Call | list[Call]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self.records)))]
        record = self.records[index]
        known = self._told.get(record.ordinal)
        if known is not None and known[0] is record:
            return known[1]
        call = self._tell(record)
        if record.exit is not None:
            # One in flight may be told otherwise once its memory has changed.
            if len(self._told) >= KEPT:
                self._told.clear()
            self._told[record.ordinal] = record, call
        return call

    def as_of(self, index: int, icount: int) -> Call:
        """A call as far as it has come by a moment: what it gives back then is not known yet."""
        record = self.records[index]
        if record.exit is None or record.exit <= icount:
            return self[index]
        return self._tell(replace(record, exit=None, ret=None))

    def name_of(self, index: int) -> str:
        """A call's name alone."""
        record = self.records[index]
        return record.name or self._name(record.nr) or f"syscall_{record.nr}"


def timed(calls: Sequence[Call]) -> Sequence[Call] | Sequence[SyscallRecord]:
    """The same calls with no more than their numbers and moments."""
    return calls.records if isinstance(calls, CallBook) else calls


def as_of(calls: Sequence[Call], index: int, icount: int) -> Call:
    """A call as far as it has come by a moment."""
    return calls.as_of(index, icount) if isinstance(calls, CallBook) else calls[index]


def entered_by(calls: Sequence[Call], icount: int) -> int:
    """How many calls were entered at or before a moment."""
    return bisect_right(timed(calls), icount, key=lambda call: call.enter)


def entered_before(calls: Sequence[Call], icount: int) -> int:
    """How many calls were entered before a moment."""
    return bisect_left(timed(calls), icount, key=lambda call: call.enter)


def name_of(calls: Sequence[Call], index: int) -> str:
    """A call's name, without the rest being put into words."""
    return calls.name_of(index) if isinstance(calls, CallBook) else calls[index].name


def call_at(calls: Sequence[Call], icount: int) -> Call | None:
    """The call that is entered or left at exactly a moment."""
    moments = timed(calls)
    stop = entered_by(calls, icount)
    for index in range(stop - 1, max(stop - 1 - BACK, -1), -1):
        if icount in (moments[index].enter, moments[index].exit):
            return calls[index]
    return None
