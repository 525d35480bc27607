"""What the core holds and executes: registers, code, stacks, and the functions under way."""

from __future__ import annotations

from ringview.views.frame.part import Part
from ringview.views.frame.privilege import Privilege


class RegisterRow(Part, frozen=True):
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


class FlagField(Part, frozen=True):
    """One field of a CPSR or SPSR."""

    name: str  # "N" "Z" "C" "V" "Q" "GE" "E" "A" "I" "F" "T" "M"
    value: str  # "1", "0", "SVC"
    changed: bool
    meaning: str  # "IRQ masked"


class BankColumn(Part, frozen=True):
    """The registers that one mode has for itself (ARM DDI 0406C, B1.3.2)."""

    mode: str
    live: bool
    rows: tuple[RegisterRow, ...]


class Registers(Part, frozen=True):
    """The registers pane."""

    core: tuple[RegisterRow, ...]  # r0-r15, cpsr
    flags: tuple[FlagField, ...]  # the CPSR, most significant field first
    spsr_flags: tuple[FlagField, ...]  # empty in USR and SYS
    banks: tuple[BankColumn, ...]
    system: tuple[
        RegisterRow, ...
    ]  # ttbr0, ttbr1, ttbcr, dacr, contextidr, sctlr, dfsr, dfar, ifsr, ifar, vbar, tpidruro


class SourceLine(Part, frozen=True):
    """One line of C or assembly source around the current one."""

    number: int
    text: str
    current: bool
    breakpoint: bool


class CodeRow(Part, frozen=True):
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


class CodeCaller(Part, frozen=True):
    """The line of C that assembly code works for: that of the nearest frame with one."""

    place: str  # "sys_hello2+0x44"
    source: str  # "kernel/kernel/sys-hello2.c:28"
    text: str  # "if (copy_from_user(&req, uin, sizeof(req)))"
    privilege: Privilege


class Code(Part, frozen=True):
    """The code pane: source first, disassembly with it."""

    path: str  # "kernel/kernel/sys-hello2.c", "" if unknown
    function: str
    privilege: Privilege
    language: str  # "c" | "asm" | ""
    source: tuple[SourceLine, ...]
    rows: tuple[CodeRow, ...]
    caller: CodeCaller | None = None  # where the source is not C


class StackSlot(Part, frozen=True):
    """One word on a stack, lowest address first."""

    va: int
    value: int
    label: str  # "pt_regs.ARM_r0", "saved lr of sys_hello2", "argc", "AT_PAGESZ", ""
    note: str  # what the value points to
    is_sp: bool
    changed: bool
    group: str  # "pt_regs" | "frame" | "auxv" | "argv" | "envp" | "strings" | ""
    readable: bool  # False: the page is not there


class StackView(Part, frozen=True):
    """One stack."""

    name: str  # "user" | "kernel"
    privilege: Privilege
    live: bool  # the current mode's sp points into it
    sp: int
    low: int  # bounds where known, else 0
    high: int
    slots: tuple[StackSlot, ...]
    used: int  # bytes between sp and the top, 0 if unknown


class BacktraceFrame(Part, frozen=True):
    """One frame of the unbroken backtrace, innermost first."""

    pc: int
    place: str  # "sys_hello2+0x1c"
    source: str  # "kernel/kernel/sys-hello2.c:32"
    privilege: Privilege
    boundary: str  # "" or "pt_regs: the svc came from here"


class Stacks(Part, frozen=True):
    """The stacks pane: both at once."""

    user: StackView
    kernel: StackView
    backtrace: tuple[BacktraceFrame, ...]
    elsewhere: str = ""  # where sp is if in neither: "sp is ABT mode's own c004_2384"


class FrameVariable(Part, frozen=True):
    """A parameter or local variable of a frame, or a member of one."""

    name: str  # "req", ".len" for a member
    type: str
    value: str  # rendered; empty where it is not known, and for a structure with members below
    place: str  # "c1fc_ff2c", "r4", "computed"
    va: int  # of what is in memory, else 0
    depth: int  # 0, or how deep a member lies
    parameter: bool
    why_not: str = ""  # why there is no value


class CallFrameView(Part, frozen=True):
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
