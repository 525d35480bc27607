"""Which C line led to an instruction: the handler's own, where it is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ringview.guest.debuginfo import Line
from ringview.guest.records import Function
from ringview.session.codemap import CodeMap


class Sources:
    """Finds the line of the handler behind each instruction of one trace.

    Args:
        code: symbols and lines.
        pcs: virtual address of each instruction.
        victims: which of them the victim executed in the kernel.
        call: the system call's name, without ``sys_``.
    """

    def __init__(
        self, code: CodeMap, pcs: NDArray[np.uint32], victims: NDArray[np.bool_], call: str
    ) -> None:
        self._debug = code.kernel.debug
        self._pcs = pcs
        self._known: dict[int, str] = {}
        handlers = [self._debug.function(name) for name in (f"sys_{call}", f"__do_sys_{call}")]
        inside = np.zeros(len(pcs), bool)
        for handler in handlers:
            if handler is not None:
                inside |= (pcs >= handler.low) & (pcs < handler.high)
        self._in_handler = np.flatnonzero(inside & victims)
        self._victims = victims

    def of(self, index: int) -> str:
        """``file.c:32`` of the line that was under way at an instruction; empty if unknown."""
        before = int(np.searchsorted(self._in_handler, index, "right")) - 1
        if before >= 0:
            return self._line(int(self._pcs[self._in_handler[before]]))
        for earlier in range(index, max(-1, index - 64), -1):
            pc = int(self._pcs[earlier])
            if self._victims[earlier] and self._function(pc) is not None:
                return self._line(pc)
        return ""

    def _function(self, pc: int) -> Function | None:
        return self._debug.function_at(pc)

    def _line(self, pc: int) -> str:
        if pc not in self._known:
            inlined = self._debug.inlined_at(pc)
            if inlined:
                # expanded from a header: the line that asked for it
                outermost = inlined[0]
                name = self._debug.data.files[outermost.call_file]
                self._known[pc] = f"{name}:{outermost.call_line}"
            else:
                line: Line | None = self._debug.line_at(pc)
                self._known[pc] = "" if line is None else str(line)
        return self._known[pc]
