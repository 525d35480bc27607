"""From places in words to positions in a run.

A `Resolver` says what happened in a run that has been recorded; what a place means is decided here,
once, for beats, schedules, the observed region and expectations alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, Protocol

from ringview.errors import ScenarioError
from ringview.scenario.check import matches
from ringview.scenario.model import Beat, Scenario
from ringview.scenario.places import (
    EndPlace,
    IcountPlace,
    LinePlace,
    Phase,
    Place,
    StartPlace,
    SymbolPlace,
    SyscallPlace,
    TransitionPlace,
    ordinal,
)
from ringview.scenario.record import HopFact, SyscallFact, TransitionFact


class Resolver(Protocol):
    """What can be asked of a run, as far as it is recorded. Answers are icounts, None for what has
    not happened (yet).
    """

    def known(self) -> int:
        """Return the furthest icount recorded."""
        ...

    def end(self) -> int | None:
        """Return the icount at which the run has ended."""
        ...

    def program_start(self) -> int | None:
        """Return where the program's first user instruction is about to execute."""
        ...

    def program_end(self) -> int | None:
        """Return the program's last moment in user mode."""
        ...

    def calls(self, name: str = "") -> Iterable[SyscallFact]:
        """Return the program's system calls in order; of one name, or all. Without their hops."""
        ...

    def hops(self, call: SyscallFact) -> Iterable[HopFact]:
        """Return the stages of a call's way."""
        ...

    def transitions(self) -> Iterable[TransitionFact]:
        """Return the changes of mode from the program's start on."""
        ...

    def executes(
        self, symbol: str, space: Literal["kernel", "program"], occurrence: int
    ) -> int | None:
        """Return where a symbol's instruction is about to execute for the n-th time (from 1),
        counted from the program's start on.

        Raises:
            LookupError: there is no such symbol.
        """
        ...

    def reaches_line(self, file: str, line: int | str, occurrence: int) -> int | None:
        """Return where a line's first instruction is about to execute for the n-th time, counted
        from the program's start on. The line is a number or a part of its text.

        Raises:
            LookupError: no code belongs to that line, or its text does not tell which it is.
        """
        ...


@dataclass(frozen=True, slots=True)
class PlacedBeat:
    """A beat and where in the run it is."""

    beat: Beat
    icount: int


def find(place: Place, run: Resolver) -> int | None:
    """Return the icount of a place, None if it has not occurred in what is recorded so far.

    Raises:
        ScenarioError: it never can: there is no such symbol or line.
    """
    try:
        return _resolve(place, run)
    except LookupError as error:
        raise place.where.error(str(error.args[0])) from None


def place_beats(scenario: Scenario, run: Resolver) -> list[PlacedBeat]:
    """Return every beat with its icount, in order.

    Raises:
        ScenarioError: a beat never occurs, or occurs before the one that is written above it.
    """
    placed: list[PlacedBeat] = []
    for beat in scenario.beats:
        icount = resolve(beat.at, run)
        if placed and icount < placed[-1].icount:
            above = placed[-1].beat.title
            raise beat.at.where.error(
                f"the beat {beat.title!r} happens before the one above it, {above!r}"
            )
        placed.append(PlacedBeat(beat, icount))
    return placed


def reached_beats(scenario: Scenario, run: Resolver) -> dict[int, int]:
    """Return the icounts, by number from 1, of the beats that occur, without the others: as many as
    can be had in the order in which they are written.
    """
    found: dict[int, int] = {}
    for number, beat in enumerate(scenario.beats, 1):
        try:
            icount = find(beat.at, run)
        except ScenarioError:  # no such symbol or line
            continue
        if icount is not None:
            found[number] = icount
    # The longest chain that ends with each of them.
    chains: dict[int, list[int]] = {}
    for number, icount in found.items():
        before = [chain for last, chain in chains.items() if found[last] <= icount]
        chains[number] = [*max(before, key=len, default=[]), number]
    return {number: found[number] for number in max(chains.values(), key=len, default=[])}


def resolve(place: Place, run: Resolver) -> int:
    """Return the icount of a place in a run that is recorded to its end.

    Raises:
        ScenarioError: it never occurs in this run, with the place's line and column.
    """
    icount = find(place, run)
    if icount is None:
        raise place.where.error(_never(place, run))
    return icount


def _resolve(place: Place, run: Resolver) -> int | None:
    match place:
        case SyscallPlace():
            return _syscall(place, run)
        case SymbolPlace():
            return run.executes(place.symbol, place.space, place.occurrence)
        case LinePlace():
            return run.reaches_line(place.file, place.line, place.occurrence)
        case IcountPlace():
            return place.icount if place.icount <= run.known() else None
        case TransitionPlace():
            kind = (place.cause, place.source, place.target)
            found = [t.icount for t in run.transitions() if matches(t, *kind)]
            return found[place.occurrence - 1] if len(found) >= place.occurrence else None
        case StartPlace():
            return run.program_start()
        case EndPlace(of="program"):
            return run.program_end()
        case EndPlace():
            return run.end()


def _syscall(place: SyscallPlace, run: Resolver) -> int | None:
    calls = list(run.calls(place.name))
    if len(calls) < place.occurrence:
        return None
    call = calls[place.occurrence - 1]
    if place.phase is Phase.ENTER:
        return call.enter - 1  # svc counts one, and is the next instruction here
    if place.phase is Phase.VECTOR:
        return call.enter
    if place.phase is Phase.EXIT:
        return call.exit if call.exit >= 0 else None
    return next((hop.icount for hop in run.hops(call) if hop.phase == place.phase.value), None)


def _never(place: Place, run: Resolver) -> str:
    if isinstance(place, SyscallPlace):
        names = [call.name for call in run.calls()]
        count = names.count(place.name)
        if count == 0:
            close = get_close_matches(place.name, set(names), n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            return f"the program never calls {place.name}{hint}"
        if count < place.occurrence:
            times = "once" if count == 1 else f"{count} times"
            nth = ordinal(place.occurrence)
            return f"there is no {nth} call of {place.name}: the program calls it {times}"
        return f"this call of {place.name} has no phase {place.phase.value}"
    if isinstance(place, StartPlace):
        return "the program never starts"
    if isinstance(place, IcountPlace):
        return f"the run ends at icount {run.known():,}, before icount {place.icount:,}"
    return f"this place never occurs in the run: the {place}"
