"""Exception entry and return by the manual: banks, SPSR, LR, vectors (ARM DDI 0406C, B1.9)."""

from __future__ import annotations

import pytest
from tests.machine.asm import LOAD, MMU_ON, boot, with_vectors

from ringview.arm.fault import FaultStatus
from ringview.arm.psr import Mode
from ringview.machine.events import Event, MonitorCall, Transition
from ringview.machine.machine import Machine, StopReason

LIMIT = 3000


def transitions(events: list[Event]) -> list[Transition]:
    return [event for event in events if isinstance(event, Transition)]


def run(text: str, limit: int = LIMIT) -> tuple[Machine, list[Transition]]:
    machine = boot(text)
    machine.run(limit)
    # leave out the mode switches that set the stacks up
    return machine, [t for t in transitions(machine.take_events()) if t.cause != "cps"]


TO_USER = """
    ldr r0, =user
    mov r1, #0x10
    msr spsr_cxsf, r1
    movs pc, r0
user:
"""


def test_svc_and_return() -> None:
    machine, (to_user, svc, back, _again) = run(
        with_vectors(
            TO_USER + "ldr sp, =0x80016000\n mov r7, #42\n svc #7\n add r8, r7, #1\nsvc #8\n",
            v_svc="mov r9, sp\n movs pc, lr\n",
        ),
        limit=28,
    )
    assert (to_user.from_mode, to_user.to_mode, to_user.cause) == (Mode.SVC, Mode.USR, "return")
    assert to_user.cpsr_after == 0x10
    assert (svc.from_mode, svc.to_mode, svc.cause) == (Mode.USR, Mode.SVC, "svc")
    assert svc.vector == LOAD + 32 + 8 == svc.target
    assert svc.lr == svc.pc + 4
    assert svc.spsr == svc.cpsr_before == 0x10
    assert svc.cpsr_after == 0x93  # SVC with IRQ masked; F and A as they were
    assert svc.registers[7] == 42
    assert svc.registers[13] == svc.sp_usr == 0x80016000
    assert svc.sp_svc == 0x80015000
    assert (back.cause, back.to_mode, back.target) == ("return", Mode.USR, svc.pc + 4)
    assert back.spsr == 0x10
    assert back.lr == svc.lr
    registers = machine.registers()
    assert registers.r[9] == 0x80015000
    assert registers.r[8] == 43


def test_undefined_in_arm_state() -> None:
    _, (event,) = run(with_vectors(".inst 0xe7f000f0\n"), limit=100)
    assert (event.cause, event.to_mode, event.lr) == ("undefined", Mode.UND, event.pc + 4)
    assert event.vector == LOAD + 32 + 4


def test_undefined_return_skips_the_instruction() -> None:
    machine, events = run(
        with_vectors("mov r4, #1\n .inst 0xe7f000f0\n mov r4, #2\n1: b 1b\n", v_und="movs pc, lr\n")
    )
    assert [e.cause for e in events] == ["undefined", "return"]
    assert machine.registers().r[4] == 2


def test_vfp_is_undefined_until_enabled() -> None:
    _, (event,) = run(with_vectors("vmov s0, r0\n"), limit=100)
    assert event.cause == "undefined"


def test_wfe_yield_and_nop_are_no_exceptions() -> None:
    machine, events = run(
        with_vectors("svc #1\n wfe\n yield\n nop\n mov r6, #9\n1: b 1b\n", v_svc="movs pc, lr\n")
    )
    assert [e.cause for e in events] == ["svc"]
    assert machine.registers().r[6] == 9


def test_wfe_after_an_undefined_instruction_is_no_exception() -> None:
    _, events = run(
        with_vectors(".inst 0xe7f000f0\n ldr r1, [sp, #-8]\n wfe\n1: b 1b\n", v_und="movs pc, lr\n")
    )
    assert [e.cause for e in events] == ["undefined", "return"]


@pytest.mark.parametrize(
    ("access", "write"), [("ldr r5, [r6, #16]!", False), ("str r5, [r6], #4", True)]
)
def test_data_abort_translation(access: str, write: bool) -> None:
    machine, (event,) = run(
        with_vectors(MMU_ON + f"mov r6, #0x1000\n{access}\n"), limit=4096 * 6 + 200
    )
    address = 0x1000 if write else 0x1010
    assert (event.cause, event.to_mode) == ("data abort", Mode.ABT)
    assert event.lr == event.pc + 8
    assert event.vector == LOAD + 32 + 16
    assert event.fault is FaultStatus.TRANSLATION_SECTION
    assert event.fault_address == address
    assert event.cpsr_after & 0x1FF == 0x1D7
    system = machine.system()
    assert system.dfar == address
    assert system.dfsr == event.fault_status == (0x805 if write else 0x5)
    # the base register is not written back by an instruction that aborts
    assert machine.registers().r[6] == 0x1000


def test_data_abort_retry_counts_twice() -> None:
    """A handler that repairs the cause makes the access succeed: two attempts, two counts."""
    text = with_vectors(
        MMU_ON + "mov r6, #0x1000\n mov r9, #7\n ldr r5, [r6]\n mov r8, #3\n1: b 1b\n",
        v_dabt="""
    ldr r0, =0x80020000
    ldr r1, =0x80000c02
    str r1, [r0]
    mcr p15, 0, r1, c8, c7, 0
    subs pc, lr, #8
""",
    )
    machine = boot(text)
    stop = machine.run(4096 * 6 + 400)
    assert stop.reason is StopReason.LIMIT
    abort, back = transitions(machine.take_events())[-2:]
    assert (abort.cause, back.cause) == ("data abort", "return")
    assert back.target == abort.pc
    assert back.icount == abort.icount + 6  # with the branch in the vector
    assert machine.registers().r[8] == 3


def test_prefetch_abort() -> None:
    machine, (event,) = run(
        with_vectors(MMU_ON + "mov r6, #0x2000\n bx r6\n"), limit=4096 * 6 + 200
    )
    assert (event.cause, event.pc, event.lr) == ("prefetch abort", 0x2000, 0x2004)
    assert event.fault is FaultStatus.TRANSLATION_SECTION
    assert machine.system().ifar == 0x2000
    assert machine.system().ifsr == 5


def test_prefetch_abort_attempt_counts_once() -> None:
    machine = boot(with_vectors(MMU_ON + "mov r6, #0x2000\n bx r6\n"))
    stop = machine.run(100_000, stop_on_transition=True)
    while stop.reason is StopReason.TRANSITION:
        last = [t for t in transitions(machine.take_events()) if t.cause == "prefetch abort"]
        if last:
            break
        stop = machine.run(100_000, stop_on_transition=True)
    at = last[0].icount
    assert machine.icount == at
    # and by single steps: one before, the fetch has not been tried
    again = boot(with_vectors(MMU_ON + "mov r6, #0x2000\n bx r6\n"))
    again.run(at - 1)
    assert again.registers().pc == 0x2000
    assert again.registers().mode is Mode.SVC
    again.step()
    assert again.registers().mode is Mode.ABT
    assert again.digest() == machine.digest()


def test_bkpt_is_a_prefetch_abort() -> None:
    _, (event,) = run(with_vectors("bkpt #3\n"), limit=100)
    assert (event.cause, event.lr) == ("prefetch abort", event.pc + 4)
    assert event.fault is FaultStatus.DEBUG_EVENT


def test_smc_does_nothing() -> None:
    machine = boot(with_vectors("mov r5, #1\n smc #0\n mov r5, #2\n1: b 1b\n"))
    machine.run(100)
    (call,) = (e for e in machine.take_events() if isinstance(e, MonitorCall))
    assert call == MonitorCall(17, call.pc)
    assert machine.registers().r[5] == 2


@pytest.mark.parametrize(
    ("access", "status"),
    [("ldr r5, [r6]", 0x008), ("str r5, [r6]", 0x808), ("ldmib r6!, {r5, r7}", 0x008)],
)
def test_nothing_answers(access: str, status: int) -> None:
    machine, (event,) = run(with_vectors(f"mov r6, #0x10000000\n mov r5, #1\n {access}\n"))
    assert event.cause == "data abort"
    assert event.fault is FaultStatus.SYNCHRONOUS_EXTERNAL
    assert event.fault_status == status
    assert event.fault_address == 0x10000000 + (4 if "ldmib" in access else 0)
    assert machine.registers().r[5:7] == (1, 0x10000000)
    assert machine.system().dfsr == status


def test_jump_to_nowhere_is_an_external_abort() -> None:
    _, (event,) = run(with_vectors("mov r6, #0x10000000\n bx r6\n"))
    assert (event.cause, event.pc) == ("prefetch abort", 0x10000000)
    assert event.fault is FaultStatus.SYNCHRONOUS_EXTERNAL


def test_high_vectors() -> None:
    machine = boot(
        "mrc p15, 0, r0, c1, c0, 0\n orr r0, r0, #0x2000\n mcr p15, 0, r0, c1, c0, 0\n svc #0\n"
    )
    machine.run(4)
    (event,) = transitions(machine.take_events())
    assert event.vector == 0xFFFF0008 == machine.registers().pc


def test_thumb_exceptions() -> None:
    """SCTLR.TE makes handlers Thumb; SVC in Thumb has LR two on."""
    machine = boot(
        with_vectors(
            "mrc p15, 0, r0, c1, c0, 0\n orr r0, r0, #0x40000000\n mcr p15, 0, r0, c1, c0, 0\n"
            "ldr r0, =thumb + 1\n bx r0\n .thumb\nthumb: svc #1\n nop\n.arm\n"
        )
    )
    machine.run(23)
    (event,) = [t for t in transitions(machine.take_events()) if t.cause == "svc"]
    assert event.lr == event.pc + 2
    assert event.cpsr_before & 0x20
    assert event.cpsr_after & 0x20


def test_ldm_exception_return_and_rfe_and_srs() -> None:
    text = with_vectors(
        TO_USER + "mov r4, #0\n svc #1\n svc #2\n b .\n",
        v_svc="""
    add r4, r4, #1
    cmp r4, #2
    beq 1f
    push {r0-r3, lr}
    ldm sp!, {r0-r3, pc}^
1:  srsdb sp!, #0x13
    rfeia sp!
""",
    )
    machine = boot(text)
    machine.run(60)
    events = [t for t in transitions(machine.take_events()) if t.cause != "cps"]
    assert [t.cause for t in events] == ["return", "svc", "return", "svc", "return"]
    assert [t.to_mode for t in events[1:]] == [Mode.SVC, Mode.USR, Mode.SVC, Mode.USR]
    assert machine.registers().sp[Mode.SVC] == 0x80015000


def test_mode_changes_are_named() -> None:
    machine = boot(
        "cps #0x12\n mrs r0, cpsr\n bic r0, r0, #0x1f\n orr r0, r0, #0x17\n msr cpsr_c, r0\n nop\n"
    )
    machine.run(6)
    first, second = transitions(machine.take_events())
    assert (first.cause, first.from_mode, first.to_mode) == ("cps", Mode.SVC, Mode.IRQ)
    assert (second.cause, second.from_mode, second.to_mode) == ("msr", Mode.IRQ, Mode.ABT)
    assert second.pc == LOAD + 16
    assert second.icount == 5


def test_banked_registers_of_each_mode() -> None:
    machine = boot(with_vectors("cps #0x11\n mov r8, #0x88\n cps #0x13\n mov r8, #8\n nop\n"))
    machine.run(23)
    registers = machine.registers()
    assert dict(registers.sp) == {
        Mode.USR: 0x80014000,
        Mode.SVC: 0x80015000,
        Mode.ABT: 0x80012000,
        Mode.UND: 0x80013000,
        Mode.IRQ: 0x80010000,
        Mode.FIQ: 0x80011000,
    }
    assert registers.fiq_r8_12[0] == 0x88
    assert registers.usr_r8_12[0] == 8
