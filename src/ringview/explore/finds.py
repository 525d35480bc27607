"""A find: a bug with its smallest schedule, window, controls, replays, and both adversaries."""

from __future__ import annotations

from dataclasses import dataclass

from ringview.explore.findings import Access, Analysis, DoubleFetch
from ringview.explore.inputs import Input, inputs_of
from ringview.explore.judge import Judgement
from ringview.explore.schedule import Schedule, Step
from ringview.explore.search import Explorer

REPLAYS = 100


@dataclass(frozen=True, slots=True)
class Window:
    """Between these two fetches the memory has to change.

    Attributes:
        first, second: the fetches; a change before the first, or behind the second, does no harm.
        event: the first double fetch that sees a change.
        instructions: of the victim's call from the first to the second, in the undisturbed order.
    """

    first: Access
    second: Access
    event: DoubleFetch
    instructions: int


@dataclass(frozen=True, slots=True)
class Control:
    """A run that should be clean, and whether it is.

    Attributes:
        name: ``adversary removed``, ``before the first fetch`` or ``after the second fetch``.
        clean: it is no bug.
        outcome: in words.
        schedule: what was run.
    """

    name: str
    clean: bool
    outcome: str
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class Find:
    """A bug that was found.

    Attributes:
        judgement: what comes out and why that is a bug.
        analysis: its smallest schedule, looked at closely.
        window: None where no double fetch with a change explains it.
        controls: adversary removed, before the first fetch, after the second.
        replays: how often the schedule was run again.
        digests: different final states among them; one, or something is wrong.
        one_core: whether the board reaches a bug in the same place: None if it was not tried.
        board: the schedule with which it does.
        inputs: what a session needs to repeat it.
        digest: of the machine at the end, as `Machine.digest` gives it, in hexadecimal.
        end: icount of the end.
        instant: icount of the first preemption; of the call's svc where there is none.
        undisturbed: the other thread stored to nothing that matters during the call.
    """

    judgement: Judgement
    analysis: Analysis
    window: Window | None
    controls: tuple[Control, ...]
    replays: int
    digests: int
    one_core: bool | None
    board: Schedule | None
    inputs: tuple[Input, ...]
    digest: str
    end: int
    instant: int
    undisturbed: bool

    @property
    def bound(self) -> int:
        """The smallest k."""
        return self.analysis.schedule.bound


class Finder:
    """Makes finds out of judgements.

    Args:
        explorer: runs schedules.
    """

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer

    def find(self, judgement: Judgement) -> Find:
        """Everything that is to be known about one bug."""
        explorer, schedule = self.explorer, judgement.schedule
        analysis = explorer.analyst.analyse(schedule)
        undisturbed = not explorer.analyst.disturbed
        window = self._window(analysis)
        controls = self._controls(analysis, window) if schedule.steps else ()
        digests = set()
        for _ in range(REPLAYS):
            run = explorer.runner.run(schedule)
            digests.add((run.icount, explorer.runner.core.digest()))
        inputs = tuple(inputs_of(explorer, schedule))
        end = run.icount
        explorer.runner.run(schedule)
        digest = explorer.runner.core.machine_digest().hex()
        board = self._on_board(judgement, analysis, window)
        return Find(
            judgement=judgement,
            analysis=analysis,
            window=window,
            controls=controls,
            replays=REPLAYS,
            digests=len(digests),
            one_core=board is not None,
            board=board,
            inputs=inputs,
            digest=digest,
            end=end,
            undisturbed=undisturbed,
            instant=analysis.points[0].icount if analysis.points else explorer.target.call.enter,
        )

    # ------------------------------------------------------------------------------ parts

    def _window(self, analysis: Analysis) -> Window | None:
        """The fetches between which the bytes must change: not before the first, nor behind the
        second, where a preemption leads to no bug any more.
        """
        changed = [event for event in analysis.events if event.changed]
        if not changed:
            return None
        event = min(changed, key=lambda e: (e.second, -e.first))
        first, second = event.first, event.second
        while first > 0 and not self._clean(analysis, self._load_number(analysis, first)):
            first = self._previous_watched(analysis, first)
        count = len(analysis.fetches)
        while second + 1 < count and not self._clean(
            analysis, self._load_number(analysis, second) + 1
        ):
            following = self._next_watched(analysis, second)
            if following == second:
                break
            second = following
        plain = self.explorer.analyst.analyse(
            Schedule("second-core", analysis.schedule.start)
        ).fetches
        fetches = analysis.fetches
        instructions = fetches[second].spot.icount - fetches[first].spot.icount
        if second < len(plain) and plain[second].spot.pc == fetches[second].spot.pc:
            instructions = plain[second].spot.icount - plain[first].spot.icount
        return Window(fetches[first], fetches[second], event, instructions)

    def _clean(self, analysis: Analysis, load: int) -> bool:
        """Whether the adversary, coming in there instead, does no harm."""
        schedule = analysis.schedule
        moved = Schedule(schedule.adversary, schedule.start, (Step(load, schedule.position),))
        return self.explorer.judgement(moved).kind != "bug"

    def _is_watched(self, fetch: Access) -> bool:
        watched = self.explorer.runner.watched
        return any(pa in watched for pa in range(fetch.pa, fetch.pa + fetch.size))

    def _previous_watched(self, analysis: Analysis, fetch: int) -> int:
        before = [f.sequence for f in analysis.fetches[:fetch] if self._is_watched(f)]
        return before[-1] if before else 0

    def _next_watched(self, analysis: Analysis, fetch: int) -> int:
        after = [f.sequence for f in analysis.fetches[fetch + 1 :] if self._is_watched(f)]
        return after[0] if after else fetch

    def _load_number(self, analysis: Analysis, fetch: int) -> int:
        """How many loads of watched bytes come before a fetch."""
        return sum(map(self._is_watched, analysis.fetches[:fetch]))

    def _controls(self, analysis: Analysis, window: Window | None) -> tuple[Control, ...]:
        schedule = analysis.schedule
        removed = Schedule(schedule.adversary, schedule.start)
        if window is None:
            return (self._control("adversary removed", removed),)
        before = self._load_number(analysis, window.first.sequence)
        after = self._load_number(analysis, window.second.sequence) + 1
        return (
            self._control("adversary removed", removed),
            self._control(
                "before the first fetch",
                Schedule(schedule.adversary, schedule.start, (Step(before, schedule.position),)),
            ),
            self._control(
                "after the second fetch",
                Schedule(schedule.adversary, schedule.start, (Step(after, schedule.position),)),
            ),
        )

    def _control(self, name: str, schedule: Schedule) -> Control:
        judgement = self.explorer.judgement(schedule)
        return Control(name, judgement.kind != "bug", str(judgement.outcome), schedule)

    def _on_board(
        self, judgement: Judgement, analysis: Analysis, window: Window | None
    ) -> Schedule | None:
        """Try the same on one core: the same schedule, then its neighbours in the window."""
        schedule = judgement.schedule
        if schedule.adversary == "board" or not schedule.steps:
            return Schedule("board", schedule.start, schedule.steps)
        tries = [Schedule("board", schedule.start, schedule.steps)]
        if window is not None:
            first = self._load_number(analysis, window.first.sequence) + 1
            last = self._load_number(analysis, window.second.sequence)
            images = self.explorer.runner.images
            tries += [
                Schedule("board", start, (Step(load, position),))
                for start in images.starts()
                for load in range(first, last + 1)
                for position in images.choices(start)
            ]
        for candidate in tries:
            found = self.explorer.judgement(candidate)
            alike = set(found.outcome.oracles) & set(judgement.outcome.oracles)
            same = found.identity == judgement.identity
            if found.kind == "bug" and (same or alike):
                return candidate
        return None
