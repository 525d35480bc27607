"""A guest changes a page's entry and forgets the TLB: the TLB pane says which entry is out of date,
and in what, from the guest's store to the text on the screen.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.small_guest import compiled
from tests.views.text import render_text

from ringview.session.session import Session
from ringview.session.setup import SessionSetup
from ringview.tui.panes import tlb, translation
from ringview.tui.panes.touch import TlbPart
from ringview.tui.text import Room
from ringview.views.assemble import FrameBuilder
from ringview.views.frame import Frame, TlbEntry, ViewRequest

DATA = Path(__file__).parent / "data"
PAGE_VA = 0x40004000


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    output = compiled(tmp_path_factory.mktemp("stale") / "stale", DATA / "stale.S")
    setup = SessionSetup("stale", output, memory_bytes=2 << 20, observe="everything")
    made = Session.open(setup)
    made.start()
    return made


def frame_at(session: Session, place: str) -> Frame:
    assert session.goto_place(place).arrived
    return FrameBuilder(session).build(None, ViewRequest(translation_va=PAGE_VA), 1)


def entry_of(frame: Frame) -> TlbEntry:
    (entry,) = (e for e in frame.tlb.data.entries if e.va == PAGE_VA)
    return entry


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("loaded", ""),
        ("moved", "the tables say → 8006_1000"),
        ("read_again", "the tables say → 8006_1000"),
        ("protected", "the tables say --/ro"),
        ("removed", "the tables map nothing"),
        ("restored", ""),
        ("reloaded", ""),
    ],
)
def test_an_entry_that_the_tables_left_behind_is_marked(
    session: Session, place: str, why: str
) -> None:
    session.goto(0)
    frame = frame_at(session, place)
    model = session.machine.tlb()
    session.goto(session.end)
    session.goto(0)
    session.goto_place(place)
    assert session.machine.tlb() == model
    entry = entry_of(frame)
    assert (entry.stale, entry.why) == (bool(why), why)
    assert entry.pa == (0x80061000 if place == "reloaded" else 0x80060000)
    assert not any(e.stale for e in frame.tlb.data.entries if e.va != PAGE_VA)
    assert not any(e.stale for e in frame.tlb.instruction.entries)
    for room in (Room(64, 4), Room(120, 27, roomy=True, zoomed=True), Room(30, 10)):
        lines = [line.plain for line in tlb.paint(TlbPart(frame.tlb), room).lines]
        line = next(line for line in lines if "4000_4" in line or "40004" in line)
        assert ("!" in line) == bool(why)
        if room.zoomed:
            number = entry.index
            said = f" ! D{number} 4000_4000 is stale: {why}"
            assert (said in lines) == bool(why)
    plain = render_text(frame, ["tlb"])
    assert ("stale" in plain) == bool(why)
    told = translation.paint(frame.translation, Room(120, 20)).aside.plain
    assert told.startswith("tlb stale" if why else "tlb hit")


def test_the_guest_itself_still_reads_through_the_old_entry(session: Session) -> None:
    """The model and the processor agree: what is marked is what the guest runs on."""
    session.goto(0)
    session.goto_place("read_again")
    assert session.state().registers["r5"] == 0x01D01D01
    session.goto_place("reloaded")
    assert session.state().registers["r5"] == 0x0E700E70


def test_an_invalidated_entry_is_gone(session: Session) -> None:
    session.goto(0)
    frame = frame_at(session, "invalidated")
    assert not any(e.va == PAGE_VA for e in frame.tlb.data.entries)
    assert frame.translation.in_tlb == "miss in D: a walk would fill it"
