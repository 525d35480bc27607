"""Saved states of the machine along a run, from which any moment is reached again.

Knows nothing of what a state is, save its size.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

StateT = TypeVar("StateT")


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
    cost more than the bound, every second one of the older half is dropped, never the very first.

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
            self._thin()

    def drop_from(self, icount: int) -> None:
        """Forget all checkpoints at or after a moment."""
        index = bisect_left(self._icounts, icount)
        for items in (self._items, self._icounts, self._costs):
            del items[index:]

    def _weigh(self, index: int) -> None:
        if index < len(self._items):
            before = self._items[index - 1].state if index else None
            self._costs[index] = self._cost(before, self._items[index].state)

    def _thin(self) -> None:
        # Where the run was walked long ago a coarser grain will do: a jump there costs more replay.
        half = max(4, len(self._items) // 2)
        kept = [item for i, item in enumerate(self._items[:half]) if i % 2 == 0]
        self._items[:half] = kept
        self._icounts = [item.icount for item in self._items]
        self._costs[:half] = [0] * len(kept)
        for index in range(min(len(kept) + 1, len(self._items))):
            self._weigh(index)
