"""A program that commits one of each fault, on a kernel whose hello commits the kernel's own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from tests.kernel_build.conftest import build, copy_tree

from ringview.arm.psr import Mode
from ringview.guest.make import find_zig
from ringview.machine.events import Transition
from ringview.session.journal import JournalEntry
from ringview.session.session import Session
from ringview.session.setup import SessionSetup
from ringview.views.assemble import FrameBuilder
from ringview.views.frame import Frame, ViewRequest

TICKS = tuple(3_001 * i for i in range(24))
"""When the timer's line is raised: the first time in user mode, then wherever that is."""

DATA = Path(__file__).parent / "data"


class Stage:
    """A run recorded to its end, and frames of it."""

    def __init__(self, session: Session, *, started: bool = False) -> None:
        self.session = session
        if not started:
            session.start()
        session.run()
        assert session.finished

    def frame(self, icount: int, request: ViewRequest | None = None) -> Frame:
        """The frame of a moment, come to from the one before it."""
        self.session.goto(icount)
        return FrameBuilder(self.session).build(None, request or ViewRequest(), 1)

    def faults(self) -> list[Transition]:
        """Aborts and undefined instructions since the program's start."""
        kinds = ("data abort", "prefetch abort", "undefined")
        first = self.session.first_user
        return [t for t in self.session.transitions(first) if t.cause in kinds]

    def in_user_mode(self) -> int:
        """A moment in user mode that has a few instructions of it on either side."""
        moves = self.session.transitions(self.session.first_user)
        return next(
            entered.icount + 5
            for entered, left in pairwise(moves)
            if entered.to_mode is Mode.USR and left.icount > entered.icount + 10
        )

    def fault_in(self, function: str, cause: str = "data abort", level: str = "") -> Transition:
        """The first fault of an instruction in a function; ``level`` is PL0, PL1 or either."""
        for t in self.faults():
            where = self.session.describe(t.pc).partition("+")[0]
            own = level in ("", "PL0" if t.from_mode is Mode.USR else "PL1")
            if t.cause == cause and where == function and own:
                return t
        raise AssertionError(f"no {cause} in {function}")


@pytest.fixture(scope="session")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, with DWARF."""
    if find_zig() is None:
        pytest.skip("the ziglang package is not installed")
    program = tmp_path_factory.mktemp("stories") / "stories"
    command = [sys.executable, "-m", "ziglang", "cc", "-target", "arm-linux-musleabihf"]
    command += ["-mcpu=cortex_a8", "-marm", "-static", "-g", "-gdwarf-4", "-O1", "-w"]
    command += ["-Xclang", "-O1", "-fno-omit-frame-pointer", "-fno-sanitize=all"]
    command += ["-fno-optimize-sibling-calls", "-ffile-prefix-map=" + str(DATA) + "=stories"]
    subprocess.run([*command, "-o", program, DATA / "stories.c"], check=True, timeout=300)
    return program


@pytest.fixture(scope="session")
def faulty_kernel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kernel of bbb_defconfig whose hello commits faults, as its second argument says."""
    top = tmp_path_factory.mktemp("faulty")
    tree = copy_tree(top / "kernel")
    shutil.copy(DATA / "sys-hello.c", tree / "kernel/sys-hello.c")
    return build(tree, top / "out")


MakeStage = Callable[..., Stage]


@pytest.fixture(scope="session")
def make_stage(stories: Path, faulty_kernel: Path) -> Iterator[MakeStage]:
    """``make_stage("1", ticks=True)``: the program run with these arguments, interrupted."""
    made: dict[tuple[object, ...], Stage] = {}

    def make(*args: str, ticks: bool = False) -> Stage:
        key = (*args, ticks)
        if key not in made:
            first = make(*args).in_user_mode() if ticks else 0
            inputs = tuple(JournalEntry(first + tick, "irq", line=68) for tick in TICKS if ticks)
            setup = SessionSetup("stories", faulty_kernel, stories, args, inputs=inputs)
            made[key] = Stage(Session.open(setup))
        return made[key]

    yield make
    for stage in made.values():
        stage.session.close()


@pytest.fixture(scope="session")
def stage(make_stage: MakeStage) -> Stage:
    """The program run without an argument: the kernel commits nothing."""
    return make_stage()


@pytest.fixture(scope="session")
def ticking(make_stage: MakeStage) -> Stage:
    """The same with interrupts all along."""
    return make_stage(ticks=True)
