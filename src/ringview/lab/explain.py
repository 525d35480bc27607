"""What a lab has to say about a run or a build: the step of the recipe that is the reason."""

from __future__ import annotations

from ringview.errors import BuildError, ProgramError, RingviewError
from ringview.guest.toolchain import find_kernel
from ringview.guest.tree import Tree, find_tree
from ringview.lab.diagnosis import Diagnosis, diagnose_build, diagnose_run
from ringview.lab.evidence import evidence
from ringview.lab.progress import progress
from ringview.lab.recipe import Recipe
from ringview.lab.workspace import recipe_of
from ringview.scenario.images import kernel_config
from ringview.scenario.model import Scenario


def lab_of(scenario: Scenario) -> Recipe | None:
    """The lab whose call a scenario shows; None in no lab's tree, or for another call."""
    recipe = recipe_of(find_tree())
    return recipe if recipe is not None and scenario.program.name == recipe.name else None


def explain_run(scenario: Scenario, tree: Tree | None = None) -> Diagnosis | None:
    """Why a scenario's call does not reach its handler; None if it does, or no lab is about it."""
    tree, recipe = tree or find_tree(), lab_of(scenario)
    if recipe is None:
        return None
    kernel = find_kernel(kernel_config(scenario), tree)
    if kernel is None:
        return None
    try:
        seen = evidence(recipe, kernel)
    except ProgramError:
        return None
    given = [option.name for option in scenario.kernel.options]
    return diagnose_run(recipe, progress(recipe, tree.kernel, given), seen)


def explained(error: BuildError) -> BuildError:
    """A build's error with the step of the recipe that is the reason, where a lab knows it."""
    tree = find_tree()
    recipe = recipe_of(tree)
    if recipe is None:
        return error
    found = diagnose_build(recipe, progress(recipe, tree.kernel), error)
    if found is None:
        return error
    return BuildError(
        f"{error.message} ({found})", path=error.path, line=error.line, column=error.column
    )


def told(error: RingviewError, scenario: Scenario) -> str:
    """An error's sentence, and what a lab adds to it."""
    if isinstance(error, BuildError):
        return str(explained(error))
    found = explain_run(scenario)
    return f"{error} ({found})" if found is not None else str(error)
