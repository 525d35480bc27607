"""Saved states of the machine along a run, from which any moment is reached again.

Knows nothing of what a state is, save its size.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

StateT = TypeVar("StateT")

FINEST = 1 / 256
"""The first share of its age that a gap between checkpoints may have."""


@dataclass(frozen=True, slots=True)
class Checkpoint(Generic[StateT]):
    """One saved state.

    Attributes:
        icount: the moment it is of, inputs of that moment included.
        events: how many events of the run lie at or before it.
        state: the machine's.
    """

    icount: int
    events: int
    state: StateT


class CheckpointStore(Generic[StateT]):
    """Checkpoints by icount, within a bound of memory.

    States share pages, so a state's cost is what it adds to the one before it. When all together
    cost more than the bound, some are dropped: gaps may grow in proportion to how long ago they
    are, and to how far they are from where the run is walked now, so that their number grows with
    the logarithm of the run's length. The very first and the latest are never dropped.

    Args:
        cost: bytes that a state takes beside the one before it (None: the first).
        bound: bytes all may take.
    """

    def __init__(self, cost: Callable[[StateT | None, StateT], int], bound: int) -> None:
        self._cost = cost
        self._bound = bound
        self._items: list[Checkpoint[StateT]] = []
        self._icounts: list[int] = []
        self._costs: list[int] = []

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, icount: object) -> bool:
        if not isinstance(icount, int):
            return False
        index = bisect_left(self._icounts, icount)
        return index < len(self._icounts) and self._icounts[index] == icount

    @property
    def icounts(self) -> tuple[int, ...]:
        """When the checkpoints are."""
        return tuple(self._icounts)

    def bytes_used(self) -> int:
        """Memory that all states take together, in bytes."""
        return sum(self._costs)

    def at_or_before(self, icount: int) -> Checkpoint[StateT] | None:
        """The latest checkpoint that is not later than a moment."""
        index = bisect_right(self._icounts, icount)
        return self._items[index - 1] if index else None

    def add(self, checkpoint: Checkpoint[StateT]) -> None:
        """Keep a checkpoint, replacing one of the same moment; others may have to go for it."""
        index = bisect_left(self._icounts, checkpoint.icount)
        if index < len(self._icounts) and self._icounts[index] == checkpoint.icount:
            self._items[index] = checkpoint
        else:
            self._items.insert(index, checkpoint)
            self._icounts.insert(index, checkpoint.icount)
            self._costs.insert(index, 0)
        self._weigh(index)
        self._weigh(index + 1)
        if self.bytes_used() > self._bound:
            self._thin(checkpoint.icount)

    def drop_from(self, icount: int) -> None:
        """Forget all checkpoints at or after a moment."""
        index = bisect_left(self._icounts, icount)
        for items in (self._items, self._icounts, self._costs):
            del items[index:]

    def _weigh(self, index: int) -> None:
        if index < len(self._items):
            before = self._items[index - 1].state if index else None
            self._costs[index] = self._cost(before, self._items[index].state)

    def _thin(self, here: int) -> None:
        """Drop checkpoints, ever coarser with age, until a fifth of the bound is free.

        Args:
            here: where the run is walked now.
        """
        share = FINEST
        while self.bytes_used() > self._bound * 4 // 5 and len(self._items) > 3:
            self._keep(self._sparse(here, share))
            share *= 2

    def _sparse(self, here: int, share: float) -> list[int]:
        """Indexes of checkpoints to keep: no two neighbours closer than a share of their age."""
        latest = self._icounts[-1]
        kept = [len(self._icounts) - 1]
        for index in range(len(self._icounts) - 2, 0, -1):
            icount, before = self._icounts[index], self._icounts[index - 1]
            age = min(latest - icount, abs(here - icount))
            # Dropping it leaves a gap from the one before it to the one kept after it.
            if self._icounts[kept[-1]] - before > share * age:
                kept.append(index)
        return [0, *reversed(kept)]

    def _keep(self, indexes: list[int]) -> None:
        changed = [i for i, index in enumerate(indexes) if i and indexes[i - 1] != index - 1]
        self._items = [self._items[index] for index in indexes]
        self._icounts = [self._icounts[index] for index in indexes]
        self._costs = [self._costs[index] for index in indexes]
        for position in changed:
            self._weigh(position)
