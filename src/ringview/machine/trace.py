"""The full trace as numpy structured arrays; layouts are ``struct rv_insn`` and ``rv_access``.

An instruction record is the processor just before that instruction: the canonical state at its
``icount``. An access record belongs to the instruction with the same ``icount``.
"""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass
from enum import IntFlag
from typing import Any

# no linear algebra is done here, so its library needs no threads
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import numpy.typing as npt

Records = npt.NDArray[Any]
"""A structured array of :data:`INSN` or :data:`ACCESS`."""

INSN = np.dtype([("icount", "<u8"), ("r", "<u4", (16,)), ("cpsr", "<u4"), ("insn", "<u4")])
"""icount; r0 to r15 (r15 is the instruction's virtual address); CPSR; the instruction word (in
Thumb state the first halfword is the low one), 0 when it could not be read."""

ACCESS = np.dtype(
    [
        ("icount", "<u8"),
        ("value", "<u8"),
        ("va", "<u4"),
        ("pa", "<u4"),
        ("size", "u1"),
        ("flags", "u1"),
        ("pad", "<u2"),
        ("pad2", "<u4"),
    ]
)
"""icount; value loaded or stored; virtual and physical address; bytes; :class:`Access` flags."""


class Access(IntFlag):
    """Flags of an access record."""

    WRITE = 1
    PRIVILEGED = 2
    """The instruction ran at PL1."""
    AS_USER = 4
    """Permissions were checked as PL0: user mode, or LDRT and its like."""
    USER_PAGE = 8
    """The page lets PL0 read; with PRIVILEGED, one entry of the fetch ledger."""
    EXACT_VA = 16
    """The virtual address was computed from the operands; else only its page offset is sure."""
    DEVICE = 32
    """Not RAM."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What a traced run left behind.

    Attributes:
        insns: records of :data:`INSN`, by icount.
        accesses: records of :data:`ACCESS`, by icount, in the order they were made.
    """

    insns: Records
    accesses: Records


def copy_records(address: int | None, count: int, dtype: np.dtype[Any]) -> Records:
    """Copy ``count`` records from the core's memory."""
    if not count or not address:
        return np.empty(0, dtype)
    return np.frombuffer(ctypes.string_at(address, count * dtype.itemsize), dtype)


def borrow_records(address: int | None, count: int, dtype: np.dtype[Any]) -> Records:
    """``count`` records where they lie in the core's memory, which the core will write again."""
    if not count or not address:
        return np.empty(0, dtype)
    lent = (ctypes.c_char * (count * dtype.itemsize)).from_address(address)
    return np.frombuffer(memoryview(lent).cast("B"), dtype)
