"""``ringview list`` and ``ringview show``: scenarios without running them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import TextIO

from ringview.errors import ScenarioError
from ringview.scenario.course import ASSIGNMENT, ASSIGNMENT_TITLE, ROWS
from ringview.scenario.linux import result_words
from ringview.scenario.load import load_scenario, shipped_scenarios
from ringview.scenario.model import (
    MIB,
    Expectation,
    ExpectExit,
    ExpectInstructions,
    ExpectSignal,
    ExpectSyscall,
    ExpectText,
    ExpectTransitions,
    ExpectWatch,
    Scenario,
    ScheduledInterrupt,
)

WIDTH = 96


def list_shipped(out: TextIO) -> int:
    """Print each shipped scenario below the row of the course that it shows."""
    files = shipped_scenarios()
    width = max((len(file.stem) for file in files), default=0)
    shelves: dict[int | None, list[str]] = {}
    for file in files:
        rows: tuple[int | None, ...] = (None,)
        try:
            scenario = load_scenario(file)
            title, rows = scenario.title, scenario.rows or rows
        except ScenarioError as error:  # one's own copy of the tree may be in the making
            title = f"cannot be read: {error}"
        for row in rows:
            shelves.setdefault(row, []).append(f"     {file.stem:{width}}  {title}")
    headings: dict[int | None, str] = {n: f"{n:3}  {title}" for n, title in ROWS.items()}
    headings[ASSIGNMENT] = f"  A  {ASSIGNMENT_TITLE}"
    headings[None] = "     More"
    for row, heading in headings.items():
        if row in shelves:
            print(heading, *shelves[row], sep="\n", file=out)
    return 0


def show_scenario(name: str, out: TextIO) -> int:
    """Print what a scenario runs, tells and expects.

    Raises:
        ScenarioError: it cannot be read.
    """
    scenario = load_scenario(name)
    for line in _lines(scenario):
        print(line.rstrip(), file=out)
    return 0


def _lines(scenario: Scenario) -> Iterable[str]:
    yield scenario.title
    yield from textwrap.wrap(" ".join(scenario.description.split()), WIDTH)
    yield ""
    options = "".join(f", {option.name}: {option.value}" for option in scenario.kernel.options)
    yield f"kernel     {scenario.kernel.config}{options}"
    yield f"program    {' '.join((scenario.program.name, *scenario.args))}"
    yield from (f"env        {variable}" for variable in scenario.env)
    yield f"machine    {scenario.memory // MIB} MiB of memory, seed {scenario.seed}"
    yield f"observed   from the {scenario.observe[0]} to the {scenario.observe[1]}"
    for watch in scenario.watch:
        what = f"{watch.type} at " if watch.type else ""
        yield f"watch      {watch.name}: {what}{watch.space}:{watch.expression}"
    for item in scenario.schedule:
        what = (
            f"interrupt {item.line}"
            if isinstance(item, ScheduledInterrupt)
            else f"console input {item.data!r}"
        )
        yield f"schedule   {what} at the {item.at}"
    if scenario.beats:
        yield ""
        yield "beats"
    for number, beat in enumerate(scenario.beats, 1):
        yield f"  {number:2}  {beat.title}"
        yield f"      at the {beat.at}"
        yield from textwrap.wrap(beat.say, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)
        if beat.ask is not None:
            yield f"      ask: {beat.ask.question}"
    if scenario.expect:
        yield ""
        yield "expected"
    for expectation in scenario.expect:
        yield f"  {expectation_words(expectation)}"


def expectation_words(expectation: Expectation) -> str:
    """Return an expectation in words, before there is a run."""
    match expectation:
        case ExpectSyscall():
            result = (
                "" if expectation.returns is None else f" with {result_words(expectation.returns)}"
            )
            times = "" if expectation.times is None else f" {expectation.times} times"
            return f"{expectation.name} is called{times}{result}"
        case ExpectText():
            return f"the {expectation.source} holds {expectation.pattern!r}"
        case ExpectExit():
            return f"the program ends with status {expectation.status}"
        case ExpectSignal():
            return f"the program is killed by {expectation.signal}"
        case ExpectTransitions():
            kind = f"{expectation.source or 'any mode'} to {expectation.target or 'any mode'}"
            by = f" by {expectation.cause}" if expectation.cause else ""
            return f"changes from {kind}{by}: {_bounds(expectation.at_least, expectation.at_most)}"
        case ExpectWatch():
            value = "is not zero" if expectation.nonzero else f"is {expectation.value!r}"
            return f"{expectation.dotted} {value} at the {expectation.at}"
        case ExpectInstructions():
            what = expectation.syscall or "the program"
            bounds = _bounds(expectation.at_least, expectation.at_most)
            return f"instructions of {what}: {bounds}"


def _bounds(low: int | None, high: int | None) -> str:
    words = [f"at least {low:,}"] if low is not None else []
    return " and ".join(words + ([f"at most {high:,}"] if high is not None else []))
