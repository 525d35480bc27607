"""Breakpoints and watchpoints with conditions, both ways, against the whole run's trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

import numpy as np
import pytest

from ringview.errors import InputError
from ringview.machine.trace import Trace
from ringview.session.pace import LONGEST_SLICE
from ringview.session.session import Session
from ringview.session.stoppoints import from_note
from ringview.session.stops import Reason

from .conftest import MakeSession

FIRST, LAST = 40_000, 100_000


@pytest.fixture(scope="module")
def recorded(mini_module: Session) -> tuple[Session, Trace]:
    mini_module.run(160_000)
    return mini_module, mini_module.window(FIRST, LAST)


@pytest.fixture
def session(recorded: tuple[Session, Trace]) -> Iterator[Session]:
    yield recorded[0]
    recorded[0].stops.take_over(())


def walk(session: Session, count: int = 10_000) -> list[int]:
    """Every stop between the two ends, forwards; then the way back must be the same."""
    session.goto(FIRST)
    found: list[int] = []
    while len(found) < count:
        stop = session.run(LAST)
        if stop.reason is Reason.ARRIVED:
            break
        assert stop.reason in (Reason.BREAKPOINT, Reason.WATCHPOINT)
        found.append(stop.icount)
    back: list[int] = []
    while True:
        stop = session.step("breakpoint", -1)
        if stop.reason is Reason.EDGE or stop.icount < FIRST:
            break
        back.append(session.icount)
    # A watchpoint stops behind the access on the way on, and before it on the way back.
    offset = 1 if session.stops.watches else 0
    at_start = [at for at in back if at == FIRST]
    forwards = [at - offset for at in found]
    assert back[::-1] == [*at_start, *forwards]
    return forwards


def executions(trace: Trace, va: int, holds: Callable[[np.void], bool]) -> list[int]:
    rows = trace.insns[trace.insns["r"][:, 15] == va]
    return [int(row["icount"]) for row in rows if int(row["icount"]) > FIRST and holds(row)]


def test_a_condition_over_registers_holds_both_ways(
    session: Session, recorded: tuple[Session, Trace]
) -> None:
    va = session.resolve_address("mix")
    session.stops.add_breakpoint("mix if r1 & 31 == 3 || r1 > 4000000000")
    expected = executions(
        recorded[1], va, lambda row: int(row["r"][1]) & 31 == 3 or row["r"][1] > 4_000_000_000
    )
    assert len(expected) > 5
    assert walk(session) == expected
    point = session.stops.all[0]
    # The way back went on to the one before the first.
    assert session.stops.hits(point) == len(expected) + 1


def test_a_condition_over_memory_holds_both_ways(
    session: Session, recorded: tuple[Session, Trace]
) -> None:
    """The oracle reads the variable where the trace says that the instruction was executed."""
    va = session.resolve_address("mini_syscall")
    candidates = executions(recorded[1], va, lambda _: True)
    expected = []
    for icount in candidates:
        session.goto(icount)
        calls = session.state().read_virtual(session.resolve_address("calls"), 4)
        assert calls is not None
        if int.from_bytes(calls, "little") % 4 == 1:
            expected.append(icount)
    assert 2 < len(expected) < len(candidates)
    session.stops.add_breakpoint("mini_syscall if calls & 3 == 1")
    assert walk(session) == expected
    session.stops.take_over(())
    session.stops.add_breakpoint("mini_syscall if [&calls] & 3 == 1 and r0 == r0")
    assert walk(session) == expected


def test_a_parameter_in_a_register_is_read_there(
    session: Session, recorded: tuple[Session, Trace]
) -> None:
    va = session.resolve_address("mini_syscall")
    expected = executions(recorded[1], va, lambda row: row["r"][0] == 77)
    assert expected
    session.stops.add_breakpoint("mini_syscall if argument == 77")
    assert walk(session) == expected


@pytest.mark.parametrize("seed", range(6))
def test_watchpoints_with_conditions_hold_both_ways(
    session: Session, recorded: tuple[Session, Trace], seed: int
) -> None:
    trace, chance = recorded[1], Random(seed)
    kind = chance.choice(("read", "write", "access"))
    stores = trace.accesses[trace.accesses["flags"] & 1 == 1]
    pa = int(chance.choice(stores)["pa"]) & ~3
    touches = []
    for access in trace.accesses:
        write = bool(access["flags"] & 1)
        near = access["pa"] < pa + 4 and pa < int(access["pa"]) + int(access["size"])
        if near and kind in ("access", "write" if write else "read"):
            touches.append(int(access["icount"]))
    touches = list(dict.fromkeys(touches))[:15]
    bit = chance.choice((1, 2, 4))
    expected = []
    for icount in touches:
        session.goto(icount + 1)
        if session.state().registers["r3"] & bit or session.state().registers["r2"] & bit:
            expected.append(icount)
    session.stops.toggle_watch(f"{kind} pa:{pa:08x}/4 if r3 & {bit} || r2 & {bit}", "write")
    session.goto(FIRST)
    found: list[int] = []
    while len(found) < len(expected):
        stop = session.run(LAST)
        assert stop.reason is Reason.WATCHPOINT
        found.append(stop.icount - 1)
    assert found == expected
    back = [session.step("breakpoint", -1).icount for _ in found]
    assert back == expected[::-1]


def test_one_of_several_alone(session: Session, recorded: tuple[Session, Trace]) -> None:
    mix = session.stops.add_breakpoint("mix")
    call = session.stops.add_breakpoint("mini_syscall if r0 == 77")
    va = session.resolve_address("mini_syscall")
    expected = executions(recorded[1], va, lambda row: row["r"][0] == 77)
    session.goto(FIRST)
    for icount in expected:
        assert session.go_to_stop(call.number, 1).icount == icount
    for icount in expected[-2::-1]:
        assert session.go_to_stop(call.number, -1).icount == icount
    assert (session.stops.hits(mix), session.stops.hits(call)) == (0, len(expected))
    # All breakpoints of the session stand again.
    assert session.run().text == "breakpoint at mix"
    session.stops.remove(mix.number)
    with pytest.raises(InputError, match=f"no breakpoint or watchpoint {mix.number}"):
        session.go_to_stop(mix.number, 1)


def test_no_breakpoint_is_lost_between_two_slices(make_session: MakeSession) -> None:
    """A slice that ends right before a breakpoint's instruction: the next must not pass over it."""
    session = make_session()
    session.run(60_000)
    va = session.resolve_address("mix")
    trace = session.window(1_000, 60_000)
    expected = trace.insns["icount"][trace.insns["r"][:, 15] == va].tolist()
    assert len(expected) > 100
    session.stops.add_address(va)
    recorder = session.recorder
    recorder._pace.adapt = lambda *_: None  # type: ignore[method-assign]
    for index in range(0, len(expected) - 1, 7):
        # The slice is made to end exactly there.
        session.goto(expected[index] - 100)
        before = [at for at in expected if expected[index] - 100 < at]
        recorder._pace.slice = before[0] - session.icount
        assert 0 < recorder._pace.slice < LONGEST_SLICE
        assert session.run(60_000).icount == before[0]


def test_stepping_over_and_out_honour_conditions(session: Session) -> None:
    session.goto_place("deep")
    session.step("instruction", 4)
    origin = session.icount
    assert session.step("out", 1).arrived
    end = session.icount
    session.goto(origin)
    session.stops.add_breakpoint("mix if r0 == 0x12345678")
    assert session.step("out", 1).arrived
    assert session.icount == end
    session.goto(origin)
    session.stops.add_breakpoint("mix if r1 == r1")
    stop = session.step("out", 1)
    if stop.icount != end:
        assert stop.reason is Reason.BREAKPOINT


def test_setting_clearing_and_notes(session: Session) -> None:
    stops = session.stops
    first = stops.add_breakpoint("mix if r0 == 1")
    again = stops.add_breakpoint("mix if r0 == 2")
    assert (first.number < again.number, len(stops)) == (True, 1)
    session.goto_place("mini_syscall")
    watched = stops.toggle_watch("calls == 3 if r0 != 9", "write")
    assert watched is not None
    assert str(watched).startswith("write of calls (4 bytes at ")
    assert str(watched).endswith(" == 0x3 if r0 != 9")
    assert [from_note(point.as_note()) for point in stops.all] == list(stops.all)
    assert stops.toggle_watch("calls == 3 if r0 != 9", "write") is None
    assert stops.clear_breakpoint("mix")
    assert not stops.clear_breakpoint("mix")
    assert session.machine.held is False


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("mix if", "column 7: a condition is missing after if"),
        ("mix if nosuch == 1", "column 8: there is no register, variable or symbol nosuch"),
        ("mix if r1 == ", "column 13: a value is missing at the end"),
        ("nosuch if r1 == 2", "there is no symbol nosuch"),
        ("mini.c:99999 if r1", "no code at or after line 99999"),
    ],
)
def test_what_cannot_be_set_is_told(session: Session, words: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        session.stops.add_breakpoint(words)
    assert len(session.stops) == 0


def test_an_endless_search_can_be_stopped(make_session: MakeSession) -> None:
    session = make_session()
    session.run(200_000)
    session.stops.add_breakpoint("mix if calls == 0xffffffff")
    here, polls = session.icount, 0

    def stop() -> bool:
        nonlocal polls
        polls += 1
        return polls > 3

    session.interrupted = stop
    assert session.step("breakpoint", -1).reason is Reason.INTERRUPTED
    assert session.icount == here
    polls = 0
    assert session.run().reason is Reason.INTERRUPTED


def test_a_new_past_forgets_later_hits(make_session: MakeSession) -> None:
    session = make_session()
    point = session.stops.add_breakpoint("mini_syscall")
    hits = [session.run().icount for _ in range(6)]
    session.goto(hits[2] + 1)
    session.input_console(b"x")
    assert session.stops.hits(point) == 3
