"""One program under our kernel and under qemu-arm."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

REQUIRED = os.environ.get("RINGVIEW_REQUIRE_ORACLES") == "1"
QEMU = shutil.which("qemu-arm")
TRIES = 5
QEMU_FAILED = re.compile(rb"ERROR:\S+\.c:\d+:\w+: assertion failed")

needs_qemu = pytest.mark.skipif(QEMU is None and not REQUIRED, reason="qemu-arm is not installed")


def under_ringview(
    program: Path, arguments: tuple[str, ...], stdin: bytes
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "ringview.cli.main", "exec", "--limit", "2000000000"]
    return subprocess.run(
        [*command, "--env", "MARK=set", "--env", f"SELF=/bin/{program.name}", program, *arguments],
        input=stdin,
        capture_output=True,
        timeout=120,
        check=False,
    )


def _hear_hangups() -> None:
    """Under nohup programs inherit that SIGHUP is ignored; the guest's first process is not
    born there.
    """
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def under_qemu(
    program: Path, arguments: tuple[str, ...], stdin: bytes
) -> subprocess.CompletedProcess[bytes]:
    """The oracle's answer; one in a hundred runs of threads that fork fails in QEMU itself, by an
    assertion in its own sources, and says nothing about the program.
    """
    assert QEMU is not None
    for _ in range(TRIES):
        # The guest has one console for both, so the oracle's two streams go to one place as well.
        result = subprocess.run(
            [QEMU, program, *arguments],
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={
                "MARK": "set",
                "PATH": "/bin:/usr/bin",
                "HOME": "/",
                "SELF": str(program.with_suffix(".sh")),
            },
            timeout=60,
            check=False,
            preexec_fn=_hear_hangups,
        )
        if not QEMU_FAILED.search(result.stdout):
            return result
    raise AssertionError(f"QEMU failed {TRIES} times: {result.stdout!r}")


def end_of(result: subprocess.CompletedProcess[bytes]) -> int:
    return 128 - result.returncode if result.returncode < 0 else result.returncode


def words_of(result: subprocess.CompletedProcess[bytes]) -> bytes:
    lines = result.stdout.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(b"qemu: uncaught target signal"))
