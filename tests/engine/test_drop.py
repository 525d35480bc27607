"""A person plays scheduler: the other thread dropped in at an instruction, and taken back."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engine.racing import RACE, ask

from ringview.engine.client import Client
from ringview.engine.launch import EngineHandle, spawn_engine
from ringview.engine.protocol import (
    ConsoleInput,
    Digest,
    Drop,
    Failed,
    GoTo,
    Interrupt,
    Look,
    Step,
    Undo,
)
from ringview.engine.spec import EngineSpec
from ringview.views.frame import Frame, ViewRequest

WINDOW = "len-refetch.c:18"
"""Between the two fetches of the length."""


@pytest.fixture
def race(tmp_path: Path) -> Iterator[Client]:
    yield from _client(tmp_path, "")


@pytest.fixture
def fixed_kernel(tmp_path: Path) -> Iterator[Client]:
    """The same race on a kernel that is not preemptible."""
    yield from _client(tmp_path, ", PREEMPT: false")


def _client(directory: Path, options: str) -> Iterator[Client]:
    path = directory / "race.yaml"
    path.write_text(RACE % options)
    handle = spawn_engine(EngineSpec(scenario=str(path)))
    try:
        with Client(handle, timeout=120) as client:
            client.handle = handle  # type: ignore[attr-defined]
            yield client
    finally:
        handle.close(timeout=5.0)


def shown(client: Client) -> Frame:
    assert client.frame is not None
    return client.frame


def console_at_end(client: Client) -> str:
    ask(client, GoTo(0, "end"))
    return shown(client).logs.console


def test_dropped_into_the_window_the_other_thread_wins(race: Client) -> None:
    ask(race, GoTo(0, WINDOW))
    here = shown(race).header.icount
    text = ask(race, Drop(0))
    assert text.startswith("interrupt taken here, in sys_hello2")
    assert "race-len[3] runs from" in text
    assert shown(race).header.icount == here
    assert shown(race).header.mode == "IRQ"
    marks = [mark for mark in shown(race).timeline.marks if mark.kind == "drop"]
    assert [mark.icount for mark in marks] == [here]
    switched = int(text.split("runs from ")[1].split(" ")[0].replace(",", ""))
    ask(race, GoTo(0, str(switched)))
    assert shown(race).header.task == "race-len[3]"
    ask(race, Step(0, "instruction", -1))
    assert shown(race).header.task != "race-len[3]"
    assert console_at_end(race).endswith("uid 0\n")


def test_undo_is_as_if_it_had_never_come(race: Client) -> None:
    plain = console_at_end(race)
    assert plain.endswith("uid 65534\n")
    before = ask(race, Digest(0))
    ask(race, GoTo(0, WINDOW))
    here, digest = shown(race).header.icount, ask(race, Digest(0))
    ask(race, Drop(0))
    assert ask(race, Digest(0)) != digest
    assert console_at_end(race).endswith("uid 0\n")
    assert ask(race, Undo(0)) == "taken back: the other thread"
    assert (shown(race).header.icount, ask(race, Digest(0))) == (here, digest)
    assert console_at_end(race) == plain
    assert ask(race, Digest(0)) == before
    answer = race.send(Undo(0))
    assert isinstance(answer, Failed)
    assert "left to take back" in answer.text


def test_the_latest_of_several_is_taken_back_first(race: Client) -> None:
    ask(race, GoTo(0, WINDOW))
    digests = []
    for command in (ConsoleInput(0, b"x"), Interrupt(0, 68), Drop(0)):
        digests.append((shown(race).header.icount, ask(race, Digest(0))))
        ask(race, command)
        ask(race, Step(0, "instruction", 7))
    for wanted in reversed(digests):
        ask(race, Undo(0))
        assert (shown(race).header.icount, ask(race, Digest(0))) == wanted


def test_a_successor_agrees_on_what_was_dropped_in_and_taken_back(race: Client) -> None:
    ask(race, GoTo(0, WINDOW))
    ask(race, ConsoleInput(0, b"x"))
    typed = ask(race, Digest(0))
    ask(race, Drop(0))
    dropped = ask(race, Digest(0))
    _kill(race)
    assert ask(race, Digest(0)) == dropped
    ask(race, Undo(0))
    assert ask(race, Digest(0)) == typed
    _kill(race)
    assert ask(race, Digest(0)) == typed
    assert ask(race, Undo(0)) == "taken back: what was typed"


def _kill(client: Client) -> None:
    handle: EngineHandle = client.handle  # type: ignore[attr-defined]
    os.kill(handle.pid, signal.SIGKILL)
    handle.process.wait(10)
    client.respawn()
    client.wait_frame()


def test_masked_it_waits_and_says_until_when(race: Client) -> None:
    ask(race, GoTo(0, "syscall hello2"))
    while "I" in _unmasked(shown(race)):
        ask(race, Step(0, "instruction", -1))
    here = shown(race).header.icount
    text = ask(race, Drop(0))
    assert text.startswith("masked here (CPSR.I = 1): taken at ")
    at = int(text.split("taken at ")[1].split(", ")[0].replace(",", ""))
    assert at > here
    assert shown(race).header.mode == "SVC"
    ask(race, GoTo(0, str(at)))
    assert shown(race).header.mode == "IRQ"


def _unmasked(frame: Frame) -> str:
    return "".join(f.name for f in frame.registers.flags if f.name == "I" and f.value == "0")


def test_a_kernel_that_is_not_preemptible_switches_on_its_way_out(fixed_kernel: Client) -> None:
    client = fixed_kernel
    ask(client, GoTo(0, WINDOW))
    text = ask(client, Drop(0))
    assert "the kernel is not preempted there, race-len[3] runs only when it lets go" in text
    at = int(text.rsplit(" ", 1)[1].replace(",", ""))
    ask(client, GoTo(0, str(at)))
    assert shown(client).header.task == "race-len[3]"
    assert console_at_end(client).endswith("uid 65534\n")


def test_without_another_thread_it_says_so(tmp_path: Path) -> None:
    handle = spawn_engine(EngineSpec(scenario="hello2"))
    try:
        with Client(handle, timeout=120) as client:
            ask(client, GoTo(0, "sys_hello2"))
            text = ask(client, Drop(0))
            assert "no other thread was ready, so hello2[" in text
            ask(client, Undo(0))
            ask(client, GoTo(0, "end"))
            answer = client.send(Drop(0))
            assert isinstance(answer, Failed)
            assert "the run is over" in answer.text
            ask(client, GoTo(0, "0"))
            assert "no thread yet" in getattr(client.send(Drop(0)), "text", "")
    finally:
        handle.close(timeout=5.0)


def test_the_ledger_shows_what_the_drop_did(race: Client) -> None:
    """Not a double fetch that was changed, until the other thread comes between."""
    ask(race, GoTo(0, WINDOW))
    race.send(Look(0, ViewRequest(large="fetches")))
    frame = race.frame
    assert frame is not None
    # What the call reads again lies ahead: it is known once that much is recorded.
    while frame.fetches is None or not frame.header.finished:
        frame = race.wait_frame()
    before = frame.fetches
    assert (before.events, before.changed, before.stores) == (1, 0, 0)
    ask(race, Drop(0))
    ask(race, GoTo(0, "end"))
    ask(race, GoTo(0, WINDOW))
    ledger = shown(race).fetches
    assert ledger is not None
    assert (ledger.events, ledger.changed, ledger.stores) == (1, 1, 1)
