"""The engine's frames: made for who has not the newest, with what its searches found."""

from __future__ import annotations

import contextlib
import sys
import time
import traceback
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ringview.engine.hub import Hub, Peer
from ringview.engine.matrices import Matrices
from ringview.engine.protocol import Failed, FrameReady, Stage, StageChanged
from ringview.engine.searching import Searches
from ringview.engine.served import Served
from ringview.engine.wire import pack

if TYPE_CHECKING:
    from ringview.views.frame import Frame, ViewRequest

FRAME_INTERVAL = 1 / 30
RUNNING_INTERVAL = 1 / 20
"""Seconds between frames of a run: a key that stops it has to wait for one being painted."""


class Frames:
    """Sends frames.

    Args:
        hub: the clients.
        served: the run that they see.
        searches: what the map of schedules shows.
        matrices: what the matrix of mitigations shows.
    """

    def __init__(self, hub: Hub, served: Served, searches: Searches, matrices: Matrices) -> None:
        self._hub = hub
        self._served = served
        self._searches = searches
        self._matrices = matrices
        self._next = 0.0

    @property
    def due(self) -> bool:
        """Whether the latest was sent long enough ago."""
        return time.monotonic() >= self._next

    def send(self, stage: Stage, *, running: bool = False) -> None:
        """Send each client that can take one, and has not the newest, a frame.

        Args:
            stage: how the lecturer looks at the machine; a client's first frame comes with it.
            running: whether the guest runs.
        """
        self._next = time.monotonic() + (RUNNING_INTERVAL if running else FRAME_INTERVAL)
        made: dict[ViewRequest, Frame] = {}

        def make(peer: Peer) -> bytes:
            if peer.serial == 0 and stage != Stage():
                peer.queue(StageChanged(stage=stage))
            return self._packed(peer, running, made)

        self._hub.send_frames(make)

    def _packed(self, peer: Peer, running: bool, made: dict[ViewRequest, Frame]) -> bytes:
        """A client's frame; a whole audience that sees the same is computed once.

        Args:
            peer: the client.
            running: whether the guest runs.
            made: the frames of this moment, by what was asked for.
        """
        try:
            frame = made.get(peer.view)
            if frame is None:
                frame = made[peer.view] = self._made(peer, running)
        except Exception as error:
            # A pane that cannot be drawn must not take the run away.
            traceback.print_exc()
            with contextlib.suppress(OSError):
                sys.stderr.flush()
            return pack(Failed(id=0, text=f"the screen could not be computed: {error!r}"))
        peer.serial += 1
        return pack(FrameReady(frame=replace(frame, serial=peer.serial)))

    def _made(self, peer: Peer, running: bool) -> Frame:
        served = self._served
        text = "running" if running else served.stop_text
        frame = served.opened.make_frame(peer.view, peer.serial + 1, running, text)
        if peer.view.large == "schedules":
            view = self._searches.view(served.deeds.latest_schedule)
            return replace(frame, schedules=view)
        if peer.view.large == "mitigations":
            matrix = self._matrices.view(served.spec.scenario if served.elsewhere else "")
            return replace(frame, mitigations=matrix)
        return frame
