"""Conditional breakpoints, bookmarks and suggestions over the wire; they outlive an engine."""

from __future__ import annotations

import os
import signal

from ringview.engine.client import Client
from ringview.engine.launch import EngineHandle
from ringview.engine.protocol import (
    Bookmark,
    Breakpoint,
    Digest,
    Done,
    Failed,
    Go,
    GoToStop,
    RemoveStop,
    Run,
    Step,
    Suggest,
)

from .test_engine import icount


def text(client: Client, command: object) -> str:
    answer = client.send(command)  # type: ignore[arg-type]
    assert isinstance(answer, Done), answer
    return answer.text


def test_a_conditional_breakpoint_over_the_wire(client: Client) -> None:
    client.send(Go(0, 20_000))
    assert text(client, Breakpoint(0, "mini_syscall if r0 == 77")).endswith(
        "mini_syscall if r0 == 77"
    )
    assert text(client, Run(0)) == "breakpoint at mini_syscall, where r0 == 77"
    first = icount(client)
    client.send(Run(0))
    second = icount(client)
    assert second > first > 20_000
    client.send(Step(0, "breakpoint", -1))
    assert icount(client) == first
    assert text(client, Breakpoint(0, "mix"))
    client.send(GoToStop(0, 1, 1))
    assert icount(client) == second
    client.send(GoToStop(0, 1, -1))
    assert icount(client) == first
    assert text(client, RemoveStop(0, 1)) == "removed: mini_syscall if r0 == 77"
    for command, words in (
        (RemoveStop(0, 1), "there is no breakpoint or watchpoint 1"),
        (GoToStop(0, 1), "there is no breakpoint or watchpoint 1"),
        (Breakpoint(0, "mix if r0 =="), "column 13: a value is missing at the end"),
        (Bookmark(0, "", 17), "there is no bookmark at 17"),
    ):
        answer = client.send(command)
        assert isinstance(answer, Failed)
        assert answer.text == words


def test_suggestions_and_bookmarks(client: Client) -> None:
    client.send(Go(0, 5_000))
    client.send(Bookmark(0, "here"))
    client.send(Bookmark(0, "there", 1_000))
    assert text(client, Suggest(0, "go", "bookmark")).split("\n") == [
        "bookmark there",
        "bookmark here",
    ]
    assert text(client, Suggest(0, "breakpoint", "mini_sys")) == "mini_syscall"
    assert text(client, Suggest(0, "go", "no such")) == ""
    assert text(client, Step(0, "bookmark", -1)) == "at bookmark there"
    assert icount(client) == 1_000


def test_they_outlive_the_engine(engine: EngineHandle) -> None:
    with Client(engine) as client:
        client.send(Go(0, 20_000))
        client.send(Breakpoint(0, "mini_syscall if r0 == 77"))
        client.send(Bookmark(0, "kept"))
        client.send(Bookmark(0, "gone", 3))
        client.send(Bookmark(0, "", 3))
        client.send(Run(0))
        first = icount(client)
        os.kill(engine.pid, signal.SIGKILL)
        client.respawn()
        client.send(Digest(0))  # answered once the successor stands there
        assert icount(client) == first
        assert text(client, Suggest(0, "go", "bookmark")) == "bookmark kept"
        assert text(client, Run(0)) == "breakpoint at mini_syscall, where r0 == 77"
        client.send(GoToStop(0, 1, -1))
        assert icount(client) == first
