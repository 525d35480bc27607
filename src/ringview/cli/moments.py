"""What is told of a run and in which order; `plain` and `story` each say it in their own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ringview.scenario.record import HopFact, RunRecord, SyscallFact, TransitionFact
from ringview.scenario.resolve import PlacedBeat

HOPS = {
    "vector": "the vector",
    "entry": "the entry code",
    "table": "the table",
    "handler": "the handler",
    "return": "the way back",
}
"""A stage of a system call's way in words, where it is not called by the name of a function."""


@dataclass(frozen=True, slots=True)
class Beat:
    """A lecturer stops here.

    Attributes:
        beat: with what is said.
        number: counted from 1.
    """

    beat: PlacedBeat
    number: int


@dataclass(frozen=True, slots=True)
class Start:
    """The program's first instruction is next."""

    icount: int


@dataclass(frozen=True, slots=True)
class Change:
    """The mode changes.

    Attributes:
        fact: how.
        begins: the system call that begins by it, or None.
        ends: the one that ends by it, or None.
    """

    fact: TransitionFact
    begins: SyscallFact | None
    ends: SyscallFact | None


@dataclass(frozen=True, slots=True)
class Hop:
    """A system call comes to another stage of its way."""

    fact: HopFact


@dataclass(frozen=True, slots=True)
class End:
    """The run ends, or is left."""

    icount: int
    text: str


Moment = Beat | Start | Change | Hop | End


def moments(record: RunRecord, beats: Sequence[PlacedBeat] = ()) -> list[Moment]:
    """All that is told of a run, in order; of one icount, in the order of `Moment`."""
    order = (Beat, Start, Change, Hop, End)
    found = sorted(_moments(record, beats), key=lambda each: (each[0], order.index(type(each[1]))))
    return [moment for _, moment in found]


def _moments(record: RunRecord, beats: Sequence[PlacedBeat]) -> Iterator[tuple[int, Moment]]:
    begins = {call.enter: call for call in record.syscalls}
    ends = {call.exit: call for call in record.syscalls if call.exit >= 0}
    for number, beat in enumerate(beats, 1):
        yield beat.icount, Beat(beat, number)
    if record.start >= 0:
        yield record.start, Start(record.start)
    for fact in record.transitions:
        if fact.icount != record.start:
            at = fact.icount
            yield at, Change(fact, begins.get(at), ends.get(at))
    for call in record.syscalls:
        for hop in call.hops:
            if hop.phase not in ("enter", "exit"):
                yield hop.icount, Hop(hop)
    yield record.icount, End(record.icount, record.halt_text)
