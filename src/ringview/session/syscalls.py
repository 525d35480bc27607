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
        ret: its result as the program finds it in r0, unsigned; None while it is not known. A call
            that goes back to a signal handler has its result once sigreturn has put it in place.
        pc: virtual address of the svc.
        sp_user: the user's stack pointer at entry, virtual.
        sp_kernel: the kernel's stack pointer at the vector, virtual.
        instructions: executed by the caller between enter and exit by mode, interrupts within
            included. What other threads did meanwhile is left out as far as the trace tells.
        oabi: called by the old ABI's convention.
        link: virtual address of the instruction after the svc.
        target: virtual address where user mode went on at ``exit``: ``link``, or a signal's
            handler.
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
    link: int = 0
    target: int = 0

    @property
    def signed_ret(self) -> int | None:
        """The result as the C library sees it: -4095 to -1 are errors."""
        if self.ret is None:
            return None
        return self.ret - (1 << 32) if self.ret >> 31 else self.ret


NEVER_RETURN = frozenset({"exit", "exit_group"})
"""Calls after which the kernel stack is another thread's."""

SIGRETURNS = frozenset({"sigreturn", "rt_sigreturn"})
"""Calls that leave r0 as the interrupted code had it."""

_THUMB = 1 << 5


def is_syscall(event: Transition) -> bool:
    """Whether a change of mode is a program's call of the kernel."""
    return event.cause == "svc" and event.from_mode is Mode.USR


FAULTS = frozenset({"data abort", "prefetch abort", "undefined"})
"""Causes of a change of mode by which the core says that it cannot go on."""


def is_fault(event: Transition) -> bool:
    """Whether a change of mode is an abort or an undefined instruction."""
    return event.cause in FAULTS


def thread_of(event: Transition) -> int:
    """The base of the kernel stack of the thread that a change of mode happened in."""
    # An empty kernel stack's pointer lies eight bytes below its end (THREAD_START_SP).
    return event.sp_svc & ~(THREAD_SIZE - 1)


class SyscallTracker:
    """Turns transitions into system calls, a few at a time.

    Args:
        name: gives a call's name by its number.
        immediate: gives the 24-bit immediate of the A32 svc at a virtual address, None if it cannot
            be read.
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
        self._deferred: dict[int, list[int]] = {}  # calls that a signal's handler went before
        self._last = 0
        self.interleaved: set[int] = set()
        """Finished calls during which other threads ran: their instructions are to be split."""

    def truncate(self, icount: int, transitions: Sequence[Transition]) -> None:
        """Forget what is later than a moment; ``transitions`` are those that stay."""
        self.records = [record for record in self.records if record.enter <= icount]
        self._open.clear()
        self._modes.clear()
        self._deferred.clear()
        self.interleaved = {i for i in self.interleaved if i < len(self.records)}
        for index, record in enumerate(self.records):
            if record.exit is None or record.exit > icount:
                self.records[index] = replace(record, exit=None, ret=None, instructions={})
                self._wait_for(index)
                self._modes[index] = _modes_since(record.enter, transitions)
            elif record.target != record.link and record.name not in SIGRETURNS:
                thread = record.sp_kernel & ~(THREAD_SIZE - 1)
                self._deferred.setdefault(thread, []).append(index)
        self._taken = len(transitions)
        self._last = transitions[-1].icount if transitions else 0

    def take(self, transitions: Sequence[Transition]) -> None:
        """Take the transitions that have not been taken yet."""
        for event in transitions[self._taken :]:
            spent = event.icount - self._last
            self._last = event.icount
            for index, modes in self._modes.items():
                modes[event.from_mode.name] += spent
                if thread_of(event) != self.records[index].sp_kernel & ~(THREAD_SIZE - 1):
                    self.interleaved.add(index)
            if is_syscall(event):
                self._enter(event)
            elif event.to_mode is Mode.USR:
                self._leave(event)
        self._taken = len(transitions)

    def _enter(self, event: Transition) -> None:
        thread = thread_of(event)
        # A Thumb svc has eight bits: the old ABI's numbers do not fit.
        immediate = 0 if event.cpsr_before & _THUMB else self._immediate(event.pc) or 0
        oabi = immediate >= OABI_BASE
        nr = immediate - OABI_BASE if oabi else event.registers[7]
        pid, comm = self._task(thread)
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
                link=event.lr,
            )
        )
        self._wait_for(len(self.records) - 1)

    def _wait_for(self, index: int) -> None:
        record = self.records[index]
        if record.name not in NEVER_RETURN:
            self._open[record.sp_kernel & ~(THREAD_SIZE - 1)] = index
            self._modes[index] = Counter()

    def _leave(self, event: Transition) -> None:
        thread = thread_of(event)
        index = self._open.pop(thread, None)
        if index is None:
            return
        record = self.records[index]
        returned = event.target == record.link and record.name not in SIGRETURNS
        self.records[index] = replace(
            record,
            exit=event.icount,
            ret=event.registers[0] if returned else None,
            target=event.target,
            instructions=dict(self._modes.pop(index)),
        )
        if record.name in SIGRETURNS:
            self._handler_done(event)
        elif not returned:
            self._deferred.setdefault(thread, []).append(index)

    def _handler_done(self, event: Transition) -> None:
        """A signal's handler has returned, perhaps to a call that it went before."""
        waiting = self._deferred.get(thread_of(event), [])
        if not waiting:
            return
        record = self.records[waiting[-1]]
        if event.target == record.link:
            self.records[waiting.pop()] = replace(record, ret=event.registers[0])
        elif event.target == record.pc:  # the call is made once more
            waiting.pop()


def own_instructions(
    record: SyscallRecord, transitions: Sequence[Transition], switches: Sequence[tuple[int, int]]
) -> dict[str, int]:
    """Instructions by mode that the caller itself executed during a finished call.

    Args:
        record: the call.
        transitions: those from ``enter`` to ``exit``.
        switches: where the kernel went on with another thread: icount and the thread's kernel
            stack.
    """
    own = record.sp_kernel & ~(THREAD_SIZE - 1)
    changes = [(t.icount, thread_of(t), t.to_mode.name) for t in transitions]
    changes += [(icount, thread, "") for icount, thread in switches]
    modes: Counter[str] = Counter()
    last, thread, mode = record.enter, own, Mode.SVC.name
    for icount, following, name in sorted(changes, key=lambda change: change[0]):
        if record.enter < icount:
            if thread == own:
                modes[mode] += icount - last
            last = icount
        thread, mode = following, name or mode
    return dict(modes)


def _modes_since(icount: int, transitions: Sequence[Transition]) -> Counter[str]:
    """Instructions by mode from a moment to the last change of mode."""
    modes: Counter[str] = Counter()
    last = icount
    for event in transitions:
        if event.icount > icount:
            modes[event.from_mode.name] += event.icount - last
            last = event.icount
    return modes
