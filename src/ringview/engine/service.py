"""The engine's one loop: commands in, motions of the session, frames out.

Single-threaded. A motion polls the sockets between slices of guest work, so nothing waits long:
`Pause` and `Look` are heard at once, console input and interrupts break into a run and let it go
on.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ringview.engine import collecting, rebuild
from ringview.engine.diary import Diary, Memory, read_diary
from ringview.engine.hub import Hub, Peer
from ringview.engine.inputs import Deed, Deeds
from ringview.engine.left import Left
from ringview.engine.matrices import Matrices
from ringview.engine.opened import Opened, Opener
from ringview.engine.protocol import (
    AnyCommand,
    Attach,
    Bookmark,
    Breakpoint,
    ConsoleInput,
    Digest,
    Done,
    Drop,
    Explore,
    Failed,
    Fatal,
    FindAccess,
    FrameReady,
    Go,
    GoTo,
    GoToStop,
    Interrupt,
    Look,
    Mitigate,
    OpenCell,
    OpenSchedule,
    Pause,
    Present,
    Progress,
    Rebuild,
    RemoveStop,
    Run,
    Shutdown,
    Stage,
    StageChanged,
    Step,
    Suggest,
    Undo,
    Watch,
)
from ringview.engine.searching import Searches
from ringview.engine.spec import JOURNAL_FILE, EngineSpec
from ringview.engine.wire import pack
from ringview.errors import InputError, RingviewError

if TYPE_CHECKING:
    from ringview.session.journal import JournalEntry
    from ringview.session.stops import Stop
    from ringview.views.frame import Frame, ViewRequest

FRAME_INTERVAL = 1 / 30
RUNNING_INTERVAL = 1 / 20
"""Seconds between frames of a run: a key that stops it has to wait for one being painted."""

PROGRESS_AFTER = 0.5
PROGRESS_INTERVAL = 0.1
MOST_EVENTS = 100_000
"""Changes of mode and console bytes recorded before a run pauses by itself: some 100 MB."""

AHEAD = 20_000_000
"""Instructions after the program's first that are recorded ahead: an endless guest has to stop."""

AHEAD_EVENTS = 20_000
"""As `MOST_EVENTS`, for what is recorded ahead while nobody asks for it."""

LAST_WORDS = 5.0
"""Seconds that a failed engine waits for a client to take its `Fatal`."""

MOTIONS = (Step, Go, GoTo, GoToStop, FindAccess, Run)
URGENT = (ConsoleInput, Interrupt, Drop, Breakpoint, Watch, RemoveStop)
ONLY_LOOKS = "this client only looks; the machine is moved by the screen that started it"


def _default_opener() -> Opener:
    from ringview.engine.opening import open_spec

    return open_spec


def read_spec(descriptor: int) -> EngineSpec | None:
    """Read the specification that the parent writes; None if the parent went away first."""

    def exactly(size: int) -> bytes:
        data = b""
        while len(data) < size and (part := os.read(descriptor, size - len(data))):
            data += part
        return data

    length = int.from_bytes(exactly(4), "big")
    body = exactly(length)
    if not body or len(body) < length:
        return None
    return msgspec.msgpack.decode(body, type=EngineSpec)


class Service:
    """One engine at work.

    Args:
        hub: its sockets.
        spec: what to open.
        directory: its private directory.
        resume: take over from a dead predecessor by its diary.
        opener: opens the session; by default what the specification says.
    """

    def __init__(
        self,
        hub: Hub,
        spec: EngineSpec,
        directory: Path,
        *,
        resume: bool,
        opener: Opener | None = None,
    ) -> None:
        self.hub = hub
        self.spec = spec
        self._diary_path = directory / JOURNAL_FILE
        self._resume = resume
        self._opener = opener
        self._queue: deque[tuple[Peer, AnyCommand]] = deque()
        self._paused = False
        self._shutdown = False
        self._ready = False
        self._running = False
        self._runner: Peer | None = None
        self._stage = Stage()
        self._looking_ahead = False
        self._limit = 0
        self._checked = False
        self._check: Callable[[], str] = str
        self._refusal = ""
        self._kept: rebuild.Kept | None = None
        self._searches = Searches(hub)
        self._matrices = Matrices(hub)
        self._left: Left | None = None
        # A person's input may keep a beat from happening: that is no fault of the scenario.
        self._steered = resume
        self._what = ""
        self._began = 0.0
        self._next_progress = 0.0
        self._next_frame = 0.0
        self._stop_text = ""

    # ------------------------------------------------------------------------------- life

    def serve(self) -> int:
        """Open the session, work off commands until nobody is left; gives the exit status."""
        try:
            self._open()
        except RingviewError as error:
            return self._fatal(str(error), 2)
        except Exception as error:
            traceback.print_exc()
            return self._fatal(f"ringview itself failed: {error!r}", 70)
        while not self._shutdown and not self.hub.deserted:
            self._send_frames()
            self._look_ahead()
            if self._refusal:
                return self._fatal(self._refusal, 2)
            self._take_in(self.hub.poll(0 if self._disturbed() else None))
            if self._queue and not self._shutdown:
                peer, command = self._queue.popleft()
                self._execute(peer, command)
        self._searches.close()
        self._matrices.close()
        self.hub.drain(0.5)
        return 0

    def _open(self) -> None:
        self._begin("starting")
        # Whoever is there already hears that the engine is up before the long imports.
        self._take_in(self.hub.poll(0.002))
        memory = read_diary(self._diary_path) if self._resume else Memory()
        first = self.spec
        if memory.elsewhere:
            self._left = Left(first, memory=memory.left or Memory())
            self.spec = EngineSpec(scenario=memory.elsewhere)
        opened = self._open_spec(self.spec, memory)
        self._diary = Diary(self._diary_path)
        self._adopt(opened)
        self._matrices.subject(first.scenario if self._left else opened.explorable)
        stop = self._come_back(memory)
        collecting.keep_what_is_loaded()
        self._settle(stop)

    def _open_spec(self, spec: EngineSpec, memory: Memory) -> Opened:
        opener = self._opener or _default_opener()
        return opener(spec, self._report_opening, memory.images)

    def _report_opening(self, what: str, fraction: float) -> None:
        """`_report`, from the first build, which ends when nobody waits for it any more."""
        self._report(what, fraction)
        if self.hub.deserted or self._shutdown:
            raise rebuild.BuildStopped

    def _come_back(self, memory: Memory) -> Stop:
        """Go to where a diary says that the session just adopted stood, or to its first stop."""
        self._deeds = memory.deeds
        if memory.position is None:
            self._begin("booting")
            return self._start(self.spec.at or self._opened.at)
        self._begin("returning to where the engine was")
        return self.session.resume(
            memory.journal(self.session.journal),
            memory.position,
            bookmarks=memory.bookmarks,
            stops=memory.stops,
        )

    def _adopt(self, opened: Opened) -> None:
        """Serve this session from now on."""
        self._opened = opened
        self._ready = True
        self.session = opened.session
        self._deeds = Deeds()
        self._base = tuple(opened.session.journal)
        self._make_frame = opened.make_frame
        self._limit = opened.horizon
        self._check = opened.check
        self._checked = False
        self.session.recorder.most_events = MOST_EVENTS
        self.session.interrupted = self._interrupted
        self._diary.images(opened.images)
        self._searches.subject(opened.explorable)

    def _start(self, at: str) -> Stop:
        session, apply_inputs = self.session, self._opened.apply_inputs
        if apply_inputs is None:
            return session.start(at)
        stop = session.start()
        if stop.arrived:
            for entry in apply_inputs():
                self._let_in(entry, scheduled=True)
            stop = session.goto_place(at or "start")
        return stop

    def _look_ahead(self) -> None:
        """While there is nothing to do, record on, so that the timeline shows what is to come."""
        session = self.session
        self._take_in(self.hub.poll(0))
        recorder = session.recorder
        horizon = min(self._limit, (session.first_user or 0) + AHEAD)
        while not self._disturbed() and not session.finished and session.end < horizon:
            if len(recorder.timeline.events) >= AHEAD_EVENTS:
                break
            self._looking_ahead = True
            most, recorder.most_events = recorder.most_events, AHEAD_EVENTS
            try:
                session.look_ahead(horizon)
            finally:
                self._looking_ahead = False
                recorder.most_events = most
            self._mark_stale()
        if session.finished and not self._checked and not self._disturbed():
            self._checked = True
            complaint = self._check()
            if complaint and (self._steered or self._opened.forgiving):
                self.hub.tell_all(Failed(id=0, text=complaint))
            else:
                self._refusal = complaint

    def _disturbed(self) -> bool:
        waiting = any(peer.stale and peer.between for peer in self.hub.peers)
        return bool(self._queue) or waiting or self._shutdown or self.hub.deserted

    def _fatal(self, text: str, status: int) -> int:
        print(text, file=sys.stderr, flush=True)
        message = Fatal(text=text, status=status)
        self.hub.tell_all(message)
        deadline = time.monotonic() + LAST_WORDS
        while not self.hub.accepted and not self.hub.parent_gone and time.monotonic() < deadline:
            self.hub.poll(0.1)
            self.hub.tell_all(message)
        self.hub.drain(1.0)
        return status

    # ---------------------------------------------------------------------------- waiting

    def _begin(self, what: str) -> None:
        self._what = what
        self._began = time.monotonic()
        self._next_progress = self._began + PROGRESS_AFTER
        self._paused = False

    def _report(self, what: str, fraction: float) -> None:
        """Tell the clients about long work; called by whatever takes long."""
        now = time.monotonic()
        if now >= self._next_progress:
            self._next_progress = now + PROGRESS_INTERVAL
            self.hub.tell_all(Progress(what=what, fraction=fraction))
        self._take_in(self.hub.poll(0))

    def _take_in(self, commands: list[tuple[Peer, AnyCommand]]) -> None:
        """Queue what came, and do at once what does not wait."""
        for large, heard in (
            ("schedules", self._searches.hear()),
            ("mitigations", self._matrices.hear()),
        ):
            for peer in self.hub.peers if heard else ():
                peer.stale |= peer.view.large == large
        for peer, command in commands:
            if isinstance(command, Attach):
                peer.read_only = True
                self.hub.tell(peer, Done(id=command.id))
            elif peer.read_only and not isinstance(command, Look):
                self.hub.tell(peer, Failed(id=command.id, text=ONLY_LOOKS))
            elif isinstance(command, Pause):
                self._pause(peer, command)
            elif isinstance(command, Look):
                peer.view = command.view
                peer.stale = True
                peer.with_frame.append(Done(id=command.id))
            elif isinstance(command, Present):
                self._present(peer, command)
            elif isinstance(command, Suggest):
                self._suggest(peer, command)
            elif isinstance(command, Shutdown):
                self._paused = self._shutdown = True
                self.hub.tell(peer, Done(id=command.id))
            else:
                self._queue.append((peer, command))
        if self.hub.deserted:
            self._paused = True

    def _present(self, peer: Peer, command: Present) -> None:
        """Keep the stage and pass it on."""
        self._stage = command.stage
        for other in list(self.hub.peers):
            if other is not peer:
                self.hub.tell(other, StageChanged(stage=self._stage))
        self.hub.tell(peer, Done(id=command.id))

    def _suggest(self, peer: Peer, command: Suggest) -> None:
        lines = self.session.suggestions(command.prompt, command.text) if self._ready else ()
        self.hub.tell(peer, Done(id=command.id, text="\n".join(lines)))

    def _interrupted(self) -> bool:
        """What the session polls between slices of guest work."""
        if self._looking_ahead:
            self._take_in(self.hub.poll(0))
            return self._disturbed()
        # Who wants it to stop is heard first: a picture of the run would only be in the way.
        self._take_in(self.hub.poll(0))
        now = time.monotonic()
        if self._running and not self._paused and now >= self._next_frame:
            self._mark_stale()
            self._send_frames(running=True)
            self._diary.position(self.session.icount)
            self._take_in(self.hub.poll(0))
        elif not self._running and now >= self._next_progress:
            self._report(self._what, self.session.fraction)
        if self._running and any(isinstance(command, URGENT) for _, command in self._queue):
            return True
        # Nobody could stop a run whose client has gone.
        return self._paused or (self._running and self._runner not in self.hub.peers)

    def _pause(self, peer: Peer, command: Pause) -> None:
        self._paused = True
        waiting, self._queue = self._queue, deque()
        for other, queued in waiting:
            if isinstance(queued, MOTIONS):
                self.hub.tell(other, Failed(id=queued.id, text="paused before this began"))
            else:
                self._queue.append((other, queued))
        self.hub.tell(peer, Done(id=command.id))

    # --------------------------------------------------------------------------- commands

    def _execute(self, peer: Peer, command: AnyCommand) -> None:
        if isinstance(command, Run):
            self._runner = peer
        try:
            text = self._dispatch(command)
        except RingviewError as error:
            answer: Done | Failed = rebuild.refusal(command.id, error)
        except Exception as error:
            traceback.print_exc()
            answer = Failed(id=command.id, text=f"ringview itself failed: {error!r}")
        else:
            answer = Done(id=command.id, text=text)
        self._diary.position(self.session.icount)
        if not self._queue or time.monotonic() >= self._next_frame:
            self._send_frames()
        if peer.stale:
            # Its frame has to wait, and the answer with it: who has all answers shows all.
            peer.with_frame.append(answer)
        else:
            self.hub.tell(peer, answer)

    def _dispatch(self, command: AnyCommand) -> str:
        """Do a command; gives the text for `Done`."""
        self._begin("")
        if isinstance(command, (*MOTIONS, Rebuild, Undo, OpenSchedule, OpenCell, Digest)):
            return self._move(command)
        self._mark_stale()
        return self._change(command)

    def _move(self, command: AnyCommand) -> str:
        session = self.session
        match command:
            case Step(unit=unit, count=count):
                self._what = "going back" if count < 0 else f"going to the next {unit}"
                return self._settle(session.step(unit, count))
            case Go(icount=icount):
                self._what = f"going to {icount:,}"
                return self._settle(session.goto(icount))
            case GoTo(place=place):
                self._what = f"going to {place}"
                return self._settle(session.goto_place(place))
            case GoToStop(number=number, direction=direction):
                self._what = "searching back" if direction < 0 else "running on"
                return self._settle(session.go_to_stop(number, direction))
            case FindAccess(what=what, kind=kind, direction=direction):
                self._what = "searching back" if direction < 0 else "searching on"
                return self._settle(session.find_access(what, kind, direction))
            case Rebuild():
                self._what = "building"
                return self._rebuild()
            case Undo():
                self._what = "taking back"
                return self._undo()
            case OpenSchedule(map=number, cell=cell):
                self._what = "running a schedule"
                return self._open_schedule(number, cell)
            case OpenCell(row=row, column=column):
                self._what = "opening that kernel"
                return self._open_cell(row, column)
            case Digest():
                return session.digest().hex()
        return self._run()

    def _change(self, command: AnyCommand) -> str:
        """Do a command after which the run stands where it stood."""
        session = self.session
        match command:
            case Breakpoint(place=place, on=on):
                return self._breakpoint(place, on)
            case Watch(what=what, kind=kind):
                return self._watch(what, kind)
            case ConsoleInput(data=data):
                self._let_in(session.input_console(data))
            case Interrupt(line=line):
                self._let_in(session.inject_irq(line))
            case Drop():
                from ringview.session import reschedule

                return reschedule.drop(session, self._let_in)
            case Explore(on=on):
                return self._searches.begin() if on else self._searches.stop()
            case Mitigate(on=on):
                return self._matrices.begin() if on else self._matrices.stop()
            case RemoveStop(number=number):
                removed = session.stops.remove(number)
                self._diary.stops(session.stops.all)
                return f"removed: {removed}"
            case Bookmark(name=name, icount=at):
                session.bookmark(name, at)
                self._diary.bookmarks(session.bookmarks.items())
        return ""

    def _let_in(self, entry: JournalEntry, *, scheduled: bool = False) -> None:
        """Remember an input, in the diary too."""
        self._steered |= not scheduled
        deed = Deed((entry,), entry.icount, scheduled=scheduled)
        self._deeds.items.append(deed)
        self._diary.deed(deed)

    def _undo(self) -> str:
        """Take back a person's latest input, and return to where it was let in."""
        deed = self._deeds.take_back()
        if deed is None and self._left is not None:
            return self._return(self._left)
        if deed is None:
            raise InputError("nothing that you let in is left to take back")
        self._diary.taken_back()
        stop = self.session.change_inputs(self._deeds.journal(self._base), deed.at)
        self._settle(stop)
        self._stop_text = f"taken back: {_in_words(deed)}"
        return self._stop_text

    def _open_schedule(self, number: int, cell: int) -> str:
        """Replace what was let in by a schedule of the map, and go to where it begins."""
        setup = self.session.setup
        deed, instant, words = self._searches.schedule(number, cell, setup, self.session.icount)
        stop = self.session.change_inputs(deed.journal_of(self._base), instant)
        self._deeds.items.append(deed)
        self._diary.deed(deed)
        self._steered = True
        self._settle(stop)
        self._stop_text = words
        return words

    def _open_cell(self, row: int, column: int) -> str:
        """Put the session of a cell's replay in place of this one, which is kept."""
        path = self._matrices.replay(row, column)
        opened = self._open_spec(EngineSpec(scenario=str(path)), Memory())
        here, self._kept = self._opened, None
        if self._left is None:
            self._left = Left(self.spec, here, self._deeds, self._base)
        else:
            here.session.close()
        self.spec = EngineSpec(scenario=str(path))
        self._diary.elsewhere(str(path))
        self._adopt(opened)
        self._steered = True
        self._begin("booting that kernel")
        self._settle(self._start(opened.at))
        collecting.let_go_of_what_is_closed()
        self._stop_text = opened.session.setup.title
        return self._stop_text

    def _return(self, left: Left) -> str:
        """Go back to the session that a cell of the matrix took the place of."""
        opened = left.opened or self._open_spec(left.spec, left.memory)
        here, self._left, self._kept = self._opened, None, None
        self.spec = left.spec
        self._diary.returned()
        self._adopt(opened)
        self._steered = True
        if left.opened is None:
            self._settle(self._come_back(left.memory))
        else:
            self._deeds, self._base = left.deeds, left.base
            self._settle(self.session.goto(self.session.icount))
        here.session.close()
        collecting.let_go_of_what_is_closed()
        self._stop_text = "back in the run that was left for the matrix"
        return self._stop_text

    def _rebuild(self) -> str:
        """Build and run the present sources, and return to the same place in the story."""
        before = self._opened
        # A build that never reached the program has no place of the story to come back to.
        kept = self._kept if before.session.first_user is None else None
        kept = kept or rebuild.keep(before)
        opener = self._opener or _default_opener()
        opened = opener(self.spec, self._report_build, {})
        if opened.images == before.images:
            opened.session.close()
            return "nothing has changed since it was built"
        self._diary.begin_anew()
        # What the old sources made sure of is no longer sure: no beat that is gone ends the screen.
        self._steered = True
        self._adopt(opened)
        self._kept = kept
        before.session.close()
        self._begin("booting what was built")
        try:
            stop = self._start("")
            text = f"rebuilt; {rebuild.restore(opened, kept)}" if stop.arrived else stop.text
        except RingviewError as error:
            text = f"rebuilt; {error}"
        self._diary.stops(self.session.stops.all)
        del before
        collecting.let_go_of_what_is_closed()
        self._stop_text = text
        self._diary.position(self.session.icount)
        self._mark_stale()
        return text

    def _report_build(self, what: str, fraction: float) -> None:
        """`_report`, from a build that `Pause` stops."""
        self._report(what, fraction)
        if self._paused:
            raise rebuild.BuildStopped

    def _breakpoint(self, place: str, on: bool) -> str:
        stops, session = self.session.stops, self.session
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
        self._diary.stops(stops.all)
        return text

    def _watch(self, what: str, kind: str) -> str:
        stops = self.session.stops
        if not what.strip():
            watched = "; ".join(map(str, stops.watches))
            return f"watched: {watched}" if watched else "nothing is watched"
        point = stops.toggle_watch(what, kind)
        self._diary.stops(stops.all)
        return f"no longer watched: {what.strip()}" if point is None else f"watched: {point}"

    def _run(self) -> str:
        """Run until a stop or `Pause`; inputs and breakpoints that come meanwhile are let in
        between.
        """
        self._running = True
        try:
            while True:
                stop = self.session.run()
                urgent = [item for item in self._queue if isinstance(item[1], URGENT)]
                if not urgent or self._paused:
                    break
                self._queue = deque(item for item in self._queue if item not in urgent)
                for other, command in urgent:
                    self._execute(other, command)
        finally:
            self._running = False
        return self._settle(stop)

    def _settle(self, stop: Stop) -> str:
        """Note a new position; its text is what the header says."""
        self._stop_text = stop.text
        self._diary.position(self.session.icount)
        self._mark_stale()
        return stop.text

    # ----------------------------------------------------------------------------- frames

    def _mark_stale(self) -> None:
        for peer in self.hub.peers:
            peer.stale = True

    def _send_frames(self, *, running: bool = False) -> None:
        interval = RUNNING_INTERVAL if running else FRAME_INTERVAL
        self._next_frame = time.monotonic() + interval
        made: dict[ViewRequest, Frame] = {}
        self.hub.send_frames(lambda peer: self._packed_frame(peer, running, made))

    def _packed_frame(self, peer: Peer, running: bool, made: dict[ViewRequest, Frame]) -> bytes:
        """A client's frame; a whole audience that sees the same is computed once.

        Args:
            peer: the client.
            running: whether the guest runs.
            made: the frames of this moment, by what was asked for.
        """
        text = "running" if running else self._stop_text
        if peer.serial == 0 and self._stage != Stage():
            peer.queue(StageChanged(stage=self._stage))
        try:
            frame = made.get(peer.view)
            if frame is None:
                frame = self._make_frame(peer.view, peer.serial + 1, running, text)
                if peer.view.large == "schedules":
                    view = self._searches.view(self._deeds.latest_schedule)
                    frame = replace(frame, schedules=view)
                elif peer.view.large == "mitigations":
                    matrix = self._matrices.view(self.spec.scenario if self._left else "")
                    frame = replace(frame, mitigations=matrix)
                made[peer.view] = frame
        except Exception as error:
            # A pane that cannot be drawn must not take the run away.
            traceback.print_exc()
            with contextlib.suppress(OSError):
                sys.stderr.flush()
            return pack(Failed(id=0, text=f"the screen could not be computed: {error!r}"))
        peer.serial += 1
        return pack(FrameReady(frame=replace(frame, serial=peer.serial)))


def _in_words(deed: Deed) -> str:
    if deed.whole:
        return "the schedule"
    entry = deed.entries[0]
    if entry.kind == "console":
        return "what was typed"
    from ringview.session.reschedule import RESCHED_LINE

    if entry.line == RESCHED_LINE:
        return "the other thread"
    return f"interrupt line {entry.line}"
