"""Which instructions and results belong to a call: by thread, and by where it goes back to."""

from __future__ import annotations

from ringview.arm.psr import Mode
from ringview.machine.events import Transition
from ringview.session.syscalls import SyscallRecord, SyscallTracker, own_instructions

STACK, OTHER = 0xC1FCE000, 0xC1FC0000
NAMES = {20: "getpid", 37: "kill", 173: "rt_sigreturn", 240: "futex", 1: "exit"}
THUMB = 1 << 5


def enter(at: int, nr: int, pc: int, stack: int = STACK, cpsr: int = 0x10) -> Transition:
    link = pc + (2 if cpsr & THUMB else 4)
    registers = (*(0 for _ in range(7)), nr, *(0 for _ in range(8)))
    return Transition(
        at, Mode.USR, Mode.SVC, "svc", pc, 0xFFFF0008, 0xFFFF0008, link, cpsr, cpsr, 0x93,
        registers, 0xBEFF0000, 0, stack + 8184, None, 0, None, 0, 0,
    )  # fmt: skip


def leave(at: int, target: int, r0: int, stack: int = STACK) -> Transition:
    registers = (r0, *(0 for _ in range(15)))
    return Transition(
        at, Mode.SVC, Mode.USR, "return", 0xC0008600, target, None, target, 0x10, 0x93, 0x10,
        registers, 0xBEFF0000, 0, stack + 8184, None, 0, None, 0, 0,
    )  # fmt: skip


def calls_of(transitions: list[Transition], immediate: int = 0) -> SyscallTracker:
    tracker = SyscallTracker(
        lambda nr: NAMES.get(nr, ""), lambda va: immediate, lambda stack: (2, "x")
    )
    tracker.take(transitions)
    return tracker


def test_a_call_has_its_result_behind_its_svc() -> None:
    (call,) = calls_of([enter(100, 20, 0x1000), leave(150, 0x1004, 7)]).records
    assert (call.ret, call.exit, call.target, call.instructions) == (7, 150, 0x1004, {"SVC": 50})


def test_a_signals_handler_takes_no_result() -> None:
    begun = [enter(100, 37, 0x1000), leave(150, 0x5000, 10)]
    kill = calls_of(begun).records[0]
    assert (kill.exit, kill.target, kill.ret) == (150, 0x5000, None)
    done = [*begun, enter(160, 173, 0x6000), leave(200, 0x1004, 0)]
    kill, sigreturn = calls_of(done).records
    assert (kill.exit, kill.ret) == (150, 0)
    assert (sigreturn.exit, sigreturn.ret) == (200, None)


def test_a_call_made_once_more_has_no_result() -> None:
    tracker = calls_of(
        [
            *(enter(100, 240, 0x1000), leave(150, 0x5000, 10)),
            *(enter(160, 173, 0x6000), leave(200, 0x1000, 3)),
            *(enter(201, 240, 0x1000), leave(250, 0x1004, 5)),
        ]
    )
    assert [call.ret for call in tracker.records] == [None, None, 5]


def test_a_stack_used_again_returns_for_no_exit() -> None:
    (call,) = calls_of([enter(100, 1, 0x1000), leave(150, 0x1004, 0)]).records
    assert (call.exit, call.ret) == (None, None)


def test_a_thumb_svc_is_never_the_old_abis() -> None:
    # pop {r4, r7, pc} stands behind the svc: read as one word they look like an old number.
    immediate = 0xBD90DF00 & 0xFFFFFF
    (call,) = calls_of([enter(100, 20, 0x1000, cpsr=0x10 | THUMB)], immediate).records
    assert (call.nr, call.oabi, call.link) == (20, False, 0x1002)
    (call,) = calls_of([enter(100, 20, 0x1000)], 0x900014).records
    assert (call.nr, call.oabi) == (20, True)


def test_what_another_thread_does_meanwhile_is_not_the_callers() -> None:
    transitions = [
        enter(100, 240, 0x1000),
        leave(150, 0x2000, 0, OTHER),
        enter(250, 20, 0x3000, OTHER),
        leave(300, 0x1004, 0),
    ]
    tracker = calls_of(transitions)
    call = tracker.records[0]
    assert 0 in tracker.interleaved
    switches = [(130, OTHER), (280, STACK)]
    assert own_instructions(call, transitions, switches) == {"SVC": 30 + 20}


def test_an_interrupt_within_counts() -> None:
    call = SyscallRecord(
        0, 2, "x", 20, "getpid", (), 100, 200, 0, 0x1000, 0, STACK + 8184, link=0x1004
    )
    irq = enter(120, 0, 0xC0009000)
    irq = Transition(120, Mode.SVC, Mode.IRQ, "irq", *(getattr(irq, n) for n in irq.__slots__[4:]))
    assert own_instructions(call, [irq, leave(200, 0x1004, 0)], []) == {"SVC": 20, "IRQ": 80}
