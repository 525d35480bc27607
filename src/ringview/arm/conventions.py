"""How programs of every architecture call Linux, and the privilege levels of ARM and x86.

Facts of syscall(2), "Architecture calling conventions" (Linux man-pages), lecture rows 4 and 5;
ARM DDI 0406C, B1.3.1; Intel SDM volume 3, 5.5.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Convention:
    """One way to make a system call.

    Attributes:
        name: architecture and ABI.
        instruction: what takes the processor into the kernel.
        number: where the call's number is.
        result: where the result is.
        arguments: where the arguments are, in order.
    """

    name: str
    instruction: str
    number: str
    result: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ring:
    """One level of privilege.

    Attributes:
        family: "ARM" or "x86".
        level: what the manual calls it.
        modes: the modes or uses at this level.
        here: what is there on this machine under this kernel.
    """

    family: str
    level: str
    modes: str
    here: str


def _row(name: str, instruction: str, number: str, result: str, arguments: str) -> Convention:
    return Convention(name, instruction, number, result, tuple(arguments.split()))


CONVENTIONS = (
    _row("arm/OABI", "swi NR", "in the instruction", "r0", "r0 r1 r2 r3 r4 r5 r6"),
    _row("arm/EABI", "swi 0x0", "r7", "r0", "r0 r1 r2 r3 r4 r5 r6"),
    _row("arm64", "svc #0", "w8", "x0", "x0 x1 x2 x3 x4 x5"),
    _row("i386", "int $0x80", "eax", "eax", "ebx ecx edx esi edi ebp"),
    _row("x86-64", "syscall", "rax", "rax", "rdi rsi rdx r10 r8 r9"),
    _row("x32", "syscall", "rax", "rax", "rdi rsi rdx r10 r8 r9"),
    _row("alpha", "callsys", "v0", "v0", "a0 a1 a2 a3 a4 a5"),
    _row("arc", "trap0", "r8", "r0", "r0 r1 r2 r3 r4 r5"),
    _row("blackfin", "excpt 0x0", "P0", "R0", "R0 R1 R2 R3 R4 R5"),
    _row("ia64", "break 0x100000", "r15", "r8", "out0 out1 out2 out3 out4 out5"),
    _row("loongarch", "syscall 0", "a7", "a0", "a0 a1 a2 a3 a4 a5 a6"),
    _row("m68k", "trap #0", "d0", "d0", "d1 d2 d3 d4 d5 a0"),
    _row("microblaze", "brki r14,8", "r12", "r3", "r5 r6 r7 r8 r9 r10"),
    _row("mips/o32", "syscall", "v0", "v0", "a0 a1 a2 a3 stack stack"),
    _row("mips/n32,64", "syscall", "v0", "v0", "a0 a1 a2 a3 a4 a5"),
    _row("nios2", "trap", "r2", "r2", "r4 r5 r6 r7 r8 r9"),
    _row("parisc", "ble 0x100(%sr2,%r0)", "r20", "r28", "r26 r25 r24 r23 r22 r21"),
    _row("powerpc", "sc", "r0", "r3", "r3 r4 r5 r6 r7 r8 r9"),
    _row("powerpc64", "sc", "r0", "r3", "r3 r4 r5 r6 r7 r8"),
    _row("riscv", "ecall", "a7", "a0", "a0 a1 a2 a3 a4 a5"),
    _row("s390, s390x", "svc 0", "r1", "r2", "r2 r3 r4 r5 r6 r7"),
    _row("superh", "trapa #31", "r3", "r0", "r4 r5 r6 r7 r0 r1 r2"),
    _row("sparc/32", "t 0x10", "g1", "o0", "o0 o1 o2 o3 o4 o5"),
    _row("sparc/64", "t 0x6d", "g1", "o0", "o0 o1 o2 o3 o4 o5"),
    _row("tile", "swint1", "R10", "R00", "R00 R01 R02 R03 R04 R05"),
    _row("xtensa", "syscall", "a2", "a2", "a6 a3 a4 a5 a8 a9"),
)
"""ARM's own two first, then the ones met most, then the rest by name."""

RINGS = (
    Ring("ARM", "PL0", "USR", "programs"),
    Ring("ARM", "PL1", "SVC IRQ FIQ ABT UND SYS, Secure: MON", "the kernel"),
    Ring("ARM", "PL2", "HYP, with the Virtualization Extensions", "not on a Cortex-A8"),
    Ring("x86", "ring 3", "CPL 3", "programs"),
    Ring("x86", "rings 2, 1", "CPL 2 and 1", "unused by Linux"),
    Ring("x86", "ring 0", "CPL 0", "the kernel"),
)
"""Levels, the least privileged of each family first."""
