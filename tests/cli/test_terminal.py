"""``ringview exec`` on a terminal: what is typed is the program's, Ctrl-C as well."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ringview.guest.toolchain import build_source

SOURCE = r"""
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t pressed;

static void note(int sig)
{
	pressed++;
}

int main(int argc, char **argv)
{
	if (!strcmp(argv[1], "handles"))
		signal(SIGINT, note);
	if (!strcmp(argv[1], "ignores"))
		signal(SIGINT, SIG_IGN);
	puts("ready");
	while (!pressed)
		if (!strcmp(argv[2], "sleeps"))
			usleep(1000);
	puts("handled");
	return 7;
}
"""

PATIENCE = 60.0
HEARING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
"""A test run in the background ignores Ctrl-C, and children inherit that."""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = tmp_path_factory.mktemp("terminal") / "press.c"
    source.write_text(SOURCE)
    return build_source(source)


class Terminal:
    """The human's side of the terminal on which ``ringview exec`` runs."""

    def __init__(self, descriptor: int, process: subprocess.Popen[bytes]) -> None:
        self.descriptor = descriptor
        self.process = process
        self.seen = b""

    def wait_for(self, words: bytes) -> None:
        end = time.monotonic() + PATIENCE
        while words not in self.seen:
            assert time.monotonic() < end, self.seen
            if select.select([self.descriptor], [], [], 1.0)[0]:
                self.seen += os.read(self.descriptor, 4096)

    def press(self, keys: bytes) -> None:
        os.write(self.descriptor, keys)


@contextmanager
def terminal(program: Path, *arguments: str) -> Iterator[Terminal]:
    mine, theirs = pty.openpty()
    code = f"{HEARING}\nfrom ringview.cli.main import main; main()"
    process = subprocess.Popen(
        # setsid makes the terminal the one whose Ctrl-C the process hears.
        ["setsid", "-cw", sys.executable, "-c", code, "exec", str(program), *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    try:
        yield Terminal(mine, process)
    finally:
        process.kill()
        process.wait()
        os.close(mine)


@pytest.mark.parametrize("how", ["sleeps", "spins"])
def test_ctrl_c_reaches_the_programs_handler(program: Path, how: str) -> None:
    with terminal(program, "handles", how) as screen:
        screen.wait_for(b"ready")
        screen.press(b"\x03")
        screen.wait_for(b"handled")
        assert screen.process.wait(PATIENCE) == 7


@pytest.mark.parametrize("how", ["sleeps", "spins"])
def test_ctrl_c_kills_a_program_without_one(program: Path, how: str) -> None:
    with terminal(program, "nothing", how) as screen:
        screen.wait_for(b"ready")
        screen.press(b"\x03")
        assert screen.process.wait(PATIENCE) == 128 + signal.SIGINT


def test_pressed_twice_it_leaves_a_program_that_ignores_it(program: Path) -> None:
    with terminal(program, "ignores", "spins") as screen:
        screen.wait_for(b"ready")
        end = time.monotonic() + PATIENCE
        while screen.process.poll() is None and time.monotonic() < end:
            screen.press(b"\x03")
            time.sleep(0.3)
        assert screen.process.returncode == 128 + signal.SIGINT
        assert b"Traceback" not in screen.seen
