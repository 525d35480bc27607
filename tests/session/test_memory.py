"""How much memory a long run takes: the resident size of a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

LIMIT = 1 << 30
"""Bytes that a run of a hundred million instructions may take."""

CHILD = """
import json, resource, sys
from ringview.guest.kconfig import KernelConfig
from ringview.guest.toolchain import build_kernel, build_program
from ringview.session.session import Session
from ringview.session.setup import SessionSetup

program, args, bound, *lengths = json.loads(sys.argv[1])
setup = SessionSetup(
    "long", build_kernel(KernelConfig.of("bbb_defconfig", {})).path, build_program(program),
    args=tuple(args), checkpoint_bytes=bound,
)
def peak():
    # A child's ru_maxrss begins with that of the process it was forked from.
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


session = Session.open(setup)
session.start()
sizes = []
for length in lengths:
    session.run(length)
    assert session.end >= length, session.ending
    sizes.append(peak())
# From the far end back to the beginning and on again, so that checkpoints are made anew.
for at in (session.first_user, lengths[-1] // 2, lengths[-1]):
    session.goto(at)
    assert session.icount == at
sizes.append(peak())
print(json.dumps(sizes))
"""


def sizes(program: str, args: list[str], bound: int, *lengths: int) -> list[int]:
    command = [sys.executable, "-c", CHILD, json.dumps([program, args, bound, *lengths])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[int] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("program", "args"), [("spin", []), ("threads", ["4", "100000"])], ids=["spin", "threads"]
)
def test_a_run_grows_by_no_more_than_a_long_one_may(program: str, args: list[str]) -> None:
    """A tenth of the length, with a tenth of the checkpoints' bound: what it adds, ten times, and
    what is there from the start stay under the limit of a long run.
    """
    before, after, again = sizes(program, args, (96 << 20) // 10, 1_000_000, 10_000_000)
    grown = max(after, again) - before
    assert before + 10 * grown * 100 // 90 < LIMIT


@pytest.mark.soak
@pytest.mark.parametrize(
    ("program", "args"), [("spin", []), ("threads", ["4", "1000000"])], ids=["spin", "threads"]
)
def test_a_hundred_million_instructions_stay_under_a_gigabyte(
    program: str, args: list[str]
) -> None:
    assert max(sizes(program, args, 96 << 20, 100_000_000)) < LIMIT
