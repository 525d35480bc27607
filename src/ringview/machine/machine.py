"""The AM335x as one object: load, run, look, save, go back.

First steps::

    machine = Machine(MachineConfig())
    machine.load(0x80008000, image)
    machine.set_boot(0x80008000, r0=0, r1=3589, r2=0x80000100)
    stop = machine.run(1_000_000)         # until icount is 1,000,000, or something else
    for event in machine.take_events(): ...

The machine never raises out of :meth:`Machine.run` for anything a guest does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringview.errors import BusError, MachineError
from ringview.machine.cpu import EPOCH, NEVER, Cpu, Ram
from ringview.machine.devices.board import WINDOWS, Board
from ringview.machine.events import (
    ConsoleInput,
    ConsoleOutput,
    Event,
    InterruptRaised,
    RawEvent,
    from_raw,
)
from ringview.machine.mmu import Access, MmuRegisters, TranslationError, Walk, walk
from ringview.machine.pages import PAGE, ZERO_PAGE, MachineState, PagedRam
from ringview.machine.registers import Registers, SystemRegisters, registers_from_raw
from ringview.machine.stop import DETAILS, Stop, StopReason
from ringview.machine.tlb import Tlb, decode_tlb

if TYPE_CHECKING:
    from ringview.machine.trace import Trace

DDR_BASE = 0x80000000
RESET_CPSR = 0x1D3
_SCR_NS_FW_AW = 0x31

__all__ = ["DDR_BASE", "EPOCH", "Machine", "MachineConfig", "MachineState", "Stop", "StopReason"]


@dataclass(frozen=True, slots=True)
class MachineConfig:
    """What a machine is built from.

    Attributes:
        ram_bytes: DDR size, a multiple of 1 MiB, from physical 0x80000000.
        seed: of the random number generator.
        stack_bytes: of a kernel stack, a power of two: stacks are aligned to it, and by them the
            TLB model's statistics tell threads apart.
    """

    ram_bytes: int = 32 << 20
    seed: int = 0
    stack_bytes: int = 8192


_LOOP_FIELDS = ("wfi_pc", "wfi_count", "wfi_icount", "loop_pc", "loop_count", "loop_icount")


class Machine:
    """One AM335x with one Cortex-A8.

    Not thread-safe, but for :meth:`request_stop`.

    Args:
        config: size and seed.

    Raises:
        MachineError: the configuration is impossible.
        EnvironmentProblem: the emulator cannot be started on this computer.
    """

    def __init__(self, config: MachineConfig | None = None) -> None:
        self.config = config or MachineConfig()
        size = self.config.ram_bytes
        if size <= 0 or size % (1 << 20) or size > 1 << 30:
            raise MachineError(f"RAM of {size} bytes: it must be 1 to 1024 whole MiB")
        stack = self.config.stack_bytes
        if stack <= 0 or stack & (stack - 1):
            raise MachineError(f"kernel stacks of {stack} bytes: it must be a power of two")
        self._ram = Ram(size)
        self._events: list[Event] = []
        # 1 while an instruction accesses a device: what it does shows after it
        self._under_way = 0
        self._cpu = Cpu(
            self._ram, DDR_BASE, self._device_read, self._device_write, self._on_event, stack
        )
        self._pages = PagedRam(self._cpu, self._ram)
        self._shared = self._cpu.shared
        self.board = Board(
            self.config.seed, self.clock, self._interrupt_lines, self._line_raised, self._sent
        )
        for base, window in WINDOWS:
            self._cpu.map_devices(base, window)
        self._breakpoints: tuple[int, ...] = ()
        self._watchpoints: tuple[tuple[int, int, int], ...] = ()
        self._cpu.set_scr(_SCR_NS_FW_AW)
        self.set_boot(DDR_BASE, 0, 0, 0)

    # Time

    @property
    def icount(self) -> int:
        """Instructions retired since reset."""
        return self._shared.icount

    def clock(self) -> int:
        """The device clock: icount plus ticks slept in WFI, at 96 MHz."""
        return self._shared.icount + self._shared.idle

    # Callbacks of the core

    def _device_read(self, pa: int, size: int) -> int:
        self._under_way = 1
        try:
            return self.board.read(pa, size)
        finally:
            self._under_way = 0

    def _device_write(self, pa: int, size: int, value: int) -> None:
        self._under_way = 1
        try:
            self.board.write(pa, size, value)
        finally:
            self._under_way = 0
        self._reschedule()

    def _on_event(self) -> None:
        self.board.tick(self.clock())
        self._reschedule()

    def _reschedule(self) -> None:
        at = self.board.next_event()
        self._shared.next_event = NEVER if at is None else at

    def _interrupt_lines(self, irq: bool, fiq: bool) -> None:
        self._shared.irq_line = irq
        self._shared.fiq_line = fiq

    def _line_raised(self, line: int) -> None:
        self._events.append(InterruptRaised(self.icount + self._under_way, line))

    def _sent(self, byte: int) -> None:
        self._events.append(ConsoleOutput(self.icount + self._under_way, byte))

    # Running

    def set_boot(self, pc: int, r0: int, r1: int, r2: int) -> None:
        """Put the core at a boot entry: SVC mode, ARM state, MMU off, interrupts masked.

        Args:
            pc: physical address of the first instruction.
            r0: as the boot protocol passes it (Linux Documentation/arch/arm/booting.rst): 0.
            r1: likewise: the machine's number.
            r2: likewise: physical address of the tags or device tree.
        """
        self._cpu.set_cpsr(RESET_CPSR)
        for index in range(15):
            self._cpu.set_register(index, 0)
        for index, value in ((0, r0), (1, r1), (2, r2), (15, pc)):
            self._cpu.set_register(index, value)

    def run(
        self,
        limit_icount: int,
        *,
        breakpoints: Iterable[int] | None = None,
        watchpoints: Iterable[tuple[int, int, int]] | None = None,
        stop_on_transition: bool = False,
    ) -> Stop:
        """Run until icount reaches ``limit_icount`` or something else stops the machine.

        A breakpoint at the very first instruction is passed over.

        Args:
            limit_icount: absolute position to stop at; exact in ARM state.
            breakpoints: when given, replaces the instruction breakpoints (virtual addresses).
            watchpoints: when given, replaces the watchpoints: (physical address, size, 1 for
                loads | 2 for stores). The machine stops after the instruction.
            stop_on_transition: stop after every mode change.
        """
        if breakpoints is not None:
            self.set_code_breakpoints(breakpoints)
        if watchpoints is not None:
            self.set_watchpoints(watchpoints)
        self._shared.stop_on_transition = stop_on_transition
        reason = StopReason(self._cpu.run(max(limit_icount, self.icount)))
        address = None
        detail = DETAILS.get(reason, "")
        if reason is StopReason.BREAKPOINT:
            address = self._shared.detail
            detail = f"breakpoint at {address:#010x}"
        elif reason is StopReason.WATCHPOINT:
            address = self._shared.detail
            detail = f"physical memory at {address:#010x} was accessed"
        return Stop(reason, self.icount, detail, address)

    def step(self, count: int = 1) -> Stop:
        """Run ``count`` instructions."""
        return self.run(self.icount + count)

    def request_stop(self) -> None:
        """Make a running :meth:`run` return soon; callable from a signal handler or thread."""
        self._shared.stop_request = 1

    def set_code_breakpoints(self, addresses: Iterable[int]) -> None:
        """Replace the instruction breakpoints (virtual addresses)."""
        wanted = tuple(sorted(set(addresses)))
        if wanted != self._breakpoints:
            self._cpu.set_breakpoints(list(wanted))
            self._breakpoints = wanted

    @property
    def code_breakpoints(self) -> tuple[int, ...]:
        """The instruction breakpoints (virtual addresses)."""
        return self._breakpoints

    @property
    def held(self) -> bool:
        """Whether the next instruction has a breakpoint: a run that begins here passes over it."""
        return bool(self._breakpoints) and self.registers().pc in self._breakpoints

    def set_watchpoints(self, watchpoints: Iterable[tuple[int, int, int]]) -> None:
        """Replace the watchpoints: (physical address, size, 1 for loads | 2 for stores)."""
        wanted = tuple(sorted(set(watchpoints)))
        if wanted != self._watchpoints:
            self._cpu.set_watchpoints(list(wanted))
            self._watchpoints = wanted

    def take_events(self) -> list[Event]:
        """The events since the last call, in order; they are forgotten here."""
        count = self._shared.events
        taken = self._events
        self._events = []
        if count:
            records = (RawEvent * count).from_address(self._shared.event_data or 0)
            taken = [*taken, *(from_raw(raw) for raw in records)]
            self._cpu.clear_events()
            taken.sort(key=_icount_of)
        return taken

    def drop_events(self) -> int:
        """Forget the events since they were last taken; returns how many they were."""
        count = int(self._shared.events) + len(self._events)
        self._events = []
        self._cpu.clear_events()
        return count

    # The full trace

    def trace(self, on: bool) -> None:
        """Record every instruction and access from here on, or stop doing so.

        The guest cannot notice. The TLB model sees traced code only; call
        :meth:`reset_tlb` where a gap would make it misleading.
        """
        self._cpu.set_trace(on)

    def take_trace(self) -> Trace:
        """The records since the last call; they are forgotten here."""
        from ringview.machine import trace

        shared = self._shared
        taken = trace.Trace(
            trace.copy_records(shared.insn_data, shared.insns, trace.INSN),
            trace.copy_records(shared.access_data, shared.accesses, trace.ACCESS),
        )
        self._cpu.clear_trace()
        return taken

    def borrow_trace(self) -> Trace:
        """As :meth:`take_trace` without a copy: valid until the machine moves or is restored."""
        from ringview.machine import trace

        shared = self._shared
        taken = trace.Trace(
            trace.borrow_records(shared.insn_data, shared.insns, trace.INSN),
            trace.borrow_records(shared.access_data, shared.accesses, trace.ACCESS),
        )
        self._cpu.clear_trace()
        return taken

    def tlb(self) -> Tlb:
        """The TLB model, decoded."""
        return decode_tlb(self._cpu.tlb_state())

    def reset_tlb(self) -> None:
        """Empty the TLB model and its counters."""
        self._cpu.set_tlb_state(None)

    # Inputs from outside; the session journals them

    def console_input(self, data: bytes) -> None:
        """Give UART0 bytes to receive, now."""
        self._events.append(ConsoleInput(self.icount, bytes(data)))
        self.board.uart0.receive(data)
        self._reschedule()

    def inject_irq(self, line: int) -> None:
        """Raise an INTC input line once, now; the guest's own path takes it from there.

        Raises:
            MachineError: there is no such line.
        """
        if not 0 <= line < 128:
            raise MachineError(f"interrupt line {line}: the controller has lines 0 to 127")
        self.board.intc.inject(line)
        self._reschedule()

    # Looking

    def registers(self) -> Registers:
        """The general registers of the current mode and every bank."""
        return registers_from_raw(self._cpu.raw_registers())

    def vfp(self) -> tuple[int, ...]:
        """d0 to d31 as 64-bit words, then FPSCR and FPEXC."""
        return tuple(self._cpu.vfp())

    def system(self) -> SystemRegisters:
        """The system control registers (coprocessor 15)."""
        return SystemRegisters.read(self._cpu.cp15)

    def set_register(self, index: int, value: int) -> None:
        """Write r0 to r15 of the current mode; for loaders and tests."""
        self._cpu.set_register(index, value)

    def set_cpsr(self, value: int) -> None:
        """Write CPSR; for loaders and tests."""
        self._cpu.set_cpsr(value)

    def set_system(self, crn: int, opc1: int, crm: int, opc2: int, value: int) -> None:
        """Write a coprocessor 15 register; for tests."""
        self._cpu.set_cp15(crn, opc1, crm, opc2, value)

    def unicorn_translate(self, va: int, prot: int) -> int | None:
        """Unicorn's own translation (prot: 1 read, 2 write, 4 execute); the tests' oracle."""
        self._cpu.flush_tlb()
        return self._cpu.unicorn_translate(va, prot)

    def core_walk(self, va: int) -> tuple[int, ...]:
        """The core's quiet walk, for the tests: see :meth:`Cpu.core_walk`."""
        return self._cpu.core_walk(va)

    @property
    def ram_size(self) -> int:
        """Bytes of DDR, from :data:`DDR_BASE`."""
        return self._ram.size

    def _offset(self, pa: int, size: int) -> int:
        offset = pa - DDR_BASE
        if offset < 0 or size < 0 or offset + size > self._ram.size:
            raise BusError(pa, size)
        return offset

    def read_physical(self, pa: int, size: int) -> bytes:
        """RAM at a physical address; devices are not read, looking must not change them.

        Raises:
            BusError: not all of it is RAM.
        """
        offset = self._offset(pa, size)
        return bytes(self._ram.view[offset : offset + size])

    def mmu(self) -> MmuRegisters:
        """The registers that translation depends on, now."""
        return MmuRegisters.of(self.system())

    def walk(self, va: int) -> Walk:
        """Translate a virtual address by the current tables, with reasons."""
        return walk(self, self.mmu(), va)

    def read_virtual(self, va: int, size: int, *, privileged: bool = True) -> bytes:
        """RAM at a virtual address of the current address space.

        Args:
            va: virtual address; the range may wrap round no further than 2**32.
            size: bytes.
            privileged: read with PL1's permissions, else with PL0's.

        Raises:
            TranslationError: a byte cannot be read; nothing is returned then.
        """
        mmu = self.mmu()
        parts = []
        while size > 0:
            found = walk(self, mmu, va & 0xFFFFFFFF)
            verdict = found.verdict(int(privileged), Access.READ)
            if found.pa is None or not verdict.allowed:
                raise TranslationError(va, verdict.rule, verdict.fault)
            part = min(size, PAGE - va % PAGE)
            try:
                parts.append(self.read_physical(found.pa, part))
            except BusError as error:
                raise TranslationError(va, f"{error}") from error
            va += part
            size -= part
        return b"".join(parts)

    def write_physical(self, pa: int, data: bytes) -> None:
        """Write RAM from outside, dropping code translated from it.

        Raises:
            BusError: not all of it is RAM.
        """
        offset = self._offset(pa, len(data))
        self._ram.view[offset : offset + len(data)] = data
        if data:
            self._cpu.flush_code()

    load = write_physical

    # Time travel

    def save(self) -> MachineState:
        """The whole machine, sharing pages with states taken before."""
        return MachineState(
            icount=self.icount,
            idle=self._shared.idle,
            context=self._cpu.save_context(),
            loops=tuple(getattr(self._shared, name) for name in _LOOP_FIELDS),
            devices=self.board.save(),
            tlb=self._cpu.tlb_state(),
            pages=self._pages.collect(),
        )

    def restore(self, state: MachineState) -> None:
        """Go to a saved state of a machine of the same configuration.

        Events and trace records not taken yet are dropped.

        Raises:
            MachineError: the state is of a machine with another amount of RAM.
        """
        rewritten = self._pages.replace(state.pages)
        self._shared.icount = state.icount
        self._shared.idle = state.idle
        for name, value in zip(_LOOP_FIELDS, state.loops, strict=True):
            setattr(self._shared, name, value)
        self._cpu.restore_context(state.context, [DDR_BASE + PAGE * page for page in rewritten])
        self._cpu.set_tlb_state(state.tlb)
        self.board.load(state.devices)
        self._reschedule()
        self._events = []
        self._cpu.clear_events()
        self._cpu.clear_trace()

    def for_exploring(self) -> tuple[Cpu, Ram]:
        """The processor, and a copy of RAM as it was last saved or restored; see
        :mod:`ringview.machine.race`, which alone may use them.
        """
        return self._cpu, self._pages.shadow

    def stall(self, ticks: int) -> None:
        """Let the clock run on by so many ticks while nothing is executed."""
        self._shared.idle += ticks
        self._on_event()

    def resume_exploring(self, next_event: int | None) -> None:
        """Registers, RAM and devices were put back from outside: forget what came after.

        Args:
            next_event: the devices' next appointment, by the machine's clock.
        """
        if self._events:
            self._events = []
        self._shared.next_event = NEVER if next_event is None else next_event

    def digest(self) -> bytes:
        """A hash of all guest-visible state; equal states give equal digests, whatever the way."""
        h = hashlib.blake2b(digest_size=16)
        h.update(bytes(self._cpu.raw_registers()))
        h.update(repr((self.icount, self._shared.idle, self.system(), self.vfp())).encode())
        h.update(repr(self.board.save()).encode())
        for number, page in enumerate(self._pages.collect()):
            if page is not ZERO_PAGE:
                h.update(number.to_bytes(4, "little"))
                h.update(page)
        return h.digest()

    def close(self) -> None:
        """Free the emulator; the machine cannot be used afterwards."""
        self._cpu.close()


def _icount_of(event: Event) -> int:
    return event.icount
