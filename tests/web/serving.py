"""``ringview serve`` as a user starts it, and what it leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS = 60.0


def eventually(condition: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"never happened: {what}"
        time.sleep(0.05)


def processes(words: str) -> list[int]:
    """The processes, zombies too, whose command line has these words."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if words in line:
            found.append(int(entry.name))
    return found


class Serving:
    """One ``ringview serve``."""

    def __init__(self, runtime: Path, arguments: list[str]) -> None:
        self.runtime = runtime
        self.output = runtime / f"output-{time.monotonic_ns()}"
        self.temporary = runtime / "tmp"
        self.temporary.mkdir(exist_ok=True)
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ringview.cli.main", "serve", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={
                    **os.environ,
                    "XDG_RUNTIME_DIR": str(runtime),
                    "TMPDIR": str(self.temporary),
                    "PYTHONUNBUFFERED": "1",
                },
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def address(self, who: str) -> str:
        """The address that was printed for the lecturer or the audience."""

        def printed() -> list[str]:
            lines = self.said.splitlines()
            return [line.split()[1] for line in lines if line.startswith(who)]

        def there() -> bool:
            assert self.process.poll() is None, self.said
            return "Ctrl-C ends it." in self.said

        eventually(there, "the addresses")
        return printed()[0]

    @property
    def directory(self) -> Path:
        """The engine's private directory."""
        return next(self.temporary.glob("ringview-*"))

    def end(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end; gives the exit status."""
        self.process.send_signal(number)
        return self.process.wait(30)

    def nothing_is_left(self) -> None:
        """No process, no zombie, no socket, no note."""
        eventually(lambda: not processes(str(self.temporary)), "the last process ends", 20)
        eventually(lambda: not list(self.temporary.iterdir()), "the engine's directory goes", 20)
        assert "Traceback" not in self.said


@contextmanager
def serving(runtime: Path, *arguments: str) -> Iterator[Serving]:
    server = Serving(runtime, list(arguments))
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.end(signal.SIGKILL)
        eventually(lambda: not processes(str(server.temporary)), "the last process ends", 20)
