"""Bytes on the wire and the diary, without a process."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringview.engine.diary import Diary, read_diary
from ringview.engine.inputs import Deed
from ringview.engine.protocol import Go, Look, Step
from ringview.engine.wire import Splitter, pack, unpack_command, unpack_message
from ringview.errors import EngineError
from ringview.session.condition import parse
from ringview.session.journal import Journal, JournalEntry
from ringview.session.stoppoints import StopPoint
from ringview.session.wanted import Wanted
from ringview.views.frame import ViewRequest


@given(st.lists(st.integers(0, 1 << 60)), st.lists(st.integers(1, 40)))
def test_a_stream_is_cut_into_the_same_messages_however_it_arrives(
    icounts: list[int], sizes: list[int]
) -> None:
    commands = [Go(i, icount) for i, icount in enumerate(icounts)]
    stream = b"".join(pack(command) for command in commands)
    splitter = Splitter(1 << 20)
    got = []
    position = 0
    for size in [*sizes, len(stream)]:
        part, position = stream[position : position + size], position + size
        got += [unpack_command(body) for body in splitter.feed(part)]
    assert got == commands


@given(st.binary(max_size=200))
def test_rubbish_is_refused_in_words(data: bytes) -> None:
    # Whatever it is, nothing but the error made for it comes out.
    for unpack in (unpack_command, unpack_message):
        with contextlib.suppress(EngineError):
            assert unpack(data) is not None


def test_a_length_that_cannot_be_is_refused() -> None:
    with pytest.raises(EngineError, match="longer"):
        list(Splitter(1000).feed(b"\x00\x00\x10\x00"))


def test_a_command_keeps_its_view() -> None:
    look = Look(3, ViewRequest(timeline=(1, 2), memory_va=5))
    assert unpack_command(pack(look)[4:]) == look
    assert unpack_command(pack(Step(1, "over", -2))[4:]) == Step(1, "over", -2)


def test_a_diary_is_read_back_and_a_torn_last_note_left_out(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    diary = Diary(path)
    diary.images({"kernel": "/k"})
    diary.position(5)
    typed = JournalEntry(5, "console", b"\x00\xffa")
    raised = JournalEntry(9, "irq", line=4)
    diary.deed(Deed((JournalEntry(3, "irq", line=1),), 3, scheduled=True))
    diary.deed(Deed((typed,), 5))
    diary.deed(Deed((raised,), 9))
    diary.deed(Deed((JournalEntry(10, "store", b"\x01", pa=0x80000010),), 9, whole=True))
    diary.taken_back()
    wanted = Wanted("in.len", "write", "in.len", "in.len (4 bytes at …)", ((0x80001000, 4),))
    points = (
        StopPoint(3, "sys_hello2", (0x20,), condition=parse("r1 == 0 && in.len > 64")),
        StopPoint(4, "in.len", wanted=wanted),
    )
    diary.stops(points[:1])
    diary.stops(points)
    diary.bookmarks([(5, "here"), (6, "gone")])
    diary.bookmarks([(5, "here")])
    diary.position(11)
    diary.close()
    with path.open("ab") as file:
        file.write(b'{"at": 12')
    memory = read_diary(path)
    assert memory.position == 11
    assert [deed.entries[0] for deed in memory.deeds.items[1:]] == [typed, raised]
    assert memory.stops == points
    assert memory.bookmarks == {5: "here"}
    assert memory.images == {"kernel": "/k"}
    base = Journal([JournalEntry(2, "irq", line=1), JournalEntry(7, "irq", line=2)])
    assert [entry.icount for entry in memory.journal(base)] == [2, 3, 5, 9]
    taken = [memory.deeds.take_back() for _ in range(3)]
    assert taken == [Deed((raised,), 9), Deed((typed,), 5), None]  # the scenario's own stays
    assert [entry.icount for entry in memory.journal(base)] == [2, 3]
    assert read_diary(tmp_path / "none").position is None
