from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import unicorn
from unicorn import arm_const

from ringview.guest.image import Image
from ringview.guest.prologue import stack_state
from ringview.guest.unwind import backtrace

from .conftest import SOURCES, zig_cc

STACK_TOP = 0xBF000000
STACK_SIZE = 0x10000
REGISTERS = [arm_const.UC_ARM_REG_R0 + i for i in range(13)] + [
    arm_const.UC_ARM_REG_SP,
    arm_const.UC_ARM_REG_LR,
    arm_const.UC_ARM_REG_PC,
]
USR = 0x10


def gcc(output: Path, *flags: str) -> Path:
    compiler = shutil.which("arm-linux-gnueabihf-gcc")
    if compiler is None:
        pytest.skip("arm-linux-gnueabihf-gcc is missing")
    command = [
        *(compiler, "-marm", "-mcpu=cortex-a8", "-mfloat-abi=soft", "-g", "-static"),
        *("-fno-omit-frame-pointer", "-fno-optimize-sibling-calls", "-ffreestanding"),
        *("-nostdlib", "-fno-stack-protector", "-Wl,--build-id=none", *flags),
        *("calls.c", "-o", str(output)),
    ]
    subprocess.run(command, cwd=SOURCES, check=True)
    return output


VARIANTS: dict[str, Callable[[Path], Path]] = {
    "zig-O0": lambda out: zig_cc("calls.c", out, "-O0"),
    "zig-O1": lambda out: zig_cc(
        "calls.c", out, "-Xclang", "-O1", "-fno-optimize-sibling-calls", "-O1"
    ),
    "zig-O2": lambda out: zig_cc("calls.c", out, "-O2", "-fno-optimize-sibling-calls"),
    "gcc-O0": lambda out: gcc(out, "-O0"),
    "gcc-O1": lambda out: gcc(out, "-O1"),
    "gcc-apcs": lambda out: gcc(out, "-O1", "-mapcs-frame"),
}


class Runner:
    """A program alone on a bare CPU, with the stack of calls it really made."""

    def __init__(self, path: Path) -> None:
        self.image = Image.load(path)
        self.uc: Any = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_ARM)
        self.uc.mem_map(0, 0x100000)
        self.uc.mem_map(STACK_TOP - STACK_SIZE, STACK_SIZE)
        for segment in self.image.elf.segments:
            self.uc.mem_write(segment.vaddr, segment.data)
        self.uc.reg_write(arm_const.UC_ARM_REG_SP, STACK_TOP)
        self.uc.reg_write(arm_const.UC_ARM_REG_PC, self.image.elf.entry)
        self.calls: list[int] = []

    def read(self, address: int, size: int) -> bytes | None:
        try:
            return bytes(self.uc.mem_read(address, size))
        except unicorn.UcError:
            return None

    def image_at(self, address: int) -> Image | None:
        return self.image if self.image.has_code_at(address) else None

    def registers(self) -> list[int]:
        return [self.uc.reg_read(r) for r in REGISTERS]

    def step(self) -> None:
        pc = self.registers()[15]
        word = int.from_bytes(self.uc.mem_read(pc, 4), "little")
        self.uc.emu_start(pc, 0, count=1)
        after = self.registers()[15]
        if word & 0x0F000000 == 0x0B000000 and after != pc + 4:
            self.calls.append(pc + 4)
        elif self.calls and after == self.calls[-1]:
            self.calls.pop()


@pytest.mark.parametrize("variant", VARIANTS)
def test_at_every_instruction_the_backtrace_is_the_calls_made(
    variant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGVIEW_CACHE", str(tmp_path / "cache"))
    runner = Runner(VARIANTS[variant](tmp_path / "calls"))
    finished = runner.image.symbols.address_of("finished")
    deepest = 0
    for steps in range(20_000):
        registers = runner.registers()
        if registers[15] == finished:
            break
        frames = backtrace(runner.read, registers, runner.image_at, cpsr=USR)
        ours = [frame.pc for frame in frames]
        assert ours == [registers[15], *reversed(runner.calls)], (
            f"after {steps} instructions at {registers[15]:#x}"
        )
        deepest = max(deepest, len(frames))
        runner.step()
    assert registers[15] == finished
    assert deepest >= 6


def test_callee_saved_registers_and_slots_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGVIEW_CACHE", str(tmp_path / "cache"))
    runner = Runner(VARIANTS["zig-O2"](tmp_path / "calls"))
    expected: list[list[int]] = []
    checked = 0
    for _ in range(3_000):
        registers = runner.registers()
        if registers[15] == runner.image.symbols.address_of("finished"):
            break
        depth = len(runner.calls)
        while len(expected) > depth:
            expected.pop()
        for frame, caller in zip(
            backtrace(runner.read, registers, runner.image_at, cpsr=USR)[1:],
            reversed(expected),
            strict=True,
        ):
            assert list(frame.registers[4:12]) == caller[4:12]
            assert frame.sp == caller[13]
            checked += 1
        runner.step()
        if len(runner.calls) > depth:
            expected.append(registers)
    assert checked > 1000


def test_garbage_gives_frames_and_never_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGVIEW_CACHE", str(tmp_path / "cache"))
    runner = Runner(VARIANTS["zig-O0"](tmp_path / "calls"))
    chaos = random.Random(1)
    low, high = runner.image.elf.segments[1].vaddr, runner.image.elf.segments[-1].vaddr
    runner.uc.mem_write(STACK_TOP - STACK_SIZE, chaos.randbytes(STACK_SIZE))
    for _ in range(3_000):
        registers = [
            chaos.choice(
                [
                    chaos.getrandbits(32),
                    chaos.randrange(low, high + 64),
                    STACK_TOP - 4 * chaos.randrange(STACK_SIZE // 4),
                    0,
                    0xFFFFFFFF,
                ]
            )
            for _ in range(16)
        ]
        cpsr = chaos.choice([0x10, 0x13, 0x12, 0x17, 0x1B, 0x1F, 0, 0x33])
        banked = {"spsr": 0x10, "sp_usr": registers[1], "lr_usr": registers[2]}
        frames = backtrace(
            runner.read, registers, runner.image_at, cpsr=cpsr, banked=banked, limit=20
        )
        assert 1 <= len(frames) <= 20
        assert frames[0].pc == registers[15]


def test_a_frame_that_points_at_itself_ends() -> None:
    code = b"".join(
        w.to_bytes(4, "little") for w in (0xE92D4800, 0xE1A0B00D, 0xE3A00000, 0xE8BD8800)
    )
    memory = {0x1000: code, 0x8000: (0x8000).to_bytes(4, "little") + (0x1008).to_bytes(4, "little")}

    def read(address: int, size: int) -> bytes | None:
        for start, data in memory.items():
            if start <= address and address + size <= start + len(data):
                return data[address - start : address - start + size]
        return None

    state = stack_state(read, 0x1000, 0x1008)
    assert (state.pushed, state.frame) == (8, 8)
    assert dict(state.saved) == {11: 8, 14: 4}
    before = stack_state(read, 0x1000, 0x1004)
    assert before.frame is None
