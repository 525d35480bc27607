"""One unbroken backtrace with variables, from wherever one stands, and gdb as the oracle."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.stories.conftest import Stage
from tests.stories.gdb import GDB, ask

from ringview.views.frame import CallFrameView, FrameVariable, ViewRequest
from ringview.views.frames import NOT_YET, OPTIMISED

REQUIRED = os.environ.get("RINGVIEW_REQUIRE_ORACLES") == "1"
needs_gdb = pytest.mark.skipif(GDB is None and not REQUIRED, reason="gdb-multiarch is missing")


def frames_at(stage: Stage, icount: int) -> tuple[CallFrameView, ...]:
    frames = stage.frame(icount, ViewRequest(large="frames")).frames
    assert frames is not None
    return frames


def names(frames: Sequence[CallFrameView]) -> list[str]:
    return [frame.function for frame in frames]


def variables(frame: CallFrameView) -> dict[str, FrameVariable]:
    return {v.name: v for v in frame.variables if not v.depth}


def in_a_fault_of_a_copy(stage: Stage) -> int:
    """Within the handler of a fault that the kernel took in a copy from user memory."""
    fault = stage.fault_in("arm_copy_from_user", level="PL1")
    return entered(stage, "handle_mm_fault", fault.icount)


def entered(stage: Stage, function: str, after: int) -> int:
    va = stage.session.resolve_address(function)
    insns = stage.session.window(after, after + 20_000).insns
    hits = insns["icount"][insns["r"][:, 15] == va]
    return int(hits[0])


def in_the_signal_handler(stage: Stage) -> int:
    return entered(stage, "on_fault", stage.fault_in("write_text").icount)


def in_an_interrupt_of_the_kernel(stage: Stage) -> int:
    taken = next(t for t in stage.session.transitions() if t.cause == "irq" and t.pc >> 30 == 3)
    return entered(stage, "asm_do_IRQ", taken.icount) + 30


def test_a_fault_within_a_copy_is_one_chain_to_main(stage: Stage) -> None:
    frames = frames_at(stage, in_a_fault_of_a_copy(stage))
    found = names(frames)
    for inner, outer in (
        ("handle_mm_fault", "do_DataAbort"),
        ("do_DataAbort", "arm_copy_from_user"),
        ("arm_copy_from_user", "sys_write"),
        ("sys_write", "copy_from_absent"),
        ("copy_from_absent", "main"),
    ):
        assert found.index(inner) < found.index(outer), found
    # By where the handler returns to, not by whatever code stands before that.
    assert found[found.index("sys_write") + 1] == "ret_fast_syscall"
    borders = [frame for frame in frames if frame.boundary]
    assert [frame.privilege.value == "user" for frame in borders] == [False, True]
    assert all(frame.pt_regs for frame in borders)


def test_an_interrupt_taken_in_the_kernel_goes_on_in_what_it_interrupted(ticking: Stage) -> None:
    stage = ticking
    icount = in_an_interrupt_of_the_kernel(stage)
    frames = frames_at(stage, icount)
    taken = max(
        (t for t in stage.session.transitions(0, icount) if t.cause == "irq"),
        key=lambda t: t.icount,
    )
    border = next(frame for frame in frames if frame.boundary)
    assert border.pc == taken.pc
    assert "interrupt" in border.boundary or "irq" in border.boundary.lower()


def test_in_a_signals_handler_the_frame_is_the_programs(stage: Stage) -> None:
    icount = in_the_signal_handler(stage)
    frames = frames_at(stage, icount)
    assert frames[0].function == "on_fault"
    assert {v.why_not for v in frames[0].variables} == {NOT_YET}
    fault = stage.fault_in("write_text")
    beneath = next(frame for frame in frames if frame.boundary)
    assert (beneath.pc, beneath.sp) == (fault.pc, fault.registers[13])
    assert beneath.boundary.startswith("signal came here")
    assert names(frames)[names(frames).index("write_text") :][:2] == ["write_text", "main"]
    stage.session.goto(icount)
    arguments = stage.session.machine.registers().r[:3]
    stage.session.step("line", 1)
    stage.session.step("line", 1)
    (frame, *_) = frames_at(stage, stage.session.icount)
    told = variables(frame)
    assert told["sig"].parameter
    assert told["sig"].value == str(arguments[0]) == "11"
    assert not told["seen"].parameter


def number(text: str) -> int | None:
    found = re.match(r"-?(0x[0-9a-f]+|\d+)", text)
    return None if found is None else int(found[0], 0) & 0xFFFFFFFF


def check_by_gdb(stage: Stage, image: Path, frames: Sequence[CallFrameView], first: int) -> int:
    """Compare a run of frames without a border: functions, parameters, locals. Give how many."""
    session = stage.session
    state = session.state()
    if first == 0:
        registers = [state.registers[n] for n in (*(f"r{i}" for i in range(13)), "sp", "lr", "pc")]
        cpsr = state.registers["cpsr"]
    else:
        data = state.read_virtual(frames[first].pt_regs, 68)
        assert data is not None
        words = [int.from_bytes(data[i : i + 4], "little") for i in range(0, 68, 4)]
        registers, cpsr = words[:16], words[16]
    borders = (i for i in range(first + 1, len(frames)) if frames[i].pt_regs)
    last = next(borders, len(frames))  # a signal's frame gdb crosses by itself
    own = frames[first:last]
    scalars = [
        (level, v)
        for level, frame in enumerate(own)
        for v in frame.variables
        if not v.depth and (number(v.value) is not None or v.why_not == OPTIMISED)
    ]
    commands, answers = ["bt -frame-arguments none"], []
    for level, v in scalars:
        # The functions expanded here are frames of their own in gdb, the innermost first.
        commands.append(f"frame function {own[level].function}")
        answers.append(range(len(commands), len(commands) + 2 * len(own[level].expanded) + 1, 2))
        commands += ["output/x " + v.name, *["up", "output/x " + v.name] * len(own[level].expanded)]
    said = ask(image, registers, cpsr, state.read_virtual, commands)
    functions = re.findall(r"^#\d+ +(?:0x[0-9a-f]+ in )?([\w.]+)", said[0], re.MULTILINE)
    # Where a function has two names, or is expanded, gdb may choose another one.
    ours = [name for name in names(own) if name in functions]
    kept = [name for name in functions if name in ours]
    # Beyond the entry code it has no way on, and repeats itself.
    assert kept[: len(ours)] == ours, (said[0], names(own))
    assert 3 * len(ours) >= 2 * len(own), (said[0], names(own))
    compared = silent = 0
    for (level, v), places in zip(scalars, answers, strict=True):
        theirs = next((said[i] for i in places if said[i]), "")
        if not theirs:
            silent += 1
        elif v.why_not == OPTIMISED:
            assert theirs == "<optimized out>", (own[level].function, v, theirs)
            compared += 1
        elif theirs != "<optimized out>":  # gdb gives up on registers sooner than we do
            assert number(theirs) == number(v.value), (own[level].function, v, theirs)
            compared += 1
    assert silent <= len(scalars) // 4, (silent, len(scalars))
    return compared


@pytest.mark.oracle
@needs_gdb
def test_gdb_finds_the_same_frames_and_values(
    ticking: Stage, stories: Path, faulty_kernel: Path
) -> None:
    compared, stage = 0, ticking
    entered = in_the_signal_handler(stage)
    # as deep in it as the tick allows, which may come at any instruction
    deep = range(entered + 10, entered, -1)
    handler = next(i for i in deep if frames_at(stage, i)[0].function == "on_fault")
    places = [
        in_a_fault_of_a_copy(stage) + 12,
        handler,
        in_an_interrupt_of_the_kernel(stage),
        stage.fault_in("copy_on_write").icount - 1,
        stage.fault_in("unaligned").icount - 1,
    ]
    for icount in places:
        frames = frames_at(stage, icount)
        stage.session.goto(icount)
        starts = [0, *(i for i, frame in enumerate(frames) if frame.pt_regs)]
        for first in starts:
            user = frames[first].privilege.value == "user"
            compared += check_by_gdb(stage, stories if user else faulty_kernel, frames, first)
    assert compared > 40
