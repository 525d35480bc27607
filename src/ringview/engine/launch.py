"""Start an engine process, know whether it lives, and start its successor.

Invariant: importing this module imports nothing that is not in the standard library, so that the
child starts before the parent has loaded its screen.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ringview.engine.spec import ADDRESS_FILE, JOURNAL_FILE, LOG_FILE, EngineSpec
from ringview.errors import EnvironmentProblem

if TYPE_CHECKING:
    from typing import Self


def python_path() -> str:
    """PYTHONPATH for a process of ours, which is to run the same ringview as this one."""
    source = str(Path(__file__).resolve().parents[2])
    path = os.environ.get("PYTHONPATH")
    return f"{source}{os.pathsep}{path}" if path else source


class EngineHandle:
    """One engine process and its private directory; made by `spawn_engine`.

    Attributes:
        spec: what the engine was told to open.
        directory: the private directory (0700) with socket, address, journal and log; a second
            client needs only this path.
    """

    def __init__(
        self, spec: EngineSpec, directory: Path, code: Sequence[str] = ("-m", "ringview.engine")
    ) -> None:
        self.spec = spec
        self._code = code
        self.directory = directory
        self.process = self._start(resume=False)

    def _start(self, *, resume: bool) -> subprocess.Popen[bytes]:
        (self.directory / ADDRESS_FILE).unlink(missing_ok=True)
        if not resume:
            (self.directory / JOURNAL_FILE).unlink(missing_ok=True)
        # -P: the user's folder may hold a numpy.py of his own.
        command = [
            sys.executable,
            "-P",
            *self._code,
            "--directory",
            str(self.directory),
        ]
        if resume:
            command.append("--resume")
        with (self.directory / LOG_FILE).open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=dict(os.environ, PYTHONPATH=python_path()),
                # A Ctrl-C on the terminal is the screen's business, not the engine's.
                start_new_session=True,
            )
        import msgspec

        assert process.stdin is not None
        body = msgspec.msgpack.encode(self.spec)
        # It may have died already; the client will say so. The pipe stays open: its end means that
        # the parent is gone.
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(len(body).to_bytes(4, "big") + body)
            process.stdin.flush()
        return process

    @property
    def pid(self) -> int:
        """Process id of the present engine."""
        return self.process.pid

    def alive(self) -> bool:
        """Whether the engine process still runs."""
        return self.process.poll() is None

    def last_words(self) -> str:
        """Why the engine ended, as far as its log and status tell: one sentence."""
        status = self.process.poll()
        text = ""
        with contextlib.suppress(OSError):
            lines = (self.directory / LOG_FILE).read_text("utf-8", "replace").split("\n")
            text = next((line for line in reversed(lines) if line.strip()), "")
        if status is not None and status < 0:
            return f"the engine was ended by signal {-status}"
        return f"the engine ended: {text}" if text else "the engine ended without a word"

    def respawn(self) -> None:
        """Start a successor that repeats the journal and returns to the last position."""
        self._end(0.0)
        self.process = self._start(resume=True)

    def _end(self, timeout: float) -> None:
        process = self.process
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def close(self, timeout: float = 2.0) -> None:
        """End the engine (it goes when its clients have gone; after ``timeout`` seconds it is
        killed) and remove its directory.
        """
        self._end(timeout)
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def spawn_engine(spec: EngineSpec, code: Sequence[str] = ("-m", "ringview.engine")) -> EngineHandle:
    """Start an engine process at once and return; both clients wait for it.

    Args:
        spec: what to open.
        code: what the Python interpreter is to run.

    Raises:
        EnvironmentProblem: there is no place for its socket and log.
    """
    try:
        directory = Path(tempfile.mkdtemp(prefix="ringview-"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise EnvironmentProblem(f"there is no place for temporary files: {reason}") from None
    return EngineHandle(spec, directory, code)
