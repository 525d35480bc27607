"""Runs schedules from the root, fast: what a search does some ten thousand times a second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ringview.errors import MachineError
from ringview.explore.memory import Images
from ringview.explore.newlog import NewLog
from ringview.explore.schedule import Schedule
from ringview.explore.target import Target
from ringview.guest.crossing import THREAD_SIZE
from ringview.guest.kernel import TASK_SIZE
from ringview.machine.abi import RaceShared
from ringview.machine.machine import Machine, StopReason
from ringview.machine.race import STORE, RaceCore, Seen, pack_pokes, ranges_of

LEAST_LIMIT = 100_000
"""Instructions of one schedule at the least, before it is said not to return."""
TIMES_LONGER = 20
"""How many times as long as undisturbed a call may take."""

Key = tuple[str, int, int, int, int, int]
"""What tells runs apart: end, result, hash of the loads, hash of the victim's stores, where PL1
executed the user's code, and, on the board, hash of what was logged: there other threads run in
the kernel too."""


@dataclass(frozen=True, slots=True)
class Run:
    """What became of one schedule.

    Attributes:
        end: ``returned``, ``killed``, ``oops``, ``limit``, ``halted`` or ``lockup``.
        icount: where.
        loads: the victim's loads of watched bytes.
        key: equal for runs that behave alike.
    """

    end: str
    icount: int
    loads: int
    key: Key


DEATHS = {"do_exit": "killed", "die": "oops", "panic": "oops"}
"""The kernel's functions from which the victim does not come back, and what that end is called."""

_ENDS = {StopReason.LIMIT: "limit", StopReason.HALTED: "halted", StopReason.LOCKUP: "lockup"}


class Runner:
    """Runs schedules of one target.

    Args:
        target: where the race is; its machine belongs to the runner from here on.
        limit: instructions of one schedule, 0 for a limit made from the undisturbed call.
        machine: one to run on instead of the target's, of the same configuration.

    Attributes:
        ends: addresses that the victim reaches only when it will not return, and what that is.
        inputs: icounts at which the last run's interrupts were raised.
        stored: where values that the scenario gives landed in the last run on the board: icount,
            address of the other thread's next instruction, bytes by physical address.
    """

    def __init__(self, target: Target, limit: int = 0, *, machine: Machine | None = None) -> None:
        self.target = target
        self.machine = machine or target.machine
        self.core = RaceCore(self.machine, target.victim, THREAD_SIZE, TASK_SIZE, target.root)
        self.core.set_user_pages(target.user_pages)
        self.before = target.before()
        self.core.watch(ranges_of(sorted(self.before)))
        symbols = target.session.kernel.symbols
        known = {name: symbols.address_of(name) for name in DEATHS}
        self.ends = {va: DEATHS[name] for name, va in known.items() if va is not None}
        self.machine.set_code_breakpoints(self.ends)
        self.images = Images(target.stores, self.before, frozenset())
        self.inputs: list[int] = []
        self.stored: list[tuple[int, int, dict[int, int]]] = []
        self._due: dict[int, int] = {}
        self._given_to = 0
        self._log = NewLog(self.machine, target.session.kernel)
        self._packed: dict[tuple[int, int, int], bytes] = {}
        self.limit = target.call.enter + (limit or LEAST_LIMIT)
        if not limit:
            self._adapt_limit()

    def close(self) -> None:
        """Give the machine back, at the root."""
        self.machine.set_code_breakpoints(())
        self.core.close()

    @property
    def shared(self) -> RaceShared:
        """The core's counters of the last run."""
        return self.core.shared

    def _adapt_limit(self) -> None:
        run = self.run(Schedule("second-core", 0))
        if run.end == "returned":
            enter = self.target.call.enter
            self.limit = max(self.limit, enter + TIMES_LONGER * (run.icount - enter))

    def set_interesting(self, addresses: frozenset[int]) -> None:
        """Say which bytes the victim fetches, by physical address."""
        self.images = Images(self.target.stores, self.before, addresses)
        self._packed.clear()

    @cached_property
    def watched(self) -> frozenset[int]:
        """The bytes that the adversary stores to."""
        return frozenset(self.before)

    def fetched(self) -> frozenset[int]:
        """The watched bytes that the victim loaded in the last run."""
        found: set[int] = set()
        for row in self.core.borrow_seen():
            if not int(row["flags"]) & STORE:
                found.update(range(int(row["pa"]), int(row["pa"]) + int(row["size"])))
        return frozenset(found & self.watched)

    def load_icounts(self) -> list[int]:
        """Where the victim's loads of the last run were, the instruction not yet done."""
        seen = self.core.borrow_seen()
        return [int(i) for i in seen["icount"][(seen["flags"] & STORE) == 0]]

    def seen(self) -> Seen:
        """Loads and stores of the last run."""
        return self.core.seen()

    # ------------------------------------------------------------------------------ running

    def run_frozen(self, packed: bytes, load: int = 0, ticks: int = 0) -> Run:
        """Run the call undisturbed, in memory that some pokes have made what it is.

        Args:
            packed: the pokes.
            load: how many of its loads of watched bytes it has done when the clock is moved on.
            ticks: how far, in ticks of the machine's clock.
        """
        self.inputs = []
        self.core.restore()
        self.core.set_pokes(packed)
        if load:
            run = self._until(self.limit, load=load)
            if run is not None:
                return run
        if ticks:
            self.core.delay(ticks)
        return self._finish(self.limit)

    def forget(self) -> None:
        """The images have changed."""
        self._packed.clear()

    def run(self, schedule: Schedule, limit: int = 0) -> Run:
        """Run one schedule from the root to its end."""
        if schedule.adversary == "second-core":
            self.inputs = []
            self.core.restore()
            self.core.set_pokes(self.pokes(schedule))
            return self._finish(limit or self.limit)
        return self._run_on_board(schedule, limit or self.limit)

    def pokes(self, schedule: Schedule) -> bytes:
        """The second core's stores, packed."""
        packed = self._pack(0, 0, schedule.start) if schedule.start else b""
        position = schedule.start
        for step in schedule.steps:
            packed += self._pack(step.load, position, step.position)
            position = step.position
        return packed

    def _pack(self, load: int, first: int, last: int) -> bytes:
        key = (load, first, last)
        found = self._packed.get(key)
        if found is None:
            found = pack_pokes(self.images.pokes(load, first, last))
            if len(self._packed) < 1 << 16:
                self._packed[key] = found
        return found

    def _finish(self, limit: int) -> Run:
        """Run on to the call's end."""
        core, shared = self.core, self.core.shared
        while True:
            reason = core.run(limit)
            if shared.returned:
                end = "returned"
            elif reason is StopReason.BREAKPOINT:
                if not self._is_victim():
                    continue
                end = self._death()
            elif reason in _ENDS:
                end = _ENDS[reason]
            elif reason in (StopReason.WATCHPOINT, StopReason.TRANSITION):
                continue
            else:
                raise MachineError("a schedule was interrupted")
            return self._result(end)

    def _result(self, end: str) -> Run:
        shared = self.core.shared
        result = shared.result if end == "returned" else 0
        user_pc = shared.user_pc if shared.ran_user else -1
        key = (end, result, shared.load_hash, shared.store_hash, user_pc, 0)
        return Run(end, self.machine.icount, shared.loads, key)

    def _death(self) -> str:
        return self.ends.get(self.machine.registers().r[15], "killed")

    def _is_victim(self) -> bool:
        from ringview.arm.psr import Mode

        sp = self.machine.registers().sp[Mode.SVC]
        return sp & ~(THREAD_SIZE - 1) == self.target.victim

    # ---------------------------------------------------------------------------- the board

    def _run_on_board(self, schedule: Schedule, limit: int) -> Run:
        run = self._play_on_board(schedule, limit)
        return replace(run, key=(*run.key[:5], self._log.fingerprint()))

    def _play_on_board(self, schedule: Schedule, limit: int) -> Run:
        """Interrupts make the guest switch, to the adversary and back; the guest does the rest."""
        run = self._start_on_board(schedule.start, limit)
        if run is not None:
            return run
        for step in schedule.steps:
            if step.load:
                run = self._until(limit, load=step.load)
            else:
                run = self._until(self.machine.icount + 1, short=True)
            if run is not None:
                return run
            self._inject(step.position)
        run = self._until(limit)
        assert run is not None
        return run

    def _start_on_board(self, start: int, limit: int) -> Run | None:
        """Give the adversary so many stores before the call."""
        core, shared = self.core, self.core.shared
        core.restore()
        core.set_pokes(b"")
        self.inputs = []
        if self.target.given:
            self.stored = []
            self._due = {}
            self._given_to = start
            if start:
                # memory is as of some moment when the call begins: nobody was preempted for it
                self._store(self.images.stored(0, start))
            return None
        for _ in range(start):
            # Preempted in user mode, its call not yet made: that is where the call will begin.
            # An adversary that yields of its own accord has to be given the processor again.
            if shared.stores >= start:
                break
            self._inject(start)
            run = self._until(limit, before_call=True)
            if run is not None:
                return run
        return None

    def run_board_at(self, start: int, places: Sequence[tuple[int, int]]) -> Run:
        """As on the board, but preempted at given icounts, each with a position to get to."""
        run = self._start_on_board(start, self.limit)
        for icount, position in places:
            if run is None:
                run = self._until(icount, short=True)
            if run is None:
                self._inject(position)
        if run is None:
            run = self._until(self.limit)
        assert run is not None
        return replace(run, key=(*run.key[:5], self._log.fingerprint()))

    def finish(self) -> Run:
        """Run on from where the machine stands to the call's end."""
        return self._finish(self.limit)

    def _inject(self, position: int) -> None:
        """Give the processor to the adversary until it has done so many stores."""
        if self.target.given:
            # where it gets to run, what the scenario gives is stored in its place
            self._due |= self.images.stored(self._given_to, position)
            self._given_to = position
            self.core.shared.others_wanted = 1
        else:
            self.core.shared.stores_wanted = position
        self._raise()

    def _store(self, values: dict[int, int]) -> None:
        for pa, value in values.items():
            self.core.store(pa, bytes([value]))
        self.stored.append((self.machine.icount, self.machine.registers().r[15], values))

    def _raise(self) -> None:
        self.inputs.append(self.machine.icount)
        self.core.inject(self.target.line)

    def _until(
        self, limit: int, *, load: int = 0, before_call: bool = False, short: bool = False
    ) -> Run | None:
        """Run to a load of the victim's, or to its call's end; None if not yet at that end.

        Args:
            limit: an icount.
            load: stop behind this load, from 1.
            before_call: stop where the victim is about to make its call.
            short: the limit is no end.
        """
        core, shared = self.core, self.core.shared
        shared.loads_wanted = load
        while True:
            reason = core.run(limit)
            if shared.stores_reached:
                shared.stores_reached = shared.stores_wanted = 0
                self._raise()
                continue
            if shared.others_reached:
                shared.others_reached = 0
                due, self._due = self._due, {}
                self._store(due)
                self._raise()
                continue
            if shared.loads_reached:
                shared.loads_reached = shared.loads_wanted = 0
                return None
            if shared.returned:
                if shared.entered:
                    return self._result("returned")
                shared.returned = 0
                if before_call:
                    return None
                continue
            if reason is StopReason.BREAKPOINT:
                if self._is_victim():
                    return self._result(self._death())
                continue
            if reason in _ENDS:
                return None if short and reason is StopReason.LIMIT else self._result(_ENDS[reason])
            if reason is StopReason.STOPPED:
                raise MachineError("a schedule was interrupted")
