"""The processor: Unicorn and the native core behind one small class."""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Callable

from ringview.errors import EnvironmentProblem, MachineError
from ringview.machine.abi import EVENT, READ, WRITE, Config, RaceShared, RawRegisters, Shared
from ringview.machine.library import core_library, unicorn_functions

NEVER = (1 << 64) - 1
EPOCH = 1 << 17
_STEPS = {
    15: "its memory cannot be mapped",
    20: "Unicorn's inner layout is not that of release 2.1.4",
}


class Ram:
    """The guest's DDR in one anonymous mapping, shared by Unicorn, the core and Python."""

    def __init__(self, size: int) -> None:
        self.size = size
        # private, so that memory nobody has written costs nothing
        self._map = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self.view = memoryview(self._map)
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self._map))


class Cpu:
    """One Cortex-A8 with its RAM.

    Args:
        ram: the memory to map.
        ram_pa: its physical address.
        read: called for a load from a mapped device region, (physical address, size) -> value.
        write: called for a store to one, (physical address, size, value).
        on_event: called when the clock reaches ``shared.next_event``.
        stack_size: bytes of a kernel stack, a power of two.

    Raises:
        EnvironmentProblem: Unicorn or a compiler is missing, or Unicorn is of another release.
    """

    def __init__(
        self,
        ram: Ram,
        ram_pa: int,
        read: Callable[[int, int], int],
        write: Callable[[int, int, int], None],
        on_event: Callable[[], None],
        stack_size: int,
    ) -> None:
        self._library = core_library()
        api = unicorn_functions()
        self._failure: BaseException | None = None
        self._callbacks = (
            READ(self._guard_read(read)),
            WRITE(self._guard_write(write)),
            EVENT(self._guard_event(on_event)),
        )
        self._ram = ram
        config = Config(ram_pa, ram.size, stack_size, 0, ram.address, *self._callbacks)
        error = ctypes.c_int()
        self._core = self._library.rv_new(
            ctypes.byref(api), ctypes.byref(config), ctypes.byref(error)
        )
        if not self._core:
            why = _STEPS.get(error.value, f"step {error.value} failed")
            raise EnvironmentProblem(f"the emulator cannot start: {why}")
        self.shared = Shared.from_address(self._core)
        self._tlb_size = int(self._library.rv_tlb_state_size())
        self._context_size = int(self._library.rv_context_size(self._core))

    def close(self) -> None:
        """Free the engine; nothing else may be called afterwards."""
        if self._core:
            self._library.rv_free(self._core)
            self._core = None

    def __del__(self) -> None:
        if getattr(self, "_core", None):
            self.close()

    def _failed(self, error: BaseException) -> None:
        if self._failure is None:
            self._failure = error
        self.shared.broken = 1

    def _guard_read(self, read: Callable[[int, int], int]) -> Callable[[int, int], int]:
        def guarded(pa: int, size: int) -> int:
            try:
                return read(pa, size)
            except BaseException as error:  # C would swallow it; run() raises it
                self._failed(error)
                return 0

        return guarded

    def _guard_write(self, write: Callable[[int, int, int], None]) -> Callable[..., None]:
        def guarded(pa: int, size: int, value: int) -> None:
            try:
                write(pa, size, value)
            except BaseException as error:
                self._failed(error)

        return guarded

    def _guard_event(self, on_event: Callable[[], None]) -> Callable[[], None]:
        def guarded() -> None:
            try:
                on_event()
            except BaseException as error:
                self._failed(error)

        return guarded

    def run(self, limit: int) -> int:
        """Run until icount is ``limit``; returns an ``rv_reason`` number.

        Raises:
            MachineError: Unicorn refused in a way no guest should be able to cause.
        """
        reason = int(self._library.rv_run(self._core, limit))
        if self.shared.broken:
            failure, self._failure = self._failure, None
            code, self.shared.broken = self.shared.broken, 0
            if failure is not None:
                raise failure
            raise MachineError(f"the emulator stopped with its internal error {code:#x}")
        return reason

    def map_devices(self, pa: int, size: int) -> None:
        """Route accesses to physical [pa, pa + size) to the read and write callbacks."""
        if self._library.rv_map_devices(self._core, pa, size):
            raise MachineError(f"device space at {pa:#010x} cannot be mapped")

    def raw_registers(self) -> RawRegisters:
        """All general and banked registers."""
        raw = RawRegisters()
        self._library.rv_get_registers(self._core, ctypes.byref(raw))
        return raw

    def set_register(self, index: int, value: int) -> None:
        """Write r0 to r15 as the current mode sees it."""
        self._library.rv_set_register(self._core, index, value & 0xFFFFFFFF)

    def set_cpsr(self, value: int) -> None:
        """Write CPSR, switching banks."""
        self._library.rv_set_cpsr(self._core, value)

    def set_scr(self, value: int) -> None:
        """Write the secure configuration register, which the guest cannot reach."""
        self._library.rv_set_scr(self._core, value)

    def cp15(self, crn: int, opc1: int, crm: int, opc2: int) -> int:
        """Read a coprocessor 15 register."""
        return int(self._library.rv_cp15(self._core, crn, opc1, crm, opc2))

    def set_cp15(self, crn: int, opc1: int, crm: int, opc2: int, value: int) -> None:
        """Write a coprocessor 15 register; never a constant one (Unicorn then spoils r0)."""
        self._library.rv_set_cp15(self._core, crn, opc1, crm, opc2, value)

    def vfp(self) -> list[int]:
        """d0 to d31, FPSCR, FPEXC."""
        words = (ctypes.c_uint64 * 34)()
        self._library.rv_get_vfp(self._core, words)
        return list(words)

    def set_breakpoints(self, addresses: list[int]) -> None:
        """Replace the instruction breakpoints (virtual addresses)."""
        words = (ctypes.c_uint32 * len(addresses))(*addresses)
        self._library.rv_set_breakpoints(self._core, words, len(addresses))

    def set_watchpoints(self, triples: list[tuple[int, int, int]]) -> None:
        """Replace the watchpoints: (physical address, size, 1 read | 2 write)."""
        flat = [word for triple in triples for word in triple]
        words = (ctypes.c_uint32 * len(flat))(*flat)
        self._library.rv_set_watchpoints(self._core, words, len(triples))

    def clear_events(self) -> None:
        """Forget the recorded events."""
        self._library.rv_clear_events(self._core)

    def save_context(self) -> bytes:
        """The whole processor state but RAM, opaque."""
        buffer = ctypes.create_string_buffer(self._context_size)
        if self._library.rv_save_context(self._core, buffer):
            raise MachineError("the processor state cannot be saved")
        return buffer.raw

    def restore_context(self, context: bytes, rewritten: list[int]) -> None:
        """Put a saved state back, after RAM.

        Args:
            context: from :meth:`save_context`.
            rewritten: physical addresses of the 4 KiB pages the caller has just changed.
        """
        pages = (ctypes.c_uint32 * len(rewritten))(*rewritten)
        if self._library.rv_restore_context(self._core, context, pages, len(rewritten)):
            raise MachineError("the processor state cannot be restored")

    def flush_code(self) -> None:
        """Drop every translated block."""
        self._library.rv_flush_code(self._core)

    def flush_tlb(self) -> None:
        """Empty Unicorn's own TLB (not the model)."""
        self._library.rv_flush_tlb(self._core)

    def changed_pages(self, shadow: Ram) -> list[int]:
        """Page numbers in which RAM differs from ``shadow``, which is then made equal."""
        pages = (ctypes.c_uint32 * (self._ram.size >> 12))()
        count = self._library.rv_changed_pages(self._core, shadow.address, pages)
        return pages[:count]

    def set_trace(self, on: bool) -> None:
        """Switch the full trace on or off."""
        if self._library.rv_set_trace(self._core, on):
            raise MachineError("the trace cannot be switched on")

    def clear_trace(self) -> None:
        """Forget the trace records."""
        self._library.rv_clear_trace(self._core)

    def tlb_state(self) -> bytes:
        """The TLB model's state; see :mod:`ringview.machine.tlb`."""
        buffer = ctypes.create_string_buffer(self._tlb_size)
        self._library.rv_get_tlb(self._core, buffer)
        return buffer.raw

    def set_tlb_state(self, state: bytes | None) -> None:
        """Put the TLB model back; None empties it."""
        self._library.rv_set_tlb(self._core, state)

    def core_walk(self, va: int) -> tuple[int, ...]:
        """The core's own walk: pa, fsr, log2 of the page size, AP, domain, XN, global."""
        words = (ctypes.c_uint32 * 7)()
        self._library.rv_walk_va(self._core, va, words)
        return tuple(words)

    # Exploring: see ringview.machine.race

    def race_begin(self, shadow: Ram, victim: int, stack_size: int, border: int) -> RaceShared:
        """Make the present state the root; ``shadow`` equals RAM now and must stay so."""
        address = self._library.rv_race_begin(
            self._core, shadow.address, victim, stack_size, border
        )
        if not address:
            raise MachineError("the machine cannot be made ready for exploring")
        return RaceShared.from_address(address)

    def race_end(self) -> None:
        """An ordinary machine again."""
        self._library.rv_race_end(self._core)

    def race_watch(self, pairs: list[int]) -> None:
        """Replace the watched bytes: physical address and size by turns."""
        words = (ctypes.c_uint32 * len(pairs))(*pairs)
        self._library.rv_race_watch(self._core, words, len(pairs) // 2)

    def race_user_pages(self, pages: list[int]) -> None:
        """Name pages of RAM, by number, that user mode can reach."""
        words = (ctypes.c_uint32 * len(pages))(*pages)
        self._library.rv_race_user_pages(self._core, words, len(pages))

    def race_pokes(self, packed: bytes, count: int) -> None:
        """Replace the second core's stores by ``count`` records."""
        if self._library.rv_race_pokes(self._core, packed, count):
            raise MachineError("there is no memory for the second core's stores")

    def race_store(self, pa: int, data: bytes) -> None:
        """Store to RAM between two instructions."""
        self._library.rv_race_store(self._core, pa, data, len(data))

    def race_dirty(self) -> list[int]:
        """Numbers of the pages of RAM written since the root."""
        pages = (ctypes.c_uint32 * (self._ram.size >> 12))()
        return pages[: self._library.rv_race_dirty(self._core, pages)]

    def race_restore(self) -> None:
        """Processor and RAM back to the root."""
        if self._library.rv_race_restore(self._core):
            raise MachineError("the processor state cannot be restored")

    def race_digest(self) -> int:
        """A hash of registers and of the pages that differ from the root."""
        return int(self._library.rv_race_digest(self._core))

    def unicorn_translate(self, va: int, prot: int) -> int | None:
        """Unicorn's own translation of ``va`` for access ``prot`` (1 r, 2 w, 4 x), or None."""
        pa = int(self._library.rv_unicorn_translate(self._core, va, prot))
        return None if pa < 0 else pa
