"""``ringview list`` and ``ringview show``: scenarios without running them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from ringview.cli.width import columns, folded
from ringview.errors import ScenarioError
from ringview.scenario.check import expected_words
from ringview.scenario.course import ASSIGNMENT, ASSIGNMENT_TITLE, ROWS
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


def list_shipped(out: TextIO) -> int:
    """Print each shipped scenario below the row of the course that it shows."""
    files = shipped_scenarios()
    width = max((len(file.stem) for file in files), default=0)
    shelves: dict[int | None, list[tuple[str, str]]] = {}
    for file in files:
        rows: tuple[int | None, ...] = (None,)
        try:
            scenario = load_scenario(file)
            title, rows = scenario.title, scenario.rows or rows
        except ScenarioError as error:  # one's own copy of the tree may be in the making
            title = f"cannot be read: {error}"
        for row in rows:
            shelves.setdefault(row, []).append((file.stem, title.removeprefix(f"{file.stem} · ")))
    headings: dict[int | None, tuple[str, str]] = {n: (str(n), said) for n, said in ROWS.items()}
    headings |= {ASSIGNMENT: ("A", ASSIGNMENT_TITLE), None: ("", "More")}
    room, indent = columns(out), " " * (5 + width + 2)
    for row, (sign, heading) in headings.items():
        if row not in shelves:
            continue
        lines = folded(heading, room, first=f"{sign:>3}  ", rest=" " * 5)
        for name, title in shelves[row]:
            lines += folded(title, room, first=f"     {name:{width}}  ", rest=indent)
        print(*lines, sep="\n", file=out)
    return 0


def show_scenario(name: str, out: TextIO) -> int:
    """Print what a scenario runs, tells and expects.

    Raises:
        ScenarioError: it cannot be read.
    """
    scenario = load_scenario(name)
    for line in _lines(scenario, columns(out)):
        print(line.rstrip(), file=out)
    return 0


def _lines(scenario: Scenario, room: int) -> Iterable[str]:
    yield scenario.title
    yield from folded(" ".join(scenario.description.split()), room)
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
        yield from folded(f"at the {beat.at}", room, first=" " * 6, rest=" " * 8)
        yield from folded(beat.say, room, first=" " * 6, rest=" " * 6)
        if beat.ask is not None:
            yield from folded(f"ask: {beat.ask.question}", room, first=" " * 6, rest=" " * 8)
    if scenario.expect:
        yield ""
        yield "expected"
    for expectation in scenario.expect:
        yield f"  {expectation_words(expectation)}"


def expectation_words(expectation: Expectation) -> str:
    """Return an expectation in words, before there is a run."""
    match expectation:
        case ExpectSyscall():
            return expected_words(expectation)
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
