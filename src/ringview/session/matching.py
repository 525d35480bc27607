"""Which instructions of a trace access some memory or write a register."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ringview.arm.disasm import disassemble
from ringview.arm.psr import Mode
from ringview.machine.events import Transition
from ringview.machine.machine import Machine
from ringview.machine.trace import Access, Records, Trace
from ringview.session.condition import Condition
from ringview.session.moment import Recorded
from ringview.session.stoppoints import StopPoint
from ringview.session.timeline import Track
from ringview.session.traces import pcs
from ringview.session.wanted import KINDS, Wanted, content

Mask = NDArray[np.bool_]

_MODE = 0x1F
_THUMB = 1 << 5
_IT = 0x0600FC00
"""CPSR.IT: the instruction's condition is that of its IT block (ARM DDI 0406C, B1.3.3)."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One instruction that did what was looked for.

    Attributes:
        icount: the state in which it is next.
        pc: its virtual address.
        insn: its bytes as a word.
        cpsr: before it.
        sp: before it, of its mode.
        wanted: what it accessed; None for a breakpoint.
        write: whether it wrote.
        value: what it moved, None if not known.
        exception: how the mode was entered whose lr was written, "" if an instruction wrote.
    """

    icount: int
    pc: int
    insn: int
    cpsr: int
    sp: int
    wanted: Wanted | None = None
    write: bool = True
    value: int | None = None
    exception: str = ""


class Matcher(Protocol):
    """Finds instructions in stretches of a trace that are shown in order."""

    def begin(self) -> None:
        """The machine stands where the next stretch begins."""

    def hits(self, trace: Trace, *, last: bool) -> Hit | None:
        """The last hit in a stretch, or the first; the machine stands at its end."""


class MemoryMatcher:
    """Accesses to physical memory.

    Args:
        wanted: what is looked for.
        machine: gives what memory holds where there is a condition.
    """

    def __init__(self, wanted: Wanted, machine: Machine) -> None:
        self._wanted = wanted
        self._machine = machine
        self._content = bytearray()

    def begin(self) -> None:
        """See `Matcher`."""
        if self._wanted.value is not None:
            self._content = bytearray(content(self._machine, self._wanted.ranges) or b"")

    def hits(self, trace: Trace, *, last: bool) -> Hit | None:
        """See `Matcher`."""
        records = trace.accesses
        if not len(records):
            return None
        if self._wanted.value is not None:
            touched = np.flatnonzero(_overlaps(records, self._wanted.ranges))
            return self._conditional(trace, touched, KINDS[self._wanted.kind], last=last)
        return self.touch(trace, last=last)

    def touch(self, trace: Trace, *, last: bool = True) -> Hit | None:
        """As `hits`, whatever the condition."""
        records, kinds = trace.accesses, KINDS[self._wanted.kind]
        touched = _overlaps(records, self._wanted.ranges)
        if kinds != 3:
            touched &= (records["flags"] & int(Access.WRITE) != 0) == (kinds == 2)
        found = np.flatnonzero(touched)
        return self._hit(trace, int(found[-1 if last else 0])) if len(found) else None

    def _hit(self, trace: Trace, index: int) -> Hit:
        record = trace.accesses[index]
        row = trace.insns[int(np.searchsorted(trace.insns["icount"], record["icount"]))]
        return replace(
            _at(row),
            wanted=self._wanted,
            write=bool(record["flags"] & Access.WRITE),
            value=int(record["value"]),
        )

    def _conditional(
        self, trace: Trace, touched: Sequence[int] | NDArray[np.intp], kinds: int, *, last: bool
    ) -> Hit | None:
        """Follow the memory's content; the condition is asked after each instruction."""
        records, found = trace.accesses, None
        matched: int | None = None
        for position, index in enumerate(touched):
            record = records[index]
            write = bool(record["flags"] & Access.WRITE)
            if write:
                self._store(int(record["pa"]), int(record["size"]), int(record["value"]))
            if kinds & (2 if write else 1):
                matched = int(index)
            following = touched[position + 1] if position + 1 < len(touched) else None
            if following is not None and records[following]["icount"] == record["icount"]:
                continue
            if matched is not None and self._holds() and (last or found is None):
                found = matched
            matched = None
        return None if found is None else self._hit(trace, found)

    def _store(self, pa: int, size: int, value: int) -> None:
        data, at = value.to_bytes(8, "little"), 0
        for start, length in self._wanted.ranges:
            for offset in range(size):
                if 0 <= pa + offset - start < length:
                    self._content[at + pa + offset - start] = data[offset]
            at += length

    def _holds(self) -> bool:
        return int.from_bytes(self._content, "little") == self._wanted.value


def _overlaps(records: Records, ranges: Sequence[tuple[int, int]]) -> Mask:
    pa = records["pa"]
    found: Mask = np.zeros(len(records), np.bool_)
    for start, size in ranges:
        # Unsigned differences wrap, as physical addresses do.
        found |= (pa - np.uint32(start) < size) | (np.uint32(start) - pa < records["size"])
    return found


class RegisterMatcher:
    """Writes of a core register: by an instruction that changes it or that is seen to write it, or
    by the entry to an exception (lr of the mode entered).

    Args:
        wanted: which register.
        machine: gives the value after the last instruction of a stretch.
        transitions: changes of mode recorded.
    """

    def __init__(
        self, wanted: Wanted, machine: Machine, transitions: Callable[[], Track[Transition]]
    ) -> None:
        self._wanted = wanted
        self._machine = machine
        self._transitions = transitions
        self._number = wanted.number
        self._bank = wanted.bank

    def begin(self) -> None:
        """See `Matcher`."""

    def hits(self, trace: Trace, *, last: bool) -> Hit | None:
        """See `Matcher`."""
        insns = trace.insns
        if not len(insns):
            return None
        first, end = int(insns["icount"][0]), int(insns["icount"][-1]) + 1
        events = self._transitions().between(first + 1, end)
        written = self._changed(insns)
        aborted: Mask = np.zeros(len(insns), np.bool_)
        entries: dict[int, Transition] = {}
        for event in events:
            if not event.is_exception:
                continue
            # A fetch that faults counts and leaves no record: it belongs to the one before.
            index = int(np.searchsorted(insns["icount"], event.icount - 1, "right")) - 1
            if event.cause in ("data abort", "undefined") and index >= 0:
                aborted[index] = True
            if self._number == 14 and event.to_mode is self._bank:
                entries[max(index, 0)] = event
                written[max(index, 0)] = True
        known = np.flatnonzero(written)
        # What is seen to write matters only beyond the writes that show in the value.
        part = slice(0, len(insns))
        if len(known):
            part = slice(int(known[-1]) + 1, None) if last else slice(0, int(known[0]))
        written[part] |= self._decoded(insns[part]) & ~aborted[part]
        found = np.flatnonzero(written)
        if not len(found):
            return None
        index = int(found[-1 if last else 0])
        hit = replace(_at(insns[index]), wanted=self._wanted)
        entry = entries.get(index)
        if entry is None:
            return hit
        how = f"{entry.cause} into {entry.to_mode.name} mode"
        return replace(hit, icount=entry.icount - 1, pc=entry.pc, exception=how)

    def _changed(self, insns: Records) -> Mask:
        """Which instructions left another value behind."""
        values = insns["r"][:, self._number]
        inside = self._inside(insns["cpsr"])
        changed: Mask = np.zeros(len(insns), np.bool_)
        changed[:-1] = (values[1:] != values[:-1]) & inside[1:] & inside[:-1]
        if inside[-1]:
            registers = self._machine.registers()
            now = registers.r[self._number]
            if self._bank is not None:
                now = (registers.sp if self._number == 13 else registers.lr)[self._bank]
            elif self._number >= 8:
                now = registers.usr_r8_12[self._number - 8]
            changed[-1] = now != int(values[-1])
        return changed

    def _inside(self, cpsr: NDArray[np.uint32]) -> Mask:
        """Which instructions see this very register under its number."""
        modes = cpsr & _MODE
        if self._bank is None:
            seen: Mask = modes != int(Mode.FIQ)
            return seen if self._number >= 8 else np.ones(len(cpsr), np.bool_)
        own: Mask = modes == int(self._bank)
        return own | (modes == int(Mode.SYS)) if self._bank is Mode.USR else own

    def _decoded(self, insns: Records) -> Mask:
        """Which instructions are seen to write it, whatever value."""
        cpsr = insns["cpsr"]
        words = insns["insn"].astype(np.uint64) | (cpsr & _THUMB).astype(np.uint64) << 32
        unique, back = np.unique(words, return_inverse=True)
        numbers = [_writes(int(word)) for word in unique]
        own = np.array([self._number in plain for plain, _ in numbers], np.bool_)[back]
        user = np.array([self._number in by_user for _, by_user in numbers], np.bool_)[back]
        written: Mask = own & self._inside(cpsr)
        if self._bank in (None, Mode.USR):
            # r0 to r7 are shared by all modes, r8 to r12 by all that leave them as user mode's.
            written |= user
        candidates = np.flatnonzero(written)
        for index in candidates:
            if not _runs(int(insns["insn"][index]), int(cpsr[index])):
                written[index] = False
        return written


@lru_cache(maxsize=1 << 14)
def _writes(word: int) -> tuple[frozenset[int], frozenset[int]]:
    """Numbers of the registers that an instruction writes: in the present mode, and in User mode's
    bank (LDM with ^ and without pc, ARM DDI 0406C B9.3.6).
    """
    thumb = word >> 32 != 0
    code = word & 0xFFFFFFFF
    if code & 0x0E108000 == 0x08100000 and code & 1 << 22 and not thumb and code >> 28 != 15:
        return frozenset(), frozenset(n for n in range(15) if code >> n & 1)
    found = disassemble(code.to_bytes(4, "little"), 0, thumb)
    if not found or found[0].mnemonic.startswith(("svc", ".", "bkpt", "smc", "udf")):
        return frozenset(), frozenset()
    return frozenset(_NUMBERS[name] for name in found[0].writes if name in _NUMBERS), frozenset()


_NUMBERS = {f"r{n}": n for n in range(13)} | {"sb": 9, "sl": 10, "fp": 11, "ip": 12}
_NUMBERS |= {"sp": 13, "lr": 14}


def _runs(insn: int, cpsr: int) -> bool:
    """Whether an instruction's condition holds (ARM DDI 0406C, A8.3); of a Thumb instruction in an
    IT block that is left to the value it leaves.
    """
    if cpsr & _THUMB:
        return not cpsr & _IT
    n, z, c, v = (bool(cpsr >> bit & 1) for bit in (31, 30, 29, 28))
    condition = insn >> 28
    if condition >= 14:
        return True
    holds = (z, c, n, v, c and not z, n == v, n == v and not z)[condition >> 1]
    return holds != bool(condition & 1)


class ExecutionMatcher:
    """Instructions at some addresses.

    Args:
        addresses: virtual.
        condition: what the registers before the instruction must fulfil, None for nothing.
    """

    def __init__(self, addresses: frozenset[int], condition: Condition | None = None) -> None:
        self._addresses = np.array(sorted(addresses), np.uint32)
        self._condition = condition

    def begin(self) -> None:
        """See `Matcher`."""

    def hits(self, trace: Trace, *, last: bool) -> Hit | None:
        """See `Matcher`."""
        found = np.flatnonzero(np.isin(pcs(trace), self._addresses))
        for index in reversed(found) if last else found:
            row = trace.insns[index]
            if self._condition is None or self._condition.holds(Recorded(row)):
                return _at(row)
        return None


class Candidates:
    """Moments at which breakpoints or watchpoints may stop a run, whatever their conditions.

    Args:
        points: the breakpoints and watchpoints.

    Attributes:
        icounts: the moments, in order.
    """

    def __init__(self, points: Sequence[StopPoint]) -> None:
        addresses = sorted({va for point in points for va in point.addresses})
        self._addresses = np.array(addresses, np.uint32)
        self._watched = [point.wanted for point in points if point.wanted is not None]
        self.icounts: list[int] = []

    def look(self, trace: Trace) -> None:
        """Take those of the next stretch."""
        found = [trace.insns["icount"][np.isin(pcs(trace), self._addresses)]]
        records = trace.accesses
        for wanted in self._watched:
            touched = _overlaps(records, wanted.ranges)
            if wanted.kind != "access":
                written = records["flags"] & int(Access.WRITE) != 0
                touched &= written == (wanted.kind == "write")
            found.append(records["icount"][touched])
        self.icounts += np.unique(np.concatenate(found)).tolist()


def _at(row: np.void) -> Hit:
    sp, pc = int(row["r"][13]), int(row["r"][15])
    return Hit(int(row["icount"]), pc, int(row["insn"]), int(row["cpsr"]), sp)
