"""The engine's one loop: commands in, motions of the session, frames out.

Single-threaded. A motion polls the sockets between slices of guest work, so nothing waits long:
`Pause` and `Look` are heard at once, console input and interrupts break into a run and let it go
on.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import msgspec

from ringview.engine import rebuild
from ringview.engine.commands import Commands
from ringview.engine.frames import Frames
from ringview.engine.hub import Hub, Peer
from ringview.engine.matrices import Matrices
from ringview.engine.opened import Opened, Opener
from ringview.engine.protocol import AnyCommand, Done, Failed, Fatal, Noted, Run, Suggest
from ringview.engine.reception import Reception
from ringview.engine.searching import Searches
from ringview.engine.served import Served
from ringview.engine.spec import EngineSpec
from ringview.errors import RingviewError

MOST_EVENTS = 100_000
"""Changes of mode and console bytes recorded before a run pauses by itself: some 100 MB."""

AHEAD = 20_000_000
"""Instructions after the program's first that are recorded ahead: an endless guest has to stop."""

AHEAD_EVENTS = 20_000
"""As `MOST_EVENTS`, for what is recorded ahead while nobody asks for it."""

LAST_WORDS = 5.0
"""Seconds that a failed engine waits for a client to take its `Fatal`."""


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
        self._hub = hub
        self._spec = spec
        self._searches = Searches(hub)
        self._matrices = Matrices(hub)
        self._reception = Reception(hub, self._suggestions, self._hear_searches)
        self._served = Served(
            spec,
            directory,
            resume=resume,
            opener=opener,
            hub=hub,
            reception=self._reception,
            adopted=self._adopted,
        )
        self._frames = Frames(hub, self._served, self._searches, self._matrices)
        self._commands = Commands(
            hub, self._reception, self._served, self._searches, self._matrices
        )
        self._runner: Peer | None = None
        self._running = False
        self._looking_ahead = False
        self._checked = False

    # ------------------------------------------------------------------------------- life

    def serve(self) -> int:
        """Open the session, work off commands until nobody is left; gives the exit status."""
        reception = self._reception
        try:
            self._open()
        except RingviewError as error:
            return self._fatal(str(error), 2)
        except Exception as error:
            traceback.print_exc()
            return self._fatal(f"ringview itself failed: {error!r}", 70)
        while not reception.shutdown and not self._hub.deserted:
            self._frames.send(reception.stage)
            self._look_ahead()
            refusal = self._refusal()
            if refusal:
                return self._fatal(refusal, 2)
            reception.take_in(0 if reception.disturbed else None)
            if reception.waiting and not reception.shutdown:
                self._execute(*reception.next())
        self._searches.close()
        self._matrices.close()
        self._hub.drain(0.5)
        return 0

    def _open(self) -> None:
        self._reception.begin("starting")
        # Whoever is there already hears that the engine is up before the long imports.
        self._reception.take_in(0.002)
        served = self._served
        served.begin()
        first = self._spec.scenario if served.elsewhere else served.opened.explorable
        self._matrices.subject(first)

    def _adopted(self, opened: Opened) -> None:
        """Another session is served from now on."""
        self._checked = False
        opened.session.recorder.most_events = MOST_EVENTS
        opened.session.interrupted = self._interrupted
        self._searches.subject(opened.explorable)

    def _look_ahead(self) -> None:
        """While there is nothing to do, record on, so that the timeline shows what is to come."""
        served, reception = self._served, self._reception
        session, recorder = served.session, served.session.recorder
        reception.take_in()
        horizon = self._horizon
        while not reception.disturbed and not session.finished and session.end < horizon:
            if len(recorder.timeline.events) >= AHEAD_EVENTS:
                break
            self._looking_ahead = True
            most, recorder.most_events = recorder.most_events, AHEAD_EVENTS
            try:
                session.look_ahead(horizon)
            finally:
                self._looking_ahead = False
                recorder.most_events = most
            self._hub.mark_stale()

    @property
    def _horizon(self) -> int:
        """The icount up to which is recorded ahead."""
        served = self._served
        return min(served.opened.horizon, (served.session.first_user or 0) + AHEAD)

    def _refusal(self) -> str:
        """Once the run has ended: why its scenario cannot be used, or empty; where that may be
        forgiven the clients are only told, and that of a run without an end, too.
        """
        served, session = self._served, self._served.session
        seen = session.finished or (served.opened.forgiving and session.end >= self._horizon)
        if not seen or self._checked or self._reception.disturbed:
            return ""
        self._checked = True
        complaint = served.opened.check()
        if not complaint and served.opened.all_well:
            self._hub.tell_all(Noted(text=served.opened.all_well))
        if complaint and (served.steered or served.opened.forgiving):
            self._hub.tell_all(Failed(id=0, text=complaint, lasting=served.opened.forgiving))
            return ""
        return complaint

    def _fatal(self, text: str, status: int) -> int:
        print(text, file=sys.stderr, flush=True)
        message = Fatal(text=text, status=status)
        self._hub.tell_all(message)
        deadline = time.monotonic() + LAST_WORDS
        while not self._hub.accepted and not self._hub.parent_gone and time.monotonic() < deadline:
            self._hub.poll(0.1)
            self._hub.tell_all(message)
        self._hub.drain(1.0)
        return status

    # ---------------------------------------------------------------------------- hearing

    def _suggestions(self, command: Suggest) -> Sequence[str]:
        served = self._served
        if not served.ready:
            return ()
        return served.session.suggestions(command.prompt, command.text)

    def _hear_searches(self) -> None:
        """What a search has said is news to who looks at it."""
        for large, heard in (
            ("schedules", self._searches.hear()),
            ("mitigations", self._matrices.hear()),
        ):
            for peer in self._hub.peers if heard else ():
                peer.stale |= peer.view.large == large

    def _interrupted(self) -> bool:
        """What the session polls between slices of guest work."""
        reception = self._reception
        # Who wants it to stop is heard first: a picture of the run would only be in the way.
        reception.take_in()
        if self._looking_ahead:
            return reception.disturbed
        if self._running and not reception.paused and self._frames.due:
            self._hub.mark_stale()
            self._frames.send(reception.stage, running=True)
            self._served.diary.position(self._served.session.icount)
            reception.take_in()
        elif not self._running and reception.progress_due:
            reception.report(reception.what, self._served.session.fraction)
        if self._running and reception.urgent:
            return True
        # Nobody could stop a run whose client has gone.
        return reception.paused or (self._running and self._runner not in self._hub.peers)

    # --------------------------------------------------------------------------- commands

    def _execute(self, peer: Peer, command: AnyCommand) -> None:
        """Do a command and answer it."""
        try:
            text = self._run(peer) if isinstance(command, Run) else self._commands.do(command)
        except RingviewError as error:
            answer: Done | Failed = rebuild.refusal(command.id, error)
        except Exception as error:
            traceback.print_exc()
            answer = Failed(id=command.id, text=f"ringview itself failed: {error!r}")
        else:
            answer = Done(id=command.id, text=text)
        self._served.diary.position(self._served.session.icount)
        if not self._reception.waiting or self._frames.due:
            self._frames.send(self._reception.stage)
        if peer.stale:
            # Its frame has to wait, and the answer with it: who has all answers shows all.
            peer.with_frame.append(answer)
        else:
            self._hub.tell(peer, answer)

    def _run(self, runner: Peer) -> str:
        """Run until a stop or `Pause`; inputs and breakpoints that come meanwhile are let in
        between.
        """
        reception = self._reception
        reception.begin("")
        self._runner = runner
        self._running = True
        try:
            while True:
                stop = self._served.session.run()
                if reception.paused or not reception.urgent:
                    break
                for peer, command in reception.take_urgent():
                    self._execute(peer, command)
        finally:
            self._running = False
        return self._served.settle(stop.text)
