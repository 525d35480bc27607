"""Predict, then reveal: what was chosen at the lecture's questions, and how well.

The first choice counts. A question whose answer was asked for first can no longer be scored.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ringview.views.frame import BeatView, Narration


def question_here(narration: Narration) -> BeatView | None:
    """The beat of this stop, if it asks something that can be chosen."""
    beat = next((beat for beat in narration.beats if beat.here), None)
    return beat if beat is not None and beat.question and beat.choices else None


@dataclass(slots=True)
class Quiz:
    """The answers of one sitting.

    Attributes:
        chosen: by a beat's ordinal, the choice that was made, counted from 0.
        looked_up: ordinals of the beats whose answer was shown without a choice.
    """

    chosen: dict[int, int] = field(default_factory=dict)
    looked_up: set[int] = field(default_factory=set)

    def is_open(self, beat: BeatView) -> bool:
        """Whether a choice at this beat would still count."""
        return beat.ordinal not in self.chosen and beat.ordinal not in self.looked_up

    def choose(self, beat: BeatView, number: int) -> bool:
        """Take a choice, counted from 1; False if there is none of that number, or it is too
        late.
        """
        if not (self.is_open(beat) and 1 <= number <= len(beat.choices)):
            return False
        self.chosen[beat.ordinal] = number - 1
        return True

    def look_up(self, beat: BeatView) -> None:
        """The answer was asked for."""
        if self.is_open(beat):
            self.looked_up.add(beat.ordinal)

    def score(self, beats: tuple[BeatView, ...]) -> str:
        """How many were right, as ``1 of 2``, out of those answered; empty before the first."""
        answered = [beat for beat in beats if beat.ordinal in self.chosen]
        right = sum(beat.choices[self.chosen[beat.ordinal]] == beat.answer for beat in answered)
        return f"{right} of {len(answered)}" if answered else ""
