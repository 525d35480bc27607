"""Schedules a second, against bare Unicorn doing the same restores and runs; CPU time, one core."""

from __future__ import annotations

import os
import resource
import sys
import time
from ctypes import CDLL, byref, c_size_t, c_uint64, c_void_p

import numpy as np

from ringview.explore.drive import Search
from ringview.explore.runner import Runner
from ringview.explore.schedule import ADVERSARIES, Schedule, Step
from ringview.explore.search import Explorer, Tally
from ringview.explore.target import Target, find_target
from ringview.machine.library import unicorn_library
from ringview.machine.machine import DDR_BASE
from ringview.machine.pages import PAGE
from ringview.scenario.load import parse_scenario

SCENARIO = "title: bench\nkernel: {set: {HELLO2: len_refetch}}\nprogram: race-len\n"
SCHEDULES = 3000
MANY = 100_000
WANTED_RATIO = 0.5


def target() -> Target:
    return find_target(parse_scenario(SCENARIO))


def explored(count: int) -> tuple[float, int, list[int]]:
    """Schedules a second of CPU time, instructions of each, and the pages they write."""
    runner = Runner(target())
    plain = runner.run(Schedule("second-core", 0))
    runner.set_interesting(runner.fetched())
    position = runner.images.choices(0)[0]
    schedules = [
        Schedule("second-core", 0),
        Schedule("second-core", 0, (Step(plain.loads, position),)),
    ]
    for schedule in schedules * 100:
        runner.run(schedule)
    before = time.process_time()
    for number in range(count):
        run = runner.run(schedules[number & 1])
    seconds = time.process_time() - before
    pages = runner.core.dirty_pages()
    instructions = run.icount - runner.target.call.enter
    runner.close()
    return count / seconds, instructions, pages


def bare(count: int, instructions: int, pages: list[int]) -> float:
    """The same restores and as many instructions, by Unicorn alone with no hook at all.

    The guest is a loop that loads and stores, in memory of the size of ours.
    """
    uc = unicorn_library()
    engine, context = c_void_p(), c_void_p()
    for name in ("uc_mem_map_ptr", "uc_emu_start", "uc_reg_write"):
        getattr(uc, name).restype = int
    assert uc.uc_open(1, 0, byref(engine)) == 0
    size = 32 << 20
    ram, root = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    code = [0xE5912000, 0xE2822001, 0xE5812000, 0xE2500001, 0x1AFFFFFA, 0xEAFFFFF9]
    for memory in (ram, root):
        memory[: 4 * len(code)] = np.array(code, "<u4").view(np.uint8)
    assert (
        uc.uc_mem_map_ptr(engine, c_uint64(DDR_BASE), c_size_t(size), 7, c_void_p(ram.ctypes.data))
        == 0
    )
    uc.uc_context_alloc(engine, byref(context))
    for register, value in ((67, DDR_BASE + PAGE), (66, 1 << 30)):
        uc.uc_reg_write(engine, register, byref(c_uint64(value)))
    uc.uc_context_save(engine, context)
    libc = CDLL(None)
    offsets = [page * PAGE for page in pages]

    def once() -> None:
        for offset in offsets:
            libc.memcpy(
                c_void_p(ram.ctypes.data + offset), c_void_p(root.ctypes.data + offset), PAGE
            )
        uc.uc_context_restore(engine, context)
        assert (
            uc.uc_emu_start(
                engine, c_uint64(DDR_BASE), c_uint64(0), c_uint64(0), c_size_t(instructions)
            )
            == 0
        )

    for _ in range(200):
        once()
    before = time.process_time()
    for _ in range(count):
        once()
    return count / (time.process_time() - before)


def memory(count: int) -> tuple[int, int]:
    """Peak resident KiB after a tenth of so many schedules, and after all: judged and counted as a
    search does, those of a whole search by both adversaries again and again.
    """
    explorer = Explorer(target())
    schedules = [
        Schedule(adversary, start)
        for adversary in ADVERSARIES
        for start in explorer.runner.images.starts()
    ]
    for plain in list(schedules):
        loads = explorer.runner.run(plain).loads
        schedules += [
            plain.then(load, position)
            for load in range(loads + 1)
            for position in explorer.runner.images.choices(plain.start)
        ]
    tally = Tally()
    peaks = []
    for part in (count // 10, count - count // 10):
        for number in range(part):
            schedule = schedules[number % len(schedules)]
            tally.count(explorer.judgement(schedule), schedule)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    explorer.close()
    return peaks[0], peaks[1]


def whole_search() -> tuple[float, float]:
    """Seconds of CPU time until the first bug, and until k <= 2 is exhausted."""
    began = time.process_time()
    first: list[float] = []
    search = Search(
        target(),
        ("second-core", "board"),
        2,
        progress=lambda p: first.append(time.process_time() - began) if p.bugs else None,
    )
    search.run()
    search.close()
    return first[0], time.process_time() - began


def main() -> int:
    many = int(os.environ.get("SCHEDULES") or MANY)
    target()  # images are built
    speed, instructions, pages = explored(SCHEDULES)
    plain = bare(SCHEDULES, instructions, pages)
    ratio = speed / plain
    print(f"schedules of {instructions:,} instructions, {len(pages)} pages: {speed:,.0f} a second")
    print(f"of 3,000 instructions that is  {speed * instructions / 3000:,.0f} a second")
    print(f"bare Unicorn, same work        {plain:,.0f} a second, ratio {ratio:.2f}")
    first, whole = whole_search()
    print(f"first bug of race-len          {first:.2f} s")
    print(f"k <= 2, both adversaries       {whole:.2f} s, finds and controls included")
    small, large = memory(many)
    print(
        f"peak memory                    {small >> 10} MiB, after {many:,} schedules {large >> 10}"
    )
    return 0 if ratio >= WANTED_RATIO and large - small < 4096 else 1


if __name__ == "__main__":
    sys.exit(main())
