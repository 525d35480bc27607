"""The native core as ctypes knows it: its structures, its functions, and what it calls back.

Each has its counterpart in ``native/core.h`` or ``native/race.h``; `ABI` changes with any of them.
"""

from __future__ import annotations

import ctypes

ABI = 2

API = (
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
"""The functions of Unicorn that the core is given, in the order of ``struct rv_unicorn_api``."""

READ = ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_uint64, ctypes.c_uint32)
WRITE = ctypes.CFUNCTYPE(None, ctypes.c_uint64, ctypes.c_uint32, ctypes.c_uint64)
EVENT = ctypes.CFUNCTYPE(None)


class Api(ctypes.Structure):
    """``struct rv_unicorn_api``: addresses."""

    _fields_ = [(name, ctypes.c_void_p) for name in API]


class Config(ctypes.Structure):
    """``struct rv_config``: what the core is created with."""

    _fields_ = [
        ("ram_pa", ctypes.c_uint32),
        ("ram_size", ctypes.c_uint32),
        ("stack_size", ctypes.c_uint32),
        ("pad", ctypes.c_uint32),
        ("ram", ctypes.c_void_p),
        ("read", READ),
        ("write", WRITE),
        ("on_event", EVENT),
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


class RaceShared(ctypes.Structure):
    """``struct rv_race_shared``."""

    seen: int
    seen_data: int | None
    loads: int
    stores: int
    stores_wanted: int
    loads_wanted: int
    load_hash: int
    store_hash: int
    stores_reached: int
    loads_reached: int
    returned: int
    user_pc: int
    ran_user: int
    record: int
    entered: int
    dirty: int
    result: int
    others_wanted: int
    others_reached: int

    _fields_ = [
        ("seen", ctypes.c_uint64),
        ("seen_data", ctypes.c_void_p),
        ("loads", ctypes.c_uint64),
        ("stores", ctypes.c_uint64),
        ("stores_wanted", ctypes.c_uint64),
        ("loads_wanted", ctypes.c_uint64),
        ("load_hash", ctypes.c_uint64),
        ("store_hash", ctypes.c_uint64),
        ("stores_reached", ctypes.c_uint32),
        ("loads_reached", ctypes.c_uint32),
        ("returned", ctypes.c_uint32),
        ("user_pc", ctypes.c_uint32),
        ("ran_user", ctypes.c_uint32),
        ("record", ctypes.c_uint32),
        ("entered", ctypes.c_uint32),
        ("dirty", ctypes.c_uint32),
        ("result", ctypes.c_uint32),
        ("others_wanted", ctypes.c_uint32),
        ("others_reached", ctypes.c_uint32),
        ("pad", ctypes.c_uint32),
    ]


FUNCTIONS: tuple[tuple[str, type | None, list[type]], ...] = (
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
)
"""Name, result and further arguments of each that takes the core first."""


def declare(core: ctypes.CDLL) -> None:
    """Tell ctypes what the core's functions take and give."""
    core.rv_new.restype = ctypes.c_void_p
    core.rv_new.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    core.rv_tlb_state_size.restype = ctypes.c_size_t
    for name, result, arguments in FUNCTIONS:
        function = getattr(core, name)
        function.restype = result
        function.argtypes = [ctypes.c_void_p, *arguments]
