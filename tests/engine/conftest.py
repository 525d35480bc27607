"""Engines on a small guest."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.small_guest import build_mini

from ringview.engine.client import Client
from ringview.engine.launch import EngineHandle, spawn_engine
from ringview.engine.spec import EngineSpec

HERE = Path(__file__).parent

Spawn = Callable[..., EngineHandle]


@pytest.fixture(scope="session")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guest of the session's tests, whose timer ticks every 10,000 instructions."""
    return build_mini(tmp_path_factory.mktemp("mini") / "mini")


@pytest.fixture
def spawn(mini: Path) -> Iterator[Spawn]:
    handles: list[EngineHandle] = []

    def start(**more: str) -> EngineHandle:
        spec = EngineSpec(**{"kernel": str(mini), **more})  # type: ignore[arg-type]
        handles.append(spawn_engine(spec, (str(HERE / "mini_engine.py"),)))
        return handles[-1]

    yield start
    for handle in handles:
        handle.close(timeout=5.0)


@pytest.fixture
def engine(spawn: Spawn) -> EngineHandle:
    return spawn()


@pytest.fixture
def client(engine: EngineHandle) -> Iterator[Client]:
    with Client(engine) as client:
        yield client


assert sys.version_info >= (3, 11)
