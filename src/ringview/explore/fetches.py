"""What counts as a fetch of user memory, and as a double fetch: the same for search and screen."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np
from numpy.typing import NDArray

from ringview.explore.findings import Access, DoubleFetch
from ringview.guest.kernel import TASK_SIZE
from ringview.machine.trace import Access as Flag
from ringview.machine.trace import Records


def is_fetch(accesses: Records, pages: Collection[int]) -> NDArray[np.bool_]:
    """Which accesses are loads by PL1 from user memory, by its own address or by an alias.

    Args:
        accesses: of a trace.
        pages: physical addresses of the 4 KiB pages that user mode reaches.
    """
    flags = accesses["flags"]
    load = (flags & int(Flag.WRITE | Flag.PRIVILEGED | Flag.DEVICE)) == int(Flag.PRIVILEGED)
    user = ((flags & int(Flag.USER_PAGE)) != 0) & (accesses["va"] < TASK_SIZE)
    alias = np.isin(accesses["pa"] & ~np.uint32(0xFFF), np.array(sorted(pages), np.uint32))
    chosen: NDArray[np.bool_] = load & (user | alias)
    return chosen


def is_own_store(accesses: Records) -> NDArray[np.bool_]:
    """Which accesses are stores by PL1 to user addresses."""
    wanted = int(Flag.WRITE | Flag.PRIVILEGED | Flag.USER_PAGE)
    chosen: NDArray[np.bool_] = ((accesses["flags"] & wanted) == wanted) & (
        accesses["va"] < TASK_SIZE
    )
    return chosen


def double_fetches(
    fetches: Iterable[Access], own: Iterable[Access]
) -> tuple[tuple[DoubleFetch, ...], tuple[int, ...]]:
    """Double fetches by the definition, and fetches of what the call itself had written.

    Args:
        fetches: of one call, in order.
        own: the call's own stores to user memory, in order.

    Returns:
        The events, and the numbers of fetches that read back what the call wrote.
    """
    last: dict[int, tuple[int, int]] = {}
    mine: set[int] = set()
    back: list[int] = []
    pairs: dict[tuple[int, int], list[tuple[int, bool]]] = {}
    order = [(a.spot.icount, 0, a) for a in fetches] + [(a.spot.icount, 1, a) for a in own]
    for _, store, access in sorted(order, key=lambda item: item[:2]):
        data = access.value.to_bytes(8, "little")
        for i in range(access.size):
            # by physical address, and by virtual in a space of its own: an alias or a
            # mapping that was changed between the two defeats either alone
            for byte in {access.pa + i, (access.va + i) | 1 << 32}:
                if store:
                    last.pop(byte, None)
                    mine.add(byte)
                    continue
                if byte in mine:
                    back.append(access.sequence)
                if byte in last:
                    first, value = last[byte]
                    if first != access.sequence:
                        shared = pairs.setdefault((first, access.sequence), [])
                        shared.append((access.pa + i, value != data[i]))
                last[byte] = (access.sequence, data[i])
    events = tuple(
        DoubleFetch(
            first,
            second,
            min(pa for pa, _ in shared),
            len({pa for pa, _ in shared}),
            any(changed for _, changed in shared),
        )
        for (first, second), shared in sorted(pairs.items())
    )
    return events, tuple(sorted(set(back)))
