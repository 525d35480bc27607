"""The matrix of mitigations beside a live engine: searched, stopped, and each cell run in it."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.engine.racing import RACE, ask, engine_of

from ringview.engine.client import Client
from ringview.engine.protocol import (
    ConsoleInput,
    Digest,
    Failed,
    GoTo,
    Mitigate,
    OpenCell,
    Undo,
)
from ringview.errors import EngineError
from ringview.explore.background import matrix_directory
from ringview.explore.mitigations import MITIGATIONS
from ringview.views.frame import MatrixView


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("matrix") / "one-race.yaml"
    path.write_text(RACE % "")
    yield path
    shutil.rmtree(matrix_directory(str(path)), ignore_errors=True)


@pytest.fixture
def race(scenario: Path) -> Iterator[Client]:
    with engine_of(str(scenario), "mitigations") as client:
        yield client


def view(client: Client) -> MatrixView:
    assert client.frame is not None
    assert client.frame.mitigations is not None
    return client.frame.mitigations


def wait_for(client: Client, condition: Callable[[MatrixView], bool]) -> MatrixView:
    deadline = time.monotonic() + 300
    while not condition(view(client)) and time.monotonic() < deadline:
        client.wait_frame()
    assert condition(view(client))
    return view(client)


def first_row(client: Client) -> MatrixView:
    """Search until the row of the scenario itself is known, and stop."""
    ask(client, Mitigate(0))
    wait_for(client, lambda v: bool(v.rows) and all(c.kind not in _OPEN for c in v.rows[0].cells))
    client.send(Mitigate(0, on=False))
    return wait_for(client, lambda v: v.state != "searching")


_OPEN = ("", "searching")


def test_each_cell_of_a_row_opens_its_replay_on_its_kernel(race: Client) -> None:
    ask(race, GoTo(0, "sys_hello2"))
    before = ask(race, Digest(0))
    made = first_row(race)
    assert made.state == "stopped"
    assert made.rows[0].variant == "len_refetch"
    assert len({row.variant for row in made.rows}) == len(made.rows) == 8
    assert [column.name for column in made.columns] == [m.name for m in MITIGATIONS]
    cells = made.rows[0].cells
    words = [(cell.words, cell.consequence) for cell in cells]
    assert words == [
        ("bug k=1", "user code"),
        ("bug k=1 A2", "user code"),
        ("bug k=1", "oops"),
        ("bug k=1", "user code"),
        ("bug k=1", "caught"),
        ("bug k=1", "oops"),
        ("bug k=1", "caught"),
        ("bug k=1 A2", "caught"),
    ]
    for number in (0, 2, 4):
        title = ask(race, OpenCell(0, 0, number))
        assert made.columns[number].name in title
        assert [n for n, c in enumerate(view(race).rows[0].cells) if c.opened] == [number]
        ask(race, GoTo(0, "end"))
        assert race.frame is not None
        log = "\n".join(line.text for line in race.frame.logs.kernel)
        console = race.frame.logs.console
        # what the cell says is what comes of it
        assert console.endswith("uid 0\n") == (cells[number].consequence == "user code")
        assert ("stack-protector" in log) == (cells[number].consequence == "caught")
    assert "left for the matrix" in ask(race, Undo(0))
    ask(race, GoTo(0, "sys_hello2"))
    assert ask(race, Digest(0)) == before
    assert isinstance(race.send(Undo(0)), Failed)
    # what is known is not searched again, and the search goes on behind it
    ask(race, Mitigate(0))
    again = wait_for(race, lambda v: bool(v.rows) and v.rows[0].cells[7].kind not in _OPEN)
    assert again.rows[0].cells == made.rows[0].cells


def test_an_engine_that_dies_in_a_cell_comes_back_there_and_returns(race: Client) -> None:
    first_row(race)
    ask(race, GoTo(0, "sys_hello2"))
    ask(race, ConsoleInput(0, b"typed\n"))
    before = ask(race, Digest(0))
    ask(race, OpenCell(0, 0, 2))
    assert race.frame is not None
    cell = race.frame.header
    inside = ask(race, Digest(0))
    ready = race.ready
    assert ready is not None
    os.kill(ready.pid, signal.SIGKILL)
    with pytest.raises(EngineError):
        ask(race, Digest(0))
    race.respawn()
    race.wait_frame()
    assert race.frame is not None
    assert race.frame.header.icount == cell.icount
    assert ask(race, Digest(0)) == inside
    assert "left for the matrix" in ask(race, Undo(0))
    assert ask(race, Digest(0)) == before
    assert ask(race, Undo(0)) == "taken back: what was typed"


def test_what_is_not_known_cannot_be_opened(race: Client) -> None:
    for row, column in ((0, 0), (99, 0), (0, 99), (-1, -1)):
        answer = race.send(OpenCell(0, row, column))
        assert isinstance(answer, Failed)
        assert answer.text == "this cell has not been searched yet"


def test_without_a_race_every_cell_says_why(tmp_path: Path) -> None:
    alone = tmp_path / "alone.yaml"
    alone.write_text("title: alone\nprogram: hello2\nargs: [a, '1']\n")
    with engine_of(str(alone), "mitigations") as client:
        ask(client, Mitigate(0))
        made = wait_for(client, lambda v: v.state == "done")
        assert len(made.rows) == 1
        assert {cell.kind for cell in made.rows[0].cells} == {"none"}
        assert all("no second thread" in cell.account for cell in made.rows[0].cells)
        answer = client.send(OpenCell(0, 0, 0))
        assert isinstance(answer, Failed)
        assert "nothing to replay: there is no second thread" in answer.text
        shutil.rmtree(matrix_directory(str(alone)), ignore_errors=True)
