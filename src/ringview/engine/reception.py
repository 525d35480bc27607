"""Where the engine's clients are heard while it works: what cannot wait is done at once, the rest
queues; and where they are told how far long work is.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence

from ringview.engine.hub import Hub, Peer
from ringview.engine.protocol import (
    AnyCommand,
    Attach,
    Breakpoint,
    ConsoleInput,
    Done,
    Drop,
    Failed,
    FindAccess,
    Go,
    GoTo,
    GoToStop,
    Interrupt,
    Look,
    Pause,
    Present,
    Progress,
    RemoveStop,
    Run,
    Shutdown,
    Stage,
    StageChanged,
    Step,
    Suggest,
    Watch,
)

PROGRESS_AFTER = 0.5
PROGRESS_INTERVAL = 0.1

MOTIONS = (Step, Go, GoTo, GoToStop, FindAccess, Run)
"""What a pause takes out of the queue."""
URGENT = (ConsoleInput, Interrupt, Drop, Breakpoint, Watch, RemoveStop)
"""What a run is broken into for."""
ONLY_LOOKS = "this client only looks; the machine is moved by the screen that started it"


class Reception:
    """Hears the clients, also from within long work.

    Args:
        hub: the sockets.
        suggest: gives what a line typed at a prompt may become.
        hear: called each time, for whatever else there is to be heard.

    Attributes:
        paused: what is under way is to end.
        shutdown: the engine is to end.
        stage: how the lecturer's screen looks at the machine.
        what: what is under way, in words.
    """

    def __init__(
        self, hub: Hub, suggest: Callable[[Suggest], Sequence[str]], hear: Callable[[], None]
    ) -> None:
        self.paused = False
        self.shutdown = False
        self.stage = Stage()
        self.what = ""
        self._hub = hub
        self._suggest = suggest
        self._hear = hear
        self._queue: deque[tuple[Peer, AnyCommand]] = deque()
        self._next_progress = 0.0

    # ------------------------------------------------------------------------------- telling

    def begin(self, what: str) -> None:
        """Something is under way from now on."""
        self.what = what
        self.paused = False
        self._next_progress = time.monotonic() + PROGRESS_AFTER

    @property
    def progress_due(self) -> bool:
        """Whether it has taken so long that the clients are to be told how far it is."""
        return time.monotonic() >= self._next_progress

    def report(self, what: str, fraction: float) -> None:
        """Tell the clients about long work, and hear them; called by whatever takes long."""
        if self.progress_due:
            self._next_progress = time.monotonic() + PROGRESS_INTERVAL
            self._hub.tell_all(Progress(what=what, fraction=fraction))
        self.take_in()

    # ------------------------------------------------------------------------------- hearing

    def take_in(self, timeout: float | None = 0) -> None:
        """Queue what has come, and do at once what does not wait.

        Args:
            timeout: seconds to wait for something to come; None for ever.
        """
        commands = self._hub.poll(timeout)
        self._hear()
        for peer, command in commands:
            self._receive(peer, command)
        if self._hub.deserted:
            self.paused = True

    def _receive(self, peer: Peer, command: AnyCommand) -> None:
        done = Done(id=command.id)
        if isinstance(command, Attach):
            peer.read_only = True
            self._hub.tell(peer, done)
        elif peer.read_only and not isinstance(command, Look):
            self._hub.tell(peer, Failed(id=command.id, text=ONLY_LOOKS))
        elif isinstance(command, Pause):
            self._pause()
            self._hub.tell(peer, done)
        elif isinstance(command, Look):
            peer.view = command.view
            peer.stale = True
            peer.with_frame.append(done)
        elif isinstance(command, Present):
            self._present(peer, command.stage)
            self._hub.tell(peer, done)
        elif isinstance(command, Suggest):
            self._hub.tell(peer, Done(id=command.id, text="\n".join(self._suggest(command))))
        elif isinstance(command, Shutdown):
            self.paused = self.shutdown = True
            self._hub.tell(peer, done)
        else:
            self._queue.append((peer, command))

    def _present(self, presenter: Peer, stage: Stage) -> None:
        """Keep the stage and pass it on."""
        self.stage = stage
        for peer in list(self._hub.peers):
            if peer is not presenter:
                self._hub.tell(peer, StageChanged(stage=stage))

    def _pause(self) -> None:
        self.paused = True
        waiting, self._queue = self._queue, deque()
        for peer, command in waiting:
            if isinstance(command, MOTIONS):
                self._hub.tell(peer, Failed(id=command.id, text="paused before this began"))
            else:
                self._queue.append((peer, command))

    # ------------------------------------------------------------------------------- queuing

    @property
    def waiting(self) -> bool:
        """Whether a command waits."""
        return bool(self._queue)

    def next(self) -> tuple[Peer, AnyCommand]:
        """The command that has waited longest, and whose it is."""
        return self._queue.popleft()

    @property
    def disturbed(self) -> bool:
        """Whether there is anything to do for anybody."""
        waiting = any(peer.stale and peer.between for peer in self._hub.peers)
        return bool(self._queue) or waiting or self.shutdown or self._hub.deserted

    @property
    def urgent(self) -> bool:
        """Whether something waits for which a run is broken into."""
        return any(isinstance(command, URGENT) for _, command in self._queue)

    def take_urgent(self) -> list[tuple[Peer, AnyCommand]]:
        """Take all that out of the queue."""
        urgent = [item for item in self._queue if isinstance(item[1], URGENT)]
        self._queue = deque(item for item in self._queue if not isinstance(item[1], URGENT))
        return urgent
