"""How long a lecturer waits: every shipped scenario from ``ringview run`` to its first beat, and an
edited one from the key that rebuilds it to the same place again.

The real program on a pseudo-terminal of 120 by 40, warm: wall-clock seconds until the screen that
shows it was written, and CPU seconds that the program and its engine had taken by then, in which
others on the machine do not count. The edit is made in a copy of the tree, one line of the
kernel and then one of the program.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from bench.bench_tui import Terminal

ROOT = Path(__file__).resolve().parent.parent
FIRST_BEAT = 1.0  # seconds, warm
REBUILT = 2.0  # seconds from the key to the same place
ROUNDS = 3
MESSAGE = 8.0  # seconds until the message that it is rebuilt has gone for sure
EDIT = '\tasm volatile("mov r0, #{}" : : : "r0");\n'
EDITS = {  # before this line goes another, which computes something else in each round
    "kernel": ("kernel/kernel/sys-hello2.c", "\tif (copy_from_user(&in, uin, sizeof(in)))"),
    "program": ("userland/hello2.c", "\tif (syscall(SYS_HELLO2, &in, &out) < 0) {"),
}


def cpu_of(pid: int) -> float:
    """CPU seconds that a process and what it has started have taken so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ticks = sum(int(fields[i]) for i in (11, 12, 13, 14))  # its own, and of children that ended
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return ticks / os.sysconf("SC_CLK_TCK") + sum(cpu_of(int(child)) for child in children)


def leave(terminal: Terminal) -> None:
    """Leave the screen."""
    os.write(terminal.file, b"q")
    terminal.quiet(0.3)
    os.waitpid(terminal.pid, 0)


def first_beat(program: Path, name: str) -> tuple[float, float]:
    """Seconds to the first beat, on the wall and of the processor's."""
    terminal = Terminal([str(program), "run", name, "--at", "beat 1"])
    seconds = terminal.until(b"beat 1 of") - terminal.start
    cpu = cpu_of(terminal.pid)
    leave(terminal)
    return seconds, cpu


def rebuilt(program: Path, name: str) -> list[tuple[float, float]]:
    """Seconds, on the wall and of the processor, from the key that rebuilds to the same beat, one
    line of the tree changed.
    """
    file, line = EDITS[name]
    found: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as directory:
        for part in ("kernel", "userland", "scenarios"):
            skip = shutil.ignore_patterns("build", "out", "__pycache__")
            shutil.copytree(ROOT / part, Path(directory) / part, ignore=skip)
        edited = Path(directory) / file
        original = edited.read_text()
        os.environ["RINGVIEW_TREE"] = directory
        try:
            terminal = Terminal([str(program), "run", "hello2", "--at", "beat 8"])
            terminal.until(b"beat 8 of", 300)
            terminal.quiet()
            for round_ in range(ROUNDS + 1):
                assert original.count(line) == 1
                edited.write_text(original.replace(line, f"{EDIT.format(round_)}{line}"))
                before = cpu_of(terminal.pid)
                seconds = terminal.press(b"R", b"rebuilt; at")
                found.append((seconds, cpu_of(terminal.pid) - before))
                terminal.read_for(MESSAGE)
            leave(terminal)
        finally:
            del os.environ["RINGVIEW_TREE"]
    return found[1:]  # the first builds all that the copy of the tree has


def main() -> int:
    """Measure, print, and tell by the exit status whether the goals are met."""
    program = Path(sys.executable).with_name("ringview")
    names = sorted(path.stem for path in (ROOT / "scenarios").glob("*.yaml"))
    rows: list[tuple[float, float, str]] = []
    for name in names:
        first_beat(program, name)  # builds what is not built, and warms the caches
        rounds = [first_beat(program, name) for _ in range(ROUNDS)]
        wall, cpu = (min(column) for column in zip(*rounds, strict=True))
        rows.append((wall, cpu, name))
    print(f"{'first beat of':<20}{'wall':>8}{'CPU':>8}   (goal {FIRST_BEAT:.1f} s)")
    for wall, cpu, name in sorted(rows, reverse=True):
        print(f"{name:<20}{wall:8.2f}{cpu:8.2f}")
    walls = [wall for wall, _, _ in rows]
    print(f"{'median of all':<20}{statistics.median(walls):8.2f}")
    missed = max(walls) > FIRST_BEAT
    for name in EDITS:
        wall, cpu = (min(column) for column in zip(*rebuilt(program, name), strict=True))
        missed = missed or wall > REBUILT
        print(f"{'rebuilt, ' + name:<20}{wall:8.2f}{cpu:8.2f}   (goal {REBUILT:.1f} s)")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
