"""Both stacks: pt_regs by name, frames, the initial stack's vectors, the unbroken backtrace."""

from __future__ import annotations

from ringview.views.frame import Privilege, ViewRequest
from ringview.views.initial import initial_stack
from ringview.views.inputs import CallFrame, Function
from ringview.views.stacks import PT_REGS, build_stacks, pt_regs_address

from .fakes import (
    HELLO2,
    STACK,
    SVC,
    TEXT,
    USER_SP,
    FakeKnowledge,
    FakeState,
    registers,
    scene,
)

REGS = pt_regs_address(STACK)
SYS = 0xC0010000


def _know(**changes: object) -> FakeKnowledge:
    values: dict[str, object] = {
        "functions": (Function("main", TEXT, TEXT + 0x100), Function("sys_hello2", SYS, SYS + 64)),
        "current": HELLO2,
        "syscalls": {401: "hello2"},
        "lines": {TEXT + 0x28: ("userland/hello2.c", 12), SYS + 0x1C: ("kernel/sys-hello2.c", 32)},
    }
    return FakeKnowledge(**(values | changes))  # type: ignore[arg-type]


def _in_kernel() -> FakeState:
    sp = REGS - 16
    values = registers(cpsr=SVC, sp=sp, sp_svc=sp, pc=SYS + 0x1C)
    state = FakeState(registers=values)
    state.words(sp, 1, 2, REGS, 0xC0020000)
    state.words(REGS, *(100 + i for i in range(16)), 0x60000010, 0xBEF00C40)
    state.words(REGS + 28, 401).words(USER_SP, *range(64))
    return state


def test_pt_regs_lies_where_linux_puts_it() -> None:
    assert REGS == STACK + 8192 - 8 - 72
    assert PT_REGS[13] == "ARM_sp"
    assert PT_REGS[17] == "ARM_ORIG_r0"


def test_the_saved_registers_have_their_names() -> None:
    kernel = build_stacks(scene(_in_kernel(), _know(), in_call=True)).kernel
    slots = {slot.va: slot for slot in kernel.slots}
    assert [slots[REGS + 4 * i].label for i in range(18)] == [f"pt_regs.{n}" for n in PT_REGS]
    assert slots[REGS + 64].note == "USR nZCv ---"
    assert slots[REGS + 28].note == "hello2"
    assert {slots[REGS + 4 * i].group for i in range(18)} == {"pt_regs"}
    assert kernel.live
    assert (kernel.low, kernel.high, kernel.used) == (STACK, STACK + 8192, 72 + 16)
    assert [slot.va for slot in kernel.slots if slot.is_sp] == [REGS - 16]


def test_in_user_mode_the_kernel_stack_is_empty_and_says_so() -> None:
    state = FakeState(registers=registers()).words(REGS, *range(20)).words(USER_SP, *range(64))
    stacks = build_stacks(scene(state, _know()))
    assert not stacks.kernel.live
    assert stacks.user.live
    assert stacks.kernel.used == 0
    notes = {s.note for s in stacks.kernel.slots if s.group == "pt_regs"}
    assert notes == {"free, left from earlier"}


def test_what_the_entry_code_has_not_stored_yet_is_said() -> None:
    state = _in_kernel()
    stored = frozenset(REGS + 4 * i for i in range(13))
    kernel = build_stacks(scene(state, _know(), stored=stored)).kernel
    notes = {s.label: s.note for s in kernel.slots}
    assert notes["pt_regs.ARM_pc"] == "not stored yet"
    assert notes["pt_regs.ARM_r0"] != "not stored yet"


def test_a_deep_stack_still_shows_pt_regs() -> None:
    sp = STACK + 4096
    values = registers(cpsr=SVC, sp=sp, sp_svc=sp, pc=SYS)
    state = FakeState(registers=values).words(STACK, *[0] * 2048)
    kernel = build_stacks(scene(state, _know(), request=ViewRequest(stack_slots=40))).kernel
    assert len(kernel.slots) <= 41
    assert kernel.slots[0].is_sp
    (gap,) = [s for s in kernel.slots if s.group == "gap"]
    assert "bytes not shown" in gap.label
    assert sum(s.group == "pt_regs" for s in kernel.slots) == 18


def test_frames_and_boundary() -> None:
    frames = (
        CallFrame(SYS + 0x1C, REGS - 16, {"r11": REGS - 8, "lr": REGS - 4}),
        CallFrame(TEXT + 0x28, USER_SP, {}, "pt_regs: the svc came from here", REGS, user=True),
    )
    stacks = build_stacks(scene(_in_kernel(), _know(frames=frames)))
    labels = {s.va: s.label for s in stacks.kernel.slots}
    assert labels[REGS - 4] == "saved lr of sys_hello2"
    assert labels[REGS - 8] == "saved fp of sys_hello2"
    inner, outer = stacks.backtrace
    assert (inner.place, inner.source) == ("sys_hello2+0x1c", "kernel/sys-hello2.c:32")
    assert (outer.place, outer.source) == ("main+0x28", "userland/hello2.c:12")
    assert (inner.privilege, outer.privilege) == (Privilege.KERNEL, Privilege.USER)
    assert outer.boundary == "pt_regs: the svc came from here"


def test_changed_words_are_marked() -> None:
    state, before = _in_kernel(), _in_kernel()
    state.words(USER_SP + 8, 0xAAAA)
    user = build_stacks(scene(state, _know(), before=before)).user
    assert [s.va for s in user.slots if s.changed] == [USER_SP + 8]


def test_a_wild_user_stack_pointer_is_no_trouble() -> None:
    state = FakeState(registers=registers(sp_usr=0xC0000000, sp=0xC0000000)).words(REGS, *range(20))
    assert build_stacks(scene(state, _know())).user.slots == ()
    state = FakeState(registers=registers(sp_usr=0x12345, sp=0x12345))
    user = build_stacks(scene(state, _know())).user
    assert user.slots
    assert not any(s.readable for s in user.slots)


def test_the_initial_stack_by_names() -> None:
    sp = 0xBEF00F00
    state = FakeState()
    state.words(
        sp,
        *(2, 0xBEF00FC0, 0xBEF00FD0, 0),  # argc, argv, NULL
        *(0xBEF00FE0, 0),  # envp, NULL
        *(6, 4096, 25, 0xBEF00FB0, 17, 100, 31, 0xBEF00FC0, 0, 0),
    )
    state.write(0xBEF00FC0, b"/bin/hello2\0").write(0xBEF00FD0, b"beagle\0").write(
        0xBEF00FE0, b"HOME=/\0"
    )
    labels = initial_stack(state.read_virtual, sp)
    assert labels[sp].text == "argc"
    assert (labels[sp + 4].text, labels[sp + 4].note) == ("argv[0]", '→ "/bin/hello2"')
    assert labels[sp + 12].text == "argv ends"
    assert (labels[sp + 16].text, labels[sp + 16].group) == ("envp[0]", "envp")
    assert (labels[sp + 28].text, labels[sp + 28].note) == ("AT_PAGESZ", "pages of 4096 bytes")
    assert labels[sp + 24].text == "type AT_PAGESZ"
    assert labels[sp + 52].note == '→ "/bin/hello2"'
    assert labels[sp + 60].note == "the vector ends"
    assert labels[0xBEF00FD0].text == 'argv[1] "beagle"'
    assert labels[0xBEF00FD0].group == "strings"


def test_a_broken_initial_stack_gives_no_labels() -> None:
    state = FakeState().words(0xBEF00F00, 0xFFFFFFFF)
    assert initial_stack(state.read_virtual, 0xBEF00F00) == {}
    assert initial_stack(state.read_virtual, 0) == {}
