"""Sessions of the real kernel: what the lecture walks through, back and forth."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringview.errors import BuildError
from ringview.guest.kconfig import KernelConfig
from ringview.guest.toolchain import CompileError, build_kernel, build_program
from ringview.machine.machine import EPOCH
from ringview.session.session import Session
from ringview.session.setup import Observe, SessionSetup
from ringview.session.stops import Reason


def open_program(name: str, *args: str, observe: Observe = "program") -> Session:
    try:
        kernel = build_kernel(KernelConfig.of("bbb_defconfig", {}))
        program = build_program(name)
    except CompileError:
        raise
    except BuildError as error:
        pytest.skip(str(error))  # no compiler at hand
    setup = SessionSetup(name, kernel.path, program, args, observe=observe, root=kernel.root)
    session = Session.open(setup)
    assert session.start().text == "start of the program"
    return session


@pytest.fixture(scope="module")
def hello2() -> Session:
    session = open_program("hello2", "beagle", "7")
    assert session.run(100_000_000).reason is Reason.HALTED
    return session


@pytest.fixture(scope="module")
def threads() -> Session:
    session = open_program("threads")
    session.run(60_000_000)
    return session


@pytest.fixture(scope="module")
def spin() -> Session:
    session = open_program("spin")
    session.run(5_000_000)
    return session


def test_boot_ends_at_the_programs_first_instruction(hello2: Session) -> None:
    assert hello2.first_user is not None
    hello2.goto(hello2.first_user)
    state = hello2.state()
    assert state.mode.name == "USR"
    assert hello2.program is not None
    assert state.raw.pc == hello2.program.elf.entry
    task = hello2.task()
    assert task is not None
    assert (task.pid, task.comm) == (2, "hello2")


def test_the_call(hello2: Session) -> None:
    call = next(c for c in hello2.syscalls() if c.name == "hello2")
    assert (call.nr, call.signed_ret, call.pid, call.comm) == (401, 0, 2, "hello2")
    assert call.sp_user < 0xBF000000 <= 0xC0000000 <= call.sp_kernel
    hops = hello2.hops(call)
    names = [hop.name for hop in hops]
    assert names[:5] == ["user stub", "vector", "entry", "table", "handler"]
    assert names[-2:] == ["return", "back in user"]
    assert "copy from user" in names
    assert "copy to user" in names
    assert names.index("copy from user") < names.index("copy to user")
    assert [h.icount for h in hops] == sorted(h.icount for h in hops)
    assert call.exit is not None
    assert sum(h.instructions for h in hops) == call.exit - call.enter + 1
    assert all(h.tlb_misses >= 0 for h in hops)
    for hop in hops:
        hello2.goto(hop.icount)
        assert hello2.state().raw.pc == hop.pc
    handler = hops[names.index("handler")]
    assert hello2.describe(handler.pc) == "sys_hello2"


def test_the_kernels_accesses_to_user_memory(hello2: Session) -> None:
    call = next(c for c in hello2.syscalls() if c.name == "hello2")
    assert call.exit is not None
    hello2.goto(call.exit)
    accesses = hello2.recorder.accesses.between(call.enter, call.exit)
    reads = [a for a in accesses if not a.write]
    writes = [a for a in accesses if a.write]
    assert min(a.va for a in reads) <= call.args[0]
    assert {a.va for a in writes} >= {call.args[1]}
    first = next(a for a in reads if a.va == call.args[0])
    assert hello2.state().read_virtual(first.va, 4) == first.value.to_bytes(4, "little")
    text = b"".join(a.value.to_bytes(a.size, "little") for a in reads if a.size == 1)
    assert b"beagle" in text or any(a.value == int.from_bytes(b"beag", "little") for a in reads)


def test_the_tail_is_what_has_just_run(hello2: Session, spin: Session) -> None:
    assert hello2.first_user is not None
    assert spin.first_user is not None
    edge = (spin.first_user // EPOCH + 2) * EPOCH
    first = hello2.first_user
    for session, at in (
        (hello2, first + 3),
        (hello2, first + 777),
        (hello2, hello2.end),
        (spin, edge),
        (spin, edge + 1),
    ):
        session.goto(at)
        digest = session.digest()
        tail = session.tail(5)
        assert tail.insns["icount"][-1] == at - 1
        assert session.digest() == digest
        session.goto(at - 1)
        assert session.state().raw.pc == tail.insns["r"][-1][15]


def test_the_tlb_model_is_the_same_whatever_the_way(hello2: Session) -> None:
    call = next(c for c in hello2.syscalls() if c.name == "hello2")
    hello2.goto(call.enter)
    seen = hello2.machine.tlb()
    hello2.goto(0)
    hello2.goto(call.enter + 50)
    hello2.step("line", -3)
    hello2.goto(call.enter)
    assert hello2.machine.tlb() == seen
    assert not hello2.recorder.observed(100)


def test_threads_have_tasks_of_their_own(threads: Session) -> None:
    causes = Counter(event.cause for event in threads.transitions(threads.first_user))
    assert causes["data abort"] > 0
    assert len({call.pid for call in threads.syscalls()} - {0}) >= 2
    assert {call.comm for call in threads.syscalls()} == {"threads"}


def test_a_program_that_computes_is_interrupted(spin: Session) -> None:
    causes = Counter(event.cause for event in spin.transitions(spin.first_user))
    assert causes["irq"] > 1


def test_stepping_over_stays_in_main(hello2: Session) -> None:
    hello2.goto_place("start")
    hello2.goto_place("main")
    hello2.step("over", 1)
    visited = [hello2.icount]
    while True:
        assert hello2.step("over", 1).arrived
        if not hello2.describe(hello2.state().raw.pc).startswith("main"):
            break
        visited.append(hello2.icount)
    assert len(visited) > 5
    assert visited[-1] - visited[0] > 2_000
    hello2.goto(visited[-1])
    for icount in reversed(visited[:-1]):
        hello2.step("over", -1)
        assert hello2.icount == icount


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_back_n_and_forward_n_give_the_same_digest(
    data: st.DataObject, hello2: Session, threads: Session, spin: Session
) -> None:
    session = data.draw(st.sampled_from([hello2, threads, spin]))
    position = data.draw(st.integers(1, session.end))
    back = data.draw(st.integers(1, min(position, 2 * EPOCH)))
    session.goto(position)
    before, tlb = session.digest(), session.machine.tlb()
    session.step("instruction", -back)
    assert session.digest() != before
    session.step("instruction", back)
    assert session.digest() == before
    if session.recorder.observed(position):
        assert session.machine.tlb() == tlb


@pytest.mark.parametrize("unit", ["line", "transition", "syscall"])
def test_steps_back_undo_steps(hello2: Session, unit: str) -> None:
    call = next(c for c in hello2.syscalls() if c.name == "hello2")
    hello2.goto(call.enter - 200 if unit != "syscall" else hello2.first_user or 0)
    hello2.step(unit, 1)
    visited = [hello2.icount]
    for _ in range(3 if unit == "syscall" else 30):
        stop = hello2.step(unit, 1)
        if not stop.arrived:
            break
        visited.append(hello2.icount)
    assert len(visited) > 2
    hello2.goto(visited[-1])
    for icount in reversed(visited[:-1]):
        hello2.step(unit, -1)
        assert hello2.icount == icount


def test_over_the_svc_and_out_of_the_handler(hello2: Session) -> None:
    call = next(c for c in hello2.syscalls() if c.name == "hello2")
    hello2.goto(call.enter - 1)
    hello2.step("over", 1)
    assert hello2.icount == call.exit
    hello2.goto_place("sys_hello2")
    hello2.step("out", 1)
    assert hello2.describe(hello2.state().raw.pc) == "ret_fast_syscall"
    hello2.step("out", 1)
    assert hello2.icount == call.exit


def test_two_sessions_are_the_same_bit_for_bit(threads: Session) -> None:
    other = open_program("threads")
    other.run(60_000_000)
    assert other.end == threads.end
    threads.goto(threads.end)
    other.goto(other.end)
    assert other.digest() == threads.digest()
    assert [c.enter for c in other.syscalls()] == [c.enter for c in threads.syscalls()]


def test_an_unobserved_session_is_the_same_to_the_guest(hello2: Session) -> None:
    plain = open_program("hello2", "beagle", "7", observe="nothing")
    plain.run(100_000_000)
    hello2.goto(hello2.end)
    assert plain.end == hello2.end
    assert plain.digest() == hello2.digest()
    assert plain.console_output() == hello2.console_output()


def test_a_program_that_loops_for_ever_can_be_stopped_and_left() -> None:
    session = open_program("spin")
    polls = 0

    def stop_soon() -> bool:
        nonlocal polls
        polls += 1
        return polls > 20

    session.interrupted = stop_soon
    assert session.run().reason is Reason.INTERRUPTED
    session.interrupted = lambda: False
    here = session.icount
    assert session.goto(session.first_user or 0).arrived
    assert session.goto(here).arrived


def test_a_program_that_faults_leaves_its_signal(hello2: Session) -> None:
    session = open_program("segv")
    assert session.run(100_000_000).reason is Reason.HALTED
    status = session.awareness.exit_status(session.state().read_virtual)
    assert status is not None
    assert status & 0x7F == 11
    assert any(e.cause == "data abort" for e in session.transitions(session.first_user))


def test_callers_are_named_though_recorded_ahead(threads: Session) -> None:
    session = Session.open(threads.setup)
    session.start()
    here = session.digest()
    assert not session.look_ahead(60_000_000)
    assert session.digest() == here
    assert session.icount == session.first_user
    named = [(call.pid, call.comm) for call in session.syscalls()]
    assert named == [(call.pid, call.comm) for call in threads.syscalls()]
    assert len({pid for pid, _ in named}) >= 2


@pytest.mark.soak
@settings(max_examples=3000, deadline=None)
@given(
    which=st.sampled_from(["hello2", "threads", "spin"]),
    start=st.integers(0, 1000),
    steps=st.lists(
        st.tuples(
            st.sampled_from(["instruction", "line", "over", "transition", "syscall", "out"]),
            st.sampled_from([-3, -1, 1, 2]),
        ),
        max_size=6,
    ),
)
def test_any_walk_ends_where_a_straight_run_does(
    which: str,
    start: int,
    steps: list[tuple[str, int]],
    hello2: Session,
    threads: Session,
    spin: Session,
) -> None:
    session = {"hello2": hello2, "threads": threads, "spin": spin}[which]
    session.goto(session.end * start // 1000)
    for unit, count in steps:
        # A program that loops for ever never comes to some of them.
        ends = time.monotonic() + 0.05
        session.interrupted = lambda ends=ends: time.monotonic() > ends  # type: ignore[misc]
        session.step(unit, count)
    session.interrupted = lambda: False
    here, digest = session.icount, session.digest()
    session.goto(0)
    session.goto(here)
    assert session.digest() == digest
