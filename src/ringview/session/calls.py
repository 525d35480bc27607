"""The system calls of a run: kept up with the recording, and looked into stage by stage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ringview.guest.kernel import KernelAwareness
from ringview.machine.events import Transition
from ringview.machine.trace import Trace
from ringview.session.board import UNKNOWN, Board, Interruptions, Misses, make_board
from ringview.session.codemap import CodeMap
from ringview.session.hops import Hop, Stage, find_stages
from ringview.session.recorder import Interrupted, Recorder
from ringview.session.state import StateView
from ringview.session.syscalls import (
    THREAD_SIZE,
    SyscallRecord,
    SyscallTracker,
    own_instructions,
)

LONGEST_CALL = 1 << 17
"""Instructions of a system call that are searched for its stages."""


class Calls:
    """System calls of a recording.

    Callers are named while the recording passes them, since the machine then still knows them.

    Args:
        recorder: the recording.
        code: symbols of kernel and program.
        awareness: reads the kernel's structures.
        listed: gives a call's name by the kernel's source tree, None if it has none there.
    """

    def __init__(
        self,
        recorder: Recorder,
        code: CodeMap,
        awareness: KernelAwareness,
        listed: Callable[[int], str | None],
    ) -> None:
        self._listed = listed
        self._recorder = recorder
        self._code = code
        self._awareness = awareness
        self._tracker = SyscallTracker(self.name, self._svc_immediate, self._task)
        self._hops: dict[int, tuple[tuple[int, int], tuple[Hop, ...]]] = {}
        self._boards: dict[int, tuple[tuple[int, int], Board]] = {}
        self._view: StateView | None = None
        self._tasks: dict[int, tuple[int, str]] = {}
        recorder.on_recorded = self._keep_up
        recorder.on_truncated = self._truncate

    def _keep_up(self) -> None:
        self._view = None
        self._tasks.clear()
        self._tracker.take(self._recorder.transitions.all)

    def _truncate(self) -> None:
        self._hops.clear()
        self._boards.clear()
        self._tracker.truncate(self._recorder.icount, self._recorder.transitions.all)

    @property
    def records(self) -> Sequence[SyscallRecord]:
        """Those recorded so far."""
        if self._tracker.interleaved and not self._recorder.moving:
            self._split()
        return self._tracker.records

    def _split(self) -> None:
        """Leave out what other threads did, which the trace tells once the stretch is recorded."""
        records, recorder = self._tracker.records, self._recorder
        for index in list(self._tracker.interleaved):
            record = records[index]
            if record.exit is None:
                continue
            self._tracker.interleaved.discard(index)
            counted = own_instructions(
                record,
                recorder.transitions.between(record.enter, record.exit),
                recorder.accesses.switches_between(record.enter, record.exit),
            )
            records[index] = replace(record, instructions=counted)

    def name(self, nr: int) -> str:
        """A call's name: as the tree's ``syscall.tbl`` has it, else that of the handler in the
        kernel's own table, without ``sys_``; "" if it has none.
        """
        table = self._code.kernel.symbols.extent("sys_call_table")
        if table is None:
            return ""  # another kernel: its numbers are its own
        listed = self._listed(nr)
        if listed is not None:
            return listed
        if not 0 <= nr < len(table) // 4:
            return ""
        word = self._code.kernel.elf.read(table.start + 4 * nr, 4)
        found = None if word is None else self._code.locate(int.from_bytes(word, "little"))
        if found is None or found.symbol.name == "sys_ni_syscall":
            return ""
        # Some handlers are reached by a few instructions of assembly (entry-common.S).
        return found.symbol.name.removeprefix("sys_").removesuffix("_wrapper")

    def _read(self, va: int, size: int) -> bytes | None:
        if self._view is None:
            self._view = StateView(self._recorder.machine)
        return self._view.read_virtual(va, size)

    def _svc_immediate(self, va: int) -> int | None:
        image = self._code.image(va)
        word = None if image is None else image.elf.read(va, 4)
        if word is None:
            word = self._read(va, 4)
        return None if word is None else int.from_bytes(word, "little") & 0xFFFFFF

    def _task(self, stack: int) -> tuple[int, str]:
        known = self._tasks.get(stack)
        if known is None:
            task = self._awareness.current_task(self._read, stack + THREAD_SIZE - 8)
            known = self._tasks[stack] = (0, "") if task is None else (task.pid, task.comm)
        return known

    def hops(self, record: SyscallRecord) -> tuple[Hop, ...]:
        """The stages of a call's way; those known if it has not returned yet.

        Empty while the recorder is moving, unless they were found before.
        """
        recorder = self._recorder
        version = (recorder.timeline.version, record.exit or recorder.end)
        known = self._hops.get(record.ordinal)
        if known is not None and (known[0] == version or recorder.moving):
            return known[1]
        if recorder.moving:
            return ()
        here = recorder.icount
        last = recorder.end if record.exit is None else record.exit
        try:
            stages, _ = self._stages(record, last)
            hops = self._measure(stages, last)
        except Interrupted:
            return ()
        finally:
            recorder.return_to(here)
        self._hops[record.ordinal] = (version, hops)
        return hops

    def stages(self, record: SyscallRecord) -> list[Stage]:
        """The stages of a call, without their costs.

        Raises:
            Interrupted: by the user.
        """
        last = self._recorder.end if record.exit is None else record.exit
        return self._stages(record, last)[0]

    def _stages(
        self, record: SyscallRecord, last: int, *, handler: bool = False
    ) -> tuple[list[Stage], Interruptions]:
        """The stages of a call, and what came between."""
        recorder = self._recorder
        stop = min(last, record.enter + LONGEST_CALL)
        trace = recorder.window(record.enter, stop)
        events = recorder.transitions.between(record.enter, stop)
        stack = record.sp_kernel & ~(THREAD_SIZE - 1)
        found = Interruptions(stack, trace, record.enter, stop, events)
        own = found.plain[trace.insns["icount"].astype(np.int64) - record.enter]
        insns = trace.insns[own]
        kept = np.isin(trace.accesses["icount"], insns["icount"])
        faults = [
            event
            for event, start, _ in found.exceptions
            if event.cause == "data abort" and found.plain[start - 1]
        ]
        plain = Trace(insns, trace.accesses[kept])
        return find_stages(record, plain, self._code, faults, handler=handler), found

    def board(self, record: SyscallRecord) -> Board | None:
        """What a call cost, piece by piece; None while the recorder is moving.

        Raises:
            Interrupted: by the user; the machine stands where it did.
        """
        recorder = self._recorder
        version = (recorder.timeline.version, record.exit or recorder.end)
        known = self._boards.get(record.ordinal)
        if known is not None and known[0] == version:
            return known[1]
        if recorder.moving:
            return None
        here = recorder.icount
        last = recorder.end if record.exit is None else record.exit
        try:
            stages, found = self._stages(record, last, handler=True)
            board = make_board(
                record, stages, found, last, self._both_misses_at, self._thread, self._outcome
            )
        finally:
            recorder.return_to(here)
        self._boards[record.ordinal] = (version, board)
        return board

    def _thread(self, stack: int) -> str:
        """A thread's name by its kernel stack: a program's by its calls, else as it is now."""
        own = (r for r in self.records if r.sp_kernel & ~(THREAD_SIZE - 1) == stack and r.comm)
        record = next(own, None)
        pid, comm = (record.pid, record.comm) if record is not None else self._task(stack)
        return f"{comm}[{pid}]" if comm else f"the thread with its stack at {stack:08x}"

    def _outcome(self, event: Transition, back: int) -> str:
        """What became of an exception within a call: ``back`` is the icount after it, or -1."""
        what = event.fault.text if event.fault is not None else ""
        if event.fault_address is not None:
            what += f" at {event.fault_address:08x}"
        if back < 0:
            return what
        self._recorder.return_to(back)
        pc = self._recorder.machine.registers().pc
        if pc == event.pc:
            end = "tried again" if event.fault is not None else "resumed"
        else:
            end = f"went on at {self._code.describe(pc)}"
        return f"{what}; {end}" if what else end

    def _both_misses_at(self, icount: int) -> Misses:
        if not self._recorder.observed(icount):
            return UNKNOWN
        self._recorder.return_to(icount)
        tlb = self._recorder.machine.tlb()
        return sum(tlb.instruction.misses), sum(tlb.data.misses)

    def _measure(self, stages: Sequence[Stage], last: int) -> tuple[Hop, ...]:
        """Count what each stage takes, by going there."""
        misses = [self._misses_at(stage.icount) for stage in stages]
        misses.append(self._misses_at(last))
        ends = [*(stage.icount for stage in stages[1:]), last]
        return tuple(
            Hop(
                name=stage.name,
                icount=stage.icount,
                pc=stage.pc,
                instructions=max(0, end - stage.icount),
                tlb_misses=-1 if min(before, after) < 0 else after - before,
                note=stage.note,
            )
            for stage, end, before, after in zip(stages, ends, misses, misses[1:], strict=False)
        )

    def _misses_at(self, icount: int) -> int:
        misses = self._both_misses_at(icount)
        return -1 if misses == UNKNOWN else sum(misses)
