"""What comes out of a call otherwise although only time differs: that says nothing about a race.

A clock, a count of ticks, a random number: on one core every preemption moves the call in time, so
such values differ between a race and any undisturbed run. They are found by running the undisturbed
call with the board's clock moved on, before it and in the middle of it, and after the other thread
has had other turns; what differs is blurred in every outcome, and said not to have been compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ringview.explore.analyst import Analyst
from ringview.explore.findings import Outcome
from ringview.explore.mask import Mask, mask_of
from ringview.explore.schedule import Schedule

MICROSECONDS = 96
"""Ticks of the machine's clock."""
SHORT, LONG, LONGER = 10 * MICROSECONDS + 7, 52_000 * MICROSECONDS + 11, 2_100_000 * MICROSECONDS
"""How far the clock is moved on: past a few microseconds, some timer ticks, two seconds."""
DELAYS = (SHORT, LONG, LONGER, 9_700_000 * MICROSECONDS)
MOST_STARTS = 8
MOST_PLACES = 16


def measure(analyst: Analyst, plain: Mapping[int, Sequence[Outcome]]) -> Mask:
    """Find what depends on time in the undisturbed call, from each image that it may begin with.

    Args:
        analyst: its mask must be empty.
        plain: what came out undisturbed, by position of the adversary at the beginning.
    """
    starts = [start for start in analyst.images.starts() if plain.get(start)][:MOST_STARTS]
    mask = Mask()
    for start in starts:
        mask |= mask_of([*plain[start], *_quickly(analyst, start)])
    if mask:
        # something does: look closely
        for start in starts:
            mask |= mask_of([plain[start][0], *_closely(analyst, start)])
    return mask


def timed_mask(analyst: Analyst, image: dict[int, int], frozen: Outcome) -> Mask:
    """What depends on time in the undisturbed call, in memory frozen as one image.

    Args:
        analyst: runs it.
        image: bytes by physical address.
        frozen: what comes out undisturbed, and in time.
    """
    runs = [
        analyst.delayed(image, load, ticks) for load, ticks in ((0, SHORT), (1, SHORT), (1, LONGER))
    ]
    return mask_of([frozen, *(outcome for outcome in runs if outcome is not None)])


def _quickly(analyst: Analyst, start: int) -> Iterator[Outcome]:
    """The call a little later, much later, held up in the middle, and behind another turn."""
    yield from _delayed(analyst, start, ((0, SHORT),))
    middle = (analyst.runner.shared.loads + 1) // 2
    # behind a long one the guest may switch threads, and then it is no undisturbed call
    yield from _delayed(analyst, start, ((middle, SHORT), (middle, LONG), (0, LONGER)))
    images = analyst.images
    alike = [p for p in images.positions if images.images[p] == images.images[start]]
    if alike[-1] != start:
        board = analyst.analyse(Schedule("board", alike[-1]))
        if not board.disturbed:
            yield board.outcome


def _closely(analyst: Analyst, start: int) -> Iterator[Outcome]:
    yield from _delayed(analyst, start, ((0, SHORT),))
    loads = analyst.runner.shared.loads
    places = range(0, loads + 1, max(1, loads // MOST_PLACES))
    yield from _delayed(analyst, start, [(load, d) for load in places for d in DELAYS])


def _delayed(analyst: Analyst, start: int, delays: Iterable[tuple[int, int]]) -> Iterator[Outcome]:
    images = analyst.images
    image = images.stored(0, start)
    for load, ticks in delays:
        outcome = analyst.delayed(image, load, ticks)
        if outcome is not None:
            yield outcome
