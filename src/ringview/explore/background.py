"""A search in a process of its own, for a screen that goes on meanwhile.

``python -m ringview.explore.background SCENARIO BOUND`` writes one JSON object a line to standard
output: `Told`, the last of which has the chart or says why there is none. It stops, and tells what
is known, as soon as its standard input ends or anything comes there.
"""

from __future__ import annotations

import os
import select
import sys
import time
from dataclasses import dataclass
from typing import BinaryIO

import msgspec

from ringview.errors import RingviewError
from ringview.explore.chart import Chart, chart_of
from ringview.explore.drive import Progress, Search
from ringview.explore.schedule import ADVERSARIES
from ringview.explore.target import find_target
from ringview.explore.text import SHORT
from ringview.scenario.load import load_scenario
from ringview.session.recorder import Interrupted

INTERVAL = 0.2
"""Seconds between two lines of progress."""
NICENESS = 5
"""The screen and its engine come first."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line.

    Attributes:
        words: how far the search is.
        fraction: of its level that is done, -1 if unknown.
        chart: what came of it, in the last line.
        error: why nothing came of it, in the last line.
    """

    words: str = ""
    fraction: float = -1.0
    chart: Chart | None = None
    error: str = ""


class _Teller:
    def __init__(self, out: BinaryIO, listen: int) -> None:
        self._out = out
        self._listen = listen
        self._next = 0.0
        self._stopped = False

    def say(self, told: Told) -> None:
        self._out.write(msgspec.json.encode(told) + b"\n")
        self._out.flush()

    def note(self, words: str) -> None:
        self.say(Told(words))

    def progress(self, progress: Progress) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + INTERVAL
        fraction = progress.done / progress.items if progress.items else -1.0
        words = (
            f"{SHORT[progress.adversary]} k = {progress.bound}: {progress.schedules:,} schedules, "
            f"this level about {progress.estimate:,}; {progress.bugs} with a bug"
        )
        self.say(Told(words, fraction))

    def stopped(self) -> bool:
        """Whether anything has come, or the reader has gone."""
        if not self._stopped:
            self._stopped = bool(select.select([self._listen], [], [], 0)[0])
        return self._stopped


def explore(scenario: str, bound: int, out: BinaryIO, listen: int) -> None:
    """Search a scenario's race, and tell of it on ``out`` until something comes on ``listen``."""
    teller = _Teller(out, listen)
    try:
        target = find_target(
            load_scenario(scenario), interrupted=teller.stopped, progress=teller.note
        )
        teller.note("finding out what undisturbed calls come to")
        search = Search(
            target, ADVERSARIES, bound, progress=teller.progress, interrupted=teller.stopped
        )
        result = search.run()
        teller.note("drawing the map")
        teller.say(Told(chart=chart_of(search, result)))
        search.close()
    except Interrupted:
        teller.say(Told(error="stopped before anything was found."))
    except RingviewError as error:
        stopped = teller.stopped()
        teller.say(Told(error="stopped before anything was found." if stopped else f"{error}."))


if __name__ == "__main__":
    os.nice(NICENESS)
    explore(sys.argv[1], int(sys.argv[2]), sys.stdout.buffer, sys.stdin.fileno())
