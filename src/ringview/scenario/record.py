"""What is known of a run once it has ended: plain facts, which expectations are checked against
and headless output is made of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ringview.scenario.places import Place


@dataclass(frozen=True, slots=True)
class TransitionFact:
    """One change of mode; ``icount`` is that of the state after it."""

    icount: int
    source: str  # USR FIQ IRQ SVC ABT UND SYS
    target: str
    cause: str  # "svc", "irq", "data abort", "return" …: the session's words
    pc: int  # virtual address of the instruction that caused it
    vector: int | None  # virtual address of the vector taken; None for anything but an exception
    lr: int  # of the mode entered by an exception, as entry wrote it; else of the mode left
    spsr: int  # likewise
    target_va: int = 0  # virtual address where execution goes on
    place: str = ""  # pc in words: "syscall+0x20"
    target_place: str = ""
    note: str = ""  # why a fault happened, in words


@dataclass(frozen=True, slots=True)
class HopFact:
    """One stage of a system call's way.

    Attributes:
        phase: a `Phase` value; one call may have several copies.
        icount: the state in which its first instruction is next.
        pc: that instruction, virtual.
        place: pc in words, such as ``vector_swi+0x4``.
        source: ``kernel/arch/arm/kernel/entry-common.S:120``, or empty.
        name: the session's word for it, such as ``copy to user``.
        note: what is to be said of it, or empty.
        instructions: until the next stage.
    """

    phase: str
    icount: int
    pc: int
    place: str = ""
    source: str = ""
    name: str = ""
    note: str = ""
    instructions: int = 0


@dataclass(frozen=True, slots=True)
class SyscallFact:
    """One system call of the program.

    Attributes:
        ordinal: its number in the run, from 0.
        ret: r0 at the return to user mode as a signed number, None if it never returned.
        enter: icount of the state at the vector.
        exit: icount of the state back in user mode, -1 if it never returned.
        sp_user: the user's stack pointer at entry, virtual.
        sp_kernel: the kernel's stack pointer at the vector, virtual.
        instructions: instructions executed between enter and exit, by mode.
        hops: the stages of its way.
        text: the call as strace would print it, its arguments in the types of its prototype and
            without its result.
    """

    ordinal: int
    nr: int
    name: str
    task: str
    args: tuple[int, ...]
    ret: int | None
    enter: int
    exit: int
    sp_user: int
    sp_kernel: int
    instructions: Mapping[str, int]
    hops: tuple[HopFact, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class LogFact:
    """One record of the kernel's ring buffer."""

    seconds: float
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class WatchedValue:
    """The value of one field: its elements as unsigned numbers (one, unless it is an array) and,
    for a ``char *``, its text.
    """

    numbers: tuple[int, ...]
    text: str | None = None


@dataclass(frozen=True, slots=True)
class KernelFact:
    """Which kernel ran: its configuration, what was changed in it, and the hash of its sources."""

    config: str = ""
    options: tuple[tuple[str, str], ...] = ()
    key: str = ""


Halt = Literal["halted", "limit", "lockup", "stopped"]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run from the program's first instruction to the end.

    Attributes:
        icount: instructions since reset, at the end.
        start: icount of the program's first user instruction, -1 if it never ran.
        halt: ``halted`` the kernel powered off; ``limit`` it was given up; ``lockup`` the machine
            cannot go on.
        halt_text: the same in words.
        exit_status: the program's status if it ended by itself, else None.
        signal: the number of the signal that killed the program, else None.
        transitions: changes of mode from ``start`` on.
        kernel: which kernel ran.
        watches: values of watched fields by (dotted name, place), for those that `needed_watches`
            asks for and that could be read.
    """

    icount: int
    start: int
    halt: Halt
    halt_text: str
    exit_status: int | None
    signal: int | None
    transitions: tuple[TransitionFact, ...] = ()
    syscalls: tuple[SyscallFact, ...] = ()
    log: tuple[LogFact, ...] = ()
    console: bytes = b""
    watches: Mapping[tuple[str, Place], WatchedValue] = field(default_factory=dict)
    kernel: KernelFact = KernelFact()
