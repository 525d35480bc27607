"""The pages of a room: who is let in, what is sent, and what a browser may say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientSession, WSServerHandshakeError, web

from ringview.engine.client import Client
from ringview.engine.launch import EngineHandle, spawn_engine
from ringview.engine.protocol import Go
from ringview.engine.spec import EngineSpec
from ringview.web import room as rooms
from ringview.web.room import Plan, Room


@asynccontextmanager
async def opened(plan: Plan) -> AsyncIterator[tuple[Room, str, ClientSession]]:
    room = Room(plan)
    runner = web.AppRunner(room.app(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        async with ClientSession() as session:
            yield room, f"http://127.0.0.1:{port}", session
    finally:
        await room.clear()
        await runner.cleanup()


PLAN = Plan(Path("/nowhere"), "hello2", lecturer=True)


async def test_the_lecturers_address_cannot_be_guessed() -> None:
    tokens = {Room(PLAN).token for _ in range(50)}
    assert len(tokens) == 50
    assert min(map(len, tokens)) >= 43  # 256 bits
    async with opened(PLAN) as (room, base, session):
        assert (await session.get(f"{base}/lecturer/{room.token}")).status == 200
        for wrong in ("", "x", room.token[:-1], room.token + "x", room.token.swapcase(), "é"):
            for end in ("", "/ws"):
                answer = await session.get(f"{base}/lecturer/{wrong}{end}")
                assert answer.status == 404, wrong
                assert room.token not in await answer.text()
        page = await (await session.get(base)).text()
        assert room.token not in page
    async with opened(replace(PLAN, lecturer=False)) as (room, base, session):
        assert (await session.get(f"{base}/lecturer/{room.token}")).status == 404


async def test_every_page_keeps_to_itself() -> None:
    async with opened(PLAN) as (_, base, session):
        for path in ("/", "/page.js", "/page.css", "/terminal.js", "/state", "/none"):
            answer = await session.get(base + path)
            text = await answer.text()
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "http" not in policy
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            if path in ("/", "/page.js", "/page.css"):
                assert "://" not in text.replace('"wss://"', "").replace('"ws://"', "")
        script = await (await session.get(f"{base}/terminal.js")).text()
        assert "e.terminal=this.terminal" in script
        assert (await session.get(f"{base}/static/")).status == 403
        assert (await session.get(f"{base}/static/../room.py")).status == 404


async def test_a_title_is_no_markup() -> None:
    async with opened(replace(PLAN, title="<b>$font")) as (_, base, session):
        assert "<title>&lt;b&gt;$font</title>" in await (await session.get(base)).text()


async def test_other_sites_get_no_screen() -> None:
    async with opened(PLAN) as (room, base, session):
        for path in ("/ws", f"/lecturer/{room.token}/ws"):
            with pytest.raises(WSServerHandshakeError) as caught:
                await session.ws_connect(base + path, headers={"Origin": "http://evil.example"})
            assert caught.value.status == 403
        assert room.seated == 0


@pytest.fixture(scope="module")
def engine() -> object:
    with spawn_engine(EngineSpec(scenario="hello2")) as handle, Client(handle, 90) as client:
        client.wait_frame(90)
        yield handle


async def drawn(socket: object, words: bytes) -> bytes:
    """Read what is drawn until these bytes are."""
    seen = b""
    async with asyncio.timeout(60):
        async for message in socket:  # type: ignore[attr-defined]
            seen += message.data if isinstance(message.data, bytes) else b""
            if words in seen:
                return seen
    raise AssertionError(seen[-500:])


async def test_seats_are_counted_and_given_back(engine: EngineHandle) -> None:
    plan = replace(PLAN, directory=engine.directory, seats=1)
    async with opened(plan) as (room, base, session):
        async with session.ws_connect(f"{base}/ws?width=100&height=30") as socket:
            await drawn(socket, b"following")
            answer = await session.get(base)
            assert answer.status == 503
            assert "All seats are taken." in await answer.text()
            with pytest.raises(WSServerHandshakeError):
                await session.ws_connect(f"{base}/ws")
            # The lecturer's is another seat.
            async with session.ws_connect(f"{base}/lecturer/{room.token}/ws") as own:
                await drawn(own, b"icount")
                assert room.seated == 2
        async with asyncio.timeout(20):
            while room.seated:
                await asyncio.sleep(0.05)
        assert (await session.get(base)).status == 200
        assert not room.over.is_set()


async def test_one_lecturer_at_a_time_and_a_page_may_be_loaded_anew(
    engine: EngineHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(replace(PLAN, directory=engine.directory)) as (room, base, session):
        page = f"{base}/lecturer/{room.token}"
        first = await session.ws_connect(f"{page}/ws")
        await drawn(first, b"icount")
        monkeypatch.setattr(rooms, "FREE_SOON", 0.05)
        answer = await session.get(page)
        assert answer.status == 409
        assert "close it there first" in await answer.text()
        with pytest.raises(WSServerHandshakeError) as caught:
            await session.ws_connect(f"{page}/ws")
        assert caught.value.status == 409
        monkeypatch.setattr(rooms, "FREE_SOON", 20.0)
        waiting = asyncio.create_task(session.get(page))
        await first.close()
        assert (await waiting).status == 200
        async with session.ws_connect(f"{page}/ws") as again:
            await drawn(again, b"icount")
            await again.send_json(["stdin", "q"])
            async with asyncio.timeout(20):
                await room.over.wait()
        assert (await (await session.get(f"{base}/state")).json()) == {"over": True}


@pytest.mark.parametrize(
    "junk",
    [
        "not json",
        "[]",
        "{}",
        "null",
        '["stdin"]',
        '["resize", 5]',
        '["resize", {"width": "wide"}]',
        "[" * 60_000,
        "x" * (1 << 17),
    ],
)
async def test_rubbish_from_a_browser_ends_at_most_its_own_screen(
    engine: EngineHandle, junk: str
) -> None:
    async with opened(replace(PLAN, directory=engine.directory)) as (room, base, session):
        async with session.ws_connect(f"{base}/ws?width=1e9&height=-4") as socket:
            await socket.send_str(junk)
            await socket.send_json(["resize", {"width": 10**9, "height": -1}])
            await socket.send_json(["unknown", 1])
            await socket.send_json(["stdin", "\x1b[C\ud800".encode("utf-8", "replace").decode()])
        async with asyncio.timeout(20):
            while room.seated:
                await asyncio.sleep(0.05)
        assert (await session.get(base)).status == 200
    with Client(engine) as client:
        before = client.wait_frame().header.icount
        client.send(Go(0, before))
        assert client.frame is not None
        assert client.frame.header.icount == before
