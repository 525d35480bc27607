"""Thumb code, as ordinary toolchains emit it: IT blocks run as a unit, still deterministic."""

from __future__ import annotations

import random

from tests.machine.asm import MMU_ON, TIMER_DONE, boot, irq_handler, timer, with_vectors

from ringview.arm.disasm import disassemble
from ringview.arm.psr import decode_psr
from ringview.machine.events import Transition
from ringview.machine.machine import Machine, StopReason
from ringview.machine.trace import Access

LENGTH = 60_000
ADDMI = 0x1C40  # add r0, r0, #1, in an IT block

SETUP = (
    timer(0xFFFFFFE9)
    + """
    cps #0x10
    ldr sp, =0x80016000
    ldr r9, =0x80017000
    ldr r0, =thumb + 1
    bx r0
    .ltorg
    .thumb
thumb:
    movs r4, #0
    movs r5, #1
again:
    adds r4, r4, #1
    eor.w r5, r5, r4, ror #7
    lsls r6, r5, #29
    itttt mi
    addmi r0, r0, #1
    strmi r0, [r9, #4]
    ldrmi r1, [r9, #4]
    addmi r2, r2, r1
    cmp r5, r4
    itet hi
    subhi r3, r3, #1
    addls r3, r3, #3
    bhi 1f
    push {r0-r3, lr}
    pop {r0-r3, lr}
1:  svc #1
    strd r0, r1, [r9, #16]
    ldrd r2, r3, [r9, #16]
    stmdb r9, {r0-r3}
    ldrb r7, [r9, r5, lsr #30]
    ldrh.w r7, [r9, #-4]
    ldr r7, [r9], #4
    subs.w r9, r9, #4
    b again
    .arm
"""
)


def guest() -> Machine:
    setup = SETUP.replace("ldrb r7, [r9, r5, lsr #30]", "lsrs r7, r5, #30\n ldrb.w r7, [r9, r7]")
    setup = setup.replace("cps #0x10\n", "cpsie i, #0x10\n")
    return boot(with_vectors(setup, v_svc="movs pc, lr\n", v_irq=irq_handler(TIMER_DONE)))


def test_slices_do_not_matter_in_thumb_code() -> None:
    reference = guest()
    assert reference.run(LENGTH).reason is StopReason.LIMIT
    events = reference.take_events()
    assert sum(isinstance(e, Transition) and e.cause == "irq" for e in events) > 100
    for seed in range(3):
        rng = random.Random(seed)
        machine = guest()
        again = []
        machine.trace(seed == 2)
        while machine.icount < LENGTH:
            machine.run(min(LENGTH, machine.icount + rng.randint(1, 40)))
            again += machine.take_events()
        assert machine.icount == reference.icount
        assert machine.digest() == reference.digest()
        assert again == events


def test_every_instruction_is_traced_once_whatever_the_slices() -> None:
    rng = random.Random(3)
    machine = guest()
    machine.trace(True)
    while machine.icount < 5000:
        machine.run(machine.icount + rng.randint(1, 7))
    icounts = machine.take_trace().insns["icount"].tolist()
    assert icounts == list(range(machine.icount))


def test_thumb_addresses() -> None:
    machine = guest()
    machine.run(200)
    machine.trace(True)
    machine.run(5000)
    trace = machine.take_trace()
    insns = {int(record["icount"]): record for record in trace.insns}
    seen, checked = -1, 0
    for access in trace.accesses:
        assert int(access["flags"]) & Access.EXACT_VA
        assert int(access["va"]) == int(access["pa"])  # the MMU is off
        record = insns[int(access["icount"])]
        if int(access["icount"]) == seen or not int(record["cpsr"]) & 0x20:
            continue
        seen = int(access["icount"])
        registers = [int(r) for r in record["r"]]
        code = int(record["insn"]).to_bytes(4, "little")
        insn = disassemble(code, registers[15], thumb=True)[0]
        expected = insn.effective_address(registers)
        if expected is not None:
            assert expected == int(access["va"]), insn.text
            checked += 1
    assert checked > 300


def test_breakpoint_inside_an_it_block_stops_after_it() -> None:
    machine = guest()
    machine.run(200)
    machine.trace(True)
    machine.run(20_000)
    insns = machine.take_trace().insns
    thumb = [r for r in insns if int(r["cpsr"]) & 0x20]
    inside = next(int(r["r"][15]) for r in thumb if int(r["insn"]) & 0xFFFF == ADDMI)
    stop = machine.run(100_000, breakpoints=[inside])
    assert stop.reason is StopReason.BREAKPOINT
    assert inside < machine.registers().pc <= inside + 14


def test_abort_inside_an_it_block_resumes_inside_it() -> None:
    machine = boot(
        with_vectors(
            MMU_ON
            + """
    mov r6, #0x1000
    mov r1, #0
    mov r2, #0
    mov r3, #0
    ldr r0, =thumb + 1
    bx r0
    .ltorg
    .thumb
thumb:
    cmp r1, r1
    itett eq
    addeq r1, r1, #1
    addne r3, r3, #1
    ldreq r5, [r6]
    addeq r2, r2, #1
2:  b 2b
    .arm
""",
            v_dabt="""
    ldr r0, =0x80020000
    ldr r8, =0x80000c02
    str r8, [r0]
    mcr p15, 0, r6, c8, c7, 3
    subs pc, lr, #8
""",
        )
    )
    machine.run(20_700)
    abort, back = [e for e in machine.take_events() if isinstance(e, Transition)][-2:]
    assert (abort.cause, back.cause) == ("data abort", "return")
    assert abort.lr == abort.pc + 8
    saved = decode_psr(abort.spsr)
    assert saved.thumb
    assert saved.it == 0b0000_0100  # EQ; this one and one more
    assert decode_psr(abort.cpsr_after).it == 0
    assert not decode_psr(abort.cpsr_after).thumb
    registers = machine.registers()
    assert (registers.r[1], registers.r[2], registers.r[3]) == (1, 1, 0)


def test_undefined_and_breakpoint_in_thumb() -> None:
    text = "ldr r0, =thumb + 1\n bx r0\n .ltorg\n .thumb\nthumb: {}\n nop\n nop\n .arm\n"
    for insn, cause, distance in (
        (".inst.n 0xde00", "undefined", 2),
        ("bkpt #1", "prefetch abort", 4),
    ):
        machine = boot(with_vectors(text.format(insn)))
        machine.run(100)
        event = next(e for e in machine.take_events() if isinstance(e, Transition) and e.vector)
        assert (event.cause, event.lr) == (cause, event.pc + distance)
