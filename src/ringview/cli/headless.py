"""``ringview run --headless`` and ``--plain``: the whole run, then its story as text or JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO

from ringview.cli.interrupt import deferred_interrupt
from ringview.cli.jsonfile import write_json
from ringview.cli.plain import plain
from ringview.cli.replay import replay_headless
from ringview.cli.report import report
from ringview.cli.story import heading, outputs, story, verdicts
from ringview.cli.waiting import waiting
from ringview.errors import BuildError, InputError, RingviewError
from ringview.explore.replay import is_schedule_file
from ringview.lab.explain import also_checked, explained, judged, lab_of
from ringview.scenario.check import Result, check
from ringview.scenario.claims import check_claims
from ringview.scenario.images import provide_images, session_setup
from ringview.scenario.load import load_scenario
from ringview.scenario.model import Scenario
from ringview.scenario.program import program_scenario
from ringview.scenario.record import RunRecord
from ringview.scenario.resolve import PlacedBeat, place_beats
from ringview.scenario.run import SessionRun, apply_schedule, kernel_fact
from ringview.session.session import Session

MOST_EVENTS_OF_LAB = 20_000
"""Events after which a lab's run is given up: a kernel with its stack destroyed faults for ever."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that has ended, and what became of what the scenario says about it."""

    scenario: Scenario
    record: RunRecord
    beats: tuple[PlacedBeat, ...]
    results: tuple[Result, ...]

    @property
    def held(self) -> bool:
        """Whether every expectation came true."""
        return all(result.held for result in self.results)


def run_scenario(scenario: Scenario, *, told: bool = True) -> Finished:
    """Run a scenario to its end, or to its limit.

    Args:
        scenario: what to run.
        told: find its beats too, and what is true of a lab's; otherwise it has none.

    Raises:
        ScenarioError: a kernel option that does not exist, or a place that never occurs.
        BuildError: an image cannot be built.
        ProgramError: an image cannot be loaded.
        RingviewError: the kernel does not come as far as the program.
    """
    try:
        with waiting("building") as note:
            images = provide_images(scenario, progress=note)
    except BuildError as error:
        raise explained(error) from None
    session = Session.open(session_setup(scenario, images))
    recipe = lab_of(scenario)
    if recipe is not None:
        session.called[recipe.number] = recipe.name
        session.recorder.most_events = MOST_EVENTS_OF_LAB
    with deferred_interrupt() as interrupt:
        session.interrupted = interrupt
        stop = session.start()
        interrupt.check()
        if session.first_user is None:
            raise RingviewError(f"the kernel never started the program: {stop.text}")
        run = SessionRun(session)
        apply_schedule(scenario, run)
        session.run(scenario.limit)
        interrupt.check()
        session.interrupted = lambda: False
        record = run.record(scenario, kernel_fact(scenario.kernel, images.kernel.key))
        results = check(scenario.expect, record)
        if recipe is None:
            beats = place_beats(scenario, run)
            results += check_claims(scenario, run, beats)
        else:
            # What the scenario says is true of the finished handler, and this is a student's.
            beats, results = judged(recipe, scenario, run, record, results, told=told)
        interrupt.check()
    return Finished(scenario, record, tuple(beats), tuple(results))


def _scenario(name: str, arguments: tuple[str, ...]) -> Scenario:
    return program_scenario(name, arguments) if arguments else load_scenario(name)


def run_headless(name: str, arguments: tuple[str, ...], json_path: str | None, out: TextIO) -> int:
    """Run a scenario, print its story and what became of each expectation.

    Args:
        name: a file, or the name of a shipped scenario; or a program's file.
        arguments: the program's; none for a scenario.
        json_path: where to write everything as JSON too; ``-`` is ``out``, which then gets nothing
            else.
        out: where the story goes.

    Returns:
        0 if every expectation held, else 1.

    Raises:
        RingviewError: as `run_scenario`.
    """
    if is_schedule_file(name):
        if json_path is not None:
            raise InputError("--json tells of a scenario's run, not of a schedule's", path=name)
        return replay_headless(name, out)
    finished = run_scenario(_scenario(name, arguments))
    data = report(finished.scenario, finished.record, finished.beats, finished.results)
    if json_path is not None:
        write_json(data, json_path, out)
    if json_path != "-":
        _print(out, heading(finished.scenario, finished.record))
        _print(out, story(finished.record, finished.beats))
        _print(out, outputs(finished.record))
        _print(out, verdicts(finished.results))
        recipe = lab_of(finished.scenario)
        if recipe is not None:
            _print(out, [also_checked(recipe, finished.scenario)])
    return 0 if finished.held else 1


def run_plain(name: str, arguments: tuple[str, ...], out: TextIO) -> int:
    """Run a scenario and tell it as a lecture: every beat's words where they belong.

    Raises:
        RingviewError: as `run_scenario`; or it is a schedule, which tells nothing.
    """
    if is_schedule_file(name):
        raise InputError("a schedule file has no story to print; use --headless", path=name)
    finished = run_scenario(_scenario(name, arguments))
    _print(out, plain(finished.scenario, finished.record, finished.beats))
    return 0


def _print(out: TextIO, lines: Iterable[str]) -> None:
    for line in lines:
        print(line, file=out)
