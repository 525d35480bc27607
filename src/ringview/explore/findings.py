"""What is seen in one run of the call: fetches, events, outcome, oracles. Plain, frozen data."""

from __future__ import annotations

from dataclasses import dataclass

from ringview.explore.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Spot:
    """An instruction at a moment.

    Attributes:
        icount: the state in which it is next.
        pc: its virtual address.
        place: ``symbol+0x1c``.
        line: ``file.c:32``, or empty.
    """

    icount: int
    pc: int
    place: str
    line: str


@dataclass(frozen=True, slots=True)
class Access:
    """One load or store of user memory. A load by the kernel for the victim is a *fetch*.

    Attributes:
        sequence: its number among the call's fetches, or among the stores, from 0.
        spot: the instruction. Stores of the modelled second core have the victim's instruction
            before which they land.
        va: virtual address; 0 for the second core's stores, which are known by physical address.
        pa: physical address.
        size: bytes.
        value: loaded or stored, little endian.
        by: ``victim`` or ``adversary``.
        call: the system call on whose behalf it was; empty for user mode.
        source: of a fetch: the C line of the handler, or of what it called, that led there.
    """

    sequence: int
    spot: Spot
    va: int
    pa: int
    size: int
    value: int
    by: str
    call: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class DoubleFetch:
    """Two fetches in one call that overlap in bytes, with no store by the call between them.

    Attributes:
        first, second: numbers of the fetches.
        pa: first byte they share, physical.
        size: bytes they share.
        changed: whether those bytes differed.
    """

    first: int
    second: int
    pa: int
    size: int
    changed: bool


@dataclass(frozen=True, slots=True)
class OracleHit:
    """An oracle that fired.

    Attributes:
        oracle: ``kernel executes user code``, ``kernel address from the user``, ``stack canary``,
            ``return address``, ``object bounds``, ``secret disclosed`` or ``kernel died``.
        text: what was seen.
        spot: where.
    """

    oracle: str
    text: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is observable of a run.

    Attributes:
        end: ``returned``, ``killed``, ``oops``, ``halted``, ``lockup`` or ``limit``.
        result: r0 as the caller gets it, signed; None if the call did not return.
        written: what the call left in user memory: (virtual address, bytes in hexadecimal).
        log: lines added to the kernel log, without their times.
        console: what was written to the console.
        oracles: names of those that fired.
        varying: what of it depends on time and is not compared, in words: the result is None then,
            bytes are ``??``, and figures ``#``.
    """

    end: str
    result: int | None
    written: tuple[tuple[int, str], ...]
    log: tuple[str, ...]
    console: str
    oracles: tuple[str, ...]
    varying: tuple[str, ...] = ()

    @property
    def observable(self) -> tuple[object, ...]:
        """What a quiescent run is compared by."""
        return (self.end, self.result, self.written, self.log, self.console)

    @property
    def is_refusal(self) -> bool:
        """The call returned an error and did nothing else that can be seen."""
        return (
            self.end == "returned"
            and self.result is not None
            and -4095 <= self.result < 0
            and not (self.written or self.log or self.console or self.oracles)
        )

    def __str__(self) -> str:
        words = {
            "returned": "returns what depends on time"
            if self.result is None
            else f"returns {self.result}",
            "killed": "the thread is killed inside the call",
            "oops": "the kernel dies (oops)",
            "halted": "the machine stops",
            "lockup": "the processor locks up",
            "limit": "does not return within the limit",
        }[self.end]
        if self.log:
            words += f", logs '{_printable(self.log[0])}'"
            if len(self.log) > 1:
                words += f" and {len(self.log) - 1} more lines"
        if self.console and not self.log:
            lines = self.console.split("\n")
            words += f", prints '{_printable(lines[0])}'"
            words += f" and {len(lines) - 1} more lines" if len(lines) > 1 else ""
        if self.written:
            words += f", writes {sum(len(data) // 2 for _, data in self.written)} bytes to the user"
        if self.oracles:
            words += "; " + ", ".join(self.oracles)
        return words


def _printable(text: str) -> str:
    """One line; what was no text when it was logged has been escaped already."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


@dataclass(frozen=True, slots=True)
class Analysis:
    """One schedule, run with everything traced.

    Attributes:
        schedule: which.
        outcome: what is observable.
        fetches: the kernel's loads of user memory for the victim, in order.
        stores: the adversary's stores to bytes that the call fetched, in order.
        events: double fetches.
        oracles: what fired.
        reads_back: fetches of bytes that the call itself had written to the user.
        points: where the preemptions were.
        inputs: icounts at which an interrupt was raised.
        instructions: of the call, from its svc to its end, others' included.
        digest: 64-bit hash of the final state.
        disturbed: another thread stored to what matters during the call. Without a preemption: the
            call slept, and the guest gave it the processor.
    """

    schedule: Schedule
    outcome: Outcome
    fetches: tuple[Access, ...]
    stores: tuple[Access, ...]
    events: tuple[DoubleFetch, ...]
    oracles: tuple[OracleHit, ...]
    reads_back: tuple[int, ...]
    points: tuple[Spot, ...]
    inputs: tuple[int, ...]
    instructions: int
    digest: int
    disturbed: bool = False
