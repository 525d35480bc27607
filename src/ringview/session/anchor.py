"""The same place in another build: where a run stood, in terms that survive a changed source.

Addresses and instruction counts do not. What does: the beat, the call of that name, the function
and the line, and for how many-th time it was reached since that call began or ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from ringview.errors import InputError
from ringview.session.places import STRIDE
from ringview.session.session import Session
from ringview.session.stops import Reason
from ringview.session.traces import pcs

REACH = 1 << 20
"""Instructions since the last call's beginning or end within which executions are counted."""

Sources = Callable[[str], Sequence[str]]
"""Gives a source file's lines by its DWARF name; empty if it is not at hand."""


@dataclass(frozen=True, slots=True)
class Spot:
    """An instruction of a build.

    Attributes:
        symbol: the function's name, "" if none covers it.
        offset: bytes from the function's first instruction.
        length: bytes of the function; another length means that it was changed.
        file: its source file's DWARF name, "" if unknown.
        line: its line there, from 1.
        text: the file's lines when this was noted.
    """

    symbol: str = ""
    offset: int = 0
    length: int = 0
    file: str = ""
    line: int = 0
    text: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Anchor:
    """A moment of a run.

    Attributes:
        icount: of the moment.
        beat: ordinal of the scenario's beat that is exactly here, from 1; 0 if none.
        call: name of the system call that began or ended last, "" if none has.
        occurrence: which call of that name it is, from 1.
        ended: whether that call has ended by now.
        spot: the next instruction.
        times: how many times it was reached since the call began or ended (or the program
            started), this time included; 0 if that is too long ago to be counted.
    """

    icount: int
    beat: int
    call: str
    occurrence: int
    ended: bool
    spot: Spot
    times: int


def spot_of(session: Session, va: int, sources: Sources) -> Spot:
    """An instruction in terms that another build understands.

    Args:
        session: runs the build.
        va: the instruction's virtual address.
        sources: the build's own sources, even if they have changed on disk since.
    """
    found, line = session.code.locate(va), session.code.line(va)
    return Spot(
        symbol="" if found is None else found.symbol.name,
        offset=0 if found is None else found.offset,
        length=len(session.code.function(va)),
        file="" if line is None else line.file,
        line=0 if line is None else line.number,
        text=() if line is None else tuple(sources(line.file)),
    )


def take_anchor(session: Session, sources: Sources) -> Anchor:
    """Note where a session stands."""
    now = session.icount
    beats = list(session.beats())
    origin, call, occurrence, ended = session.first_user or 0, "", 0, False
    counts: dict[str, int] = {}
    for record in session.syscalls():
        counts[record.name] = counts.get(record.name, 0) + 1
        for moment, over in ((record.enter, False), (record.exit, True)):
            if moment is not None and origin <= moment <= now:
                origin, call, occurrence, ended = moment, record.name, counts[record.name], over
    pc = session.state().raw.pc
    times = 0
    if 0 <= now - origin <= REACH:
        times = 1 + int(np.count_nonzero(pcs(session.window(origin, now)) == pc))
    return Anchor(
        icount=now,
        beat=beats.index(now) + 1 if now in beats else 0,
        call=call,
        occurrence=occurrence,
        ended=ended,
        spot=spot_of(session, pc, sources),
        times=times,
    )


def find_spot(session: Session, spot: Spot, sources: Sources) -> int | None:
    """The virtual address of the same instruction in a session's build, None if it is gone."""
    if spot.symbol:
        try:
            start = session.code.addresses(spot.symbol)[0]
        except InputError:
            start = None
        if start is not None and len(session.code.function(start)) == spot.length:
            return start + spot.offset
    if not spot.file or not spot.line:
        return None
    line = moved_line(spot.text, sources(spot.file), spot.line)
    try:
        return session.code.addresses(f"{spot.file}:{line}")[0]
    except InputError:
        return None


def moved_line(before: Sequence[str], after: Sequence[str], line: int) -> int:
    """The number that a line has after an edit, or where it would be if it is gone, from 1."""
    index = line - 1
    for _, first, last, new_first, new_last in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        if first <= index < last:
            return min(new_first + index - first, max(new_first, new_last - 1)) + 1
    return line


def return_to_anchor(session: Session, anchor: Anchor, sources: Sources) -> str:
    """Go to the same place in another build's run, or as near as it comes.

    Args:
        session: stands at its program's start, or at the end of a boot that failed.
        anchor: where the other session stood.
        sources: the new build's sources.

    Returns:
        What to tell the user: where the session stands now, relative to the anchor.
    """
    if session.first_user is None or session.finished:
        return "it did not come as far as before"
    if anchor.beat:
        try:
            if session.goto_place(f"beat {anchor.beat}").arrived:
                return f"at beat {anchor.beat} again"
        except InputError:
            session.goto(session.first_user)
    if anchor.icount < session.first_user:
        session.goto(anchor.icount)
        return "in the boot again, at the same count"
    origin = _origin(session, anchor)
    if origin is None:
        session.goto(session.first_user)
        return f"{anchor.call} is not called as often as before; at the program's start"
    name = anchor.spot.symbol or "this instruction"
    icount = _reached(session, anchor, sources, origin)
    if icount is None:
        session.goto(origin)
        when = f"where {anchor.call} {'ended' if anchor.ended else 'began'}"
        where = when if anchor.call else "at the program's start"
        return f"{name} is not reached there any more; {where}"
    session.goto(icount)
    return f"at {session.describe(session.state().raw.pc)} again"


def _origin(session: Session, anchor: Anchor) -> int | None:
    """Where the anchor's call begins or ends in this run; recorded on until it is known."""
    if not anchor.call:
        return session.first_user
    while True:
        calls = [call for call in session.syscalls() if call.name == anchor.call]
        if len(calls) >= anchor.occurrence:
            call = calls[anchor.occurrence - 1]
            moment = call.exit if anchor.ended else call.enter
            if moment is not None:
                return moment
        if session.finished:
            return None
        stop = session.goto(session.end + STRIDE)
        if stop.reason is Reason.INTERRUPTED:
            return None


def _reached(session: Session, anchor: Anchor, sources: Sources, origin: int) -> int | None:
    """When the anchor's instruction is next for as many-th time, or the last time before that."""
    va = find_spot(session, anchor.spot, sources)
    if va is None or not anchor.times:
        return None
    if not session.goto(origin + REACH).arrived and not session.finished:
        return None
    last = min(session.end, origin + REACH)
    trace = session.window(origin, last)
    hits = trace.insns["icount"][np.flatnonzero(pcs(trace) == va)]
    if not len(hits):
        return None
    return int(hits[min(anchor.times, len(hits)) - 1])
