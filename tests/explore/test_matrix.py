"""The matrix of mitigations: each cell a verdict, and each bug opened again by its file."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from ringview.cli import main
from ringview.cli.explore import run_matrix
from ringview.explore.replay import read_schedule
from ringview.scenario.load import load_scenario


def test_a_pointer_swapped_is_stopped_by_ldrt_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = io.StringIO()
    status = run_matrix(
        ("race-name",),
        out,
        bound=1,
        adversary="both",
        limit=0,
        json_path=str(tmp_path / "m.json"),
        schedules=tmp_path,
    )
    assert status == 1
    cells = {c["mitigation"]: c for c in json.loads((tmp_path / "m.json").read_text())["matrix"]}
    verdicts = {name: (cell["verdict"], cell["bound"]) for name, cell in cells.items()}
    assert verdicts == {
        "none": ("bug", 1),
        "no preemption": ("bug", 1),  # by the second core: not being preempted is no safety
        "software PAN": ("bug", 1),
        "LDRT": ("no bug found", -1),
        "canary": ("bug", 1),
    }
    assert cells["no preemption"]["board"] == 0
    assert cells["none"]["board"] > 0
    assert all("secret disclosed" in c["oracles"] for c in cells.values() if c["bound"] >= 0)
    assert not any(cell["certificate"] for cell in cells.values())
    table = out.getvalue().splitlines()
    words = ("bug k=1", "bug k=1 A2", "bug k=1", "no bug", "bug k=1")
    assert table[1].split() == ["name_refetch", *" ".join(words).split()]
    for cell in cells.values():
        assert bool(cell["schedule"]) == (cell["verdict"] == "bug")
        if not cell["schedule"]:
            continue
        kernel = load_scenario(read_schedule(cell["schedule"]).scenario).kernel
        assert (
            dict(cell["options"]).items() <= {o.name: str(o.value) for o in kernel.options}.items()
        )
        assert f"  ringview run {cell['schedule']}" in table
    capsys.readouterr()
    # the file of a cell repeats it, to the hash of the last state
    for name in ("none", "no preemption"):
        assert main.run_cli(["run", cells[name]["schedule"], "--headless"]) == 0
    assert "secret-" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["race-len", "race-name"], "only with --matrix"),
        (["race-len", "--matrix", "--jobs", "2"], "--matrix goes without"),
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
