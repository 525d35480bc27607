"""Frames of the real kernel running hello2: what a viewer reads is what the machine did."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.views.text import PANES, render_text

from ringview.arm.psr import Mode
from ringview.guest.make import find_zig
from ringview.guest.tree import find_tree
from ringview.scenario.images import provide_images, session_setup
from ringview.scenario.load import load_scenario
from ringview.scenario.model import Scenario
from ringview.session.session import Session
from ringview.session.syscalls import SyscallRecord
from ringview.views.assemble import FrameBuilder
from ringview.views.effect import effect_at
from ringview.views.entry import arithmetic, compared
from ringview.views.frame import Frame, Privilege, StackSlot, ViewRequest
from ringview.views.operation import Kind
from ringview.views.stacks import PT_REGS


class Run:
    """hello2, recorded to its end."""

    def __init__(self, session: Session, scenario: Scenario) -> None:
        self.session = session
        self.scenario = scenario

    @property
    def call(self) -> SyscallRecord:
        return next(r for r in self.session.syscalls() if r.name == "hello2")

    def at(self, place: int | str, request: ViewRequest | None = None) -> Frame:
        if isinstance(place, int):
            self.session.goto(place)
        else:
            self.session.goto_place(place)
        return FrameBuilder(self.session).build(self.scenario, request or ViewRequest(), 1)


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    if find_zig() is None:
        pytest.skip("the ziglang package is not installed")
    scenario = load_scenario(find_tree().scenarios / "hello2.yaml")
    session = Session.open(session_setup(scenario, provide_images(scenario)))
    session.start()
    session.run()
    assert session.finished
    yield Run(session, scenario)
    session.machine.close()


def notes(frame: Frame) -> dict[str, str]:
    return {row.name: row.note for row in frame.registers.core}


def slots(stack: tuple[StackSlot, ...], prefix: str) -> dict[str, StackSlot]:
    return {s.label.removeprefix(prefix): s for s in stack if s.label.startswith(prefix)}


def test_before_the_svc_everything_is_named(run: Run) -> None:
    frame = run.at(run.call.enter - 1)
    assert frame.header.privilege is Privilege.USER
    assert frame.header.task == "hello2[2]"
    assert notes(frame)["r7"] == "hello2"
    assert (notes(frame)["r0"], notes(frame)["r1"]) == ("in", "out")
    assert notes(frame)["sp"] == "user stack"
    assert "takes the Supervisor Call exception" in frame.narration.next_effect
    assert "r7 = 401 asks for hello2" in frame.narration.next_effect
    current = next(row for row in frame.code.rows if row.current)
    assert current.mnemonic == "svc"
    assert frame.code.path.startswith("userland/")
    assert not frame.stacks.kernel.live
    assert frame.stacks.kernel.used == 0


def test_the_door_is_told_in_order(run: Run) -> None:
    frame = run.at(run.call.enter)
    story = frame.narration.transition
    assert story is not None
    assert (story.from_mode, story.to_mode, story.just_now) == ("USR", "SVC", True)
    spsr = run.session.state().registers["spsr_svc"]
    lr = run.session.state().registers["lr_svc"]
    assert f"{lr >> 16:04x}_{lr & 0xFFFF:04x}" in story.steps[0]
    assert story.steps[0].startswith("lr_svc")
    assert f"{spsr >> 16:04x}_{spsr & 0xFFFF:04x}" in story.steps[1]
    assert "M USR → SVC, I 0 → 1" in story.steps[2]
    assert "ffff_0008" in story.steps[3]
    assert "kernel stack of hello2[2]" in story.steps[4]
    assert "will store r0-r12 in pt_regs" in " ".join(story.steps)
    assert frame.stacks.kernel.live
    assert frame.header.place == "Supervisor Call vector"
    changed = {row.name for row in frame.registers.core if row.changed}
    assert {"sp", "lr", "pc", "cpsr"} <= changed


def test_what_is_announced_at_the_vector_comes_true(run: Run) -> None:
    """Every store that is promised is found in the trace, at the address promised."""
    from ringview.views.entry import savings_since
    from ringview.views.inputs import Scene
    from ringview.views.knowledge import GuestBook, StopKnowledge

    session, call = run.session, run.call
    session.goto(call.enter)
    book = GuestBook.of(session)
    state = session.state()
    scene = Scene(state, None, StopKnowledge(book, state, session.awareness))
    t = session.last_transition_at_or_before(call.enter)
    assert t is not None
    savings = savings_since(scene, t)
    assert [s.done for s in savings] == [False] * len(savings)
    trace = session.window(call.enter, call.enter + 64)
    stored = {int(a["va"]) for a in trace.accesses if a["flags"] & 1}
    promised = {va for s in savings for va in range(s.low, s.high + 4, 4)}
    assert len(promised) == 18
    assert promised <= stored


def test_predicted_effects_come_true(run: Run) -> None:
    """What is said of the next instruction is what the machine then does, 2,000 times."""
    first = run.call.enter - 60
    trace = run.session.window(first, first + 2001)
    accesses: dict[int, list[tuple[int, int, bool]]] = {}
    for row in trace.accesses:
        where = (int(row["va"]), int(row["size"]), bool(row["flags"] & 1))
        accesses.setdefault(int(row["icount"]), []).append(where)
    names = [*(f"r{i}" for i in range(13)), "sp", "lr", "pc"]
    computed = 0
    for now, then in zip(trace.insns, trace.insns[1:], strict=False):
        registers = {name: int(value) for name, value in zip(names, now["r"], strict=True)}
        after = {name: int(value) for name, value in zip(names, then["r"], strict=True)}
        registers["cpsr"] = int(now["cpsr"])
        for bank in ("usr", "svc"):  # as far as user-bank transfers need them
            registers |= {f"sp_{bank}": registers["sp"], f"lr_{bank}": registers["lr"]}
        effect = effect_at(int(now["insn"]), registers["pc"], registers)
        went_on = after["pc"] == registers["pc"] + 4
        if effect.kind in (Kind.SVC, Kind.EXCEPTION_RETURN, Kind.SYSTEM):
            continue
        told = [(a.va, a.size, a.write) for a in effect.accesses]
        assert sorted(told) == sorted(accesses.get(int(now["icount"]), [])), hex(registers["pc"])
        if effect.target is not None:
            assert after["pc"] == effect.target
        elif "pc" not in effect.operation.writes or not effect.holds:
            assert went_on, hex(registers["pc"])
        changed = {name for name in names[:15] if registers[name] != after[name]}
        assert changed <= set(effect.operation.writes)
        assert effect.holds or not changed
        name, value = arithmetic(effect, registers) if effect.holds else ("", None)
        if name and value is not None:
            assert after[name] == value, hex(registers["pc"])
            computed += 1
        flags = compared(effect, registers) if effect.holds else None
        if flags is not None:
            assert int(then["cpsr"]) >> 28 == flags >> 28
            computed += 1
    assert computed > 500


def test_a_watch_waits_until_its_frame_is_set_up(run: Run) -> None:
    at_entry = run.at("main")
    assert not at_entry.memory.watches[0].resolved
    assert "has not set up its frame" in at_entry.memory.watches[0].why_not
    assert run.at(run.call.enter - 1).memory.watches[0].resolved


def test_pt_regs_holds_the_registers_of_the_svc(run: Run) -> None:
    before = run.at(run.call.enter - 1)
    user = {row.name: row.value for row in before.registers.core}
    frame = run.at("sys_hello2")
    saved = slots(frame.stacks.kernel.slots, "pt_regs.")
    assert list(saved) == list(PT_REGS)
    for i in range(11):
        assert saved[f"ARM_r{i}"].value == user[f"r{i}"], i
    assert saved["ARM_fp"].value == user["fp"]
    assert saved["ARM_ip"].value == user["ip"]
    assert saved["ARM_sp"].value == user["sp"]
    assert saved["ARM_lr"].value == user["lr"]
    assert saved["ARM_pc"].value == user["pc"] + 4
    assert saved["ARM_cpsr"].value == user["cpsr"]
    assert saved["ARM_ORIG_r0"].value == user["r0"]
    assert saved["ARM_r7"].note == "hello2"


def test_entry_code_fills_pt_regs_word_by_word(run: Run) -> None:
    pending = []
    for step in range(16):
        frame = run.at(run.call.enter + step)
        saved = slots(frame.stacks.kernel.slots, "pt_regs.")
        waiting = ("not stored yet", "free, left from earlier")
        pending.append(sum(slot.note in waiting for slot in saved.values()))
    assert pending[0] == 18
    assert pending[-1] == 0
    assert pending == sorted(pending, reverse=True)
    assert len(set(pending)) >= 4


def test_the_backtrace_is_unbroken_from_handler_to_main(run: Run) -> None:
    frame = run.at("sys_hello2")
    trace = frame.stacks.backtrace
    places = [row.place.partition("+")[0] for row in trace]
    assert places[0] == "sys_hello2"
    assert "main" in places
    crossing = next(row for row in trace if row.boundary)
    assert crossing.privilege is Privilege.USER
    assert "system call" in crossing.boundary
    main = next(row for row in trace if row.place.startswith("main"))
    assert main.source.startswith("userland/hello2.c:")


def test_the_copy_is_walked_and_typed(run: Run) -> None:
    first = run.session.hops(run.call)
    copy = next(hop for hop in first if hop.name == "copy from user")
    frame = run.at(copy.icount)
    t = frame.translation
    assert (t.access, t.privilege, t.mapped) == ("read", "PL1", True)
    assert [step.level for step in t.steps] == ["TTBR0", "L1", "L2", "PA"]
    assert t.steps[1].index.startswith("VA[31:20] = 0xbef")
    assert "page table" in t.steps[1].meaning
    assert "read by PL1: allowed" in t.verdict
    watch = next(w for w in frame.memory.watches if w.name == "in")
    assert watch.resolved
    assert t.va == watch.va
    values = {field.name: field.value for field in watch.fields}
    assert values["name"].endswith('→ "beagle"')
    assert (values["len"], values["val"]) == ("6", "7")
    assert frame.memory.accesses == ()
    later = run.at(copy.icount + 40)
    assert later.memory.accesses[0].va == watch.va
    assert not later.memory.accesses[0].write


def test_the_result_is_told_at_the_return(run: Run) -> None:
    assert run.call.exit is not None
    frame = run.at(run.call.exit)
    story = frame.narration.transition
    assert story is not None
    assert (story.from_mode, story.to_mode, story.just_now) == ("SVC", "USR", True)
    assert "carries the result of hello2: 0" in story.steps[-1]
    assert any("sp_usr" in step for step in story.steps)
    row = frame.logs.syscalls[-1]
    assert (row.name, row.ret, row.current) == ("hello2", 0, False)
    out = next(w for w in frame.memory.watches if w.name == "out")
    assert next(f.value for f in out.fields if f.name == "nr_calls") == "1"
    assert any(access.write for access in frame.memory.accesses)


def test_going_back_takes_lines_away(run: Run) -> None:
    end = run.at(run.session.end)
    assert any("sys_hello2(name : beagle" in line.text for line in end.logs.kernel)
    assert "nr_calls" in end.logs.console
    back = run.at(run.call.enter)
    assert not any("sys_hello2(name" in line.text for line in back.logs.kernel)
    assert back.logs.console == ""
    assert [row.ret for row in back.logs.syscalls] == [None]


def test_every_fault_has_a_reason(run: Run) -> None:
    first = run.session.first_user
    faults = [t for t in run.session.transitions(first) if t.fault is not None]
    assert faults
    for t in faults:
        frame = run.at(t.icount)
        story = frame.narration.fault
        assert story is not None
        assert story.icount == t.icount
        assert t.fault is not None
        assert t.fault.text in story.sentence
        assert any("FSR = " in line for line in story.evidence)
        assert story.what_next
        assert frame.translation.va == t.fault_address
        assert frame.header.privilege is Privilege.ABORT
        denied = [v for v in frame.translation.verdicts if not v.allowed]
        assert denied


def test_every_transition_has_a_story(run: Run) -> None:
    first = run.session.first_user
    assert first is not None
    for t in run.session.transitions(first):
        story = run.at(t.icount).narration.transition
        assert story is not None
        assert story.just_now
        assert story.to_mode == t.to_mode.name
        assert len(story.steps) >= 2
        assert t.from_mode is not Mode.USR or "sp_usr" in " ".join(story.steps)


def test_frames_travel_and_print_at_every_kind_of_place(run: Run) -> None:
    places: list[int | str] = [0, 1, 1000, "_start", "main", "sys_hello2", run.session.end]
    places += [hop.icount for hop in run.session.hops(run.call)]
    for place in places:
        frame = run.at(place)
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(frame), type=Frame) == frame
        text = render_text(frame, PANES, 100)
        assert "None" not in text
        assert text.count("[registers]") == 1


def test_the_request_bounds_what_is_sent(run: Run) -> None:
    request = ViewRequest(
        translation_va=0xC0008000,
        memory_va=0xC0008004,
        code_rows=5,
        source_lines=7,
        stack_slots=8,
        memory_rows=3,
        log_rows=2,
    )
    frame = run.at("sys_hello2", request)
    assert (frame.translation.va, frame.translation.reason) == (0xC0008000, "chosen")
    assert frame.memory.rows[0].va == 0xC0008000
    assert len(frame.memory.rows) == 3
    assert len(frame.code.rows) <= 5
    assert len(frame.code.source) <= 7
    assert len(frame.stacks.user.slots) == 8
    assert len(frame.logs.kernel) == 2
    assert len(frame.logs.events) <= 2


def test_sources_are_those_of_the_tree(run: Run) -> None:
    frame = run.at("sys_hello2")
    assert frame.code.path == "kernel/kernel/sys-hello2.c"
    text = (find_tree().root / Path(frame.code.path)).read_text().splitlines()
    for line in frame.code.source:
        assert line.text == text[line.number - 1].expandtabs(8)
    assert [line.current for line in frame.code.source].count(True) == 1


def test_a_frame_is_quick(run: Run) -> None:
    """The budget is 12 ms; the bound here is loose, for busy machines."""
    places = range(run.call.enter, run.call.enter + 40)
    for place in places:
        run.at(place)
    spent = []
    for place in places:
        run.session.goto(place)
        begun = time.perf_counter()
        FrameBuilder(run.session).build(run.scenario, ViewRequest(), 1)
        spent.append(time.perf_counter() - begun)
    assert sorted(spent)[len(spent) // 2] < 0.05
