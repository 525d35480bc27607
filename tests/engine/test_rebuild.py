"""Sources edited while the screen is open: rebuilt, rerun, and back at the same place."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringview.engine.client import Client
from ringview.engine.launch import spawn_engine
from ringview.engine.protocol import Breakpoint, Done, Failed, GoTo, Rebuild, Run, Step
from ringview.engine.spec import EngineSpec
from ringview.errors import EngineError
from ringview.guest.make import find_zig
from ringview.guest.tree import find_tree

HANDLER = "kernel/kernel/sys-hello2.c"


class Edited:
    """A tree of one's own, and an engine that runs it."""

    def __init__(self, root: Path, client: Client) -> None:
        self.handler = root / HANDLER
        self.original = self.handler.read_text()
        self.client = client

    def edit(self, old: str, new: str) -> None:
        assert self.original.count(old) == 1
        self.handler.write_text(self.original.replace(old, new))

    def go(self, place: str) -> None:
        answer = self.client.send(GoTo(0, place))
        assert isinstance(answer, Done), answer

    def rebuild(self) -> Done | Failed:
        return self.client.send(Rebuild(0), timeout=120)

    @property
    def line(self) -> str:
        """The current source line."""
        assert self.client.frame is not None
        return next(line.text for line in self.client.frame.code.source if line.current).strip()

    @property
    def place(self) -> tuple[int, str]:
        assert self.client.frame is not None
        header = self.client.frame.header
        return header.icount, header.place


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edited]:
    if find_zig() is None:
        pytest.skip("the ziglang package is not installed")
    tree = find_tree()
    for part in ("kernel", "userland", "scenarios"):
        skip = shutil.ignore_patterns("build", "out", "__pycache__")
        shutil.copytree(tree.root / part, tmp_path / part, ignore=skip)
    monkeypatch.setenv("RINGVIEW_TREE", str(tmp_path))
    spec = EngineSpec(scenario="hello2")
    with spawn_engine(spec) as engine, Client(engine, timeout=60) as client:
        client.wait_frame()
        yield Edited(tmp_path, client)


def test_what_was_edited_is_run_and_the_place_found_again(edited: Edited) -> None:
    # Two lines more above, nothing else: the same instruction, on its line's new number.
    edited.go("sys-hello2.c:37")
    line, place = edited.line, edited.place
    edited.edit("	char name[", "	/* one */\n	/* two */\n	char name[")
    answer = edited.rebuild()
    assert isinstance(answer, Done)
    assert answer.text == f"rebuilt; at {place[1]} again"
    assert (edited.line, edited.place) == (line, place)

    # Other code in the function: by its line.
    edited.go("sys-hello2.c:39")
    line = edited.line
    assert "if (in.len" not in line
    edited.edit("	if (in.len > HELLO2_NAME_MAX)", "	if (in.val == 4711 || in.len > 64)")
    assert isinstance(edited.rebuild(), Done)
    assert edited.line == line

    # The call takes another way, and no longer comes there.
    edited.edit("in.len > HELLO2_NAME_MAX", "in.len > 3")
    answer = edited.rebuild()
    assert isinstance(answer, Done)
    assert "is not reached there any more; where hello2 began" in answer.text
    client = edited.client
    client.send(GoTo(0, "end"))
    assert client.frame is not None
    assert next(call.ret for call in client.frame.logs.syscalls if call.name == "hello2") == -22

    # A beat is a place of the story, wherever its code is now.
    edited.handler.write_text(edited.original)
    assert isinstance(edited.rebuild(), Done)
    edited.go("beat 7")
    edited.edit("ATOMIC_INIT(0)", "ATOMIC_INIT(5)")
    answer = edited.rebuild()
    assert isinstance(answer, Done)
    assert answer.text == "rebuilt; at beat 7 again"
    assert client.frame.narration.beats[6].icount == edited.place[0]


def test_an_error_is_shown_at_its_line_and_costs_nothing(edited: Edited) -> None:
    edited.go("sys_hello2")
    place = edited.place
    edited.edit("		return -EINVAL;", "		return -EINVAL")
    answer = edited.rebuild()
    assert isinstance(answer, Failed)
    assert answer.text.startswith(f"{HANDLER}:31:")
    assert "expected ';'" in answer.text
    assert answer.path == HANDLER
    current = [line for line in answer.source if line.current]
    assert [line.number for line in current] == [31]
    assert current[0].text == "		return -EINVAL"
    assert answer.column == len(current[0].text) + 1
    assert edited.place == place
    assert isinstance(edited.client.send(Step(0, "instruction", 1)), Done)
    edited.handler.write_text(edited.original)
    answer = edited.rebuild()
    assert answer == Done(answer.id, "nothing has changed since it was built")


def test_breakpoints_and_the_new_build_outlive_rebuilding_and_a_killed_engine(
    edited: Edited,
) -> None:
    client = edited.client
    client.send(Breakpoint(0, "arm_copy_to_user"))
    edited.go("sys_hello2")
    edited.edit("in.len > HELLO2_NAME_MAX", "in.len > HELLO2_NAME_MAX || in.val == 4711")
    assert isinstance(edited.rebuild(), Done)
    assert edited.place[1] == "sys_hello2"
    held = client.send(Run(0))
    assert isinstance(held, Done)
    assert held.text == "breakpoint at arm_copy_to_user"
    place = edited.place
    edited.handler.write_text(edited.original)  # not rebuilt: the successor runs what ran
    assert client.ready is not None
    os.kill(client.ready.pid, signal.SIGKILL)
    with pytest.raises(EngineError, match="signal 9"):
        client.send(Step(0, "instruction", 1))
    client.respawn()
    client.wait_frame()
    assert edited.place == place


def test_a_kernel_that_does_not_boot_any_more_is_shown_where_it_ends(edited: Edited) -> None:
    edited.go("sys_hello2")
    main = edited.handler.parents[1] / "init/main.c"
    text = main.read_text()
    assert text.count("\tsched_init();\n") == 1
    main.write_text(text.replace("\tsched_init();\n", '\tpanic("edited to death");\n'))
    answer = edited.rebuild()
    assert isinstance(answer, Done)
    assert edited.client.frame is not None
    assert edited.client.frame.header.finished
    main.write_text(text)
    assert isinstance(edited.rebuild(), Done)
    assert edited.place[1] == "sys_hello2"
