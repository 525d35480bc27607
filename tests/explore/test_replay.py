"""Schedule files: a session repeats them to the last bit, and wrong ones are told what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.explore.conftest import write_scenario

from ringview.cli.main import run_cli
from ringview.engine.opening import open_spec
from ringview.engine.spec import EngineSpec


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a scenario, and a schedule file of each adversary."""
    folder = tmp_path_factory.mktemp("finds")
    scenario = write_scenario(folder, "len_refetch")
    for adversary in ("board", "second-core"):
        (folder / adversary).mkdir()
        options = ["--bound", "1", "--adversary", adversary, "--json", str(folder / "out.json")]
        options += ["--schedules", str(folder / adversary)]
        assert run_cli(["explore", str(scenario), *options]) == 1
    return folder


def _file(folder: Path, adversary: str) -> Path:
    return next((folder / adversary).glob("*.schedule.json"))


@pytest.mark.parametrize("adversary", ["board", "second-core"])
def test_a_session_ends_in_the_very_state(
    found: Path, adversary: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["run", str(_file(found, adversary)), "--headless"]) == 0
    assert "in the state that was noted" in capsys.readouterr().out


@pytest.mark.parametrize("adversary", ["board", "second-core"])
def test_the_engine_opens_at_the_instant(found: Path, adversary: str) -> None:
    """The first stop is the exact instruction at which the other thread comes in."""
    data = json.loads(_file(found, adversary).read_text())
    opened = open_spec(EngineSpec(scenario=str(_file(found, adversary))), lambda *_: None, {})
    stop = opened.session.start(opened.at)
    assert stop.icount == data["open_at"] == data["points"][0]["icount"]
    before = opened.session.transition_before(stop.icount + 1)
    if adversary == "board":
        assert before is not None
        assert (before.cause, before.icount) == ("irq", stop.icount)
    else:
        store = data["inputs"][0]["store"]
        written = opened.session.machine.read_physical(store["pa"], 4)
        assert written.hex() == store["data"]
    opened.session.close()


def _changed(found: Path, tmp_path: Path, **changes: object) -> Path:
    data = json.loads(_file(found, "board").read_text())
    data.update(changes)
    path = tmp_path / "changed.schedule.json"
    path.write_text(json.dumps(data))
    return path


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kernel_sha256": "0" * 64}, "found on another kernel image"),
        ({"program_sha256": "0" * 64}, "found on another program"),
        ({"inputs": [{"icount": "soon", "irq": 48}]}, "must be a whole number"),
        ({"inputs": [{"icount": 9, "irq": 480}]}, "lines are 0 to 127"),
        ({"inputs": [{"icount": 9, "irq": 48}, {"icount": 3, "irq": 48}]}, "not in order"),
        ({"adversary": "nobody"}, "names the adversary 'nobody'"),
        ({"ringview_schedule": 7}, "of format 7"),
        ({"scenario": "nowhere"}, "no scenario 'nowhere'"),
        ({"end": {"icount": 5}}, "end.digest must be text"),
    ],
)
def test_a_file_that_was_changed_is_refused(
    found: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, object],
    sentence: str,
) -> None:
    assert run_cli(["run", str(_changed(found, tmp_path, **changes)), "--headless"]) == 2
    assert sentence in capsys.readouterr().err


def test_an_input_that_was_moved_shows(
    found: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It can be replayed, and the end says that it is not what was found."""
    inputs = json.loads(_file(found, "board").read_text())["inputs"]
    inputs[0]["icount"] -= 20
    status = run_cli(["run", str(_changed(found, tmp_path, inputs=inputs)), "--headless"])
    said = capsys.readouterr()
    assert (status, "ANOTHER state" in said.out) == (1, True) or (
        (status, "changed by hand" in said.err) == (2, True)
    )


def test_the_json_is_as_its_schema_says(found: Path) -> None:
    import msgspec

    from ringview.explore.document import Document

    document = msgspec.json.decode((found / "out.json").read_bytes(), type=Document)
    assert document.verdict == "bug"
    assert document.bugs == 1
    assert document.result.bounded[0].exhausted
    assert document.result.maps[0].cells
