"""What a beat's words name is what the screen shows at that beat, and what the run did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import msgspec
import pytest
from tests.scenario.spoken import files, identifiers, words
from tests.stories.conftest import Stage

from ringview.guest.tree import find_tree
from ringview.scenario.images import provide_images, session_setup
from ringview.scenario.load import load_scenario, shipped_scenarios
from ringview.scenario.model import Scenario
from ringview.scenario.resolve import PlacedBeat, place_beats
from ringview.scenario.run import SessionRun, apply_schedule
from ringview.session.session import Session
from ringview.views.frame import Frame, ViewRequest

NAMES = [path.stem for path in shipped_scenarios()]

ELSEWHERE = {
    "access_ok": "kernel/include/linux/uaccess.h",
    "pagefault_enable": "kernel/include/linux/uaccess.h",
    "LOCK_EX": "userland/io.c",
    "LOCK_NB": "userland/io.c",
    "AT_HWCAP": "userland/auxv.c",
    "AT_SYSINFO_EHDR": "userland/auxv.c",
    "__vdso_clock_gettime": "userland/vdso.c",
    "LINUX_2": "userland/vdso.c",
    "sys_hello": "kernel/include/linux/syscalls.h",
    "__NR_syscalls": "kernel/include/uapi/asm-generic/unistd.h",
    "COND_SYSCALL": "kernel/kernel/sys_ni.c",
    "SYSCALL_DEFINE2": "kernel/kernel/sys-hello.c",
    "HELLO_SYSCALL": "kernel/init/Kconfig",
    "CONFIG_HELLO_SYSCALL": "kernel/arch/arm/configs/bbb_defconfig",
}
"""Names that no pane has at their beat: they stand in this file."""

THEIRS = {"LD_SHOW_AUXV"}
"""Names of what is not here: a dynamic linker's variable."""


@dataclass
class Told:
    """A scenario that was run, and its beats in it."""

    scenario: Scenario
    stage: Stage
    beats: list[PlacedBeat]

    def frame(self, title: str, request: ViewRequest | None = None) -> Frame:
        (place,) = [placed.icount for placed in self.beats if placed.beat.title == title]
        return self.stage.frame(place, request)


def open_told(name: str) -> Told:
    scenario = load_scenario(name)
    session = Session.open(session_setup(scenario, provide_images(scenario)))
    session.start()
    run = SessionRun(session)
    apply_schedule(scenario, run)
    return Told(scenario, Stage(session, started=True), list(place_beats(scenario, run)))


@pytest.fixture
def told(request: pytest.FixtureRequest) -> Iterator[Told]:
    made = open_told(request.param)
    yield made
    made.stage.session.close()


@cache
def source(path: str) -> str:
    tree = find_tree()
    root = tree.kernel if path.startswith("kernel/") else tree.userland
    return (root / path.partition("/")[2]).read_text()


def shown(frame: Frame) -> str:
    """All that a frame tells, without the beats' own words."""
    own = msgspec.structs.replace(frame.narration, beats=())
    return msgspec.json.encode(msgspec.structs.replace(frame, narration=own)).decode()


@pytest.mark.parametrize("told", NAMES, indirect=True)
def test_a_name_in_the_words_is_on_the_screen_or_in_the_source(told: Told) -> None:
    for beat in told.scenario.beats:
        text = shown(told.frame(beat.title, ViewRequest(source_lines=40)))
        for name in identifiers(words(beat)) - THEIRS:
            if name not in text:
                assert name in ELSEWHERE, f"{beat.title}: {name} is nowhere to be seen"
                assert name in source(ELSEWHERE[name]), name
        for file in files(words(beat)):
            assert (find_tree().kernel / file).is_file(), f"{beat.title}: there is no {file}"


def test_a_name_that_is_nowhere_is_noticed() -> None:
    told = open_told("hello")
    text = shown(told.frame("Call number 400"))
    assert "sys_hello" in text
    assert "sys_goodbye" not in text
    told.stage.session.close()
    assert files("The line of kernel/sys-goodbye.c, by_hand.") == {"kernel/sys-goodbye.c"}


def test_no_exception_is_idle() -> None:
    said: set[str] = set()
    for name in NAMES:
        for beat in load_scenario(name).beats:
            said |= identifiers(words(beat))
    assert said >= ELSEWHERE.keys() | THEIRS


NAME, LEN = 0, 4
"""Offsets in struct hello2_in."""

READS = [
    # scenario, member, how often its words say that the call reads it
    ("race-direct", LEN, 4),
    ("race-direct", NAME, 2),
    ("race-len", LEN, 2),
    ("race-page", LEN, 2),
    ("race-override", LEN, 2),
    ("race-abort", LEN, 2),
    ("race-name", NAME, 2),
    ("race-half-fix", LEN, 1),
    ("race-fixed", LEN, 1),
    ("race-fixed", NAME, 1),
]


@pytest.mark.parametrize(("name", "member", "times"), READS)
def test_a_call_reads_as_often_as_the_words_say(name: str, member: int, times: int) -> None:
    stage = open_told(name).stage
    (call,) = [c for c in stage.session.syscalls() if c.name == "hello2"]
    made = stage.frame(call.enter + 40, ViewRequest(large="fetches")).fetches
    assert made is not None
    assert (made.whole, made.above, made.below) == (True, 0, 0)
    place = call.args[0] + member
    found = [r for r in made.rows if r.kind == "fetch" and r.va <= place < r.va + r.size]
    assert len(found) == times
    stage.session.close()


def test_a_load_with_the_users_rights_is_told_as_one() -> None:
    told = open_told("race-name-ldrt")
    frame = told.frame("Refused by the processor")
    fault, pane = frame.narration.fault, frame.translation
    assert fault is not None
    assert "at PL1 with the rights of PL0, but the kernel's half is closed" in fault.sentence
    assert any(line.startswith("rule for PL0 read: ") for line in fault.evidence)
    assert (pane.privilege, pane.access) == ("PL0", "read")
    assert pane.verdict.startswith("read by PL0: denied")
    told.stage.session.close()


HAPPENED = [
    # scenario, from a beat, to a later one, cause of a change of mode, how often it happens between
    ("hello-efault", "A bold address", "Bad address", "data abort", 0),
    ("hello-einval", "Four bytes", "Minus twenty-two", "svc", 1),
    ("handler", "Called from within", "Bad address", "data abort", 0),
    ("uaccess", "Zero, and minus EFAULT", "The kernel's own address", "data abort", 0),
    ("absent", "Across a border", "Nobody noticed", "data abort", 1),
    ("absent", "The same, without a promise", "Bad address", "data abort", 2),
    ("atomic", "The same, and one may sleep", "Once more, atomically", "data abort", 1),
    ("strange-sp", "Nowhere", "The same answer", "data abort", 0),
    ("pingpong", "For comparison", "Cheap, but not free", "irq", 0),
    ("auxv", "Past the environment", "Facts, one a line", "data abort", 0),
    ("io", "The file as memory", "Is it safe?", "data abort", 1),
    ("leds", "A store, and no call", "The driver checks", "data abort", 0),
    ("vdso", "A call, and no door", "And back", "", 0),
    ("vdso", "And back", "The tick writes the time", "svc", 0),
    ("race-page", "A structure across a border", "All the time in the world", "irq", 0),
]


@pytest.mark.parametrize(("name", "start", "end", "cause", "times"), HAPPENED)
def test_between_two_beats_happens_what_the_words_say(
    name: str, start: str, end: str, cause: str, times: int
) -> None:
    told = open_told(name)
    places = {placed.beat.title: placed.icount for placed in told.beats}
    first, last = places[start], places[end]
    assert first < last
    changes = [t for t in told.stage.session.transitions() if first < t.icount <= last]
    assert len([t for t in changes if not cause or t.cause == cause]) == times
    told.stage.session.close()
