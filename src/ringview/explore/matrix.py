"""The matrix of mitigations: races on kernels that differ in one protection each, every cell a
verdict with a file that replays it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from ringview.errors import InputError
from ringview.explore.drive import Search
from ringview.explore.replay import SUFFIX, write_schedule
from ringview.explore.results import MatrixCell, MitigationMatrix, Result
from ringview.explore.schedule import ADVERSARIES, Adversary
from ringview.explore.target import find_target
from ringview.scenario.load import load_scenario
from ringview.scenario.model import Scenario

PLAIN: dict[str, Any] = {
    "PREEMPT": True,
    "CPU_SW_DOMAIN_PAN": False,
    "UACCESS": "plain",
    "STACKPROTECTOR": False,
}
"""No mitigation, and a kernel that may be preempted."""

MITIGATIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("none", {}),
    ("no preemption", {"PREEMPT": False}),
    ("software PAN", {"CPU_SW_DOMAIN_PAN": True}),
    ("LDRT", {"UACCESS": "ldrt"}),
    ("canary", {"STACKPROTECTOR": True}),
)
"""The columns: a name, and what differs from `PLAIN`."""

_TOLD = ("beats", "schedule", "expect", "rows")
"""Keys of a scenario that are about one run, which this is not."""


def variant_of(scenario: Scenario) -> str:
    """The variant of the handler that a scenario's kernel has, or the scenario's name."""
    chosen = [str(o.value) for o in scenario.kernel.options if o.name == "HELLO2"]
    return chosen[0] if chosen else scenario.name


def write_variant(scenario: Scenario, options: dict[str, Any], path: Path) -> None:
    """Write a scenario with another kernel and without a story, so that a cell can be opened again.

    Raises:
        InputError: it cannot be written.
    """
    document: dict[str, Any] = yaml.safe_load(scenario.path.read_text(encoding="utf-8"))
    for key in _TOLD:
        document.pop(key, None)
    kernel = document.setdefault("kernel", {})
    kernel["set"] = {**kernel.get("set", {}), **options}
    if scenario.program.path is not None:
        document["program"] = str(scenario.program.path.resolve())
    try:
        path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"the scenario cannot be written: {reason}", path=path) from None


def explore_matrix(
    names: Sequence[str],
    where: Path,
    *,
    bound: int,
    adversaries: tuple[Adversary, ...] = ADVERSARIES,
    limit: int = 0,
    note: Callable[[str], None] = lambda _: None,
    interrupted: Callable[[], bool] = lambda: False,
) -> MitigationMatrix:
    """Search each scenario's race under each mitigation.

    Args:
        names: scenarios: files, or names of shipped ones.
        where: directory for what replays the cells.
        bound: the greatest k.
        adversaries: who races.
        limit: instructions of one schedule, 0 for the usual.
        note: told what is under way.
        interrupted: asked often; true ends it, and the matrix has the cells that were finished.

    Raises:
        InputError: a scenario has no race, or nothing can be written.
    """
    cells: list[MatrixCell] = []
    for name in names:
        scenario = load_scenario(name)
        for mitigation, changed in MITIGATIONS:
            if interrupted():
                break
            note(f"{variant_of(scenario)}, {mitigation}")
            stem = f"{scenario.name}-{mitigation.replace(' ', '-').lower()}"
            path = where / f"{stem}.yaml"
            write_variant(scenario, {**PLAIN, **changed}, path)
            search = Search(
                find_target(load_scenario(str(path)), interrupted=interrupted),
                adversaries,
                bound,
                limit=limit,
                interrupted=interrupted,
            )
            result = search.run()
            file = ""
            if result.finds:
                file = str(where / f"{stem}-1{SUFFIX}")
                write_schedule(result.finds[0], search.target, Path(file))
            search.close()
            options = tuple((k, str(v)) for k, v in {**PLAIN, **changed}.items())
            cells.append(_cell(variant_of(scenario), mitigation, options, result, file))
    return MitigationMatrix(tuple(cells))


def _cell(
    variant: str, mitigation: str, options: tuple[tuple[str, str], ...], result: Result, file: str
) -> MatrixCell:
    smallest = min((find.bound for find in result.finds), default=-1)
    oracles = sorted({o for find in result.finds for o in find.judgement.outcome.oracles})
    return MatrixCell(
        variant=variant,
        mitigation=mitigation,
        options=options,
        verdict=result.verdict,
        bound=smallest,
        board=next((b.bugs for b in result.bounded if b.adversary == "board"), -1),
        certificate=result.certificate.holds,
        oracles=tuple(oracles),
        schedule=file,
    )


def matrix_text(matrix: MitigationMatrix) -> Iterator[str]:
    """The matrix as a table, then what each word means, then how to open each cell."""
    columns = [name for name, _ in MITIGATIONS]
    variants = list(dict.fromkeys(cell.variant for cell in matrix.cells))
    known = {(cell.variant, cell.mitigation): cell for cell in matrix.cells}
    first = max([len("variant"), *map(len, variants)]) + 2
    yield f"{'variant':<{first}}" + "".join(f"{name:<16}" for name in columns)
    for variant in variants:
        words = [_word(known.get((variant, name))) for name in columns]
        yield (f"{variant:<{first}}" + "".join(f"{word:<16}" for word in words)).rstrip()
    yield ""
    yield "bug k=N: found with N preemptions; A2: by the modelled second core alone"
    yield "no bug: none up to the bound, double fetches or not; certified: the single-fetch"
    yield "certificate holds; each is a bounded verdict on these inputs and this kernel image"
    for cell in matrix.cells:
        if cell.schedule:
            yield ""
            yield f"{cell.variant}, {cell.mitigation}: {', '.join(cell.oracles) or 'outcome'}"
            yield f"  ringview run {cell.schedule}"


def _word(cell: MatrixCell | None) -> str:
    if cell is None:
        return "not searched"
    if cell.verdict == "bug":
        return f"bug k={cell.bound}" + (" A2" if cell.board == 0 else "")
    if cell.verdict == "interrupted":
        return "interrupted"
    return "certified" if cell.certificate else "no bug"
