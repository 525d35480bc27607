"""A small guest compiled by zig: interrupts, two threads, system calls, faults, console input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.small_guest import build_mini

from ringview.session.session import Session
from ringview.session.setup import Observe, SessionSetup

MakeSession = Callable[..., Session]


@pytest.fixture(scope="session")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its timer ticks every 10,000 instructions."""
    return build_mini(tmp_path_factory.mktemp("mini") / "mini")


@pytest.fixture
def make_session(mini: Path) -> MakeSession:
    def make(observe: Observe = "nothing", **more: object) -> Session:
        setup = SessionSetup("mini", mini, memory_bytes=2 << 20, observe=observe, **more)  # type: ignore[arg-type]
        return Session.open(setup)

    return make


@pytest.fixture(scope="module")
def mini_module(mini: Path) -> Session:
    return Session.open(SessionSetup("mini", mini, memory_bytes=2 << 20, observe="nothing"))
