"""How the units of stepping move forwards through a run; `backward` has the way back.

Forwards, a line ends at the first instruction of another line; backwards, it is left for the latest
such boundary before now. Both find boundaries the same way, so that a step back undoes a step
forwards. ``over`` and ``out`` follow calls by what calls do (lr is set to the next instruction) and
find their return by the stack pointer, which needs no unwinder and works in assembly too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ringview.arm.psr import Mode
from ringview.errors import MachineError
from ringview.machine.events import Transition
from ringview.machine.registers import Registers
from ringview.session.codemap import CodeMap
from ringview.session.recorder import FOR_EVER, Outcome, Recorder
from ringview.session.stoppoints import StopPoints
from ringview.session.syscalls import is_fault, is_syscall
from ringview.session.traces import Words, moment, pcs

SINGLES = 48
"""Instructions stepped one by one before a traced stretch is cheaper."""

FIRST_STRETCH = 512
LONGEST = 1 << 15
"""Instructions traced at a time; a record takes 80 bytes."""


SUCH: dict[str, Callable[[Transition], bool]] = {"syscall": is_syscall, "fault": is_fault}
"""Units that are changes of mode of one kind."""


class Motions:
    """Moves a recorder by units.

    Args:
        recorder: what is moved.
        code: symbols and lines.
        stops: the user's breakpoints.
    """

    def __init__(self, recorder: Recorder, code: CodeMap, stops: StopPoints) -> None:
        self._recorder = recorder
        self._code = code
        self._stops = stops

    @property
    def _registers(self) -> Registers:
        return self._recorder.machine.registers()

    @property
    def pc(self) -> int:
        """Address of the next instruction."""
        return self._registers.pc

    def _line_id(self) -> int:
        return self._code.lines.id_at(self.pc)

    # ----------------------------------------------------------------------------- forwards

    def forward(self, unit: str) -> Outcome:
        """Move one unit forwards; `Outcome.LIMIT` means arrived."""
        if unit == "instruction":
            return self._recorder.advance(self._recorder.icount + 1)
        if unit == "transition":
            outcome = self._recorder.advance(FOR_EVER, transitions=True)
            return Outcome.LIMIT if outcome is Outcome.TRANSITION else outcome
        if unit in SUCH:
            return self._next_such(SUCH[unit])
        if unit == "line":
            return self._next_line()
        if unit == "over":
            return self._over(stop_at_line=True)
        return self._over(stop_at_line=False)

    def _next_such(self, wanted: Callable[[Transition], bool]) -> Outcome:
        while True:
            outcome = self._recorder.advance(FOR_EVER, transitions=True)
            if outcome is not Outcome.TRANSITION:
                return outcome
            latest = self._recorder.transitions.at_or_before(self._recorder.icount)
            if latest is not None and wanted(latest):
                return Outcome.LIMIT

    def _next_line(self) -> Outcome:
        recorder = self._recorder
        line = self._line_id()
        for _ in range(SINGLES):
            outcome = recorder.advance(recorder.icount + 1)
            if outcome is not Outcome.LIMIT:
                return outcome
            now = self._line_id()
            if now not in (0, line):
                return Outcome.LIMIT

        def other_line(addresses: Words) -> NDArray[np.bool_]:
            ids = self._code.lines.ids(addresses)
            found: NDArray[np.bool_] = (ids != 0) & (ids != line)
            return found

        return self._skim(other_line)

    def _skim(self, wanted: Callable[[Words], NDArray[np.bool_]]) -> Outcome:
        """Run on in traced stretches to the first position whose program counter is wanted."""
        recorder = self._recorder
        length = FIRST_STRETCH
        while True:
            outcome, trace = recorder.advance_traced(recorder.icount + length)
            hits = np.flatnonzero(wanted(pcs(trace)))
            if len(hits):
                recorder.return_to(moment(trace, hits[0]))
                return Outcome.LIMIT
            if outcome is not Outcome.LIMIT:
                return outcome
            length = min(length * 4, LONGEST)

    def _over(self, *, stop_at_line: bool) -> Outcome:
        """Run calls and exceptions through; stop at another line of this or an outer frame, or only
        in an outer one.
        """
        recorder = self._recorder
        line = self._line_id()
        function = self._code.function(self.pc)
        singles = 0
        while True:
            before = self._registers
            outcome = recorder.advance(recorder.icount + 1)
            if outcome is not Outcome.LIMIT:
                return outcome
            outcome = self._finish_call(before)
            if outcome is not Outcome.LIMIT:
                return outcome
            pc = self.pc
            if pc not in function:
                if self._jumped(before):
                    function = self._code.function(pc)  # a tail call: the caller is still to come
                elif not stop_at_line:
                    return Outcome.LIMIT
            if stop_at_line and self._code.lines.id_at(pc) not in (0, line):
                return Outcome.LIMIT
            singles += 1
            if singles >= SINGLES and pc in function:
                outcome = self._skim_inside(function, line if stop_at_line else None)
                if outcome is not Outcome.LIMIT:
                    return outcome
                singles = 0
                if stop_at_line and self._line_id() not in (0, line):
                    return Outcome.LIMIT

    def _jumped(self, before: Registers) -> bool:
        """Whether the instruction just executed was a plain branch, not a return.

        B, or BX and MOV to pc from another register than lr (ARM DDI 0406C, A8.8.18, A8.8.27).
        """
        try:
            data = self._recorder.machine.read_virtual(before.pc, 4)
        except MachineError:
            return False
        instruction = int.from_bytes(data, "little")
        if instruction & 0x0F000000 == 0x0A000000:
            return True
        by_register = instruction & 0x0FFFFFF0 in (0x012FFF10, 0x01A0F000)
        return by_register and instruction & 0xF != 14

    def _skim_inside(self, function: range, line: int | None) -> Outcome:
        """Run to the last position before control leaves a function or enters it anew, or to
        another line.
        """
        recorder = self._recorder
        length = FIRST_STRETCH
        while True:
            outcome, trace = recorder.advance_traced(recorder.icount + length)
            at = pcs(trace)
            leaves = (at < function.start) | (at >= function.stop) | (at == function.start)
            if line is not None:
                ids = self._code.lines.ids(at)
                leaves |= (ids != 0) & (ids != line)
            hits = np.flatnonzero(leaves[1:]) + 1
            if len(hits):
                first = int(hits[0])
                inside = int(at[first]) in function and int(at[first]) != function.start
                recorder.return_to(moment(trace, first if inside else first - 1))
                return Outcome.LIMIT
            if outcome is not Outcome.LIMIT:
                return outcome
            length = min(length * 4, LONGEST)

    def _finish_call(self, before: Registers) -> Outcome:
        """If the instruction just executed called, or an exception was taken, run to the return."""
        recorder = self._recorder
        now = self._registers
        event = recorder.transitions.at_or_before(recorder.icount)
        if event is not None and event.icount == recorder.icount and event.is_exception:
            if event.from_mode is Mode.USR:
                return self._run_to_user(event.sp_usr)
            # Within the kernel a handler may go back to the instruction, past it, or to its fix-up,
            # and no change of mode shows when.
            ways = {event.pc, event.pc + 4, *self._code.fixups(event.pc)}
            return self._run_to(ways, event.from_mode, now.sp[_bank(event.from_mode)])
        following = before.pc + 4 & 0xFFFFFFFF
        if now.r[14] == following and now.pc != following and now.mode is before.mode:
            return self._run_to({following}, now.mode, before.r[13])
        return Outcome.LIMIT

    def _run_to(self, pcs: set[int], mode: Mode, sp: int) -> Outcome:
        """Run until an address is reached in a mode and with a stack pointer, or a breakpoint."""
        recorder = self._recorder
        own = self._stops.addresses
        recorder.machine.set_code_breakpoints(own | pcs)
        try:
            while True:
                outcome = recorder.advance(FOR_EVER, breakpoints=True)
                if outcome is not Outcome.BREAKPOINT:
                    return outcome
                now = self._registers
                if now.pc in pcs and (now.mode, now.r[13]) == (mode, sp):
                    return Outcome.LIMIT
                if self._stops.breaks_here() is not None:
                    return Outcome.BREAKPOINT
        finally:
            recorder.machine.set_code_breakpoints(own)

    def _run_to_user(self, sp: int) -> Outcome:
        """Run until the program goes on with a stack pointer, or a breakpoint."""
        recorder = self._recorder
        while True:
            outcome = recorder.advance(FOR_EVER, transitions=True, breakpoints=True)
            if outcome not in (Outcome.TRANSITION, Outcome.BREAKPOINT):
                return outcome
            event = recorder.transitions.at_or_before(recorder.icount)
            assert event is not None
            back = event.to_mode is Mode.USR and event.sp_usr == sp
            if back and event.icount == recorder.icount:
                return Outcome.LIMIT
            # The first instruction after a change of mode may have a breakpoint, too.
            if self._stops.breaks_here() is not None:
                return Outcome.BREAKPOINT

    def run_to_address(self, addresses: Sequence[int], limit: int = FOR_EVER) -> Outcome:
        """Run until one of some addresses is about to execute; `Outcome.LIMIT` if the limit came
        first.
        """
        recorder = self._recorder
        recorder.machine.set_code_breakpoints(frozenset(addresses))
        try:
            return recorder.advance(limit, breakpoints=True)
        finally:
            recorder.machine.set_code_breakpoints(self._stops.addresses)


def _bank(mode: Mode) -> Mode:
    """Whose stack pointer a mode uses: System mode has User mode's."""
    return Mode.USR if mode is Mode.SYS else mode
