"""A guest that does everything at once: MMU, user mode, SVC, aborts with retry, timer interrupts,
a UART, random numbers, self-modified code; endless, and different at every moment."""

from __future__ import annotations

from tests.machine.asm import FLAT, TIMER_DONE, USE, boot, irq_handler, timer, with_vectors

from ringview.machine.machine import Machine

_SETUP = (
    FLAT
    + """
    str r4, [r1, #4]            @ never mapped; the first MiB is mapped and unmapped again later
"""
    + USE
    + "@ every 97 ticks\n"
    + timer(0xFFFFFF9F)
    + """
    ldr r0, =0x48310000
    mov r1, #0x400
    str r1, [r0, #0x14]
    ldr r0, =user
    mov r1, #0x10
    msr spsr_cxsf, r1
    movs pc, r0
user:
    ldr sp, =0x80016000
    mov r4, #0
loop:
    add r4, r4, #1
    eor r5, r5, r4, ror #3
    push {r0-r5}
    pop {r0-r5}
    svc #1
    tst r4, #7
    bne loop
    mov r6, #0x1000
    ldr r7, [r6, r5, lsr #20]   @ aborts until the handler maps it
    svc #2
    ldr r8, =patched
    ldr r9, [r8]
    eor r9, r9, #1              @ mov r10, #0 <-> mov r10, #1
    str r9, [r8]
    svc #3                      @ cleans the caches, as changing code demands
patched:
    mov r10, #0
    add r11, r11, r10
    .inst 0xe7f000f0
    mov r6, #0x100000
    blx r6                      @ a prefetch abort, skipped by the handler
    b loop
"""
)

_SVC = """
    push {r0-r3, lr}
    mov r0, #0
    dsb
    mcr p15, 0, r0, c7, c5, 0   @ ICIALLU
    isb
    tst r4, #7
    ldreq r0, =0x80020000       @ take the first MiB away
    moveq r1, #0
    streq r1, [r0]
    mcreq p15, 0, r1, c8, c7, 1
    mrs r0, cpsr
    bic r0, r0, #0x80
    tst r4, #3
    msreq cpsr_c, r0            @ let interrupts in, now and then
    ldr r0, =0x44e09000
    and r1, r4, #63
    add r1, r1, #32
    str r1, [r0]
    ldr r0, =0x48040000
    ldr r1, [r0, #0x3c]         @ the timer's counter
    add r12, r12, r1
    ldr r0, =0x48310000
    ldr r1, [r0]
    add r12, r12, r1
    mov r1, #1
    str r1, [r0, #0x10]
    mrs r0, cpsr
    orr r0, r0, #0x80
    msr cpsr_c, r0
    tst r4, #31
    wfieq
    pop {r0-r3, lr}
    movs pc, lr
"""

_DABT = """
    push {r0-r1}
    ldr r0, =0x80020000
    ldr r1, =0x80000c02
    str r1, [r0]
    mrc p15, 0, r1, c6, c0, 0   @ DFAR
    mcr p15, 0, r1, c8, c7, 1   @ TLBIMVA, ASID 0: the entries are global
    pop {r0-r1}
    subs pc, lr, #8
"""

_PABT = """
    ldr lr, =back
    movs pc, lr
"""

_IRQ_DONE = """
    ldr r0, =0x48200000
    ldr r1, [r0, #0x40]
    mov r1, #1
    str r1, [r0, #0x48]
"""


def workout(seed: int = 0) -> Machine:
    """The machine at the start of the workout."""
    setup = _SETUP.replace("    b loop\n", "back:\n    b loop\n")
    return boot(
        with_vectors(
            setup,
            v_svc=_SVC,
            v_dabt=_DABT,
            v_pabt=_PABT,
            v_irq=irq_handler(TIMER_DONE + _IRQ_DONE),
            v_und="movs pc, lr\n",
        ),
        seed=seed,
    )
