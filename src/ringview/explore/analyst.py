"""Runs one schedule with everything traced, and says what was seen in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ringview.errors import RingviewError
from ringview.explore.fetches import double_fetches, is_fetch, is_own_store
from ringview.explore.findings import Access, Analysis, Outcome, Spot
from ringview.explore.mask import Mask
from ringview.explore.memory import Images, pokes_of
from ringview.explore.oracles import SECRET_SYMBOLS, Evidence, Oracles
from ringview.explore.runner import Run, Runner
from ringview.explore.schedule import Schedule
from ringview.explore.sources import Sources
from ringview.explore.target import Target
from ringview.guest.crossing import THREAD_SIZE
from ringview.machine.events import ConsoleOutput, Event, Transition
from ringview.machine.machine import Machine
from ringview.machine.race import STORE, Seen, pack_pokes
from ringview.machine.trace import Trace

_DEATH = re.compile(
    r"cut here|Unhandled |Unable to handle|Internal error|Kernel panic|BUG:|Alignment trap"
)
_TIME = re.compile(r"^\[ *\d+\.\d+\] ")

_SVC = 0x13
_USR = 0x10
_MODE = 0x1F
_MASKED = 0x80
"""CPSR.I"""
AFTERMATH = 400_000
"""Instructions that a dying kernel may take to say so."""


class Analyst:
    """Looks closely at schedules of one target, on a machine of its own.

    Args:
        target: where the race is.
        images: the adversary's images.
        limit: instructions of one schedule, as `Runner.limit` (an icount).
    """

    def __init__(self, target: Target, images: Images, limit: int) -> None:
        self.target = target
        self.machine = Machine(target.machine.config)
        self.runner = Runner(target, limit - target.call.enter, machine=self.machine)
        self.runner.images = images
        self.images = images
        self.machine.trace(True)
        self.oracles = Oracles(target.session.kernel)
        self.mask = Mask()
        self._code = target.session.code
        self._awareness = target.session.awareness
        self._disturbed = False
        self._spots: dict[int, tuple[str, str]] = {}
        self.runner.core.restore()
        self._old_log = len(self._log())
        self._secrets = tuple(self._read_secrets())

    def close(self) -> None:
        """Free the machine."""
        self.runner.close()
        self.machine.close()

    def set_images(self, images: Images) -> None:
        """The interesting bytes have changed."""
        self.images = images
        self.runner.images = images
        self.runner.forget()

    # ------------------------------------------------------------------------------ looking

    def analyse(self, schedule: Schedule) -> Analysis:
        """Run a schedule and say what was seen."""
        self.machine.borrow_trace()
        run = self.runner.run(schedule)
        return self._tell(schedule, run)

    @property
    def disturbed(self) -> bool:
        """Whether the other thread stored to what matters during the last run, unasked: the call
        slept, and the guest gave it the processor.
        """
        return self._disturbed

    def quiescent(self, image: dict[int, int]) -> Outcome | None:
        """What the call does with user memory frozen as an image of the fetched bytes; None if it
        did not stay frozen.

        Args:
            image: bytes by physical address; all others are as at the root.
        """
        self.machine.borrow_trace()
        run = self.runner.run_frozen(pack_pokes(pokes_of(0, image)))
        outcome = self._tell(Schedule("second-core", 0), run).outcome
        return None if self._disturbed else outcome

    def delayed(self, image: dict[int, int], load: int, ticks: int) -> Outcome | None:
        """As `quiescent`, with the board's clock moved on in the call.

        Args:
            image: as there.
            load: how many of its loads of watched bytes the call has done by then; 0 before it.
            ticks: of the machine's clock.
        """
        self.machine.borrow_trace()
        run = self.runner.run_frozen(pack_pokes(pokes_of(0, image)), load, ticks)
        outcome = self._tell(Schedule("second-core", 0), run).outcome
        return None if self._disturbed else outcome

    def open_icounts(
        self, start: int, places: Sequence[tuple[int, int]], first: int, last: int
    ) -> list[int]:
        """Where, in a board run preempted at some places, the victim runs with interrupts open.

        Args:
            start: as `Runner.run_board_at` takes it.
            places: likewise.
            first: the least icount to look at.
            last: the greatest.
        """
        self.machine.borrow_trace()
        self.runner.run_board_at(start, places)
        insns = self.machine.take_trace().insns
        on_stack = (insns["r"][:, 13] & ~np.uint32(THREAD_SIZE - 1)) == self.target.victim
        chosen = (insns["cpsr"] & _MODE == _SVC) & on_stack & (insns["cpsr"] & _MASKED == 0)
        return [int(icount) for icount in insns["icount"][chosen] if first <= icount <= last]

    def _tell(self, schedule: Schedule, run: Run) -> Analysis:
        digest = self.runner.core.digest()
        seen = self.runner.seen()
        end = self._aftermath(run)
        trace = self.machine.take_trace()
        happened = self.machine.take_events()
        insns, accesses = trace.insns, trace.accesses
        entered = self._entered(insns)
        interesting = self.images.interesting
        self._disturbed = any(
            int(row["flags"]) & STORE
            and int(row["icount"]) >= entered
            and interesting & set(range(int(row["pa"]), int(row["pa"]) + int(row["size"])))
            for row in seen
        )
        mode = insns["cpsr"] & _MODE
        on_stack = (insns["r"][:, 13] & ~np.uint32(THREAD_SIZE - 1)) == self.target.victim
        victims: NDArray[np.bool_] = (mode != _USR) & on_stack
        owner = np.searchsorted(insns["icount"], accesses["icount"])
        in_call = insns["icount"] > entered
        victims &= in_call
        fetches = self._fetches(trace, victims, owner)
        own = self._own_stores(trace, victims, owner)
        written = _written(own)
        said = tuple(self._log()[self._old_log :])
        log = said[: _first_death(said)] if end != "returned" else said
        console = _console(happened, alive=end == "returned")
        disclosed = (
            *(("what the call writes to the user", bytes.fromhex(data)) for _, data in written),
            *(("the kernel log", line.encode("utf-8", "replace")) for line in said),
            ("the console", console.encode("utf-8", "replace")),
        )
        evidence = Evidence(
            trace, victims, owner, self.target.victim, self.spot, disclosed, self._secrets
        )
        oracles = self.oracles.fired(evidence)
        outcome = Outcome(
            end=end,
            result=_signed(run.key[1]) if end == "returned" else None,
            written=written,
            log=log,
            console=console,
            oracles=tuple(sorted({hit.oracle for hit in oracles})),
        )
        events, reads_back = double_fetches(fetches, own)
        return Analysis(
            schedule=schedule,
            outcome=self.mask.blur(outcome),
            fetches=fetches,
            stores=tuple(self._adversary(schedule, seen, fetches)),
            events=events,
            oracles=oracles,
            reads_back=reads_back,
            points=tuple(self._points(schedule, seen, happened)),
            inputs=tuple(self.runner.inputs),
            instructions=run.icount - self.target.call.enter,
            digest=digest,
            disturbed=self._disturbed,
        )

    def _aftermath(self, run: Run) -> str:
        """Let a dying kernel say what it has to say; gives the end in words."""
        if run.end == "oops":
            last = [va for va, end in self.runner.ends.items() if end == "killed"]
            self.machine.set_code_breakpoints(last)
            self.machine.run(self.machine.icount + AFTERMATH)
            self.machine.set_code_breakpoints(self.runner.ends)
        return run.end

    def _entered(self, insns: Seen) -> int:
        """The icount of the victim's svc: the last time that it was about to make the call."""
        at = np.flatnonzero(
            (insns["r"][:, 15] == self.target.call.svc) & (insns["cpsr"] & _MODE == _USR)
        )
        sp = self.target.sp_user
        mine = [int(i) for i in at if int(insns["r"][int(i), 13]) == sp]
        return int(insns["icount"][mine[-1]]) if mine else self.target.call.enter

    # ------------------------------------------------------------------------------ accesses

    def _fetches(
        self, trace: Trace, victims: NDArray[np.bool_], owner: NDArray[np.intp]
    ) -> tuple[Access, ...]:
        accesses = trace.accesses
        wanted = is_fetch(accesses, self.target.user_pages)
        chosen = np.flatnonzero(victims[owner] & wanted)
        sources = Sources(self._code, trace.insns["r"][:, 15], victims, self.target.call.name)
        return tuple(
            replace(
                self._access(number, accesses[i], int(trace.insns["r"][owner[i], 15]), "victim"),
                source=sources.of(int(owner[i])),
            )
            for number, i in enumerate(chosen)
        )

    def _own_stores(
        self, trace: Trace, victims: NDArray[np.bool_], owner: NDArray[np.intp]
    ) -> tuple[Access, ...]:
        accesses = trace.accesses
        chosen = np.flatnonzero(victims[owner] & is_own_store(accesses))
        return tuple(
            self._access(number, accesses[i], int(trace.insns["r"][owner[i], 15]), "victim")
            for number, i in enumerate(chosen)
        )

    def _access(self, number: int, row: np.void, pc: int, by: str) -> Access:
        return Access(
            number,
            self.spot(int(row["icount"]), pc),
            int(row["va"]),
            int(row["pa"]),
            int(row["size"]),
            int(row["value"]),
            by,
            self.target.call.name,
        )

    def _adversary(
        self, schedule: Schedule, seen: Seen, fetches: tuple[Access, ...]
    ) -> Iterable[Access]:
        """The adversary's stores to what the call fetched."""
        fetched = {pa for f in fetches for pa in range(f.pa, f.pa + f.size)}
        number = 0
        if schedule.adversary == "board" and self.target.given:
            for icount, pc, values in self.runner.stored:
                for poke in pokes_of(0, {pa: v for pa, v in values.items() if pa in fetched}):
                    value = int.from_bytes(poke.data, "little")
                    spot = self.spot(icount, pc)
                    yield Access(number, spot, 0, poke.pa, len(poke.data), value, "adversary")
                    number += 1
            return
        if schedule.adversary == "board":
            for row in seen:
                pa, size = int(row["pa"]), int(row["size"])
                if int(row["flags"]) & STORE and fetched & set(range(pa, pa + size)):
                    spot = self.spot(int(row["icount"]), int(row["pc"]))
                    yield Access(number, spot, 0, pa, size, int(row["value"]), "adversary")
                    number += 1
            return
        loads = [row for row in seen if not int(row["flags"]) & STORE]
        position = schedule.start
        for step in schedule.steps:
            spot = self._load_spot(loads, step.load)
            for index in range(position, step.position):
                store = self.images.stores[index]
                if fetched & set(range(store.pa, store.pa + len(store.data))):
                    value = int.from_bytes(store.data, "little")
                    yield Access(number, spot, 0, store.pa, len(store.data), value, "adversary")
                    number += 1
            position = step.position

    def _load_spot(self, loads: list[np.void], load: int) -> Spot:
        """The victim's instruction before which a store of the second core lands."""
        if load < len(loads):
            row = loads[load]
            return self.spot(int(row["icount"]), int(row["pc"]))
        return self.spot(self.machine.icount, self.machine.registers().r[15])

    def _points(
        self,
        schedule: Schedule,
        seen: Seen,
        happened: list[Event],
    ) -> Iterable[Spot]:
        if schedule.adversary == "second-core":
            loads = [row for row in seen if not int(row["flags"]) & STORE]
            for step in schedule.steps:
                yield self._load_spot(loads, step.load)
            return
        # where each was taken: masked, an interrupt waits
        taken = [e for e in happened if isinstance(e, Transition) and e.cause == "irq"]
        for icount in self.runner.inputs:
            event = next((e for e in taken if e.icount >= icount), None)
            if event is not None:
                yield self.spot(event.icount, event.pc)

    # ------------------------------------------------------------------------------ reading

    def spot(self, icount: int, pc: int) -> Spot:
        """An instruction at a moment, with its place in words."""
        known = self._spots.get(pc)
        if known is None:
            line = self._code.line(pc)
            known = self._spots[pc] = (self._code.describe(pc), "" if line is None else str(line))
        return Spot(icount, pc, *known)

    def _read(self, va: int, size: int) -> bytes | None:
        try:
            return self.machine.read_virtual(va, size)
        except RingviewError:
            return None

    def _log(self) -> list[str]:
        return [record.text for record in self._awareness.log(self._read) or ()]

    def _read_secrets(self) -> Iterable[tuple[str, bytes]]:
        symbols = self.target.session.kernel.symbols
        for name in SECRET_SYMBOLS:
            extent = symbols.extent(name)
            data = None if extent is None else self._read(extent.start, len(extent))
            if data and len(data.rstrip(b"\0")) >= 8:
                yield name, data.rstrip(b"\0")


def _written(stores: Iterable[Access]) -> tuple[tuple[int, str], ...]:
    """The bytes that stores leave, as ranges by virtual address."""
    left: dict[int, int] = {}
    for store in stores:
        for i, value in enumerate(store.value.to_bytes(8, "little")[: store.size]):
            left[store.va + i] = value
    ranges: list[tuple[int, bytearray]] = []
    for va in sorted(left):
        if ranges and ranges[-1][0] + len(ranges[-1][1]) == va:
            ranges[-1][1].append(left[va])
        else:
            ranges.append((va, bytearray([left[va]])))
    return tuple((va, data.hex()) for va, data in ranges)


def _first_death(lines: Sequence[str]) -> int:
    """Where a dying kernel's own account begins: addresses and times, which are no outcome."""
    return next((i for i, line in enumerate(lines) if _DEATH.search(line)), len(lines))


def _console(happened: Iterable[Event], *, alive: bool) -> str:
    """What was printed, without the kernel log's times."""
    data = bytes(event.byte for event in happened if isinstance(event, ConsoleOutput))
    lines = [_TIME.sub("", line) for line in data.decode("utf-8", "replace").splitlines()]
    return "\n".join(lines if alive else lines[: _first_death(lines)])


def _signed(word: int) -> int:
    return word - (1 << 32) if word >> 31 else word
