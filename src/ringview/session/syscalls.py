"""System calls of a run, derived from its changes of mode."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ringview.arm.psr import Mode
from ringview.machine.events import Transition

THREAD_SIZE = 8192
"""Bytes of a kernel stack; its base names the thread (arch/arm/include/asm/thread_info.h)."""

OABI_BASE = 0x900000
"""What the old ABI adds to a number in the immediate of its swi
(arch/arm/include/uapi/asm/unistd.h).
"""


@dataclass(frozen=True, slots=True)
class SyscallRecord:
    """One system call.

    Attributes:
        ordinal: its number in the run, from 0.
        pid: the caller's thread number, 0 if unknown.
        comm: the caller's name, empty if unknown.
        nr: the call's number: r7, or the immediate of an old-ABI swi.
        name: without ``sys_``, empty if no call has the number.
        args: r0 to r6 at entry.
        enter: icount of the state at the vector.
        exit: icount of the state back in user mode, None if it has not returned (yet).
        ret: r0 at the return, unsigned; None likewise.
        pc: virtual address of the svc.
        sp_user: the user's stack pointer at entry, virtual.
        sp_kernel: the kernel's stack pointer at the vector, virtual.
        instructions: executed between enter and exit by mode, interrupts within included.
        oabi: called by the old ABI's convention.
    """

    ordinal: int
    pid: int
    comm: str
    nr: int
    name: str
    args: tuple[int, ...]
    enter: int
    exit: int | None
    ret: int | None
    pc: int
    sp_user: int
    sp_kernel: int
    instructions: Mapping[str, int] = field(default_factory=dict)
    oabi: bool = False

    @property
    def signed_ret(self) -> int | None:
        """The result as the C library sees it: -4095 to -1 are errors."""
        if self.ret is None:
            return None
        return self.ret - (1 << 32) if self.ret >> 31 else self.ret


def is_syscall(event: Transition) -> bool:
    """Whether a change of mode is a program's call of the kernel."""
    return event.cause == "svc" and event.from_mode is Mode.USR


def thread_of(event: Transition) -> int:
    """The base of the kernel stack of the thread that a change of mode happened in."""
    # An empty kernel stack's pointer lies eight bytes below its end (THREAD_START_SP).
    return event.sp_svc & ~(THREAD_SIZE - 1)


class SyscallTracker:
    """Turns transitions into system calls, a few at a time.

    Args:
        name: gives a call's name by its number.
        immediate: gives the immediate of the svc at a virtual address, None if it cannot be read.
        task: gives (pid, comm) of the thread with a kernel stack at a base address.
    """

    def __init__(
        self,
        name: Callable[[int], str],
        immediate: Callable[[int], int | None],
        task: Callable[[int], tuple[int, str]],
    ) -> None:
        self._name = name
        self._immediate = immediate
        self._task = task
        self.records: list[SyscallRecord] = []
        self._taken = 0
        self._open: dict[int, int] = {}
        self._modes: dict[int, Counter[str]] = {}
        self._last = 0

    def truncate(self, icount: int, transitions: Sequence[Transition]) -> None:
        """Forget what is later than a moment; ``transitions`` are those that stay."""
        self.records = [record for record in self.records if record.enter <= icount]
        self._open.clear()
        self._modes.clear()
        for index, record in enumerate(self.records):
            if record.exit is None or record.exit > icount:
                thread = record.sp_kernel & ~(THREAD_SIZE - 1)
                self.records[index] = replace(record, exit=None, ret=None, instructions={})
                self._open[thread] = index
                self._modes[thread] = _modes_since(record.enter, transitions)
        self._taken = len(transitions)
        self._last = transitions[-1].icount if transitions else 0

    def take(self, transitions: Sequence[Transition]) -> None:
        """Take the transitions that have not been taken yet."""
        for event in transitions[self._taken :]:
            spent = event.icount - self._last
            self._last = event.icount
            for modes in self._modes.values():
                modes[event.from_mode.name] += spent
            if is_syscall(event):
                self._enter(event)
            elif event.to_mode is Mode.USR:
                self._leave(event)
        self._taken = len(transitions)

    def _enter(self, event: Transition) -> None:
        thread = thread_of(event)
        immediate = self._immediate(event.pc) or 0
        oabi = immediate >= OABI_BASE
        nr = immediate - OABI_BASE if oabi else event.registers[7]
        pid, comm = self._task(thread)
        self._open[thread] = len(self.records)
        self._modes[thread] = Counter()
        self.records.append(
            SyscallRecord(
                ordinal=len(self.records),
                pid=pid,
                comm=comm,
                nr=nr,
                name=self._name(nr),
                args=event.registers[:7],
                enter=event.icount,
                exit=None,
                ret=None,
                pc=event.pc,
                sp_user=event.sp_usr,
                sp_kernel=event.sp_svc,
                oabi=oabi,
            )
        )

    def _leave(self, event: Transition) -> None:
        thread = thread_of(event)
        index = self._open.pop(thread, None)
        if index is not None:
            self.records[index] = replace(
                self.records[index],
                exit=event.icount,
                ret=event.registers[0],
                instructions=dict(self._modes.pop(thread)),
            )


def _modes_since(icount: int, transitions: Sequence[Transition]) -> Counter[str]:
    """Instructions by mode from a moment to the last change of mode."""
    modes: Counter[str] = Counter()
    last = icount
    for event in transitions:
        if event.icount > icount:
            modes[event.from_mode.name] += event.icount - last
            last = event.icount
    return modes
