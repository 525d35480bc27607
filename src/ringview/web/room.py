"""The room: the pages of one lecture, who sits where, and when it is over.

Pages, scripts and fonts all come from here: a browser needs no network but the way to this server.
The lecturer's page has an address that cannot be guessed; everybody else's only looks, which the
engine itself sees to.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import html
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

import textual_serve
from aiohttp import WSMsgType, web

from ringview.web.seats import Role, Seat

LARGEST = (500, 200)
"""Columns and rows that a browser may ask for."""

FREE_SOON = 3.0
"""Seconds for the lecturer's seat to be left by a page that was just reloaded."""

LONGEST = 1 << 16
"""Bytes of one message from a browser: a long paste."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self';"
        " img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

TAKEN = "the lecturer's screen is open elsewhere; close it there first"
FULL = "all seats are taken"
FOREIGN = "this page belongs to another address"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a room is to be like.

    Attributes:
        directory: the private directory of the lecture's engine.
        title: what the lecture is called.
        lecturer: whether the machine can be moved from here.
        seats: the most browsers that may follow at a time, each a process.
        font: the size of text in CSS pixels.
        theme: the theme to begin with.
    """

    directory: Path
    title: str
    lecturer: bool
    seats: int = 40
    font: int = 16
    theme: str = "dark"


class Room:
    """The pages of one lecture.

    Args:
        plan: what it is to be like.

    Attributes:
        token: the part of the lecturer's address that nobody can guess.
        over: set when the lecturer has left, or the lecture has ended.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.token = secrets.token_urlsafe(32)
        self.over = asyncio.Event()
        self._seats: set[Seat] = set()
        self._lecturer: Seat | None = None
        self._left = asyncio.Event()
        self._statics = Path(textual_serve.__file__).parent / "static"

    def app(self) -> web.Application:
        """The web application."""
        app = web.Application(middlewares=[_guarded])
        app.add_routes(
            [
                web.get("/", self._audience_page),
                web.get("/ws", self._audience_socket),
                web.get("/lecturer/{token}", self._lecturer_page),
                web.get("/lecturer/{token}/ws", self._lecturer_socket),
                web.get("/state", self._state),
                web.get("/terminal.js", self._terminal_script),
                web.get("/page.js", _page_file),
                web.get("/page.css", _page_file),
                web.static("/static", self._statics),
            ]
        )
        return app

    @property
    def seated(self) -> int:
        """How many browsers are here, the lecturer's too."""
        return len(self._seats)

    async def clear(self) -> None:
        """Ask everybody out."""
        self.over.set()
        await asyncio.gather(*(seat.stop() for seat in list(self._seats)))

    # -------------------------------------------------------------------------------------- pages

    async def _audience_page(self, request: web.Request) -> web.Response:
        if self._full:
            return _said(FULL, 503)
        return self._page("audience")

    async def _lecturer_page(self, request: web.Request) -> web.Response:
        self._admit(request)
        return self._page("lecturer") if await self._free() else _said(TAKEN, 409)

    def _page(self, role: Role) -> web.Response:
        plan = self.plan
        title = plan.title if role == "audience" else f"{plan.title}, lecturer"
        text = _file("page.html").safe_substitute(
            title=html.escape(title), role=role, font=str(plan.font)
        )
        return web.Response(text=text, content_type="text/html")

    async def _state(self, request: web.Request) -> web.Response:
        lecturer = self._lecturer
        left = lecturer is not None and lecturer.left
        return web.json_response({"over": self.over.is_set() or left})

    async def _terminal_script(self, request: web.Request) -> web.Response:
        """The terminal of textual-serve; the page can reach it by its element."""
        script = (self._statics / "js" / "textual.js").read_text("utf-8")
        opened = "this.terminal.open(e),"
        script = script.replace(opened, f"{opened}e.terminal=this.terminal,", 1)
        return web.Response(text=script, content_type="text/javascript")

    # ---------------------------------------------------------------------------------- admission

    def _admit(self, request: web.Request) -> None:
        """Let only those in who know the token; to others there is no such page."""
        given = request.match_info["token"].encode()
        if not (self.plan.lecturer and hmac.compare_digest(given, self.token.encode())):
            raise web.HTTPNotFound

    @property
    def _full(self) -> bool:
        return len(self._seats) - (self._lecturer is not None) >= self.plan.seats

    async def _free(self) -> bool:
        """Whether the lecturer's seat is free, or about to be: a page may be loaded anew."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FREE_SOON):
                while self._lecturer is not None:
                    self._left.clear()
                    await self._left.wait()
        return self._lecturer is None

    # ------------------------------------------------------------------------------------ sockets

    async def _audience_socket(self, request: web.Request) -> web.StreamResponse:
        if self._full:
            raise web.HTTPServiceUnavailable(text=FULL)
        return await self._sit("audience", request)

    async def _lecturer_socket(self, request: web.Request) -> web.StreamResponse:
        self._admit(request)
        if not await self._free():
            raise web.HTTPConflict(text=TAKEN)
        return await self._sit("lecturer", request)

    async def _sit(self, role: Role, request: web.Request) -> web.StreamResponse:
        """Give a browser a screen for as long as it stays."""
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            raise web.HTTPForbidden(text=FOREIGN)
        socket = web.WebSocketResponse(heartbeat=15, max_msg_size=LONGEST)
        seat = Seat(
            role,
            self.plan.directory,
            self.plan.theme,
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=socket.close,
        )
        # From here on the seat is taken; nothing is awaited between the look and this.
        self._seats.add(seat)
        if role == "lecturer":
            self._lecturer = seat
        try:
            await socket.prepare(request)
            await seat.start(_size(request.query, 0, 80), _size(request.query, 1, 24))
            await _listen(socket, seat)
        finally:
            await asyncio.shield(self._leave(seat, socket))
        return socket

    async def _leave(self, seat: Seat, socket: web.WebSocketResponse) -> None:
        await seat.stop()
        self._seats.discard(seat)
        if seat is self._lecturer:
            self._lecturer = None
            self._left.set()
            if seat.left:
                self.over.set()
        with contextlib.suppress(OSError, RuntimeError):
            await socket.close()


async def _listen(socket: web.WebSocketResponse, seat: Seat) -> None:
    """Pass on what a browser sends; what makes no sense ends the connection."""
    async for message in socket:
        if message.type != WSMsgType.TEXT:
            return
        try:
            kind, *rest = json.loads(message.data)
            if kind == "stdin":
                await seat.send_bytes(str(rest[0]).encode("utf-8", "replace"))
            elif kind == "resize":
                size = (_size(rest[0], 0, 80), _size(rest[0], 1, 24))
                await seat.set_terminal_size(*size)
            elif kind == "ping":
                await socket.send_json(["pong", str(rest[0])])
            elif kind == "focus":
                await seat.focus()
            elif kind == "blur":
                await seat.blur()
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            return
        except OSError:
            return


def _size(given: object, which: int, usual: int) -> int:
    """Columns or rows that a browser asks for, within reason."""
    value = given.get(("width", "height")[which], usual)  # type: ignore[attr-defined]
    try:
        return max(1, min(LARGEST[which], int(value)))
    except (ValueError, TypeError, OverflowError):
        return usual


# ------------------------------------------------------------------------------------------- pages


def _file(name: str) -> Template:
    return Template(files("ringview.web").joinpath("pages", name).read_text("utf-8"))


async def _page_file(request: web.Request) -> web.Response:
    kind = {"page.js": "text/javascript", "page.css": "text/css"}
    name = request.path.lstrip("/")
    return web.Response(text=_file(name).template, content_type=kind[name])


def _said(sentence: str, status: int) -> web.Response:
    text = _file("said.html").safe_substitute(sentence=html.escape(sentence.capitalize() + "."))
    return web.Response(text=text, status=status, content_type="text/html")


@web.middleware
async def _guarded(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Give every page the headers that keep it to itself."""
    try:
        response = await handler(request)
    except web.HTTPNotFound:
        response = _said("there is no such page here", 404)
    if not response.prepared:
        response.headers.update(HEADERS)
    return response
