"""What each command does: to the run that is served, or to a search beside it."""

from __future__ import annotations

from ringview.engine.hub import Hub
from ringview.engine.matrices import Matrices
from ringview.engine.protocol import (
    AnyCommand,
    Bookmark,
    Breakpoint,
    ConsoleInput,
    Digest,
    Drop,
    Explore,
    FindAccess,
    Go,
    GoTo,
    GoToStop,
    Interrupt,
    Mitigate,
    OpenCell,
    OpenSchedule,
    Rebuild,
    RemoveStop,
    Step,
    Undo,
    Watch,
)
from ringview.engine.reception import Reception
from ringview.engine.searching import Searches
from ringview.engine.served import Served

Motion = Step | Go | GoTo | GoToStop | FindAccess
"""Goes elsewhere in the run."""
Replacement = Rebuild | Undo | OpenSchedule | OpenCell
"""Puts other inputs, or another run, in place of those that there are."""


class Commands:
    """Does them, all but `Run`, which lets others in between.

    Args:
        hub: whose clients see what comes of it.
        reception: told what is under way.
        served: the run.
        searches: the map's.
        matrices: the matrix's.
    """

    def __init__(
        self,
        hub: Hub,
        reception: Reception,
        served: Served,
        searches: Searches,
        matrices: Matrices,
    ) -> None:
        self._hub = hub
        self._reception = reception
        self._served = served
        self._searches = searches
        self._matrices = matrices

    def do(self, command: AnyCommand) -> str:
        """Do a command; gives the text of its answer, which may be empty.

        Raises:
            RingviewError: it cannot be done.
        """
        if isinstance(command, Motion):
            return self._move(command)
        if isinstance(command, Replacement):
            return self._replace(command)
        self._reception.begin("")
        if isinstance(command, Digest):
            return self._served.session.digest().hex()
        self._hub.mark_stale()
        return self._change(command)

    def _move(self, command: Motion) -> str:
        session, begin = self._served.session, self._reception.begin
        match command:
            case Step(unit=unit, count=count):
                begin("going back" if count < 0 else f"going to the next {unit}")
                stop = session.step(unit, count)
            case Go(icount=icount):
                begin(f"going to {icount:,}")
                stop = session.goto(icount)
            case GoTo(place=place):
                begin(f"going to {place}")
                stop = session.goto_place(place)
            case GoToStop(number=number, direction=direction):
                begin("searching back" if direction < 0 else "running on")
                stop = session.go_to_stop(number, direction)
            case FindAccess(what=what, kind=kind, direction=direction):
                begin("searching back" if direction < 0 else "searching on")
                stop = session.find_access(what, kind, direction)
        return self._served.settle(stop.text)

    def _replace(self, command: Replacement) -> str:
        served, begin = self._served, self._reception.begin
        match command:
            case Rebuild():
                begin("building")
                return served.rebuild()
            case Undo():
                begin("taking back")
                return served.undo()
            case OpenSchedule(map=number, cell=cell):
                begin("running a schedule")
                setup, here = served.session.setup, served.session.icount
                deed, instant, words = self._searches.schedule(number, cell, setup, here)
                return served.replace_inputs(deed, instant, words)
            case OpenCell(row=row, column=column):
                begin("opening that kernel")
                return served.visit(self._matrices.replay(row, column))

    def _change(self, command: AnyCommand) -> str:
        """Do a command after which the run stands where it stood."""
        served, session = self._served, self._served.session
        match command:
            case Breakpoint(place=place, on=on):
                return self._breakpoint(place, on)
            case Watch(what=what, kind=kind):
                return self._watch(what, kind)
            case ConsoleInput(data=data):
                served.let_in(session.input_console(data))
            case Interrupt(line=line):
                served.let_in(session.inject_irq(line))
            case Drop():
                from ringview.session import reschedule

                return reschedule.drop(session, served.let_in)
            case Explore(on=on):
                return self._searches.begin() if on else self._searches.stop()
            case Mitigate(on=on):
                return self._matrices.begin() if on else self._matrices.stop()
            case RemoveStop(number=number):
                removed = session.stops.remove(number)
                served.diary.stops(session.stops.all)
                return f"removed: {removed}"
            case Bookmark(name=name, icount=at):
                session.bookmark(name, at)
                served.diary.bookmarks(session.bookmarks.items())
        return ""

    def _breakpoint(self, place: str, on: bool) -> str:
        session = self._served.session
        stops = session.stops
        if on:
            point = stops.add_breakpoint(place)
            where = session.describe(point.addresses[0])
            text = f"breakpoint at {where}"
            if point.condition is not None:
                text += f" if {point.condition}"
        else:
            where = session.describe(session.resolve_address(place))
            stops.clear_breakpoint(place)
            text = f"breakpoint removed from {where}"
        self._served.diary.stops(stops.all)
        return text

    def _watch(self, what: str, kind: str) -> str:
        stops = self._served.session.stops
        if not what.strip():
            watched = "; ".join(map(str, stops.watches))
            return f"watched: {watched}" if watched else "nothing is watched"
        point = stops.toggle_watch(what, kind)
        self._served.diary.stops(stops.all)
        return f"no longer watched: {what.strip()}" if point is None else f"watched: {point}"
