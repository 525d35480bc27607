"""Every claim of a transition's story against the machine: all kinds, both ways, beforehand too."""

from __future__ import annotations

import re

from tests.stories.conftest import Stage

from ringview.arm.psr import Mode
from ringview.machine.events import Transition
from ringview.machine.trace import Access
from ringview.views.frame import TransitionStory
from ringview.views.words import address


def story_at(stage: Stage, icount: int) -> TransitionStory:
    story = stage.frame(icount).narration.transition
    assert story is not None
    return story


def one_of_each(stage: Stage) -> dict[tuple[str, str, str], Transition]:
    """A transition of each cause between each two modes, the second of its kind if there is one."""
    found: dict[tuple[str, str, str], list[Transition]] = {}
    for t in stage.session.transitions(stage.session.first_user):
        found.setdefault((t.cause, t.from_mode.name, t.to_mode.name), []).append(t)
    return {key: kind[min(1, len(kind) - 1)] for key, kind in found.items()}


def test_all_kinds_are_there(ticking: Stage) -> None:
    kinds = set(one_of_each(ticking))
    assert {
        ("svc", "USR", "SVC"),
        ("irq", "USR", "IRQ"),
        ("irq", "SVC", "IRQ"),
        ("data abort", "USR", "ABT"),
        ("data abort", "SVC", "ABT"),
        ("prefetch abort", "USR", "ABT"),
        ("undefined", "USR", "UND"),
        ("return", "ABT", "SVC"),
        ("return", "SVC", "USR"),
    } <= kinds


def test_what_is_said_of_an_entry_is_so(ticking: Stage) -> None:
    session = ticking.session
    for t in one_of_each(ticking).values():
        if not t.is_exception:
            continue
        story = story_at(ticking, t.icount)
        now = session.state().registers
        mode = t.to_mode.name.lower()
        assert story.steps[0].startswith(f"lr_{mode} = {address(now[f'lr_{mode}'])}")
        assert story.steps[1].startswith(f"spsr_{mode} = {address(now[f'spsr_{mode}'])}")
        assert f"M {t.from_mode.name} → {t.to_mode.name}" in story.steps[2]
        assert ("I 0 → 1" in story.steps[2]) == (not now["spsr"] & 0x80)
        assert story.steps[3].startswith(f"PC = {address(now['pc'])}")
        assert ("SCTLR.V is 1" in story.steps[3]) == bool(session.state().system["sctlr"] >> 13 & 1)
        sides = {row.name: row for row in story.rows}
        for name in ("pc", "sp", "lr", "spsr"):
            assert sides[name].after.startswith(address(now[name])), (t.cause, name)
        assert sides["cpsr"].after == address(now["cpsr"])
        if t.cause == "irq":  # taken after the instruction, by no instruction of its own
            continue
        session.goto(t.icount - 1)
        then = session.state().registers
        for name in ("pc", "sp", "lr"):
            assert sides[name].before.startswith(address(then[name])), (t.cause, name)
        assert sides["cpsr"].before == address(then["cpsr"])


def test_what_is_said_of_a_return_is_so(ticking: Stage) -> None:
    session = ticking.session
    for t in one_of_each(ticking).values():
        if t.is_exception or t.cause != "return":
            continue
        story = story_at(ticking, t.icount)
        now = session.state().registers
        sides = {row.name: row for row in story.rows}
        for name in ("pc", "sp"):
            assert sides[name].after.startswith(address(now[name])), (t.to_mode, name)
        assert sides["cpsr"].after == address(now["cpsr"])
        session.goto(t.icount - 1)
        then = session.state().registers
        assert sides["cpsr"].before == address(then["cpsr"])
        assert sides["pc"].before.startswith(address(then["pc"]))
        changed = {bit.name for bit in story.bits if bit.changed}
        assert ("I" in changed) == bool((then["cpsr"] ^ now["cpsr"]) & 0x80)
        said = " ".join(story.steps)
        assert ("IRQ enabled" in said) == ("I" in changed)


def test_a_return_to_user_mode_tells_each_register_it_loads(ticking: Stage) -> None:
    """Every load is in the trace, and what is loaded is what the program goes on with."""
    session = ticking.session
    returns = [t for t in session.transitions(session.first_user) if t.to_mode is Mode.USR]
    for t in returns[:: max(1, len(returns) // 12)]:
        story = story_at(ticking, t.icount)
        now = dict(session.state().registers)
        loads = [move for move in story.moves if move.load]
        assert len(loads) >= 16
        trace = session.window(t.icount - 30, t.icount)
        read = {
            int(a["va"]): int(a["value"])
            for a in trace.accesses
            if not int(a["flags"]) & Access.WRITE
        }
        names = {"the user's sp": "sp_usr", "the user's lr": "lr_usr", "fp": "r11", "ip": "r12"}
        for move in loads:
            assert move.place.startswith("pt_regs.ARM_")
            own = move.place.removeprefix("pt_regs.ARM_")
            register = names.get(move.register, move.register)
            if own == "cpsr":
                assert read[move.va] == now["cpsr"]
            elif own == "pc":
                assert read[move.va] == now["pc"]
            else:
                assert read[move.va] == now[register], move


def test_what_entry_code_will_store_it_then_stores(ticking: Stage) -> None:
    session = ticking.session
    for key, t in one_of_each(ticking).items():
        if t.to_mode is Mode.USR or t.cause in ("cps", "msr"):
            continue
        story = story_at(ticking, t.icount)
        promised = [move for move in story.moves if not move.load]
        if key[0] == "svc":
            assert len(promised) == 18
        trace = session.window(t.icount, t.icount + 64)
        stored = {int(a["va"]) for a in trace.accesses if int(a["flags"]) & Access.WRITE}
        assert {move.va for move in promised} <= stored, key
        assert promised or t.cause == "return" or key[2] == "UND", key


def test_right_before_it_is_told_as_coming_and_the_same(ticking: Stage) -> None:
    for key, t in one_of_each(ticking).items():
        if len(ticking.session.transitions(t.icount - 1, t.icount)) > 1:
            continue  # another one just before, or at the same moment
        before, after = story_at(ticking, t.icount - 1), story_at(ticking, t.icount)
        assert (before.coming, before.just_now) == (True, False), key
        assert (after.coming, after.just_now) == (False, True), key
        assert before.icount == after.icount == t.icount

        def facts(story: TransitionStory) -> list[str]:
            return re.findall(r"[0-9a-f]{4}_[0-9a-f]{4}", " ".join(story.steps))

        assert facts(before) == facts(after), key
        assert [m.va for m in before.moves] == [m.va for m in after.moves]


def test_walked_backwards_the_stories_are_the_same(ticking: Stage) -> None:
    session = ticking.session
    some = session.transitions(session.first_user)[40:52]
    forwards = [story_at(ticking, t.icount) for t in some]
    backwards = [story_at(ticking, t.icount) for t in reversed(some)]
    assert forwards == backwards[::-1]
