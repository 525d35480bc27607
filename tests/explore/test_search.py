"""Searches that are cut short, taken up again, spread over processes, and refused."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.explore.conftest import target_of, write_scenario

from ringview.cli.main import run_cli
from ringview.explore.drive import Progress, Search
from ringview.explore.results import Result
from ringview.explore.target import find_target
from ringview.explore.text import report
from ringview.explore.work import Done, Processes, WorkSpec
from ringview.scenario.load import load_scenario

BOUND = 3


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_scenario(tmp_path_factory.mktemp("search"), "len_refetch")


def _search(scenario: Path, **more: object) -> Search:
    return Search(
        find_target(load_scenario(scenario)),
        ("second-core", "board"),
        BOUND,
        **more,  # type: ignore[arg-type]
    )


def _essence(result: Result) -> object:
    """Everything but the time it took, and what depends on the order of work."""
    return (
        result.verdict,
        [(b.adversary, b.schedules, b.exhausted, b.bugs) for b in result.bounded],
        result.certificate,
        [(a, j.identity, j.kind, j.count, j.schedule) for a, j in result.judgements],
        result.maps,
    )


@pytest.fixture(scope="module")
def whole(scenario: Path) -> Iterator[Result]:
    search = _search(scenario)
    yield search.run()
    search.close()


def test_a_stopped_search_says_what_it_did_not_explore(scenario: Path) -> None:
    told: list[Progress] = []
    search = _search(scenario, progress=told.append, interrupted=lambda: len(told) > 6)
    result = search.run()
    search.close()
    assert result.interrupted
    assert not all(b.exhausted for b in result.bounded)
    text = "\n".join(report(result, {}))
    assert "queue NOT exhausted" in text
    assert "not explored completely: k = " in text
    assert "because the search was stopped" in text


def _some(scenario: Path, state: Path) -> Result:
    """A part of the search, and then Ctrl-C."""
    told: list[Progress] = []
    search = _search(
        scenario, state_path=state, progress=told.append, interrupted=lambda: len(told) > 16
    )
    result = search.run()
    search.close()
    return result


def test_a_stopped_search_is_taken_up_again(scenario: Path, whole: Result, tmp_path: Path) -> None:
    """However often it is stopped, in the end it is as if it never had been."""
    state = tmp_path / "state.json"
    stops = 0
    while (result := _some(scenario, state)).interrupted:
        stops += 1
        assert stops < 60
    assert stops > 1
    assert _essence(result) == _essence(whole)


def test_a_state_of_another_search_is_refused(scenario: Path, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    search = _search(scenario, state_path=state, interrupted=lambda: True)
    search.run()
    search.close()
    data = json.loads(state.read_text())
    data["spec"]["kernel_hash"] = "0" * 64
    state.write_text(json.dumps(data))
    arguments = ["explore", str(scenario), "--state", str(state)]
    assert run_cli(arguments) == 2
    state.write_text("{")
    assert run_cli(arguments) == 2


class Murderer(Processes):
    """Kills a worker process after the first item is back."""

    killed = 0

    def do(self, spec: WorkSpec, items: object, interrupted: object) -> Iterator[Done]:
        for done in super().do(spec, items, interrupted):  # type: ignore[arg-type]
            if not self.killed and self._pool is not None:
                process = next(iter(self._pool._processes.values()))  # type: ignore[attr-defined]
                os.kill(process.pid, signal.SIGKILL)
                self.killed = process.pid
            yield done


def test_processes_find_the_same_even_if_one_is_killed(
    scenario: Path, whole: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ringview.explore.work.WORTH_SECONDS", 0.0)
    search = _search(scenario)
    shop = Murderer(2, search.explorer)
    result = search.run(shop)
    shop.close()
    search.close()
    assert shop.killed
    assert _essence(result) == _essence(whole)


def test_a_cluster_finds_the_same(scenario: Path, whole: Result) -> None:
    distributed = pytest.importorskip("distributed")
    from ringview.explore.work import Cluster

    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        search = _search(scenario)
        shop = Cluster(cluster.scheduler_address)
        result = search.run(shop)
        shop.close()
        search.close()
    assert _essence(result) == _essence(whole)


def test_nobody_answers(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("distributed")
    assert run_cli(["explore", str(scenario), "--scheduler", "tcp://127.0.0.1:1"]) == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("program", "more", "sentence"),
    [
        ("hello2", "args: [a, '1']\n", "there is no second thread"),
        ("threads", "race: {syscall: hello2}\n", "the victim never calls hello2"),
        ("threads", "race: {victim: 2, adversary: 2}\n", "cannot be both"),
    ],
)
def test_no_race(
    program: str, more: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "none.yaml"
    path.write_text(f"title: none\nprogram: {program}\n{more}")
    assert run_cli(["explore", str(path)]) == 2
    assert sentence in capsys.readouterr().err


def test_a_call_that_does_not_return_is_an_outcome(scenario: Path) -> None:
    """With a limit below its length, every schedule of the call is cut."""
    search = _search(scenario, limit=1000)
    result = search.run()
    search.close()
    outcomes = {j.outcome.end for _, j in result.judgements}
    assert "limit" in outcomes
    assert not result.certificate.holds
    text = "\n".join(report(result, {}))
    assert "does not return within the limit" in text
    assert "1,000 instructions for each schedule" in text


def test_the_race_may_be_named() -> None:
    target = target_of("single_copy", more="race: {victim: main, adversary: 2, syscall: hello2}\n")
    assert (target.call.name, target.threads) == ("hello2", (3,))
