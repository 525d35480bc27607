"""Places in words, bookmarks, and what prompts offer: against the recorded events themselves."""

from __future__ import annotations

import pytest

from ringview.errors import InputError
from ringview.session.session import Session
from ringview.session.stops import Reason

from .conftest import MakeSession
from .test_kernel import open_program

NOW = 60_000


@pytest.fixture(scope="module")
def session(mini_module: Session) -> Session:
    mini_module.run(160_000)
    return mini_module


@pytest.fixture(scope="module")
def hello2() -> Session:
    session = open_program("hello2", "beagle", "7")
    session.run(100_000_000)
    return session


def test_events_are_counted_over_the_whole_run(session: Session) -> None:
    session.goto(NOW)
    events = session.transitions()
    for number in (1, 2, 17, len(events)):
        assert session.resolve_place(f"event {number}") == events[number - 1].icount
        assert session.resolve_place(f"transition {number}") == events[number - 1].icount
    assert session.icount == NOW
    for cause in ("data abort", "irq", "svc", "undefined", "return"):
        of_cause = [event.icount for event in events if event.cause == cause]
        assert session.resolve_place(f"{cause} 1") == of_cause[0]
        assert session.resolve_place(f"{cause} 2") == of_cause[1]
        ahead = next(at for at in of_cause if at > NOW)
        assert session.resolve_place(cause) == ahead
        assert session.resolve_place(f"next {cause}") == ahead
        behind = max(at for at in of_cause if at < NOW)
        assert session.resolve_place(f"previous {cause}") == behind
        assert session.resolve_place(f"Previous  {cause.upper()} ") == behind


def test_calls_by_name(hello2: Session) -> None:
    hello2.goto(hello2.first_user or 0)
    calls = hello2.syscalls()
    own = [call.enter for call in calls if call.name == "hello2"]
    writes = [call.enter for call in calls if call.name == "write"]
    assert hello2.resolve_place("syscall hello2") == own[0]
    assert hello2.resolve_place("syscall sys_hello2") == own[0]
    assert hello2.resolve_place(f"syscall write {len(writes)}") == writes[-1]
    assert hello2.resolve_place("syscall 2") == calls[1].enter
    hello2.goto(hello2.end)
    # None is to come, so the first of the run is meant; "next" insists.
    assert hello2.resolve_place("syscall hello2") == own[0]
    for place, sentence in (
        ("next syscall hello2", "there is no syscall hello2 to come"),
        ("syscall hello2 7", "there is no syscall hello2 7; the run has 1"),
        ("syscall hollo2", "the kernel has no system call hollo2"),
        ("event 0", "there is no event 0: they are counted from 1"),
        ("next irq 3", "next irq 3 is no place: either next, or a number"),
        ("fiq", "there is no fiq to come"),
        ("bookmark nowhere", "there is no bookmark nowhere"),
    ):
        with pytest.raises(InputError) as caught:
            hello2.resolve_place(place)
        assert str(caught.value) == sentence
    assert hello2.icount == hello2.end


def test_what_is_not_recorded_yet_is_recorded_on(make_session: MakeSession) -> None:
    known = make_session()
    known.run(120_000)
    events = known.transitions()
    fresh = make_session()
    number = len(events) - 3
    assert fresh.goto_place(f"event {number}").icount == events[number - 1].icount
    later = make_session()
    first = next(event.icount for event in events if event.cause == "irq")
    assert later.goto_place("next irq").icount == first
    calls = [call.enter for call in known.syscalls()]
    assert later.goto_place("syscall 5").icount == calls[4]


def test_bookmarks_are_walked_both_ways_named_and_removed(make_session: MakeSession) -> None:
    session = make_session()
    session.run(100_000)
    places = {"late": 90_000, "early": 1_000, "start of it": 50_000}
    for name, icount in places.items():
        session.bookmark(name, icount)
    session.goto(0)
    visited = []
    while (stop := session.step("bookmark", 1)).arrived:
        visited.append((stop.icount, stop.text))
    assert visited == [
        (1_000, "at bookmark early"),
        (50_000, "at bookmark start of it"),
        (90_000, "at bookmark late"),
    ]
    assert (stop.reason, stop.text) == (Reason.EDGE, "no bookmark after this")
    assert [session.step("bookmark", -1).icount for _ in range(2)] == [50_000, 1_000]
    assert session.step("bookmark", 2).icount == 90_000
    assert session.goto_place("bookmark start of it").icount == 50_000
    assert session.goto_place("early").icount == 1_000
    session.goto(70_000)
    session.bookmark("early")  # a name means one moment
    assert session.bookmarks.items() == [
        (50_000, "start of it"),
        (70_000, "early"),
        (90_000, "late"),
    ]
    session.bookmark("", 90_000)
    session.bookmark("")
    assert session.bookmarks.items() == [(50_000, "start of it")]
    for name, at, sentence in (
        ("", 3, "there is no bookmark at 3"),
        ("x", 10**9, "is not in the recorded run"),
        ("a\nb", None, "one line of text"),
        ("a" * 99, None, "at most 60 characters"),
    ):
        with pytest.raises(InputError, match=sentence):
            session.bookmark(name, at)
    session.goto(20_000)
    session.input_console(b"x")
    assert session.bookmarks.items() == []


def test_prompts_offer_what_exists(hello2: Session) -> None:
    assert hello2.first_user is not None
    hello2.goto(hello2.first_user)
    door = hello2.first_user + 100
    hello2.bookmark("the door", door)
    try:
        offered = hello2.suggestions("go", "bookmark")
        assert offered[0] == "bookmark the door"
        for typed in (
            "sys_hel",
            "syscall h",
            "next d",
            "data",
            "sys-hello2.c",
            "sys-hello2.c:3",
            "e",
        ):
            lines = hello2.suggestions("go", typed)
            assert lines, typed
            assert all(typed in line.lower() for line in lines), (typed, lines)
        for line in hello2.suggestions("go", "sys_hello2") + hello2.suggestions("go", "syscall h"):
            if not line.endswith(":"):
                hello2.resolve_place(line)
        assert hello2.suggestions("breakpoint", "bookmark") == []
        assert "sys_hello2 if sp_svc" in hello2.suggestions("breakpoint", "sys_hello2 if sp_")
        assert hello2.suggestions("who", "read linux_ban") == ["read linux_banner"]
        assert hello2.suggestions("go", "no such thing") == []
    finally:
        hello2.bookmark("", door)
