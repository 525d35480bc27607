"""Engines of a race, and what is asked of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ringview.engine.client import Client
from ringview.engine.launch import spawn_engine
from ringview.engine.protocol import Done, Look
from ringview.engine.spec import EngineSpec
from ringview.views.frame import ViewRequest

RACE = """\
title: one race
kernel: {config: bbb_defconfig, set: {HELLO2: len_refetch, CPU_SW_DOMAIN_PAN: false%s}}
program: race-len
memory: 32
seed: 1
"""
"""A scenario without a schedule; what is filled in are further options of its kernel."""


@contextmanager
def engine_of(scenario: str, large: str = "") -> Iterator[Client]:
    """A client of a new engine, with its first frame.

    Args:
        scenario: a file, or the name of a shipped one.
        large: the large view that the client looks at.
    """
    handle = spawn_engine(EngineSpec(scenario=scenario))
    try:
        with Client(handle, timeout=180) as client:
            client.wait_frame()
            if large:
                client.send(Look(0, ViewRequest(large=large)))
            yield client
    finally:
        handle.close(timeout=5.0)


def ask(client: Client, command: object) -> str:
    """The text of an answer that is no refusal."""
    answer = client.send(command)  # type: ignore[arg-type]
    assert isinstance(answer, Done), answer
    return answer.text
