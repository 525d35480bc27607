"""Where items are done: in this process, in others, or on a cluster.

What is handed over is plain data. Whoever does the work builds the target anew from the scenario
and refuses it if the images are not those that the search began with.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Protocol

from ringview.errors import EnvironmentProblem, InputError
from ringview.explore.search import Explorer, Grown, Item, Stopped, Tally
from ringview.explore.target import find_target
from ringview.scenario.load import load_scenario

MOST_DEATHS = 5
"""Worker processes that may die in a row without an item having been done."""

POLL_SECONDS = 0.1

WORTH_SECONDS = 1.5
"""Work that is done in this process before others are started."""


@dataclass(frozen=True, slots=True)
class WorkSpec:
    """What a worker must know beside its item.

    Attributes:
        scenario: path of the scenario's file.
        kernel_hash, program_hash: SHA-256 of the images.
        limit: instructions of one schedule, 0 for the usual.
        interesting: bytes that matter, by physical address.
    """

    scenario: str
    kernel_hash: str
    program_hash: str
    limit: int
    interesting: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an item.

    Attributes:
        item: which.
        tally: None if it could not be finished.
        grown: interesting bytes, if they turned out to be more than was known.
    """

    item: Item
    tally: Tally | None
    grown: tuple[int, ...] = ()


_explorers: dict[tuple[str, str, str, int], Explorer] = {}


def work(spec: WorkSpec, item: Item) -> Done:
    """Do an item in a worker; its explorer is kept for the next one.

    Raises:
        InputError: the images are not those of the search.
    """
    return do_item(_explorer(spec), item)


def do_item(explorer: Explorer, item: Item) -> Done:
    """Do an item with an explorer at hand."""
    try:
        return Done(item, explorer.do(item))
    except Grown as grown:
        return Done(item, None, tuple(sorted(grown.addresses)))


def _explorer(spec: WorkSpec) -> Explorer:
    key = (spec.scenario, spec.kernel_hash, spec.program_hash, spec.limit)
    found = _explorers.get(key)
    if found is None:
        target = find_target(load_scenario(spec.scenario))
        if (target.kernel_hash, target.program_hash) != (spec.kernel_hash, spec.program_hash):
            raise InputError(
                "a worker has other images of kernel or program than the search began with",
                path=spec.scenario,
            )
        _explorers.clear()
        found = _explorers[key] = Explorer(target, spec.limit, frozenset(spec.interesting))
    elif found.interesting != frozenset(spec.interesting):
        found.settle(frozenset(spec.interesting))
    return found


class Workshop(Protocol):
    """Does items, in any order."""

    def do(
        self, spec: WorkSpec, items: Iterable[Item], interrupted: Callable[[], bool]
    ) -> Iterator[Done]:
        """Yield what becomes of each item; ends early where `interrupted` says so."""

    def close(self) -> None:
        """End the workers."""


class Here:
    """Works in this process."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer

    def do(
        self, spec: WorkSpec, items: Iterable[Item], interrupted: Callable[[], bool]
    ) -> Iterator[Done]:
        """One after the other."""
        self.explorer.interrupted = interrupted
        for item in items:
            if interrupted():
                return
            try:
                yield do_item(self.explorer, item)
            except Stopped:
                return

    def close(self) -> None:
        """Nothing to end."""


def ignore_interrupts() -> None:
    """Leave Ctrl-C, which the terminal sends to all processes, to the one that began the search."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Processes:
    """Works in several processes; the items of one that was killed are done again.

    Short levels are done in this process: a worker takes longer to start than they take.

    Args:
        jobs: how many.
        explorer: does the short levels.
    """

    def __init__(self, jobs: int, explorer: Explorer) -> None:
        self._jobs = jobs
        self._here = Here(explorer)
        self._pool: Executor | None = None

    def _executor(self) -> Executor:
        if self._pool is None:
            # spawned, not forked: an emulator must not be copied while it runs
            self._pool = ProcessPoolExecutor(
                self._jobs, mp_context=get_context("spawn"), initializer=ignore_interrupts
            )
        return self._pool

    def do(
        self, spec: WorkSpec, items: Iterable[Item], interrupted: Callable[[], bool]
    ) -> Iterator[Done]:
        """All at once, as they come back."""
        left = dict.fromkeys(items)
        if self._pool is None:
            until = time.monotonic() + WORTH_SECONDS
            for done in self._here.do(
                spec, list(left), lambda: interrupted() or time.monotonic() > until
            ):
                left.pop(done.item, None)
                yield done
            if interrupted():
                return
        deaths = 0
        while left:
            pool = self._executor()
            pending: dict[Future[Done], Item] = {}
            try:
                pending = {pool.submit(work, spec, item): item for item in left}
                while pending:
                    ended, _ = wait(pending, POLL_SECONDS, FIRST_COMPLETED)
                    for future in ended:
                        done = future.result()
                        del pending[future]
                        left.pop(done.item, None)
                        deaths = 0
                        yield done
                    if interrupted():
                        return
            except BrokenProcessPool:
                deaths += 1
                self._pool = None
                if deaths >= MOST_DEATHS:
                    raise EnvironmentProblem(
                        f"worker processes died {deaths} times in a row; is there enough memory?"
                    ) from None
            finally:
                for future in pending:
                    future.cancel()

    def close(self) -> None:
        """End the processes; what they are doing is lost, and not counted."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        processes = list(getattr(pool, "_processes", {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()


class Cluster:
    """Works on a Dask cluster.

    Args:
        address: of its scheduler, such as ``tcp://host:8786``.

    Raises:
        EnvironmentProblem: Dask is not installed, or nothing answers there.
    """

    def __init__(self, address: str) -> None:
        try:
            import distributed
        except ImportError:
            raise EnvironmentProblem(
                "--scheduler needs Dask; install it with: pip install 'ringview[cluster]'"
            ) from None
        try:
            dask: Any = distributed
            self._client: Any = dask.Client(address, timeout="10s", set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise EnvironmentProblem(f"no Dask scheduler answers at {address}: {error}") from None

    def do(
        self, spec: WorkSpec, items: Iterable[Item], interrupted: Callable[[], bool]
    ) -> Iterator[Done]:
        """All at once, as they come back; Dask itself gives a dead worker's items to others."""
        pending = {self._client.submit(work, spec, item, pure=False) for item in items}
        try:
            while pending:
                if interrupted():
                    return
                ended = [future for future in pending if future.done()]
                if not ended:
                    time.sleep(POLL_SECONDS)
                for future in ended:
                    pending.discard(future)
                    yield future.result()
        finally:
            if pending:
                self._client.cancel(list(pending))

    def close(self) -> None:
        """Take leave of the scheduler."""
        self._client.close()
