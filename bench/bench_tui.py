"""How fast the live screen answers, measured at the terminal: the real program on a pseudo-terminal
of 120 by 40.

Reports the time from the start of the process to the first paint and to the first state of the
guest, and from a key press until the screen that shows its effect was written (median and 95th
percentile), for single steps forwards and back and for source lines.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

SIZE = (40, 120)  # rows, columns
KEYS = 60
RUNS = 40
FIRST_PAINT = 0.5  # seconds, warm
FIRST_STATE = 1.0
KEY_TO_PAINT = 0.033  # seconds at the 95th percentile
ESCAPES = re.compile(rb"\x1b\[[0-9;?<>=]*[a-zA-Z$]|\x1b[=>]")
COUNT = re.compile(rb"icount ([0-9,]+)")


class Terminal:
    """A program on a pseudo-terminal, and all that it has written."""

    def __init__(self, command: list[str]) -> None:
        self.start = time.perf_counter()
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            os.execv(command[0], command)
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        self.written = b""

    def read(self, timeout: float) -> bool:
        """Take what the program writes within the timeout; answer that updates may be grouped."""
        ready, _, _ = select.select([self.file], [], [], timeout)
        if not ready:
            return False
        try:
            data = os.read(self.file, 1 << 16)
        except OSError:
            return False
        if b"\x1b[?2026$p" in data:
            os.write(self.file, b"\x1b[?2026;2$y")
        self.written += data
        return bool(data)

    def until(self, wanted: bytes, timeout: float = 60.0) -> float:
        """Read until the text was written; gives the moment."""
        end = time.perf_counter() + timeout
        while wanted not in ESCAPES.sub(b"", self.written):
            if time.perf_counter() > end or (not self.read(0.5) and not self.alive()):
                raise SystemExit(f"bench: the screen never showed {wanted.decode()}")
        return time.perf_counter()

    def alive(self) -> bool:
        """Whether the program still runs."""
        return os.waitpid(self.pid, os.WNOHANG) == (0, 0)

    def quiet(self, seconds: float = 0.15) -> None:
        """Read until nothing is written for so long."""
        while self.read(seconds):
            pass

    def read_for(self, seconds: float) -> None:
        """Read whatever is written for so long."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.read(left)

    def icount(self) -> int:
        """The instruction count that the header showed last."""
        found = COUNT.findall(ESCAPES.sub(b"", self.written))
        return int(found[-1].replace(b",", b""))

    def press(self, key: bytes, wanted: bytes) -> float:
        """Press a key; gives the seconds until the screen that shows ``wanted`` was written."""
        self.written = b""
        begin = time.perf_counter()
        os.write(self.file, key)
        return self.until(wanted) - begin


def start_times(command: list[str]) -> tuple[float, float]:
    """Seconds to the first paint and to the first state of the guest."""
    terminal = Terminal(command)
    first = terminal.until(b"ringview") - terminal.start
    state = terminal.until(b"you are here") - terminal.start
    terminal.quiet()
    os.write(terminal.file, b"q")
    terminal.quiet(0.5)
    os.waitpid(terminal.pid, 0)
    return first, state


def key_times(command: list[str]) -> dict[str, list[float]]:
    """Seconds from key to paint, by kind of key."""
    terminal = Terminal(command)
    terminal.until(b"you are here")
    terminal.quiet()
    now = terminal.icount()
    times: dict[str, list[float]] = {"step": [], "back": []}
    for name, key, change in (("step", b"\x1b[C", 1), ("back", b"\x1b[D", -1)):
        for _ in range(KEYS):
            now += change
            times[name].append(terminal.press(key, f"icount {now:,}".encode()))
            terminal.quiet(0.03)
    os.write(terminal.file, b"q")
    terminal.quiet(0.5)
    os.waitpid(terminal.pid, 0)
    return times


ENDLESS = """\
title: spin
kernel: {config: bbb_defconfig}
program: spin
"""


def running_times(program: Path) -> list[float]:
    """Seconds from a key to the screen that shows that the guest stands, while it runs at full
    speed.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as scenario:
        scenario.write(ENDLESS)
        scenario.flush()
        terminal = Terminal([str(program), "run", scenario.name])
        terminal.until(b"you are here")
        terminal.quiet(1.0)
        times = []
        for _ in range(RUNS):
            terminal.written = b""
            os.write(terminal.file, b" ")
            terminal.until(b"running")
            terminal.read_for(0.3)
            times.append(terminal.press(b"x", b"paused at"))
            terminal.quiet(0.1)
        os.write(terminal.file, b"q")
        terminal.quiet(0.5)
        os.waitpid(terminal.pid, 0)
    return times


def main() -> int:
    """Measure, print, and tell by the exit status whether the goals are met."""
    program = Path(sys.executable).with_name("ringview")
    command = [str(program), "run", "hello2"]
    start_times(command)  # warm the caches
    paint, state = (
        min(pair) for pair in zip(*(start_times(command) for _ in range(3)), strict=True)
    )
    print(f"first paint     {1e3 * paint:8.0f} ms   (goal {1e3 * FIRST_PAINT:.0f})")
    print(f"first state     {1e3 * state:8.0f} ms   (goal {1e3 * FIRST_STATE:.0f})")
    worst = 0.0
    kinds = {**key_times(command), "while running": running_times(program)}
    for name, times in kinds.items():
        high = statistics.quantiles(times, n=20)[-1]
        worst = max(worst, high)
        print(
            f"{name:<15} {1e3 * statistics.median(times):8.1f} ms median"
            f" {1e3 * high:8.1f} ms p95   (goal {1e3 * KEY_TO_PAINT:.0f})"
        )
    return int(paint > FIRST_PAINT or state > FIRST_STATE or worst > KEY_TO_PAINT)


if __name__ == "__main__":
    sys.exit(main())
