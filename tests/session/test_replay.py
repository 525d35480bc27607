"""Determinism: whatever the way to an icount, the machine there is the same."""

from __future__ import annotations

import itertools
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringview.machine.machine import EPOCH
from ringview.session.session import Session
from ringview.session.stops import Reason

from .conftest import MakeSession

RUN = 400_000


@pytest.fixture(scope="module")
def recorded(mini_module: Session) -> Session:
    mini_module.run(RUN)
    return mini_module


@settings(max_examples=60, deadline=None)
@given(position=st.integers(1, RUN), back=st.integers(1, 3 * EPOCH))
def test_back_n_and_forward_n_give_the_same_digest(
    recorded: Session, position: int, back: int
) -> None:
    recorded.goto(position)
    before = recorded.digest()
    back = min(back, position)
    assert recorded.step("instruction", -back).icount == position - back
    middle = recorded.digest()
    assert middle != before
    assert recorded.step("instruction", back).icount == position
    assert recorded.digest() == before


def test_the_run_has_what_makes_replay_hard(recorded: Session) -> None:
    causes = {event.cause for event in recorded.transitions()}
    assert {"irq", "svc", "data abort", "undefined", "return"} <= causes
    threads = {event.sp_usr & ~0xFFF for event in recorded.transitions() if event.cause == "irq"}
    assert len(threads) == 2


def test_two_runs_are_the_same_bit_for_bit(make_session: MakeSession) -> None:
    def chain(session: Session) -> list[bytes]:
        digests = []
        for at in range(10_000, 300_000, 17_001):
            session.run(at)
            digests.append(session.digest())
        return digests

    first, second = make_session(), make_session()
    assert chain(first) == chain(second)
    assert first.transitions() == second.transitions()


@pytest.mark.parametrize("observe", ["nothing", "everything"])
def test_how_a_run_is_sliced_does_not_matter(make_session: MakeSession, observe: str) -> None:
    whole, sliced = make_session(observe), make_session(observe)
    whole.run(300_000)
    chance = random.Random(1)
    while sliced.icount < 300_000:
        sliced.run(min(300_000, sliced.icount + chance.randrange(1, 9_000)))
    assert whole.digest() == sliced.digest()
    assert [e.icount for e in whole.transitions()] == [e.icount for e in sliced.transitions()]


def test_a_traced_run_is_the_same_as_a_plain_one(make_session: MakeSession) -> None:
    plain, traced = make_session("nothing"), make_session("everything")
    plain.run(300_000)
    traced.run(300_000)
    assert plain.digest() == traced.digest()


def test_a_window_shows_each_instruction_once_and_leaves_no_trace(recorded: Session) -> None:
    recorded.goto(123_456)
    before = recorded.digest()
    trace = recorded.window(EPOCH - 500, EPOCH + 500)
    assert trace.insns["icount"].tolist() == list(range(EPOCH - 500, EPOCH + 500))
    assert recorded.digest() == before
    for index in (0, 499, 500, 999):
        recorded.goto(EPOCH - 500 + index)
        assert recorded.state().raw.pc == trace.insns["r"][index][15]


def test_events_are_recorded_once(recorded: Session) -> None:
    count = len(recorded.recorder.timeline.events)
    for at in (5, RUN, EPOCH, 3 * EPOCH, 77_777, RUN):
        recorded.goto(at)
    assert len(recorded.recorder.timeline.events) == count
    icounts = [event.icount for event in recorded.transitions()]
    assert icounts == sorted(icounts)


def test_inputs_are_repeated(make_session: MakeSession) -> None:
    session = make_session()
    session.run(50_001)
    session.input_console(b"hello")
    session.run(150_000)
    session.inject_irq(30)
    session.run(EPOCH * 2)
    session.input_console(b"at an epoch's edge")
    session.run(400_000)
    end = session.digest()
    received = session.state().read_physical(address(session, "received"), 4)
    assert received != bytes(4)
    for at in (0, 50_000, 50_001, 50_002, 150_000, EPOCH * 2, EPOCH * 2 + 1):
        session.goto(at)
        session.goto(400_000)
        assert session.digest() == end

    other = make_session(inputs=tuple(session.journal))
    other.run(400_000)
    assert other.digest() == end


def test_an_input_in_the_past_makes_another_future(make_session: MakeSession) -> None:
    session = make_session()
    session.run(300_000)
    first = session.digest()
    events = list(session.transitions(None, 100_000))
    session.goto(100_000)
    session.input_console(b"x")
    assert session.end == 100_000
    assert list(session.transitions())[: len(events)] == events
    session.run(300_000)
    assert session.digest() != first
    fresh = make_session(inputs=tuple(session.journal))
    fresh.run(300_000)
    assert fresh.digest() == session.digest()
    assert fresh.transitions() == session.transitions()


def address(session: Session, symbol: str) -> int:
    found = session.kernel.symbols.address_of(symbol)
    assert found is not None
    return found


def test_an_interrupted_motion_ends_at_a_valid_place(make_session: MakeSession) -> None:
    session = make_session()
    polls = 0

    def stop_soon() -> bool:
        nonlocal polls
        polls += 1
        return polls >= 3

    session.interrupted = stop_soon
    stop = session.run()
    assert stop.reason is Reason.INTERRUPTED
    assert stop.icount == session.icount > 0
    here = session.digest()
    session.interrupted = lambda: False
    session.step("instruction", -1)
    session.step("instruction", 1)
    assert session.digest() == here


def test_a_pause_is_asked_for_often(make_session: MakeSession) -> None:
    session = make_session()
    times: list[float] = []

    def note() -> bool:
        # Of this process alone: others share this computer.
        times.append(time.process_time())
        return len(times) > 100

    session.interrupted = note
    session.run()
    gaps = sorted(b - a for a, b in itertools.pairwise(times))
    assert gaps[len(gaps) * 9 // 10] < 0.015


def test_checkpoints_stay_within_their_bound_and_replay_goes_on(
    make_session: MakeSession,
) -> None:
    session = make_session(checkpoint_bytes=3 << 19)
    session.run(30 * EPOCH)
    store = session.recorder._checkpoints
    assert store.bytes_used() <= (3 << 19) + (1 << 19)
    assert 0 in session.recorder.checkpoints
    session.goto(7 * EPOCH + 5)
    early = session.digest()
    session.goto(29 * EPOCH)
    session.goto(7 * EPOCH + 5)
    assert session.digest() == early
