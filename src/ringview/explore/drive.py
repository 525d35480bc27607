"""Drives a search: adversary by adversary, k by k; resumable, and never surer than it may be."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from ringview.errors import InputError
from ringview.explore.finds import Find, Finder
from ringview.explore.judge import Judgement
from ringview.explore.results import (
    Bounded,
    Level,
    MapRow,
    Result,
    ScheduleMap,
    Subject,
    certificate_of,
)
from ringview.explore.schedule import Adversary, Schedule
from ringview.explore.search import Cell, Explorer, Grown, Item, Tally
from ringview.explore.target import Target
from ringview.explore.work import Here, Workshop, WorkSpec

STATE_FORMAT = 1
SAVE_SECONDS = 2.0
MOST_FINDS = 4
"""Bugs that are looked at closely; of the others, outcome and smallest schedule are told."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is.

    Attributes:
        adversary, bound: the level.
        done, items: parts of it.
        schedules: run so far, of all levels.
        estimate: schedules of this level, about.
        bugs: outcomes found so far that are bugs.
        seconds: since the search began.
    """

    adversary: Adversary
    bound: int
    done: int
    items: int
    schedules: int
    estimate: int
    bugs: int
    seconds: float


@dataclass(slots=True)
class LevelState:
    """What is known of one level.

    Attributes:
        adversary, bound: which.
        items: its parts; empty while they are not known.
        done: those that were finished.
        tally: what they came to.
    """

    adversary: Adversary
    bound: int
    items: list[Item] = field(default_factory=list)
    done: list[Item] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


@dataclass(slots=True)
class State:
    """All that is needed to take a search up again; what a state file holds."""

    format: int
    spec: WorkSpec
    levels: list[LevelState] = field(default_factory=list)


class Search:
    """One search of one scenario.

    Args:
        target: where the race is.
        adversaries: who races.
        bound: the greatest k.
        limit: instructions of one schedule, 0 for the usual.
        state_path: file by which the search can be taken up again; None for none.
        progress: told after each item.
        interrupted: asked often; true ends the search.
    """

    def __init__(
        self,
        target: Target,
        adversaries: tuple[Adversary, ...],
        bound: int,
        *,
        limit: int = 0,
        state_path: Path | None = None,
        progress: Callable[[Progress], None] = lambda _: None,
        interrupted: Callable[[], bool] = lambda: False,
    ) -> None:
        self.target = target
        self.adversaries = adversaries
        self.bound = bound
        self.explorer = Explorer(target, limit)
        self._limit = limit
        self._state_path = state_path
        self._progress = progress
        self._interrupted = interrupted
        self._began = time.monotonic()
        self._saved = 0.0
        self.state = State(STATE_FORMAT, self._spec())
        if state_path is not None and state_path.exists():
            self.state = self._take_up(state_path)

    def close(self) -> None:
        """Free the emulator."""
        self.explorer.close()

    def _spec(self) -> WorkSpec:
        return WorkSpec(
            scenario=str(self.target.scenario.path.resolve()),
            kernel_hash=self.target.kernel_hash,
            program_hash=self.target.program_hash,
            limit=self._limit,
            interesting=tuple(sorted(self.explorer.interesting)),
        )

    def _take_up(self, path: Path) -> State:
        try:
            state = msgspec.json.decode(path.read_bytes(), type=State)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InputError(f"the state cannot be read: {reason}", path=path) from None
        except msgspec.MsgspecError as error:
            raise InputError(f"this is no state of a search: {error}", path=path) from None
        mine = self.state.spec
        if state.format != STATE_FORMAT or (
            (state.spec.kernel_hash, state.spec.program_hash, state.spec.limit)
            != (mine.kernel_hash, mine.program_hash, mine.limit)
        ):
            raise InputError(
                "this state is of a search of other images or with another limit; give another "
                "--state, or remove it to begin anew",
                path=path,
            )
        self.explorer.settle(frozenset(state.spec.interesting) | self.explorer.interesting)
        if self._spec() != state.spec:
            return self.state
        return state

    # ------------------------------------------------------------------------------ running

    def run(self, workshop: Workshop | None = None) -> Result:
        """Search, and say what came of it; an interrupted search says what it did not explore."""
        shop = workshop or Here(self.explorer)
        for bound in range(self.bound + 1):
            for adversary in self.adversaries:
                if self._interrupted():
                    break
                self._level(shop, adversary, bound)
        self._save(force=True)
        return self._result()

    def estimate(self, adversary: Adversary, bound: int) -> int:
        """About how many schedules one level has."""
        return self.explorer.estimate(adversary, bound)

    def _level_state(self, adversary: Adversary, bound: int) -> LevelState:
        for level in self.state.levels:
            if (level.adversary, level.bound) == (adversary, bound):
                return level
        level = LevelState(adversary, bound, self.explorer.items(adversary, bound))
        self.state.levels.append(level)
        return level

    def _level(self, shop: Workshop, adversary: Adversary, bound: int) -> None:
        while True:
            level = self._level_state(adversary, bound)
            finished = set(level.done)
            left = [item for item in level.items if item not in finished]
            estimate = self.explorer.estimate(adversary, bound) if left else 0
            grown: frozenset[int] | None = None
            self._tell(level, estimate)
            for done in shop.do(self.state.spec, left, self._interrupted):
                if done.tally is None:
                    grown = frozenset(done.grown)
                    break
                level.tally.merge(done.tally)
                level.done.append(done.item)
                self._tell(level, estimate)
                self._save()
            if grown is None:
                return
            self._grow(grown)
            for earlier in range(bound):
                for other in self.adversaries:
                    self._level(shop, other, earlier)

    def _grow(self, addresses: frozenset[int]) -> None:
        """More bytes matter than was known: what was counted so far was too little."""
        self.explorer.settle(addresses)
        self.state = State(STATE_FORMAT, self._spec())

    def _tell(self, level: LevelState, estimate: int) -> None:
        bugs = {
            j.identity
            for any_level in self.state.levels
            for j in any_level.tally.judgements.values()
            if j.kind == "bug"
        }
        self._progress(
            Progress(
                level.adversary,
                level.bound,
                len(level.done),
                len(level.items),
                sum(any_level.tally.schedules for any_level in self.state.levels),
                estimate,
                len(bugs),
                time.monotonic() - self._began,
            )
        )

    def _save(self, *, force: bool = False) -> None:
        """Write the state file, whole or not at all."""
        if self._state_path is None:
            return
        now = time.monotonic()
        if not force and now - self._saved < SAVE_SECONDS:
            return
        self._saved = now
        scratch = self._state_path.with_name(f"{self._state_path.name}.{os.getpid()}.tmp")
        try:
            scratch.write_bytes(msgspec.json.encode(self.state))
            scratch.replace(self._state_path)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InputError(
                f"the state cannot be written: {reason}", path=self._state_path
            ) from None

    # ------------------------------------------------------------------------------ results

    def _result(self) -> Result:
        by_adversary = {a: self._merged(a) for a in self.adversaries}
        judgements = tuple(
            (adversary, judgement)
            for adversary, tally in by_adversary.items()
            for judgement in sorted(tally.judgements.values(), key=lambda j: j.schedule.order)
        )
        return Result(
            subject=self._subject(),
            bounded=tuple(self._bounded(a, by_adversary[a]) for a in self.adversaries),
            certificate=certificate_of([judgement for _, judgement in judgements]),
            judgements=judgements,
            finds=tuple(self._finds(judgements)),
            maps=tuple(self._map(a, by_adversary[a]) for a in self.adversaries),
            seconds=time.monotonic() - self._began,
        )

    def _merged(self, adversary: Adversary) -> Tally:
        tally = Tally()
        for level in self.state.levels:
            if level.adversary == adversary:
                tally.merge(level.tally)
        return tally

    def _bounded(self, adversary: Adversary, tally: Tally) -> Bounded:
        levels = tuple(
            Level(adversary, s.bound, s.tally.schedules, len(s.items), len(s.done))
            for s in sorted(self.state.levels, key=lambda s: s.bound)
            if s.adversary == adversary
        )
        complete = len(levels) == self.bound + 1 and all(level.exhausted for level in levels)
        bugs = sum(j.kind == "bug" for j in tally.judgements.values())
        return Bounded(adversary, self.bound, levels, bugs, not complete)

    def _subject(self) -> Subject:
        target, images = self.target, self.explorer.runner.images
        scenario = target.scenario
        return Subject(
            scenario=scenario.name,
            kernel_hash=target.kernel_hash,
            program_hash=target.program_hash,
            kernel_options=tuple((o.name, str(o.value)) for o in scenario.kernel.options),
            call=target.call.name,
            enter=target.call.enter,
            victim=target.call.pid,
            adversaries=target.threads,
            args=scenario.args,
            seed=scenario.seed,
            stores=len(target.stores),
            images=len(images.first),
            interesting=len(images.interesting),
            left_out=target.left_out,
            preemptible=target.preemptible,
            limit=self.explorer.runner.limit - target.call.enter,
            given=target.given,
        )

    def _finds(self, judgements: tuple[tuple[Adversary, Judgement], ...]) -> list[Find]:
        """The bugs, each by the board where it can, for that is no model."""
        bugs: dict[str, Judgement] = {}
        for adversary, judgement in judgements:
            if judgement.kind != "bug":
                continue
            known = bugs.get(judgement.identity)
            if known is None or (
                adversary == "board" and judgement.schedule.bound <= known.schedule.bound
            ):
                bugs[judgement.identity] = judgement
        chosen: list[Judgement] = []
        ordered = sorted(bugs.values(), key=lambda j: j.schedule.order)
        signs: set[tuple[str, ...]] = set()
        for judgement in ordered:
            # two outcomes with the same signs are most often one bug
            if judgement.outcome.oracles not in signs:
                signs.add(judgement.outcome.oracles)
                chosen.append(judgement)
        finder = Finder(self.explorer)
        return [finder.find(judgement) for judgement in chosen[:MOST_FINDS]]

    def _map(self, adversary: Adversary, tally: Tally) -> ScheduleMap:
        explorer = self.explorer
        analysis = explorer.analyst.analyse(Schedule("second-core", 0))
        watched = explorer.runner.watched
        rows = [
            MapRow(number, fetch.spot.icount, fetch.spot.place, fetch.source)
            for number, fetch in enumerate(
                f
                for f in analysis.fetches
                if any(pa in watched for pa in range(f.pa, f.pa + f.size))
            )
        ]
        outcomes = tuple(
            (j.identity, j.kind, str(j.outcome))
            for j in sorted(tally.judgements.values(), key=lambda j: j.schedule.order)
        )
        cells: list[Cell] = sorted(tally.cells, key=lambda c: (c.start, c.load, c.position))
        return ScheduleMap(adversary, tuple(rows), tuple(cells), outcomes)


__all__ = ["Grown", "Progress", "Search", "State"]
