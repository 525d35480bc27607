"""The map of schedules: searched beside a live engine, and every cell of it run in that engine."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engine.racing import RACE, ask, engine_of

from ringview.engine.client import Client
from ringview.engine.protocol import (
    Digest,
    Done,
    Explore,
    Failed,
    GoTo,
    OpenSchedule,
    Undo,
)
from ringview.explore.drive import Search
from ringview.explore.schedule import ADVERSARIES
from ringview.explore.target import find_target
from ringview.explore.text import report
from ringview.scenario.load import load_scenario
from ringview.views.frame import Frame, MapCell, ScheduleMapView, SchedulesView


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "race.yaml"
    path.write_text(RACE % "")
    return path


@pytest.fixture
def race(scenario: Path) -> Iterator[Client]:
    with engine_of(str(scenario), "schedules") as client:
        yield client


def view(client: Client) -> SchedulesView:
    assert client.frame is not None
    assert client.frame.schedules is not None
    return client.frame.schedules


def searched(client: Client) -> SchedulesView:
    assert isinstance(client.send(Explore(0)), Done)
    deadline = time.monotonic() + 120
    while view(client).state in ("", "searching") and time.monotonic() < deadline:
        client.wait_frame()
    return view(client)


def cells_of(found: ScheduleMapView) -> list[MapCell]:
    """All that can be run."""
    rows = [place.cells for place in found.places] + [pair.cells for pair in found.pairs]
    return [cell for row in rows for cell in row if cell is not None]


def end_of(client: Client) -> Frame:
    ask(client, GoTo(0, "end"))
    assert client.frame is not None
    return client.frame


def test_every_cell_runs_to_the_outcome_that_the_map_says(race: Client) -> None:
    plain = end_of(race).logs.console
    made = searched(race)
    assert made.state == "done"
    kinds = {outcome.kind for outcome in made.outcomes}
    assert {"bug", "quiescent"} <= kinds
    opened = 0
    for number, found in enumerate(made.maps):
        assert found.pairs
        for cell in cells_of(found):
            words = ask(race, OpenSchedule(0, number, cell.index))
            outcome = made.outcomes[cell.outcome]
            assert words == f"this schedule: {outcome.words}"
            assert race.frame is not None
            assert race.frame.header.icount == cell.instant
            here = [c for m in view(race).maps for c in cells_of(m)]
            assert [c.index for c in here if c.opened] == [cell.index]
            frame = end_of(race)
            calls = [row for row in frame.logs.syscalls if row.name == "hello2"]
            result = re.search(r"returns (-?\d+)", outcome.words)
            assert result is not None
            assert calls[0].ret is not None
            assert calls[0].ret & 0xFFFFFFFF == int(result[1]) & 0xFFFFFFFF
            assert (frame.logs.console != plain) == (outcome.kind == "bug")
            length = re.search(r"len : (\d+)", outcome.words)
            log = "\n".join(line.text for line in frame.logs.kernel)
            assert length is None or f"len : {length[1]}" in log
            opened += 1
    assert opened >= 12


def test_undo_goes_back_to_the_run_there_was(race: Client) -> None:
    made = searched(race)
    ask(race, GoTo(0, "sys_hello2"))
    before = ask(race, Digest(0))
    cells = [
        (n, cell.index)
        for n, found in enumerate(made.maps)
        for cell in cells_of(found)
        if made.outcomes[cell.outcome].kind == "bug"
    ]
    assert {n for n, _ in cells} == {0, 1}  # both adversaries
    for number, cell in cells:
        ask(race, OpenSchedule(0, number, cell))
        assert end_of(race).logs.console.endswith("uid 0\n")
    for _ in cells:
        assert ask(race, Undo(0)) == "taken back: the schedule"
    ask(race, GoTo(0, "sys_hello2"))
    assert ask(race, Digest(0)) == before


def test_the_statements_are_those_of_explore_word_for_word(race: Client, scenario: Path) -> None:
    made = searched(race)
    search = Search(find_target(load_scenario(str(scenario))), ADVERSARIES, 2)
    lines = list(report(search.run(), {}))
    search.close()
    assert len(made.statements) == 4
    assert all(statement in lines for statement in made.statements)


def test_a_search_can_be_stopped_and_says_so(race: Client) -> None:
    ask(race, Explore(0))
    assert ask(race, Explore(0)) in ("the search is under way", "")
    ask(race, Explore(0, on=False))
    deadline = time.monotonic() + 60
    while view(race).state == "searching" and time.monotonic() < deadline:
        race.wait_frame()
    made = view(race)
    if made.state == "failed":  # before the race itself was found
        assert "stopped before anything was found" in made.why_not
    else:
        assert made.state == "stopped"
        assert any("queue NOT exhausted" in line for line in made.statements)
    assert searched(race).state == "done"


def test_without_a_second_thread_it_says_why() -> None:
    with engine_of("hello2", "schedules") as client:
        answer = client.send(OpenSchedule(0, 0, 0))
        assert isinstance(answer, Failed)
        assert "no search has found" in answer.text
        made = searched(client)
        assert made.state == "failed"
        assert "there is no second thread" in made.why_not


def test_the_search_goes_with_its_engine(scenario: Path) -> None:
    """No process is left behind, whether the engine ends well or is killed."""
    import os
    import signal
    import subprocess

    for kill in (False, True):
        with engine_of(str(scenario), "schedules") as client:
            ask(client, Explore(0))
            ready = client.ready
            assert ready is not None
            told = subprocess.run(
                ["ps", "-o", "pid=", "--ppid", str(ready.pid)],
                capture_output=True,
                text=True,
                check=True,
            )
            children = [int(pid) for pid in told.stdout.split()]
            assert children
            if kill:
                os.kill(ready.pid, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while any(_lives(pid) for pid in children) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not any(_lives(pid) for pid in children)


def _lives(pid: int) -> bool:
    """Whether a process is there, and no zombie that nobody has asked for."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return status != "Z"
