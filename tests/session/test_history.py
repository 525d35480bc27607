"""Who wrote this: every answer against a search of the whole run's trace, record by record."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from ringview.arm.disasm import disassemble
from ringview.arm.psr import Mode
from ringview.errors import InputError
from ringview.machine.trace import Trace
from ringview.session.session import Session
from ringview.session.stops import Reason

from .test_kernel import open_program

KINDS = ("read", "write", "access")


class Run:
    """A run and all that it did."""

    def __init__(self, session: Session, first: int, last: int) -> None:
        self.session = session
        self.first = first
        self.trace: Trace = session.window(first, last)
        self.accesses = [
            (int(a["icount"]), int(a["pa"]), int(a["size"]), bool(a["flags"] & 1))
            for a in self.trace.accesses
        ]

    def find(self, pa: int, size: int, kind: str, now: int, direction: int) -> int | None:
        """The nearest access, one record after the other."""
        found = [
            icount
            for icount, at, length, write in self.accesses
            if at < pa + size and pa < at + length and kind in ("access", ("read", "write")[write])
        ]
        if direction < 0:
            return max((icount for icount in found if icount < now), default=None)
        return min((icount for icount in found if icount > now), default=None)


@pytest.fixture(scope="module")
def hello2() -> Run:
    session = open_program("hello2", "beagle", "7")
    session.run(100_000_000)
    return Run(session, 0, session.end)


@pytest.fixture(scope="module")
def threads() -> Run:
    session = open_program("threads")
    first = session.icount
    session.run(first + 600_000)
    return Run(session, first, session.end)


@pytest.mark.parametrize("name", ["hello2", "threads"])
@pytest.mark.parametrize("seed", range(24))
def test_the_answer_is_the_nearest_record_of_the_trace(
    name: str, seed: int, request: pytest.FixtureRequest
) -> None:
    run: Run = request.getfixturevalue(name)
    chance, session = Random(seed), run.session
    now = chance.randrange(run.first + 1, session.end)
    _, pa, length, _ = chance.choice(run.accesses)
    pa += chance.randrange(length)
    size, kind = chance.choice((1, 2, 4, 16)), chance.choice(KINDS)
    direction = chance.choice((-1, 1))
    expected = run.find(pa, size, kind, now, direction)
    if expected is None and name == "threads":
        return  # before or after what was traced
    session.goto(now)
    before = session.digest()
    stop = session.find_access(f"pa:{pa:08x}/{size}", kind, direction)
    if expected is None:
        assert (stop.reason, session.icount, session.digest()) == (Reason.EDGE, now, before)
    else:
        assert (stop.reason, stop.icount, session.icount) == (Reason.ARRIVED, expected, expected)
        assert f"at icount {expected:,} by " in stop.text


def written_registers(run: Run, number: int, mode: Mode, now: int) -> int | None:
    """When a register of a mode was last written, told instruction by instruction."""
    insns = run.trace.insns
    aborted = {
        event.icount - 1
        for event in run.session.transitions()
        if event.cause in ("data abort", "undefined")
    }
    entered = {
        event.icount - 1
        for event in run.session.transitions()
        if event.is_exception and event.to_mode is mode
    }
    names = {f"r{number}", {9: "sb", 10: "sl", 11: "fp", 12: "ip", 13: "sp", 14: "lr"}.get(number)}
    following = None
    for row in insns[: np.searchsorted(insns["icount"], now)][::-1]:
        icount = int(row["icount"])
        own = number < 13 or row["cpsr"] & 31 == int(mode)
        if number == 14 and icount in entered:
            return icount
        insn = disassemble(int(row["insn"]).to_bytes(4, "little"), int(row["r"][15]))[0]
        by_user_load = insn.operands.endswith("^") and "pc" not in insn.operands
        reaches = own if not by_user_load else number < 13 or mode is Mode.USR
        writes = bool(names & set(insn.writes)) and not insn.mnemonic.startswith("svc")
        writes = writes and reaches and icount not in aborted
        if writes and condition_holds(int(row["cpsr"]), insn.mnemonic):
            return icount
        if own and following is not None:
            same = number < 13 or following["cpsr"] & 31 == int(mode)
            assert not same or following["r"][number] == row["r"][number], icount
        following = row
    return None


def condition_holds(cpsr: int, mnemonic: str) -> bool:
    n, z, c, v = (bool(cpsr >> bit & 1) for bit in (31, 30, 29, 28))
    rules = {"eq": z, "ne": not z, "hs": c, "lo": not c, "mi": n, "pl": not n, "vs": v}
    rules |= {"vc": not v, "hi": c and not z, "ls": not c or z, "ge": n == v, "lt": n != v}
    rules |= {"gt": not z and n == v, "le": z or n != v}
    plain = ("teq", "bls", "muls", "lsls", "movs", "mls", "adcs", "sbcs", "bics", "mrs", "smmls")
    more = ("rscs", "vmrs")
    return mnemonic in (*plain, *more) or rules.get(mnemonic[-2:], True)


@pytest.mark.parametrize("seed", range(24))
def test_a_register_was_written_where_the_trace_says(hello2: Run, seed: int) -> None:
    chance, session = Random(seed), hello2.session
    assert session.first_user is not None
    now = chance.randrange(session.first_user, session.end)
    number = chance.randrange(15)
    session.goto(now)
    mode = session.state().mode
    expected = written_registers(hello2, number, mode, now)
    name = {13: "sp", 14: "lr"}.get(number, f"r{number}")
    stop = session.find_access(name)
    assert expected is not None
    assert (stop.reason, session.icount) == (Reason.ARRIVED, expected), stop.text


def test_a_walk_of_writes_and_its_way_back(hello2: Run) -> None:
    session = hello2.session
    session.goto_place("sys_hello2")
    out = session.state().registers["r1"]
    stop = session.find_access(f"0x{out:08x}", "write", 1)
    # The kernel's write to the program's page, found by its physical place.
    assert "arm_copy_to_user" in stop.text
    assert "on behalf of sys_hello2" in stop.text
    written = session.icount
    assert "in main+" in session.find_access("", "access", 1).text
    assert session.find_access("", "access", -1).icount == written


def test_what_nobody_wrote_is_the_loaders(hello2: Run) -> None:
    session = hello2.session
    session.goto_place("sys_hello2")
    here = session.icount
    stop = session.find_access("linux_banner")
    assert stop.reason is Reason.EDGE
    assert stop.text.endswith("written by the loader before reset")
    assert session.icount == here
    assert session.find_access("pa:81ffff00").text.endswith("it is zero since reset")


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("", "nothing was asked"),
        ("nosuchthing", "no register, variable"),
        ("0x00000004", "not in memory now"),
        ("pc", "not looked for"),
        ("read r3", "only writes"),
        ("0xzz", "not an address"),
        ("linux_banner/0", "0 bytes"),
        ("linux_banner/2 == 99999", "does not fit"),
        ("linux_banner/x", "no number"),
        ("pa:44e09000 == 1", "device"),
    ],
)
def test_words_that_mean_nothing(words: str, part: str) -> None:
    session = open_program("hello2", "beagle", "7")
    session.goto_place("sys_hello2")
    here = session.icount
    with pytest.raises(InputError, match=part):
        session.find_access(words)
    assert session.icount == here


def unwatch(session: Session) -> None:
    for point in session.stops.watches:
        session.stops.remove(point.number)


def test_watchpoints_hold_both_ways(hello2: Run) -> None:
    session = hello2.session
    session.goto_place("sys_hello2")
    here, out = session.icount, session.state().registers["r1"]
    pa = session.machine.walk(out).pa
    assert pa is not None
    try:
        watched = session.stops.toggle_watch(f"access 0x{out:08x}")
        assert watched is not None
        held = []
        while (stop := session.run()).reason is Reason.WATCHPOINT:
            held.append(stop.icount - 1)
        # A held run stands after the access, and goes on to the next one.
        expected = [a[0] for a in hello2.accesses if a[0] >= here and pa - a[2] < a[1] < pa + 4]
        assert held == list(dict.fromkeys(expected))
        back = []
        while (stop := session.step("breakpoint", -1)).icount >= here and stop.reason is (
            Reason.WATCHPOINT
        ):
            back.append(stop.icount)
        assert back == held[::-1]
        assert session.stops.toggle_watch(f"access pa:{pa:08x}") is None
        assert session.stops.watches == ()
    finally:
        unwatch(session)


def test_a_condition_is_asked_after_the_access(hello2: Run) -> None:
    session = hello2.session
    session.goto_place("end")
    assert session.find_access("init_exited == 1").reason is Reason.ARRIVED
    written = session.icount
    assert session.find_access("init_exited == 7").reason is Reason.EDGE
    session.goto(session.first_user or 0)
    try:
        session.stops.toggle_watch("init_exited == 7")
        assert session.run().reason is Reason.HALTED
        unwatch(session)
        session.goto(session.first_user or 0)
        session.stops.toggle_watch("init_exited == 1")
        assert session.run().icount == written + 1
        assert session.find_access("init_exited == 1", "write", -1).icount == written
    finally:
        unwatch(session)


def test_a_search_can_be_stopped(hello2: Run) -> None:
    session = hello2.session
    session.goto_place("end")
    here = session.icount
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 1

    session.interrupted = stop
    try:
        assert session.find_access("linux_banner").reason is Reason.INTERRUPTED
    finally:
        session.interrupted = lambda: False
    assert session.icount == here
    assert session.find_access("linux_banner").reason is Reason.EDGE
