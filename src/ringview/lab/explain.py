"""What a lab has to say about a run or a build: the step of the recipe that is the reason."""

from __future__ import annotations

from ringview.errors import BuildError, ProgramError, ScenarioError
from ringview.guest.image import Image
from ringview.guest.toolchain import find_kernel
from ringview.guest.tree import Tree, find_tree
from ringview.lab.crash import diagnose_crash
from ringview.lab.diagnosis import Diagnosis, diagnose_build, diagnose_run, listed
from ringview.lab.evidence import evidence
from ringview.lab.outcome import explain_results
from ringview.lab.progress import progress
from ringview.lab.recipe import Recipe
from ringview.lab.story import Retelling
from ringview.lab.workspace import lost_files, recipe_of
from ringview.scenario.check import Result, check
from ringview.scenario.images import kernel_config
from ringview.scenario.model import Beat, Scenario
from ringview.scenario.record import RunRecord
from ringview.scenario.resolve import PlacedBeat, reached_beats, resolve
from ringview.scenario.run import SessionRun


def lab_of(scenario: Scenario) -> Recipe | None:
    """The lab whose call a scenario shows; None in no lab's tree, or for another call."""
    recipe = recipe_of(find_tree())
    own = recipe is not None and {scenario.program.name, scenario.name} & set(recipe.scenarios)
    return recipe if own else None


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


class ExplainedError(BuildError):
    """A build's error with its reason in a lab's recipe.

    Attributes:
        plain: the error itself.
        found: the reason.
    """

    def __init__(self, plain: BuildError, found: Diagnosis) -> None:
        message = f"{plain.message} ({found})"
        super().__init__(message, path=plain.path, line=plain.line, column=plain.column)
        self.plain = plain
        self.found = found


def explained(error: BuildError) -> BuildError:
    """A build's error with the step of the recipe that is the reason, where a lab knows it."""
    tree = find_tree()
    recipe = recipe_of(tree)
    if recipe is None:
        return error
    lost = lost_files(recipe, tree)
    found = diagnose_build(recipe, progress(recipe, tree.kernel), error, lost)
    return error if found is None else ExplainedError(error, found)


def judged(
    recipe: Recipe,
    scenario: Scenario,
    run: SessionRun,
    record: RunRecord,
    results: list[Result],
    *,
    told: bool,
) -> tuple[list[PlacedBeat], list[Result]]:
    """A lab's story told as it is true of its kernel, and the results with their reasons.

    Args:
        recipe: the lab's.
        scenario: its story.
        run: recorded to its end; left where it stands.
        record: of that run.
        results: of the scenario's expectations, in order.
        told: tell the story at all.
    """
    reason = explain_run(scenario)
    places = reached_beats(scenario, run) if told else {}
    tell = Retelling(recipe, scenario, run, reason)
    beats = [PlacedBeat(tell.beat(number, places), at) for number, at in places.items()]
    if reason is not None:
        return beats, [Result(False, "the call reaches its handler", str(reason)), *results]
    return beats, explain_results(recipe, scenario.expect, results, run, record)


def unfinished(recipe: Recipe, scenario: Scenario, run: SessionRun) -> str:
    """What a lab's call does not do as it should, or how far its story comes and why not further;
    empty if all that is expected of the call comes true.

    Args:
        recipe: the lab's.
        scenario: its story.
        run: recorded to its end; left where it stands.
    """
    found = explain_run(scenario)
    number, beat, error = _first_missing(scenario, run)
    if found is None and run.end() is not None:
        failed = _first_failed(recipe, scenario, run)
        if failed is None:
            return ""
        if beat is None:
            return f"{failed.text}: {failed.told}"
    if beat is None:
        return ""
    kernel = find_kernel(kernel_config(scenario), find_tree())
    if found is None and kernel is not None:
        found = diagnose_crash(recipe, run.said(), Image.load(kernel.path))
    if found is None and run.end() is None:
        so_far = run.known() - (run.program_start() or 0)
        error = f"the program has not ended after {so_far:,} instructions of its time"
    of = f"beat {number} of {len(scenario.beats)}, {beat.title},"
    return f"{of} does not come: {error if found is None else found}"


def also_checked(recipe: Recipe, scenario: Scenario) -> str:
    """What else a lab's call has to pass than the scenario at hand."""
    others = [name for name in recipe.scenarios if name != scenario.name]
    return f"“ringview lab” runs {listed(others)} too" if others else ""


def _first_failed(recipe: Recipe, scenario: Scenario, run: SessionRun) -> Result | None:
    """The first expectation that does not come true, with its reason."""
    session = run.session
    with session.aside(session.icount):
        record = run.record(scenario)
        results = check(scenario.expect, record)
        results = explain_results(recipe, scenario.expect, results, run, record)
    return next((result for result in results if not result.held), None)


def _first_missing(scenario: Scenario, run: SessionRun) -> tuple[int, Beat | None, str]:
    before = -1
    for number, beat in enumerate(scenario.beats, 1):
        try:
            icount = resolve(beat.at, run)
        except ScenarioError as error:
            return number, beat, error.message
        if icount < before:
            return number, beat, "it happens before the beat above it"
        before = icount
    return 0, None, ""
