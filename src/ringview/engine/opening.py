"""From a specification to a session that is ready to boot, and what draws it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from ringview.engine.opened import Opened
from ringview.engine.spec import EngineSpec
from ringview.errors import BuildError, ScenarioError
from ringview.explore.replay import is_schedule_file, read_schedule, scenario_of, setup_of
from ringview.guest.toolchain import KernelImage
from ringview.lab.diagnosis import Diagnosis
from ringview.lab.explain import also_checked, explain_run, explained, lab_of, unfinished
from ringview.lab.story import LabStory, Retelling
from ringview.scenario.images import Images, kernel_config, provide_images, session_setup
from ringview.scenario.load import load_scenario
from ringview.scenario.model import Scenario
from ringview.scenario.program import program_scenario
from ringview.scenario.resolve import find, place_beats, reached_beats
from ringview.scenario.run import SessionRun, apply_schedule
from ringview.session.session import Session

if TYPE_CHECKING:
    from ringview.lab.recipe import Recipe
    from ringview.session.journal import JournalEntry


@dataclass
class _Beats:
    """Where a scenario's beats are in what is recorded; looked up again when that grows.

    Attributes:
        passing_over: at a run's end, a beat that does not come stands where the next one is: the
            kernel is a student's, which does what it should in its own way.
    """

    scenario: Scenario
    run: SessionRun
    passing_over: bool = False

    def __post_init__(self) -> None:
        self._known: tuple[int, ...] = ()
        self._key = (-1, -1)

    def __call__(self) -> tuple[int, ...]:
        session = self.run.session
        key = (session.end, session.recorder.timeline.version)
        if key != self._key and not session.busy:
            if key[1] != self._key[1]:
                self._known = ()  # another future
            # Beats come in order: what follows one that is not known yet is not known either.
            rest = self.scenario.beats[len(self._known) :]
            found = (find(beat.at, self.run) for beat in rest)
            known = takewhile(lambda icount: icount is not None, found)
            self._known += tuple(icount for icount in known if icount is not None)
            if self.passing_over and session.finished:
                self._known = self._as_reached()
            self._key = key
        return self._known

    def _as_reached(self) -> tuple[int, ...]:
        reached = reached_beats(self.scenario, self.run)
        later = [
            next((icount for n, icount in reached.items() if n >= number), None)
            for number in range(1, len(self.scenario.beats) + 1)
        ]
        return tuple(icount for icount in later if icount is not None)


@dataclass(frozen=True, slots=True)
class _Story:
    """A scenario and the run that tells it.

    Attributes:
        recipe: the lab's that it belongs to, None for none.
        reason: why a lab's call does not reach its handler, None if it does.
    """

    scenario: Scenario
    run: SessionRun
    recipe: Recipe | None
    reason: Diagnosis | None

    def told(self) -> Scenario | LabStory:
        """What frames tell of it: in a lab, what is true of the student's kernel."""
        if self.recipe is None:
            return self.scenario
        retelling = Retelling(self.recipe, self.scenario, self.run, self.reason)
        return LabStory(self.scenario, retelling, self.run)

    def let_in(self) -> tuple[JournalEntry, ...]:
        """Let in what the scenario schedules; gives all of the journal."""
        apply_schedule(self.scenario, self.run)
        return tuple(self.run.session.journal)

    def missing(self) -> str:
        """What it speaks of and never happened, or ""; in a lab, which step is the reason."""
        if self.recipe is not None:
            return unfinished(self.recipe, self.scenario, self.run)
        try:
            place_beats(self.scenario, self.run)
        except ScenarioError as error:
            return str(error)
        return ""


def open_spec(
    spec: EngineSpec, report: Callable[[str, float], None], remembered: Mapping[str, str]
) -> Opened:
    """Find or build the images of a specification and load them.

    Args:
        spec: what to open.
        report: told what takes long.
        remembered: images that a predecessor ran, to be run again even if sources have changed.

    Raises:
        ScenarioError: the scenario cannot be used.
        BuildError: an image cannot be built.
        ProgramError: an image cannot be loaded.
    """
    report("reading the scenario", -1.0)
    schedule = read_schedule(spec.scenario) if is_schedule_file(spec.scenario) else None
    scenario = scenario_of(schedule) if schedule is not None else _scenario_of(spec)
    images = _recall(scenario, remembered) or _provide(scenario, report)
    report("loading", -1.0)
    setup = session_setup(scenario, images)
    session = Session.open(setup if schedule is None else setup_of(schedule, setup))
    story = _Story(scenario, SessionRun(session), lab_of(scenario), explain_run(scenario))
    _acquaint(session, story)
    from ringview.views.assemble import FrameBuilder

    builder = FrameBuilder(session)
    return Opened(
        session=session,
        make_frame=partial(builder.build, story.told()),
        apply_inputs=story.let_in if scenario.schedule else None,
        check=story.missing,
        at="" if schedule is None else str(schedule.instant),
        images=_noted(images),
        sources=builder.book.source,
        horizon=scenario.limit,
        explorable=spec.scenario if schedule is None else schedule.scenario,
        forgiving=story.recipe is not None,
        all_well="" if story.recipe is None else also_checked(story.recipe, scenario),
    )


def _acquaint(session: Session, story: _Story) -> None:
    """Let a session know what its scenario is about: beats, variables, a lab's call."""
    from ringview.views.members import find_variable, variable_names

    watch = story.scenario.watch
    own = story.recipe is not None and story.reason is None
    session.beats = _Beats(story.scenario, story.run, passing_over=own)
    session.variables = lambda words: find_variable(session, watch, words)
    session.variable_names = lambda: variable_names(session, watch)
    if story.recipe is not None:
        session.called[story.recipe.number] = story.recipe.name
        session.why_no_beat = story.missing


def _provide(scenario: Scenario, report: Callable[[str, float], None]) -> Images:
    """The images, built where they are not; a lab's step that is missing is the reason given."""
    try:
        return provide_images(scenario, progress=lambda step: report(step, -1.0))
    except BuildError as error:
        raise explained(error) from None


def _noted(images: Images) -> dict[str, str]:
    """What to remember of images, for `_recall`."""
    return {
        "kernel": str(images.kernel.path),
        "config": str(images.kernel.config_path),
        "key": images.kernel.key,
        "root": str(images.kernel.root),
        "compiler": images.kernel.compiler,
        "program": str(images.program),
        "contents": sha256(images.program.read_bytes()).hexdigest(),
    }


def _recall(scenario: Scenario, remembered: Mapping[str, str]) -> Images | None:
    """The images that were noted, if they are still there."""
    if not remembered:
        return None
    kernel, program = Path(remembered["kernel"]), Path(remembered["program"])
    if not (kernel.is_file() and program.is_file()):
        return None
    image = KernelImage(
        path=kernel,
        config=kernel_config(scenario),
        config_path=Path(remembered["config"]),
        key=remembered["key"],
        root=Path(remembered["root"]),
        compiler=remembered["compiler"],
    )
    return Images(image, program)


def _scenario_of(spec: EngineSpec) -> Scenario:
    """A scenario by its name or file, or one program without a story."""
    if spec.scenario:
        return load_scenario(spec.scenario)
    scenario = program_scenario(spec.program, spec.args, env=spec.env, kernel=spec.kernel)
    memory = spec.memory_bytes or scenario.memory
    return replace(scenario, memory=memory, seed=scenario.seed if spec.seed < 0 else spec.seed)
