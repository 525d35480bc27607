"""What the panes look at: narrow Protocols and small records, so that each pane can be tested with
a few lines of fakes.

`StateView` is the machine as it stands, `Before` what is still known of the previous stop,
`Knowledge` what the images and the guest's own structures say about addresses. A `Scene` holds them
together for one frame.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from ringview.arm.psr import mode_of
from ringview.views.effect import Effect, effect_at
from ringview.views.frame import Privilege, ViewRequest
from ringview.views.operation import Kind
from ringview.views.words import read_word

TASK_SIZE = 0xBF000000
"""Where user addresses end (arch/arm/include/asm/memory.h: PAGE_OFFSET less the 16 MiB for
modules).
"""

PAGE_OFFSET = 0xC0000000
"""Where the kernel's linear map begins."""

THREAD_SIZE = 8192
"""Bytes of a kernel stack (arch/arm/include/asm/thread_info.h)."""

HIGH_VECTORS = 0xFFFF0000
"""Where the vector page lies while SCTLR.V is set."""


class Before(Protocol):
    """The previous stop, as far as it was kept."""

    @property
    def icount(self) -> int:
        """Retired instructions since reset."""

    @property
    def registers(self) -> Mapping[str, int]:
        """As `StateView.registers`."""

    @property
    def system(self) -> Mapping[str, int]:
        """As `StateView.system`."""

    def read_virtual(self, va: int, size: int, /) -> bytes | None:
        """Return bytes as they were, None where they were not kept."""


class StateView(Before, Protocol):
    """The machine at this stop.

    ``registers`` has r0-r12, sp, lr, pc, cpsr as the current mode sees them, spsr where the mode
    has one, and every banked copy
    by name: sp_usr, lr_usr, sp_svc, lr_svc, spsr_svc, …, r8_fiq … r12_fiq. ``system`` has ttbr0,
    ttbr1, ttbcr, dacr, contextidr, sctlr, dfsr, dfar, ifsr, ifar, vbar, tpidruro, tpidrprw.
    """

    def read_physical(self, pa: int, size: int, /) -> bytes | None:
        """Return bytes at a physical address, None where no memory answers."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function's name and addresses: ``start`` inclusive to ``end`` exclusive, virtual."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Task:
    """The guest's current task, by its own task_struct and thread_info.

    Attributes:
        pid: the thread's number.
        comm: its name.
        address: of the task_struct (virtual).
        stack: lowest address of its kernel stack, where thread_info lies.
        mm: address of its mm_struct, 0 for a kernel thread.
    """

    pid: int
    comm: str
    address: int
    stack: int
    mm: int

    def __str__(self) -> str:
        return f"{self.comm}[{self.pid}]"


@dataclass(frozen=True, slots=True)
class CallFrame:
    """One frame of an unwound stack, innermost first.

    Attributes:
        pc: where it is, or where it goes on when the one below returns.
        sp: its stack pointer there.
        saved: where a caller's register is stored: name to virtual address.
        boundary: "" or why the privilege changes between this frame and the one before it (the
            inner one).
        user: it runs in user mode.
        pt_regs: address of the pt_regs through which that change went, 0 without one.
    """

    pc: int
    sp: int = 0
    saved: Mapping[str, int] = field(default_factory=dict)
    boundary: str = ""
    pt_regs: int = 0
    user: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One system call of the run.

    Attributes:
        ordinal: counts the calls of the run from 0.
        nr: its number.
        name: without ``sys_``.
        task: who called.
        args: r0-r6 at the svc.
        enter: icount of the state at the vector.
        exit: icount of the state back in user mode, -1 if never.
        ret: r0 then, as a word; None if never.
        text: strace-like, arguments decoded and result.
        sp_user: the user's sp at the svc.
        sp_kernel: sp_svc at the vector.
        instructions_kernel: retired by the caller outside user mode between enter and exit.
        link: address of the instruction after the svc; 0 if unknown.
    """

    ordinal: int
    nr: int
    name: str
    task: str
    args: tuple[int, ...]
    enter: int
    exit: int
    ret: int | None
    text: str
    sp_user: int = 0
    sp_kernel: int = 0
    instructions_kernel: int = 0
    link: int = 0

    def returns_to(self, target: int) -> bool:
        """Whether going back to user mode at ``target`` is the call's return: a signal's handler
        may come first.
        """
        return self.link in (0, target)


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One line of a typed value: depth, name, C type, address, bytes and the rendered value."""

    depth: int
    name: str
    type: str
    va: int
    size: int
    value: str


@dataclass(frozen=True, slots=True)
class Structure:
    """A watched value at this stop; ``why_not`` says why its place is not known, "" if it is."""

    name: str
    type: str
    va: int
    size: int
    why_not: str
    fields: tuple[FieldValue, ...]


@dataclass(frozen=True, slots=True)
class WalkStage:
    """One stage of a walk, as `ringview.views.frame.WalkStep`."""

    level: str
    index: str
    descriptor_pa: int
    raw: int
    meaning: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Whether a privilege level may make one kind of access, and why; as `AccessVerdict`."""

    privilege: str
    access: str
    allowed: bool
    rule: str
    fault: str


@dataclass(frozen=True, slots=True)
class Walk:
    """One address walked through the tables as they are now.

    Attributes:
        va: the address.
        mapped: a descriptor maps it.
        pa: where it lies then.
        page_size: bytes mapped by the last descriptor.
        asid: the current ASID, -1 for a global mapping or with the MMU off.
        domain: "1 client", "" with the MMU off.
        attributes: memory type and flags in words.
        stages: the steps.
        rules: PL0 and PL1, read, write and execute.
    """

    va: int
    mapped: bool
    pa: int
    page_size: int
    asid: int
    domain: str
    attributes: str
    stages: tuple[WalkStage, ...]
    rules: tuple[Rule, ...]

    def rule(self, privilege: str, access: str) -> Rule | None:
        """Return the verdict on one kind of access."""
        found = (r for r in self.rules if (r.privilege, r.access) == (privilege, access))
        return next(found, None)


@dataclass(frozen=True, slots=True)
class TlbRow:
    """One entry of the TLB model: addresses and size in bytes; rights as "rw", "ro", "--"."""

    index: int
    va: int
    pa: int
    size: int
    asid: int  # -1 for a global entry
    user: str
    kernel: str
    domain: int
    execute: bool


@dataclass(frozen=True, slots=True)
class TlbSide:
    """The instruction or the data side of the TLB model."""

    capacity: int
    hits: int
    misses: int
    victim: int
    rows: tuple[TlbRow, ...]


@dataclass(frozen=True, slots=True)
class ThumbRow:
    """One Thumb instruction: address, encoding in hex digits, text, a branch's target or None."""

    va: int
    encoding: str
    mnemonic: str
    operands: str
    target: int | None = None


class Knowledge(Protocol):
    """What is known about addresses from symbols, DWARF and the guest's own structures, at this
    stop.
    """

    def place(self, va: int, /) -> str:
        """Return ``name`` or ``name+0x1c``, "" where nothing is known."""

    def function(self, va: int, /) -> Function | None:
        """Return the function (or labelled piece of assembly) around an address."""

    def label(self, va: int, /) -> str:
        """Return the symbol that stands exactly at an address, or ""."""

    def line(self, va: int, /) -> tuple[str, int] | None:
        """Return path (relative to the tree) and line number of an instruction."""

    def outer_line(self, va: int, /) -> tuple[str, int] | None:
        """As `line`, but in the function itself where another one is expanded in it."""

    def source(self, path: str, /) -> Sequence[str]:
        """Return a source file's lines, empty if it is not at hand."""

    def disassemble(self, va: int, encoding: int, /) -> tuple[str, str]:
        """Return mnemonic and operands of an A32 instruction."""

    def disassemble_thumb(self, va: int, code: bytes, /) -> Sequence[ThumbRow]:
        """Return the Thumb instructions in a stretch of code."""

    def image_word(self, va: int, /) -> int | None:
        """Return the word that the image's file has at an address, None outside of it."""

    def symbol(self, name: str, /) -> int | None:
        """Return a kernel symbol's address, else a program symbol's."""

    def syscall(self, nr: int, /) -> str:
        """Return a system call's name without ``sys_``, "" if the number has none."""

    def task(self) -> Task | None:
        """Return the current task, None before the kernel has one."""

    def backtrace(self) -> Sequence[CallFrame]:
        """Return the frames of the current stack, through pt_regs into the user's."""

    def walk(self, va: int, /) -> Walk:
        """Walk an address through the guest's own tables."""

    def refill(self, row: TlbRow, /) -> TlbRow | None:
        """Return what a walk would put into a TLB entry now, by the tables of its own address
        space: None where they map nothing, the entry as it is where they are not known.
        """

    def named(self, va: int, /) -> str:
        """Return the name of a watched structure that begins at an address, or ""."""

    def field(self, va: int, /) -> str:
        """Return the variable or member that begins at an address, ``in.len``, or ""."""

    def user_stack(self) -> tuple[int, int]:
        """Return the bounds of the user's stack area, (0, 0) if unknown."""

    def initial_sp(self) -> int:
        """Return sp as the program got it (it points at argc), 0 before that."""


@dataclass(frozen=True)
class Scene:
    """Everything the panes of one frame are computed from.

    Attributes:
        now: the machine.
        before: the previous stop, None at the first.
        know: symbols, DWARF, the guest's structures.
        request: what the client wants to see.
        breakpoints: virtual addresses.
        handling_abort: PL1 is working on a fault, whatever its mode says.
        returned: the latest instruction brought the core back to user mode from a system call.
        in_call: a system call of the current thread is in flight.
        stored: just after an entry from user mode, the words that the entry code has stored so far;
            else None.
    """

    now: StateView
    before: Before | None
    know: Knowledge
    request: ViewRequest = field(default_factory=ViewRequest)
    breakpoints: frozenset[int] = frozenset()
    handling_abort: bool = False
    returned: bool = False
    in_call: bool = False
    stored: frozenset[int] | None = None

    @property
    def pc(self) -> int:
        """Address of the next instruction."""
        return self.now.registers["pc"]

    @property
    def cpsr(self) -> int:
        """The current program status."""
        return self.now.registers["cpsr"]

    @property
    def mode(self) -> str:
        """The current mode's name."""
        return mode_name(self.cpsr)

    @property
    def privilege(self) -> Privilege:
        """Whose hue the present moment has."""
        if self.handling_abort and self.mode != "USR":
            return Privilege.ABORT
        return privilege_of(self.mode)

    @cached_property
    def effect(self) -> Effect | None:
        """What the next instruction will do, None where it cannot be fetched or is not A32."""
        if self.cpsr >> 5 & 1:
            return None
        encoding = read_word(self.now.read_virtual, self.pc)
        return None if encoding is None else effect_at(encoding, self.pc, self.now.registers)

    @property
    def thumb(self) -> bool:
        """Whether the core is in Thumb state."""
        return bool(self.cpsr >> 5 & 1)

    @cached_property
    def at_svc(self) -> bool:
        """Whether a Supervisor Call is the next instruction."""
        if self.thumb:
            data = self.now.read_virtual(self.pc & ~1, 2)
            return data is not None and data[1] == 0xDF
        return self.effect is not None and self.effect.kind is Kind.SVC

    @cached_property
    def task(self) -> Task | None:
        """The guest's current task."""
        return self.know.task()


def mode_name(psr: int) -> str:
    """Return the name of a status register's mode field (ARM DDI 0406C, B1.3.1)."""
    mode = mode_of(psr)
    return "???" if mode is None else mode.name


def privilege_of(mode: str) -> Privilege:
    """Return the hue of a mode taken by itself: abort and undefined handlers are ``ABORT``."""
    if mode == "USR":
        return Privilege.USER
    return Privilege.ABORT if mode in ("ABT", "UND") else Privilege.KERNEL


def is_user_address(va: int) -> bool:
    """Whether an address belongs to the user's half."""
    return va < TASK_SIZE
