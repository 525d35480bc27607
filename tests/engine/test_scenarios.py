"""The engine on real scenarios: kernel, program, views and all."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringview.engine.client import Client
from ringview.engine.launch import spawn_engine
from ringview.engine.protocol import (
    ConsoleInput,
    Digest,
    Done,
    Failed,
    Fatal,
    FindAccess,
    GoTo,
    Run,
    Step,
    Watch,
)
from ringview.engine.spec import EngineSpec
from ringview.errors import EngineError
from ringview.guest.make import find_zig


@pytest.fixture
def hello2() -> Iterator[Client]:
    if find_zig() is None:
        pytest.skip("the ziglang package is not installed")
    # The first run may have to build kernel and program.
    spec = EngineSpec(scenario="hello2")
    with spawn_engine(spec) as engine, Client(engine, timeout=60) as client:
        yield client


def test_the_first_stop_is_the_programs_first_instruction(hello2: Client) -> None:
    header = hello2.wait_frame().header
    assert (header.mode, header.place, header.stop) == ("USR", "_start", "start of the program")
    assert header.task == "hello2[2]"


def test_the_whole_run_shows_while_the_user_looks(hello2: Client) -> None:
    frame = hello2.wait_frame()
    while not frame.header.finished:
        frame = hello2.wait_frame()
    assert frame.header.place == "_start"
    assert all(beat.icount > 0 for beat in frame.narration.beats)
    assert frame.timeline.last == frame.header.end


def test_a_stop_within_a_call_does_not_tell_what_it_will_give(hello2: Client) -> None:
    frame = hello2.wait_frame()
    while not frame.header.finished:
        frame = hello2.wait_frame()
    told = []
    for place in ("sys_hello2", "arm_copy_to_user", "end"):
        hello2.send(GoTo(0, place))
        assert hello2.frame is not None
        told.append(next(r.text for r in hello2.frame.logs.syscalls if r.name == "hello2"))
    begun = r'hello2\(\{name="beagle", .*\}, 0xbefff[0-9a-f]{3}\) …'
    assert all(re.fullmatch(begun, text) for text in told[:2]), told
    assert "nr_calls=1" in told[2]
    assert told[2].endswith(" = 0")


def test_who_wrote_this_says_who_and_stands_there(hello2: Client) -> None:
    hello2.wait_frame()
    hello2.send(GoTo(0, "sys_hello2"))
    answer = hello2.send(FindAccess(0, "in.len"))
    assert isinstance(answer, Done)
    assert hello2.frame is not None
    header = hello2.frame.header
    assert answer.text.startswith(f"in.len written at icount {header.icount:,} by str ")
    assert "in main+" in answer.text
    assert header.stop == answer.text
    assert (header.mode, header.place.partition("+")[0]) == ("USR", "main")
    # The user's page, written through the kernel.
    hello2.send(GoTo(0, "sys_hello2"))
    answer = hello2.send(FindAccess(0, "out", "write", 1))
    assert isinstance(answer, Done)
    assert answer.text.endswith("on behalf of sys_hello2")
    assert hello2.frame.header.place.startswith("arm_copy_to_user")
    here = hello2.frame.header.icount
    for words, why in (("in.nosuch", "no member nosuch"), ("nosuch", "no register, variable")):
        refused = hello2.send(FindAccess(0, words))
        assert isinstance(refused, Failed)
        assert why in refused.text
    assert hello2.frame.header.icount == here


def test_what_is_watched_outlives_the_engine(hello2: Client) -> None:
    hello2.wait_frame()
    hello2.send(GoTo(0, "sys_hello2"))
    answer = hello2.send(Watch(0, "out.rand_data", "access"))
    assert isinstance(answer, Done)
    assert answer.text.startswith("watched: access of out.rand_data (")
    assert hello2.ready is not None
    os.kill(hello2.ready.pid, signal.SIGKILL)
    with pytest.raises(EngineError, match="signal 9"):
        hello2.send(Step(0, "instruction", 1))
    hello2.respawn()
    again = hello2.send(Watch(0, ""))
    assert isinstance(again, Done)
    assert again.text == answer.text
    for command in (Run(0), Step(0, "breakpoint", -1)):
        held = hello2.send(command)
        assert isinstance(held, Done)
        assert held.text.startswith("out.rand_data written at icount ")
    assert hello2.frame is not None
    assert hello2.frame.header.place.startswith("arm_copy_to_user")


def test_walking_the_call_both_ways(hello2: Client) -> None:
    hello2.wait_frame()
    assert isinstance(hello2.send(GoTo(0, "sys_hello2")), Done)
    assert hello2.frame is not None
    assert hello2.frame.header.place == "sys_hello2"
    assert hello2.frame.header.mode == "SVC"
    assert [hop.name for hop in hello2.frame.narration.hops][:3] == ["user stub", "vector", "entry"]
    there = hello2.send(Digest(0))
    for unit in ("instruction", "line", "over", "transition", "beat"):
        assert isinstance(hello2.send(Step(0, unit, 1)), Done)
        assert isinstance(hello2.send(GoTo(0, "syscall 1")), Done)
        assert isinstance(hello2.send(GoTo(0, "sys_hello2")), Done)
        again = hello2.send(Digest(0))
        assert isinstance(there, Done)
        assert isinstance(again, Done)
        assert again.text == there.text
    hello2.send(Run(0))
    assert hello2.frame.header.finished
    assert "rand_data" in hello2.frame.logs.console


def test_a_killed_engine_comes_back_to_the_same_moment(hello2: Client) -> None:
    ready = hello2.receive()
    hello2.wait_frame()
    hello2.send(GoTo(0, "beat 5"))
    before = hello2.send(Digest(0))
    frame = hello2.frame
    os.kill(getattr(ready, "pid"), signal.SIGKILL)  # noqa: B009
    with pytest.raises(EngineError, match="signal 9"):
        hello2.send(Step(0, "instruction", 1))
    hello2.respawn()
    after = hello2.send(Digest(0))
    assert isinstance(before, Done)
    assert isinstance(after, Done)
    assert after.text == before.text
    assert frame is not None
    assert hello2.frame is not None
    assert hello2.frame.header.icount == frame.header.icount
    assert hello2.frame.registers.core[15].value == frame.registers.core[15].value


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (EngineSpec(scenario="/nowhere.yaml"), "/nowhere.yaml: there is no such file"),
        (EngineSpec(scenario="helo2"), "did you mean"),
        (EngineSpec(program="nosuchprogram"), "there is no program nosuchprogram"),
        (EngineSpec(scenario="hello2", at="nowhere"), "there is no symbol nowhere"),
    ],
)
def test_bad_input_is_fatal_in_one_sentence(spec: EngineSpec, words: str) -> None:
    if find_zig() is None:
        pytest.skip("the ziglang package is not installed")
    with spawn_engine(spec) as engine, Client(engine, timeout=60) as client:
        message = client.receive()
        while not isinstance(message, Fatal):
            message = client.receive()
        assert words in message.text
        assert "\n" not in message.text
        assert message.status == 2
        assert engine.process.wait(10) == 2


@pytest.fixture
def late(tmp_path: Path) -> Path:
    """A scenario with a beat that never comes."""
    if find_zig() is None:
        pytest.skip("the ziglang package is not installed")
    scenario = tmp_path / "late.yaml"
    scenario.write_text(
        "title: late\n"
        "kernel: {config: bbb_defconfig}\n"
        "program: hello2\n"
        'args: [beagle, "7"]\n'
        "beats:\n"
        "  - at: {syscall: reboot}\n"
        "    title: never\n"
        "    say: It does not.\n"
    )
    return scenario


def test_a_beat_that_never_comes_is_fatal_with_its_line(late: Path) -> None:
    spec = EngineSpec(scenario=str(late))
    with spawn_engine(spec) as engine, Client(engine, timeout=60) as client:
        message = client.receive()
        while not isinstance(message, Fatal):
            message = client.receive()
        assert message.text.startswith(f"{late}:6:")
        assert "never calls reboot" in message.text
        assert message.status == 2
        assert engine.process.wait(10) == 2


def test_a_beat_that_a_person_has_kept_from_coming_is_only_told(late: Path) -> None:
    spec = EngineSpec(scenario=str(late))
    with spawn_engine(spec) as engine, Client(engine, timeout=60) as client:
        client.post(ConsoleInput(id=0, data=b"x"))
        message = client.receive()
        while not (isinstance(message, Failed) and message.id == 0):
            assert not isinstance(message, Fatal), message
            message = client.receive()
        assert "never calls reboot" in message.text
        assert engine.alive()


def test_a_devices_page_is_named_and_not_read() -> None:
    if find_zig() is None:
        pytest.skip("the ziglang package is not installed")
    # Beat 5: the program is about to store to a register of the GPIO block.
    spec = EngineSpec(scenario="leds", at="beat 5")
    with spawn_engine(spec) as engine, Client(engine, timeout=60) as client:
        frame = client.wait_frame()
        assert frame.translation.pa >> 12 == 0x4804C
        at = next(row for row in frame.memory.rows if row.va == frame.translation.va & ~0xF)
        assert at.device
        assert not at.readable
        assert at.data == b""
