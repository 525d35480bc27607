"""Follow a live screen from another terminal: which ones run, and a client that only looks.

Each live screen leaves a note about itself in the user's runtime directory. A note is believed only
if the screen lives and both directories belong to this user and to nobody else.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ringview.engine.client import AsyncClient
from ringview.engine.protocol import Attach
from ringview.errors import EngineError, InputError

LECTURE_OVER = "the lecture has ended"
REJOIN = 10.0
"""Seconds that a follower waits for the successor of an engine that died."""

_TRY = 0.2


@dataclass(frozen=True, slots=True)
class Lecture:
    """A live screen that can be followed.

    Attributes:
        name: its scenario, as the user would name it.
        pid: of the screen's process.
        directory: its engine's private directory.
        started: when it began, in seconds of the epoch.
    """

    name: str
    pid: int
    directory: Path
    started: float


def registry() -> Path:
    """Where live screens leave their notes; need not exist."""
    import platformdirs

    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR it is a folder in /tmp; `_private` says whether that can be used.
        warnings.simplefilter("ignore")
        return Path(platformdirs.user_runtime_dir("ringview", appauthor=False))


def _private(directory: Path) -> bool:
    """Whether a directory is this user's, and closed to all others."""
    try:
        found = directory.lstat()
    except OSError:
        return False
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == os.getuid()
        and not stat.S_IMODE(found.st_mode) & 0o077
    )


@contextlib.contextmanager
def announced(directory: Path, scenario: str) -> Iterator[None]:
    """While the block runs, others can find this process's live screen.

    Where there is no place for the note, nobody finds it, and nothing else is different.

    Args:
        directory: the private directory of its engine.
        scenario: what it shows.
    """
    folder = registry()
    note = folder / f"{directory.name}.json"
    content = {
        "name": Path(scenario).stem,
        "pid": os.getpid(),
        "directory": str(directory),
        "started": time.time(),
    }
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _private(folder):
            draft = note.with_suffix(".new")
            draft.write_text(json.dumps(content))
            draft.replace(note)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            note.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _read(note: Path) -> Lecture | None:
    """What a note says, or None if it is out of date or none of ours."""
    try:
        said = json.loads(note.read_text())
        lecture = Lecture(
            str(said["name"]), int(said["pid"]), Path(said["directory"]), float(said["started"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    usable = lecture.pid > 0 and _alive(lecture.pid) and _private(lecture.directory)
    return lecture if usable else None


def lectures() -> list[Lecture]:
    """The live screens of this user that run now, the oldest first."""
    folder = registry()
    if not _private(folder):
        return []
    found = [lecture for note in folder.glob("*.json") if (lecture := _read(note)) is not None]
    return sorted(found, key=lambda lecture: lecture.started)


def find_lecture(name: str = "") -> Lecture:
    """The one live screen that is meant.

    Args:
        name: a scenario's name or file, or the number of a screen's process; empty if there is only
            one.

    Raises:
        InputError: there is none, or there are several.
    """
    running = lectures()
    if not running:
        raise InputError("no live screen of yours is running; start one with: ringview run hello2")
    told = ", ".join(f"{lecture.name} ({lecture.pid})" for lecture in running)
    meant = running
    if name:
        meant = [x for x in running if name == str(x.pid)] or [
            x for x in running if Path(name).stem == x.name
        ]
    if not meant:
        raise InputError(f"no live screen shows {name}; there are: {told}")
    if len(meant) > 1:
        raise InputError(f"several live screens are running, name one or give its number: {told}")
    return meant[0]


class Guest(AsyncClient):
    """A client of an engine that another process started and looks after.

    Its `respawn` waits for the successor that the other starts.
    """

    async def respawn(self, timeout: float = REJOIN) -> None:
        """Join the successor of an engine that died.

        Raises:
            EngineError: the lecture has ended.
        """
        deadline = time.monotonic() + timeout
        # The engine's directory goes with the lecture.
        while self._target.directory.is_dir() and time.monotonic() < deadline:
            await self._hang_up()
            self._reset()
            with contextlib.suppress(EngineError):
                await self._open(_TRY)
                if await self._welcome():
                    return
        raise EngineError(LECTURE_OVER)

    async def _welcome(self) -> bool:
        """Whether an engine speaks: the socket of one that dies still takes connections."""
        while not self._inbox and self._ended is None:
            self._arrived.clear()
            await self._arrived.wait()
        return bool(self._inbox)


class Follower(Guest):
    """A client that only looks; the engine refuses it everything else."""

    async def _open(self, timeout: float) -> None:
        await super()._open(timeout)
        self.post(Attach(0))
