"""Those who only look: how they find a live screen, and what the engine refuses them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ringview.engine import follow
from ringview.engine.client import AsyncClient, Client
from ringview.engine.follow import Follower, announced, find_lecture, lectures
from ringview.engine.launch import EngineHandle
from ringview.engine.protocol import (
    AnyCommand,
    Attach,
    Bookmark,
    Breakpoint,
    ConsoleInput,
    Digest,
    Done,
    Failed,
    FrameReady,
    Go,
    GoTo,
    Interrupt,
    Look,
    Pause,
    Present,
    Run,
    Shutdown,
    Stage,
    StageChanged,
    Step,
)
from ringview.errors import EngineError, InputError
from ringview.views.frame import Frame, ViewRequest


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(follow, "registry", lambda: tmp_path / "notes")
    return tmp_path / "notes"


def private(path: Path) -> Path:
    path.mkdir(mode=0o700)
    return path


@pytest.mark.parametrize(
    "command",
    [
        Step(0, "instruction", 1),
        Step(0, "instruction", -1),
        Go(0, 5),
        GoTo(0, "end"),
        Run(0),
        Pause(0),
        Breakpoint(0, "main"),
        ConsoleInput(0, b"x"),
        Interrupt(0, 68),
        Bookmark(0, "here"),
        Present(0, Stage(zoom="code")),
        Digest(0),
        Shutdown(0),
    ],
)
def test_one_that_only_looks_is_refused_everything_else(
    engine: EngineHandle, client: Client, command: AnyCommand
) -> None:
    assert isinstance(client.send(Go(0, 1000)), Done)
    with Client(engine.directory) as watcher:
        assert isinstance(watcher.send(Attach(0)), Done)
        answer = watcher.send(command)
        assert isinstance(answer, Failed)
        assert "only looks" in answer.text
        assert isinstance(watcher.send(Look(0, ViewRequest(source_lines=3))), Done)
        assert watcher.frame is not None
        assert len(watcher.frame.code.source) == 3
    assert isinstance(client.send(Step(0, "instruction", 1)), Done)
    assert client.frame is not None
    assert client.frame.header.icount == 1001
    assert engine.alive()


def test_one_that_only_looks_stops_no_run(engine: EngineHandle, client: Client) -> None:
    run = client.post(Run(0))
    with Client(engine.directory) as watcher:
        watcher.send(Attach(0))
        assert isinstance(watcher.send(Pause(0)), Failed)
        while not watcher.wait_frame().header.running:
            pass
        first = watcher.wait_frame().header.icount
        assert watcher.wait_frame().header.icount > first
    client.send(Pause(0))
    assert isinstance(client.answer(run), Done)


def staged(client: Client, stage: Stage) -> None:
    """Wait until a client has heard of a stage."""
    while client.stage != stage:
        client.receive()


def test_how_the_lecturer_looks_travels_to_all_others_now_and_later(
    engine: EngineHandle, client: Client
) -> None:
    stage = Stage("stacks", 1, 2, True, (3, 5), ViewRequest(0x1000, 0x2000, (7, 70)))
    with Client(engine.directory) as one, Client(engine.directory) as two:
        for watcher in (one, two):
            watcher.wait_frame()
            watcher.send(Attach(0))
        assert isinstance(client.send(Present(0, stage)), Done)
        staged(one, stage)
        staged(two, stage)
        with Client(engine.directory) as late:
            late.send(Attach(0))
            staged(late, stage)
            # A refused one changes nothing for anybody.
            assert isinstance(late.send(Present(0, Stage(zoom="code"))), Failed)
        client.send(Present(0, Stage(log_tab=1)))
        heard = []
        while one.stage != Stage(log_tab=1):
            message = one.receive()
            heard += [message.stage] if isinstance(message, StageChanged) else []
        assert heard == [Stage(log_tab=1)]
    # The lecturer gets no echo, but one who comes back finds what was left.
    client.send(Look(0, ViewRequest()))
    assert client.stage is None
    with Client(engine.directory) as again:
        staged(again, Stage(log_tab=1))


def test_an_audience_that_looks_alike_is_computed_once_and_counted_apart(
    engine: EngineHandle, client: Client
) -> None:
    with Client(engine.directory) as one, Client(engine.directory) as two:
        one.wait_frame()
        two.wait_frame()
        two.send(Look(0, ViewRequest(source_lines=3)))
        client.send(Go(0, 900))
        seen = [
            next(f for f in iter(c.wait_frame, None) if f.header.icount == 900) for c in (one, two)
        ]
        assert [len(frame.code.source) for frame in seen] == [24, 3]
        assert seen[1].serial > seen[0].serial


def test_a_run_whose_client_has_gone_stops(engine: EngineHandle, client: Client) -> None:
    with Client(engine.directory) as mover:
        mover.post(Run(0))
        while not client.wait_frame().header.running:
            pass
    while client.wait_frame().header.running:
        pass
    # Whoever is left moves on from there.
    assert client.frame is not None
    here = client.frame.header.icount
    assert isinstance(client.send(Step(0, "instruction", 1)), Done)
    assert client.frame.header.icount == here + 1


async def frame_at(watcher: AsyncClient, icount: int) -> Frame:
    async for message in watcher:
        if isinstance(message, FrameReady) and message.frame.header.icount == icount:
            return message.frame
    raise AssertionError("the engine left")


async def test_a_follower_sees_every_stop_and_the_end(engine: EngineHandle) -> None:
    def go(client: Client, icount: int) -> None:
        client.send(Go(0, icount))

    with Client(engine) as client:
        await asyncio.to_thread(go, client, 500)
        watcher = await Follower.connect(engine.directory)
        for icount in (500, 501, 2_000, 3):
            if icount != 500:
                await asyncio.to_thread(go, client, icount)
            await asyncio.wait_for(frame_at(watcher, icount), 10)
    # It is no reason for the engine to stay.
    begun = time.monotonic()
    await asyncio.to_thread(engine.close, 10.0)
    assert time.monotonic() - begun < 5
    with pytest.raises(EngineError):
        await asyncio.wait_for(frame_at(watcher, -1), 10)
    with pytest.raises(EngineError, match="the lecture has ended"):
        await watcher.respawn()


async def test_a_follower_joins_the_successor_of_an_engine_that_died(
    engine: EngineHandle,
) -> None:
    def start() -> Client:
        client = Client(engine)
        client.send(Go(0, 700))
        return client

    client = await asyncio.to_thread(start)
    watcher = await Follower.connect(engine.directory)
    await asyncio.wait_for(frame_at(watcher, 700), 10)
    os.kill(engine.pid, 9)
    with pytest.raises(EngineError):
        await asyncio.wait_for(frame_at(watcher, -1), 10)
    joining = asyncio.create_task(watcher.respawn())
    await asyncio.to_thread(client.respawn)
    await joining
    await asyncio.wait_for(frame_at(watcher, 700), 10)
    assert isinstance(await watcher.send(Step(0, "instruction", 1)), Failed)
    await watcher.close()
    client.close()


def test_a_live_screen_is_found_while_it_runs(tmp_path: Path, runtime: Path) -> None:
    directory = private(tmp_path / "engine")
    with pytest.raises(InputError, match="no live screen of yours is running"):
        find_lecture()
    with announced(directory, "somewhere/hello2.yaml"):
        found = find_lecture()
        assert (found.name, found.pid, found.directory) == ("hello2", os.getpid(), directory)
        assert abs(found.started - time.time()) < 60
        assert find_lecture("hello2") == find_lecture("hello2.yaml") == find_lecture("") == found
        assert runtime.stat().st_mode & 0o777 == 0o700
        with pytest.raises(InputError, match=r"no live screen shows other; there are: hello2 \("):
            find_lecture("other")
    assert lectures() == []
    assert list(runtime.iterdir()) == []


def test_several_have_to_be_told_apart(tmp_path: Path, runtime: Path) -> None:
    one, two = private(tmp_path / "one"), private(tmp_path / "two")
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        with announced(one, "hello2"):
            note = {"name": "hello", "pid": other.pid, "directory": str(two), "started": 1.0}
            (runtime / "two.json").write_text(json.dumps(note))
            assert [lecture.name for lecture in lectures()] == ["hello", "hello2"]
            with pytest.raises(InputError, match=r"several live screens are running, name one"):
                find_lecture()
            assert find_lecture("hello").directory == two
            assert find_lecture(str(other.pid)).directory == two
    finally:
        other.communicate(b"\n")
    assert lectures() == []


def test_notes_that_cannot_be_believed_are_ignored(tmp_path: Path, runtime: Path) -> None:
    directory = private(tmp_path / "engine")
    private(runtime)
    good = {"name": "x", "pid": os.getpid(), "directory": str(directory), "started": 0.0}
    wide = tmp_path / "wide"
    wide.mkdir()
    wide.chmod(0o755)
    for number, note in enumerate(
        [
            {**good, "pid": 0},
            {**good, "pid": 1 << 22},
            {**good, "directory": str(tmp_path / "gone")},
            {**good, "directory": str(wide)},
            {"name": "x"},
            [],
        ]
    ):
        (runtime / f"{number}.json").write_text(json.dumps(note))
    (runtime / "rubbish.json").write_bytes(b"\xff{")
    assert lectures() == []
    (runtime / "good.json").write_text(json.dumps(good))
    assert len(lectures()) == 1
    runtime.chmod(0o777)
    assert lectures() == []


def test_without_a_place_for_its_note_a_screen_works_all_the_same(
    tmp_path: Path, runtime: Path
) -> None:
    runtime.write_text("a file is in the way")
    with announced(tmp_path, "hello2"):
        assert lectures() == []
