"""``ringview explore``: search the schedules of a scenario's race, and print the verdict."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from ringview.cli.interrupt import deferred_interrupt
from ringview.errors import BuildError
from ringview.explore.document import document, matrix_document, write_document
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


def run_explore(
    name: str,
    out: TextIO,
    *,
    bound: int,
    adversary: str,
    jobs: int,
    limit: int,
    json_path: str | None,
    state: Path | None,
    schedules: Path | None,
    scheduler: str,
) -> int:
    """Explore a scenario; return 0 if no bug was found, 1 if one was, 130 if stopped without one.

    Args:
        name: a file, or the name of a shipped scenario.
        out: where the report goes.
        bound: the greatest number of preemptions.
        adversary: ``board``, ``second-core`` or ``both``.
        jobs: processes; 0 for as many as there are processors.
        limit: instructions of one schedule, 0 for the usual.
        json_path: where to write everything as JSON; ``-`` is ``out``, which then gets nothing
            else.
        state: file by which a search that was stopped can be taken up again.
        schedules: directory for schedule files; the present one by default.
        scheduler: address of a Dask scheduler, empty for none.

    Raises:
        RingviewError: the scenario has no race, or cannot be run.
    """
    chosen: tuple[Adversary, ...] = ADVERSARIES
    if adversary != "both":
        chosen = tuple(a for a in ADVERSARIES if a == adversary)
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
            chosen,
            bound,
            limit=limit,
            state_path=state,
            progress=show.progress,
            interrupted=interrupt,
        )
        show.note(_announcement(search))
        shop = _workshop(search, jobs, scheduler)
        try:
            result = search.run(shop)
        finally:
            shop.close()
    files = _write_schedules(result, search, schedules or Path())
    search.close()
    _tell(result, files, json_path, out)
    if result.bugs:
        return EXIT_BUG
    return 130 if result.interrupted else 0


def run_matrix(
    names: tuple[str, ...],
    out: TextIO,
    *,
    bound: int,
    adversary: str,
    limit: int,
    json_path: str | None,
    schedules: Path | None,
    jobs: int = 1,
    state: Path | None = None,
) -> int:
    """Explore scenarios under each mitigation; the status is as of `run_explore`.

    Args:
        names: files, or names of shipped scenarios.
        out: where the table goes.
        bound: the greatest number of preemptions.
        adversary: ``board``, ``second-core`` or ``both``.
        limit: instructions of one schedule, 0 for the usual.
        json_path: where to write the cells as JSON; ``-`` is ``out``, which then gets nothing else.
        schedules: directory for what replays the cells; the present one by default.
        jobs: processes; 0 for as many as there are processors.
        state: file by which a search that was stopped can be taken up again.

    Raises:
        RingviewError: a scenario has no race, or cannot be run.
    """
    chosen = tuple(a for a in ADVERSARIES if adversary in ("both", a))
    tasks = tasks_of(names, schedules or Path(), bound=bound, adversaries=chosen, limit=limit)
    with deferred_interrupt() as interrupt, _bar() as show:
        search = MatrixSearch(
            tasks,
            jobs=jobs or os.cpu_count() or 1,
            state=state,
            told=lambda cell: show.cell(cell, len(tasks)),
            note=lambda task, text: show.note(text or f"{task.scenario}, {task.mitigation}"),
            progress=lambda _, progress: show.progress(progress),
            interrupted=interrupt,
        )
        matrix = search.run()
        stopped = interrupt()
    if json_path is not None:
        data = matrix_document(matrix, len(tasks))
        if json_path == "-":
            json.dump(data, out, indent=1)
            print(file=out)
        else:
            write_document(data, Path(json_path))
    if json_path != "-":
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


def _workshop(search: Search, jobs: int, scheduler: str) -> Workshop:
    if scheduler:
        return Cluster(scheduler)
    jobs = jobs or os.cpu_count() or 1
    if jobs == 1:
        return Here(search.explorer)
    return Processes(jobs, search.explorer)


def _write_schedules(result: Result, search: Search, where: Path) -> dict[int, str]:
    files: dict[int, str] = {}
    for number, find in enumerate(result.finds):
        path = where / f"{result.subject.scenario}-{number + 1}{SUFFIX}"
        write_schedule(find, search.target, path)
        files[number] = str(path)
    return files


def _tell(result: Result, files: dict[int, str], json_path: str | None, out: TextIO) -> None:
    if json_path is not None:
        data = document(result, files)
        if json_path == "-":
            json.dump(data, out, indent=1)
            print(file=out)
            return
        write_document(data, Path(json_path))
    for line in report(result, files):
        print(line, file=out)


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
