"""Frames as plain text, on a frame made of every pane's smallest parts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.views.text import PANES, render_text

from ringview.errors import InputError
from ringview.views.code import build_code
from ringview.views.frame import Frame, LogLine, ViewRequest
from ringview.views.header import RunFacts, build_header
from ringview.views.inputs import Function
from ringview.views.logs import build_logs
from ringview.views.memory import build_memory
from ringview.views.narration import BeatText, build_narration
from ringview.views.next import next_effect
from ringview.views.registers import build_registers
from ringview.views.stacks import build_stacks
from ringview.views.timeline import History, build_timeline
from ringview.views.tlb import build_tlb
from ringview.views.translation import build_translation, question
from ringview.views.words import address, counted, listed, quoted, read_string, register_list, size

from .fakes import HELLO2, TEXT, FakeKnowledge, FakeState, registers, scene


def _frame(state: FakeState | None = None) -> Frame:
    state = state or FakeState(registers=registers(r7=401)).words(TEXT, 0xEF000000, 0xE1A00001)
    know = FakeKnowledge(
        functions=(Function("main", TEXT, TEXT + 64),),
        texts={0xEF000000: ("svc", "#0"), 0xE1A00001: ("mov", "r0, r1")},
        syscalls={401: "hello2"},
        current=HELLO2,
    )
    at = scene(state, know, request=ViewRequest(stack_slots=4, memory_rows=2))
    history = History()
    asked = question(at, None)
    translation = build_translation(at, asked, None)
    return Frame(
        1,
        build_header(at, RunFacts("hello2", "hello2", "bbb", 2000, True, False, "1 on", 10)),
        build_timeline(history, [], [], now=1000, bounds=(0, 2000)),
        build_registers(at),
        build_code(at),
        build_stacks(at),
        translation,
        build_tlb(at, None, None),
        build_memory(at, (), (), (), None),
        build_logs([LogLine(0.5, 6, "up")], b"hi\n", (), history, now=1000, rows=9),
        build_narration(
            at,
            history,
            [],
            beats=[BeatText("The door", "One\nline and another.", 1000, "Which?")],
            translation=translation,
        ),
    )


def test_every_pane_has_its_heading() -> None:
    text = render_text(_frame())
    for name in PANES[1:]:
        assert f"[{name}]" in text
    assert "beat 1: The door" in text
    assert "Question: Which?" in text
    assert "[    0.500000] up" in text
    assert text.endswith("\n")


def test_panes_can_be_chosen() -> None:
    text = render_text(_frame(), ("logs",))
    assert [line for line in text.splitlines() if line.startswith("[")] == [
        "[kernel log]",
        "[console]",
        "[syscalls]",
        "[events]",
    ]


def test_an_unknown_pane_is_a_clear_error() -> None:
    with pytest.raises(InputError, match='no pane is named "stack"'):
        render_text(_frame(), ("stack",))


def test_sentences_are_wrapped_between_words() -> None:
    for line in render_text(_frame(), ("narration", "translation"), width=40).splitlines():
        assert len(line) <= 40 or " " not in line.strip()


def test_thumb_code_is_listed_and_its_svc_told() -> None:
    state = FakeState(registers=registers(cpsr=0x60000030, pc=TEXT + 2, r7=401))
    state.write(TEXT, bytes.fromhex("467100dfbd80"))
    frame = _frame(state)
    assert [row.va for row in frame.code.rows if row.current] == [TEXT + 2]
    assert [row.note for row in frame.code.rows if row.current] == [
        "takes the Supervisor Call exception"
    ]
    assert "asks for hello2" in frame.narration.next_effect
    assert {r.name: r.note for r in frame.registers.core}["r7"] == "hello2"
    lost = FakeState(registers=registers(cpsr=0x30, pc=0x400))
    assert "Prefetch Abort" in next_effect(scene(lost, FakeKnowledge()), None)


_WORDS = st.integers(0, 0xFFFFFFFF) | st.sampled_from([0, 0xFFFFFFFC, 0xBEF00C20, 0xFFFF0008, TEXT])


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_state_of_the_machine_breaks_a_pane(data: st.DataObject) -> None:
    """Wild pointers, reserved modes, Thumb, code that is none: something is shown all the same."""
    names = sorted(registers())
    values = {name: data.draw(_WORDS) for name in names}
    values["spsr"] = values["spsr_svc"]
    state = FakeState(registers=values)
    for _ in range(4):
        at = data.draw(_WORDS) & ~3
        state.words(at, *(data.draw(_WORDS) for _ in range(4)))
    state.words(values["pc"] & ~3, data.draw(_WORDS), data.draw(_WORDS))
    text = render_text(_frame(state))
    assert "[registers]" in text


def test_words() -> None:
    assert address(0xBEF00C40) == "bef0_0c40"
    assert counted(1, "instruction") == "1 instruction"
    assert counted(41207, "instruction") == "41,207 instructions"
    assert (size(4096), size(1 << 20), size(72)) == ("4 KiB", "1 MiB", "72 bytes")
    assert listed(["r4", "r5", "lr"]) == "r4, r5 and lr"
    assert register_list(["r0", "r1", "r2", "lr"]) == "r0-r2, lr"
    assert register_list(["r0", "r1"]) == "r0, r1"
    assert quoted(b'a"\n\x01') == '"a\\"\\n\\x01"'
    assert quoted(b"x" * 40).endswith('"…')


def test_strings_end_at_their_terminator_even_before_a_hole() -> None:
    state = FakeState().write(0x1FFC, b"abc\0")
    assert read_string(state.read_virtual, 0x1FFC) == b"abc"
    state = FakeState().write(0x1FFC, b"abcd")
    assert read_string(state.read_virtual, 0x1FFC) is None
    assert read_string(FakeState().write(0, b"x" * 200).read_virtual, 0) is None
