"""Painters are total: any frame, also nonsense, in any room, gives lines and never an error."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len
from tests.tui import nonsense, sample

from ringview.tui.panes import (
    code,
    fetches,
    header,
    logs,
    memory,
    mitigations,
    narration,
    registers,
    schedules,
    stacks,
    tables,
    timeline,
    tlb,
    translation,
)
from ringview.tui.panes.footer import FooterPart
from ringview.tui.panes.footer import paint as paint_footer
from ringview.tui.panes.grid import GridPart
from ringview.tui.panes.logs import LogsPart
from ringview.tui.panes.narration import NarrationPart
from ringview.tui.panes.touch import MemoryPart, StacksPart, TlbPart, touched
from ringview.tui.text import Page, Room
from ringview.views import frame as frames

PAINTERS: dict[str, tuple[Any, Callable[[Any, Room], Page]]] = {
    "header": (frames.Header, header.paint),
    "timeline": (frames.Timeline, timeline.paint),
    "registers": (frames.Registers, registers.paint),
    "code": (frames.Code, code.paint),
    "stacks": (StacksPart, stacks.paint),
    "translation": (frames.Translation, translation.paint),
    "tlb": (TlbPart, tlb.paint),
    "tables": (frames.Tables, tables.paint),
    "memory": (MemoryPart, memory.paint),
    "logs": (LogsPart, logs.paint),
    "narration": (NarrationPart, narration.paint),
    "fetches": (frames.FetchLedger, fetches.paint),
    "schedules": (GridPart[frames.SchedulesView], schedules.paint),
    "mitigations": (GridPart[frames.MatrixView], mitigations.paint),
    "footer": (FooterPart, paint_footer),
}


@pytest.mark.parametrize("name", PAINTERS)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_random_parts_never_raise(name: str, seed: int) -> None:
    kind, paint = PAINTERS[name]
    random = Random(seed)
    part = nonsense.make(kind, random, 8)
    if isinstance(part, LogsPart):
        part = LogsPart(part.logs, part.tab % len(logs.TABS), part.icount)
    room = Room(
        random.randint(1, 210), random.randint(1, 60), random.random() < 0.3, random.random() < 0.3
    )
    page = paint(part, room)
    for line in page.lines:
        assert "\n" not in line.plain
        assert line.width == cell_len(line.plain)
        assert cell_len(line.fit(room.width).plain) <= room.width


@pytest.mark.parametrize("width", [20, 28, 40, 60, 120, 200])
@pytest.mark.parametrize("frame", sample.FRAMES)
def test_samples_fit_their_rooms_unaided(frame: str, width: int) -> None:
    """What the designed layouts show is chosen to fit; `fit` is the safety net, not the rule."""
    made = sample.FRAMES[frame]()
    pairs: tuple[tuple[Callable[[Any, Room], Page], object], ...] = (
        (stacks.paint, StacksPart(made.stacks)),
        (memory.paint, MemoryPart(made.memory)),
        (registers.paint, made.registers),
    )
    for paint, part in pairs:
        page = paint(part, Room(width, 24))
        if width >= 28:
            for line in page.lines:
                assert line.fit(width).width <= width


def test_the_live_stack_is_named_and_the_saved_frame_is_there() -> None:
    page = stacks.paint(StacksPart(sample.hello2().stacks), Room(46, 14))
    text = "\n".join(line.plain for line in page.lines)
    assert "● kernel" in text
    assert "○ user" in text
    assert page.aside.plain == "● sp is in the kernel stack"
    for register in ("pc   0001_0b44", "cpsr 6000_0010", "sp   bef0_0c20"):
        assert register in text


def test_the_verdict_matrix_marks_the_access_in_question() -> None:
    page = translation.paint(sample.fault().translation, Room(43, 9))
    text = "\n".join(line.plain for line in page.lines)
    assert "[✗ read]" in text
    assert "0001_1008" in text
    assert "✗ read by PL1 faults" in text


def test_colour_never_stands_alone() -> None:
    """Whoever cannot see hues still reads whose a value is and what changed."""
    page = registers.paint(sample.hello2().registers, Room(30, 24))
    lines = {line.plain.split()[0]: line.plain for line in page.lines}
    assert " k " in lines["r0"]
    assert " u " in lines["▸r1"]
    assert "0001_1008*" in lines["◂r3"]


def test_a_beat_hides_its_answer_until_asked() -> None:
    told = sample.at_svc().narration
    hidden = narration.paint(NarrationPart(told, 41_101, revealed=False), Room(118, 4))
    shown = narration.paint(NarrationPart(told, 41_101, revealed=True), Room(118, 4))
    assert "! SVC" not in "\n".join(line.plain for line in hidden.lines)
    assert "! SVC" in "\n".join(line.plain for line in shown.lines)


def test_a_fault_is_explained_first() -> None:
    page = narration.paint(NarrationPart(sample.fault().narration, 41_300, False), Room(118, 4))
    assert page.title == "why this fault"
    assert "no entry in the second-level table" in page.lines[0].plain


def test_a_beats_words_stand_before_the_fault_that_it_is_about() -> None:
    told = sample.fault().narration
    beats = tuple(replace(beat, here=i == 0) for i, beat in enumerate(told.beats))
    part = NarrationPart(replace(told, beats=beats), 41_300, False)
    page = narration.paint(part, Room(118, 14))
    lines = [line.plain for line in page.lines]
    assert str(page.title).endswith(beats[0].title)
    assert lines[0].startswith(beats[0].say[:40])
    why = next(i for i, line in enumerate(lines) if "why this fault" in line)
    assert any("no entry in the second-level table" in line for line in lines[why:])
    big = narration.paint(part, Room(118, 14, big=True))
    assert beats[0].say[:20] in big.lines[0].plain


def test_code_keeps_still_while_the_line_moves() -> None:
    starts = [code.window(position, 200, 12) for position in range(60)]
    assert all(start <= position < start + 12 for position, start in enumerate(starts))
    assert len(set(starts)) <= 12


def test_a_watched_register_has_no_address() -> None:
    shown = replace(sample.at_svc().memory, watches=sample.at_svc().memory.watches[:1])
    (watch,) = shown.watches
    assert f" @ {watch.va >> 16:04x}_" in painted(shown)
    moved = replace(watch, type="char * in r4", va=0)
    text = painted(replace(shown, watches=(moved,)))
    assert "char * in r4" in text
    assert " @ " not in text


def painted(shown: frames.Memory) -> str:
    return "\n".join(line.plain for line in memory.paint(MemoryPart(shown), Room(60, 20)).lines)


def test_memory_about_to_be_accessed_is_marked_where_it_is_shown() -> None:
    frame = sample.hello2()
    touch = touched(frame.translation)
    assert touch.va == 0xBEF00C40
    page = memory.paint(MemoryPart(frame.memory, touch), Room(60, 20))
    assert any(line.plain.startswith("▸name") for line in page.lines)
    assert any(line.plain.startswith("▸bef0_0c40") for line in page.lines)
    assert sum(line.plain.startswith("▸") for line in page.lines) == 2
    shown = stacks.paint(StacksPart(frame.stacks, touch), Room(120, 30, roomy=True))
    assert any(line.plain.startswith("▸bef0_0c40 in.name") for line in shown.lines)
    assert touched(sample.at_svc().translation).va == -1
