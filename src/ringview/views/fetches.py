"""The fetch ledger of one system call: what the kernel read of user memory, what others stored to
it meanwhile, and which bytes it read twice.

What a fetch is, and what a double fetch, is defined in `ringview.explore.fetches`, which the search
for races uses too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from ringview.errors import RingviewError
from ringview.explore.fetches import double_fetches, is_fetch, is_own_store
from ringview.explore.findings import Access, DoubleFetch, Spot
from ringview.explore.sources import Sources
from ringview.machine.trace import Access as Flag
from ringview.machine.trace import Records, Trace
from ringview.session.recorder import Interrupted
from ringview.session.session import Session
from ringview.session.syscalls import THREAD_SIZE, SyscallRecord
from ringview.session.traces import STACK_BASE
from ringview.session.traces import UserAccess as Touch
from ringview.views.frame import FetchLedger, FetchRow, UserAccess
from ringview.views.inputs import Call, Knowledge

LONGEST = 1 << 18
"""Instructions of a call, others' within it included, that are looked into: some 20 MB of trace."""

MOST_ROWS = 240
"""Rows that are sent, around the present one."""

_USR = 0x10
_MODE = 0x1F
_NONE = "No system call has begun yet: go to the next one."
_BUSY = "The guest is running: the ledger is filled once it stands still."


@dataclass(frozen=True, slots=True)
class Seen:
    """What a call's trace shows.

    Attributes:
        fetches: the kernel's loads of user memory for the caller, in order.
        stores: others' stores to bytes that the call fetched, in order; ``by`` says whose.
        own: the call's own stores to user memory, in order.
        events: double fetches.
        back: numbers of the fetches of what the call itself had written.
        whole: whether all of the call was looked at.
    """

    fetches: tuple[Access, ...] = ()
    stores: tuple[Access, ...] = ()
    own: tuple[Access, ...] = ()
    events: tuple[DoubleFetch, ...] = ()
    back: tuple[int, ...] = ()
    whole: bool = True


class FetchReader:
    """Looks into the trace of a session's calls; what the latest one showed is kept.

    Args:
        session: the session; it stands afterwards where it stood.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._key: tuple[int, int, int] = (-1, -1, -1)
        self._seen = Seen()

    def read(self, record: SyscallRecord) -> Seen:
        """What a call fetched, from its svc to its end or that of the recording.

        Raises:
            Interrupted: by the user.
        """
        session = self._session
        last = session.end if record.exit is None else record.exit
        key = (record.ordinal, last, session.recorder.timeline.version)
        if key != self._key:
            self._seen = self._look(record, last)
            self._key = key
        return self._seen

    def _look(self, record: SyscallRecord, last: int) -> Seen:
        session, first = self._session, record.enter
        stop = min(last, first + LONGEST)
        pages = self._user_pages(first)
        trace = session.window(first, stop)
        insns, accesses = trace.insns, trace.accesses
        stack = np.uint32(record.sp_kernel & ~(THREAD_SIZE - 1))
        mode = insns["cpsr"] & _MODE
        own: NDArray[np.bool_] = (mode != _USR) & ((insns["r"][:, 13] & STACK_BASE) == stack)
        owner = np.searchsorted(insns["icount"], accesses["icount"])
        sources = Sources(session.code, insns["r"][:, 15], own, record.name)
        make = _Maker(session, trace, owner, record.name)
        fetches = tuple(
            replace(make(number, i, "victim"), source=sources.of(int(owner[i])))
            for number, i in enumerate(np.flatnonzero(own[owner] & is_fetch(accesses, pages)))
        )
        written = tuple(
            make(number, i, "victim")
            for number, i in enumerate(np.flatnonzero(own[owner] & is_own_store(accesses)))
        )
        events, back = double_fetches(fetches, written)
        hostile = self._hostile(make, accesses, own, owner, fetches, record)
        return Seen(fetches, hostile, written, events, back, stop == last)

    def _user_pages(self, icount: int) -> frozenset[int]:
        """Physical addresses of the pages that user mode reached at a moment."""
        from ringview.explore.target import user_pages

        recorder, here = self._session.recorder, self._session.icount
        recorder.return_to(icount)
        try:
            return frozenset(user_pages(self._session.machine))
        except RingviewError:
            return frozenset()
        finally:
            recorder.return_to(here)

    def _hostile(
        self,
        make: _Maker,
        accesses: Records,
        own: NDArray[np.bool_],
        owner: NDArray[np.intp],
        fetches: Sequence[Access],
        record: SyscallRecord,
    ) -> tuple[Access, ...]:
        """Stores by anyone else to bytes that the call fetched: by other threads' instructions, and
        those of a modelled second core, which the journal has.
        """
        fetched = {pa for f in fetches for pa in range(f.pa, f.pa + f.size)}
        if not fetched:
            return ()
        stores = (accesses["flags"] & int(Flag.WRITE | Flag.DEVICE)) == int(Flag.WRITE)
        words = np.array(sorted({pa & ~7 for pa in fetched}), np.uint32)
        near = np.isin(accesses["pa"] & ~np.uint32(7), words)
        found: list[Access] = []
        for i in np.flatnonzero(stores & near & ~own[owner]):
            access = make(0, i, self._whose(int(accesses["icount"][i])))
            inside = fetched & set(range(access.pa, access.pa + access.size))
            if inside and self._thread_at(access.spot.icount) != make.stack(record):
                found.append(access)
        for entry in self._session.journal:
            if entry.kind != "store" or not fetched & set(
                range(entry.pa, entry.pa + len(entry.data))
            ):
                continue
            if record.enter - 1 <= entry.icount <= make.last:
                value = int.from_bytes(entry.data[:8], "little")
                spot = Spot(entry.icount, 0, "", "")
                size = min(8, len(entry.data))
                found.append(Access(0, spot, 0, entry.pa, size, value, "second core (model)"))
        found.sort(key=lambda access: access.spot.icount)
        return tuple(replace(access, sequence=n) for n, access in enumerate(found))

    def _thread_at(self, icount: int) -> int:
        """Base of the kernel stack of the thread that runs at a moment, 0 if it is not known."""
        switches = self._session.recorder.accesses.switches
        position = bisect_right(switches, (icount, 1 << 32)) - 1
        return switches[position][1] if position >= 0 else 0

    def _whose(self, icount: int) -> str:
        stack = self._thread_at(icount)
        for known in reversed(self._session.syscalls()):
            if known.sp_kernel & ~(THREAD_SIZE - 1) == stack and known.enter <= icount:
                return f"{known.comm}[{known.pid}]"
        return "another thread"


class _Maker:
    """Makes `Access` records of a trace's rows."""

    def __init__(self, session: Session, trace: Trace, owner: NDArray[np.intp], call: str) -> None:
        self._code = session.code
        self._trace = trace
        self._owner = owner
        self._call = call
        insns = trace.insns
        self.last = int(insns["icount"][-1]) if len(insns) else 0

    def __call__(self, number: int, index: np.intp, by: str) -> Access:
        row = self._trace.accesses[index]
        pc = int(self._trace.insns["r"][self._owner[index], 15])
        line = self._code.line(pc)
        text = "" if line is None else str(line)
        spot = Spot(int(row["icount"]), pc, self._code.describe(pc), text)
        size, value = int(row["size"]), int(row["value"])
        return Access(number, spot, int(row["va"]), int(row["pa"]), size, value, by, self._call)

    @staticmethod
    def stack(record: SyscallRecord) -> int:
        """Base of the caller's kernel stack."""
        return record.sp_kernel & ~(THREAD_SIZE - 1)


# ---------------------------------------------------------------------------------- what is shown


def build_fetches(
    reader: FetchReader, session: Session, know: Knowledge, calls: Sequence[Call], present: int
) -> FetchLedger:
    """Compute the ledger of the present thread's call in flight, or of its latest one.

    Args:
        reader: looks into the trace.
        session: stands at the stop.
        know: names of addresses.
        calls: the run's calls, by ordinal.
        present: ordinal of the call; -1 for none.
    """
    if not 0 <= present < len(calls):
        return FetchLedger(why_not=_NONE)
    try:
        seen = reader.read(session.syscalls()[present])
    except Interrupted:
        return FetchLedger(why_not=_BUSY)
    call, now = calls[present], session.icount
    rows = _rows(seen, know, now)
    here = sum(row.icount < now for row in rows)
    low = max(0, min(here - MOST_ROWS // 2, len(rows) - MOST_ROWS))
    return FetchLedger(
        ordinal=present,
        text=call.text,
        task=call.task,
        returned=call.exit >= 0,
        rows=tuple(rows[low : low + MOST_ROWS]),
        above=low,
        below=max(0, len(rows) - low - MOST_ROWS),
        fetches=len(seen.fetches),
        stores=len(seen.stores),
        events=len(seen.events),
        changed=sum(event.changed for event in seen.events),
        back=len(seen.back),
        whole=seen.whole,
    )


def _rows(seen: Seen, know: Knowledge, now: int) -> list[FetchRow]:
    """Everything in the order of the run; a store that lands at an instruction comes before it."""
    second: dict[int, DoubleFetch] = {}
    firsts: set[int] = set()
    for event in seen.events:
        known = second.get(event.second)
        firsts.add(event.first)
        if known is None or (event.changed, event.first) > (known.changed, known.first):
            second[event.second] = event
    fetched = {pa for f in seen.fetches for pa in range(f.pa, f.pa + f.size)}
    addresses = {f.pa: f.va for f in seen.fetches}
    rows: list[tuple[int, int, FetchRow]] = []
    for store in seen.stores:
        va = store.va or addresses.get(store.pa, 0)
        rows.append((store.spot.icount, 0, _row("store", replace(store, va=va), know, now)))
    for fetch in seen.fetches:
        row = _row("fetch", fetch, know, now)
        twice = second.get(fetch.sequence)
        if twice is not None:
            row = structs.replace(
                row,
                first=twice.first,
                changed=twice.changed,
                before=_part(seen.fetches[twice.first], twice),
                after=_part(fetch, twice),
                shared=twice.size,
            )
        row = structs.replace(
            row, fetched_again=fetch.sequence in firsts, back=fetch.sequence in seen.back
        )
        rows.append((fetch.spot.icount, 1, row))
    rows += [
        (store.spot.icount, 2, _row("own", store, know, now))
        for store in seen.own
        if fetched & set(range(store.pa, store.pa + store.size))
    ]
    return [row for _, _, row in sorted(rows, key=lambda item: item[:2])]


def _part(access: Access, event: DoubleFetch) -> int:
    """The bytes of a fetch that the event is about, as a number."""
    data = access.value.to_bytes(8, "little")[: access.size]
    offset = event.pa - access.pa
    if not 0 <= offset < access.size:  # shared by virtual address alone
        return access.value
    return int.from_bytes(data[offset : offset + event.size], "little")


def _row(kind: str, access: Access, know: Knowledge, now: int) -> FetchRow:
    spot = access.spot
    return FetchRow(
        kind=kind,
        number=access.sequence if kind == "fetch" else -1,
        icount=spot.icount,
        place=spot.place,
        source=access.source or spot.line,
        va=access.va,
        pa=access.pa,
        size=access.size,
        value=access.value,
        who="" if access.by == "victim" else access.by,
        name=know.field(access.va) if access.va else "",
        done=spot.icount < now,
        current=spot.icount == now,
    )


def flagged(
    rows: Sequence[UserAccess], earlier: Sequence[Touch], call_of: Callable[[Touch], int]
) -> tuple[UserAccess, ...]:
    """Mark the rows of the memory pane's ledger that read again what their call had read.

    Args:
        rows: the latest accesses, oldest first, each with its call.
        earlier: accesses before those, among which the first fetch may be too.
        call_of: gives the ordinal of an access's call, -1 for none.
    """
    marks: dict[tuple[int, int], str] = {}
    calls = {row.syscall for row in rows if row.syscall >= 0 and not row.write}
    older = [(call_of(touch), touch) for touch in earlier] if calls else []
    for ordinal in calls:
        mine: list[Touch | UserAccess] = [touch for call, touch in older if call == ordinal]
        mine += [row for row in rows if row.syscall == ordinal]
        reads = [_plain(n, t) for n, t in enumerate(t for t in mine if not t.write)]
        writes = [_plain(n, t) for n, t in enumerate(t for t in mine if t.write)]
        for event in double_fetches(reads, writes)[0]:
            at = reads[event.second]
            key = (at.spot.icount, at.va)
            if event.changed or key not in marks:
                marks[key] = "changed" if event.changed else "same"
    return tuple(
        row if row.write else structs.replace(row, again=marks.get((row.icount, row.va), ""))
        for row in rows
    )


def _plain(number: int, touch: Touch | UserAccess) -> Access:
    spot = Spot(touch.icount, touch.pc, "", "")
    return Access(number, spot, touch.va, touch.pa, touch.size, touch.value, "victim")
