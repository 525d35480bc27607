"""Stepping by units, forwards and backwards, against what the traced instructions say."""

from __future__ import annotations

from random import Random

import pytest

from ringview.session.session import Session
from ringview.session.stops import Reason

from .conftest import MakeSession

START = 60_000


@pytest.fixture(scope="module")
def session(mini_module: Session) -> Session:
    mini_module.run(400_000)
    return mini_module


def line_of(session: Session) -> tuple[str, int]:
    line = session.code.line(session.state().raw.pc)
    return ("", 0) if line is None else (line.file, line.number)


def function_of(session: Session) -> str:
    return session.describe(session.state().raw.pc).partition("+")[0]


def reference_lines(session: Session, first: int, last: int) -> list[int]:
    """Where lines begin, found one instruction at a time."""
    trace = session.window(first, last)
    found: list[int] = []
    before = session.code.line(int(trace.insns["r"][0][15]))
    for icount, registers in zip(trace.insns["icount"], trace.insns["r"], strict=True):
        line = session.code.line(int(registers[15]))
        if line is not None and (before is None or str(line) != str(before)):
            found.append(int(icount))
        before = line or before
    return found


@pytest.mark.parametrize("unit", ["instruction", "line", "transition", "syscall"])
def test_back_undoes_forward(session: Session, unit: str) -> None:
    session.goto(START)
    visited = []
    for _ in range(40):
        assert session.step(unit, 1).arrived
        visited.append(session.icount)
    assert visited == sorted(set(visited))
    for icount in reversed(visited[:-1]):
        assert session.step(unit, -1).arrived
        assert session.icount == icount


def test_lines_are_those_a_slow_search_finds(session: Session) -> None:
    session.goto(START)
    session.step("line", 1)
    first = session.icount
    expected = reference_lines(session, first - 1, first + 1_500)
    got = [first]
    while got[-1] < expected[-1]:
        session.step("line", 1)
        got.append(session.icount)
    assert got == expected
    session.goto(first + 1_500)
    back = []
    while session.icount > first:
        session.step("line", -1)
        back.append(session.icount)
    assert back[::-1] == expected


def test_a_count_is_that_many_steps(session: Session) -> None:
    session.goto(START)
    session.step("line", 7)
    seven = session.icount
    session.goto(START)
    for _ in range(7):
        session.step("line", 1)
    assert session.icount == seven
    assert session.step("line", -6).text == "6 lines back"


def test_over_runs_calls_through_and_stays_in_its_function(session: Session) -> None:
    session.goto_place("thread_b")
    session.step("over", 1)
    visited = []
    for _ in range(150):
        assert session.step("over", 1).arrived
        assert function_of(session) == "thread_b"
        visited.append(session.icount)
    # Recursion, system calls, faults and thread switches went by meanwhile.
    assert visited[-1] - visited[0] > 1_500
    for icount in reversed(visited[:-1]):
        assert session.step("over", -1).arrived
        assert session.icount == icount


def test_out_returns_to_the_caller_and_back_to_the_call(session: Session) -> None:
    session.goto_place("deep")
    for _ in range(3):
        # Into the recursion.
        session.step("instruction", 1)
        session.goto_place("deep")
    state = session.state()
    lr, sp = state.registers["lr"], state.registers["sp"]
    entered = session.icount
    session.step("instruction", 6)
    assert session.step("out", 1).arrived
    assert session.state().raw.pc == lr
    assert session.state().raw.r[13] == sp
    session.goto(entered + 6)
    assert session.step("out", -1).arrived
    assert session.icount == entered - 1
    assert session.state().raw.pc == lr - 4


def test_out_of_a_system_call_leads_back_to_the_program(session: Session) -> None:
    session.goto_place("mini_syscall")
    enter = session.last_transition_at_or_before(session.icount)
    assert enter is not None
    session.step("out", 1)
    assert function_of(session) == "v_svc"
    session.step("out", 1)
    assert session.state().raw.pc == enter.pc + 4
    assert session.state().mode.name == "USR"


def test_over_an_svc_lands_behind_it(session: Session) -> None:
    session.goto(START)
    session.step("syscall", 1)
    session.step("instruction", -1)
    pc = session.state().raw.pc
    assert session.state().mode.name == "USR"
    session.step("over", 1)
    assert session.state().mode.name == "USR"
    assert session.state().raw.pc > pc


def test_breakpoints_both_ways(session: Session) -> None:
    session.goto(START)
    va = session.resolve_address("mix")
    session.stops.add_address(va)
    try:
        hits = []
        for _ in range(20):
            stop = session.run()
            assert stop.reason is Reason.BREAKPOINT
            assert session.state().raw.pc == va
            hits.append(stop.icount)
        assert hits == sorted(set(hits))
        for icount in reversed(hits[:-1]):
            assert session.step("breakpoint", -1).icount == icount
        assert session.step("breakpoint", 2).icount == hits[2]
    finally:
        session.stops.clear_address(va)
    trace = session.window(hits[0], hits[-1] + 1)
    assert trace.insns["icount"][trace.insns["r"][:, 15] == va].tolist() == hits


def test_far_backwards_searches_cross_many_windows(session: Session) -> None:
    session.goto(390_000)
    va = session.resolve_address("boot_main")
    session.stops.add_address(va)
    try:
        assert session.step("breakpoint", -1).arrived
        assert session.state().raw.pc == va
        assert session.step("breakpoint", -1).reason is Reason.EDGE
    finally:
        session.stops.clear_address(va)


def test_the_edges_of_the_run(session: Session) -> None:
    session.goto(2)
    assert session.step("instruction", -5).icount == 0
    for unit in ("line", "transition", "syscall", "breakpoint", "over", "out"):
        stop = session.step(unit, -1)
        assert stop.icount == 0, unit


def test_places(session: Session) -> None:
    session.goto(START)
    assert session.resolve_place("41,207") == 41_207
    assert session.icount == START
    assert session.resolve_place("start") == session.first_user
    calls = session.syscalls()
    assert session.resolve_place("syscall 3") == calls[2].enter
    mix = session.resolve_place("mix")
    assert mix > START
    assert session.goto_place("mix").icount == mix
    assert session.resolve_place(f"{session.resolve_address('mix'):#x}") > mix
    line = line_of(session)
    assert session.resolve_place(f"mini.c:{line[1]}") > mix
    # Never again, so the first time is meant.
    once = session.resolve_place("boot_main")
    assert once < START
    session.bookmark("a place")
    session.goto(5)
    assert session.goto_place("a place").icount == mix


def test_system_calls(make_session: MakeSession) -> None:
    session = make_session()
    session.run(30_000)
    calls = list(session.syscalls())
    first = calls[0]
    assert (first.nr, first.args[0], first.signed_ret) == (1, 0, 1)
    assert first.exit is not None
    assert first.instructions == {"SVC": first.exit - first.enter}
    session.goto(first.enter)
    state = session.state()
    assert state.mode.name == "SVC"
    assert (state.registers["sp_usr"], state.registers["sp_svc"]) == (
        first.sp_user,
        first.sp_kernel,
    )
    session.goto(first.exit)
    assert session.state().mode.name == "USR"
    assert session.state().registers["r0"] == first.ret
    # Going on adds to them, and changes none.
    session.goto(60_000)
    assert list(session.syscalls())[: len(calls) - 1] == calls[:-1]


def test_what_was_seen_at_the_stop_before_is_kept(session: Session) -> None:
    session.goto_place("mini_syscall")
    calls = session.resolve_address("calls")
    before = session.state().read_virtual(calls, 4)
    session.step("out", 1)
    assert session.previous is not None
    assert session.previous.read_virtual(calls, 4) == before
    assert session.state().read_virtual(calls, 4) != before
    assert session.previous.registers["pc"] != session.state().registers["pc"]
    assert session.previous.read_virtual(0x80100000, 4) is None


def test_the_tail_is_what_has_just_run(session: Session) -> None:
    observed = session.setup.observe
    assert observed == "nothing"
    session.goto(START)
    assert len(session.tail(1).insns) == 0


def test_system_calls_of_a_future_that_will_not_be_are_forgotten(
    make_session: MakeSession,
) -> None:
    session = make_session()
    session.run(100_000)
    calls = list(session.syscalls())
    within = calls[len(calls) // 2]
    session.goto(within.enter + 3)
    session.input_console(b"x")
    kept = list(session.syscalls())
    assert kept[:-1] == calls[: len(kept) - 1]
    assert (kept[-1].enter, kept[-1].exit, kept[-1].ret) == (within.enter, None, None)
    session.run(100_000)
    fresh = make_session(inputs=tuple(session.journal))
    fresh.run(100_000)
    assert list(session.syscalls()) == list(fresh.syscalls())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("unit", ["instruction", "line", "transition", "syscall", "breakpoint"])
def test_n_forwards_and_n_back_is_the_same_state(session: Session, unit: str, seed: int) -> None:
    chance = Random(seed)
    session.goto(chance.randrange(START, 300_000))
    session.stops.add_address(session.resolve_address("mix"))
    try:
        # From a boundary of the unit, so that the way back ends there.
        session.step(unit, 1)
        begin, digest = session.icount, session.digest()
        count = chance.randrange(2, 30)
        session.step(unit, count)
        there, digest_there = session.icount, session.digest()
        session.step(unit, -count)
        assert (session.icount, session.digest()) == (begin, digest)
        session.step(unit, count)
        assert (session.icount, session.digest()) == (there, digest_there)
    finally:
        session.stops.take_over(())
