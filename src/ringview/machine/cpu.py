"""Unicorn and the native core behind one small class; the only place that loads either.

Unicorn is used as a shared library, not through its Python binding: every call that matters is
made by the core, which receives the functions' addresses. See ``native/`` for what it does.
"""

from __future__ import annotations

import atexit
import ctypes
import importlib.util
import mmap
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from ringview.errors import EnvironmentProblem, MachineError
from ringview.machine.native.build import (
    LIBRARY_NAME,
    SOURCE_DIR,
    CoreBuildError,
    build_core,
    source_hash,
)

if TYPE_CHECKING:
    from ringview.machine.race import RaceShared

NEVER = (1 << 64) - 1
EPOCH = 1 << 17
_ABI = 2
_UNICORN_FILES = ("libunicorn.so.2", "libunicorn.2.dylib", "unicorn.dll")
_API = (
    "uc_open",
    "uc_close",
    "uc_ctl",
    "uc_reg_read",
    "uc_reg_write",
    "uc_emu_start",
    "uc_emu_stop",
    "uc_hook_add",
    "uc_hook_del",
    "uc_mem_map_ptr",
    "uc_mmio_map",
    "uc_context_alloc",
    "uc_context_save",
    "uc_context_restore",
    "uc_context_free",
    "uc_context_size",
    "uc_vmem_translate",
)
_STEPS = {
    15: "its memory cannot be mapped",
    20: "Unicorn's inner layout is not that of release 2.1.4",
}

U8P = ctypes.POINTER(ctypes.c_uint8)
_READ = ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_uint64, ctypes.c_uint32)
_WRITE = ctypes.CFUNCTYPE(None, ctypes.c_uint64, ctypes.c_uint32, ctypes.c_uint64)
_EVENT = ctypes.CFUNCTYPE(None)


class _Api(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p) for name in _API]


class _Config(ctypes.Structure):
    _fields_ = [
        ("ram_pa", ctypes.c_uint32),
        ("ram_size", ctypes.c_uint32),
        ("stack_size", ctypes.c_uint32),
        ("pad", ctypes.c_uint32),
        ("ram", ctypes.c_void_p),
        ("read", _READ),
        ("write", _WRITE),
        ("on_event", _EVENT),
    ]


class Shared(ctypes.Structure):
    """``struct rv_shared``: the fields of the core that Python reads and writes."""

    icount: int
    idle: int
    next_event: int
    irq_line: int
    fiq_line: int
    stop_request: int
    broken: int
    stop_on_transition: int
    reason: int
    detail: int
    detail_size: int
    events: int
    event_data: int | None
    insns: int
    insn_data: int | None
    accesses: int
    access_data: int | None
    wfi_pc: int
    wfi_count: int
    wfi_icount: int
    loop_pc: int
    loop_count: int
    loop_icount: int

    _fields_ = [
        ("icount", ctypes.c_uint64),
        ("idle", ctypes.c_uint64),
        ("next_event", ctypes.c_uint64),
        ("irq_line", ctypes.c_uint32),
        ("fiq_line", ctypes.c_uint32),
        ("stop_request", ctypes.c_uint32),
        ("broken", ctypes.c_uint32),
        ("stop_on_transition", ctypes.c_uint32),
        ("reason", ctypes.c_uint32),
        ("detail", ctypes.c_uint32),
        ("detail_size", ctypes.c_uint32),
        ("events", ctypes.c_uint64),
        ("event_data", ctypes.c_void_p),
        ("insns", ctypes.c_uint64),
        ("insn_data", ctypes.c_void_p),
        ("accesses", ctypes.c_uint64),
        ("access_data", ctypes.c_void_p),
        ("wfi_pc", ctypes.c_uint32),
        ("wfi_count", ctypes.c_uint32),
        ("wfi_icount", ctypes.c_uint64),
        ("loop_pc", ctypes.c_uint32),
        ("loop_count", ctypes.c_uint32),
        ("loop_icount", ctypes.c_uint64),
    ]


class RawRegisters(ctypes.Structure):
    """``struct rv_registers``; bank order USR, SVC, ABT, UND, IRQ, FIQ."""

    _fields_ = [
        ("r", ctypes.c_uint32 * 16),
        ("cpsr", ctypes.c_uint32),
        ("spsr", ctypes.c_uint32),
        ("bank_sp", ctypes.c_uint32 * 6),
        ("bank_lr", ctypes.c_uint32 * 6),
        ("bank_spsr", ctypes.c_uint32 * 6),
        ("usr_r8", ctypes.c_uint32 * 5),
        ("fiq_r8", ctypes.c_uint32 * 5),
    ]


@cache
def unicorn_library() -> ctypes.CDLL:
    """Unicorn's shared library, from the installed package.

    Raises:
        EnvironmentProblem: the package is not installed, or holds no library for this platform.
    """
    spec = importlib.util.find_spec("unicorn")
    if spec is None or not spec.submodule_search_locations:
        raise EnvironmentProblem("the Python package unicorn is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "lib"
    for name in _UNICORN_FILES:
        if (folder / name).exists():
            return ctypes.CDLL(str(folder / name))
    raise EnvironmentProblem(f"the package unicorn holds no library for this platform in {folder}")


def core_path() -> Path:
    """The native core's file: the wheel's, else one built for this checkout and cached.

    Raises:
        EnvironmentProblem: it has to be built and cannot be.
    """
    shipped = SOURCE_DIR / LIBRARY_NAME
    if shipped.exists():
        return shipped
    place = Path("native") / source_hash() / LIBRARY_NAME
    cached = platformdirs.user_cache_path("ringview") / place
    if cached.exists():
        return cached
    try:
        return build_core(cached)
    except CoreBuildError as error:
        raise EnvironmentProblem(str(error)) from error
    except OSError:
        # a home that cannot be written: build for this process alone
        scratch = tempfile.mkdtemp(prefix="ringview-core-")
        atexit.register(shutil.rmtree, scratch, ignore_errors=True)
        return build_core(Path(scratch) / LIBRARY_NAME)


@cache
def _core_library() -> ctypes.CDLL:
    library = ctypes.CDLL(str(core_path()))
    if library.rv_abi() != _ABI:
        raise EnvironmentProblem("the native core is of another version than this Python code")
    library.rv_new.restype = ctypes.c_void_p
    library.rv_new.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    for name, result, arguments in (
        ("rv_free", None, []),
        ("rv_run", ctypes.c_int, [ctypes.c_uint64]),
        ("rv_map_devices", ctypes.c_int, [ctypes.c_uint32] * 2),
        ("rv_get_registers", None, [ctypes.c_void_p]),
        ("rv_set_register", None, [ctypes.c_uint32] * 2),
        ("rv_set_cpsr", None, [ctypes.c_uint32]),
        ("rv_set_scr", None, [ctypes.c_uint32]),
        ("rv_cp15", ctypes.c_uint32, [ctypes.c_int] * 4),
        ("rv_set_cp15", None, [ctypes.c_int] * 4 + [ctypes.c_uint32]),
        ("rv_get_vfp", None, [ctypes.c_void_p]),
        ("rv_set_breakpoints", ctypes.c_int, [ctypes.c_void_p, ctypes.c_size_t]),
        ("rv_set_watchpoints", ctypes.c_int, [ctypes.c_void_p, ctypes.c_size_t]),
        ("rv_clear_events", None, []),
        ("rv_context_size", ctypes.c_size_t, []),
        ("rv_save_context", ctypes.c_int, [ctypes.c_void_p]),
        (
            "rv_restore_context",
            ctypes.c_int,
            [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t],
        ),
        ("rv_flush_code", None, []),
        ("rv_flush_tlb", None, []),
        ("rv_changed_pages", ctypes.c_size_t, [ctypes.c_void_p, ctypes.c_void_p]),
        ("rv_set_trace", ctypes.c_int, [ctypes.c_uint32]),
        ("rv_clear_trace", None, []),
        ("rv_get_tlb", ctypes.c_int, [ctypes.c_void_p]),
        ("rv_set_tlb", ctypes.c_int, [ctypes.c_void_p]),
        ("rv_walk_va", None, [ctypes.c_uint32, ctypes.c_void_p]),
        ("rv_unicorn_translate", ctypes.c_int64, [ctypes.c_uint32, ctypes.c_int]),
        ("rv_race_begin", ctypes.c_void_p, [ctypes.c_void_p] + [ctypes.c_uint32] * 3),
        ("rv_race_end", None, []),
        ("rv_race_watch", None, [ctypes.c_void_p, ctypes.c_size_t]),
        ("rv_race_user_pages", None, [ctypes.c_void_p, ctypes.c_size_t]),
        ("rv_race_pokes", ctypes.c_int, [ctypes.c_void_p, ctypes.c_size_t]),
        ("rv_race_store", None, [ctypes.c_uint32, ctypes.c_char_p, ctypes.c_uint32]),
        ("rv_race_dirty", ctypes.c_size_t, [ctypes.c_void_p]),
        ("rv_race_restore", ctypes.c_int, []),
        ("rv_race_digest", ctypes.c_uint64, []),
    ):
        function = getattr(library, name)
        function.restype = result
        function.argtypes = [ctypes.c_void_p, *arguments]
    return library


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
        self._library = _core_library()
        unicorn = unicorn_library()
        api = _Api(*[ctypes.cast(getattr(unicorn, name), ctypes.c_void_p).value for name in _API])
        self._failure: BaseException | None = None
        self._callbacks = (
            _READ(self._guard_read(read)),
            _WRITE(self._guard_write(write)),
            _EVENT(self._guard_event(on_event)),
        )
        self._ram = ram
        config = _Config(ram_pa, ram.size, stack_size, 0, ram.address, *self._callbacks)
        error = ctypes.c_int()
        self._core = self._library.rv_new(
            ctypes.byref(api), ctypes.byref(config), ctypes.byref(error)
        )
        if not self._core:
            why = _STEPS.get(error.value, f"step {error.value} failed")
            raise EnvironmentProblem(f"the emulator cannot start: {why}")
        self.shared = Shared.from_address(self._core)
        self._library.rv_tlb_state_size.restype = ctypes.c_size_t
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
        from ringview.machine.race import RaceShared

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
