"""Schedule files: one schedule as the inputs of a session, so that anybody can walk through it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ringview.errors import InputError
from ringview.explore.inputs import Input
from ringview.explore.schedule import ADVERSARIES, WORDS
from ringview.scenario.load import load_scenario, shipped_scenarios
from ringview.scenario.model import Scenario
from ringview.session.setup import SessionSetup

if TYPE_CHECKING:
    from ringview.explore.finds import Find
    from ringview.explore.target import Target

FORMAT = 1
SUFFIX = ".schedule.json"


@dataclass(frozen=True, slots=True)
class ScheduleFile:
    """A schedule that was kept.

    Attributes:
        path: where.
        scenario: the scenario it belongs to: a shipped name, or a path.
        kernel_hash, program_hash: SHA-256 of the images that it was found on.
        adversary: ``board`` or ``second-core``.
        inputs: what comes from outside.
        instant: icount to open at.
        end: icount of the end of the call.
        digest: of the machine there, as `Machine.digest` gives it, in hexadecimal.
        outcome: what comes out, in words.
    """

    path: Path
    scenario: str
    kernel_hash: str
    program_hash: str
    adversary: str
    inputs: tuple[Input, ...]
    instant: int
    end: int
    digest: str
    outcome: str


def schedule_document(find: Find, target: Target) -> dict[str, Any]:
    """A find as the JSON of a schedule file."""
    analysis = find.analysis
    scenario = target.scenario
    shipped = scenario.path.stem if _is_shipped(scenario.path) else str(scenario.path.resolve())
    return {
        "ringview_schedule": FORMAT,
        "scenario": shipped,
        "kernel_sha256": target.kernel_hash,
        "program_sha256": target.program_hash,
        "adversary": analysis.schedule.adversary,
        "model": WORDS[analysis.schedule.adversary],
        "call": {"name": target.call.name, "enter": target.call.enter, "thread": target.call.pid},
        "bound": find.bound,
        "points": [
            {
                "icount": spot.icount,
                "pc": spot.pc,
                "place": spot.place,
                "line": spot.line,
                "next_thread": "adversary",
            }
            for spot in analysis.points
        ],
        "inputs": [item.plain() for item in find.inputs],
        "open_at": find.instant,
        "end": {"icount": find.end, "digest": find.digest},
        "outcome": str(analysis.outcome),
    }


def _is_shipped(path: Path) -> bool:
    return path.resolve() in {shipped.resolve() for shipped in shipped_scenarios()}


def write_schedule(find: Find, target: Target, path: Path) -> None:
    """Write a schedule file.

    Raises:
        InputError: it cannot be written.
    """
    text = json.dumps(schedule_document(find, target), indent=1) + "\n"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"the schedule cannot be written: {reason}", path=path) from None


def is_schedule_file(name: str) -> bool:
    """Whether a name that was given for a scenario means a schedule file."""
    return name.endswith(".json") and Path(name).is_file()


def read_schedule(name: str | Path) -> ScheduleFile:
    """Read a schedule file.

    Raises:
        InputError: it cannot be read, or is no schedule file.
    """
    path = Path(name)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"the schedule cannot be read: {reason}", path=path) from None
    except json.JSONDecodeError as error:
        raise InputError(
            f"this is no schedule file: {error.msg.lower()}",
            path=path,
            line=error.lineno,
            column=error.colno,
        ) from None
    except ValueError:
        raise InputError("this is no schedule file: it is not text", path=path) from None
    if not isinstance(data, dict) or "ringview_schedule" not in data:
        raise InputError("this is no schedule file: it has no ringview_schedule", path=path)
    if data["ringview_schedule"] != FORMAT:
        raise InputError(
            f"this schedule file is of format {data['ringview_schedule']!r}, and this ringview "
            f"reads format {FORMAT}",
            path=path,
        )
    return _Reader(path, data).read()


class _Reader:
    """Takes a schedule file apart; what is missing or wrong is named."""

    def __init__(self, path: Path, data: dict[str, Any]) -> None:
        self.path = path
        self.data = data

    def _get(self, data: Any, key: str, kind: type, where: str) -> Any:
        value = data.get(key) if isinstance(data, dict) else None
        if not isinstance(value, kind) or isinstance(value, bool):
            words = {int: "a whole number", str: "text", dict: "an object", list: "a list"}[kind]
            raise InputError(
                f"this schedule file was changed by hand or cut short: {where} must be {words}",
                path=self.path,
            )
        return value

    def read(self) -> ScheduleFile:
        """The file, checked."""
        data = self.data
        end = self._get(data, "end", dict, "end")
        inputs = [
            self._input(item, number)
            for number, item in enumerate(self._get(data, "inputs", list, "inputs"), start=1)
        ]
        if [i.icount for i in inputs] != sorted(i.icount for i in inputs):
            raise InputError(
                "this schedule file was changed by hand: its inputs are not in order of icount",
                path=self.path,
            )
        adversary = self._get(data, "adversary", str, "adversary")
        if adversary not in ADVERSARIES:
            raise InputError(
                f"this schedule file names the adversary {adversary!r}; there are "
                f"{' and '.join(ADVERSARIES)}",
                path=self.path,
            )
        return ScheduleFile(
            path=self.path,
            scenario=self._get(data, "scenario", str, "scenario"),
            kernel_hash=self._get(data, "kernel_sha256", str, "kernel_sha256"),
            program_hash=self._get(data, "program_sha256", str, "program_sha256"),
            adversary=adversary,
            inputs=tuple(inputs),
            instant=self._get(data, "open_at", int, "open_at"),
            end=self._get(end, "icount", int, "end.icount"),
            digest=self._get(end, "digest", str, "end.digest"),
            outcome=self._get(data, "outcome", str, "outcome"),
        )

    def _input(self, item: Any, number: int) -> Input:
        where = f"inputs, number {number}"
        icount = self._get(item, "icount", int, f"the icount of {where},")
        if "irq" in item:
            line = self._get(item, "irq", int, f"the irq of {where},")
            if not 0 <= line < 128:
                raise InputError(
                    f"this schedule file raises interrupt line {line}; lines are 0 to 127",
                    path=self.path,
                )
            return Input(icount, irq=line)
        typed = isinstance(item, dict) and "console" in item
        store = item if typed else self._get(item, "store", dict, f"the store of {where},")
        key = "console" if typed else "data"
        try:
            data = bytes.fromhex(self._get(store, key, str, f"the {key} of {where},"))
        except ValueError:
            data = b""
        if not data:
            raise InputError(
                f"this schedule file was changed by hand: the data of {where} is no hexadecimal",
                path=self.path,
            )
        if typed:
            return Input(icount, data=data)
        return Input(icount, pa=self._get(store, "pa", int, f"the pa of {where},"), data=data)


def scenario_of(schedule: ScheduleFile) -> Scenario:
    """The scenario that a schedule belongs to, without what it tells: another run is to be seen.

    Raises:
        ScenarioError: it is not to be found, or cannot be read.
    """
    scenario = load_scenario(schedule.scenario)
    name = f"{scenario.title} · {schedule.adversary} schedule"
    return replace(scenario, title=name, beats=(), schedule=(), expect=())


def setup_of(schedule: ScheduleFile, setup: SessionSetup) -> SessionSetup:
    """What a session needs to repeat a schedule; refuses other images than it was found on.

    Args:
        schedule: the file.
        setup: for its scenario.

    Raises:
        InputError: kernel or program differ.
    """
    assert setup.program_elf is not None
    for what, wanted, path in (
        ("kernel image", schedule.kernel_hash, setup.kernel_elf),
        ("program", schedule.program_hash, setup.program_elf),
    ):
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if wanted != found:
            raise InputError(
                f"this schedule was found on another {what} ({wanted[:12]}) than the scenario "
                f"{schedule.scenario} has now ({found[:12]}): explore it again",
                path=schedule.path,
            )
    return replace(setup, inputs=tuple(item.entry() for item in schedule.inputs))
