"""What the core holds and executes: registers, code, stacks, and the functions under way."""

from __future__ import annotations

from dataclasses import dataclass

from ringview.views.frame.privilege import Privilege


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One register as the current mode sees it, or one banked copy."""

    name: str  # "r0" … "pc", "cpsr", "sp_usr", "spsr_svc", "ttbr0", "dacr" …
    value: int
    before: int  # its value at the previous stop
    changed: bool  # since the previous stop
    operand: str  # "" | "read" | "write" | "read write": what the next instruction does with it
    note: (
        str  # "→ "beagle"", "hello2", "user stack", "sys_hello2+0x1c": what the value means, or ""
    )
    owner: Privilege  # whose the value is


@dataclass(frozen=True, slots=True)
class FlagField:
    """One field of a CPSR or SPSR."""

    name: str  # "N" "Z" "C" "V" "Q" "GE" "E" "A" "I" "F" "T" "M"
    value: str  # "1", "0", "SVC"
    changed: bool
    meaning: str  # "IRQ masked"


@dataclass(frozen=True, slots=True)
class BankColumn:
    """The registers that one mode has for itself (ARM DDI 0406C, B1.3.2)."""

    mode: str
    live: bool
    rows: tuple[RegisterRow, ...]


@dataclass(frozen=True, slots=True)
class Registers:
    """The registers pane."""

    core: tuple[RegisterRow, ...]  # r0-r15, cpsr
    flags: tuple[FlagField, ...]  # the CPSR, most significant field first
    spsr_flags: tuple[FlagField, ...]  # empty in USR and SYS
    banks: tuple[BankColumn, ...]
    system: tuple[
        RegisterRow, ...
    ]  # ttbr0, ttbr1, ttbcr, dacr, contextidr, sctlr, dfsr, dfar, ifsr, ifar, vbar, tpidruro


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of C or assembly source around the current one."""

    number: int
    text: str
    current: bool
    breakpoint: bool


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One instruction in memory."""

    va: int
    encoding: str  # "e1a00001"
    mnemonic: str
    operands: str
    symbol: str  # label that stands at this address, or ""
    target: str  # resolved branch or literal: "→ __copy_from_user", or ""
    note: str  # "" or what it is about to do: "reads bef00c40", "skipped: Z is 0"
    line: int  # source line, 0 if unknown
    current: bool
    breakpoint: bool


@dataclass(frozen=True, slots=True)
class CodeCaller:
    """The line of C that assembly code works for: that of the nearest frame with one."""

    place: str  # "sys_hello2+0x44"
    source: str  # "kernel/kernel/sys-hello2.c:28"
    text: str  # "if (copy_from_user(&req, uin, sizeof(req)))"
    privilege: Privilege


@dataclass(frozen=True, slots=True)
class Code:
    """The code pane: source first, disassembly with it."""

    path: str  # "kernel/kernel/sys-hello2.c", "" if unknown
    function: str
    privilege: Privilege
    language: str  # "c" | "asm" | ""
    source: tuple[SourceLine, ...]
    rows: tuple[CodeRow, ...]
    caller: CodeCaller | None = None  # where the source is not C


@dataclass(frozen=True, slots=True)
class StackSlot:
    """One word on a stack, lowest address first."""

    va: int
    value: int
    label: str  # "pt_regs.ARM_r0", "saved lr of sys_hello2", "argc", "AT_PAGESZ", ""
    note: str  # what the value points to
    is_sp: bool
    changed: bool
    group: str  # "pt_regs" | "frame" | "auxv" | "argv" | "envp" | "strings" | ""
    readable: bool  # False: the page is not there


@dataclass(frozen=True, slots=True)
class StackView:
    """One stack."""

    name: str  # "user" | "kernel"
    privilege: Privilege
    live: bool  # the current mode's sp points into it
    sp: int
    low: int  # bounds where known, else 0
    high: int
    slots: tuple[StackSlot, ...]
    used: int  # bytes between sp and the top, 0 if unknown


@dataclass(frozen=True, slots=True)
class BacktraceFrame:
    """One frame of the unbroken backtrace, innermost first."""

    pc: int
    place: str  # "sys_hello2+0x1c"
    source: str  # "kernel/kernel/sys-hello2.c:32"
    privilege: Privilege
    boundary: str  # "" or "pt_regs: the svc came from here"


@dataclass(frozen=True, slots=True)
class Stacks:
    """The stacks pane: both at once."""

    user: StackView
    kernel: StackView
    backtrace: tuple[BacktraceFrame, ...]
    elsewhere: str = ""  # where sp is if in neither: "sp is ABT mode's own c004_2384"


@dataclass(frozen=True, slots=True)
class FrameVariable:
    """A parameter or local variable of a frame, or a member of one."""

    name: str  # "req", ".len" for a member
    type: str
    value: str  # rendered; empty where it is not known, and for a structure with members below
    place: str  # "c1fc_ff2c", "r4", "computed"
    va: int  # of what is in memory, else 0
    depth: int  # 0, or how deep a member lies
    parameter: bool
    why_not: str = ""  # why there is no value


@dataclass(frozen=True, slots=True)
class CallFrameView:
    """One frame of the unbroken backtrace with its variables."""

    depth: int  # 0 is the innermost
    pc: int
    place: str
    function: str
    source: str
    text: str  # the source line
    privilege: Privilege
    boundary: str  # how the core came from here to the inner frame, "" for a call
    pt_regs: int  # where the registers were saved at that, 0 for nowhere
    sp: int
    cfa: int  # the caller's sp, 0 if not known
    expanded: tuple[str, ...]  # inline functions around pc, the outermost first
    variables: tuple[FrameVariable, ...]
