"""The matrix of mitigations: each cell a verdict, and each bug opened again by its file."""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import signal
from pathlib import Path

import pytest
from jsonschema import validate

from ringview.cli import main
from ringview.cli.explore import Order, run_matrix
from ringview.errors import InputError
from ringview.explore.document import json_schema
from ringview.explore.matrix import MatrixSearch, Task, tasks_of
from ringview.explore.mitigations import rows_for, variant_of
from ringview.explore.replay import read_schedule
from ringview.explore.results import MatrixCell, MitigationMatrix
from ringview.scenario.load import load_scenario


def test_a_pointer_swapped_is_stopped_by_ldrt_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = io.StringIO()
    order = Order(bound=1, json_path=str(tmp_path / "m.json"), schedules=tmp_path)
    status = run_matrix(("race-name",), order, out)
    assert status == 1
    document = json.loads((tmp_path / "m.json").read_text())
    validate(document, json_schema())
    cells = {c["mitigation"]: c for c in document["matrix"]}
    verdicts = {name: (cell["verdict"], cell["bound"]) for name, cell in cells.items()}
    assert verdicts == {
        "none": ("bug", 1),
        "no preemption": ("bug", 1),  # by the second core: not being preempted is no safety
        "software PAN": ("bug", 1),
        "LDRT": ("no bug found", -1),
        "canary": ("bug", 1),
        "PAN + LDRT": ("no bug found", -1),
        "PAN + canary": ("bug", 1),
        "all four": ("no bug found", -1),
    }
    assert cells["no preemption"]["board"] == 0
    assert cells["none"]["board"] > 0
    assert all("secret disclosed" in c["oracles"] for c in cells.values() if c["bound"] >= 0)
    assert not any(cell["certificate"] for cell in cells.values())
    table = out.getvalue().splitlines()
    words = ("bug k=1", "bug k=1 A2", "bug k=1", "no bug", "bug k=1", "no bug", "bug k=1", "no bug")
    assert table[1].split() == ["name_refetch", *" ".join(words).split()]
    assert table[2].split() == ["secret", "out"] * 5
    for cell in cells.values():
        kernel = load_scenario(read_schedule(cell["schedule"]).scenario).kernel
        assert (
            dict(cell["options"]).items() <= {o.name: str(o.value) for o in kernel.options}.items()
        )
        assert f"  ringview run {cell['schedule']}" in table
    capsys.readouterr()
    # the file of a cell repeats it, to the hash of the last state; without a bug it is an attempt
    for name in ("none", "no preemption", "LDRT"):
        assert main.run_cli(["run", cells[name]["schedule"], "--headless"]) == 0
        assert ("secret-" in capsys.readouterr().out) == (name != "LDRT")


ROW = (
    "title: row\nkernel: {set: {HELLO2: name_refetch, PLANTED_SECRET: true}}\nprogram: race-name\n"
)


@pytest.fixture
def tasks(tmp_path: Path) -> list[Task]:
    """Four cells of one row."""
    (tmp_path / "row.yaml").write_text(ROW)
    return tasks_of([str(tmp_path / "row.yaml")], tmp_path, bound=1)[:4]


def _shape(matrix: MitigationMatrix) -> list[tuple[str, str, str]]:
    return [(cell.mitigation, cell.words, Path(cell.schedule).name) for cell in matrix.cells]


def test_what_a_state_knows_is_not_searched_again(tmp_path: Path, tasks: list[Task]) -> None:
    state = tmp_path / "state.json"
    told: list[MatrixCell] = []
    first = MatrixSearch(
        tasks, state=state, told=told.append, interrupted=lambda: len(told) >= 2
    ).run()
    assert len(first.cells) == 2
    noted: list[Task] = []
    whole = MatrixSearch(tasks, state=state, note=lambda task, _: noted.append(task)).run()
    assert set(noted) == set(tasks[2:])
    assert _shape(whole) == _shape(MatrixSearch(tasks).run())
    # a cell of another kernel image, or whose replay is gone, is searched anew
    data = json.loads(state.read_text())
    data["cells"][0][2]["kernel_hash"] = "0" * 64
    state.write_text(json.dumps(data))
    Path(whole.cells[1].schedule).unlink()
    noted.clear()
    again = MatrixSearch(tasks, state=state, note=lambda task, _: noted.append(task)).run()
    assert set(noted) == set(tasks[:2])
    assert again == whole
    # so is a cell of another run of the same images
    path = Path(tasks[0].scenario)
    path.write_text(f"{path.read_text()}seed: 2\n")
    noted.clear()
    MatrixSearch(tasks[:1], state=state, note=lambda task, _: noted.append(task)).run()
    assert noted


def test_a_state_that_is_none_is_refused(tmp_path: Path, tasks: list[Task]) -> None:
    state = tmp_path / "state.json"
    for text in ("{", '{"format": 99, "cells": []}', '{"cells": 3}'):
        state.write_text(text)
        with pytest.raises(InputError, match="state"):
            MatrixSearch(tasks, state=state)


def test_processes_find_the_same_even_if_one_is_killed(tasks: list[Task]) -> None:
    killed: list[int] = []

    def kill_one(_: MatrixCell) -> None:
        if not killed:
            worker = multiprocessing.active_children()[0]
            killed.append(worker.pid or 0)
            os.kill(killed[0], signal.SIGKILL)

    spread = MatrixSearch(tasks, jobs=2, told=kill_one).run()
    assert killed
    assert _shape(spread) == _shape(MatrixSearch(tasks).run())


def test_a_row_for_each_variant() -> None:
    """Beside the scenario itself, each other way to write the call, once."""
    rows = rows_for("race-len")
    assert rows[0] == "race-len"
    variants = [variant_of(load_scenario(name)) for name in rows]
    assert len(variants) == len(set(variants)) == 8
    assert rows_for("threads") == ("threads",)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["race-len", "race-name"], "only with --matrix"),
        (["race-len", "--matrix", "--scheduler", "tcp://a:1"], "--matrix goes without"),
        (["hello2", "--matrix", "--jobs", "2"], "there is no second thread"),
        (["hello2", "--matrix"], "there is no second thread"),
    ],
)
def test_what_cannot_be_explored_is_one_sentence(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main.run_cli(["explore", *arguments]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert len(error.strip().splitlines()) == 1
