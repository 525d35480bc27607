"""Transitions and faults told: in the core's order, with the values, forwards and for returns."""

from __future__ import annotations

from typing import Any

from ringview.arm.psr import Mode
from ringview.views.entry import savings_since
from ringview.views.fault import fault_story, fixup_of
from ringview.views.inputs import Call, Function
from ringview.views.next import next_effect
from ringview.views.story import cpsr_changes, transition_story

from .fakes import (
    HELLO2,
    STACK,
    SVC,
    TEXT,
    TOP,
    UNMAPPED,
    USER_SP,
    USR,
    FakeKnowledge,
    FakeState,
    registers,
    scene,
    transition,
)

SWI = 0xC0010000
REGS = STACK + 8192 - 8 - 72

ENTRY = (
    0xE24DD048,  # sub sp, sp, #72
    0xE88D1FFF,  # stm sp, {r0-r12}
    0xE28D803C,  # add r8, sp, #60
    0xE9486000,  # stmdb r8, {sp, lr}^
    0xE14F8000,  # mrs r8, spsr
    0xE58DE03C,  # str lr, [sp, #60]
    0xE58D8040,  # str r8, [sp, #64]
    0xE58D0044,  # str r0, [sp, #68]
    0xEB000100,  # bl: C from here
)


def _at_vector(**options: Any) -> Any:
    values = registers(
        cpsr=SVC,
        spsr=USR,
        spsr_svc=USR,
        sp=TOP,
        lr=0x102A8,
        lr_svc=0x102A8,
        pc=0xFFFF0008,
        r0=0xBEF00C40,
        r7=401,
    )
    state = FakeState(registers=values, icount=options.pop("icount", 1000))
    state.words(0xFFFF0008, 0xE59FF410).words(0xFFFF0420, SWI).words(SWI, *ENTRY)
    state.words(0x102A4, 0xEF000000)
    know = FakeKnowledge(
        functions=(
            Function("vector_swi", SWI, SWI + 0x100),
            Function("syscall", 0x10280, 0x102C0),
        ),
        current=HELLO2,
        syscalls={401: "hello2"},
        **options,
    )
    return scene(state, know)


def _call(**changes: Any) -> Call:
    values: dict[str, Any] = {
        "ordinal": 3,
        "nr": 401,
        "name": "hello2",
        "task": "hello2[2]",
        "args": (0xBEF00C40,),
        "enter": 1000,
        "exit": 2000,
        "ret": 0,
        "text": "hello2(…) = 0",
        "instructions_kernel": 940,
    }
    return Call(**(values | changes))


def test_the_svc_is_told_in_the_cores_order() -> None:
    at = _at_vector()
    t = transition()
    story = transition_story(at, t, None, _call(), savings_since(at, t))
    assert story.headline == ("USR → SVC: Supervisor Call taken by syscall+0x24, vector ffff_0008")
    assert story.cause == "svc #0 at 0001_02a4; r7 = 401 asks for hello2."
    assert story.just_now
    order = ["lr_svc = 0001_02a8", "spsr_svc = 6000_0010", "CPSR: M USR → SVC", "PC = ffff_0008"]
    order += ["sp is now sp_svc = c081_dff8", "TTBR0 stays"]
    for expected, step in zip(order, story.steps, strict=False):
        assert step.startswith(expected), step
    assert "SCTLR.V is 1" in story.steps[3]
    assert "offset 0x08" in story.steps[3]
    assert "the empty kernel stack of hello2[2]" in story.steps[4]
    assert "sp_usr = bef0_0c20 stays" in story.steps[4]


def test_at_the_vector_what_the_entry_code_will_save_is_announced() -> None:
    at = _at_vector()
    savings = savings_since(at, transition())
    assert [(s.low, s.registers) for s in savings] == [
        (REGS, tuple(f"r{i}" for i in range(13))),
        (REGS + 52, ("the user's sp", "the user's lr")),
        (REGS + 60, ("lr_svc (where to return)",)),
        (REGS + 64, ("spsr_svc",)),
        (REGS + 68, ("r0",)),
    ]
    assert not any(s.done for s in savings)
    story = transition_story(at, transition(), None, None, savings)
    assert story.steps[6] == (
        "vector_swi+0x4 will store r0-r12 in pt_regs (ARM_r0 … ARM_ip) at c081_dfb0."
    )
    assert "the user's sp, the user's lr in pt_regs (ARM_sp … ARM_lr)" in story.steps[7]


def test_later_what_has_been_saved_is_told_apart_from_what_will_be() -> None:
    at = _at_vector(icount=1004)  # the vector, sub, stm and add have been executed
    savings = savings_since(at, transition())
    assert [s.done for s in savings] == [True, False, False, False, False]
    much_later = _at_vector(icount=5000)
    story = transition_story(
        much_later, transition(), None, None, savings_since(much_later, transition())
    )
    assert not story.just_now
    assert all("will store" not in step for step in story.steps)


def test_a_return_tells_its_result() -> None:
    state = FakeState(registers=registers(r0=0xFFFFFFF2), icount=2000)
    before = FakeState(registers=registers(cpsr=SVC, sp=TOP), icount=1999)
    at = scene(state, FakeKnowledge(current=HELLO2), before=before)
    back = transition(
        icount=2000,
        from_mode=Mode.SVC,
        to_mode=Mode.USR,
        cause="return",
        pc=SWI + 0x80,
        target=0x102A8,
        vector=None,
        cpsr_before=SVC,
        cpsr_after=USR,
        registers=(0xFFFFFFF2, *(0,) * 15),
    )
    story = transition_story(at, back, transition(), _call(ret=0xFFFFFFF2), ())
    assert story.headline == "SVC → USR: c001_0080 returns to 0001_02a8"
    assert story.steps[0] == (
        "CPSR = spsr_svc: M SVC → USR, I 1 → 0 (IRQ enabled); flags nZCv kept."
    )
    assert any("sp_usr = bef0_0c20 again" in step for step in story.steps)
    assert story.steps[-1] == ("r0 = ffff_fff2 carries the result of hello2: -EFAULT (-14).")
    assert "940 instructions" in story.cause


def test_a_passage_through_irq_mode_is_no_return() -> None:
    irq = transition(
        cause="irq", to_mode=Mode.IRQ, pc=TEXT, lr=TEXT + 4, vector=0xFFFF0018, target=0xFFFF0018
    )
    over = transition(
        icount=1012,
        from_mode=Mode.IRQ,
        to_mode=Mode.SVC,
        cause="return",
        pc=0xFFFF1020,
        target=SWI,
        vector=None,
        cpsr_before=0x60000092,
        cpsr_after=SVC,
    )
    state = FakeState(registers=registers(cpsr=SVC, sp=TOP), icount=1012)
    story = transition_story(scene(state, FakeKnowledge(current=HELLO2)), over, irq, None, ())
    assert "hands over to" in story.headline
    assert "only a passage" in story.cause
    assert "kernel stack of hello2[2]" in story.steps[2]


def test_cpsr_changes_name_bits() -> None:
    assert cpsr_changes(USR, SVC) == "M USR → SVC, I 0 → 1 (IRQ masked); flags nZCv kept"
    assert cpsr_changes(USR, USR) == "no control bit changed; flags nZCv kept"
    assert "flags nZCv → Nzcv" in cpsr_changes(USR, 0x80000010)


# -------------------------------------------------------------------------------- faults


def _fault(**changes: Any) -> Any:
    values: dict[str, Any] = {
        "cause": "data abort",
        "to_mode": Mode.ABT,
        "pc": SWI + 8,
        "lr": SWI + 16,
        "vector": 0xFFFF0010,
        "target": 0xFFFF0010,
        "fault_status": 0x7,
        "fault_address": 0x00400000,
    }
    return transition(**(values | changes))


def _faulting(**options: Any) -> Any:
    state = FakeState(registers=registers(cpsr=0x97, pc=0xFFFF0010, sp=0))
    state.words(SWI + 8, 0xE5912000)
    state.words(0xC0100000, SWI + 8, SWI + 0x40, SWI + 0x10, SWI + 0x44)
    know = FakeKnowledge(
        functions=(Function("__copy_from_user", SWI, SWI + 0x100),),
        lines={SWI + 8: ("kernel/arch/arm/lib/copy.S", 40)},
        texts={0xE5912000: ("ldr", "r2, [r1]")},
        symbols={"__start___ex_table": 0xC0100000, "__stop___ex_table": 0xC0100010},
        **options,
    )
    return scene(state, know)


def test_a_fault_of_the_kernel_has_sentence_evidence_and_fixup() -> None:
    at = _faulting()
    story = fault_story(at, _fault(from_mode=Mode.SVC, spsr=SVC))
    assert story.sentence == (
        "ldr r2, [r1] in __copy_from_user+0x8 (kernel/arch/arm/lib/copy.S:40) read 0040_0000 "
        "at PL1, but no page is mapped there: translation fault, page."
    )
    assert "DFSR = 0000_0007: translation fault, page, on a read, domain 0" in story.evidence
    assert "DFAR = 0040_0000" in story.evidence
    assert any("L1 descriptor at PA 8000_4010 = 0000_0000" in line for line in story.evidence)
    assert "__ex_table sends the kernel on at __copy_from_user+0x40" in story.what_next


def test_an_undefined_instruction_of_the_program_ends_in_sigill() -> None:
    story = fault_story(_faulting(), _fault(cause="undefined", fault_status=0, fault_address=None))
    assert "is not a defined instruction for the program in USR mode" in story.sentence
    assert "SIGILL" in story.what_next


def test_the_exception_table_is_searched() -> None:
    at = _faulting()
    assert fixup_of(at, SWI + 8) == SWI + 0x40
    assert fixup_of(at, SWI + 0x10) == SWI + 0x44
    assert fixup_of(at, SWI + 0xC) is None


# ---------------------------------------------------------------------------- the next step


def _next(
    encoding: int, text: tuple[str, str], know: FakeKnowledge | None = None, **values: int
) -> str:
    state = FakeState(registers=registers(**values)).words(values.get("pc", TEXT), encoding)
    know = know or FakeKnowledge()
    know.texts = {encoding: text}
    return next_effect(scene(state, know), None)


def test_the_next_instruction_in_one_sentence() -> None:
    know = FakeKnowledge(
        functions=(Function("main", TEXT, TEXT + 64), Function("callee", 0x11000, 0x11040)),
        syscalls={401: "hello2"},
    )
    assert _next(0xEF000000, ("svc", "#0"), know, r7=401) == (
        "svc #0: takes the Supervisor Call exception: USR → SVC, PC = ffff_0008; "
        "r7 = 401 asks for hello2."
    )
    call = 0xEB000000 | (0x11000 - TEXT - 8) >> 2
    assert _next(call, ("bl", "0001_1000"), know) == (
        "bl 0001_1000: calls callee; lr = 0001_0004, to come back here."
    )
    assert _next(0xE12FFF1E, ("bx", "lr"), know, lr=0x11008) == "bx lr: returns to callee+0x8."
    assert _next(0x0A000000, ("beq", "x"), know, cpsr=0x10) == "beq x: skipped, because Z is 0."
    assert _next(0xE0910002, ("adds", "r0, r1, r2"), know) == (
        "adds r0, r1, r2: sets r0 to 0000_0000, and the flags."
    )
    assert _next(0xE92D4800, ("push", "{fp, lr}"), know) == (
        "push {fp, lr}: stores fp, lr at bef0_0c18, user stack, below sp."
    )
    assert (
        _next(0xEE023F10, ("mcr", "…"), know, r3=0x8102004A)
        == "mcr …: writes TTBR0, the user's translation table: 8102_004a "
        "(first-level table at PA 8102_0000)."
    )
    returns = _next(0xE1B0F00E, ("movs", "pc, lr"), know, cpsr=SVC, spsr=USR, lr=TEXT + 8, sp=TOP)
    assert returns == (
        "movs pc, lr: returns from the exception: SVC → USR, PC = 0001_0008 (main+0x8), "
        "CPSR = USR nZCv ---."
    )


def test_nothing_to_fetch_is_a_prefetch_abort() -> None:
    state = FakeState(registers=registers(pc=0x400))
    assert "Prefetch Abort comes next" in next_effect(scene(state, FakeKnowledge()), None)


def test_unmapped_walks_are_fakes_worth_their_name() -> None:
    assert not UNMAPPED(0x400000).mapped
    assert USER_SP & 3 == 0
