"""Why a fault happened and what came of it, against the machine: tables, registers, the run."""

from __future__ import annotations

import pytest
from tests.stories.conftest import MakeStage, Stage

from ringview.machine.events import Transition
from ringview.machine.mmu import walk
from ringview.session.aftermath import Aftermath, Ending
from ringview.views.fault import fault_story, prediction
from ringview.views.frame import FaultStory
from ringview.views.inputs import Scene
from ringview.views.knowledge import GuestBook, StopKnowledge
from ringview.views.words import address


def story_at(stage: Stage, icount: int) -> FaultStory:
    story = stage.frame(icount).narration.fault
    assert story is not None
    return story


def aftermath(stage: Stage, fault: Transition) -> Aftermath:
    found = stage.session.aftermath(fault)
    assert found is not None
    return found


def pa_at(stage: Stage, icount: int, va: int) -> int | None:
    stage.session.goto(icount)
    machine = stage.session.machine
    return walk(machine, machine.mmu(), va).pa


CASES = [
    # function, cause, level, argument of the program, words of the sentence, words of the outcome
    ("touch_fresh", "data abort", "PL0", "", "no page is mapped there", "brings in a page"),
    ("write_text", "data abort", "PL0", "", "may not be written at PL0", "sends SIGSEGV"),
    ("read_kernel", "data abort", "PL0", "", "kernel's half is closed", "sends SIGSEGV"),
    ("undefined", "undefined", "PL0", "", "not a defined instruction", "sends SIGILL"),
    ("privileged", "undefined", "PL0", "", "is for PL1 only", "sends SIGILL"),
    ("copy_on_write", "data abort", "PL0", "", "may not be written at PL0", "Copy on write: the"),
    ("arm_copy_to_user", "data abort", "PL1", "", "no page is mapped", "brings in a page"),
    ("arm_copy_from_user", "data abort", "PL1", "", "no page is mapped", "brings in a page"),
    ("sys_hello", "data abort", "PL1", "1", "may not be written even at PL1", "prints an oops"),
    ("sys_hello", "data abort", "PL1", "2", "domain 1, the user's memory", "prints an oops"),
    ("sys_hello", "data abort", "PL1", "3", "a null pointer", "prints an oops"),
]


@pytest.mark.parametrize(("function", "cause", "level", "how", "why", "then"), CASES)
def test_every_kind_has_its_sentence_and_what_came_of_it(
    make_stage: MakeStage, function: str, cause: str, level: str, how: str, why: str, then: str
) -> None:
    stage = make_stage(*([how] if how else []))
    fault = stage.fault_in(function, cause, level)
    before, story = story_at(stage, fault.icount - 1), story_at(stage, fault.icount)
    assert why in story.sentence
    assert then in story.what_next
    assert story.recorded
    assert before.coming
    assert not story.coming
    # Told beforehand, it is the same but for the tense.
    assert "is about to" in before.sentence or cause == "undefined"
    assert (before.what_next, before.evidence) == (story.what_next, story.evidence)
    if fault.fault is not None:
        assert story.sentence.endswith(f"{fault.fault.text}.")
        status = stage.session.machine.system()
        assert f"DFSR = {address(status.dfsr)}" in " ".join(story.evidence)
        assert f"DFAR = {address(status.dfar)}" in " ".join(story.evidence)


@pytest.mark.parametrize("where", ["null", "data"])
def test_a_jump_to_where_no_code_is(stage: Stage, where: str) -> None:
    shared = stage.session.resolve_address("shared")
    target = 0 if where == "null" else shared
    fault = next(t for t in stage.faults() if t.cause == "prefetch abort" and t.pc == target)
    story = story_at(stage, fault.icount)
    assert f"The program went to {address(target)}" in story.sentence
    assert ("a null pointer" in story.sentence) == (where == "null")
    assert "its handler on_fault begins" in story.what_next
    assert any(line.startswith("IFSR = ") for line in story.evidence)


def test_the_descriptor_told_is_the_one_that_refused(stage: Stage) -> None:
    """Long after the page was brought in, the evidence is still what the core met."""
    fault = stage.fault_in("touch_fresh")
    assert fault.fault_address is not None
    found = aftermath(stage, fault)
    assert pa_at(stage, fault.icount, fault.fault_address) is None
    late = story_at(stage, found.icount)
    assert any("fault entry: nothing is mapped" in line for line in late.evidence)
    assert any("rw-" in line and "mapping (VMA)" in line for line in late.evidence)


def test_each_outcome_is_the_runs(stage: Stage) -> None:
    """The end that is told is where the thread really goes on, found by stepping through."""
    endings = set()
    for fault in stage.faults():
        found = aftermath(stage, fault)
        endings.add(found.ending)
        assert found.ending in (Ending.RETRIED, Ending.SIGNAL, Ending.ELSEWHERE)
        stage.session.goto(found.icount)
        registers = stage.session.machine.registers()
        assert registers.pc == found.pc
        assert registers.mode is fault.from_mode
        if found.ending is Ending.RETRIED:
            assert registers.pc == fault.pc
            assert registers.r[:15] == fault.registers[:15]
        elif found.ending is Ending.SIGNAL:
            assert stage.session.describe(registers.pc) == "on_fault"
            assert registers.r[0] == found.signal
        else:
            assert registers.sp[fault.from_mode] == fault.registers[13]
        # Nothing of the sort comes earlier: the thread was in the kernel all the while.
        insns = stage.session.window(fault.icount, found.icount).insns
        own = insns[insns["r"][:, 13] >> 13 == fault.sp_svc >> 13]
        assert fault.pc not in own["r"][:, 15]
    assert endings == {Ending.RETRIED, Ending.SIGNAL, Ending.ELSEWHERE}


def test_copy_on_write_names_both_pages(stage: Stage) -> None:
    fault = stage.fault_in("copy_on_write")
    found, va = aftermath(stage, fault), fault.fault_address
    assert va is not None
    before, after = pa_at(stage, fault.icount, va), pa_at(stage, found.icount, va)
    assert before is not None
    assert after is not None
    assert before != after
    text = story_at(stage, fault.icount).what_next
    assert f"from PA {address(before & -4096)} to PA {address(after & -4096)}" in text
    stage.session.goto(found.icount)
    machine = stage.session.machine
    same = [machine.read_physical(pa & -4096, 4096) for pa in (before, after)]
    assert same[0] == same[1]


def test_the_last_user_of_a_page_gets_it_without_a_copy(stage: Stage) -> None:
    faults = [f for f in stage.faults() if "without a copy" in story_at(stage, f.icount).what_next]
    assert faults
    for fault in faults:
        found, va = aftermath(stage, fault), fault.fault_address
        assert va is not None
        assert pa_at(stage, fault.icount, va) == pa_at(stage, found.icount, va)


def test_predictions_come_true(make_stage: MakeStage) -> None:
    """Told without the recording, by the kernel's rules alone, and then compared with it."""
    words = {
        Ending.RETRIED: "tried again",
        Ending.SIGNAL: "the program gets SIG",
        Ending.ELSEWHERE: "__ex_table sends the kernel on at",
        Ending.KILLED: "prints an oops",
        Ending.OPEN: "prints an oops",
    }
    for how in ((), ("1",), ("2",), ("3",)):
        stage = make_stage(*how)
        session = stage.session
        book = GuestBook.of(session)
        for fault in stage.faults():
            session.goto(fault.icount)
            state = session.state()
            scene = Scene(state, None, StopKnowledge(book, state, session.awareness))
            story = fault_story(scene, fault, None)
            assert not story.recorded
            found = aftermath(stage, fault)
            assert found.oops or found.ending is not Ending.OPEN
            told = prediction(scene, fault, found)
            assert words[found.ending] in told, (told, found)


def test_a_step_from_fault_to_fault_both_ways(stage: Stage) -> None:
    session, faults = stage.session, [f.icount for f in stage.faults()]
    session.goto(faults[0] - 1)
    on = []
    for _ in faults:
        session.step("fault", 1)
        on.append(session.icount)
    assert on == faults
    back = []
    for _ in faults[1:]:
        session.step("fault", -1)
        back.append(session.icount)
    assert back == faults[-2::-1]
