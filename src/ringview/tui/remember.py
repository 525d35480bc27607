"""What the screen remembers of a person from one time to the next: the theme, and how the panes
were arranged at each size of the terminal.

Several screens may run at once: each changes only what was changed on it, under a lock, and puts
the file in place whole. What cannot be read is no reason to stay away, and what cannot be written
is said once.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from ringview.tui.names import PANES
from ringview.tui.splits import Wishes

FILE = "screen.json"
COPY = "copied.txt"
"""Holds what was copied last, beside `FILE`."""
VERSION = 1
PATIENCE = 0.2
"""Seconds to wait for another screen that is writing."""


class _Layout(msgspec.Struct):
    sizes: dict[str, float] = {}
    hidden: list[str] = []


class _State(msgspec.Struct):
    version: int = VERSION
    theme: str = ""
    layouts: dict[str, _Layout] = {}


class Memory:
    """The remembered state of one person.

    Args:
        path: its file; None remembers nothing beyond this run.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.complaint = ""
        self._state = self._read()

    @property
    def theme(self) -> str:
        """The theme that was chosen last, or ""."""
        return self._state.theme

    @property
    def layouts(self) -> dict[str, Wishes]:
        """What was chosen, for each arrangement by its name."""
        return {
            name: Wishes(
                tuple(sorted((box, share) for box, share in kept.sizes.items() if 0 < share < 1)),
                frozenset(kept.hidden) & frozenset(PANES),
            )
            for name, kept in self._state.layouts.items()
        }

    def keep_theme(self, name: str) -> None:
        """Remember a theme."""
        self._change(lambda state: setattr(state, "theme", name))

    def keep_layout(self, arrangement: str, wishes: Wishes) -> None:
        """Remember what was chosen in one arrangement."""
        layout = _Layout(dict(wishes.sizes), sorted(wishes.hidden))
        self._change(lambda state: state.layouts.__setitem__(arrangement, layout))

    def keep_copy(self, text: str) -> Path | None:
        """Put what was copied into a file; return it, or None if there is none."""
        if self._path is None:
            return None
        path = self._path.with_name(COPY)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text.encode("utf-8", "replace"))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            self.complaint = f"the copy cannot be written to a file: {reason}: {path}"
            return None
        return path

    def complaint_once(self) -> str:
        """What went wrong with reading or writing, said only once; or ""."""
        said, self.complaint = self.complaint, ""
        return said

    # ------------------------------------------------------------------------------------ the file

    def _read(self) -> _State:
        if self._path is None:
            return _State()
        try:
            state = msgspec.json.decode(self._path.read_bytes(), type=_State)
        except FileNotFoundError:
            return _State()
        except (OSError, msgspec.MsgspecError, RecursionError):
            self.complaint = f"the remembered layout cannot be read and is ignored: {self._path}"
            return _State()
        if state.version != VERSION:
            self.complaint = f"the remembered layout is of another version, ignored: {self._path}"
            return _State()
        return state

    def _change(self, change: Callable[[_State], None]) -> None:
        change(self._state)
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with _locked(self._path.with_suffix(".lock")):
                # What another screen has written meanwhile stays, but for what was changed here.
                state = self._read()
                change(state)
                write_whole(self._path, msgspec.json.encode(state))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            self.complaint = f"the layout cannot be remembered: {reason}: {self._path}"
            self._path = None


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in place so that nobody ever sees half of it; only its owner may read it.

    Raises:
        OSError: it cannot be written.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other screens from writing at the same time; one that was stopped holding the lock is
    not waited for long, since the file is whole in any case.
    """
    with path.open("ab") as file:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > end:
                    break
                time.sleep(0.01)
            else:
                break
        yield
