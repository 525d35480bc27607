"""The system calls of a run: kept up with the recording, and looked into stage by stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ringview.guest.kernel import KernelAwareness
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

TASKS_KEPT = 256


class Calls:
    """System calls of a recording.

    Callers are named while the recording passes them, since the machine then still knows them.

    Args:
        recorder: the recording.
        code: symbols of kernel and program.
        awareness: reads the kernel's structures.
    """

    def __init__(self, recorder: Recorder, code: CodeMap, awareness: KernelAwareness) -> None:
        self._recorder = recorder
        self._code = code
        self._awareness = awareness
        self._tracker = SyscallTracker(self.name, self._svc_immediate, self._task)
        self._hops: dict[int, tuple[tuple[int, int], tuple[Hop, ...]]] = {}
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
        """A call's name, without ``sys_``, from the kernel's own table; "" if it has none."""
        table = self._code.kernel.symbols.extent("sys_call_table")
        if table is None or not 0 <= nr < len(table) // 4:
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
            trace = recorder.window(record.enter, min(last, record.enter + LONGEST_CALL))
            hops = self._measure(find_stages(record, trace, self._code), last)
        except Interrupted:
            return ()
        finally:
            recorder.return_to(here)
        self._hops[record.ordinal] = (version, hops)
        return hops

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
        if not self._recorder.observed(icount):
            return -1
        self._recorder.return_to(icount)
        tlb = self._recorder.machine.tlb()
        return sum(tlb.instruction.misses) + sum(tlb.data.misses)
