"""Columns of the machine's trace, and traces put together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ringview.machine.trace import ACCESS, INSN, Trace

Words = NDArray[np.uint32]


def join(traces: Sequence[Trace]) -> Trace:
    """One trace of several that follow each other."""
    if len(traces) == 1:
        return traces[0]
    if not traces:
        return Trace(np.empty(0, INSN), np.empty(0, ACCESS))
    return Trace(
        np.concatenate([trace.insns for trace in traces]),
        np.concatenate([trace.accesses for trace in traces]),
    )


def cut(trace: Trace, first: int, last: int) -> Trace:
    """The part of a trace from icount ``first`` to ``last`` (exclusive)."""
    i = np.searchsorted(trace.insns["icount"], [first, last])
    a = np.searchsorted(trace.accesses["icount"], [first, last])
    return Trace(trace.insns[i[0] : i[1]], trace.accesses[a[0] : a[1]])


def pcs(trace: Trace) -> Words:
    """Virtual address of each instruction."""
    words: Words = trace.insns["r"][:, 15]
    return words


def moment(trace: Trace, index: int | np.integer) -> int:
    """The icount of the state in which an instruction of the trace is next."""
    return int(trace.insns["icount"][index])
