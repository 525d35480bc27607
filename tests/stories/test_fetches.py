"""The fetch ledger of every call against brute force over its trace, byte by byte."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest
from tests.stories.conftest import Stage

from ringview.machine.trace import Access as Flag
from ringview.scenario.images import provide_images, session_setup
from ringview.scenario.load import load_scenario
from ringview.scenario.run import SessionRun, apply_schedule
from ringview.session.session import Session
from ringview.session.syscalls import SyscallRecord
from ringview.views.frame import FetchLedger, ViewRequest

TASK_SIZE = 0xBF000000


def ledger(stage: Stage, record: SyscallRecord) -> FetchLedger:
    end = stage.session.end if record.exit is None else record.exit
    made = stage.frame(min(end, record.enter + 40), ViewRequest(large="fetches")).fetches
    assert made is not None
    return made


def loads_and_stores(
    stage: Stage, record: SyscallRecord
) -> list[tuple[bool, int, int, int, bytes]]:
    """The caller's kernel accesses to user addresses: (store, icount, va, pa, bytes)."""
    end = stage.session.end if record.exit is None else record.exit
    trace = stage.session.window(record.enter, end)
    stack = record.sp_kernel & ~8191
    by_icount = {int(i["icount"]): i for i in trace.insns}
    found = []
    for row in trace.accesses:
        insn = by_icount[int(row["icount"])]
        kernel = int(insn["cpsr"]) & 31 != 0x10 and int(insn["r"][13]) & ~8191 == stack
        user = int(row["flags"]) & Flag.USER_PAGE and int(row["va"]) < TASK_SIZE
        if kernel and user and int(row["flags"]) & Flag.PRIVILEGED:
            data = int(row["value"]).to_bytes(8, "little")[: int(row["size"])]
            write = bool(int(row["flags"]) & Flag.WRITE)
            found.append((write, int(row["icount"]), int(row["va"]), int(row["pa"]), data))
    return found


def pairs(made: list[tuple[bool, int, int, int, bytes]]) -> set[tuple[int, int]]:
    """Fetches that share a byte with nothing between that loads or stores it: brute force."""
    found = set()
    numbers = [n for n, access in enumerate(made) if not access[0]]
    for a, b in combinations(numbers, 2):
        for pa in set(_bytes(made[a])) & set(_bytes(made[b])):
            if not any(pa in _bytes(made[c]) for c in range(a + 1, b)):
                found.add((numbers.index(a), numbers.index(b)))
    return found


def _bytes(access: tuple[bool, int, int, int, bytes]) -> range:
    return range(access[3], access[3] + len(access[4]))


def test_every_fetch_of_every_call_and_nothing_else(stage: Stage) -> None:
    calls = [r for r in stage.session.syscalls() if r.comm == "stories"]
    seen = 0
    for record in calls[:40]:
        made = ledger(stage, record)
        if made.ordinal != record.ordinal:  # another thread's call is the present one there
            continue
        brute = loads_and_stores(stage, record)
        fetches = [access for access in brute if not access[0]]
        rows = [row for row in made.rows if row.kind == "fetch"]
        # by an alias there may be more; the screen counts those too
        direct = [row for row in rows if row.va < TASK_SIZE]
        assert [(r.icount, r.va, r.pa) for r in direct] == [(a[1], a[2], a[3]) for a in fetches]
        assert [r.value.to_bytes(8, "little")[: r.size] for r in direct] == [a[4] for a in fetches]
        assert [r.number for r in rows] == list(range(len(rows)))
        if len(direct) == len(rows):
            assert {r.number for r in rows if r.first >= 0} == {b for _, b in pairs(brute)}
        seen += len(fetches)
    assert seen > 30


@pytest.fixture(scope="module")
def raced() -> Iterator[Stage]:
    """The shipped race, in which the other thread wins."""
    scenario = load_scenario("race-len")
    session = Session.open(session_setup(scenario, provide_images(scenario)))
    session.start()
    apply_schedule(scenario, SessionRun(session))
    yield Stage(session, started=True)
    session.close()


def test_the_race_by_brute_force_and_in_both_panes(raced: Stage) -> None:
    record = next(r for r in raced.session.syscalls() if r.name == "hello2")
    made = ledger(raced, record)
    brute = loads_and_stores(raced, record)
    fetches = [access for access in brute if not access[0]]
    ((first, second),) = pairs(brute)
    rows = {row.number: row for row in made.rows if row.kind == "fetch"}
    assert len(rows) == len(fetches) == made.fetches
    again = rows[second]
    assert (again.first, again.changed, rows[first].fetched_again) == (first, True, True)
    assert (again.before, again.after, again.shared) == (6, 160, 4)
    assert [row.number for row in rows.values() if row.first >= 0] == [second]
    assert (made.events, made.changed) == (1, 1)
    # the store that came between, found in the whole trace without asking who made it
    trace = raced.session.window(rows[first].icount + 1, again.icount)
    stored = [
        int(row["icount"])
        for row in trace.accesses
        if int(row["flags"]) & Flag.WRITE and int(row["pa"]) == again.pa
    ]
    stores = [row for row in made.rows if row.kind == "store"]
    assert [row.icount for row in stores] == stored
    assert (stores[0].value, stores[0].who) == (160, "race-len[3]")
    frame = raced.frame(again.icount + 1)
    flags = [row.again for row in frame.memory.accesses if row.syscall == record.ordinal]
    assert flags == [""] * second + ["changed"]
