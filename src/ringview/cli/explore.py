"""``ringview explore``: search the schedules of a scenario's race, and print the verdict."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ringview.cli.interrupt import deferred_interrupt
from ringview.cli.jsonfile import write_json
from ringview.errors import BuildError
from ringview.explore.document import document, matrix_document
from ringview.explore.drive import Progress, Search
from ringview.explore.matrix import MatrixSearch, account, matrix_text, tasks_of
from ringview.explore.replay import SUFFIX, write_schedule
from ringview.explore.results import MatrixCell, Result
from ringview.explore.schedule import ADVERSARIES, Adversary
from ringview.explore.target import find_target
from ringview.explore.text import SHORT, report
from ringview.explore.work import Cluster, Here, Processes, Workshop
from ringview.scenario.load import load_scenario

EXIT_BUG = 1


@dataclass(frozen=True, slots=True)
class Order:
    """What a search is to cover, how it works, and where its results go.

    Attributes:
        bound: the greatest number of preemptions.
        adversary: ``board``, ``second-core`` or ``both``.
        jobs: processes; 0 for as many as there are processors.
        limit: instructions of one schedule, 0 for the usual.
        json_path: where to write everything as JSON; ``-`` is the output, which then gets nothing
            else.
        state: file by which a search that was stopped can be taken up again.
        schedules: directory for schedule files; the present one by default.
        scheduler: address of a Dask scheduler, empty for none.
    """

    bound: int = 2
    adversary: str = "both"
    jobs: int = 1
    limit: int = 0
    json_path: str | None = None
    state: Path | None = None
    schedules: Path | None = None
    scheduler: str = ""

    @property
    def adversaries(self) -> tuple[Adversary, ...]:
        """Those that race."""
        return tuple(a for a in ADVERSARIES if self.adversary in ("both", a))

    @property
    def processes(self) -> int:
        """How many of them work."""
        return self.jobs or os.cpu_count() or 1


def run_explore(name: str, order: Order, out: TextIO) -> int:
    """Explore a scenario; return 0 if no bug was found, 1 if one was, 130 if stopped without one.

    Args:
        name: a file, or the name of a shipped scenario.
        order: what is wanted.
        out: where the report goes.

    Raises:
        RingviewError: the scenario has no race, or cannot be run.
    """
    scenario = load_scenario(name)
    with deferred_interrupt() as interrupt, _bar() as show:
        try:
            target = find_target(scenario, interrupted=interrupt, progress=show.note)
        except BuildError:
            interrupt.check()  # Ctrl-C ends the compiler, too
            raise
        interrupt.check()
        search = Search(
            target,
            order.adversaries,
            order.bound,
            limit=order.limit,
            state_path=order.state,
            progress=show.progress,
            interrupted=interrupt,
        )
        show.note(_announcement(search))
        shop = _workshop(search, order)
        try:
            result = search.run(shop)
        finally:
            shop.close()
    files = _write_schedules(result, search, order.schedules or Path())
    search.close()
    if order.json_path is not None:
        write_json(document(result, files), order.json_path, out)
    if order.json_path != "-":
        for line in report(result, files):
            print(line, file=out)
    if result.bugs:
        return EXIT_BUG
    return 130 if result.interrupted else 0


def run_matrix(names: tuple[str, ...], order: Order, out: TextIO) -> int:
    """Explore scenarios under each mitigation; the status is as of `run_explore`.

    Args:
        names: files, or names of shipped scenarios.
        order: what is wanted; the schedule files are what replays the cells.
        out: where the table goes.

    Raises:
        RingviewError: a scenario has no race, or cannot be run.
    """
    tasks = tasks_of(
        names,
        order.schedules or Path(),
        bound=order.bound,
        adversaries=order.adversaries,
        limit=order.limit,
    )
    with deferred_interrupt() as interrupt, _bar() as show:
        search = MatrixSearch(
            tasks,
            jobs=order.processes,
            state=order.state,
            told=lambda cell: show.cell(cell, len(tasks)),
            note=lambda task, text: show.note(text or f"{task.scenario}, {task.mitigation}"),
            progress=lambda _, progress: show.progress(progress),
            interrupted=interrupt,
        )
        matrix = search.run()
        stopped = interrupt()
    if order.json_path is not None:
        write_json(matrix_document(matrix, len(tasks)), order.json_path, out)
    if order.json_path != "-":
        for line in matrix_text(matrix):
            print(line, file=out)
        if stopped:
            print(f"\nstopped: {len(matrix.cells)} of {len(tasks)} cells are known", file=out)
    if any(cell.verdict == "bug" for cell in matrix.cells):
        return EXIT_BUG
    return 130 if stopped else 0


def _announcement(search: Search) -> str:
    parts = [
        f"{SHORT[a]} k={k}: about {search.estimate(a, k):,}"
        for k in range(search.bound + 1)
        for a in search.adversaries
    ]
    return "schedules to run: " + ", ".join(parts)


def _workshop(search: Search, order: Order) -> Workshop:
    if order.scheduler:
        return Cluster(order.scheduler)
    if order.processes == 1:
        return Here(search.explorer)
    return Processes(order.processes, search.explorer)


def _write_schedules(result: Result, search: Search, where: Path) -> dict[int, str]:
    files: dict[int, str] = {}
    for number, find in enumerate(result.finds):
        path = where / f"{result.subject.scenario}-{number + 1}{SUFFIX}"
        write_schedule(find, search.target, path)
        files[number] = str(path)
    return files


class _Quiet:
    """Shows nothing: nobody is looking."""

    def note(self, text: str) -> None:
        """Say nothing."""

    def progress(self, progress: Progress) -> None:
        """Draw nothing."""

    def cell(self, cell: MatrixCell, count: int) -> None:
        """Say nothing of a cell."""


class _Bar(_Quiet):
    """A progress bar with an estimate, on standard error."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        self.console = Console(stderr=True)
        self.bar = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total} parts"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[more]}"),
            console=self.console,
        )
        self.task = self.bar.add_task("", total=1, more="")
        self.cells = 0

    def note(self, text: str) -> None:
        """Say what is under way."""
        self.bar.console.print(f"  {text}", highlight=False)

    def progress(self, progress: Progress) -> None:
        """Draw how far it is."""
        self.bar.update(
            self.task,
            description=f"{SHORT[progress.adversary]} k = {progress.bound}",
            completed=progress.done,
            total=progress.items,
            more=f"{progress.schedules:,} schedules, {progress.bugs} bugs",
        )

    def cell(self, cell: MatrixCell, count: int) -> None:
        """Say what is known of a cell of the matrix."""
        self.cells += 1
        self.note(f"{self.cells}/{count} {cell.variant}, {cell.mitigation}: {account(cell)}")


@contextlib.contextmanager
def _bar() -> Iterator[_Quiet]:
    if not sys.stderr.isatty():
        yield _Quiet()
        return
    bar = _Bar()
    with bar.bar:
        yield bar
