"""Where one unit backwards leads: found in traces of the stretches before now, the latest first.

The machine is moved for the search and put back; the caller then goes where the answer says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ringview.machine.trace import Trace
from ringview.session.codemap import CodeMap
from ringview.session.lines import boundaries
from ringview.session.motion import LONGEST
from ringview.session.recorder import Recorder
from ringview.session.syscalls import is_syscall
from ringview.session.traces import Words, moment, pcs

FIRST_WINDOW = 2048

Indexes = NDArray[np.int64]


class Backward:
    """Finds earlier moments of a recording.

    Args:
        recorder: the recording.
        code: symbols and lines.
        breakpoints: gives the user's breakpoints (virtual addresses).
    """

    def __init__(
        self, recorder: Recorder, code: CodeMap, breakpoints: Callable[[], frozenset[int]]
    ) -> None:
        self._recorder = recorder
        self._code = code
        self._breakpoints = breakpoints

    def target(self, unit: str) -> int | None:
        """The icount one unit backwards; None if there is nothing of it before now.

        Raises:
            Interrupted: by the user.
        """
        now = self._recorder.icount
        if unit == "instruction":
            return now - 1 if now else None
        if unit == "transition":
            event = self._recorder.transitions.before(now)
            return None if event is None else event.icount
        if unit == "syscall":
            return self._syscall(now)
        if unit == "breakpoint":
            return self._execution(self._breakpoints())
        if unit == "line":
            return self._line()
        if unit == "over":
            return self._over()
        return self._call_site()

    def _syscall(self, now: int) -> int | None:
        event = self._recorder.transitions.before(now)
        while event is not None and not is_syscall(event):
            event = self._recorder.transitions.before(event.icount)
        return None if event is None else event.icount

    def _windows(self, last: int) -> Iterator[Trace]:
        """Traces of ever earlier stretches, the first of which ends before ``last``."""
        length = FIRST_WINDOW
        while last > 0:
            first = max(0, last - length)
            yield self._recorder.window(first, last)
            last = first
            length = min(length * 4, LONGEST)

    def _execution(self, addresses: frozenset[int]) -> int | None:
        if not addresses:
            return None
        wanted = np.array(sorted(addresses), np.uint32)
        for trace in self._windows(self._recorder.icount):
            hits = np.flatnonzero(np.isin(pcs(trace), wanted))
            if len(hits):
                return moment(trace, hits[-1])
        return None

    def _line_windows(self, last: int) -> Iterator[tuple[Trace, Indexes]]:
        """As `_windows`, each with the indexes of its line boundaries.

        Whether the first known line of a window begins there only an earlier window can tell, so
        windows overlap by that much.
        """
        length = FIRST_WINDOW
        while last > 0:
            first = max(0, last - length)
            before = last
            trace = self._recorder.window(first, last)
            found = boundaries(self._code.lines.ids(pcs(trace)), 0)
            last = first
            if first and len(found):
                again = moment(trace, found[0]) + 1
                # Unless nothing before it has had a line for long: then it does begin there.
                if again < before or length < LONGEST:
                    found, last = found[1:], again
            yield trace, found
            length = min(length * 4, LONGEST)

    def _line(self) -> int | None:
        for trace, found in self._line_windows(self._recorder.icount):
            if len(found):
                return moment(trace, found[-1])
        return None

    def _over(self) -> int | None:
        """The latest line boundary in this frame or, at its start, in the caller's."""
        registers = self._recorder.machine.registers()
        function = self._code.function(registers.pc)
        caller: range | None = None
        in_caller = registers.pc == function.start
        for trace, found in self._line_windows(self._recorder.icount):
            at = pcs(trace)
            stop = len(at)
            if not in_caller:
                entry = self._frame_entry(trace, function, registers.r[13])
                mine = found[(found >= max(entry, 0)) & _inside(at[found], function)]
                # A deeper call of the same function has a lower stack pointer.
                mine = mine[_stack_pointers(trace)[mine] >= registers.r[13]]
                if len(mine):
                    return moment(trace, mine[-1])
                if entry < 0:
                    continue
                in_caller = True
                stop = entry
            if stop > 0:
                caller = caller or self._code.function(int(at[stop - 1]))
                mine = found[found < stop]
                mine = mine[_inside(at[mine], caller)]
                if len(mine):
                    return moment(trace, mine[-1])
        return None

    def _call_site(self) -> int | None:
        """The call that entered the present function: the state just before it."""
        registers = self._recorder.machine.registers()
        here = self._recorder.icount
        function = self._code.function(registers.pc)
        if registers.pc == function.start:
            return here - 1 if here else None
        for trace in self._windows(here):
            entry = self._frame_entry(trace, function, registers.r[13])
            if entry >= 0:
                return max(0, moment(trace, entry) - 1)
        return None

    @staticmethod
    def _frame_entry(trace: Trace, function: range, sp: int) -> int:
        """Index of the first instruction of a function's present frame, or -1."""
        entries = np.flatnonzero(
            (pcs(trace) == function.start) & (_stack_pointers(trace) >= np.uint32(sp))
        )
        return int(entries[-1]) if len(entries) else -1


def _inside(addresses: Words, function: range) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (addresses >= function.start) & (addresses < function.stop)
    return inside


def _stack_pointers(trace: Trace) -> Words:
    words: Words = trace.insns["r"][:, 13]
    return words
