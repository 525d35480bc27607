"""Recording, going back and starting up, as ratios to bare Unicorn and as times.

Rates and motions count this process's processor time, so that a busy computer does not spoil them:
a session does nothing but compute, and where nothing else runs that is what a user waits for. How
long a client waits for its engine is wall-clock.
"""

from __future__ import annotations

import os
import random
import struct
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.bench_machine import CODE, LOAD, bare
from ringview.engine.client import Client
from ringview.engine.launch import spawn_engine
from ringview.engine.protocol import GoTo, Ready, Step
from ringview.engine.spec import EngineSpec
from ringview.guest.kconfig import KernelConfig
from ringview.guest.toolchain import build_kernel, build_program
from ringview.session.session import Session
from ringview.session.setup import Observe, SessionSetup
from ringview.views.assemble import FrameBuilder
from ringview.views.frame import ViewRequest

RECORDED = 20_000_000
TRACED = 3_000_000
LONG_RUN = 10_000_000
JUMPS = 200
ROUNDS = 3


def loop_elf(folder: Path) -> Path:
    """The compute-bound loop of the machine's benchmark as a kernel of its own."""
    header = struct.pack(
        "<16sHHIIIIIHHHHHH",
        *(b"\x7fELF\x01\x01\x01", 2, 40, 1, LOAD, 52, 0, 0x05000000, 52, 32, 1, 40, 0, 0),
    )
    segment = struct.pack("<IIIIIIII", 1, 84, LOAD, LOAD, len(CODE), len(CODE), 5, 4)
    path = folder / "loop"
    path.write_bytes(header + segment + CODE)
    return path


def recording_rate(image: Path, observe: Observe, count: int) -> float:
    """Instructions a second of a session that records a run for the first time."""
    session = Session.open(SessionSetup("loop", image, memory_bytes=1 << 20, observe=observe))
    session.run(100_000)
    started = time.process_time()
    session.run(100_000 + count)
    taken = time.process_time() - started
    session.machine.close()
    return count / taken


def spinning(observe: Observe) -> Session:
    """A 10-million-instruction run of the real kernel with a computing program."""
    kernel = build_kernel(KernelConfig.of("bbb_defconfig", {}))
    setup = SessionSetup("spin", kernel.path, build_program("spin"), observe=observe)
    session = Session.open(setup)
    session.start()
    session.run(LONG_RUN)
    return session


def p95(measure: Callable[[], object], before: Callable[[], object]) -> tuple[float, float]:
    """Median and 95th percentile of a motion's processor seconds."""
    times = []
    for _ in range(JUMPS):
        before()
        started = time.process_time()
        measure()
        times.append(time.process_time() - started)
    times.sort()
    return times[len(times) // 2], times[len(times) * 95 // 100]


def resident(pid: int) -> int:
    """Bytes of memory that a process has in RAM, 0 where the system does not say."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return int(text.split("VmRSS:")[1].split()[0]) << 10


def print_rates() -> None:
    """Recording against bare Unicorn."""
    rates = {"bare": 0.0, "recorded": 0.0, "traced": 0.0}
    with tempfile.TemporaryDirectory() as folder:
        image = loop_elf(Path(folder))
        for _ in range(ROUNDS):
            rates["bare"] = max(rates["bare"], RECORDED / bare(RECORDED))
            rates["recorded"] = max(rates["recorded"], recording_rate(image, "nothing", RECORDED))
            rates["traced"] = max(rates["traced"], recording_rate(image, "everything", TRACED))
    print(f"{'session: recording':<46}{'MIPS':>8}{'ratio':>8}{'wanted':>8}")
    for label, name, wanted in (
        ("bare Unicorn, count= (baseline)", "bare", ""),
        ("recorded, with checkpoints", "recorded", "0.70"),
        ("recorded and fully traced", "traced", "0.33"),
    ):
        ratio = rates[name] / rates["bare"]
        print(f"{label:<46}{rates[name] / 1e6:>8.1f}{ratio:>8.2f}{wanted:>8}")


def print_motions() -> None:
    """Going back and jumping in a long run."""
    title = f"session: motions in {LONG_RUN:,} instructions"
    print(f"{title:<46}{'median':>8}{'p95':>8}{'wanted':>8}")
    chance = random.Random(1)
    for observe, words in (("nothing", "recorded"), ("program", "traced")):
        session = spinning("nothing" if observe == "nothing" else "program")
        first = session.first_user or 0

        def anywhere(session: Session = session, first: int = first) -> None:
            session.goto(chance.randrange(first + 1000, session.end))

        rows: list[tuple[str, Callable[[], object], str]] = [
            (f"one instruction back, {words}", lambda s=session: s.step("instruction", -1), "16"),  # type: ignore[misc]
            (f"one line back, {words}", lambda s=session: s.step("line", -1), ""),  # type: ignore[misc]
            (f"any jump, {words}", anywhere, "16"),
            (f"who wrote this register, {words}", lambda s=session: s.find_access("r0"), "100"),  # type: ignore[misc]
        ]
        for label, measure, wanted in rows:
            median, high = p95(measure, anywhere)
            print(f"{label:<46}{median * 1e3:>6.1f}ms{high * 1e3:>6.1f}ms{wanted:>8}")
        print_history(session, words, anywhere)
        print_stops(session, words, anywhere)
        session.machine.close()


def print_history(session: Session, words: str, anywhere: Callable[[], None]) -> None:
    """Who wrote this byte, where the answer lies within a million instructions."""
    chance, times = random.Random(2), []
    while len(times) < JUMPS // 2:
        # A byte that was written up to a million instructions before the question.
        anywhere()
        origin = session.icount
        written = max(1000, origin - chance.randrange(1_000_000))
        trace = session.window(written - 1000, written)
        stores = trace.accesses[trace.accesses["flags"] & 1 == 1]
        if not len(stores):
            continue
        place = f"pa:{int(chance.choice(stores)['pa']):08x}/1"
        started = time.process_time()
        session.find_access(place)
        times.append(time.process_time() - started)
    times.sort()
    median, high = times[len(times) // 2], times[len(times) * 95 // 100]
    label = f"who wrote this byte, {words}"
    print(f"{label:<46}{median * 1e3:>6.1f}ms{high * 1e3:>6.1f}ms{'100':>8}")


def print_stops(session: Session, words: str, anywhere: Callable[[], None]) -> None:
    """Back to a watched write or a conditional breakpoint within a million instructions."""
    chance = random.Random(3)

    def watch() -> bool:
        origin = session.icount
        written = max(1000, origin - chance.randrange(1_000_000))
        trace = session.window(written - 1000, written)
        stores = trace.accesses[trace.accesses["flags"] & 1 == 1]
        if not len(stores):
            return False
        session.stops.toggle_watch(f"pa:{int(chance.choice(stores)['pa']):08x}/4", "write")
        return True

    def condition(text: str) -> bool:
        origin = session.icount
        executed = max(1000, origin - chance.randrange(1_000_000))
        pc = int(session.window(executed, executed + 1).insns["r"][0][15])
        if pc < 0xC0000000:
            return False
        session.stops.add_breakpoint(f"{pc:#010x} if {text}")
        return True

    rows: list[tuple[str, Callable[[], bool]]] = [
        ("back to a watched write", watch),
        ("back to a breakpoint if r1 == r1", lambda: condition("r1 == r1")),
        ("back to a breakpoint if jiffies != 1", lambda: condition("jiffies != 1")),
    ]
    for label, prepare in rows:
        times: list[float] = []
        tried = 0
        while len(times) < JUMPS // 4 and tried < 4 * JUMPS:
            anywhere()
            tried += 1
            if not prepare():
                continue
            started = time.process_time()
            session.step("breakpoint", -1)
            times.append(time.process_time() - started)
            session.stops.take_over(())
        session.stops.take_over(())
        times.sort()
        median, high = times[len(times) // 2], times[len(times) * 95 // 100]
        text = f"{label}, {words}"
        print(f"{text:<46}{median * 1e3:>6.1f}ms{high * 1e3:>6.1f}ms{'100':>8}")


def frame_time(session: Session) -> float:
    """Processor seconds of one frame at the end of what is recorded, its pieces seen before."""
    builder = FrameBuilder(session)
    view = ViewRequest(columns=110)
    builder.build(None, view, 1)
    best = 1.0
    for back in range(1, 31):
        session.goto(session.end - back)
        started = time.process_time()
        builder.build(None, view, 1)
        best = min(best, time.process_time() - started)
    return best


def print_long() -> None:
    """What does not grow with the run: a frame's cost, and memory's bound."""
    kernel = build_kernel(KernelConfig.of("bbb_defconfig", {}))
    setup = SessionSetup("t", kernel.path, build_program("threads"), args=("4", "100000"))
    session = Session.open(setup)
    session.recorder.most_events = 1 << 30
    session.start()
    print(f"{'session: long runs':<46}{'':>8}{'':>8}{'wanted':>8}")
    found = []
    for length in (1_000_000, LONG_RUN):
        session.goto(session.end)
        session.run(length)
        found.append((len(session.syscalls()), frame_time(session)))
    (few, short), (many, long) = found
    label = f"a frame after {many:,} calls against {few:,}"
    print(f"{label:<46}{long / short:>7.2f}x{'':>8}{'1.5x':>8}")
    session.machine.close()
    setup = SessionSetup("spin", kernel.path, build_program("spin"))
    session = Session.open(setup)
    session.start()
    session.run(100_000_000)
    label = f"resident after {session.end:,} instructions"
    print(f"{label:<46}{resident(os.getpid()) / 1e6:>6.0f}MB{'':>8}{'1000':>8}")
    chance = random.Random(4)
    first = session.first_user or 0
    median, high = p95(lambda: session.goto(chance.randrange(first, session.end)), lambda: None)
    print(f"{'any jump in them':<46}{median * 1e3:>6.1f}ms{high * 1e3:>6.1f}ms{'100':>8}")
    session.machine.close()


def print_start() -> None:
    """From nothing to the first state on a client's side, everything being built."""
    print(f"{'engine: hello2':<46}{'best':>8}{'':>8}{'wanted':>8}")
    ready, frame, step, memory = [], [], [], 0
    for _ in range(ROUNDS + 2):
        started = time.perf_counter()
        with spawn_engine(EngineSpec(scenario="hello2")) as engine, Client(engine) as client:
            while not isinstance(client.receive(), Ready):
                pass
            ready.append(time.perf_counter() - started)
            client.wait_frame()
            frame.append(time.perf_counter() - started)
            client.send(GoTo(0, "sys_hello2"))
            for count in (1, 1, -1, -1):
                began = time.perf_counter()
                client.send(Step(0, "instruction", count))
                step.append(time.perf_counter() - began)
            memory = resident(engine.pid)
    rows = (("spawn to Ready", ready, "350"), ("spawn to the first frame", frame, "1000"))
    for label, times, wanted in (*rows, ("step to its frame", step, "")):
        print(f"{label:<46}{min(times) * 1e3:>6.0f}ms{'':>8}{wanted:>8}")
    print(f"{'resident memory of the engine':<46}{memory / 1e6:>6.0f}MB{'':>8}{'100':>8}")


def main() -> None:
    """Print all tables."""
    print_rates()
    print_motions()
    print_long()
    print_start()


if __name__ == "__main__":
    main()
