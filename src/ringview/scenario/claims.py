"""Whether what is said at a beat is true of the machine there: its conditions, evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ringview.scenario.check import Result
from ringview.scenario.model import Claim, Scenario, Watch
from ringview.scenario.resolve import PlacedBeat
from ringview.scenario.run import SessionRun
from ringview.scenario.variables import NotHere, read_watch, select
from ringview.session.condition import Condition, Unreadable
from ringview.session.moment import Moment


def check_claims(
    scenario: Scenario, run: SessionRun, beats: Sequence[PlacedBeat]
) -> Iterable[Result]:
    """Give one result for each beat that claims something; moves the session.

    Raises:
        ScenarioError: a condition names what neither kernel nor program has.
    """
    moments = _Moments(scenario, run, {n: beat.icount for n, beat in enumerate(beats, 1)})
    for number, placed in enumerate(beats, 1):
        claims = placed.beat.holds
        if not claims:
            continue
        for claim in claims:
            moments.must_know(claim, number)
        broken = [c for c in claims if not c.condition.holds(moments.at(number))]
        text = f"beat {number}, {placed.beat.title}: {', '.join(str(c.condition) for c in claims)}"
        if not broken:
            yield Result(True, text, "it is so", claims[0].where.line)
        for claim in broken:
            detail = f"not {claim.condition}: {moments.values(claim.condition, number)}"
            yield Result(False, text, detail, claim.where.line)


def broken_claims(
    scenario: Scenario, run: SessionRun, places: Mapping[int, int], number: int
) -> list[tuple[Claim, str]]:
    """What one beat claims and is not so, each with the values there; moves the session.

    Args:
        scenario: whose beat.
        run: of it, perhaps on another kernel than it was written for: what that one does not have
            makes a condition not hold.
        places: icounts of the beats that come in it, by number.
        number: which beat, from 1.
    """
    moments = _Moments(scenario, run, places)
    here = moments.at(number)
    claims = scenario.beats[number - 1].holds
    broken = [claim for claim in claims if not claim.condition.holds(here)]
    return [(claim, moments.values(claim.condition, number)) for claim in broken]


class _Moments:
    """The run's beats as moments at which conditions can be asked for values."""

    def __init__(self, scenario: Scenario, run: SessionRun, places: Mapping[int, int]) -> None:
        self._watches = {watch.name: watch for watch in scenario.watch}
        self._run = run
        self._places = places

    def at(self, beat: int) -> _AtBeat:
        """The moment of a beat, from 1."""
        return _AtBeat(self, beat)

    def stand(self, beat: int) -> Moment:
        """Go there."""
        session = self._run.session
        if beat not in self._places:
            raise Unreadable
        if session.icount != self._places[beat]:
            session.goto(self._places[beat])
        return Moment(session.machine, session.code, self._find)

    def _find(self, words: str) -> tuple[int, int] | None:
        """Where a variable in words is, and its size in bytes; None if it is no variable here."""
        head = re.split(r"[.\[]", words, maxsplit=1)[0]
        own = Watch(head, "", "user", head), Watch(head, "", "kernel", head)
        for watch in (self._watches[head],) if head in self._watches else own:
            try:
                value = select(read_watch(watch, self._run.stop()), words)
            except NotHere:
                continue
            return value.address, value.size
        return None

    def must_know(self, claim: Claim, beat: int) -> None:
        """See that each name means something at the beat, or at the one that it names itself."""
        moment = self.at(beat)
        for name, _ in claim.condition.names:
            try:
                moment.address(name)
            except Unreadable:
                # a variable in a register has a value but no address; of other beats: not looked at
                elsewhen = re.search(rf"{re.escape(name)}@|[\])]@", claim.condition.text)
                if elsewhen is None and not self._has_value(moment, name):
                    why = f"{name} is nothing that has a value at this beat"
                    raise claim.where.error(f"in the condition {claim.condition}, {why}") from None

    def _has_value(self, moment: _AtBeat, name: str) -> bool:
        try:
            moment.content(name)
        except Unreadable:
            return False
        return True

    def values(self, condition: Condition, beat: int) -> str:
        """What the condition's registers and names are there, in words."""
        moment = self.at(beat)
        said = [f"{name} is {moment.register(name):#x}" for name in sorted(condition.registers)]
        for name in dict.fromkeys(name for name, _ in condition.names):
            try:
                said.append(f"{name} is {moment.content(name):#x}")
            except Unreadable:
                said.append(f"{name} has no value")
        return ", ".join(said)


class _AtBeat:
    """The values at a beat; goes back there for each, since another may have been asked about."""

    def __init__(self, moments: _Moments, beat: int) -> None:
        self._moments = moments
        self._beat = beat

    def register(self, name: str) -> int:
        return self._moments.stand(self._beat).register(name)

    def address(self, name: str) -> int:
        return self._moments.stand(self._beat).address(name)

    def content(self, name: str) -> int:
        return self._moments.stand(self._beat).content(name)

    def memory(self, va: int, size: int) -> int:
        return self._moments.stand(self._beat).memory(va, size)

    def permits(self, permission: str, va: int) -> bool:
        return self._moments.stand(self._beat).permits(permission, va)

    def at_beat(self, beat: int) -> _AtBeat:
        return self._moments.at(beat)
