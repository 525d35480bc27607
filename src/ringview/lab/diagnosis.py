"""From what happened to the step that is the reason: a build that stopped, or a call's result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ringview.errors import BuildError
from ringview.lab.evidence import NI_SYSCALL, Evidence
from ringview.lab.progress import State, StepState
from ringview.lab.recipe import (
    DEFCONFIG,
    GENERIC,
    KCONFIG,
    MAKEFILE,
    NI,
    PROTOTYPES,
    TABLE,
    Recipe,
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why something happened.

    Attributes:
        step: the number of the step that is the reason; 0 if what is wrong is no step of it.
        why: the reason, in one sentence.
    """

    step: int
    why: str

    def __str__(self) -> str:
        return f"step {self.step} of the recipe: {self.why}" if self.step else self.why


def diagnose_build(
    recipe: Recipe, states: Sequence[StepState], error: BuildError, lost: Sequence[str] = ()
) -> Diagnosis | None:
    """Which step stops a build.

    Args:
        recipe: the lab's.
        states: how far its tree is.
        error: how the build ended.
        lost: files of the kernel that are not there any more, though no step is about them.

    Returns:
        None if it is no step of the recipe.
    """
    found = {state.step.file: state for state in states}
    handler = found[recipe.steps[1].file]
    for state in states:
        # The table for other architectures is not read here, and the handler has its own rule.
        if state.gone and state not in (handler, found[GENERIC]):
            return Diagnosis(state.step.number, f"{state.step.file} is not there any more")
    if lost:
        return diagnose_lost(lost)
    return _by_words(recipe, found, error) or _by_place(recipe, found, error.path or "")


def _by_words(recipe: Recipe, found: dict[str, StepState], error: BuildError) -> Diagnosis | None:
    """By what the compiler, the linker, make or Kconfig says."""
    text, path = error.message, error.path or ""
    if "duplicate symbol" in text and recipe.handler in text:
        return _twice(recipe, found)
    if f"undefined symbol: {recipe.handler}" in text or f"to `{recipe.handler}'" in text:
        return _undefined(recipe, found)
    for file in (MAKEFILE, TABLE) if "undefined symbol" in text else ():
        if found[file].state in (State.WRONG, State.DOUBLED):
            return Diagnosis(found[file].step.number, found[file].note)
    if "conflicting types" in text and recipe.handler in text:
        if found[PROTOTYPES].state is State.WRONG:
            return Diagnosis(1, found[PROTOTYPES].note)
        handler = found[recipe.steps[1].file]
        if handler.state is State.DOUBLED:
            return Diagnosis(2, handler.note)
        return Diagnosis(
            2,
            f"the parameters of SYSCALL_DEFINE are not those that step 1 declares in {PROTOTYPES}",
        )
    if "No rule to make target" in text:
        return _no_source(recipe, found, text)
    if "is already that of" in text:
        return Diagnosis(7, found[TABLE].note or "a number has one line, and belongs to one call")
    if recipe.option in text or path.endswith(("Kconfig", "_defconfig", ".config")):
        return _option(recipe, found, text)
    return None


def _by_place(recipe: Recipe, found: dict[str, StepState], path: str) -> Diagnosis | None:
    """By the file at fault."""
    handler = recipe.steps[1].file
    for file in (TABLE, handler, MAKEFILE, NI, PROTOTYPES, GENERIC):
        state = found[file]
        if path.removeprefix("kernel/") == file:
            return Diagnosis(state.step.number, state.note or _BROKEN.format(file))
    if path.endswith("Makefile") and not found[MAKEFILE].done:
        return Diagnosis(4, found[MAKEFILE].note)  # it is read from another one
    return None


def diagnose_lost(lost: Sequence[str]) -> Diagnosis:
    """What to do about files that nobody meant to lose."""
    more = f", and {len(lost) - 1} more" if len(lost) > 1 else ""
    if len(lost) == 1:
        command = f"git checkout kernel/{lost[0]} brings it back"
    else:
        command = "git status names them, and git checkout kernel/… brings each back"
    return Diagnosis(0, f"kernel/{lost[0]} is not there any more{more}; {command}")


def _twice(recipe: Recipe, found: dict[str, StepState]) -> Diagnosis:
    """Two objects have the handler."""
    if found[MAKEFILE].state is State.DOUBLED:
        return Diagnosis(4, found[MAKEFILE].note)
    return Diagnosis(2, f"more than one of the files that are compiled defines {recipe.handler}")


_BROKEN = "what was written in {} cannot be used as it stands"


def _undefined(recipe: Recipe, found: dict[str, StepState]) -> Diagnosis:
    """The table asks for a handler that nobody has."""
    ni, make, handler = found[NI], found[MAKEFILE], found[recipe.steps[1].file]
    for state in (handler, make):
        if state.gone:
            why = f"{TABLE} asks for {recipe.handler}, and {state.step.file} is not there"
            return Diagnosis(state.step.number, why)
        if not state.done:
            return Diagnosis(
                state.step.number,
                f"{TABLE} asks for {recipe.handler}, and no compiled file has it: {state.note}",
            )
    for state in (found[DEFCONFIG], found[KCONFIG]):
        if not state.done and not ni.done:
            return Diagnosis(
                ni.step.number,
                f"{recipe.option} is off, so the handler is not compiled, and without "
                f"COND_SYSCALL({recipe.name}) nothing stands in for it",
            )
    return Diagnosis(
        ni.step.number, f"{recipe.handler} is asked for, and {ni.note or 'is nowhere'}"
    )


def _no_source(recipe: Recipe, found: dict[str, StepState], text: str) -> Diagnosis:
    handler, make = found[recipe.steps[1].file], found[MAKEFILE]
    if handler.state is State.MISSING and make.done:
        file, instead = handler.step.file, handler.note.partition("; ")[2]
        why = f"the Makefile names sys-{recipe.name}.o, and {file} is not there"
        return Diagnosis(2, f"{why}; {instead}" if instead else why)
    return Diagnosis(4, make.note or f"{MAKEFILE} names an object that has no source")


def _option(recipe: Recipe, found: dict[str, StepState], text: str) -> Diagnosis:
    kconfig, defconfig = found[KCONFIG], found[DEFCONFIG]
    if "couldn't parse" in text:
        return Diagnosis(3, f"{KCONFIG} cannot be understood: see the line that is named")
    if "(unknown)" in text:
        return Diagnosis(3, f"{recipe.option} has no type: below config comes a line with bool")
    if "it depends on EXPERT" in text:
        return Diagnosis(8, f"EXPERT is off: {DEFCONFIG} has no line CONFIG_EXPERT=y any more")
    if kconfig.state in (State.DOUBLED, State.WRONG):
        return Diagnosis(3, kconfig.note)
    if defconfig.state in (State.DOUBLED, State.WRONG):
        return Diagnosis(8, defconfig.note)
    if not kconfig.done:
        return Diagnosis(3, f"CONFIG_{recipe.option} is set, and no Kconfig file defines it")
    return Diagnosis(
        3, f"{recipe.option} cannot be had as it is defined; it depends on EXPERT alone"
    )


def diagnose_run(recipe: Recipe, states: Sequence[StepState], seen: Evidence) -> Diagnosis | None:
    """Why the call does not reach its handler.

    Args:
        recipe: the lab's.
        states: how far its tree is.
        seen: what the kernel that ran says.

    Returns:
        None if it does reach it.
    """
    found = {state.step.file: state for state in states}
    if seen.entry is None:
        note = found[TABLE].note or "the table has no such line"
        return Diagnosis(
            7,
            f"sys_call_table has {seen.count} entries, and {recipe.number} lies beyond them, so "
            f"the entry code answers -ENOSYS itself: {note}",
        )
    entry = f"entry {recipe.number} of sys_call_table is {seen.leads_to}"
    if seen.stands_in and seen.entry == seen.ni and found[TABLE].done:
        return _stands_in(recipe, found, seen)
    if seen.leads_to != recipe.handler:
        elsewhere = "" if seen.stands_in else _elsewhere(recipe, seen)
        why = elsewhere or found[TABLE].note or f"{TABLE} does not lead to {recipe.handler}"
        returns = ", which returns -ENOSYS" if seen.leads_to == NI_SYSCALL else ""
        return Diagnosis(7, f"{entry}{returns}: {why}")
    return None


def _elsewhere(recipe: Recipe, seen: Evidence) -> str:
    if not seen.numbers:
        return ""
    numbers = " and ".join(map(str, seen.numbers))
    return f"{recipe.handler} has number {numbers} instead"


def _stands_in(recipe: Recipe, found: dict[str, StepState], seen: Evidence) -> Diagnosis:
    """The table is right, but the handler's name means sys_ni_syscall."""
    alias = (
        f"entry {recipe.number} of sys_call_table is {recipe.handler}, and that is only "
        f"COND_SYSCALL's other name of {NI_SYSCALL}, which returns -ENOSYS"
    )
    if seen.option != "y":
        if not found[KCONFIG].done:
            return Diagnosis(3, f"{alias}: {found[KCONFIG].note}")
        if found[DEFCONFIG].done and seen.expert != "y":
            return Diagnosis(8, f"{alias}: {recipe.option} depends on EXPERT, which is off")
        note = found[DEFCONFIG].note or f"{recipe.option} is off"
        return Diagnosis(8, f"{alias}: {note}")
    for file in (MAKEFILE, recipe.steps[1].file):
        if not found[file].done:
            return Diagnosis(found[file].step.number, f"{alias}: {found[file].note}")
    return Diagnosis(4, f"{alias}: the handler was not compiled")


def listed(words: Sequence[str]) -> str:
    """Words as a sentence lists them: 1, 2 and 3."""
    return " and ".join([*([", ".join(words[:-1])] if words[:-1] else []), *words[-1:]])


def undone(state: StepState) -> str:
    """A step that is not done: what is wrong there, or what happens without it."""
    missing = state.state is State.MISSING
    return f"{state}; {state.step.without}" if missing else str(state)
