"""Is an outcome a bug? By comparison with what quiescent runs can produce, and by the oracles."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

from ringview.explore.analyst import Analyst
from ringview.explore.findings import Analysis, Outcome
from ringview.explore.mask import mask_of
from ringview.explore.schedule import Schedule
from ringview.explore.steadiness import timed_mask

MOST_IMAGES = 64
"""Images of fetched values that one outcome is compared with."""

MOST_TIMED = 16
"""Of them, those that are run at other times too."""

Kind = Literal["quiescent", "mixed", "refused", "bug"]
"""An outcome that a run in frozen memory gives too: with memory as of one moment, or with the
values that the call fetched; that is an error and nothing else; or that is none of these."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One way the call can go, and what to think of it.

    Attributes:
        identity: equal for equal outcomes.
        outcome: what is observable.
        kind: see `Kind`.
        why: of a bug: what makes it one.
        schedule: the smallest schedule known that leads there.
        events: double fetches on that schedule.
        changed: those between which the bytes were changed.
        reads_back: fetches of what the call itself had written to the user.
        count: schedules that lead there.
    """

    identity: str
    outcome: Outcome
    kind: Kind
    why: tuple[str, ...]
    schedule: Schedule
    events: int
    changed: int
    reads_back: int
    count: int = 1

    @property
    def single_fetch(self) -> bool:
        """Each byte was fetched at most once, and nothing written was read back."""
        return not self.events and not self.reads_back

    def merged(self, other: Judgement) -> Judgement:
        """Both together: the smaller schedule, the sum of the counts."""
        first = min(self, other, key=lambda j: j.schedule.order)
        return replace(
            first,
            count=self.count + other.count,
            events=max(self.events, other.events),
            changed=max(self.changed, other.changed),
            reads_back=max(self.reads_back, other.reads_back),
        )


class Judge:
    """Judges the schedules of one target.

    Args:
        analyst: looks at single runs.
    """

    def __init__(self, analyst: Analyst) -> None:
        self.analyst = analyst
        self._quiescent: set[tuple[object, ...]] = set()

    def learn_quiescent(self, outcomes: Iterable[Outcome]) -> None:
        """The call ran undisturbed in memory as of one moment: whatever came out is no race's."""
        self._quiescent.update(outcome.observable for outcome in outcomes)

    def judge(self, analysis: Analysis) -> Judgement:
        """Say what one run is."""
        kind, why, outcome = self._kind(analysis)
        return Judgement(
            identity=identity_of(outcome),
            outcome=outcome,
            kind=kind,
            why=why,
            schedule=analysis.schedule,
            events=len(analysis.events),
            changed=sum(event.changed for event in analysis.events),
            reads_back=len(analysis.reads_back),
        )

    def _kind(self, analysis: Analysis) -> tuple[Kind, tuple[str, ...], Outcome]:
        """The kind, what makes it a bug, and the outcome as far as it was compared."""
        outcome = analysis.outcome
        if analysis.oracles:
            return "bug", tuple(f"{hit.oracle}: {hit.text}" for hit in analysis.oracles), outcome
        if outcome.observable in self._quiescent:
            return "quiescent", (), outcome
        if not analysis.schedule.steps and not analysis.disturbed:
            return "quiescent", (), outcome  # that is what the word means
        if outcome.is_refusal:
            return "refused", (), outcome
        compared = self._compare_mixed(analysis)
        if compared is not None:
            return "mixed", (), compared
        if outcome.end == "limit":
            enter = self.analyst.target.call.enter
            limit = self.analyst.runner.limit - enter
            return "bug", (f"the call does not return within {limit:,} instructions",), outcome
        return "bug", ("no run in frozen memory comes out like this",), outcome

    def _compare_mixed(self, analysis: Analysis) -> Outcome | None:
        """The outcome, if memory frozen with values that this very run fetched gives the same, as
        far as it was compared; None if it does not.
        """
        tried: list[tuple[dict[int, int], Outcome]] = []
        for image in self._images(analysis):
            frozen = self.analyst.quiescent(image)
            if frozen is None:
                # It sleeps, and the others run: nothing stays frozen until it is woken. Where it
                # fetched each byte once, it cannot tell that from memory that did.
                if not analysis.events and not analysis.reads_back:
                    return analysis.outcome
                continue
            if frozen.observable == analysis.outcome.observable:
                return analysis.outcome
            tried.append((image, frozen))
        # Undisturbed, these may be paths on which time shows that did not show before.
        for image, frozen in tried[:MOST_TIMED]:
            mask = timed_mask(self.analyst, image, frozen)
            if not analysis.events and not analysis.reads_back:
                # What fetched each byte once cannot differ by the user's memory.
                mask |= mask_of([frozen, analysis.outcome])
            blurred = mask.blur(analysis.outcome)
            if mask and blurred.observable == mask.blur(frozen).observable:
                return blurred
        return None

    def _images(self, analysis: Analysis) -> Iterator[dict[int, int]]:
        """Images of the values that a run fetched: where it fetched some twice, of either."""
        images = self.analyst.images
        values: dict[int, dict[int, int]] = {}
        for fetch in analysis.fetches:
            for i, value in enumerate(fetch.value.to_bytes(8, "little")[: fetch.size]):
                if fetch.pa + i in images.interesting:
                    values.setdefault(fetch.pa + i, {})[fetch.sequence] = value
        groups: dict[tuple[int, ...], list[int]] = {}
        for pa, by_fetch in values.items():
            groups.setdefault(tuple(by_fetch), []).append(pa)
        bases = [
            dict(zip(images.order, images.images[position], strict=True))
            for position in dict.fromkeys((analysis.schedule.start, self._last(analysis)))
        ]
        choices = [[(group, number) for number in group] for group in groups]
        tried = 0
        for base in bases:
            for chosen in product(*choices):
                tried += 1
                if tried > MOST_IMAGES:
                    return
                image = dict(base)
                for group, number in chosen:
                    image |= {pa: values[pa][number] for pa in groups[group]}
                yield image

    def _last(self, analysis: Analysis) -> int:
        """The latest position with an image of its own that the adversary has passed."""
        position = analysis.schedule.position
        return max(p for p in self.analyst.images.positions if p <= position)


def identity_of(outcome: Outcome) -> str:
    """A name for an outcome, the same in every process."""
    return hashlib.blake2b(repr(outcome).encode(), digest_size=6).hexdigest()
