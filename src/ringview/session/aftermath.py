"""What became of a fault, by the recording: which page was brought in or copied, where the kernel
went on instead, which signal came.

The end of the handling is found as everywhere: the frame of the exception has left the kernel
stack, or the thread is back in user mode. What was decided on the way is read where the kernel
itself says it, at the entry of ``force_sig_fault(sig, code, addr)``, ``force_sig(sig)``, ``die``
and ``do_exit(code)`` (kernel/signal.c, arch/arm/kernel/traps.c, kernel/exit.c).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ringview.arm.psr import Mode
from ringview.guest.kernel import KernelAwareness, Mapping
from ringview.machine.events import Transition
from ringview.machine.mmu import Walk, walk
from ringview.machine.trace import Trace
from ringview.session.board import Interruptions
from ringview.session.codemap import CodeMap
from ringview.session.recorder import Interrupted, Recorder
from ringview.session.state import StateView
from ringview.session.syscalls import thread_of
from ringview.session.traces import moment, pcs

WINDOWS = (1 << 11, 1 << 14, 1 << 17)
"""Instructions after a fault in which its end is looked for, one after the other."""


class Ending(StrEnum):
    """How the handling of a fault ended."""

    RETRIED = "retried"
    """The same instruction is tried again."""
    ELSEWHERE = "elsewhere"
    """The interrupted level goes on at another place, no signal involved: a fix-up."""
    SIGNAL = "signal"
    """A handler of the program is called."""
    KILLED = "killed"
    """The thread ends."""
    OPEN = "open"
    """The recording ends, or was not looked into, before that."""


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What a fault led to.

    Attributes:
        ending: how it ended.
        icount: the state in which it had, or in which the kernel begins to end the thread; -1 if
            open.
        pc: virtual address where the thread went on, 0 if it did not.
        signal: number of the signal sent for it, 0 for none.
        oops: the kernel called ``die``.
        at_fault: the walk of the fault's address as the core had it, None for no address.
        after: the walk when the handling had ended.
        area: the program's mapping around the address at the fault, None for none.
    """

    ending: Ending
    icount: int
    pc: int = 0
    signal: int = 0
    oops: bool = False
    at_fault: Walk | None = None
    after: Walk | None = None
    area: Mapping | None = None


class Aftermaths:
    """Looks faults up in a recording, each once.

    Args:
        recorder: the recording.
        code: symbols.
        awareness: reads the kernel's structures.
    """

    def __init__(self, recorder: Recorder, code: CodeMap, awareness: KernelAwareness) -> None:
        self._recorder = recorder
        self._awareness = awareness
        symbols = code.kernel.symbols
        self._signals = [symbols.address_of(n) for n in ("force_sig_fault", "force_sig")]
        self._die = symbols.address_of("die")
        self._exit = symbols.address_of("do_exit")
        self._known: dict[int, tuple[tuple[int, int], Aftermath]] = {}

    def of(self, fault: Transition) -> Aftermath | None:
        """What a recorded fault led to; None while the recorder is moving, or when interrupted."""
        recorder = self._recorder
        version = recorder.timeline.version
        known = self._known.get(fault.icount)
        if known is not None and known[0][0] == version:
            # What was open may have ended in what was recorded since.
            still_open = known[1].ending is Ending.OPEN and known[0][1] != recorder.end
            if not still_open or recorder.moving:
                return known[1]
        if recorder.moving:
            return None
        here = recorder.icount
        try:
            found = self._look(fault)
        except Interrupted:
            return None
        finally:
            recorder.return_to(here)
        self._known[fault.icount] = ((version, recorder.end), found)
        return found

    def _look(self, fault: Transition) -> Aftermath:
        recorder = self._recorder
        at_fault, area = self._page(fault, fault.icount, with_area=True)
        found = Aftermath(Ending.OPEN, -1, at_fault=at_fault, area=area)
        for length in WINDOWS:
            last = min(recorder.end, fault.icount + length)
            found = self._within(fault, last, at_fault, area)
            if found.ending is not Ending.OPEN or last == recorder.end:
                break
        return found

    def _within(
        self, fault: Transition, last: int, at_fault: Walk | None, area: Mapping | None
    ) -> Aftermath:
        """The end of the handling, if it lies before an icount."""
        recorder = self._recorder
        first = fault.icount
        trace = recorder.window(first, last)
        events = recorder.transitions.between(first, last)
        parts = Interruptions(thread_of(fault), trace, first, last, events)
        stop = parts.back(fault)
        at = trace.insns["icount"].astype(np.int64) - first
        own = Trace(trace.insns[parts.own[at] & (at < stop)], trace.accesses)
        signal = next((n for at in self._signals if (n := _first_argument(own, at))), 0)
        oops = _entered(own, self._die) >= 0
        ended = _entered(own, self._exit)
        if ended >= 0:
            return Aftermath(Ending.KILLED, ended, 0, signal, oops, at_fault, None, area)
        if stop >= parts.length:
            return Aftermath(Ending.OPEN, -1, 0, signal, oops, at_fault, None, area)
        icount = first + stop
        after, _ = self._page(fault, icount, with_area=False)
        pc = self._recorder.machine.registers().pc
        ending = Ending.RETRIED if pc == fault.pc else Ending.ELSEWHERE
        if ending is Ending.ELSEWHERE and signal:
            ending = Ending.SIGNAL
        return Aftermath(ending, icount, pc, signal, oops, at_fault, after, area)

    def _page(
        self, fault: Transition, icount: int, *, with_area: bool
    ) -> tuple[Walk | None, Mapping | None]:
        """The walk of the fault's address at a moment, and the program's mapping around it."""
        machine = self._recorder.machine
        self._recorder.return_to(icount)
        va = fault.fault_address
        if va is None:
            return None, None
        found = walk(machine, machine.mmu(), va)
        if not with_area:
            return found, None
        state = StateView(machine)
        task = self._awareness.current_task(state.read_virtual, state.raw.sp[Mode.SVC])
        if task is None:
            return found, None
        areas = self._awareness.mappings(state.read_virtual, task)
        return found, next((a for a in areas if a.start <= va < a.end), None)


def _entry(trace: Trace, function: int | None) -> int:
    """The index of the instruction that enters a function first, -1 if none does."""
    if function is None:
        return -1
    hits = np.flatnonzero(pcs(trace) == function)
    return int(hits[0]) if len(hits) else -1


def _entered(trace: Trace, function: int | None) -> int:
    """The icount at which a function is entered first, -1 if it is not."""
    index = _entry(trace, function)
    return moment(trace, index) if index >= 0 else -1


def _first_argument(trace: Trace, function: int | None) -> int:
    """r0 where a function is entered first, 0 if it is not."""
    index = _entry(trace, function)
    return int(trace.insns["r"][index, 0]) if index >= 0 else 0
