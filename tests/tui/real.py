"""Frames of the real kernel at telling moments: what the engine sends, without an engine."""

from __future__ import annotations

from functools import cache

import pytest
from msgspec.structs import replace

from ringview.engine.opening import open_spec
from ringview.engine.spec import EngineSpec
from ringview.guest.make import find_zig
from ringview.views.frame import Frame, ViewRequest

SCENARIOS = ("hello2", "race-len", "absent", "vdso")
"""An ordinary call; a race that is lost; faults of user and kernel; no call where one is meant."""

REQUEST = ViewRequest(
    columns=110, steps=40, code_rows=48, source_lines=48, stack_slots=80, memory_rows=20
)
OF_LARGE = ("storyboard", "tables", "fetches", "frames")
"""Large views with a part of the frame of their own, by the same name."""


def moment(scenario: str, words: str) -> Frame:
    """One of `moments`."""
    return moments(scenario)[words]


@cache
def moments(scenario: str) -> dict[str, Frame]:
    """Each beat of a scenario, its first faults and its end: in words, to frames for which all
    large views were computed.
    """
    if find_zig() is None:
        pytest.skip("the ziglang package is not installed")
    opened = open_spec(EngineSpec(scenario=scenario), lambda *_: None, {})
    session = opened.session
    session.start()
    if opened.apply_inputs is not None:
        opened.apply_inputs()
    session.run()
    assert session.finished
    places = {f"beat {n}": icount for n, icount in enumerate(session.beats(), 1)}
    faults = [t.icount for t in session.transitions(session.first_user) if "abort" in t.cause]
    places |= {f"fault {n}": icount for n, icount in enumerate(faults[:2], 1)}
    places["end"] = session.end
    found = {}
    for words, icount in places.items():
        session.goto(icount)
        frame = opened.make_frame(REQUEST, 1, False, f"at {words}")
        for large in OF_LARGE:
            asked = opened.make_frame(replace(REQUEST, large=large), 1, False, "")
            frame = replace(frame, **{large: getattr(asked, large)})
        time = opened.make_frame(replace(REQUEST, large="time"), 1, False, "")
        found[words] = replace(frame, timeline=time.timeline)
    session.machine.close()
    return found
