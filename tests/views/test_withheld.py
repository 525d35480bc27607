"""While a question waits, the screen tells nothing that comes: it shows the same as if the run had
been recorded only up to here.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from ringview.engine.opened import Opened
from ringview.engine.opening import open_spec
from ringview.engine.spec import EngineSpec
from ringview.guest.make import find_zig
from ringview.scenario.load import load_scenario
from ringview.views.frame import Frame, TimeLane, Timeline, ViewRequest
from ringview.views.withheld import WAITS, withheld

SCENARIOS = sorted(path.stem for path in (Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
ASKED = {
    name: asked
    for name in SCENARIOS
    if (asked := [n for n, beat in enumerate(load_scenario(name).beats) if beat.ask])
}
"""The beats that ask something, counted from 0, of each scenario that has any."""

REQUEST = ViewRequest(
    columns=110, steps=40, code_rows=48, source_lines=48, stack_slots=80, memory_rows=20
)
LARGE = ("storyboard", "fetches", "tables", "frames")


def opened(scenario: str) -> Opened:
    found = open_spec(EngineSpec(scenario=scenario), lambda *_: None, {})
    found.session.start()
    if found.apply_inputs is not None:
        found.apply_inputs()
    return found


def whole_frame(found: Opened) -> Frame:
    """What the screen and its large views show here."""
    frame = found.make_frame(REQUEST, 1, False, "here")
    for large in LARGE:
        asked = found.make_frame(replace(REQUEST, large=large), 1, False, "")
        frame = replace(frame, **{large: getattr(asked, large)})
    time = found.make_frame(replace(REQUEST, large="time"), 1, False, "")
    return replace(frame, timeline=time.timeline)


def as_if_the_run_ended_here(frame: Frame) -> Frame:
    """A frame without what says how much was recorded, and the lists that end at now, which
    `ends_now` looks at.
    """
    header = replace(frame.header, end=0, finished=False)
    told = replace(frame.narration, beats=(), hops=(), transition=None)
    timeline = Timeline(0, 0, 0, (), (), places=frame.timeline.places)
    lists = {"storyboard": None, "fetches": None}
    return replace(frame, header=header, narration=told, timeline=timeline, **lists)


def ends_now(frame: Frame) -> None:
    """No list of the frame goes beyond its stop."""
    now = frame.header.icount
    told, timeline = frame.narration, frame.timeline
    assert not told.next_effect
    assert all(hop.icount <= now and (hop.place or hop.note) for hop in told.hops)
    assert not any(beat.title for beat in told.beats if not 0 <= beat.icount <= now)
    if told.transition is not None and told.transition.icount > now:
        assert told.transition.headline == WAITS
        assert not told.transition.rows
        assert not told.transition.steps
        assert not told.transition.to_mode
    assert told.fault is None or (told.fault.icount <= now and not told.fault.what_next)
    assert not any(row.note for row in frame.code.rows if row.current)
    assert not frame.translation.pending or not frame.translation.verdict
    ahead = [mark for mark in timeline.marks if mark.icount > now]
    assert {mark.kind for mark in ahead} <= {"beat", "end"}
    assert not any(mark.label for mark in ahead if mark.kind == "beat")
    assert all(span.stop <= now for span in timeline.spans)
    assert all(step.icount <= now for step in timeline.steps)
    assert all(columns_after(lane, frame) == 0 for lane in timeline.lanes)
    if frame.storyboard is not None and frame.storyboard.ordinal >= 0:
        assert frame.storyboard.last <= now
    if frame.fetches is not None:
        assert all(row.done for row in frame.fetches.rows)


def columns_after(lane: TimeLane, frame: Frame) -> int:
    """What a lane shows right of now."""
    line = frame.timeline
    total = 0
    for part in (lane.user, lane.kernel, lane.abort):
        now = (frame.header.icount - line.first) * len(part) // max(1, line.last - line.first)
        total += sum(part[now + 1 :])
    return total


@pytest.mark.parametrize("scenario", ASKED)
def test_every_question_is_asked_as_if_the_run_ended_there(scenario: str) -> None:
    if find_zig() is None:
        pytest.skip("the ziglang package is not installed")
    recorded = opened(scenario)
    recorded.session.run()
    places = recorded.session.beats()
    seen = {}
    for number in ASKED[scenario]:
        recorded.session.goto(places[number])
        frame = whole_frame(recorded)
        seen[number] = withheld(frame)
        ends_now(seen[number])
    recorded.session.machine.close()
    fresh = opened(scenario)
    for number in ASKED[scenario]:
        fresh.session.goto(places[number])
        frame = as_if_the_run_ended_here(withheld(whole_frame(fresh)))
        fault = frame.narration.fault
        if fault is not None and seen[number].narration.fault is None:
            # In place of the fault that comes, which was kept back, the latest one.
            assert fault.icount < places[number]
            frame = replace(frame, narration=replace(frame.narration, fault=None))
        assert frame == as_if_the_run_ended_here(seen[number]), number
    fresh.session.machine.close()


def test_the_sample_does_tell_what_comes() -> None:
    """The test above could see a difference."""
    if find_zig() is None:
        pytest.skip("the ziglang package is not installed")
    recorded = opened("hello2")
    recorded.session.run()
    recorded.session.goto(recorded.session.beats()[2])
    frame = whole_frame(recorded)
    recorded.session.machine.close()
    with pytest.raises(AssertionError):
        ends_now(frame)
    kept = withheld(frame)
    assert [hop.name for hop in kept.narration.hops] == ["user stub", "…"]
    assert kept.registers == frame.registers
    assert kept.stacks == frame.stacks
    assert kept.memory == frame.memory
    assert kept.translation.steps == frame.translation.steps
    assert kept.translation.verdicts == frame.translation.verdicts
