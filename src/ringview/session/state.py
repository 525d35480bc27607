"""The machine at one stop, as views read it, and what is kept of the stop before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property

from ringview.arm.psr import Mode
from ringview.errors import BusError
from ringview.machine.machine import Machine
from ringview.machine.mmu import MmuRegisters, walk
from ringview.machine.registers import Registers

PAGE = 4096

_BANKED = (Mode.USR, Mode.SVC, Mode.ABT, Mode.UND, Mode.IRQ, Mode.FIQ)


def register_names(registers: Registers) -> dict[str, int]:
    """Registers by name: r0-r12, sp, lr, pc, cpsr of the current mode, spsr where it has one, and
    every banked copy.
    """
    named = {f"r{i}": registers.r[i] for i in range(13)}
    named |= {"sp": registers.r[13], "lr": registers.r[14], "pc": registers.r[15]}
    named["cpsr"] = registers.cpsr
    if registers.spsr is not None:
        named["spsr"] = registers.spsr
    for mode in _BANKED:
        suffix = mode.name.lower()
        named[f"sp_{suffix}"] = registers.sp[mode]
        named[f"lr_{suffix}"] = registers.lr[mode]
        if mode in registers.spsrs:
            named[f"spsr_{suffix}"] = registers.spsrs[mode]
    for i in range(5):
        named[f"r{8 + i}_usr"] = registers.usr_r8_12[i]
        named[f"r{8 + i}_fiq"] = registers.fiq_r8_12[i]
    return named


def _from_pages(pages: Mapping[int, bytes | None], va: int, size: int) -> bytes | None:
    data = b""
    while len(data) < size:
        at = va + len(data)
        page = pages.get(at & ~(PAGE - 1))
        if page is None:
            return None
        data += page[at % PAGE : at % PAGE + size - len(data)]
    return data


@dataclass(frozen=True, slots=True)
class StateSnapshot:
    """What is kept of a stop: registers, and the pages that were looked at there.

    Attributes:
        icount: when.
        registers: by name, as `StateView.registers`.
        system: by name, as `StateView.system`.
        pages: 4 KiB pages by virtual address; None where nothing was mapped.
    """

    icount: int
    registers: Mapping[str, int]
    system: Mapping[str, int]
    pages: Mapping[int, bytes | None] = field(repr=False)

    def read_virtual(self, va: int, size: int, /) -> bytes | None:
        """Bytes as they were at that stop, None where they were not looked at."""
        return _from_pages(self.pages, va, size)


class StateView:
    """The machine as it stands; valid until it moves."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._pages: dict[int, bytes | None] = {}
        self.icount = machine.icount

    @cached_property
    def raw(self) -> Registers:
        """All registers as the machine gives them."""
        return self._machine.registers()

    @cached_property
    def registers(self) -> Mapping[str, int]:
        """Registers by name, see `register_names`."""
        return register_names(self.raw)

    @cached_property
    def system(self) -> Mapping[str, int]:
        """Coprocessor 15 registers by name: sctlr, ttbr0, dacr, contextidr and so on."""
        named: dict[str, int] = asdict(self._machine.system())
        named["contextidr"] = named["contextid"]
        return named

    @cached_property
    def _mmu(self) -> MmuRegisters:
        return self._machine.mmu()

    @property
    def mode(self) -> Mode:
        """The processor mode."""
        return self.raw.mode

    def read_virtual(self, va: int, size: int, /) -> bytes | None:
        """Bytes at a virtual address in the present address space, None where not all is mapped to
        memory.
        """
        if size <= 0 or va < 0 or va + size > 1 << 32:
            return None if size else b""
        for page in range(va & ~(PAGE - 1), va + size, PAGE):
            if page not in self._pages:
                self._pages[page] = self._read_page(page)
        return _from_pages(self._pages, va, size)

    def _read_page(self, va: int) -> bytes | None:
        # Looking asks no permission: where the kernel bars itself from the user's pages (software
        # PAN) they are still there to be seen.
        found = walk(self._machine, self._mmu, va)
        return None if found.pa is None else self.read_physical(found.pa, PAGE)

    def read_physical(self, pa: int, size: int, /) -> bytes | None:
        """Bytes at a physical address, None where there is no memory."""
        try:
            return self._machine.read_physical(pa, size)
        except BusError:
            return None

    def snapshot(self) -> StateSnapshot:
        """Keep what was looked at."""
        return StateSnapshot(self.icount, self.registers, self.system, dict(self._pages))
