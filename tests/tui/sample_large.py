"""What two large views show of the sample: its change of mode, and its functions under way."""

from __future__ import annotations

from msgspec.structs import replace
from tests.tui import sample

from ringview.views.frame import CallFrameView, Frame, FrameVariable, SwitchMove, SwitchRow


def switched() -> Frame:
    """`sample.at_svc`, with both sides of the change, the bits, and half of pt_regs stored."""
    frame = sample.at_svc()
    story = frame.narration.transition
    assert story is not None
    pt_regs = 0xC081DFB0
    registers = ("r0", "r1", "r7", "the user's sp", "the user's lr", "spsr_svc")
    story = replace(
        story,
        rows=(
            SwitchRow("mode", "USR  PL0", "SVC  PL1", True, "set by the core with the exception"),
            SwitchRow(
                "pc",
                "0001_0b40  syscall+0xc",
                "ffff_0008  vector",
                True,
                "the vector: the kernel's",
            ),
            SwitchRow(
                "sp", "bef0_0c20  sp_usr", "c081_dff8  sp_svc", True, "SVC has its own: a new stack"
            ),
            SwitchRow("lr", "0001_02a8  lr_usr", "0001_0b44  lr_svc", True, "where to return to"),
            SwitchRow("cpsr", "6000_0010", "6000_0093", True, "bit by bit below"),
            SwitchRow("ttbr0", "8102_4000", "8102_4000", False, "the same address space"),
        ),
        bits_before=sample.flags("nZCv", "USR"),
        bits=tuple(
            replace(bit, changed=bit.name in ("I", "M"))
            for bit in sample.flags("nZCv", "SVC", masked=True)
        ),
        moves=tuple(
            SwitchMove(name, f"pt_regs + {4 * i:#x}", pt_regs + 4 * i, done=i < 3, load=False)
            for i, name in enumerate(registers)
        ),
    )
    return replace(frame, narration=replace(frame.narration, transition=story))


def called() -> Frame:
    """`sample.hello2`, with its frames: a copy for a handler, the border, main, and variables that
    have a value, a member, or a reason to lack one.
    """

    def variable(
        name: str, kind: str, value: str, place: str = "", depth: int = 0, why: str = ""
    ) -> FrameVariable:
        return FrameVariable(name, kind, value, place, 0, depth, name == "uin", why)

    frame = sample.hello2()
    copy = CallFrameView(
        0, 0xC00208D4, "copy_from_user+0x14", "copy_from_user",
        "kernel/arch/arm/lib/uaccess.S:41", "ldrt r3, [r1], #4", sample.KERNEL, "", 0,
        0xC081DF78, 0xC081DF78, (), (),
    )  # fmt: skip
    handler = CallFrameView(
        1, 0xC0012F40, "sys_hello2+0x20", "sys_hello2", "kernel/kernel/sys-hello2.c:32",
        "if (copy_from_user(&req, uin, sizeof(req)))", sample.KERNEL, "", 0,
        0xC081DF78, 0xC081DFA8, ("do_hello2",),
        (
            variable("uin", "struct hello2_in *", "bef0_0c40", "r4"),
            variable("req", "struct hello2_in", "", "c081_df78"),
            variable(".len", "unsigned int", "6", "c081_df7c", 1),
            variable("len", "long", "", why="optimised out: the compiler keeps it nowhere here"),
        ),
    )  # fmt: skip
    main = CallFrameView(
        2, 0x00010B44, "main+0x28", "main", "userland/hello2.c:21",
        "ret = syscall(__NR_hello2, &in, &out);", sample.USER, "svc came from here", 0xC081DFB0,
        0xBEF00C20, 0xBEF00C80, (), (variable("ret", "long", "0", "r0"),),
    )  # fmt: skip
    return replace(frame, frames=(copy, handler, main))
