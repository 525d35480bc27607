"""``ringview serve``: a lecture in browsers, or one clear sentence about why there is none."""

from __future__ import annotations

import asyncio
import errno
import importlib.util
import ipaddress
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringview.engine.follow import announced, find_lecture, lectures
from ringview.engine.launch import spawn_engine
from ringview.engine.spec import EngineSpec
from ringview.errors import EnvironmentProblem, InputError

if TYPE_CHECKING:
    from ringview.web.room import Room

NEEDS = "serving needs the package textual-serve; install it with: pip install 'ringview[serve]'"
WARNING = (
    "ringview: warning: whoever reaches {host} can watch, over a connection that is not encrypted;"
    " open the lecturer's page on this computer only"
)
_WHY = {
    errno.EADDRINUSE: "port {port} of {host} is in use; --port 0 takes a free one",
    errno.EADDRNOTAVAIL: "{host} is no address of this computer",
    errno.EACCES: "port {port} is for the administrator; take one from 1024 on",
}


@dataclass(frozen=True, slots=True)
class Service:
    """What the command line asks for; see `ringview serve --help`."""

    scenario: str
    join: str
    host: str
    port: int
    seats: int
    font: int
    theme: str


def listen(host: str, port: int) -> socket.socket:
    """Bind to an address of this computer.

    Args:
        host: a name or an address.
        port: 0 for a free one.

    Raises:
        InputError: the host is unknown or not this computer, or the port cannot be had.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise InputError(f"there is no host called {host}") from None
    family, kind, protocol, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Taken only now: two may have bound the port, but only one can listen.
        listener.listen(128)
    except OSError as error:
        listener.close()
        why = _WHY.get(error.errno or 0, "cannot listen on port {port} of {host}: {reason}")
        raise InputError(why.format(host=host, port=port, reason=error.strerror)) from None
    return listener


def serve_lecture(service: Service) -> int:
    """Serve until the lecturer leaves, the lecture ends, or Ctrl-C; return the exit status.

    Raises:
        EnvironmentProblem: textual-serve is not installed.
        InputError: there is nothing to serve, or it is served already, or no place to serve at.
        EngineError: the scenario cannot be run.
    """
    if importlib.util.find_spec("textual_serve") is None:
        raise EnvironmentProblem(NEEDS)
    if service.scenario and service.join:
        raise InputError("a scenario is served anew, so there is nothing to join")
    with ExitStack() as stack:
        if service.scenario:
            _refuse_second(service.scenario)
        lecture = None if service.scenario else find_lecture(service.join)
        listener = stack.enter_context(listen(service.host, service.port))
        engine = None
        if lecture is not None:
            directory, title = lecture.directory, lecture.name
        else:
            engine = stack.enter_context(spawn_engine(EngineSpec(scenario=service.scenario)))
            directory, title = engine.directory, Path(service.scenario).stem
            stack.enter_context(announced(directory, service.scenario))
        from ringview.web.room import Plan
        from ringview.web.serving import serve_room

        plan = Plan(
            directory, title, engine is not None, service.seats, service.font, service.theme
        )
        asyncio.run(serve_room(plan, engine, listener, lambda room: _tell(room, listener, service)))
    click.echo("ringview: the lecture has ended")
    return 0


def _refuse_second(scenario: str) -> None:
    """One lecture, one lecturer."""
    name = Path(scenario).stem
    other = next((lecture for lecture in lectures() if lecture.name == name), None)
    if other is not None:
        raise InputError(
            f"{name} has a lecturer already (process {other.pid}); for the audience to follow:"
            f" ringview serve --join {other.pid}"
        )


def _tell(room: Room, listener: socket.socket, service: Service) -> None:
    """Say once where the pages are."""
    bound, port = listener.getsockname()[:2]
    address = ipaddress.ip_address(bound)
    here = "127.0.0.1" if address == ipaddress.IPv4Address(0) else service.host
    here = "::1" if address == ipaddress.IPv6Address(0) else here
    there = socket.gethostname() if address.is_unspecified else service.host
    if not address.is_loopback:
        click.echo(WARNING.format(host=there), err=True)
    if room.plan.lecturer:
        click.echo(f"lecturer   {_url(here, port)}lecturer/{room.token}")
        click.echo("           this page moves the machine: keep its address to yourself")
    click.echo(f"audience   {_url(there, port)}")
    click.echo("Ctrl-C ends it.")


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
