"""Line by line against strace itself, which runs the same source on this computer."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.test_strace import HERE, MUSL, trace

STRACE = shutil.which("strace")
REQUIRED = os.environ.get("RINGVIEW_REQUIRE_ORACLES") == "1"
NATIVE = [sys.executable, "-m", "ziglang", "cc", "-target", f"{platform.machine()}-linux-musl"]
SOURCE = HERE / "strace_forms.c"
FIRST, LAST = "rt_sigaction(SIGUSR1", "syscall_0x270f"

pytestmark = pytest.mark.skipif(STRACE is None and not REQUIRED, reason="no strace here")


def build(command: list[str], output: Path) -> Path:
    options = ["-static", "-O1", "-w", "-D_GNU_SOURCE", "-U_FORTIFY_SOURCE"]
    subprocess.run([*command, *options, "-o", output, SOURCE], check=True, timeout=300)
    return output


def form(line: str) -> str:
    """A line without what differs from one computer, kernel, or register width to another."""
    line = re.sub(r"^\[pid +\d+\] ", "", line)
    line = re.sub(r"^((?:rt_)?sigreturn)", "sigreturn", line.replace("fcntl64(", "fcntl("))
    line = re.sub(r"\|0xffffffff00000000", "", line)  # a flag's sign, on 64 bits
    line = re.sub(r"(getrandom\().*(, \d+, .*)", r"\1bytes\2", line) + (
        " hex" if re.match(r'getrandom\("(\\x[0-9a-f]{2}){2,32}"(\.\.\.)?,', line) else ""
    )
    line = re.sub(r"sysinfo\(.*", lambda match: re.sub(r"\d+", "N", match[0]), line)
    line = re.sub(r"(tv_usec|si_pid|si_uid|si_status|si_utime|si_stime)=\d+", r"\1=N", line)
    line = re.sub(r"^(getpid\(\) +=|clone\(.*=) \d+", r"\1 N", line)
    line = re.sub(r"^(kill\()\d+", r"\1N", line)
    line = re.sub(r"(=|[(, ]|iov_base=)0x[0-9a-f]{4,}", r"\1ADDRESS", line)
    return re.sub(r" +", " ", line)


def calls(lines: list[str]) -> list[str]:
    first = next(number for number, line in enumerate(lines) if line.startswith(FIRST))
    last = next(number for number, line in enumerate(lines) if line.startswith(LAST))
    return [form(line) for line in lines[first : last + 1] if not ignored(line)]


def ignored(line: str) -> bool:
    # What mmap is called, what a libc does by itself, and when the child runs, are no forms.
    others = ("mmap", "brk", "[pid", "wait4", "strace: ", "<...", "+++ ", "--- SIGCHLD")
    return line.startswith(others)


def test_lines_are_those_of_strace(tmp_path: Path) -> None:
    status, ours, _ = trace(build(MUSL, tmp_path / "guest"))
    assert status == 0
    assert STRACE is not None
    told = tmp_path / "strace.log"
    subprocess.run(
        [STRACE, "-o", told, build(NATIVE, tmp_path / "native")],
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=60,
    )
    theirs = calls(told.read_text("utf-8").splitlines())
    assert len(theirs) > 40
    assert calls(ours) == theirs
