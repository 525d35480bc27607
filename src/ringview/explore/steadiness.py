"""What comes out of a call otherwise although only time differs: that says nothing about a race.

A clock, a count of ticks, a random number: on one core every preemption moves the call in time, so
such values differ between a race and any undisturbed run. They are found by running the undisturbed
call with the board's clock moved on, before it and in the middle of it, and after the other thread
has had other turns; what differs is blurred in every outcome, and said not to have been compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ringview.explore.findings import Outcome
from ringview.explore.schedule import Schedule

if TYPE_CHECKING:
    from ringview.explore.analyst import Analyst

MICROSECONDS = 96
"""Ticks of the machine's clock."""
SHORT, LONG, LONGER = 10 * MICROSECONDS + 7, 52_000 * MICROSECONDS + 11, 2_100_000 * MICROSECONDS
"""How far the clock is moved on: past a few microseconds, some timer ticks, two seconds."""
DELAYS = (SHORT, LONG, LONGER, 9_700_000 * MICROSECONDS)
MOST_STARTS = 8
MOST_PLACES = 16

WORD = 4
_NUMBER = re.compile(r"(?<![A-Za-z_])(?:0x)?(?:\d[0-9A-Fa-f]*|[0-9A-Fa-f]{2,}(?!\w))")
_HOLE = "#"


@dataclass(frozen=True, slots=True)
class Mask:
    """What is not compared.

    Attributes:
        words: virtual addresses of words that the call writes to the user.
        numbers: figures in lines of log or console: the line without its figures, and which.
        result: the call's result, unless it is an error.
    """

    words: frozenset[int] = frozenset()
    numbers: frozenset[tuple[str, int]] = frozenset()
    result: bool = False

    def __bool__(self) -> bool:
        return bool(self.words or self.numbers or self.result)

    def __or__(self, other: Mask) -> Mask:
        return Mask(
            self.words | other.words, self.numbers | other.numbers, self.result or other.result
        )

    def blur(self, outcome: Outcome) -> Outcome:
        """The outcome with holes where it is not compared."""
        if not self:
            return outcome
        told: set[str] = set(outcome.varying)
        result = outcome.result
        if self.result and result is not None and not _is_error(result):
            result = None
            told.add("the result")
        return replace(
            outcome,
            result=result,
            written=tuple(self._words(va, data, told) for va, data in outcome.written),
            log=tuple(self._line(line, told) for line in outcome.log),
            console="\n".join(self._line(line, told) for line in outcome.console.split("\n")),
            varying=tuple(sorted(told)),
        )

    def _words(self, va: int, data: str, told: set[str]) -> tuple[int, str]:
        digits = list(data)
        for i in range(0, len(data), 2):
            word = (va + i // 2) & ~(WORD - 1)
            if word in self.words:
                digits[i : i + 2] = "??"
                told.add(f"the word at {word:#010x}")
        return va, "".join(digits)

    def _line(self, line: str, told: set[str]) -> str:
        skeleton = _NUMBER.sub(_HOLE, line)
        holes = {number for text, number in self.numbers if text == skeleton}
        if not holes:
            return line
        count = iter(range(len(line)))
        blurred = _NUMBER.sub(lambda m: _HOLE if next(count) in holes else m[0], line)
        told.add(f"figures in “{blurred}”")
        return blurred


def _is_error(result: int) -> bool:
    return -4095 <= result < 0


def mask_of(outcomes: Sequence[Outcome]) -> Mask:
    """What differs between outcomes that should be equal, where they are alike in shape."""
    mask = Mask()
    for other in outcomes[1:]:
        mask |= _difference(outcomes[0], other)
    return mask


def _difference(one: Outcome, other: Outcome) -> Mask:
    if one.end != other.end:
        return Mask()
    results = (one.result, other.result)
    varies = one.result != other.result and not any(r is None or _is_error(r) for r in results)
    words: set[int] = set()
    for (va, data), (va2, data2) in zip(one.written, other.written, strict=False):
        if va == va2 and len(data) == len(data2):
            words |= {
                (va + i // 2) & ~(WORD - 1)
                for i in range(0, len(data), 2)
                if data[i : i + 2] != data2[i : i + 2]
            }
    numbers: set[tuple[str, int]] = set()
    for lines, lines2 in (
        (one.log, other.log),
        (one.console.split("\n"), other.console.split("\n")),
    ):
        for line, line2 in zip(lines, lines2, strict=False):
            skeleton = _NUMBER.sub(_HOLE, line)
            if line != line2 and skeleton == _NUMBER.sub(_HOLE, line2):
                pairs = zip(_NUMBER.findall(line), _NUMBER.findall(line2), strict=True)
                numbers |= {(skeleton, n) for n, (a, b) in enumerate(pairs) if a != b}
    return Mask(frozenset(words), frozenset(numbers), varies)


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
