"""A small guest compiled by zig: interrupts, two threads, system calls, faults, console input."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ringview.guest.make import find_zig
from ringview.session.session import Session
from ringview.session.setup import Observe, SessionSetup

SOURCES = Path(__file__).parent / "data"

MakeSession = Callable[..., Session]


def build_mini(output: Path, tick: int) -> Path:
    zig = find_zig()
    if zig is None:
        pytest.skip("the ziglang package is not installed")
    command = [str(zig), "cc", "-target", "arm-freestanding-eabi", "-mcpu=cortex_a8", "-marm"]
    command += ["-O1", "-g", "-fno-omit-frame-pointer", "-fno-sanitize=all", "-nostdlib"]
    command += ["-ffreestanding", "-fno-stack-protector", f"-DTICK={tick}"]
    command += ["-Wl,-T,mini.ld", "mini.S", "mini.c", "-o", str(output)]
    done = subprocess.run(command, cwd=SOURCES, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return output


@pytest.fixture(scope="session")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its timer ticks every 10,000 instructions."""
    return build_mini(tmp_path_factory.mktemp("mini") / "mini", 2500)


@pytest.fixture
def make_session(mini: Path) -> MakeSession:
    def make(observe: Observe = "nothing", **more: object) -> Session:
        setup = SessionSetup("mini", mini, memory_bytes=2 << 20, observe=observe, **more)  # type: ignore[arg-type]
        return Session.open(setup)

    return make


@pytest.fixture(scope="module")
def mini_module(mini: Path) -> Session:
    return Session.open(SessionSetup("mini", mini, memory_bytes=2 << 20, observe="nothing"))
