"""A lab's story as it is true of the student's kernel: beats whose words are not are retold.

The words of a scenario are of the finished handler. What they say of the machine stands beside them
in conditions (`Beat.holds`), and those are asked here of the kernel that runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ringview.lab.diagnosis import Diagnosis
from ringview.lab.recipe import Recipe
from ringview.scenario.claims import broken_claims
from ringview.scenario.model import Beat, Scenario, Watch
from ringview.scenario.places import Phase, SyscallPlace
from ringview.scenario.run import SessionRun

_BEFORE_TABLE = (Phase.ENTER, Phase.VECTOR, Phase.ENTRY)


class Retelling:
    """Tells a lab's beats.

    Args:
        recipe: the lab's.
        scenario: its story.
        run: of it; looked into, and left where it stands.
        reason: why the call does not reach its handler; None if it does.
    """

    def __init__(
        self, recipe: Recipe, scenario: Scenario, run: SessionRun, reason: Diagnosis | None
    ) -> None:
        self._scenario = scenario
        self._run = run
        self._reason = reason
        within = (
            number
            for number, beat in enumerate(scenario.beats, 1)
            if isinstance(beat.at, SyscallPlace)
            and beat.at.name == recipe.name
            and beat.at.phase not in _BEFORE_TABLE
        )
        self._first_within = next(within, len(scenario.beats) + 1)

    def beat(self, number: int, places: Mapping[int, int]) -> Beat:
        """A beat with words that are true where it is.

        Args:
            number: of the beat, from 1.
            places: icounts of the beats that are known, by number; this one's among them.
        """
        beat = self._scenario.beats[number - 1]
        if self._reason is not None and number >= self._first_within:
            step, why = self._reason.step, self._reason.why
            say = f"The story here is of a kernel that has the call. In yours, {why}"
            say += f". That is step {step} of the recipe." if step else "."
            return replace(beat, title=f"{beat.title}: not yet", say=say, ask=None, holds=())
        session = self._run.session
        with session.aside(session.icount):
            broken = broken_claims(self._scenario, self._run, places, number)
        if not broken:
            return beat
        claim, values = broken[0]
        say = (
            f"The story here is of another handler than yours. It has {claim.condition}, and in "
            f"yours {values}. That need not be wrong: “ringview lab” says what your call gives."
        )
        return replace(beat, title=f"{beat.title}: otherwise here", say=say, ask=None, holds=())


class LabStory:
    """What frames need of a lab's scenario, its present beat told as it is true.

    Args:
        scenario: as it is written.
        retelling: of it.
        run: what it is told of.
    """

    def __init__(self, scenario: Scenario, retelling: Retelling, run: SessionRun) -> None:
        self._scenario = scenario
        self._retelling = retelling
        self._run = run
        self._told: dict[int, Beat] = {}
        self._version = -1

    @property
    def title(self) -> str:
        """What the header calls the run."""
        return self._scenario.title

    @property
    def watch(self) -> Sequence[Watch]:
        """Values to show."""
        return self._scenario.watch

    @property
    def beats(self) -> Sequence[Beat]:
        """The beats; those at which the session has stood are told as they are true."""
        session = self._run.session
        places = dict(enumerate(session.beats(), 1))
        if session.recorder.timeline.version != self._version:  # another future
            self._version = session.recorder.timeline.version
            self._told.clear()
        now = max((n for n, icount in places.items() if icount <= session.icount), default=0)
        if now and now not in self._told:
            if session.busy:
                # A glimpse of a run under way: no words are better than untrue ones.
                silent = replace(self._scenario.beats[now - 1], say="", ask=None)
                return self._with({now: silent})
            self._told[now] = self._retelling.beat(now, places)
        return self._with({})

    def _with(self, more: Mapping[int, Beat]) -> tuple[Beat, ...]:
        told = {**self._told, **more}
        return tuple(told.get(n, beat) for n, beat in enumerate(self._scenario.beats, 1))
