"""What is not compared of an outcome, since it comes out otherwise although only time differs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ringview.explore.findings import Outcome

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
