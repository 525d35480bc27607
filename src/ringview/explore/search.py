"""The search: every schedule with k preemptions, for k = 0, 1, 2, ... up to the bound.

Work is cut into items: one adversary, one k, one start of the adversary, one place of the first
preemption. An item is plain data, its result too, so that any process can do it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from math import comb

from ringview.explore.analyst import Analyst
from ringview.explore.findings import Outcome
from ringview.explore.judge import Judge, Judgement
from ringview.explore.mask import Mask
from ringview.explore.runner import Key, Run, Runner
from ringview.explore.schedule import ADVERSARIES, Adversary, Schedule
from ringview.explore.steadiness import measure
from ringview.explore.target import Target

MOST_KNOWN = 1 << 16
"""Kinds of runs that are remembered at a time, each with its judgement."""

POLL = 256
"""Schedules between two looks at whether somebody wants the search to stop."""


class Stopped(Exception):
    """Somebody asked the search to stop."""


class Grown(Exception):
    """The victim fetched bytes that nobody had seen it fetch before."""

    def __init__(self, addresses: frozenset[int]) -> None:
        super().__init__()
        self.addresses = addresses


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """A range of schedules.

    Attributes:
        adversary: whose.
        bound: preemptions of each, exactly.
        start: position at which the adversary stands when the call begins.
        load: victim's loads before the first preemption; -1 where there is none.
    """

    adversary: Adversary
    bound: int
    start: int
    load: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the schedule map: a single preemption and what it leads to.

    Attributes:
        start: position of the adversary at the call's beginning.
        load: the victim's loads by then.
        position: of the adversary when the victim goes on.
        identity: of the outcome.
    """

    start: int
    load: int
    position: int
    identity: str


@dataclass(slots=True)
class Tally:
    """What some items came to.

    Attributes:
        schedules: run.
        judgements: by outcome.
        cells: of the schedule map, k = 1 only.
    """

    schedules: int = 0
    judgements: dict[str, Judgement] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)

    def add(self, judgement: Judgement) -> None:
        """Count one more schedule with an outcome."""
        known = self.judgements.get(judgement.identity)
        self.judgements[judgement.identity] = (
            judgement if known is None else known.merged(judgement)
        )

    def count(self, judgement: Judgement, schedule: Schedule) -> None:
        """Count one more schedule with an outcome that may be known from another schedule."""
        known = self.judgements.get(judgement.identity)
        if known is None:
            self.judgements[judgement.identity] = replace(judgement, schedule=schedule, count=1)
            return
        smaller = schedule.order < known.schedule.order
        self.judgements[judgement.identity] = replace(
            known,
            count=known.count + 1,
            schedule=schedule if smaller else known.schedule,
            events=max(known.events, judgement.events),
            changed=max(known.changed, judgement.changed),
            reads_back=max(known.reads_back, judgement.reads_back),
        )

    def merge(self, other: Tally) -> None:
        """Take what another part of the search found."""
        self.schedules += other.schedules
        self.cells += other.cells
        for judgement in other.judgements.values():
            self.add(judgement)


class Explorer:
    """Runs and judges the schedules of one target in this process.

    Args:
        target: where the race is.
        limit: instructions of one schedule; 0 for a limit by the undisturbed call's length.
        interesting: bytes that the victim is known to fetch, by physical address.
    """

    def __init__(
        self, target: Target, limit: int = 0, interesting: frozenset[int] = frozenset()
    ) -> None:
        self.target = target
        self.runner = Runner(target, limit)
        self.analyst = Analyst(target, self.runner.images, self.runner.limit)
        self.interrupted: Callable[[], bool] = lambda: False
        self._known: dict[Key | Schedule, Judgement] = {}
        self.judge = Judge(self.analyst)
        self.settle(interesting)

    def close(self) -> None:
        """Free what the emulator holds."""
        self.analyst.close()
        self.runner.close()

    @property
    def interesting(self) -> frozenset[int]:
        """The bytes that the adversary stores and the victim fetches."""
        return self.runner.images.interesting

    # -------------------------------------------------------------------------- getting ready

    def settle(self, interesting: frozenset[int] = frozenset()) -> None:
        """Find the interesting bytes, and all that undisturbed calls can come to."""
        known = interesting
        while True:
            self._use(known)
            found = set(known)
            for start in self.runner.images.starts():
                self.runner.run(Schedule("second-core", start))
                found |= self.runner.fetched()
            if found == known:
                break
            known = frozenset(found)
        self._known.clear()
        self.analyst.mask = Mask()
        plain: dict[int, list[Outcome]] = {}
        for start in self.runner.images.starts():
            for adversary in ADVERSARIES:
                analysis = self.analyst.analyse(Schedule(adversary, start))
                if not analysis.disturbed:
                    plain.setdefault(start, []).append(analysis.outcome)
        mask = self.analyst.mask = measure(self.analyst, plain)
        self.judge = Judge(self.analyst)
        for outcomes in plain.values():
            self.judge.learn_quiescent(mask.blur(outcome) for outcome in outcomes)

    def _use(self, interesting: frozenset[int]) -> None:
        self.runner.set_interesting(interesting)
        self.analyst.set_images(self.runner.images)

    # ------------------------------------------------------------------------------- items

    def items(self, adversary: Adversary, bound: int) -> list[Item]:
        """The items of one level, in the order in which they are best done."""
        found: list[Item] = []
        for start in self.runner.images.starts():
            if not bound:
                found.append(Item(adversary, 0, start, -1))
                continue
            if not self.runner.images.choices(start):
                continue
            run = self.runner.run(Schedule(adversary, start))
            found += [
                Item(adversary, bound, start, load)
                for load in self._places(adversary, run, 0, self.runner.load_icounts())
            ]
        return found

    def estimate(self, adversary: Adversary, bound: int) -> int:
        """About how many schedules a level has."""
        total = 0
        for start in self.runner.images.starts():
            run = self.runner.run(Schedule(adversary, start))
            ways = max(len(self.runner.images.choices(p)) for p in self.runner.images.positions)
            total += comb(run.loads + 1, bound) * ways**bound
        return total

    @staticmethod
    def _places(adversary: Adversary, run: Run, first: int, icounts: list[int]) -> Iterator[int]:
        """Where a further preemption can matter: before each load, and behind the last."""
        for load in range(first, run.loads + 1):
            # an interrupt comes between instructions only, not between the words of an LDM
            if adversary == "board" and 0 < load < run.loads and icounts[load - 1] == icounts[load]:
                continue
            yield load

    def do(self, item: Item, into: Tally | None = None) -> Tally:
        """Run all schedules of an item.

        Args:
            item: which.
            into: what to count them in; a new tally by default.

        Raises:
            Stopped: when `interrupted` says so.
            Grown: the interesting bytes are more than was known.
        """
        tally = Tally() if into is None else into
        root = Schedule(item.adversary, item.start)
        if item.bound == 0:
            self._count(tally, root, self.runner.run(root))
            return tally
        for position in self.runner.images.choices(item.start):
            self._extend(tally, root.then(item.load, position), item.bound - 1)
        return tally

    def _extend(self, tally: Tally, schedule: Schedule, left: int) -> None:
        """Run a schedule, and all that have ``left`` more preemptions after its last."""
        run = self.runner.run(schedule)
        if not left:
            self._count(tally, schedule, run)
            return
        choices = self.runner.images.choices(schedule.position)
        if not choices:
            return
        places = list(
            self._places(
                schedule.adversary, run, schedule.steps[-1].load + 1, self.runner.load_icounts()
            )
        )
        for load in places:
            for position in choices:
                self._extend(tally, schedule.then(load, position), left - 1)

    def judge_run(self, schedule: Schedule, run: Run) -> Judgement:
        """What to think of a schedule that the runner has just run.

        Raises:
            Grown: it fetched bytes that nobody had seen fetched before.
        """
        # Where the adversary makes calls of its own on the board, the kernel may do other things
        # for the victim than its loads tell: every schedule is looked at then.
        alone = schedule.adversary == "board" and bool(self.target.calls)
        key = schedule if alone else run.key
        judgement = self._known.get(key)
        if judgement is None:
            fetched = self.runner.fetched()
            if not fetched <= self.interesting:
                raise Grown(self.interesting | fetched)
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            judgement = self._known[key] = self.judge.judge(self.analyst.analyse(schedule))
        return judgement

    def known(self, key: Key) -> Judgement | None:
        """What to think of a run like one that was judged before."""
        return self._known.get(key)

    def judgement(self, schedule: Schedule) -> Judgement:
        """Run one schedule and say what to think of it."""
        return self.judge_run(schedule, self.runner.run(schedule))

    def _count(self, tally: Tally, schedule: Schedule, run: Run) -> None:
        tally.schedules += 1
        if tally.schedules % POLL == 0 and self.interrupted():
            raise Stopped
        judgement = self.judge_run(schedule, run)
        tally.count(judgement, schedule)
        if schedule.bound == 1:
            step = schedule.steps[0]
            tally.cells.append(Cell(schedule.start, step.load, step.position, judgement.identity))
