"""Read a scenario: from a file or a shipped name to a checked, frozen `Scenario`."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from math import prod
from pathlib import Path

from pydantic import ValidationError

from ringview.errors import InputError, ScenarioError
from ringview.guest.program_file import SOURCE, called, is_program
from ringview.guest.tree import Tree, find_tree
from ringview.scenario import model as m
from ringview.scenario import schema as s
from ringview.scenario.complain import complaint
from ringview.scenario.course import ASSIGNMENT
from ringview.scenario.document import Document, Path_, parse_document, read_document
from ringview.scenario.linux import ERRNO
from ringview.scenario.places import (
    EndPlace,
    IcountPlace,
    LinePlace,
    Phase,
    Place,
    StartPlace,
    SymbolPlace,
    SyscallPlace,
    TransitionPlace,
    Where,
)
from ringview.scenario.program import program_scenario
from ringview.scenario.schema import json_schema
from ringview.session.condition import parse

__all__ = ["json_schema", "load_scenario", "parse_scenario", "shipped_scenarios"]

KERNEL_SPACE = 0xC0000000
"""PAGE_OFFSET: addresses from here on are the kernel's (3G/1G split)."""

SUFFIXES = (".yaml", ".yml")


def shipped_scenarios(tree: Tree | None = None) -> list[Path]:
    """Return the files of the scenarios that come with ringview, by name."""
    files = (tree or find_tree()).scenarios.glob("*.yaml")
    return sorted(files, key=lambda path: path.stem)  # what another one varies comes before it


def load_scenario(name: str | Path, tree: Tree | None = None) -> m.Scenario:
    """Read a scenario.

    Args:
        name: a file, or the name of a shipped scenario; or a program's file, see
            `ringview.scenario.program`.
        tree: where shipped scenarios and user land's programs are.

    Raises:
        ScenarioError: whatever is wrong with it, with file, line and column where there is one.
    """
    if is_program(name):
        return program_scenario(name)
    tree = tree or find_tree()
    return _build(read_document(_find(str(name), tree)), tree)


def parse_scenario(text: str, path: str = "scenario.yaml", tree: Tree | None = None) -> m.Scenario:
    """Read a scenario from its text; ``path`` is where it would stand.

    Raises:
        ScenarioError: as `load_scenario`.
    """
    return _build(parse_document(text, path), tree or find_tree())


def _find(name: str, tree: Tree) -> Path:
    path = Path(name).expanduser()
    if path.exists():
        return path
    if path.suffix in (*SUFFIXES, SOURCE) or "/" in name:
        raise ScenarioError("there is no such file", path=name)
    shipped = {file.stem: file for file in shipped_scenarios(tree)}
    if name in shipped:
        return shipped[name]
    close = get_close_matches(name, shipped, n=1)
    known = f"did you mean {close[0]}?" if close else f"shipped are {', '.join(shipped) or 'none'}"
    raise ScenarioError(f"there is no scenario {name!r}; {known}")


def _build(document: Document, tree: Tree) -> m.Scenario:
    try:
        written = s.ScenarioFile.model_validate(document.data)
    except ValidationError as error:
        raise complaint(error, document) from None
    return _Builder(document, tree).scenario(written)


class _Builder:
    """Turns what pydantic has accepted into the model, and checks what a schema cannot say."""

    def __init__(self, document: Document, tree: Tree) -> None:
        self.document = document
        self.tree = tree

    def at(self, *way: str | int) -> Where:
        return self.document.where(way)

    def scenario(self, w: s.ScenarioFile) -> m.Scenario:
        watch = self._watches(w)
        return m.Scenario(
            path=Path(self.document.path),
            title=w.title,
            description=w.description.strip(),
            kernel=self._kernel(w.kernel),
            program=self._program(w.program),
            args=tuple(self._word(arg, "args", i) for i, arg in enumerate(w.args)),
            env=tuple(self._variable(name, value) for name, value in w.env.items()),
            memory=w.memory * m.MIB,
            seed=w.seed,
            limit=w.limit,
            observe=(
                self._place(w.observe.first, "observe", "from") or StartPlace(),
                self._place(w.observe.last, "observe", "to") or EndPlace(),
            ),
            watch=watch,
            schedule=tuple(self._scheduled(item, i) for i, item in enumerate(w.schedule)),
            beats=tuple(self._beat(beat, i, len(w.beats)) for i, beat in enumerate(w.beats)),
            expect=tuple(
                made
                for i, item in enumerate(w.expect)
                for made in self._expectation(item, i, {x.name for x in watch})
            ),
            rows=tuple(ASSIGNMENT if row == "assignment" else row for row in w.rows),
            race=self._race(w.race),
        )

    # ------------------------------------------------------------------------------ what to run

    def _kernel(self, w: s.Kernel) -> m.KernelSpec:
        where = self.at("kernel", "config")
        configs = self.tree.kernel / "arch/arm/configs"
        known = sorted(p.name for p in configs.glob("*")) if configs.is_dir() else []
        if known and w.config not in known:
            raise where.error(
                f"there is no kernel configuration {w.config}{_hint(w.config, known)}"
            )
        options = tuple(
            m.KernelOption(name, value, self.document.where(("kernel", "set", name), key=True))
            for name, value in w.set.items()
        )
        return m.KernelSpec(w.config, options, where)

    def _program(self, name: str) -> m.ProgramSpec:
        where = self.at("program")
        beside = Path(self.document.path).parent / name
        if "/" in name:
            if not beside.is_file():
                raise where.error(f"there is no program file {beside}")
            return m.ProgramSpec(called(beside), beside, where)
        known = sorted(path.stem for path in self.tree.userland.glob("*.c"))
        if name in known:
            return m.ProgramSpec(name, None, where)
        if beside.is_file():
            return m.ProgramSpec(called(beside), beside, where)
        raise where.error(
            f"there is no program {name} in userland, nor a file of that name beside the scenario"
            f"{_hint(name, known)}"
        )

    def _race(self, w: s.RaceWritten | None) -> m.Race | None:
        if w is None:
            return None
        if w.victim == w.adversary:
            raise self.at("race", "adversary").error(
                f"thread {w.adversary} cannot be both the victim and the adversary"
            )
        values = tuple(self._values(item, i) for i, item in enumerate(w.values))
        combinations = prod(len(set(item.values)) for item in values)
        if combinations > m.MOST_COMBINATIONS:
            raise self.at("race", "values").error(
                f"these values have {combinations:,} combinations; {m.MOST_COMBINATIONS} can be "
                "searched"
            )
        return m.Race(w.victim, w.adversary, w.syscall, w.occurrence, values, self.at("race"))

    def _values(self, w: s.RaceValuesWritten, i: int) -> m.RaceValues:
        at = f"{w.at:#x}" if isinstance(w.at, int) else w.at
        if isinstance(w.at, int) and w.at >= KERNEL_SPACE:
            raise self.at("race", "values", i, "at").error(
                f"{at} is the kernel's: the adversary stores to user memory"
            )
        where = self.at("race", "values", i)
        return m.RaceValues(at, w.size, tuple(dict.fromkeys(w.values)), where)

    def _word(self, text: str, *way: str | int) -> str:
        if "\0" in text or "\n" in text:
            raise self.at(*way).error("an argument holds a character that no command line can")
        return text

    def _variable(self, name: str, value: str) -> str:
        if not name.isidentifier():
            raise self.document.where(("env", name), key=True).error(
                f"{name!r} is no name for an environment variable"
            )
        return f"{name}={self._word(value, 'env', name)}"

    # ----------------------------------------------------------------------------------- places

    def _place(self, w: object, *way: str | int) -> Place | None:
        where = self.at(*way)
        match w:
            case s.SyscallAt():
                return SyscallPlace(w.syscall, Phase(w.phase), w.occurrence, where)
            case s.SymbolAt():
                return SymbolPlace(w.symbol, w.space, w.occurrence, where)
            case s.LineAt():
                file, _, line = w.line.partition(":")
                number = int(line) if line.isdecimal() else line.strip()
                return LinePlace(file, number, w.occurrence, where)
            case s.IcountAt():
                return IcountPlace(w.icount, where)
            case s.TransitionAt():
                t = w.transition
                return TransitionPlace(
                    t.cause or "", t.source or "", t.target or "", w.occurrence, where
                )
            case s.StartAt():
                return StartPlace(where)
            case s.EndAt():
                return EndPlace(w.end, where)
        return None

    def _must_place(self, w: object, *way: str | int) -> Place:
        place = self._place(w, *way)
        assert place is not None
        return place

    # --------------------------------------------------------------------------- what it is for

    def _watches(self, w: s.ScenarioFile) -> tuple[m.Watch, ...]:
        made: dict[str, m.Watch] = {}
        for i, item in enumerate(w.watch):
            where = self.at("watch", i)
            if item.name in made:
                raise self.at("watch", i, "name").error(f"the watch {item.name!r} is given twice")
            if isinstance(item.at, int):
                space = "kernel" if item.at >= KERNEL_SPACE else "user"
                expression = f"{item.at:#x}"
                if not item.type:
                    raise where.error("a watch at an address needs a type")
            else:
                space, _, expression = item.at.partition(":")
            made[item.name] = m.Watch(
                item.name,
                item.type,
                "kernel" if space == "kernel" else "user",
                expression,
                where,
            )
        return tuple(made.values())

    def _scheduled(self, w: s.InterruptScheduled | s.InputScheduled, i: int) -> m.Scheduled:
        where = self.at("schedule", i)
        place = self._must_place(w.at, "schedule", i, "at")
        if isinstance(w, s.InterruptScheduled):
            return m.ScheduledInterrupt(place, w.irq, where)
        return m.ScheduledInput(place, w.console.encode(), where)

    def _beat(self, w: s.BeatWritten, i: int, beats: int) -> m.Beat:
        ask = None
        if w.ask is not None:
            if w.ask.choices and w.ask.answer not in w.ask.choices:
                raise self.at("beats", i, "ask", "answer").error(
                    f"the answer {w.ask.answer!r} is not one of the choices"
                )
            ask = m.Question(w.ask.question, w.ask.answer, tuple(w.ask.choices))
        place = self._must_place(w.at, "beats", i, "at")
        say = " ".join(w.say.split())
        holds = tuple(
            self._claim(text, beats, "beats", i, "holds", j) for j, text in enumerate(w.holds)
        )
        return m.Beat(place, w.title, say, tuple(w.show), ask, holds, self.at("beats", i))

    def _claim(self, text: str, beats: int, *way: str | int) -> m.Claim:
        where = self.at(*way)
        try:
            return m.Claim(parse(text, beats=beats), where)
        except InputError as error:
            raise where.error(f"in the condition {text!r}, {error.message}") from None

    def _expectation(self, w: object, i: int, watches: Iterable[str]) -> list[m.Expectation]:
        where = self.at("expect", i)
        match w:
            case s.SyscallExpected():
                nth, words = w.occurrence or 0, " ".join(w.when.split())
                returns = _result(w.returns)
                return [m.ExpectSyscall(w.syscall, returns, w.times, nth, words, where)]
            case s.LogExpected():
                return [_text("log", w.log, where)]
            case s.ConsoleExpected():
                return [_text("console", w.console, where)]
            case s.ExitExpected():
                return [m.ExpectExit(w.exit_status, where)]
            case s.SignalExpected():
                return [m.ExpectSignal(w.signal, where)]
            case s.TransitionsExpected():
                t = w.transitions
                low, high = self._bounds(t.at_least, t.at_most, "expect", i, "transitions")
                return [
                    m.ExpectTransitions(
                        t.cause or "", t.source or "", t.target or "", low, high, where
                    )
                ]
            case s.InstructionsExpected():
                b = w.instructions
                way: Path_ = ("expect", i, "instructions")
                if b.at_least is None and b.at_most is None:
                    raise self.at(*way).error("give at_least or at_most")
                low, high = self._bounds(b.at_least, b.at_most, *way)
                return [m.ExpectInstructions(b.syscall or "", b.occurrence, low, high, where)]
            case s.WatchExpected():
                return self._watched(w, i, set(watches))
        raise AssertionError(w)

    def _watched(self, w: s.WatchExpected, i: int, watches: set[str]) -> list[m.Expectation]:
        place = self._place(w.at, "expect", i, "at") or EndPlace("program")
        made: list[m.Expectation] = []
        for dotted, value in w.watch.items():
            where = self.document.where(("expect", i, "watch", dotted), key=True)
            name = dotted.split(".")[0].split("[")[0]
            if name not in watches:
                raise where.error(f"there is no watch {name!r}{_hint(name, watches)}")
            nonzero = value == "nonzero"
            plain = tuple(value) if isinstance(value, list) else value
            made.append(m.ExpectWatch(dotted, plain, nonzero, place, where))
        return made

    def _bounds(
        self, low: int | None, high: int | None, *way: str | int
    ) -> tuple[int | None, int | None]:
        if low is not None and high is not None and low > high:
            raise self.at(*way).error(f"at_least {low} is more than at_most {high}")
        return (1, None) if low is None and high is None else (low, high)


def _result(value: int | str | None) -> int | None:
    """A result may be written as a number or as an error's name."""
    if isinstance(value, str):
        return -ERRNO[value.removeprefix("-")]
    return value


def _text(source: str, pattern: str, where: Where) -> m.ExpectText:
    regex = len(pattern) > 2 and pattern.startswith("/") and pattern.endswith("/")
    return m.ExpectText(
        "log" if source == "log" else "console", pattern[1:-1] if regex else pattern, regex, where
    )


def _hint(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?" if close else ""
