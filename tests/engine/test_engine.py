"""The engine process and its clients, as clients see them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ringview.engine.client import AsyncClient, Client
from ringview.engine.hub import MAX_BACKLOG
from ringview.engine.launch import EngineHandle
from ringview.engine.protocol import (
    Bookmark,
    Breakpoint,
    ConsoleInput,
    Digest,
    Done,
    Failed,
    Fatal,
    FrameReady,
    Go,
    GoTo,
    Interrupt,
    Look,
    Pause,
    Progress,
    Ready,
    Run,
    Shutdown,
    Step,
)
from ringview.engine.spec import ADDRESS_FILE, JOURNAL_FILE, EngineSpec
from ringview.engine.wire import pack
from ringview.errors import EngineError
from ringview.views.frame import Frame, ViewRequest

from .conftest import Spawn


def icount(client: Client) -> int:
    assert client.frame is not None
    return client.frame.header.icount


def drain(client: Client) -> None:
    while True:
        client.receive(timeout=5)


async def iterate(client: AsyncClient) -> None:
    async for message in client:
        assert not isinstance(message, Fatal)


async def said(client: AsyncClient) -> str:
    async for message in client:
        if isinstance(message, Failed):
            return message.text
    return ""


def digest(client: Client) -> str:
    answer = client.send(Digest(0))
    assert isinstance(answer, Done)
    return answer.text


def test_ready_comes_first_and_then_a_frame(engine: EngineHandle) -> None:
    with Client(engine) as client:
        first = client.receive()
        assert isinstance(first, Ready)
        assert first.pid == engine.pid
        frame = client.wait_frame()
        assert frame.header.icount == 0
        assert frame.serial == 1


def test_a_frame_comes_before_the_answer_to_a_motion(client: Client) -> None:
    assert client.send(Go(0, 5000)) == Done(1, "at 5,000")
    assert icount(client) == 5000
    assert client.send(Step(0, "instruction", 3)) == Done(2, "3 instructions on")
    assert icount(client) == 5003
    assert client.send(Step(0, "instruction", -5)) == Done(3, "5 instructions back")
    assert icount(client) == 4998
    assert client.frame is not None
    assert client.frame.header.stop == "5 instructions back"


def test_places_breakpoints_and_bookmarks(client: Client) -> None:
    assert isinstance(client.send(GoTo(0, "mini_irq")), Done)
    assert client.frame is not None
    assert client.frame.header.place == "mini_irq"
    first = icount(client)
    client.send(Bookmark(0, "tick"))
    client.send(Breakpoint(0, "mini_irq"))
    client.send(Run(0))
    assert client.frame.header.stop == "breakpoint at mini_irq"
    assert icount(client) > first
    client.send(Step(0, "breakpoint", -1))
    assert icount(client) == first
    client.send(Go(0, 0))
    client.send(GoTo(0, "tick"))
    assert icount(client) == first


def test_what_cannot_be_done_is_said_and_changes_nothing(client: Client) -> None:
    client.send(Go(0, 1234))
    for command, words in (
        (GoTo(0, "no_such_symbol"), "there is no symbol no_such_symbol"),
        (GoTo(0, "mini.c:99999"), "no code at or after line 99999"),
        (GoTo(0, "syscall 0"), "there is no syscall 0"),
        (Breakpoint(0, "nowhere.c:3"), "no source file nowhere.c"),
        (Interrupt(0, 500), "no interrupt line 500"),
    ):
        answer = client.send(command)
        assert isinstance(answer, Failed)
        assert words in answer.text
    assert digest(client)
    assert icount(client) == 1234


def test_run_shows_glimpses_until_paused(client: Client) -> None:
    client.wait_frame()
    running = client.post(Run(0))
    seen: list[Frame] = []
    began = time.monotonic()
    while len(seen) < 10:
        seen.append(client.wait_frame())
    took = time.monotonic() - began
    assert all(frame.header.running for frame in seen)
    assert [f.header.icount for f in seen] == sorted({f.header.icount for f in seen})
    assert took > 9 / 40, "more than some 30 frames a second"
    paused = time.monotonic()
    assert isinstance(client.send(Pause(0)), Done)
    answer = client.answer(running)
    assert time.monotonic() - paused < 0.5
    assert answer == Done(running, f"paused at {icount(client):,}")
    assert client.frame is not None
    assert not client.frame.header.running


def test_pause_overtakes_what_waits(client: Client) -> None:
    client.wait_frame()
    running = client.post(Run(0))
    waiting = [client.post(Step(0, "instruction", 1)) for _ in range(3)]
    pause = client.post(Pause(0))
    answers = {number: client.answer(number) for number in (running, *waiting, pause)}
    assert isinstance(answers[running], Done | Failed)
    assert all(answers[n] == Failed(n, "paused before this began") for n in waiting)
    assert answers[pause] == Done(pause)
    assert isinstance(client.send(Step(0, "instruction", 1)), Done)


def test_input_enters_a_run_that_goes_on(client: Client) -> None:
    client.wait_frame()
    running = client.post(Run(0))
    client.wait_frame()
    assert client.send(ConsoleInput(0, b"abc")) == Done(2)
    assert client.send(Interrupt(0, 40)) == Done(3)
    before = client.wait_frame().header.icount
    assert client.wait_frame().header.icount > before
    client.send(Pause(0))
    assert isinstance(client.answer(running), Done)


def test_each_client_has_its_own_view(engine: EngineHandle) -> None:
    with Client(engine) as one, Client(engine.directory) as two:
        one.wait_frame()
        two.wait_frame()
        one.send(Look(0, ViewRequest(source_lines=3)))
        assert one.frame is not None, "a look is answered when its frame is there"
        assert len(one.frame.code.source) == 3
        one.send(Step(0, "transition", 1))
        seen = two.wait_frame()
        assert len(seen.code.source) == ViewRequest().source_lines
        assert seen.header == one.frame.header


def test_a_pane_that_fails_does_not_take_the_run_away(client: Client) -> None:
    client.wait_frame()
    client.post(Look(0, ViewRequest(memory_va=0xDEAD)))
    message = client.receive()
    assert isinstance(message, Failed)
    assert "could not be computed" in message.text
    assert isinstance(client.receive(), Done)
    client.send(Look(0, ViewRequest()))
    assert client.frame is not None
    assert client.frame.header.icount == 0


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\xff\xff\xff\xff",
        struct.pack(">I", 5) + b"\x00\x01\x02\x03\x04",
        struct.pack(">I", 0),
        struct.pack(">I", 4000) + b"\x91" * 4000,
        pack(Done(1)),  # a message, not a command
        b"GET / HTTP/1.1\r\n\r\n",
    ],
    ids=["endless", "no msgpack", "empty", "nested", "a message", "http"],
)
def test_rubbish_ends_only_its_own_connection(client: Client, rubbish: bytes) -> None:
    client.wait_frame()
    address = json.loads((client._target.directory / ADDRESS_FILE).read_text())
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(address["path"])
        link.settimeout(5)
        link.sendall(rubbish)
        with contextlib.suppress(ConnectionError):
            while link.recv(1 << 16):
                pass
    assert isinstance(client.send(Step(0, "instruction", 1)), Done)


def test_an_answer_follows_the_frame_of_what_it_answers(
    client: Client, engine: EngineHandle
) -> None:
    """Also when that has to wait for a frame that is half sent: who has all answers shows all."""
    with Client(engine.directory) as slow:
        slow.wait_frame()
        big = ViewRequest(source_lines=20_000, code_rows=20_000, stack_slots=4_000)
        looked = slow.post(Look(0, big))
        assert isinstance(client.send(Step(0, "instruction", 1)), Done)
        moved = slow.post(Step(0, "instruction", 1))
        assert isinstance(client.send(Step(0, "instruction", 1)), Done)
        before = icount(client)
        waiting = {looked, moved}
        while waiting:
            message = slow.receive()
            if isinstance(message, Done):
                waiting.remove(message.id)
                assert slow.frame is not None
                assert message.id != moved or slow.frame.header.icount >= 2
        assert icount(slow) == before == 3


def test_a_client_that_does_not_read_holds_nobody_up(client: Client, engine: EngineHandle) -> None:
    with Client(engine.directory) as slow:
        slow.wait_frame()
        slow.send(Look(0, ViewRequest(source_lines=20_000)))
        for _ in range(50):
            assert isinstance(client.send(Step(0, "instruction", 1)), Done)
        assert icount(client) == 50
        serials = [slow.wait_frame().serial]
        while slow.frame is not None and slow.frame.header.icount < 50:
            serials.append(slow.wait_frame().serial)
        # It got few, and the newest last.
        assert len(serials) < 30
        assert slow.frame is not None
        assert slow.frame.header.icount == 50


def test_a_client_that_reads_no_answers_is_dropped(client: Client, engine: EngineHandle) -> None:
    client.wait_frame()
    with Client(engine.directory) as deaf:
        deaf._link.settimeout(5)
        # Long place names come back in the answers.
        long = GoTo(0, "x" * 60_000)
        with contextlib.suppress(OSError):
            for _ in range(3 * MAX_BACKLOG // 60_000):
                deaf._link.sendall(pack(long))
        assert isinstance(client.send(Step(0, "instruction", 1), timeout=60), Done)
        with pytest.raises(EngineError):
            drain(deaf)


def test_after_a_kill_the_successor_stands_where_it_was(engine: EngineHandle) -> None:
    with Client(engine) as client:
        client.send(Go(0, 40_000))
        client.send(ConsoleInput(0, b"typed"))
        client.send(Go(0, 300_000))
        client.send(Interrupt(0, 33))
        client.send(Breakpoint(0, "mini_irq"))
        client.send(Run(0))
        client.send(Bookmark(0, "here"))
        client.send(Step(0, "instruction", 17))
        before, where = digest(client), icount(client)
        os.kill(engine.pid, signal.SIGKILL)
        with pytest.raises(EngineError, match="signal 9"):
            client.send(Step(0, "instruction", 1))
        client.respawn()
        assert digest(client) == before
        assert icount(client) == where
        client.send(GoTo(0, "here"))
        assert icount(client) == where - 17
        client.send(Run(0))
        assert client.frame is not None
        assert client.frame.header.stop == "breakpoint at mini_irq"


def test_the_successor_runs_the_images_that_were_run(engine: EngineHandle, mini: Path) -> None:
    with Client(engine) as client:
        client.send(Go(0, 77_777))
        before = digest(client)
        # As if the kernel had been edited meanwhile.
        engine.spec = EngineSpec(kernel="/nowhere")
        os.kill(engine.pid, signal.SIGKILL)
        client.respawn()
        assert digest(client) == before
        notes = (engine.directory / JOURNAL_FILE).read_text()
        assert notes.count(str(mini)) == 2


async def test_the_asyncio_client(engine: EngineHandle) -> None:
    async with await AsyncClient.connect(engine) as client:
        kinds = []
        async for message in client:
            kinds.append(type(message))
            if isinstance(message, FrameReady):
                break
        assert kinds[0] is Ready
        assert kinds[-1] is FrameReady
        assert await client.send(Step(0, "instruction", 2)) == Done(1, "2 instructions on")
        run = asyncio.ensure_future(client.send(Run(0)))
        await asyncio.sleep(0.3)
        # Nobody fetched the frames meanwhile: only the newest is there.
        waiting = [m for m in client._inbox if isinstance(m, FrameReady)]
        assert len(waiting) == 1
        assert isinstance(await client.send(Pause(0)), Done)
        assert isinstance(await run, Done)
        await client.send(Look(0, ViewRequest(memory_va=0xDEAD)))
        assert await said(client) == "the screen could not be computed: ValueError('a pane fails')"
        await client.send(Look(0, ViewRequest()))
        answer = await client.send(Digest(0))
        os.kill(engine.pid, signal.SIGKILL)
        with pytest.raises(EngineError, match="signal 9"):
            await iterate(client)
        assert client.dead
        with pytest.raises(EngineError):
            await client.send(Step(0, "instruction", 1))
        await client.respawn()
        again = await client.send(Digest(0))
        assert isinstance(answer, Done)
        assert isinstance(again, Done)
        assert again.text == answer.text
    await iterate(client)


def test_what_cannot_be_opened_is_fatal_with_its_status(spawn: Spawn) -> None:
    handle = spawn(kernel="")
    with Client(handle) as client:
        message = client.receive()
        while not isinstance(message, Fatal):
            message = client.receive()
        assert message == Fatal("there is no kernel in this specification", 2)
    assert handle.process.wait(5) == 2
    assert "no kernel" in handle.last_words()


def test_an_engine_that_dies_at_once_is_not_waited_for(spawn: Spawn, tmp_path: Path) -> None:
    began = time.monotonic()
    handle = EngineHandle(EngineSpec(), tmp_path, ("-c", "raise SystemExit('no luck')"))
    with pytest.raises(EngineError, match="no luck"):
        Client(handle)
    assert time.monotonic() - began < 5
    handle.close()


def test_the_engine_ends_when_everybody_has_gone(spawn: Spawn) -> None:
    handle = spawn()
    with Client(handle) as client:
        client.wait_frame()
        assert handle.process.stdin is not None
        handle.process.stdin.close()
        client.send(Step(0, "instruction", 1))
        assert handle.alive()
    assert handle.process.wait(5) == 0
    assert not handle.directory.exists()


def test_the_engine_does_not_outlive_a_killed_parent(mini: Path) -> None:
    here = Path(__file__).parent
    code = (
        "import sys, time\n"
        "from ringview.engine.launch import spawn_engine\n"
        "from ringview.engine.client import Client\n"
        "from ringview.engine.protocol import Run\n"
        "from ringview.engine.spec import EngineSpec\n"
        f"h = spawn_engine(EngineSpec(kernel={str(mini)!r}), ({str(here / 'mini_engine.py')!r},))\n"
        "c = Client(h); c.wait_frame(); c.post(Run(0)); c.wait_frame()\n"
        "print(h.pid, h.directory, flush=True)\n"
        "time.sleep(60)\n"
    )
    source = str(here.parents[1] / "src")
    parent = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": source},
    )
    assert parent.stdout is not None
    pid, directory = parent.stdout.readline().split()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and Path(f"/proc/{pid}").exists():
        time.sleep(0.02)
    assert not Path(f"/proc/{pid}").exists()
    assert not Path(directory).exists()


def test_shutdown_ends_it_even_while_it_runs(engine: EngineHandle) -> None:
    with Client(engine) as client:
        client.wait_frame()
        client.post(Run(0))
        client.wait_frame()
        assert isinstance(client.send(Shutdown(0)), Done)
    assert engine.process.wait(5) == 0


def test_the_directory_is_private(engine: EngineHandle, client: Client) -> None:
    client.wait_frame()
    assert engine.directory.stat().st_mode & 0o777 == 0o700


def test_without_unix_sockets_a_token_is_asked_for(
    spawn: Spawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A path no AF_UNIX socket can have makes it fall back to loopback TCP.
    import tempfile

    base = Path(tempfile.mkdtemp()) / ("d" * 120)
    base.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(base))
    handle = spawn()
    with Client(handle) as client:
        client.wait_frame()
        address = json.loads((handle.directory / ADDRESS_FILE).read_text())
        assert address["family"] == "tcp"
        with socket.create_connection(("127.0.0.1", address["port"]), timeout=5) as link:
            link.sendall(b"0" * 64 + pack(Shutdown(1)))
            data = b""
            with contextlib.suppress(ConnectionError):
                while part := link.recv(4096):
                    data += part
        assert b"frame" not in data
        assert isinstance(client.send(Step(0, "instruction", 1)), Done)


def test_the_run_is_recorded_ahead_while_nothing_else_is_wanted(spawn: Spawn) -> None:
    with Client(spawn(program="3000000")) as client:
        assert client.wait_frame().header.end < 3_000_000
        before = digest(client)
        frame = client.frame
        deadline = time.monotonic() + 20
        while frame is not None and frame.header.end < 3_000_000 and time.monotonic() < deadline:
            frame = client.wait_frame()
        assert frame is not None
        assert (frame.header.icount, frame.header.end) == (0, 3_000_000)
        assert digest(client) == before
        assert isinstance(client.send(Step(0, "transition", 1)), Done)


def test_long_work_shows_progress(spawn: Spawn) -> None:
    with Client(spawn()) as client:
        client.wait_frame()
        going = client.post(Go(0, 30_000_000))
        while client.progress is None:
            message = client.receive()
            assert not isinstance(message, Done)
        assert client.progress.what == "going to 30,000,000"
        assert 0 <= client.progress.fraction <= 1
        assert isinstance(client.progress, Progress)
        client.send(Pause(0))
        assert isinstance(client.answer(going), Done)


def test_a_run_with_endless_events_pauses_by_itself(client: Client) -> None:
    client.wait_frame()
    answer = client.send(Run(0), timeout=120)
    assert isinstance(answer, Done)
    assert "run again to record more" in answer.text
    first = icount(client)
    again = client.send(Run(0), timeout=120)
    assert isinstance(again, Done)
    assert icount(client) > first
