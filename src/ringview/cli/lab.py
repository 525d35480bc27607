"""``ringview lab``: begin a lab, or see how far it is and what happens as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from ringview.cli.headless import Finished, run_scenario
from ringview.cli.width import columns, folded
from ringview.errors import BuildError, InputError, RingviewError
from ringview.guest.image import Image
from ringview.guest.linux_errors import NUMBERS
from ringview.guest.toolchain import find_kernel
from ringview.guest.tree import find_tree
from ringview.lab.crash import diagnose_crash
from ringview.lab.diagnosis import Diagnosis, diagnose_lost, listed, undone
from ringview.lab.explain import ExplainedError, explain_run
from ringview.lab.progress import State, StepState, progress
from ringview.lab.recipe import RECIPES, Recipe
from ringview.lab.workspace import create, lost_files, recipe_of
from ringview.scenario.check import Result
from ringview.scenario.images import kernel_config
from ringview.scenario.linux import result_words
from ringview.scenario.load import load_scenario
from ringview.scenario.model import ExpectSyscall, Scenario
from ringview.scenario.places import ordinal
from ringview.scenario.record import SyscallFact

_ALIKE = 3
"""Results that are told of those with one reason."""

_SIGNS = {State.DONE: "✓", State.MISSING: " ", State.WRONG: "✗", State.DOUBLED: "✗"}


def begin_lab(name: str, folder: str, out: TextIO) -> int:
    """Make a lab's working copy.

    Raises:
        InputError: there is no such lab, or no place for it.
    """
    root = create(name, Path(folder or f"lab-{name}"))
    recipe = RECIPES[name]
    print(f"{root}: a kernel without {name}, number {recipe.number}: {recipe.title}", file=out)
    print(f"read {root / 'README.md'}, then: cd {root} && ringview lab", file=out)
    return 0


def show_progress(out: TextIO) -> int:
    """Build and run the lab around the working directory, and say what is done and what happens.

    Returns:
        0 if the call does what it should, else 1.

    Raises:
        InputError: the working directory lies in no lab.
    """
    tree = find_tree()
    recipe = recipe_of(tree)
    if recipe is None:
        labs = "; ".join(f"ringview lab {name}: {each.title}" for name, each in RECIPES.items())
        raise InputError(f"this folder is no lab's; begin one with {labs}")
    own = (f"scenarios/{name}.yaml" for name in recipe.scenarios)
    for file in (*own, f"userland/{recipe.name}.c"):
        if not (tree.root / file).is_file():
            raise InputError(f"{file} is not there any more; git checkout {file} brings it back")
    scenario, *others = map(load_scenario, recipe.scenarios)
    given = [option.name for option in scenario.kernel.options]
    states = progress(recipe, tree.kernel, given)
    print("\n".join(folded(f"lab {recipe.name}: {recipe.title}", columns(out))), file=out)
    print(file=out)
    for state in states:
        print(f"  {_SIGNS[state.state]} {state.step.number}  kernel/{state.step.file}", file=out)
    print(file=out)
    try:
        finished = run_scenario(scenario, told=False)
    except BuildError as error:
        return _tell_build(states, error, out)
    except RingviewError as error:
        _tell(out, "What happens", str(error))
        gone = next((state for state in states if state.gone), None)
        lost = lost_files(recipe, tree)
        if gone is not None:
            why = f"step {gone.step.number} of the recipe: {gone.step.file} is not there any more"
            _tell(out, "Why", why)
        elif lost:
            _tell(out, "Why", str(diagnose_lost(lost)))
        _tell_rest(states, 0 if gone is None else gone.step.number, out)
        return 1
    step, held = _tell_run(recipe, scenario, finished, out)
    if step is not None and others:
        names = listed([other.name for other in others])
        _tell(out, "After that", f"the call's errors are looked at as well, with {names}.")
    for other in others if step is None else ():
        # Of one kernel: what the lab's own scenario sets, as a merged fragment does, is set here.
        held &= _tell_other(recipe, replace(other, kernel=scenario.kernel), out)
    _tell_rest(states, step or 0, out)
    return 0 if held and all(state.done for state in states) else 1


def _tell_build(states: Sequence[StepState], error: BuildError, out: TextIO) -> int:
    if isinstance(error, ExplainedError):
        _tell(out, "What happens", str(error.plain))
        _tell(out, "Why", str(error.found))
        _tell_rest(states, error.found.step, out)
    else:
        _tell(out, "What happens", str(error))
        _tell_rest(states, 0, out)
    return 1


def _tell_run(
    recipe: Recipe, scenario: Scenario, finished: Finished, out: TextIO
) -> tuple[int | None, bool]:
    """Say what the lab's own scenario gives.

    Returns:
        The step of the recipe that keeps the call from being answered, None if it is answered; and
        whether all that is expected came true.
    """
    calls = [call for call in finished.record.syscalls if call.nr == recipe.number]
    if calls:
        happens = f"the program calls number {recipe.number}, and {_answer(calls[0], finished)}."
    else:
        happens = f"the program never calls number {recipe.number}{_instead(finished)}."
    _tell(out, "What happens", happens)
    found = explain_run(scenario) or _crash(recipe, scenario, finished)
    if found is not None:
        _tell(out, "Why", str(found))
    elif finished.held:
        _tell(out, "The call", "does what it should: every expectation of the scenario holds.")
    else:
        _tell_results(finished.results, out)
    return None if found is None else found.step, finished.held


def _tell_other(recipe: Recipe, scenario: Scenario, out: TextIO) -> bool:
    """Run another scenario of a lab, and say what it gives and whether all came true."""
    print(file=out)
    sign, head = "✓", scenario.title.replace(" · ", ": ")
    try:
        finished = run_scenario(scenario, told=False)
    except RingviewError as error:
        print("\n".join(folded(f"✗ {head}", columns(out))), file=out)
        _tell(out, "What happens", str(error))
        return False
    if not finished.held:
        sign = "✗"
    print("\n".join(folded(f"{sign} {head}", columns(out))), file=out)
    if finished.held:
        calls = sum(call.nr == recipe.number for call in finished.record.syscalls)
        what = f"each of {calls} calls gets" if calls > 1 else "the call gets"
        _tell(out, "The call" if calls == 1 else "The calls", f"{what} what it should.")
        return True
    crash = _crash(recipe, scenario, finished)
    if crash is None:
        _tell_results(finished.results, out)
    else:
        _tell(out, "What happens", _unanswered(recipe, scenario, finished))
        _tell(out, "Why", str(crash))
    return False


def _unanswered(recipe: Recipe, scenario: Scenario, finished: Finished) -> str:
    """Which call never comes back, by what the scenario says of it."""
    calls = [call for call in finished.record.syscalls if call.nr == recipe.number]
    number = next((n for n, call in enumerate(calls, 1) if call.ret is None), len(calls))
    about = [
        expected.when
        for expected in scenario.expect
        if isinstance(expected, ExpectSyscall) and expected.occurrence == number
    ]
    when = f" when {about[0]}" if about and about[0] else ""
    which = f"the {ordinal(number)} call" if len(calls) > 1 else "the call"
    return f"{which} of {recipe.name}{when} never comes back."


def _tell_results(results: Sequence[Result], out: TextIO) -> None:
    """What did not come true, and below all that have one reason, that."""
    failed = [result for result in results if not result.held]
    for why in dict.fromkeys(result.why for result in failed):
        alike = [result for result in failed if result.why == why]
        for result in alike[: _ALIKE if why else None]:
            _tell(out, "Not yet", f"{result.text}: {result.detail}")
        if why and len(alike) > _ALIKE:
            _tell(out, "", f"and {len(alike) - _ALIKE} more for the same reason")
        if why:
            _tell(out, "Why", why)


def _answer(call: SyscallFact, finished: Finished) -> str:
    if call.ret is not None:
        return f"gets {result_words(call.ret)}"
    record = finished.record
    ended = record.halt_text if record.exit_status is record.signal is None else ""
    return f"never hears of it again: {ended}" if ended else "never hears of it again"


def _instead(finished: Finished) -> str:
    """Which number it calls that nobody has."""
    calls = [call for call in finished.record.syscalls if call.ret == -NUMBERS["ENOSYS"]]
    return f"; it calls {calls[0].nr}, which is nobody's" if calls else ""


def _crash(recipe: Recipe, scenario: Scenario, finished: Finished) -> Diagnosis | None:
    kernel = find_kernel(kernel_config(scenario), find_tree())
    if kernel is None:
        return None
    said = "\n".join(line.text for line in finished.record.log)
    return diagnose_crash(recipe, said, Image.load(kernel.path))


def _tell_rest(states: Sequence[StepState], told: int, out: TextIO) -> None:
    """What else is not done: in full only where nothing more important was told."""
    rest = [state for state in states if not state.done and state.step.number != told]
    brief = [state for state in rest if told and state.state is State.MISSING]
    if brief:
        numbers = [str(state.step.number) for state in brief]
        words = listed(numbers)
        verb = "steps {} are" if len(numbers) > 1 else "step {} is"
        _tell(out, "To do", f"{verb.format(words)} not done yet")
    for state in rest:
        if state not in brief:
            _tell(out, "To do", undone(state))


def _tell(out: TextIO, head: str, text: str) -> None:
    head = f"{head}:" if head else ""
    lines = folded(text, columns(out), first=f"{head:14}", rest=" " * 14)
    print("\n".join(lines), file=out)
