"""Lanes and the lazy book of calls, against sums made one instruction at a time."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.session.test_kernel import open_program

from ringview.arm.psr import Mode
from ringview.session.session import Session
from ringview.session.syscalls import SyscallRecord
from ringview.views.assemble import FrameBuilder
from ringview.views.calls import CallBook, call_at, entered_before, entered_by
from ringview.views.frame import Privilege, TimeLane, ViewRequest
from ringview.views.inputs import THREAD_SIZE, Call
from ringview.views.lanes import Lanes
from ringview.views.timeline import follow

STRETCHES = st.lists(
    st.tuples(
        st.integers(1, 50),
        st.sampled_from((0xC1FD0000, 0xC1FD2000)),
        st.sampled_from(
            (("USR", Privilege.USER), ("SVC", Privilege.KERNEL), ("SVC", Privilege.ABORT))
        ),
    ),
    min_size=1,
    max_size=40,
)


def counted(values: list[bool], edges: list[int]) -> bytes:
    parts = [values[a:b] for a, b in pairwise(edges)]
    shares = [-(-sum(part) * 255 // max(1, len(part))) for part in parts]
    return bytes(shares) if any(shares) else b""


@given(STRETCHES, st.data())
def test_every_share_is_the_count_of_its_instructions(
    stretches: list[tuple[int, int, tuple[str, Privilege]]], data: st.DataObject
) -> None:
    lanes = Lanes()
    each: list[tuple[int, str, Privilege]] = []
    for length, thread, (mode, privilege) in stretches:
        lanes.add(len(each), len(each) + length, thread, mode, privilege)
        each += [(thread, mode, privilege)] * length
    first = data.draw(st.integers(0, len(each) - 1))
    last = data.draw(st.integers(first + 1, len(each)))
    columns = data.draw(st.integers(1, last - first))
    edges = [first + (last - first) * i // columns for i in range(columns + 1)]
    shown = lanes.picture(first, last, columns, threads=True)
    for lane in shown:
        own = [
            lane.name == mode
            if lane.kind == "mode"
            else lane.name.endswith(f"{thread & 0xFFFF:04x}")
            for thread, mode, _ in each
        ]
        for part, wanted in zip(
            (lane.user, lane.kernel, lane.abort), Privilege.__members__.values(), strict=False
        ):
            mine = [o and p is wanted for o, (_, _, p) in zip(own, each, strict=True)]
            assert part == counted(mine, edges)
        assert lane.instructions == sum(own[first:last])
    names = {(lane.kind, lane.name) for lane in shown}
    assert len(names) == len(shown)
    assert sum(lane.instructions for lane in shown if lane.kind == "mode") == last - first
    assert sum(lane.instructions for lane in shown if lane.kind == "thread") == last - first


def test_a_stack_passes_to_the_next_thread_when_it_is_next_switched_to() -> None:
    lanes = Lanes()
    for start, stop, thread in ((0, 100, 1), (100, 200, 2), (200, 300, 1), (300, 400, 2)):
        lanes.add(start, stop, thread << 13, "USR", Privilege.USER)
    lanes.note_caller(1 << 13, 50, 7, "old")
    lanes.note_caller(1 << 13, 90, 7, "old")
    lanes.note_caller(1 << 13, 250, 8, "new")
    lanes.note_caller(2 << 13, 150, 9, "other")
    found = {lane.number: lane for lane in lanes.picture(0, 400, 4, threads=True)}
    assert found[7].user == bytes((255, 0, 0, 0))
    assert found[8].user == bytes((0, 0, 255, 0))
    assert found[9].user == bytes((0, 255, 0, 255))
    assert [lane.number for lane in lanes.picture(0, 400, 4, threads=True)] == [-1, 7, 8, 9]


@given(st.integers(0, 10**6), st.integers(1, 10**5), st.integers(0, 2 * 10**6))
def test_a_window_follows_now_and_stands_still_while_it_can(
    first: int, span: int, now: int
) -> None:
    window = follow((first, first + span), now)
    assert window[1] - window[0] == span
    assert window[0] <= now < window[1]
    assert follow(window, now) == window
    if first <= now < first + span:
        assert window == (first, first + span)


@pytest.fixture(scope="module")
def threads() -> Session:
    session = open_program("threads", "3", "200")
    session.run(100_000_000)
    return session


def lane(lanes: tuple[TimeLane, ...], name: str) -> TimeLane:
    return next(lane for lane in lanes if lane.name == name)


def test_the_lanes_of_a_run_are_what_its_trace_says(threads: Session) -> None:
    """Mode and kernel stack of every instruction of the program, counted one by one."""
    builder = FrameBuilder(threads)
    first = threads.first_user or 0
    threads.goto(first)
    view = ViewRequest(columns=100, large="time", steps=30)
    shown = builder.build(None, view, 1).timeline
    trace = threads.window(first, threads.end)
    modes = trace.insns["cpsr"] & 0x1F
    for name, mode in (("USR", Mode.USR), ("SVC", Mode.SVC)):
        told = lane(shown.lanes, name).instructions
        traced = int((modes == int(mode)).sum())
        # Fetches that fault count, and leave no record.
        unfetched = sum(
            1
            for event in threads.transitions(first, threads.end)
            if event.cause == "prefetch abort" and event.from_mode is mode
        )
        assert told == traced + unfetched
    stacks = trace.insns["r"][:, 13][modes == int(Mode.SVC)] & ~np.uint32(THREAD_SIZE - 1)
    named = [one for one in shown.lanes if one.kind == "thread"]
    assert {one.name for one in named} >= {"threads"}
    assert len({one.number for one in named if one.name == "threads"}) == 4
    kernel = sum(len(one.kernel) > 0 or len(one.abort) > 0 for one in named)
    assert kernel == len(set(stacks.tolist()))
    assert sum(one.instructions for one in named) == threads.end - first


def test_single_instructions_and_their_places(threads: Session) -> None:
    builder = FrameBuilder(threads)
    call = next(call for call in threads.syscalls() if call.name == "futex")
    threads.goto(call.enter - 1)
    threads.bookmark("the door")
    view = ViewRequest(
        columns=60, large="time", steps=20, timeline=(call.enter - 30, call.enter + 30)
    )
    shown = builder.build(None, view, 1).timeline
    steps = {step.icount: step for step in shown.steps}
    assert sorted(steps) == list(range(call.enter - 11, call.enter + 9))
    svc = steps[call.enter - 1]
    assert (svc.text, svc.mode, svc.mark) == ("svc #0", "USR", "⚑ the door, svc")
    assert svc.task.startswith("threads[")
    assert steps[call.enter].mode == "SVC"
    trace = threads.window(call.enter - 30, call.enter + 30)
    for row in trace.insns:
        icount, va = int(row["icount"]), int(row["r"][15])
        place = next(place for place in shown.places if place.start <= icount < place.stop)
        assert threads.describe(va).partition("+")[0] == place.name
    user = lane(shown.lanes, "USR").user
    assert user == bytes(
        255 if at < call.enter else 0 for at in range(call.enter - 30, call.enter + 30)
    )


def test_a_frame_puts_into_words_only_what_it_shows(threads: Session) -> None:
    builder = FrameBuilder(threads)
    threads.goto(threads.end)
    told: list[int] = []
    original = builder.run._call

    def tell(record: SyscallRecord) -> Call:
        told.append(record.ordinal)
        return original(record)

    builder.run._call = tell  # type: ignore[method-assign]
    builder.build(None, ViewRequest(log_rows=5), 1)
    assert len(threads.syscalls()) > 30
    assert len(told) < 15


def test_the_book_finds_what_a_list_finds(threads: Session) -> None:
    builder = FrameBuilder(threads)
    book = builder.run.calls(threads.syscalls())
    assert isinstance(book, CallBook)
    plain = list(book)
    chance = Random(1)
    for _ in range(200):
        at = chance.choice(
            [chance.randrange(threads.end), *(c.enter for c in plain), *(c.exit for c in plain)]
        )
        assert entered_by(book, at) == entered_by(plain, at)
        assert entered_before(book, at) == entered_before(plain, at)
        assert call_at(book, at) == call_at(plain, at)
    assert book[2:5] == plain[2:5]
    assert book[-1] == plain[-1]
