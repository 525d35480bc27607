"""The matrix of mitigations: races on kernels that differ in their protections, every cell a
verdict with a file that replays what it is about.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path

import msgspec

from ringview.errors import EnvironmentProblem, InputError, RingviewError
from ringview.explore.drive import Progress, Search
from ringview.explore.finds import Find, Finder
from ringview.explore.judge import Judgement
from ringview.explore.mitigations import (
    MITIGATIONS,
    Mitigation,
    mitigation_of,
    names_of,
    stem_of,
    variant_of,
    write_variant,
)
from ringview.explore.replay import SUFFIX, write_schedule
from ringview.explore.results import MatrixCell, MitigationMatrix, Result
from ringview.explore.schedule import ADVERSARIES, Adversary, Schedule
from ringview.explore.target import file_hash, find_target
from ringview.explore.work import MOST_DEATHS, POLL_SECONDS, ignore_interrupts
from ringview.scenario.images import provide_images
from ringview.scenario.load import load_scenario
from ringview.session.recorder import Interrupted

STATE_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Task:
    """One cell to be searched: plain data, for any process.

    Attributes:
        scenario: a file, or the name of a shipped one.
        mitigation: name of the column.
        where: directory for what replays it.
        bound: the greatest k.
        adversaries: who races.
        limit: instructions of one schedule, 0 for the usual.
    """

    scenario: str
    mitigation: str
    where: str
    bound: int
    adversaries: tuple[Adversary, ...] = ADVERSARIES
    limit: int = 0


@dataclass(slots=True)
class Known:
    """What a state file holds: cells that were searched to their end, each with SHA-256 of the
    scenario file that it was searched with.
    """

    format: int = STATE_FORMAT
    cells: list[tuple[Task, str, MatrixCell]] = field(default_factory=list)


def tasks_of(
    names: Sequence[str],
    where: Path,
    *,
    bound: int,
    adversaries: tuple[Adversary, ...] = ADVERSARIES,
    limit: int = 0,
) -> list[Task]:
    """The cells of a matrix, row by row."""
    return [
        Task(name, column, str(where), bound, adversaries, limit)
        for name in names
        for column in names_of()
    ]


# ---------------------------------------------------------------------------------- one cell


def explore_cell(
    task: Task,
    *,
    interrupted: Callable[[], bool] = lambda: False,
    progress: Callable[[Progress], None] = lambda _: None,
    note: Callable[[str], None] = lambda _: None,
) -> MatrixCell:
    """Search one cell.

    Raises:
        Interrupted: `interrupted` said so before there was anything to tell.
        InputError: its files cannot be written.
    """
    scenario, mitigation = load_scenario(task.scenario), mitigation_of(task.mitigation)
    variant = variant_of(scenario)
    options = tuple((k, str(v)) for k, v in mitigation.options.items())
    path = _path(task)
    write_variant(scenario, mitigation, path)
    try:
        target = find_target(load_scenario(str(path)), interrupted=interrupted, progress=note)
    except Interrupted:
        raise
    except RingviewError as error:
        text = error.message if isinstance(error, InputError) else str(error)
        return MatrixCell(variant, task.mitigation, options, "not searched", why=text)
    note("finding out what undisturbed calls come to")
    search = Search(
        target,
        task.adversaries,
        task.bound,
        limit=task.limit,
        interrupted=interrupted,
        progress=progress,
    )
    try:
        result = search.run()
        find = result.finds[0] if result.finds else _attempt(search, result)
        file = ""
        if find is not None:
            file = str(path.with_name(f"{path.stem}-1{SUFFIX}"))
            write_schedule(find, search.target, Path(file))
        cell = _cell(variant, mitigation, result, find, file)
    finally:
        search.close()
    return replace(cell, most=task.bound)


def _path(task: Task) -> Path:
    """The scenario file of a cell."""
    stem = stem_of(load_scenario(task.scenario), mitigation_of(task.mitigation))
    return Path(task.where) / f"{stem}.yaml"


def _attempt(search: Search, result: Result) -> Find | None:
    """The other thread coming in where it can matter most, and failing: the replay of a cell
    without a bug.
    """
    judged = {(a, j.identity): j for a, j in result.judgements}
    best: tuple[tuple[object, ...], Judgement] | None = None
    for found in result.maps:
        middle = max((c.load for c in found.cells), default=0) / 2
        for cell in found.cells:
            judgement = judged.get((found.adversary, cell.identity))
            if judgement is None:
                continue
            rank = (
                found.adversary != "board",
                not judgement.changed,
                judgement.kind == "quiescent",
                abs(cell.load - middle),
                cell.start,
            )
            if best is None or rank < best[0]:
                schedule = Schedule(found.adversary, cell.start).then(cell.load, cell.position)
                best = rank, replace(judgement, schedule=schedule)
    return None if best is None else Finder(search.explorer).find(best[1])


def _cell(
    variant: str, mitigation: Mitigation, result: Result, find: Find | None, file: str
) -> MatrixCell:
    oracles = sorted({o for f in result.finds for o in f.judgement.outcome.oracles})
    subject = result.subject
    return MatrixCell(
        variant=variant,
        mitigation=mitigation.name,
        options=tuple((k, str(v)) for k, v in mitigation.options.items()),
        verdict=result.verdict,
        bound=min((f.bound for f in result.finds), default=-1),
        board=next((b.bugs for b in result.bounded if b.adversary == "board"), -1),
        certificate=result.certificate.holds,
        oracles=tuple(oracles),
        schedule=file,
        kernel_hash=subject.kernel_hash,
        program_hash=subject.program_hash,
        schedules=sum(b.schedules for b in result.bounded),
        changed=max((j.changed for _, j in result.judgements), default=0),
        outcome="" if find is None else str(find.analysis.outcome),
    )


# ------------------------------------------------------------------------------- all of them


class MatrixSearch:
    """Searches the cells of a matrix, in order; what is known from a state file is not searched
    again if the images are still the same.

    Args:
        tasks: the cells.
        jobs: processes; with one, all is done in this one.
        state: file by which it can be taken up again.
        told: told of each cell as soon as it is known.
        note: told what is under way.
        progress: told how far the cell under way is, where it is searched in this process.
        interrupted: asked often; true ends it.
        forgiving: a row that has nothing to search is one more row, and no error.

    Attributes:
        cells: those that are known.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        *,
        jobs: int = 1,
        state: Path | None = None,
        told: Callable[[MatrixCell], None] = lambda _: None,
        note: Callable[[Task, str], None] = lambda _task, _text: None,
        progress: Callable[[Task, Progress], None] = lambda _task, _progress: None,
        interrupted: Callable[[], bool] = lambda: False,
        forgiving: bool = False,
    ) -> None:
        self.tasks = tuple(tasks)
        self.cells: dict[Task, MatrixCell] = {}
        self._jobs = jobs
        self._state = state
        self._told, self._note, self._progress = told, note, progress
        self._interrupted = interrupted
        self._forgiving = forgiving
        self._known = {task: (key, cell) for task, key, cell in self._read().cells}

    @property
    def matrix(self) -> MitigationMatrix:
        """The cells that are known, in the order of the tasks."""
        return MitigationMatrix(tuple(self.cells[t] for t in self.tasks if t in self.cells))

    def run(self) -> MitigationMatrix:
        """Search them all, or as many as there is time for.

        Raises:
            InputError: the first cell of a row has nothing to search, or nothing can be written.
            EnvironmentProblem: worker processes die again and again.
        """
        left = [task for task in self.tasks if not self._recall(task)]
        if self._jobs == 1 or len(left) < 2:
            for task in left:
                if self._interrupted():
                    break
                with contextlib.suppress(Interrupted):
                    self._take(task, self._here(task))
        else:
            self._spread(left)
        return self.matrix

    def _here(self, task: Task) -> MatrixCell:
        self._note(task, "")
        return explore_cell(
            task,
            interrupted=self._interrupted,
            progress=lambda progress: self._progress(task, progress),
            note=lambda text: self._note(task, text),
        )

    def _spread(self, tasks: Sequence[Task]) -> None:
        """In several processes; the cell of one that was killed is searched again."""
        left = dict.fromkeys(tasks)
        deaths = 0
        while left and not self._interrupted():
            # spawned, not forked: an emulator must not be copied while it runs
            pool = ProcessPoolExecutor(
                self._jobs, mp_context=get_context("spawn"), initializer=ignore_interrupts
            )
            try:
                pending: dict[Future[MatrixCell], Task] = {}
                for task in left:
                    pending[pool.submit(explore_cell, task)] = task
                while pending and not self._interrupted():
                    ended, _ = wait(pending, POLL_SECONDS, FIRST_COMPLETED)
                    for future in ended:
                        task = pending.pop(future)
                        self._take(task, future.result())
                        left.pop(task)
                        deaths = 0
            except BrokenProcessPool:
                deaths += 1
                if deaths >= MOST_DEATHS:
                    raise EnvironmentProblem(
                        f"worker processes died {deaths} times in a row; is there enough memory?"
                    ) from None
            finally:
                processes = list(getattr(pool, "_processes", None) or {})
                workers = [pool._processes[pid] for pid in processes]
                pool.shutdown(wait=False, cancel_futures=True)
                for worker in workers:
                    worker.terminate()

    def _take(self, task: Task, cell: MatrixCell) -> None:
        first = task.mitigation == MITIGATIONS[0].name
        if cell.verdict == "not searched" and first and not self._forgiving:
            raise InputError(cell.why, path=task.scenario if "/" in task.scenario else None)
        self.cells[task] = cell
        self._told(cell)
        if cell.verdict != "interrupted":
            self._known[task] = file_hash(_path(task)), cell
            self._write()

    # ------------------------------------------------------------------------------- the state

    def _recall(self, task: Task) -> bool:
        """Take a cell from the state file if scenario, kernel and program are what they were."""
        key, cell = self._known.get(task, ("", None))
        if cell is None or cell.verdict == "not searched":
            return False
        if cell.schedule and not Path(cell.schedule).is_file():
            return False
        scenario, path = load_scenario(task.scenario), _path(task)
        try:
            write_variant(scenario, mitigation_of(task.mitigation), path)
            images = provide_images(load_scenario(str(path)))
            hashes = file_hash(path), file_hash(images.kernel.path), file_hash(images.program)
        except (RingviewError, OSError):
            return False
        if hashes != (key, cell.kernel_hash, cell.program_hash):
            return False
        self.cells[task] = cell
        self._told(cell)
        return True

    def _read(self) -> Known:
        if self._state is None or not self._state.exists():
            return Known()
        try:
            known = msgspec.json.decode(self._state.read_bytes(), type=Known)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InputError(f"the state cannot be read: {reason}", path=self._state) from None
        except msgspec.MsgspecError as error:
            raise InputError(f"this is no state of a matrix: {error}", path=self._state) from None
        if known.format != STATE_FORMAT:
            raise InputError(
                "this state is of another version of ringview; remove it to begin anew",
                path=self._state,
            )
        return known

    def _write(self) -> None:
        """Write the state file, whole or not at all."""
        if self._state is None:
            return
        scratch = self._state.with_name(f"{self._state.name}.{os.getpid()}.tmp")
        try:
            cells = [(task, *known) for task, known in self._known.items()]
            scratch.write_bytes(msgspec.json.encode(Known(cells=cells)))
            scratch.replace(self._state)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InputError(f"the state cannot be written: {reason}", path=self._state) from None


def matrix_text(matrix: MitigationMatrix) -> Iterator[str]:
    """The matrix as a table, then what each word means, then how to open each cell."""
    columns = names_of()
    variants = list(dict.fromkeys(cell.variant for cell in matrix.cells))
    known = {(cell.variant, cell.mitigation): cell for cell in matrix.cells}
    first = max([len("variant"), *map(len, variants)]) + 2
    yield f"{'variant':<{first}}" + "".join(f"{name:<15}" for name in columns).rstrip()
    for variant in variants:
        row = [known.get((variant, name)) for name in columns]
        for words in (
            [variant, *("not searched" if cell is None else cell.words for cell in row)],
            ["", *("" if cell is None else cell.consequence for cell in row)],
        ):
            if any(words):
                yield (
                    f"{words[0]:<{first}}" + "".join(f"{word:<15}" for word in words[1:])
                ).rstrip()
    yield ""
    yield "bug k=N: found with N preemptions; A2: by the modelled second core alone"
    yield "no bug: none up to the bound, double fetches or not; certified: the single-fetch"
    yield "certificate holds; each is a bounded verdict on these inputs and this kernel image"
    for cell in matrix.cells:
        yield ""
        yield f"{cell.variant}, {cell.mitigation}: {account(cell)}"
        if cell.schedule:
            yield f"  ringview run {cell.schedule}"


def account(cell: MatrixCell) -> str:
    """A cell in a sentence."""
    if cell.verdict == "bug":
        oracles = ", ".join(cell.oracles) or "no undisturbed run comes out like it"
        where = "" if cell.board else "; not reachable on one core"
        return f"a bug, smallest k = {cell.bound}: {oracles}{where}"
    if cell.verdict == "no bug found":
        events = (
            "the call fetches each byte once"
            if cell.certificate
            else "bytes are fetched twice and seen to change, and nothing comes of it"
            if cell.changed
            else "the single-fetch certificate does not hold"
        )
        return f"no bug in {cell.schedules:,} schedules, k <= {cell.most}; {events}"
    if cell.verdict == "interrupted":
        return f"stopped after {cell.schedules:,} schedules, without a bug so far"
    return f"not searched: {cell.why}"
