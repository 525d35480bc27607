"""From a scenario to the place where its race is: the root state, the victim, the adversary.

Nothing in the scenario needs to name the call. The victim is the thread that made the others; the
call is the first of its calls, after it made them, in which the kernel loads bytes that another
thread stores.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ringview.errors import InputError
from ringview.explore.memory import Store
from ringview.explore.values import stores_of
from ringview.guest.crossing import THREAD_SIZE
from ringview.guest.kernel import TASK_SIZE
from ringview.machine.machine import DDR_BASE, Machine, MachineState, StopReason
from ringview.machine.pages import PAGE
from ringview.machine.race import STORE, SVC, RaceCore, ranges_of
from ringview.scenario.images import Images as GuestImages
from ringview.scenario.images import provide_images, session_setup
from ringview.scenario.model import Race, Scenario
from ringview.scenario.run import SessionRun, apply_schedule
from ringview.session.journal import JournalEntry
from ringview.session.reschedule import RESCHED_LINE
from ringview.session.session import Session
from ringview.session.syscalls import NEVER_RETURN, SyscallRecord

TICK_LINE = 68
"""DMTIMER2: a tick that comes early, for a kernel without the line above."""

CLONE_VM = 0x100
SCHED_YIELD = 158
"""The adversary's one call that leaves everything as it is (ARM EABI)."""
CHUNK = 1 << 20
PATIENCE = 40 * CHUNK
"""Instructions of the program in which the call is looked for."""
CANDIDATES = 64
"""Calls of the victim that are looked at before the search for the race is given up."""

RECORD_INSTRUCTIONS = 400_000
RECORD_STORES = 4096
RECORD_SWITCHES = 48
IDLE_SWITCHES = 4
"""Turns of the adversary without a store after which its run is taken to be over."""


@dataclass(frozen=True, slots=True)
class Call:
    """The victim's call.

    Attributes:
        name: without ``sys_``.
        nr: its number.
        args: r0 to r6.
        enter: icount at which its svc is the next instruction.
        svc: virtual address of the svc.
        pid: the victim's thread number.
        comm: its name.
        ordinal: which call of the run, from 0.
    """

    name: str
    nr: int
    args: tuple[int, ...]
    enter: int
    svc: int
    pid: int
    comm: str
    ordinal: int


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """Where the race is.

    Attributes:
        scenario: what was asked for.
        session: the session that led here; its machine stands anywhere.
        kernel_hash, program_hash: SHA-256 of the images' files.
        root: the machine before the call's svc.
        call: the victim's call.
        victim: base of the victim's kernel stack, virtual.
        sp_user: the victim's user stack pointer at its call, virtual.
        threads: thread numbers of the adversary's threads.
        stores: the adversary's own recorded run, in the pages that are mapped at the root.
        left_out: its stores to pages that were not mapped at the root.
        user_pages: physical addresses of the pages user mode reaches at the root.
        line: the interrupt line that makes the guest switch threads.
        preemptible: whether the kernel has CONFIG_PREEMPT; None if it does not say.
        inputs: what came from outside before the root.
        calls: numbers of the system calls that the adversary makes in its recorded run, without
            sched_yield: they may change what the kernel does for the victim.
        given: the stores are those that the scenario names, and not the adversary's own.
    """

    scenario: Scenario
    session: Session
    kernel_hash: str
    program_hash: str
    root: MachineState
    call: Call
    victim: int
    sp_user: int
    threads: tuple[int, ...]
    stores: tuple[Store, ...]
    left_out: int
    user_pages: frozenset[int]
    line: int
    preemptible: bool | None
    inputs: tuple[JournalEntry, ...] = ()
    calls: tuple[int, ...] = ()
    given: bool = False

    @property
    def machine(self) -> Machine:
        """The session's machine."""
        return self.session.machine

    def before(self) -> dict[int, int]:
        """What the bytes that the adversary stores to held at the root, by physical address."""
        found: dict[int, int] = {}
        for store in self.stores:
            for pa in range(store.pa, store.pa + len(store.data)):
                if pa not in found:
                    page = self.root.pages[(pa - DDR_BASE) // PAGE]
                    found[pa] = page[(pa - DDR_BASE) % PAGE]
        return found


def file_hash(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def find_target(
    scenario: Scenario,
    *,
    images: GuestImages | None = None,
    interrupted: Callable[[], bool] = lambda: False,
    progress: Callable[[str], None] | None = None,
) -> Target:
    """Boot, run to the call at stake, and record the adversary.

    Raises:
        InputError: there is no second thread, or no call of the victim's reads what it stores.
        RingviewError: images cannot be built or loaded, or the run was interrupted.
    """
    images = images or provide_images(scenario, progress=progress)
    setup = replace(session_setup(scenario, images), observe="nothing")
    session = Session.open(setup)
    session.interrupted = interrupted
    session.start()
    apply_schedule(scenario, SessionRun(session))
    finder = _Finder(scenario, session)
    base = Target(
        scenario=scenario,
        session=session,
        kernel_hash=file_hash(images.kernel.path),
        program_hash=file_hash(images.program),
        root=session.machine.save(),
        call=Call("", 0, (), 0, 0, 0, "", 0),
        victim=0,
        sp_user=0,
        threads=(),
        stores=(),
        left_out=0,
        user_pages=frozenset(),
        line=_line_of(session),
        preemptible=_preemptible(images),
    )
    looked_at = 0
    for call in finder.candidates():
        looked_at += 1
        target = _try(base, call, finder.threads)
        if target is not None:
            return target
        if looked_at >= CANDIDATES:
            break
    raise InputError(finder.why_none(looked_at), path=scenario.path)


def _line_of(session: Session) -> int:
    symbols = session.kernel.symbols
    known = any(symbols.address_of(name) for name in ("scheduler_ipi", "resched_interrupt"))
    return RESCHED_LINE if known else TICK_LINE


def _preemptible(images: GuestImages) -> bool | None:
    try:
        text = images.kernel.config_path.read_text()
    except OSError:
        return None
    return "CONFIG_PREEMPT=y" in text.splitlines()


class _Finder:
    """Walks along the run and names the calls that may be the one."""

    def __init__(self, scenario: Scenario, session: Session) -> None:
        self.scenario = scenario
        self.session = session
        self.race = scenario.race or Race()
        self.threads: tuple[int, ...] = ()
        self.named = 0

    def candidates(self) -> Iterator[SyscallRecord]:
        """Calls of the victim, in order, recording on as needed."""
        done = 0
        occurrence = 0
        while True:
            records = list(self.session.syscalls())
            for record in records[done:]:
                if record.exit is None and self._may_return(record):
                    break
                done += 1
                if self._is_candidate(record, records):
                    occurrence += 1
                    self.named += 1
                    if self.race.occurrence and occurrence != self.race.occurrence:
                        continue
                    yield record
            if self.session.finished or self.session.end >= self._last:
                return
            self.session.goto(self.session.end)
            before = self.session.end
            self.session.run(min(before + CHUNK, self._last))
            if self.session.end == before and not self.session.finished:
                return

    @property
    def _last(self) -> int:
        """How far the program is followed in search of the call."""
        return min(self.scenario.limit, (self.session.first_user or 0) + PATIENCE)

    def _may_return(self, record: SyscallRecord) -> bool:
        """Whether a call that has not returned may yet: it may sleep, or have killed its thread."""
        return not self.session.finished and self.session.end - record.enter < 2 * CHUNK

    def _is_candidate(self, record: SyscallRecord, records: list[SyscallRecord]) -> bool:
        makers = [
            r
            for r in records
            if r.name == "clone"
            and r.args[0] & CLONE_VM
            and r.exit is not None
            and r.exit <= record.enter
            and r.ret is not None
            and not r.ret >> 31
        ]
        if not makers or record.name in NEVER_RETURN:
            return False
        order = [makers[0].pid, *(int(r.ret or 0) for r in makers)]
        victim = order[0]
        if isinstance(self.race.victim, int):
            if self.race.victim > len(order):
                return False
            victim = order[self.race.victim - 1]
        others = tuple(pid for pid in order if pid != victim)
        if isinstance(self.race.adversary, int):
            if self.race.adversary > len(order):
                return False
            others = (order[self.race.adversary - 1],)
        self.threads = others
        if record.pid != victim or victim in others:
            return False
        return not self.race.syscall or record.name == self.race.syscall

    def why_none(self, looked_at: int) -> str:
        """The sentence for a scenario without a race."""
        if not self.threads:
            return (
                "there is no second thread: nothing can race a program in which no thread is made "
                "by clone with CLONE_VM before the call"
            )
        if self.race.syscall and not self.named:
            return (
                f"the victim never calls {self.race.syscall} after the other thread was made, so "
                "the two never meet"
            )
        if self.race.values:
            return (
                f"in none of the {looked_at} calls looked at does the kernel load a byte that the "
                "scenario gives values for"
            )
        return (
            f"the threads never meet: in none of the {looked_at} calls looked at does the kernel "
            "load a byte that the other thread stores"
        )


def _try(base: Target, record: SyscallRecord, threads: tuple[int, ...]) -> Target | None:
    """Make a call the target if the kernel fetches what the adversary stores."""
    session = base.session
    enter = record.enter - 1
    session.goto(enter)
    machine = session.machine
    root = machine.save()
    call = Call(
        record.name or f"syscall_{record.nr}",
        record.nr,
        record.args,
        enter,
        record.pc,
        record.pid,
        record.comm,
        record.ordinal,
    )
    target = replace(
        base,
        root=root,
        call=call,
        victim=record.sp_kernel & ~(THREAD_SIZE - 1),
        sp_user=record.sp_user,
        threads=threads,
        user_pages=frozenset(user_pages(machine)),
        inputs=tuple(entry for entry in session.journal if entry.icount <= enter),
    )
    stacks = _stacks(session, threads)
    core = RaceCore(machine, target.victim, THREAD_SIZE, TASK_SIZE, root)
    try:
        core.set_user_pages(target.user_pages)
        given = () if base.scenario.race is None else base.scenario.race.values
        if given:
            program = session.code.program
            stores, left_out = stores_of(given, program, record.args, machine)
            target = replace(target, stores=stores, left_out=left_out, given=True)
        else:
            stores, left_out, calls = _record(core, target, stacks)
            target = replace(target, stores=stores, left_out=left_out, calls=calls)
        if not stores:
            return None
        core.set_pokes(b"")
        core.watch(_ranges(target))
        core.restore()
        died = session.kernel.symbols.address_of("die")
        machine.set_code_breakpoints(() if died is None else (died,))
        reason = core.run(enter + RECORD_INSTRUCTIONS)
        # a kernel that dies of its first access to the user's memory has not loaded anything
        met = core.shared.loads > 0 or reason is StopReason.BREAKPOINT
        return target if met else None
    finally:
        machine.set_code_breakpoints(())
        core.close()
        machine.restore(root)


def _ranges(target: Target) -> list[tuple[int, int]]:
    return ranges_of(sorted(target.before()))


def _stacks(session: Session, threads: tuple[int, ...]) -> frozenset[int]:
    """Bases of the kernel stacks of threads, by the kernel's own list of tasks."""
    tasks = session.awareness.tasks(session.state().read_virtual) or []
    return frozenset(task.stack.start for task in tasks if task.pid in threads)


def _record(
    core: RaceCore, target: Target, stacks: frozenset[int]
) -> tuple[tuple[Store, ...], int, tuple[int, ...]]:
    """Let the adversary run alone, and write down what it stores, and which calls it makes.

    The victim is kept before its call: whenever the guest's scheduler comes back to it, it is
    preempted again.
    """
    shared = core.shared
    core.watch([])
    core.restore()
    shared.record = 1
    limit = target.call.enter + RECORD_INSTRUCTIONS
    idle = 0
    for _ in range(RECORD_SWITCHES):
        before = shared.seen
        core.inject(target.line)
        shared.returned = 0
        reason = core.run(limit)
        while reason is StopReason.TRANSITION and not shared.returned:
            reason = core.run(limit)
        idle = 0 if shared.seen > before else idle + 1
        if not shared.returned or shared.seen > RECORD_STORES or idle >= IDLE_SWITCHES:
            break
    shared.record = 0
    seen = core.seen()
    found: list[Store] = []
    left_out = 0
    calls = {
        int(row["value"])
        for row in seen
        if int(row["flags"]) & SVC and (not stacks or int(row["thread"]) in stacks)
    }
    for row in seen:
        if not int(row["flags"]) & STORE or (stacks and int(row["thread"]) not in stacks):
            continue
        pa, size = int(row["pa"]), int(row["size"])
        if pa & ~(PAGE - 1) not in target.user_pages:
            left_out += 1
            continue
        found.append(
            Store(
                pa,
                int(row["value"]).to_bytes(8, "little")[:size],
                int(row["pc"]),
                int(row["thread"]),
            )
        )
        if len(found) >= RECORD_STORES:
            break
    return tuple(found), left_out, tuple(sorted(calls - {SCHED_YIELD}))


def user_pages(machine: Machine) -> Iterator[int]:
    """Physical addresses of the 4 KiB pages of RAM that the present tables map below TASK_SIZE."""
    table = machine.system().ttbr0 & ~0x3FFF
    first_level = struct.unpack("<4096I", machine.read_physical(table, 0x4000))
    last = DDR_BASE + machine.ram_size
    for entry in first_level[: TASK_SIZE >> 20]:
        if entry & 3 != 1 or not DDR_BASE <= entry & ~0x3FF < last:
            continue
        for small in struct.unpack("<256I", machine.read_physical(entry & ~0x3FF, 0x400)):
            # AP[1]: user mode may at least read (ARM DDI 0406C, B3.7.1)
            if small & 2 and small & 0x20 and DDR_BASE <= small & ~0xFFF < last:
                yield small & ~0xFFF
