"""How far a lab's tree is: which lines of the recipe stand in its files, by reading them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from enum import StrEnum
from pathlib import Path

from ringview.guest.tree import find_tree
from ringview.lab.recipe import DEFCONFIG, MAKEFILE, PROTOTYPES, Recipe, Step

MOST_PARAMETERS = 6
"""Parameters that a system call can have: r0 to r5 carry them (lecture row 5)."""

_GONE = "there is no such file"
_ALIKE = 0.6
COUNTED = "__NR_syscalls"
"""A line with it counts the calls, and gives none its number."""
_DEFINE = re.compile(r"^[ \t]*SYSCALL_DEFINE(\d+)\s*\(\s*(\w+)?", re.MULTILINE)


class State(StrEnum):
    """What has become of a step."""

    DONE = "done"
    MISSING = "missing"
    WRONG = "wrong"
    DOUBLED = "twice"


@dataclass(frozen=True, slots=True)
class StepState:
    """A step and what stands in its file.

    Attributes:
        line: the line that is meant, from 1; 0 if none is.
        note: what is wrong there, in a few words; "" if nothing is.
    """

    step: Step
    state: State
    line: int = 0
    note: str = ""

    @property
    def done(self) -> bool:
        """Whether the step is there, once."""
        return self.state is State.DONE

    @property
    def gone(self) -> bool:
        """Whether the step's whole file is not there."""
        return self.note.startswith(_GONE)

    def __str__(self) -> str:
        place = f"kernel/{self.step.file}" + (f":{self.line}" if self.line else "")
        return f"step {self.step.number}, {place}" + (f": {self.note}" if self.note else "")


def progress(recipe: Recipe, kernel: Path, given: Collection[str] = ()) -> tuple[StepState, ...]:
    """Read what stands in each step's file.

    Args:
        recipe: the lab's.
        kernel: the tree's ``kernel`` folder.
        given: options that the scenario sets by itself, as a merged fragment does.
    """
    states = []
    for step in recipe.steps:
        if step.file == DEFCONFIG and recipe.option in given:
            states.append(StepState(step, State.DONE))
        else:
            states.append(_state(recipe, step, kernel))
    return tuple(states)


def _state(recipe: Recipe, step: Step, kernel: Path) -> StepState:
    try:
        text = (kernel / step.file).read_text("utf-8", "replace")
    except OSError:
        return StepState(step, State.MISSING, note=_GONE + _instead(kernel / step.file))
    text = _without_comments(text)
    if not step.lines:
        return _handler(recipe, step, text)
    if step.file == PROTOTYPES:
        return _prototype(recipe, step, text)
    for line in step.lines:
        found = list(re.finditer(rf"^{line.pattern}$", text, re.MULTILINE))
        if len(found) > 1:
            number = _line(text, found[1].start())
            return StepState(step, State.DOUBLED, number, f"“{line.text}” stands there twice")
        if step.file == MAKEFILE and (again := _named_again(recipe, text)):
            note = f"sys-{recipe.name}.o stands there twice, and would be linked twice"
            return StepState(step, State.DOUBLED, again, note)
        if not found:
            return _missing(recipe, step, line.text, text)
    return StepState(step, State.DONE, _line(text, found[0].start()))


def _instead(file: Path) -> str:
    """A question after a file that is not there, by the names of those beside it."""
    given = find_tree(own=False).kernel / file.parent.name
    beside = [path.name for path in file.parent.glob("*") if not (given / path.name).exists()]
    close = get_close_matches(file.name, beside, n=1, cutoff=0.8)
    return f"; is it {close[0]}?" if close else ""


def _named_again(recipe: Recipe, text: str) -> int:
    """The line on which a Makefile names the handler's object once more, 0 if none."""
    found = list(re.finditer(rf"^[^#\n]*\bsys-{recipe.name}\.o\b", text, re.MULTILINE))
    return _line(text, found[1].start()) if len(found) > 1 else 0


def _missing(recipe: Recipe, step: Step, wanted: str, text: str) -> StepState:
    """A line that is not there; perhaps one of the student's own was meant to be it."""
    given = set(_given(recipe, step))
    best, number, ratio = "", 0, _ALIKE
    for index, line in _pieces(step, text):
        words = " ".join(line.split())
        if not words or words in given or (COUNTED in words) != (COUNTED in wanted):
            continue
        alike = SequenceMatcher(None, words, wanted).ratio()
        if alike > ratio:
            best, number, ratio = words, index, alike
    if number:
        note = f"“{best}” is not “{wanted}”"
        if ":=" in best:
            note += ", and := forgets the objects that stand above"
        return StepState(step, State.WRONG, number, note)
    return StepState(step, State.MISSING, note=f"“{wanted}” is missing")


def _pieces(step: Step, text: str) -> Iterable[tuple[int, str]]:
    """What can be meant by a line, and the number of its first: a prototype ends at its ``;``."""
    if step.file != PROTOTYPES:
        yield from enumerate(text.splitlines(), 1)
        return
    for match in re.finditer(r"^\w[^;#{}]*;", text, re.MULTILINE):
        yield _line(text, match.start()), match[0]


def _given(recipe: Recipe, step: Step) -> Iterable[str]:
    """The file's lines as the lab began with them, blanks folded."""
    try:
        text = (find_tree(own=False).kernel / step.file).read_text("utf-8", "replace")
    except OSError:
        return ()
    text = _without_comments(re.sub(step.remove, "", text, flags=re.MULTILINE))
    return (" ".join(line.split()) for _, line in _pieces(step, text))


def _prototype(recipe: Recipe, step: Step, text: str) -> StepState:
    found = list(re.finditer(rf"\b{recipe.handler}\s*\(([^;{{]*)\)\s*;", text))
    if not found:
        return _missing(recipe, step, step.lines[0].text, text)
    number = _line(text, found[0].start())
    if len({_types(match[1]) for match in found}) > 1:
        return StepState(step, State.DOUBLED, number, f"{recipe.handler} is declared in two ways")
    kind = " ".join(re.findall(r"[\w*]+", text[: found[0].start()].rpartition(";")[2])[-2:])
    if kind != "asmlinkage long":
        note = f"{recipe.handler} is declared as “{kind}”: a handler is an asmlinkage long"
        return StepState(step, State.WRONG, number, note)
    wanted = re.search(r"\((.*)\)", step.lines[0].text)
    assert wanted is not None
    if _types(found[0][1]) != _types(wanted[1]):
        told = " ".join(found[0][1].split())
        return StepState(
            step, State.WRONG, number, f"({told}) is not what the task says: ({wanted[1]})"
        )
    return StepState(step, State.DONE, number)


def _types(parameters: str) -> tuple[str, ...]:
    """The parameters' types without their names."""
    types = []
    for parameter in parameters.split(","):
        words = re.findall(r"\w+|\*", parameter)
        if len(words) > 1 and words[-1] != "*":
            words.pop()
        types.append(" ".join(words))
    return tuple(types)


def _handler(recipe: Recipe, step: Step, text: str) -> StepState:
    defined = list(_DEFINE.finditer(text))
    if not defined:
        return StepState(step, State.WRONG, 1, f"no SYSCALL_DEFINE makes {recipe.handler} here")
    count, name = int(defined[0][1]), defined[0][2]
    number = _line(text, defined[0].start())
    if count > MOST_PARAMETERS:
        note = (
            f"a system call has at most {MOST_PARAMETERS} parameters, for r0 to r5 carry them; "
            f"there is no SYSCALL_DEFINE{count}"
        )
        return StepState(step, State.WRONG, number, note)
    given = _arguments(text[defined[0].end() :])
    if given != 2 * count:
        note = (
            f"SYSCALL_DEFINE{count} takes {_counted(count)}, each as its type, a comma and its "
            f"name: {2 * count} words between commas after {name}, and here are {given}"
        )
        return StepState(step, State.WRONG, number, note)
    if name != recipe.name:
        note = f"SYSCALL_DEFINE{count}({name}, …) makes sys_{name}, not {recipe.handler}"
        return StepState(step, State.WRONG, number, note)
    if len(defined) > 1:
        number = _line(text, defined[1].start())
        first = _line(text, defined[0].start())
        note = f"a second SYSCALL_DEFINE stands there, after that of line {first}"
        return StepState(step, State.DOUBLED, number, note)
    return StepState(step, State.DONE, number)


def _counted(parameters: int) -> str:
    return f"{parameters} parameter{'' if parameters == 1 else 's'}"


def _arguments(text: str) -> int:
    """How many more arguments a macro's call has, from behind its first one on."""
    depth, count = 0, 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            break
        count += sign == "," and not depth
    return count


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _without_comments(text: str) -> str:
    """The text with C comments blanked out, every line where it was."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match[0])

    return re.sub(r"/\*.*?\*/|//[^\n]*", blank, text, flags=re.DOTALL)
