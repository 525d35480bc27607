"""``ringview run`` on a terminal of its own: the screen comes up, and leaves as it should."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringview.scenario.images import provide_images
from ringview.scenario.load import load_scenario

SECONDS = 30.0


class Terminal:
    """A pseudo-terminal with ``ringview`` on it."""

    def __init__(self, arguments: list[str], rows: int = 40, columns: int = 120) -> None:
        self.leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ringview.cli.main", *arguments],
            stdin=follower,
            stdout=follower,
            stderr=follower,
            env={**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            start_new_session=True,
            # Its own terminal, so that Ctrl-C does before the screen is up what it always does.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
        )
        os.close(follower)
        self.seen = b""

    def read(self, wait: float) -> bool:
        """Take in what has been painted; False at the end."""
        if not select.select([self.leader], [], [], wait)[0]:
            return True
        try:
            data = os.read(self.leader, 1 << 16)
        except OSError:
            return False
        self.seen += data
        return bool(data)

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + SECONDS
        while text.encode() not in self.seen:
            assert time.monotonic() < deadline, self.seen[-2000:]
            assert self.read(0.1), self.seen[-2000:]

    def type(self, keys: str) -> None:
        os.write(self.leader, keys.encode())

    def end(self) -> tuple[int, str]:
        """Wait for the end; return exit status and the lines left on the terminal."""
        deadline = time.monotonic() + SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            self.read(0.05)
        status = self.process.wait(1)
        while select.select([self.leader], [], [], 0.1)[0] and self.read(0):
            pass
        # The screen was drawn on the alternate buffer; what counts is what came after it.
        return status, self.seen.decode(errors="replace").rpartition("\x1b[?1049l")[2]


@contextlib.contextmanager
def terminal(arguments: list[str]) -> Iterator[Terminal]:
    screen = Terminal(arguments)
    try:
        yield screen
    finally:
        if screen.process.poll() is None:
            os.killpg(screen.process.pid, signal.SIGKILL)
            screen.process.wait()
        os.close(screen.leader)


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    provide_images(load_scenario("hello2"))


def test_the_screen_comes_up_at_the_program_and_q_leaves() -> None:
    with terminal(["run", "hello2"]) as screen:
        screen.wait_for("_start")
        screen.type("q")
        assert screen.end()[0] == 0


def test_at_opens_the_screen_somewhere_else() -> None:
    with terminal(["run", "hello2", "--at", "beat 7"]) as screen:
        screen.wait_for("sys-hello2.c")
        screen.wait_for("The handler")
        screen.type("q")
        assert screen.end()[0] == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("title: [", "s.yaml:1:9: this is not YAML"),
        ("title: t\nprogram: nope\n", "s.yaml:2:10: there is no program nope"),
        (
            "title: t\nprogram: hello\nkernel: {set: {NOPE: 1}}\n",
            "s.yaml:3:16: there is no kernel option NOPE",
        ),
    ],
)
def test_a_wrong_scenario_leaves_one_sentence_behind(
    tmp_path: Path, text: str, sentence: str
) -> None:
    (tmp_path / "s.yaml").write_text(text)
    with terminal(["run", str(tmp_path / "s.yaml")]) as screen:
        status, errors = screen.end()
    assert status == 2
    lines = [line for line in re.sub(r"\x1b\[[0-9;?<>]*[a-zA-Z]", "", errors).splitlines() if line]
    assert len(lines) == 1, lines
    assert lines[0].startswith("ringview: error: ")
    assert sentence in lines[0]


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("nosuch", "there is no symbol nosuch in kernel or program"),
        ("beat 99", "there is no beat 99; the run has 12"),
    ],
)
def test_a_place_that_does_not_exist_leaves_one_sentence_behind(place: str, sentence: str) -> None:
    with terminal(["run", "hello2", "--at", place]) as screen:
        status, said = screen.end()
    assert status == 2
    assert f"ringview: error: {sentence}" in said
    assert "Traceback" not in said


def test_notes_follow_a_screen_in_another_terminal_and_end_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with terminal(["notes"]) as alone:
        status, said = alone.end()
    assert status == 2
    assert "ringview: error: no live screen of yours is running" in said
    with terminal(["run", "hello2", "--at", "beat 3"]) as screen:
        screen.wait_for("The door")
        with terminal(["notes"]) as notes:
            notes.wait_for("The number of the call, 401")
            screen.type(".")
            notes.wait_for("Which stack pointer does the processor use now?")
            with terminal(["notes", "hello"]) as wrong:
                status, said = wrong.end()
            assert status == 2
            assert "no live screen shows hello; there are: hello2 (" in said
            screen.type("q")
            screen.end()
            status, said = notes.end()
    assert status == 0
    assert "the lecture has ended" in said
    assert "Traceback" not in said
