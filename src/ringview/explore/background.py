"""A search in a process of its own, for a screen that goes on meanwhile.

``python -m ringview.explore.background map SCENARIO BOUND`` writes one JSON object a line to
standard output: `Told`, the last of which has the chart or says why there is none. ``matrix`` in
place of ``map`` searches the scenario's row, and those of its relatives, under each mitigation, and
tells of each cell. Either stops, and tells what is known, as soon as its standard input ends or
anything comes there.
"""

from __future__ import annotations

import hashlib
import os
import select
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from ringview.errors import InputError, RingviewError
from ringview.explore.chart import Chart, chart_of
from ringview.explore.drive import Progress, Search
from ringview.explore.matrix import MatrixSearch, Task, tasks_of
from ringview.explore.mitigations import MITIGATIONS, rows_for, variant_of
from ringview.explore.results import MatrixCell
from ringview.explore.schedule import ADVERSARIES
from ringview.explore.target import find_target
from ringview.explore.text import SHORT
from ringview.guest.tree import cache_directory, find_tree
from ringview.scenario.load import load_scenario
from ringview.session.recorder import Interrupted

INTERVAL = 0.2
"""Seconds between two lines of progress."""
NICENESS = 5
"""The screen and its engine come first."""


@dataclass(frozen=True, slots=True)
class MatrixTold:
    """How far a matrix of mitigations is.

    Attributes:
        bound: the greatest k.
        rows: scenario and variant of each.
        columns: name of each mitigation, and what it does.
        cells: row, column and verdict of those that are known.
        now: row and column of the one that is searched, (-1, -1) for none.
        stopped: it was asked to stop.
        done: no more is to come.
    """

    bound: int
    rows: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    cells: tuple[tuple[int, int, MatrixCell], ...] = ()
    now: tuple[int, int] = (-1, -1)
    stopped: bool = False
    done: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One line.

    Attributes:
        words: how far the search is.
        fraction: of its level that is done, -1 if unknown; of a matrix, of all its cells.
        chart: what came of it, in the last line.
        error: why nothing came of it, in the last line.
        matrix: what is known of one.
    """

    words: str = ""
    fraction: float = -1.0
    chart: Chart | None = None
    error: str = ""
    matrix: MatrixTold | None = None


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
        fraction = progress.done / progress.items if progress.items else -1.0
        self.steadily(Told(_in_words(progress), fraction), force=False)

    def steadily(self, told: Told, *, force: bool) -> None:
        """Say it, unless the last was just now."""
        now = time.monotonic()
        if force or now >= self._next:
            self._next = now + INTERVAL
            self.say(told)

    def stopped(self) -> bool:
        """Whether anything has come, or the reader has gone."""
        if not self._stopped:
            self._stopped = bool(select.select([self._listen], [], [], 0)[0])
        return self._stopped


def _in_words(progress: Progress) -> str:
    return (
        f"{SHORT[progress.adversary]} k = {progress.bound}: {progress.schedules:,} schedules, "
        f"this level about {progress.estimate:,}; {progress.bugs} with a bug"
    )


def explore(scenario: str, bound: int, out: BinaryIO, listen: int) -> None:
    """Search a scenario's race, and tell of it on ``out`` until something comes on ``listen``."""
    teller = _Teller(out, listen)
    teller.note("booting, and running on to the call that is raced")
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
        teller.say(Told("the map is drawn", chart=chart_of(search, result)))
        search.close()
    except Interrupted:
        teller.say(Told(error="stopped before anything was found."))
    except RingviewError as error:
        stopped = teller.stopped()
        teller.say(Told(error="stopped before anything was found." if stopped else f"{error}."))


def matrix_directory(scenario: str) -> Path:
    """Where the screen keeps what replays the cells of a scenario's matrix, and what is known."""
    path = Path(scenario)
    name = str(path.resolve()) if path.exists() else f"{find_tree().root}\0{scenario}"
    key = hashlib.sha256(name.encode()).hexdigest()[:16]
    return cache_directory() / "matrix" / key


class _Matrix:
    """One matrix being searched, and told of."""

    def __init__(self, scenario: str, bound: int, teller: _Teller) -> None:
        self._teller = teller
        where = matrix_directory(scenario)
        try:
            where.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InputError(f"the matrix cannot be kept: {reason}", path=where) from None
        names = rows_for(scenario)
        self._rows = tuple((name, variant_of(load_scenario(name))) for name in names)
        self._bound = bound
        self._tasks = tasks_of(names, where, bound=bound)
        self._under_way: Task | None = None
        state = where / "state.json"
        try:
            self.search = self._made(state)
        except InputError:
            # a cache that cannot be read is worth nothing
            state.unlink(missing_ok=True)
            self.search = self._made(state)

    def _made(self, state: Path) -> MatrixSearch:
        return MatrixSearch(
            self._tasks,
            state=state,
            told=lambda _: self.tell("", force=True),
            note=self._note,
            progress=lambda task, progress: self._note(task, _in_words(progress)),
            interrupted=self._teller.stopped,
            forgiving=True,
        )

    def _note(self, task: Task, text: str) -> None:
        self._under_way = task
        row = self._place(task)[0]
        self.tell(f"{self._rows[row][1]}, {task.mitigation}: {text or 'beginning'}")

    def _place(self, task: Task) -> tuple[int, int]:
        return divmod(self._tasks.index(task), len(MITIGATIONS))

    def tell(self, words: str, *, force: bool = False, done: bool = False) -> None:
        cells = self.search.cells
        task = None if done else self._under_way
        told = MatrixTold(
            self._bound,
            self._rows,
            tuple((m.name, m.means) for m in MITIGATIONS),
            tuple((*self._place(t), cell) for t, cell in cells.items()),
            (-1, -1) if task is None or task in cells else self._place(task),
            stopped=done and len(cells) < len(self._tasks),
            done=done,
        )
        self._teller.steadily(
            Told(words, len(cells) / len(self._tasks), matrix=told), force=force or done
        )


def explore_matrix(scenario: str, bound: int, out: BinaryIO, listen: int) -> None:
    """Search the matrix of a scenario and its relatives, and tell of it as `explore` does."""
    teller = _Teller(out, listen)
    try:
        matrix = _Matrix(scenario, bound, teller)
        matrix.search.run()
        matrix.tell("", done=True)
    except RingviewError as error:
        teller.say(Told(error=f"{error}."))


if __name__ == "__main__":
    os.nice(NICENESS)
    _run = {"map": explore, "matrix": explore_matrix}[sys.argv[1]]
    _run(sys.argv[2], int(sys.argv[3]), sys.stdout.buffer, sys.stdin.fileno())
