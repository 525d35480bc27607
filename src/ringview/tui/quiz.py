"""Predict, then reveal: what was chosen at the lecture's questions, and how well.

The first choice counts. A question whose answer was asked for first can no longer be scored.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from ringview.views.frame import BeatView, Narration


def question_here(narration: Narration) -> BeatView | None:
    """The beat of this stop, if it asks something that can be chosen."""
    beat = next((beat for beat in narration.beats if beat.here), None)
    return beat if beat is not None and beat.question and beat.choices else None


class Quiz(msgspec.Struct, frozen=True):
    """The answers of one sitting.

    Attributes:
        chosen: by a beat's ordinal, the choice that was made, counted from 0.
        looked_up: ordinals of the beats whose answer was shown without a choice.
    """

    chosen: Mapping[int, int] = {}
    looked_up: frozenset[int] = frozenset()

    def is_open(self, beat: BeatView) -> bool:
        """Whether a choice at this beat would still count."""
        return beat.ordinal not in self.chosen and beat.ordinal not in self.looked_up

    def choose(self, beat: BeatView, number: int) -> Quiz:
        """With a choice, counted from 1; the same if there is none of that number, or it is too
        late.
        """
        if not (self.is_open(beat) and 1 <= number <= len(beat.choices)):
            return self
        return replace(self, chosen={**self.chosen, beat.ordinal: number - 1})

    def look_up(self, beats: frozenset[int]) -> Quiz:
        """The answers of these beats are shown: where nothing was chosen it is too late."""
        return replace(self, looked_up=self.looked_up | (beats - self.chosen.keys()))

    def score(self, beats: tuple[BeatView, ...]) -> str:
        """How many were right, as ``1 of 2``, out of those answered; empty before the first."""
        answered = [beat for beat in beats if beat.ordinal in self.chosen]
        right = sum(beat.choices[self.chosen[beat.ordinal]] == beat.answer for beat in answered)
        return f"{right} of {len(answered)}" if answered else ""
