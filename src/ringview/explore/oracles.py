"""Oracles: signs of a bug that need no crash. Each looks at the full trace of one run."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from ringview.explore.findings import OracleHit, Spot
from ringview.guest.crossing import THREAD_SIZE
from ringview.guest.debuginfo import DebugInfo
from ringview.guest.image import Image
from ringview.guest.kernel import TASK_SIZE
from ringview.guest.locations import place_of
from ringview.guest.records import Function, Variable
from ringview.machine.trace import Access as Flag
from ringview.machine.trace import Records, Trace

SECRET_SYMBOLS = ("planted_secret",)
SECRET_WINDOW = 8
"""Bytes of a secret in a row that make a disclosure; fewer could be chance."""

_USR = 0x10
_MODE = 0x1F
_PUSH_LR = 0x092D4000
"""STMDB sp!, {..., lr} (ARM DDI 0406C A8.8.133), condition left out."""
_PUSH_MASK = 0x0FFF4000
_STR_LR_PUSH = 0x052DE004
"""STR lr, [sp, #-4]!"""

Describe = Callable[[int, int], Spot]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What oracles look at.

    Attributes:
        trace: the whole run.
        victims: which instructions the victim executed at PL1.
        owner: index of the instruction that made each access.
        victim: base of the victim's kernel stack.
        describe: gives the spot of (icount, pc).
        disclosed: bytes that reached the user or the log, with a word for where.
        secrets: what must not be among them, by name.
    """

    trace: Trace
    victims: NDArray[np.bool_]
    owner: NDArray[np.intp]
    victim: int
    describe: Describe
    disclosed: tuple[tuple[str, bytes], ...]
    secrets: tuple[tuple[str, bytes], ...]

    @property
    def insns(self) -> Records:
        """One record for each instruction."""
        return self.trace.insns

    def spot(self, index: int) -> Spot:
        """The spot of an instruction of the trace."""
        row = self.insns[index]
        return self.describe(int(row["icount"]), int(row["r"][15]))


class Oracles:
    """The oracles of one kernel.

    Args:
        kernel: vmlinux with symbols and DWARF.
    """

    def __init__(self, kernel: Image) -> None:
        self._kernel = kernel
        self._known_arrays: dict[int, list[tuple[Variable, int]]] = {}

    def fired(self, evidence: Evidence) -> tuple[OracleHit, ...]:
        """Each oracle that fired, once, in the order in which they did."""
        if not len(evidence.insns):
            return ()
        hits = [
            *self._user_code(evidence),
            *self._kernel_pointer(evidence),
            *self._reached(evidence, "__stack_chk_fail", "stack canary", "the canary was changed"),
            *self._reached(evidence, "die", "kernel died", "an exception that nothing handles"),
            *self._reached(evidence, "panic", "kernel died", "panic"),
            *self._return_address(evidence),
            *self._bounds(evidence),
            *self._secrets(evidence),
        ]
        hits.sort(key=lambda hit: hit.spot.icount)
        first: dict[str, OracleHit] = {}
        for hit in hits:
            first.setdefault(hit.oracle, hit)
        return tuple(first.values())

    # ------------------------------------------------------------------------- what executes

    def _user_code(self, e: Evidence) -> Iterator[OracleHit]:
        pcs = e.insns["r"][:, 15]
        found = np.flatnonzero((e.insns["cpsr"] & _MODE != _USR) & (pcs < TASK_SIZE))
        if len(found):
            index = int(found[0])
            text = f"PL1 executes {int(pcs[index]):#010x}, in a page of the user's"
            yield OracleHit("kernel executes user code", text, e.spot(index))

    def _reached(self, e: Evidence, symbol: str, name: str, text: str) -> Iterator[OracleHit]:
        address = self._kernel.symbols.address_of(symbol)
        if address is None:
            return
        found = np.flatnonzero((e.insns["r"][:, 15] == address) & e.victims)
        if len(found):
            yield OracleHit(name, f"{text}: {symbol}() is called", e.spot(int(found[0])))

    # ------------------------------------------------------------------------- what is accessed

    @cached_property
    def _user_access(self) -> NDArray[np.uint32]:
        """Addresses of the instructions that have a fix-up: the kernel's user accesses."""
        symbols = self._kernel.symbols
        first = symbols.address_of("__start___ex_table")
        last = symbols.address_of("__stop___ex_table")
        if first is None or last is None:
            return np.empty(0, np.uint32)
        data = self._kernel.elf.read(first, last - first) or b""
        pairs = struct.iter_unpack("<II", data[: len(data) // 8 * 8])
        return np.array([pair[0] for pair in pairs], np.uint32)

    def _kernel_pointer(self, e: Evidence) -> Iterator[OracleHit]:
        accesses = e.trace.accesses
        pcs = e.insns["r"][e.owner, 15]
        by_user_access = np.isin(pcs, self._user_access)
        found = np.flatnonzero(by_user_access & e.victims[e.owner] & (accesses["va"] >= TASK_SIZE))
        if not len(found):
            return
        index = int(found[0])
        verb = "stored" if int(accesses["flags"][index]) & Flag.WRITE else "loaded"
        text = f"{int(accesses['va'][index]):#010x}, which is the kernel's, is {verb} as the user's"
        yield OracleHit("kernel address from the user", text, e.spot(int(e.owner[index])))

    def _stack_stores(self, e: Evidence) -> NDArray[np.intp]:
        accesses = e.trace.accesses
        wanted = int(Flag.WRITE | Flag.PRIVILEGED)
        on_stack = (accesses["va"] - np.uint32(e.victim)) < THREAD_SIZE
        chosen = ((accesses["flags"] & wanted) == wanted) & on_stack & e.victims[e.owner]
        return np.flatnonzero(chosen)

    def _return_address(self, e: Evidence) -> Iterator[OracleHit]:
        """A saved lr is written by the push that saves it and by nothing else."""
        accesses, insns = e.trace.accesses, e.insns
        sp = np.where(e.victims, insns["r"][:, 13], 0)
        pushed: dict[int, int] = {}
        for i in self._stack_stores(e):
            owner = int(e.owner[i])
            insn, top = int(insns["insn"][owner]), int(sp[owner])
            va, size = int(accesses["va"][i]), int(accesses["size"][i])
            # lr lies above the others but pc, which no compiler of ours pushes
            is_push = insn & _PUSH_MASK == _PUSH_LR or insn & 0x0FFFFFFF == _STR_LR_PUSH
            if is_push and va == top - 4:
                pushed[va] = owner
                continue
            for slot in range(va & ~3, va + size, 4):
                if slot not in pushed or is_push:
                    continue
                # where the stack has been shorter since, its function has returned
                if int(sp[pushed[slot] + 1 : owner + 1].max()) > slot:
                    del pushed[slot]
                    continue
                text = f"a saved return address at {slot:#010x} is overwritten"
                yield OracleHit("return address", text, e.spot(owner))
                return

    # ------------------------------------------------------------------------- objects' bounds

    @cached_property
    def _debug(self) -> DebugInfo:
        return self._kernel.debug

    @cached_property
    def _lows(self) -> NDArray[np.uint32]:
        return np.array([f.low for f in self._debug.functions], np.uint32)

    def _functions_of(self, pcs: NDArray[np.uint32]) -> NDArray[np.intp]:
        """The index of each instruction's function, -1 for code that is of none."""
        if not len(self._lows):
            return np.full(len(pcs), -1, np.intp)
        index = np.searchsorted(self._lows, pcs, "right") - 1
        highs = np.array([f.high for f in self._debug.functions], np.uint32)
        return np.where((index >= 0) & (pcs < highs[index]), index, -1)

    def _arrays(self, function: Function) -> list[tuple[Variable, int]]:
        """The function's arrays with their sizes, expanded calls' included."""
        known = self._known_arrays.get(function.low)
        if known is not None:
            return known
        found: list[tuple[Variable, int]] = []
        for variable in self._debug.detail(function).variables:
            record = self._debug[self._debug.resolve(variable.type)]
            if record.kind == "array" and record.size > 0:
                found.append((variable, record.size))
        self._known_arrays[function.low] = found
        return found

    def _bounds(self, e: Evidence) -> Iterator[OracleHit]:
        """Stores one after another that begin inside an array on the stack and leave it."""
        pcs = e.insns["r"][:, 15]
        functions = self._functions_of(pcs)
        functions[~e.victims] = -1
        holders = {
            int(index): self._arrays(self._debug.functions[int(index)])
            for index in np.unique(functions)
            if index >= 0
        }
        holders = {index: arrays for index, arrays in holders.items() if arrays}
        if not holders:
            return
        moments = {index: np.flatnonzero(functions == index).tolist() for index in holders}
        sp = np.where(e.victims, e.insns["r"][:, 13], 0)
        places: dict[tuple[int, int], list[tuple[Variable, int, int]]] = {}
        for low, high, owner in sorted(self._sweeps(e, functions), key=itemgetter(2)):
            for index, arrays in holders.items():
                before = bisect_right(moments[index], owner) - 1
                if before < 0:
                    continue
                at = moments[index][before]
                if (index, at) not in places:
                    places[index, at] = list(self._placed(e, at, arrays))
                for variable, first, last in places[index, at]:
                    # had the function returned meanwhile, the stack would have been shorter
                    if first <= low < last < high and int(sp[at : owner + 1].max()) <= first:
                        text = (
                            f"{high - low} bytes are stored from {low:#010x} on, and "
                            f"{variable.name} of {self._debug.functions[index].name} ends "
                            f"{high - last} bytes before their end"
                        )
                        yield OracleHit("object bounds", text, e.spot(owner))
                        return

    def _placed(
        self, e: Evidence, at: int, arrays: Iterable[tuple[Variable, int]]
    ) -> Iterator[tuple[Variable, int, int]]:
        """Where arrays are on the stack, as their function's instruction ``at`` finds them."""
        registers = [int(word) for word in e.insns["r"][at]]
        for variable, size in arrays:
            place = place_of(self._debug, variable, registers)
            if place is not None and place.address is not None:
                yield variable, place.address, place.address + size

    def _sweeps(self, e: Evidence, functions: NDArray[np.intp]) -> Iterator[tuple[int, int, int]]:
        """Stores of one writer to rising addresses without a gap: (first, end, instruction).

        A writer is one function, as a copy routine, or, where that function holds arrays itself,
        one instruction of a loop in it.
        """
        accesses = e.trace.accesses
        pcs = e.insns["r"][:, 15]
        open_: dict[tuple[int, int], tuple[int, int, int]] = {}
        entries: dict[int, NDArray[np.intp]] = {}
        for i in self._stack_stores(e):
            owner = int(e.owner[i])
            insn = int(e.insns["insn"][owner])
            if insn & _PUSH_MASK == _PUSH_LR:
                continue
            va, size = int(accesses["va"][i]), int(accesses["size"][i])
            function = int(functions[owner])
            pc = int(pcs[owner])
            entry = self._debug.functions[function].low if function >= 0 else self._routine(pc)
            if entry not in entries:
                entries[entry] = np.flatnonzero(pcs == entry)
            # two calls of one routine are two writers
            call = int(np.searchsorted(entries[entry], owner, "right"))
            holds = function >= 0 and self._arrays(self._debug.functions[function])
            key = (pc if holds else entry, call)
            known = open_.get(key)
            if known is not None and known[1] == va:
                open_[key] = (known[0], va + size, known[2])
                continue
            if known is not None:
                yield known
            open_[key] = (va, va + size, owner)
        yield from open_.values()

    def _routine(self, pc: int) -> int:
        """Where the assembly routine around an instruction begins."""
        found = self._kernel.symbols.find(pc)
        return pc if found is None else found.symbol.address

    # ------------------------------------------------------------------------- secrets

    def _secrets(self, e: Evidence) -> Iterator[OracleHit]:
        for name, secret in e.secrets:
            windows = {
                secret[i : i + SECRET_WINDOW] for i in range(len(secret) - SECRET_WINDOW + 1)
            }
            for where, data in e.disclosed:
                if any(window in data for window in windows):
                    text = f"bytes of {name} are in {where}"
                    yield OracleHit("secret disclosed", text, e.spot(len(e.insns) - 1))
                    return
