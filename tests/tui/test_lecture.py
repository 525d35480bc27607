"""hello2 at 120x40, beat by beat: what a lecturer points at is there without scrolling."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringview.engine.launch import EngineHandle, spawn_engine
from ringview.engine.spec import EngineSpec
from ringview.guest.make import find_zig
from ringview.guest.tree import find_tree
from ringview.scenario.images import provide_images, session_setup
from ringview.scenario.load import load_scenario
from ringview.scenario.resolve import place_beats
from ringview.scenario.run import SessionRun
from ringview.session.session import Session
from ringview.tui.link import Link
from ringview.tui.shot import picture
from ringview.views.stacks import PT_REGS, pt_regs_address
from ringview.views.words import address

BEATS = range(1, 13)


@pytest.fixture(scope="module")
def run() -> Iterator[tuple[Session, list[int]]]:
    """The run by itself, for what must be on the screen."""
    if find_zig() is None:
        pytest.skip("the ziglang package is not installed")
    scenario = load_scenario("hello2")
    session = Session.open(session_setup(scenario, provide_images(scenario)))
    session.start()
    session.run(scenario.limit)
    yield session, [beat.icount for beat in place_beats(scenario, SessionRun(session))]
    session.close()


@pytest.fixture(scope="module")
def engine(run: object) -> Iterator[EngineHandle]:
    with spawn_engine(EngineSpec(scenario="hello2")) as handle:
        yield handle


def screen(text: str) -> str:
    """The text of the screen with runs of spaces as one, so that columns do not matter."""
    return re.sub(r" +", " ", text)


@pytest.mark.parametrize("beat", BEATS)
async def test_nothing_must_be_scrolled(
    run: tuple[Session, list[int]], engine: EngineHandle, beat: int
) -> None:
    async def connect() -> Link:
        from ringview.engine.client import AsyncClient

        return await AsyncClient.connect(engine)

    text = await picture(connect, at=f"beat {beat}", size=(120, 40), text=True)
    shown = screen(text)
    session, icounts = run
    assert len(icounts) == len(BEATS)
    session.goto(icounts[beat - 1])
    registers, state = session.state().registers, session.state()
    mode = state.mode.name
    assert f"● {mode} " in text.splitlines()[0]
    assert f"icount {session.icount:,} /" in text.splitlines()[0]
    # Both stack pointers.
    assert f"user {address(registers['sp_usr'])}" in shown
    assert f"kernel sp {address(registers['sp_svc'])}" in shown
    # The saved frame, once the entry code has stored it.
    task = session.task()
    assert task is not None
    base = pt_regs_address(task.stack.start)
    if registers["sp_svc"] <= base:
        assert "saved at entry: pt_regs" in shown
        for i, name in enumerate(PT_REGS):
            data = state.read_virtual(base + 4 * i, 4)
            assert data is not None
            value = address(int.from_bytes(data, "little"))
            label = name.removeprefix("ARM_").replace("ORIG_r0", "orig")
            assert re.search(rf"\b{label}\W*{value}", shown), (beat, name)
    # The walk of the current access, to its end.
    assert re.search(r"VA [0-9a-f]{4}_[0-9a-f]{4}", shown)
    assert "TTBR0 " in shown
    assert re.search(r"L1 \[[0-9a-f]{3}\] [0-9a-f]{4}_[0-9a-f]{4}", shown)
    walked = re.search(r"PA [0-9a-f]{4}_[0-9a-f]{4}", shown) or "nothing is mapped" in shown
    assert walked or "✗" in shown, beat
    # The structure in user memory, once it has a place.
    if beat > 2:
        assert "in struct hello2_in @ " in shown
        # What changed since the stop before, which may be the run's start, has its sign.
        assert re.search(r"len\W+6\W.*(unsigned int|val\W+7)", shown)
        assert '→ "beagle"' in shown
    # The C line, or that of the assembly.
    line = session.code.line(registers["pc"])
    assert line is not None
    source = (find_tree().root / Path(line.file)).read_text().expandtabs(8).splitlines()
    words = source[line.number - 1].split()
    assert re.search(rf"▶ +{line.number} .*{re.escape(words[0])}", text), (beat, line)
    # And where that is no C, the line of C that it works for.
    if beat > 1 and not line.file.endswith((".c", ".h")):  # nothing has called _start
        assert re.search(r"for [\w-]+\.[ch]:\d+ ", shown), beat
    # Nothing is cut in the middle of a word without saying so.
    assert text.count("\n") == 40
