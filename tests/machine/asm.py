"""Assemble snippets for the tests, with zig, and machines that run them."""

from __future__ import annotations

import functools
import importlib.util
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.relocation import RelocationSection
from elftools.elf.sections import SymbolTableSection

from ringview.machine.machine import Machine, MachineConfig

LOAD = 0x80008000
"""Where snippets are loaded and linked."""

_R_ARM_ABS32, _R_ARM_CALL, _R_ARM_JUMP24 = 2, 28, 29


@functools.cache
def assemble(text: str, base: int = LOAD) -> bytes:
    """Machine code of an assembly text, to run at ``base``; words may name labels."""
    if importlib.util.find_spec("ziglang") is None:
        pytest.skip("the ziglang package is not installed")
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder, "a.S"), Path(folder, "a.o")
        source.write_text(".syntax unified\n.arm\n.arch_extension sec\n.fpu neon\n" + text + "\n")
        line = [sys.executable, "-m", "ziglang", "cc", "-c", "-target", "arm-freestanding-eabi"]
        line += ["-mcpu=cortex_a8", "-marm", "-o", str(output), str(source)]
        done = subprocess.run(line, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        with output.open("rb") as file:
            return _link(ELFFile(file), base)


def _link(elf: ELFFile, base: int) -> bytes:
    text = elf.get_section_by_name(".text")
    assert text is not None
    code = bytearray(text.data())
    section = elf.get_section_by_name(".rel.text")
    if isinstance(section, RelocationSection):
        symbols = elf.get_section(section["sh_link"])
        assert isinstance(symbols, SymbolTableSection)
        for entry in section.iter_relocations():
            at, kind = entry["r_offset"], entry["r_info_type"]
            value = symbols.get_symbol(entry["r_info_sym"])["st_value"]
            word = struct.unpack_from("<I", code, at)[0]
            if kind == _R_ARM_ABS32:
                word = (base + value + word) & 0xFFFFFFFF
            else:
                assert kind in (_R_ARM_CALL, _R_ARM_JUMP24), f"relocation type {kind}"
                offset = ((value - at) // 4 + word) & 0xFFFFFF
                word = word & 0xFF000000 | offset
            struct.pack_into("<I", code, at, word)
    return bytes(code)


def boot(text: str, *, ram: int = 2 << 20, seed: int = 0) -> Machine:
    """A machine about to run a snippet from :data:`LOAD`, in SVC mode with the MMU off."""
    machine = Machine(MachineConfig(ram_bytes=ram, seed=seed))
    machine.load(LOAD, assemble(text))
    machine.set_boot(LOAD, 0, 0, 0)
    return machine


def timer(count: int, *, again: bool = True) -> str:
    """Start DMTIMER2 at a count that goes up to its overflow, and let line 68 through.

    Args:
        count: 32 bits.
        again: reload it at each overflow.
    """
    reload = "str r1, [r0, #0x40]" if again else ""
    return f"""
    ldr r0, =0x48040000
    ldr r1, ={count:#010x}
    {reload}
    str r1, [r0, #0x3c]
    mov r1, #2
    str r1, [r0, #0x2c]
    mov r1, #{3 if again else 1}
    str r1, [r0, #0x38]
    ldr r0, =0x48200000
    mov r1, #0x10
    str r1, [r0, #0xc8]
"""


FLAT = """
    @ flat sections, PL0 may do everything, but the first MiB is unmapped
    ldr r1, =0x80020000
    mov r0, r1
    ldr r2, =0xc02
    mov r3, #0
1:  orr r4, r2, r3, lsl #20
    str r4, [r0], #4
    add r3, r3, #1
    cmp r3, #4096
    bne 1b
    mov r4, #0
    str r4, [r1]
"""
"""Make a translation table; its address is in r1 then."""

USE = """
    mcr p15, 0, r1, c2, c0, 0
    mov r0, #1
    mcr p15, 0, r0, c3, c0, 0
    mcr p15, 0, r0, c8, c7, 0
    mrc p15, 0, r0, c1, c0, 0
    orr r0, r0, #1
    mcr p15, 0, r0, c1, c0, 0
    isb
"""
"""Use the table at r1, as a client of domain 0."""

MMU_ON = FLAT + USE

VECTORS = """
    b start
    .balign 32
vectors:
    b .
    b v_und
    b v_svc
    b v_pabt
    b v_dabt
    b .
    b v_irq
    b v_fiq
start:
    adr r0, vectors
    mcr p15, 0, r0, c12, c0, 0
    cps #0x12
    ldr sp, =0x80010000
    cps #0x11
    ldr sp, =0x80011000
    cps #0x17
    ldr sp, =0x80012000
    cps #0x1b
    ldr sp, =0x80013000
    cps #0x1f
    ldr sp, =0x80014000
    cps #0x13
    ldr sp, =0x80015000
"""
"""Set VBAR and a stack for each mode; the snippet defines v_und, v_svc, v_pabt, v_dabt, v_irq,
v_fiq (see :data:`NO_HANDLERS`)."""

TIMER_DONE = """
    ldr r0, =0x48040000
    mov r1, #2
    str r1, [r0, #0x28]
"""
"""Tell DMTIMER2 that its overflow is seen to."""


def irq_handler(body: str) -> str:
    """An IRQ handler that returns from the IRQ mode's stack; its body may use r0 and r1."""
    begin = "    sub lr, lr, #4\n    srsdb sp!, #0x12\n    push {r0-r1}\n"
    return f"{begin}{body}    pop {{r0-r1}}\n    rfeia sp!\n"


HANG = {name: f"{name}: b {name}\n" for name in ("v_und", "v_svc", "v_pabt", "v_dabt")}
HANG |= {name: f"{name}: b {name}\n" for name in ("v_irq", "v_fiq")}


def with_vectors(body: str, **handlers: str) -> str:
    """A snippet with vectors; handlers not given hang."""
    texts = [handlers.get(name, text) for name, text in HANG.items()]
    labelled = [
        text if text.startswith("v_") else f"{name}:\n{text}"
        for (name, _), text in zip(HANG.items(), texts, strict=True)
    ]
    return VECTORS + body + "\n" + "\n".join(labelled) + "\n.ltorg\n"
