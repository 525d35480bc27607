"""Whatever takes long can be stopped: no traceback, the terminal as it was, nothing left half done.

The longest wait is the first: nothing is built yet. Each command is stopped there, on a cache that
the ones before it left behind, and at last the build is let go on to its end.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from tests.cli.test_live import Terminal, terminal

from ringview.guest.make import find_zig
from ringview.guest.tree import cache_directory

CTRL_C = "\x03"
STOPPED = 130
LIVE = ["run", "hello2"]
CASES = [
    (LIVE, "q", 0),
    (LIVE, CTRL_C, 0),
    (["run", "hello2", "--headless"], CTRL_C, STOPPED),
    (["run", "hello2", "--plain"], CTRL_C, STOPPED),
    (["exec", "hello"], CTRL_C, STOPPED),
    (["shot", "hello2", "-o", "x.svg"], CTRL_C, STOPPED),
    (["explore", "race-len"], CTRL_C, STOPPED),
    (["build"], CTRL_C, STOPPED),
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty cache; what zig keeps for itself is taken from the ordinary one."""
    if find_zig() is None:
        pytest.skip("the ziglang package is not installed")
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def emptied(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    zig = str(cache_directory() / "zig")
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", zig)
    monkeypatch.setenv("ZIG_LOCAL_CACHE_DIR", zig)
    monkeypatch.setenv("RINGVIEW_CACHE", str(cache))
    return cache


def at_work(cache: Path) -> list[str]:
    """The processes that build something into a cache."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            found += [words] if str(cache) in words else []
    return found


@pytest.mark.parametrize(("arguments", "key", "status"), CASES, ids=str)
def test_the_first_build_is_shown_and_can_be_stopped(
    arguments: list[str], key: str, status: int, emptied: Path
) -> None:
    with terminal(arguments) as screen:
        before = termios.tcgetattr(screen.leader)
        screen.wait_for("CC ")  # progress: what is compiled now
        screen.type(key)
        ended, said = screen.end()
        assert ended == status
        assert termios.tcgetattr(screen.leader) == before
        if arguments == LIVE:
            assert b"\x1b[?1049l" in screen.seen  # back from the alternate screen
            assert b"\x1b[?25h" in screen.seen  # with a cursor
    assert "Traceback" not in said
    assert "error" not in said.split("^C")[-1]
    _settle(emptied)


def _settle(cache: Path) -> None:
    """A compiler finishes its file; nothing begins another."""
    deadline = time.monotonic() + 60
    while left := at_work(cache):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def test_what_they_left_is_built_to_its_end(emptied: Path) -> None:
    command = [sys.executable, "-m", "ringview.cli.main"]
    run = subprocess.run(
        [*command, "exec", "hello2", "beagle", "7"],
        capture_output=True,
        text=True,
        timeout=300,
        env=dict(os.environ),
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""  # no terminal, no progress


def test_before_there_is_a_screen_ctrl_c_ends_it_too(emptied: Path) -> None:
    screen = Terminal(LIVE)
    try:
        me = screen.process.pid
        children = Path(f"/proc/{me}/task/{me}/children")
        deadline = time.monotonic() + 30
        while not children.read_text():  # until the engine is started, beside which it imports
            assert time.monotonic() < deadline
        screen.type(CTRL_C)
        status, said = screen.end()
    finally:
        os.close(screen.leader)
    assert status in (STOPPED, -signal.SIGINT)
    assert "Traceback" not in said
    assert b"\x1b[?1049h" not in screen.seen
    _settle(emptied)
