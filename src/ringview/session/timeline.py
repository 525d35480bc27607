"""All that is known of one run, in order of icount.

A mark of the timeline is an icount. Nothing here knows the machine: events come in with an icount
each, and are found again by icount. What a replay repeats is not taken twice.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, Protocol, TypeVar


class Timed(Protocol):
    """Anything with a moment."""

    @property
    def icount(self) -> int:
        """The first moment at which it holds: retired instructions since reset."""


EventT = TypeVar("EventT", bound=Timed)


class Diverged(AssertionError):
    """A replay did not repeat the run: a defect of machine or recorder, never the guest's."""


class Track(Generic[EventT]):
    """Events ordered by icount."""

    def __init__(self) -> None:
        self._items: list[EventT] = []
        self._icounts: list[int] = []

    def __len__(self) -> int:
        return len(self._items)

    @property
    def all(self) -> Sequence[EventT]:
        """All of them; not to be changed."""
        return self._items

    def append(self, event: EventT) -> None:
        """Add one that is not earlier than the last."""
        self._items.append(event)
        self._icounts.append(event.icount)

    def between(self, first: int | None = None, last: int | None = None) -> Sequence[EventT]:
        """Those from icount ``first`` to ``last``, both inclusive; None is no bound."""
        low = 0 if first is None else bisect_left(self._icounts, first)
        high = len(self._icounts) if last is None else bisect_right(self._icounts, last)
        return self._items[low:high]

    def at_or_before(self, icount: int) -> EventT | None:
        """The last that is not later."""
        index = bisect_right(self._icounts, icount)
        return self._items[index - 1] if index else None

    def before(self, icount: int) -> EventT | None:
        """The last that is earlier."""
        index = bisect_left(self._icounts, icount)
        return self._items[index - 1] if index else None

    def after(self, icount: int) -> EventT | None:
        """The first that is later."""
        index = bisect_right(self._icounts, icount)
        return self._items[index] if index < len(self._items) else None

    def count_to(self, icount: int) -> int:
        """How many are not later."""
        return bisect_right(self._icounts, icount)

    def truncate(self, count: int) -> None:
        """Keep the first ``count`` only."""
        del self._items[count:]
        del self._icounts[count:]


class Timeline(Generic[EventT]):
    """The events of one run, and where in them a replay is.

    Args:
        same: whether an event of a replay is the one that was recorded.

    Attributes:
        events: every event of the run.
        cursor: how many of them lie behind the machine's present position.
        version: grows whenever something recorded is forgotten, so that what was derived from it
            is derived anew.
    """

    def __init__(self, same: Callable[[EventT, EventT], bool]) -> None:
        self.events: Track[EventT] = Track()
        self.cursor = 0
        self.version = 0
        self._same = same

    def note(self, events: Iterable[EventT]) -> list[EventT]:
        """Take the events of a stretch just run; gives those that are new.

        Raises:
            Diverged: the stretch was run before, and these are not the events it had then.
        """
        new: list[EventT] = []
        known = self.events.all
        for event in events:
            if self.cursor < len(known):
                if not self._same(known[self.cursor], event):
                    raise Diverged(f"replay gave {event}, recorded was {known[self.cursor]}")
            else:
                self.events.append(event)
                new.append(event)
            self.cursor += 1
        return new

    def skip(self, count: int, icount: int) -> None:
        """Count the events of a stretch that was run before, up to an icount.

        Raises:
            Diverged: the recording has another number of them there.
        """
        self.cursor += count
        known = self.events.all
        if self.cursor > len(known) or (self.cursor and known[self.cursor - 1].icount > icount):
            raise Diverged(f"a replay to {icount:,} gave {count} events, more than were recorded")
        if self.cursor < len(known) and known[self.cursor].icount < icount:
            raise Diverged(f"a replay to {icount:,} gave {count} events, fewer than were recorded")

    def forget_future(self) -> None:
        """Drop all events that lie ahead of the present position."""
        self.events.truncate(self.cursor)
        self.version += 1
