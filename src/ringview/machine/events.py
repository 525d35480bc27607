"""What the machine reports: facts with the icount at which they became true.

``icount`` is always the first canonical position at which the new state holds. Transitions come
from the native core, the rest from devices and the run loop.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

from ringview.arm.fault import FaultStatus, decode_fsr
from ringview.arm.psr import Mode, mode_of

CAUSES = (
    "svc",
    "undefined",
    "prefetch abort",
    "data abort",
    "irq",
    "fiq",
    "return",
    "msr",
    "cps",
    "smc",
)
"""Values of :attr:`Transition.cause`, in the order of the core's numbers."""

_SMC, _IDLE, _HALT, _LOCKED = 9, 10, 11, 12
_NO_VECTOR = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of processor mode: an exception taken, a return, or a write to CPSR.M.

    Attributes:
        icount: position of the state after the change.
        from_mode, to_mode: the modes.
        cause: one of :data:`CAUSES`.
        pc: virtual address of the instruction that caused it; for an interrupt, of the
            instruction that would have run.
        target: virtual address where execution goes on.
        vector: virtual address of the vector taken; None for anything but an exception.
        lr, spsr: of the mode entered by an exception, as entry wrote them; else of the mode left.
        cpsr_before, cpsr_after: CPSR on both sides (flags of ``cpsr_before`` are those after, for
            a return outside the trace).
        registers: r0 to r15 before, as the mode left saw them. For anything but an exception,
            r0 to r12 are those after: the instruction itself may have loaded them.
        sp_usr, lr_usr, sp_svc: the banked registers a syscall is about.
        fault: the status of an abort, else None.
        fault_status: the raw DFSR or IFSR of an abort, else 0.
        fault_address: the virtual address in DFAR or IFAR of an abort, else None.
        ttbr0, contextid: which address space it happened in.
    """

    icount: int
    from_mode: Mode
    to_mode: Mode
    cause: str
    pc: int
    target: int
    vector: int | None
    lr: int
    spsr: int
    cpsr_before: int
    cpsr_after: int
    registers: tuple[int, ...]
    sp_usr: int
    lr_usr: int
    sp_svc: int
    fault: FaultStatus | None
    fault_status: int
    fault_address: int | None
    ttbr0: int
    contextid: int

    @property
    def is_exception(self) -> bool:
        """Whether the core took an exception, rather than returned or wrote CPSR."""
        return self.vector is not None


@dataclass(frozen=True, slots=True)
class InterruptRaised:
    """A device raised an INTC input line that was low."""

    icount: int
    line: int


@dataclass(frozen=True, slots=True)
class ConsoleOutput:
    """The guest wrote a byte to UART0's transmitter."""

    icount: int
    byte: int


@dataclass(frozen=True, slots=True)
class ConsoleInput:
    """Bytes were put into UART0's receiver from outside."""

    icount: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Idle:
    """WFI slept: the clock jumped ahead by ``ticks`` without instructions."""

    icount: int
    pc: int
    ticks: int


@dataclass(frozen=True, slots=True)
class MonitorCall:
    """SMC was executed; the boot ROM's monitor is not modelled and it did nothing."""

    icount: int
    pc: int


@dataclass(frozen=True, slots=True)
class Halted:
    """The processor sleeps and nothing will wake it."""

    icount: int
    pc: int


@dataclass(frozen=True, slots=True)
class LockedUp:
    """The same exception is taken at the same place for ever."""

    icount: int
    pc: int


Event = (
    Transition
    | InterruptRaised
    | ConsoleOutput
    | ConsoleInput
    | Idle
    | MonitorCall
    | Halted
    | LockedUp
)


class RawEvent(ctypes.Structure):
    """``struct rv_event`` of the core."""

    icount: int
    skipped: int
    cause: int
    from_mode: int
    to_mode: int
    pc: int
    target: int
    vector: int
    lr: int
    spsr: int
    cpsr_before: int
    cpsr_after: int
    r: ctypes.Array[ctypes.c_uint32]
    sp_usr: int
    lr_usr: int
    sp_svc: int
    fsr: int
    far: int
    ttbr0: int
    contextid: int

    _fields_ = [
        ("icount", ctypes.c_uint64),
        ("skipped", ctypes.c_uint64),
        ("cause", ctypes.c_uint32),
        ("from_mode", ctypes.c_uint32),
        ("to_mode", ctypes.c_uint32),
        ("pc", ctypes.c_uint32),
        ("target", ctypes.c_uint32),
        ("vector", ctypes.c_uint32),
        ("lr", ctypes.c_uint32),
        ("spsr", ctypes.c_uint32),
        ("cpsr_before", ctypes.c_uint32),
        ("cpsr_after", ctypes.c_uint32),
        ("r", ctypes.c_uint32 * 16),
        ("sp_usr", ctypes.c_uint32),
        ("lr_usr", ctypes.c_uint32),
        ("sp_svc", ctypes.c_uint32),
        ("fsr", ctypes.c_uint32),
        ("far", ctypes.c_uint32),
        ("ttbr0", ctypes.c_uint32),
        ("contextid", ctypes.c_uint32),
        ("pad", ctypes.c_uint32),
    ]


def _mode(number: int) -> Mode:
    # a reserved mode, which only a wild MSR can write, is shown as System
    return mode_of(number) or Mode.SYS


def from_raw(raw: RawEvent) -> Event:
    """The event behind one record of the core."""
    if raw.cause == _SMC:
        return MonitorCall(raw.icount, raw.pc)
    if raw.cause == _IDLE:
        return Idle(raw.icount, raw.pc, raw.skipped)
    if raw.cause == _HALT:
        return Halted(raw.icount, raw.pc)
    if raw.cause == _LOCKED:
        return LockedUp(raw.icount, raw.pc)
    cause = CAUSES[raw.cause]
    abort = cause.endswith("abort")
    return Transition(
        icount=raw.icount,
        from_mode=_mode(raw.from_mode),
        to_mode=_mode(raw.to_mode),
        cause=cause,
        pc=raw.pc,
        target=raw.target,
        vector=None if raw.vector == _NO_VECTOR else raw.vector,
        lr=raw.lr,
        spsr=raw.spsr,
        cpsr_before=raw.cpsr_before,
        cpsr_after=raw.cpsr_after,
        registers=tuple(raw.r),
        sp_usr=raw.sp_usr,
        lr_usr=raw.lr_usr,
        sp_svc=raw.sp_svc,
        fault=decode_fsr(raw.fsr) if abort else None,
        fault_status=raw.fsr if abort else 0,
        fault_address=raw.far if abort else None,
        ttbr0=raw.ttbr0,
        contextid=raw.contextid,
    )
