"""Expectations against records: each holds where it is true and fails where it is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ringview.scenario import model as m
from ringview.scenario.check import check, needed_watches
from ringview.scenario.places import EndPlace, Phase, SyscallPlace, Where
from ringview.scenario.record import (
    LogFact,
    RunRecord,
    SyscallFact,
    TransitionFact,
    WatchedValue,
)

AT_EXIT = SyscallPlace("hello2", Phase.EXIT)


def call(name: str, ret: int | None, instructions: int = 100) -> SyscallFact:
    return SyscallFact(
        ordinal=0,
        nr=401,
        name=name,
        task="hello2[2]",
        args=(1, 2),
        ret=ret,
        enter=1000,
        exit=1100,
        sp_user=0xBEF00C00,
        sp_kernel=0xC0802000,
        instructions={"SVC": instructions, "ABT": 5},
    )


def change(cause: str, source: str, target: str) -> TransitionFact:
    return TransitionFact(1000, source, target, cause, 0x10000, 0xFFFF0008, 0x10004, 0x10)


RECORD = RunRecord(
    icount=5000,
    start=900,
    halt="halted",
    halt_text="powered off",
    exit_status=0,
    signal=None,
    transitions=(
        change("svc", "USR", "SVC"),
        change("return", "SVC", "USR"),
        change("svc", "USR", "SVC"),
    ),
    syscalls=(call("hello2", 0), call("write", 12), call("write", -14)),
    log=(LogFact(0.1, 6, "sys_hello2: sys_hello2(name : beagle, len : 6, val : 7"),),
    console=b"nr_calls  1\r\nrand_data 1 2\r\n",
    watches={
        ("out.nr_calls", AT_EXIT): WatchedValue((1,)),
        ("out.rand_data", AT_EXIT): WatchedValue((0, 5, 0, 0)),
        ("in.name", AT_EXIT): WatchedValue((0x11008,), "beagle"),
    },
)
KILLED = replace(RECORD, exit_status=None, signal=11)

CASES: list[tuple[m.Expectation, bool, str]] = [
    (m.ExpectSyscall("hello2", 0), True, "called once, with 0"),
    (m.ExpectSyscall("hello2", -14), False, "called once, with 0"),
    (m.ExpectSyscall("hello2", 0, times=2), False, "called once, with 0"),
    (m.ExpectSyscall("write", None, times=2), True, "called twice, with 12, -EFAULT"),
    (m.ExpectSyscall("write", 12), False, "called twice, with 12, -EFAULT"),
    (m.ExpectSyscall("read", 0), False, "it was never called"),
    (m.ExpectSyscall("read", None, times=0), True, "it was never called"),
    (m.ExpectSyscall("write", 12, occurrence=1), True, "it returns 12"),
    (m.ExpectSyscall("write", 12, occurrence=2, when="cold"), False, "it returns -EFAULT"),
    (m.ExpectSyscall("write", None, occurrence=2), True, "it returns -EFAULT"),
    (m.ExpectSyscall("write", 12, occurrence=3), False, "it was called twice"),
    (m.ExpectText("log", "name : beagle"), True, "name : beagle, len"),
    (m.ExpectText("log", "name : poodle"), False, "none of its 1 lines does"),
    (m.ExpectText("log", r"val : \d\b", regex=True), True, "val : 7"),
    (m.ExpectText("log", r"^val", regex=True), False, "none"),
    (m.ExpectText("console", "nr_calls  1\nrand"), True, ""),
    (m.ExpectText("console", "rand_data 1"), True, "rand_data 1 2"),
    (m.ExpectText("console", r"calls\s+2", regex=True), False, "it ends with"),
    (m.ExpectExit(0), True, "it ended with status 0"),
    (m.ExpectExit(1), False, "it ended with status 0"),
    (m.ExpectSignal("SIGSEGV"), False, "it ended with status 0"),
    (m.ExpectTransitions("svc", "USR", "SVC", 2, 2), True, "it happens twice"),
    (m.ExpectTransitions("svc", "USR", "SVC", 3, None), False, "it happens twice"),
    (m.ExpectTransitions("", "", "USR", None, 0), False, "it happens once"),
    (m.ExpectTransitions("irq", "", "", 1, None), False, "it happens never"),
    (m.ExpectWatch("out.nr_calls", 1, False, AT_EXIT), True, "it is 1"),
    (m.ExpectWatch("out.nr_calls", 2, False, AT_EXIT), False, "it is 1"),
    (m.ExpectWatch("out.rand_data", "nonzero", True, AT_EXIT), True, "[0x0, 0x5, 0x0, 0x0]"),
    (m.ExpectWatch("out.rand_data", (0, 5, 0, 0), False, AT_EXIT), True, ""),
    (m.ExpectWatch("out.rand_data", (0, 5), False, AT_EXIT), False, ""),
    (m.ExpectWatch("in.name", "beagle", False, AT_EXIT), True, "it is 'beagle'"),
    (m.ExpectWatch("in.name", "poodle", False, AT_EXIT), False, "it is 'beagle'"),
    (m.ExpectWatch("in.name", 0x11008, False, AT_EXIT), True, ""),
    (m.ExpectWatch("in.val", 7, False, AT_EXIT), False, "it could not be read there"),
    (m.ExpectWatch("in.name", 0, False, EndPlace("program")), False, "could not be read"),
    (m.ExpectInstructions("hello2", 1, None, 105), True, "it takes 105"),
    (m.ExpectInstructions("hello2", 1, None, 104), False, "it takes 105"),
    (m.ExpectInstructions("hello2", 2, None, 9999), False, "it was called once"),
    (m.ExpectInstructions("", 1, 4100, 4100), True, "it takes 4,100"),
]


@pytest.mark.parametrize(("expectation", "held", "detail"), CASES)
def test_an_expectation_holds_exactly_where_it_is_true(
    expectation: m.Expectation, held: bool, detail: str
) -> None:
    (result,) = check([expectation], RECORD)
    assert result.held is held
    assert detail in result.detail
    assert result.text


def test_a_killed_program_did_not_exit() -> None:
    results = check([m.ExpectSignal("SIGSEGV"), m.ExpectExit(0), m.ExpectSignal("SIGILL")], KILLED)
    assert [r.held for r in results] == [True, False, False]
    assert results[1].detail == "it was killed by SIGSEGV"


def test_a_run_without_an_end_says_why() -> None:
    record = replace(RECORD, exit_status=None, halt="limit", halt_text="given up after 10")
    (result,) = check([m.ExpectExit(0)], record)
    assert not result.held
    assert result.detail == "it did not end: given up after 10"


def test_results_carry_the_line_of_their_expectation() -> None:
    where = Where("x.yaml", 12, 5)
    assert check([m.ExpectExit(0, where)], RECORD)[0].line == 12


def test_what_must_be_read_is_known_beforehand() -> None:
    expectations = [case[0] for case in CASES]
    assert ("out.nr_calls", AT_EXIT) in needed_watches(expectations)
    assert needed_watches([m.ExpectExit(0)]) == []
