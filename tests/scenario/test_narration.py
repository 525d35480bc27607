"""What the lecturer says at each beat is true of the machine there.

Each test stands at one beat and checks every fact in its words.
"""

from __future__ import annotations

import pytest

from ringview.machine.mmu import Access
from ringview.scenario.images import provide_images, session_setup
from ringview.scenario.load import load_scenario
from ringview.scenario.resolve import place_beats
from ringview.scenario.run import SessionRun
from ringview.scenario.variables import read_watch
from ringview.session.session import Session

THREAD_SIZE = 8192
PAGE_OFFSET = 0xC0000000
IRQ_MASKED = 1 << 7
USR, SVC = 0x10, 0x13


class Lecture:
    """A scenario, recorded, and a way to stand at each of its beats."""

    def __init__(self, name: str) -> None:
        self.scenario = load_scenario(name)
        self.session = Session.open(session_setup(self.scenario, provide_images(self.scenario)))
        self.session.start()
        self.session.run(self.scenario.limit)
        self.run = SessionRun(self.session)
        self.places = {b.beat.title: b.icount for b in place_beats(self.scenario, self.run)}

    def at(self, title: str) -> dict[str, int]:
        """Go to a beat; return registers and system registers."""
        self.session.goto(self.places[title])
        return self.now()

    def now(self) -> dict[str, int]:
        state = self.session.state()
        return {**state.system, **state.registers}

    def word(self, va: int) -> int:
        data = self.session.state().read_virtual(va, 4)
        assert data is not None
        return int.from_bytes(data, "little")

    def text(self, va: int) -> str:
        data = self.session.state().read_virtual(va, 16)
        assert data is not None
        return data.split(b"\0")[0].decode()

    def watch(self, name: str) -> dict[str, int | None]:
        (watch,) = [w for w in self.scenario.watch if w.name == name]
        return {c.name: c.number for c in read_watch(watch, self.run.stop()).children}

    def place_of(self, name: str) -> int:
        (watch,) = [w for w in self.scenario.watch if w.name == name]
        return read_watch(watch, self.run.stop()).address

    def symbol(self, name: str) -> int:
        found = self.session.kernel.symbols.address_of(name)
        assert found is not None
        return found

    def may(self, va: int, privilege: int, access: Access) -> bool:
        return self.session.machine.walk(va).verdict(privilege, access).allowed


@pytest.fixture(scope="module")
def lecture() -> Lecture:
    return Lecture("hello2")


def mode(registers: dict[str, int]) -> int:
    return registers["cpsr"] & 0x1F


def test_a_program_begins(lecture: Lecture) -> None:
    r = lecture.at("A program begins")
    assert mode(r) == USR
    assert lecture.session.program is not None
    assert r["pc"] == lecture.session.program.elf.entry
    assert lecture.word(r["sp"]) == 3
    assert [lecture.text(lecture.word(r["sp"] + 4 * i)) for i in (2, 3)] == ["beagle", "7"]
    assert lecture.word(r["sp"] + 16) == 0
    # its own code is not in memory: the fetch fails, and the page is brought in
    assert lecture.session.machine.walk(r["pc"]).pa is None
    lecture.session.step("instruction", 1)
    fault = lecture.session.last_transition_at_or_before(lecture.session.icount)
    assert fault is not None
    assert fault.cause == "prefetch abort"
    back = next(t for t in lecture.session.transitions(fault.icount) if t.to_mode == USR)
    lecture.session.goto(back.icount)
    assert lecture.now()["pc"] == r["pc"]
    assert lecture.session.machine.walk(r["pc"]).pa is not None


def test_the_question(lecture: Lecture) -> None:
    r = lecture.at("The question")
    given = lecture.watch("in")
    assert lecture.text(given["name"] or 0) == "beagle"
    assert (given["len"], given["val"]) == (6, 7)
    assert r["sp"] <= lecture.place_of("in") < PAGE_OFFSET
    out = lecture.place_of("out")
    assert [lecture.word(out + 4 * i) for i in range(5)] == [0] * 5


def test_the_door(lecture: Lecture) -> None:
    r = lecture.at("The door")
    assert lecture.word(r["pc"]) == 0xEF000000
    assert r["r7"] == 401
    assert (r["r0"], r["r1"]) == (lecture.place_of("in"), lecture.place_of("out"))


def test_through_the_door(lecture: Lecture) -> None:
    before = lecture.at("The door")
    r = lecture.at("Through the door")
    assert lecture.session.icount == lecture.places["The door"] + 1
    assert (mode(before), mode(r)) == (USR, SVC)
    assert r["pc"] == 0xFFFF0008
    assert r["spsr_svc"] == before["cpsr"]
    assert r["lr_svc"] == before["pc"] + 4
    assert r["cpsr"] & IRQ_MASKED
    assert not before["cpsr"] & IRQ_MASKED
    assert r["sp"] == r["sp_svc"] != before["sp"] == r["sp_usr"]


def test_the_other_stack(lecture: Lecture) -> None:
    r = lecture.at("The other stack")
    assert r["pc"] == lecture.symbol("vector_swi")
    assert r["sp"] % THREAD_SIZE == THREAD_SIZE - 8  # empty
    assert not lecture.may(r["sp"] - 4, 0, Access.READ)
    assert lecture.may(r["sp"] - 4, 1, Access.WRITE)
    handler = lecture.at("The handler")
    saved = r["sp"] - 72
    assert handler["sp"] == saved - 8  # pt_regs, and two words of arguments
    assert [lecture.word(saved + 4 * i) for i in range(13)] == [r[f"r{i}"] for i in range(13)]
    assert lecture.word(saved + 13 * 4) == r["sp_usr"]
    assert lecture.word(saved + 16 * 4) == r["spsr_svc"]


def test_the_table(lecture: Lecture) -> None:
    r = lecture.at("The table")
    assert (r["r7"], r["r8"]) == (401, lecture.symbol("sys_call_table"))
    entry = r["r8"] + 4 * r["r7"]
    assert lecture.word(entry) == lecture.symbol("sys_hello2")
    assert lecture.may(entry, 1, Access.READ)
    assert not lecture.may(entry, 1, Access.WRITE)
    assert not lecture.may(entry, 0, Access.READ)
    lecture.session.step("instruction", 1)
    assert lecture.now()["pc"] == lecture.symbol("sys_hello2")


def test_the_handler(lecture: Lecture) -> None:
    door = lecture.at("The door")
    r = lecture.at("The handler")
    assert (r["r0"], r["r1"]) == (door["r0"], door["r1"])
    assert r["ttbr0"] == door["ttbr0"]
    assert r["contextidr"] == door["contextidr"]
    assert not lecture.may(r["pc"], 0, Access.READ)
    line = lecture.session.code.line(r["pc"])
    assert line is not None
    assert line.file == "kernel/kernel/sys-hello2.c"


def test_the_checked_copy(lecture: Lecture) -> None:
    closed = lecture.at("The handler")["dacr"]
    r = lecture.at("The checked copy")
    assert r["r1"] == lecture.place_of("in")
    assert r["r1"] + 12 <= PAGE_OFFSET
    assert r["r0"] & ~(THREAD_SIZE - 1) == r["sp"] & ~(THREAD_SIZE - 1)  # its own stack
    walk = lecture.session.machine.walk(r["r1"])
    assert [step.level for step in walk.steps] == [1, 2]
    assert walk.domain == 1
    assert (closed >> 2 & 3, r["dacr"] >> 2 & 3) == (0, 1)
    assert lecture.may(r["r1"], 1, Access.READ)
    # the load has an entry in the table of fix-ups
    start, stop = lecture.symbol("__start___ex_table"), lecture.symbol("__stop___ex_table")
    assert r["pc"] in [lecture.word(va) for va in range(start, stop, 8)]


def test_the_pointer_within(lecture: Lecture) -> None:
    r = lecture.at("The pointer within")
    assert r["r1"] == lecture.watch("in")["name"]
    assert r["r2"] == 6
    assert r["r0"] & ~(THREAD_SIZE - 1) == r["sp"] & ~(THREAD_SIZE - 1)


def test_the_answer(lecture: Lecture) -> None:
    r = lecture.at("The answer")
    assert r["r0"] == lecture.place_of("out")
    assert r["r1"] & ~(THREAD_SIZE - 1) == r["sp"] & ~(THREAD_SIZE - 1)
    assert r["r2"] == 20
    assert lecture.word(r["r1"]) == 1
    assert any(lecture.word(r["r1"] + 4 * i) for i in range(1, 5))
    assert lecture.word(r["r0"]) == 0  # not out yet


def test_the_way_back(lecture: Lecture) -> None:
    r = lecture.at("The way back")
    assert r["r0"] == 0
    assert not r["cpsr"] & IRQ_MASKED
    lecture.session.step("instruction", 1)
    assert lecture.now()["cpsr"] & IRQ_MASKED


def test_home_again(lecture: Lecture) -> None:
    before = lecture.at("The door")
    r = lecture.at("Home again")
    assert mode(r) == USR
    assert r["pc"] == before["pc"] + 4
    differing = {f"r{i}" for i in range(13) if r[f"r{i}"] != before[f"r{i}"]}
    assert differing == {"r0"}
    assert r["r0"] == 0
    assert (r["sp"], r["lr"], r["cpsr"]) == (before["sp"], before["lr"], before["cpsr"])
    assert lecture.watch("out")["nr_calls"] == 1
    after = [call.name for call in lecture.run.syscalls() if call.enter > lecture.session.icount]
    assert after == ["write", "write", "exit_group"]


def test_no_beat_goes_unchecked() -> None:
    titles = [beat.title for beat in load_scenario("hello2").beats]
    assert titles
    for title in titles:
        assert f"test_{title.lower().replace(' ', '_')}" in globals(), title


def test_the_beats_of_hello() -> None:
    lecture = Lecture("hello")
    assert mode(lecture.at("A program begins")) == USR

    r = lecture.at("By number")
    (buf,) = [read_watch(watch, lecture.run.stop()) for watch in lecture.scenario.watch]
    assert lecture.word(r["pc"]) == 0xEF000000
    assert (r["r7"], r["r0"], r["r1"]) == (400, buf.address, 64)
    assert r["sp"] < buf.address

    after = lecture.at("Into the kernel")
    assert mode(after) == SVC
    assert after["pc"] == 0xFFFF0008
    assert (after["lr"], after["spsr"]) == (r["pc"] + 4, r["cpsr"])

    handler = lecture.at("Call number 400")
    assert handler["pc"] == lecture.symbol("sys_hello")
    assert (handler["r0"], handler["r1"]) == (r["r0"], r["r1"])

    lecture.at("Into the user's memory")
    place = lecture.session.icount
    (copied,) = [
        hop
        for call in lecture.run.syscalls()
        for hop in call.hops
        if call.name == "hello" and hop.icount == place
    ]
    assert copied.name == "copy to user"
    lecture.session.step("instruction", 1)
    assert lecture.text(buf.address).startswith("Hello from kernel!"[:4])

    back = lecture.at("The greeting has arrived")
    assert (mode(back), back["r0"]) == (USR, 0)
    assert lecture.text(buf.address) == "Hello from kerne"
    written = lecture.at("Printing is a call as well")
    assert (written["r7"], written["r0"], written["r2"]) == (4, 1, 19)
    assert lecture.text(written["r1"]) == "Hello from kerne"
