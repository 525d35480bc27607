"""Where one unit backwards leads: found in traces of the stretches before now, the latest first.

The machine is moved for the search and put back; the caller then goes where the answer says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ringview.machine.events import Transition
from ringview.machine.trace import Trace
from ringview.session.codemap import CodeMap
from ringview.session.lines import boundaries
from ringview.session.motion import LONGEST, SUCH
from ringview.session.recorder import Recorder
from ringview.session.traces import Words, moment, pcs

FIRST_WINDOW = 2048

Mask = NDArray[np.bool_]


class Backward:
    """Finds earlier moments of a recording.

    Args:
        recorder: the recording.
        code: symbols and lines.
    """

    def __init__(self, recorder: Recorder, code: CodeMap) -> None:
        self._recorder = recorder
        self._code = code

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
        if unit in SUCH:
            return self._such(now, SUCH[unit])
        if unit == "line":
            return self._line()
        if unit == "over":
            return self._over()
        return self._call_site()

    def _such(self, now: int, wanted: Callable[[Transition], bool]) -> int | None:
        event = self._recorder.transitions.before(now)
        while event is not None and not wanted(event):
            event = self._recorder.transitions.before(event.icount)
        return None if event is None else event.icount

    def _windows(self, last: int) -> Iterator[Trace]:
        """Traces of ever earlier stretches, the first of which ends before ``last``."""
        length = FIRST_WINDOW
        while last > 0:
            trace = self._recorder.known_before(last)
            if trace is None:
                first = max(0, last - length)
                trace = self._recorder.window(first, last)
                length = min(length * 4, LONGEST)
            else:
                first = moment(trace, 0)
            last = first
            yield trace

    def _line(self) -> int | None:
        search = _BoundarySearch(self._code)
        for trace in self._windows(self._recorder.icount):
            found = search.look(trace, np.ones(len(trace.insns), np.bool_))
            if found is not None:
                return found
        return search.earliest

    def _over(self) -> int | None:
        """The latest line boundary in this frame or, at its start, in the caller's."""
        registers = self._recorder.machine.registers()
        frame: _Frame | None = _Frame(self._code.function(registers.pc), registers.r[13])
        search = _BoundarySearch(self._code)
        in_caller = False
        for trace in self._windows(self._recorder.icount):
            at, sps = pcs(trace), _stack_pointers(trace)
            stop = len(at)
            if frame is not None and not in_caller:
                entry = -1 if registers.pc == frame.function.start else frame.entry(trace)
                mine = frame.holds(trace)
                mine[: max(entry, 0)] = False
                found = None
                if registers.pc != frame.function.start:
                    found = search.look(trace, mine)
                    if found is None and entry >= 0:
                        found = search.earliest
                if found is not None:
                    return found
                if entry < 0 and registers.pc != frame.function.start:
                    continue
                in_caller, frame, search = True, None, _BoundarySearch(self._code)
                stop = len(at) if entry < 0 else entry
            if frame is None:
                if stop == 0:
                    continue
                frame = _Frame(self._code.function(int(at[stop - 1])), int(sps[stop - 1]))
            mine = frame.holds(trace)
            mine[stop:] = False
            found = search.look(trace, mine)
            if found is not None:
                return found
        return search.earliest

    def _call_site(self) -> int | None:
        """The call that entered the present function: the state just before it."""
        registers = self._recorder.machine.registers()
        here = self._recorder.icount
        function = self._code.function(registers.pc)
        if registers.pc == function.start:
            return here - 1 if here else None
        frame = _Frame(function, registers.r[13])
        for trace in self._windows(here):
            entry = frame.entry(trace)
            if entry >= 0:
                return max(0, moment(trace, entry) - 1)
        return None


class _Frame:
    """One activation of a function, as far as addresses and the stack pointer tell.

    Args:
        function: its addresses.
        sp: its stack pointer; that of a deeper call is lower.
    """

    def __init__(self, function: range, sp: int) -> None:
        self.function = function
        self._sp = np.uint32(sp)

    def holds(self, trace: Trace) -> Mask:
        """Which instructions of a trace are its own."""
        at = pcs(trace)
        mine: Mask = (
            (at >= self.function.start)
            & (at < self.function.stop)
            & (_stack_pointers(trace) >= self._sp)
        )
        return mine

    def entry(self, trace: Trace) -> int:
        """Index of the latest beginning of it in a trace, or -1."""
        found = np.flatnonzero(self.holds(trace) & (pcs(trace) == self.function.start))
        return int(found[-1]) if len(found) else -1


class _BoundarySearch:
    """The latest line boundary among chosen instructions of traces that are given latest first.

    Whether the first line of a trace begins there only an earlier trace can tell.

    Attributes:
        earliest: where the earliest line seen so far begins at the latest, None if none was seen.
    """

    def __init__(self, code: CodeMap) -> None:
        self._code = code
        self.earliest: int | None = None
        self._line = 0

    def look(self, trace: Trace, chosen: Mask) -> int | None:
        """The icount of the boundary, None if it is not in this trace."""
        index = np.flatnonzero(chosen)
        if not len(index):
            return None
        ids = self._code.lines.ids(pcs(trace)[index])
        index, ids = index[ids != 0], ids[ids != 0]
        if not len(index):
            return None
        if self.earliest is not None and ids[-1] != self._line:
            return self.earliest
        found = boundaries(ids, int(ids[0]))
        if len(found):
            return moment(trace, index[found[-1]])
        self.earliest, self._line = moment(trace, index[0]), int(ids[0])
        return None


def _stack_pointers(trace: Trace) -> Words:
    words: Words = trace.insns["r"][:, 13]
    return words
