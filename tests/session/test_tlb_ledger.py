"""Whom the TLB model's lookups are charged to, recounted from a full trace of real programs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from tests.session.test_kernel import open_program

from ringview.arm.psr import Mode
from ringview.machine.events import Transition
from ringview.machine.tlb import AccountKind, Tlb
from ringview.session.session import Session

STACK = 8192
EXITS = {1, 248}
"""Calls that do not come back: exit, exit_group (arch/arm/tools/syscall.tbl)."""

Key = tuple[AccountKind, int]
USER: Key = (AccountKind.USER, 0)
KERNEL: Key = (AccountKind.KERNEL, 0)


@dataclass(frozen=True)
class Step:
    """One instruction, and what the model counted at it: I hits, D hits, I misses, D misses."""

    icount: int
    mode: int
    r7: int
    sp: int
    counted: tuple[int, int, int, int]
    lookups: tuple[int, int]


def counters(tlb: Tlb) -> np.ndarray:
    sides = (tlb.instruction, tlb.data)
    return np.array([sum(s.hits) for s in sides] + [sum(s.misses) for s in sides])


def steps(session: Session, count: int) -> Iterator[Step]:
    """Single steps from the program's first instruction, each with the model's differences."""
    assert session.first_user is not None
    session.goto(session.first_user)
    machine = session.machine
    machine.trace(True)
    machine.reset_tlb()
    machine.take_trace()
    before = counters(machine.tlb())
    for _ in range(count):
        machine.step()
        trace = machine.take_trace()
        if not len(trace.insns):
            continue  # a fetch that faulted: nothing was looked up
        record = trace.insns[0]
        after = counters(machine.tlb())
        yield Step(
            int(record["icount"]),
            int(record["cpsr"]) & 0x1F,
            int(record["r"][7]),
            int(record["r"][13]),
            tuple(int(n) for n in after - before),  # type: ignore[arg-type]
            (len(trace.insns), len(trace.accesses)),
        )
        before = after


def accounts(walked: list[Step], events: list[Transition]) -> dict[Key, Counter[str]]:
    """Charge each step by who is on which kernel stack, by an account of our own."""
    charged: dict[Key, Counter[str]] = defaultdict(Counter)
    doing: dict[int, Key] = {}
    thread = -1
    following = iter([*events, None])
    event = next(following)
    for step in walked:
        # an event bears the icount of the state after the instruction that it came with
        while event is not None and event.icount <= step.icount:
            stack = event.sp_svc & ~(STACK - 1)
            if event.from_mode is Mode.USR:
                doing[stack], thread = entered(event), stack
                charged[doing[stack]]["entries"] += 1
            elif event.to_mode is Mode.USR:
                doing.pop(stack, None)
            event = next(following)
        if step.mode == Mode.SVC:
            thread = step.sp & ~(STACK - 1)
        for gone in [s for s, key in doing.items() if s != thread and key[1] in EXITS]:
            del doing[gone]
        row = charged[USER if step.mode == Mode.USR else doing.get(thread, KERNEL)]
        for name, n in zip(("ihits", "dhits", "imisses", "dmisses"), step.counted, strict=True):
            row[name] += n
        assert step.counted[0] + step.counted[2] == step.lookups[0]
        assert step.counted[1] + step.counted[3] == step.lookups[1]
    return charged


def entered(event: Transition) -> Key:
    if event.cause == "svc":
        return AccountKind.SYSCALL, event.registers[7]
    if event.cause in ("irq", "fiq"):
        return AccountKind.INTERRUPT, 0
    return AccountKind.FAULT, 0


@pytest.mark.parametrize(("name", "args"), [("hello2", ("beagle", "7")), ("threads", ("3", "20"))])
def test_accounts_agree_with_a_recount(name: str, args: tuple[str, ...]) -> None:
    session = open_program(name, *args)
    session.run(100_000_000)
    first = session.first_user
    assert first is not None
    events = [event for event in session.recorder.transitions.all if event.icount > first]
    walked = list(steps(session, min(90_000, session.end - first)))
    ours = accounts(walked, events)
    theirs = session.machine.tlb().accounts
    found = {(a.kind, a.number): a for a in theirs}
    assert len(found) == len(theirs)
    assert {key for key, row in ours.items() if row} == set(found)
    for key, account in found.items():
        row = ours[key]
        assert account.hits == (row["ihits"], row["dhits"]), key
        assert account.misses == (row["imisses"], row["dmisses"]), key
        assert account.entries == row["entries"], key
    calls = {number for kind, number in found if kind is AccountKind.SYSCALL}
    assert calls >= ({401, 248} if name == "hello2" else {120, 240, 158})
    assert found[AccountKind.FAULT, 0].misses[1] > 0


def test_all_lookups_are_charged_and_a_moment_has_one_ledger() -> None:
    """Going back and forth, and round by the untraced boot, gives the same ledger again."""
    session = open_program("threads", "3", "20")
    session.run(100_000_000)
    assert session.first_user is not None
    span = session.end - session.first_user
    places = [session.first_user + span * part // 7 for part in (1, 3, 5, 7)]
    seen = {}
    for place in places:
        session.goto(place)
        seen[place] = session.machine.tlb()
    for place in reversed(places):
        for detour in (place - 1, session.first_user + 5, session.first_user - 200_000, place + 3):
            session.goto(detour)
            session.goto(place)
            assert session.machine.tlb() == seen[place]
    for tlb in seen.values():
        for index, side in enumerate((tlb.instruction, tlb.data)):
            assert sum(side.hits) == sum(a.hits[index] for a in tlb.accounts)
            assert sum(side.misses) == sum(a.misses[index] for a in tlb.accounts)
        user = next(a for a in tlb.accounts if a.kind is AccountKind.USER)
        sides = (tlb.instruction, tlb.data)
        assert user.hits == tuple(side.hits[0] for side in sides)
        assert user.misses == tuple(side.misses[0] for side in sides)
    assert seen[places[-1]].accounts[1].entries > 0
