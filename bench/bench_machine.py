"""Speed of the machine as ratios to bare Unicorn with a count, in one run.

Prints a table: plain counted Unicorn, our recorded run, our full trace.
"""

from __future__ import annotations

import ctypes
import struct
import time

from ringview.machine.library import unicorn_library
from ringview.machine.machine import Machine, MachineConfig

LOAD = 0x80008000
LOOP_SETUP = [
    0xE3A00000,  # mov r0, #0
    0xE3A04102,  # mov r4, #0x80000000: a page without code
]
# a compute-bound body: checksum with a load, a store, shifts and a conditional branch
LOOP = [
    0xE5942000,  # ldr r2, [r4]
    0xE0800002,  # add r0, r0, r2
    0xE02003A0,  # eor r0, r0, r0, lsr #7
    0xE0800180,  # add r0, r0, r0, lsl #3
    0xE2811001,  # add r1, r1, #1
    0xE5840000,  # str r0, [r4]
    0xE3110003,  # tst r1, #3
    0x1AFFFFF7,  # bne loop
    0xE2233001,  # eor r3, r3, #1
    0xE1A05000,  # mov r5, r0
    0xE0855003,  # add r5, r5, r3
    0xEAFFFFF3,  # b loop
]
CODE = struct.pack(f"<{len(LOOP_SETUP) + len(LOOP)}I", *LOOP_SETUP, *LOOP)
COUNT = 20_000_000
TRACE_COUNT = 2_000_000
ROUNDS = 5


def bare(count: int) -> float:
    """Seconds for ``count`` instructions on Unicorn alone, run with a count."""
    lib = unicorn_library()
    lib.uc_emu_start.argtypes = [ctypes.c_void_p] + [ctypes.c_uint64] * 3 + [ctypes.c_size_t]
    lib.uc_mem_map.argtypes = [ctypes.c_void_p, ctypes.c_uint64, ctypes.c_size_t, ctypes.c_uint32]
    lib.uc_mem_write.argtypes = [
        ctypes.c_void_p,
        ctypes.c_uint64,
        ctypes.c_char_p,
        ctypes.c_size_t,
    ]
    lib.uc_close.argtypes = [ctypes.c_void_p]
    uc = ctypes.c_void_p()
    lib.uc_open(1, 0, ctypes.byref(uc))
    lib.uc_ctl(uc, 7 | 1 << 26 | 1 << 30, 15)
    lib.uc_mem_map(uc, 0x80000000, 1 << 20, 7)
    lib.uc_mem_write(uc, LOAD, CODE, len(CODE))
    lib.uc_emu_start(uc, LOAD, 0, 0, 10_000)
    started = time.process_time()
    lib.uc_emu_start(uc, LOAD, 0, 0, count)
    taken = time.process_time() - started
    lib.uc_close(uc)
    return taken


def ours(count: int, *, traced: bool) -> float:
    """Seconds for ``count`` instructions on the machine."""
    machine = Machine(MachineConfig(ram_bytes=1 << 20))
    machine.load(LOAD, CODE)
    machine.set_boot(LOAD, 0, 0, 0)
    machine.trace(traced)
    machine.run(10_000)
    machine.take_events()
    taken = 0.0
    while count > 0:
        part = min(count, 100_000) if traced else count
        started = time.process_time()
        machine.run(machine.icount + part)
        taken += time.process_time() - started
        if traced:
            machine.take_trace()
        count -= part
    machine.close()
    return taken


def main() -> None:
    rates = {"bare": 0.0, "recorded": 0.0, "traced": 0.0}
    for _ in range(ROUNDS):
        rates["bare"] = max(rates["bare"], COUNT / bare(COUNT))
        rates["recorded"] = max(rates["recorded"], COUNT / ours(COUNT, traced=False))
        rates["traced"] = max(rates["traced"], TRACE_COUNT / ours(TRACE_COUNT, traced=True))
    print(f"{'machine':<34}{'MIPS':>8}{'ratio':>8}{'wanted':>8}")
    rows = (
        ("bare Unicorn, count=", "bare", ""),
        ("recorded run", "recorded", "0.70"),
        ("full trace", "traced", "0.33"),
    )
    for label, name, wanted in rows:
        ratio = rates[name] / rates["bare"]
        print(f"{label:<34}{rates[name] / 1e6:>8.1f}{ratio:>8.2f}{wanted:>8}")


if __name__ == "__main__":
    main()
