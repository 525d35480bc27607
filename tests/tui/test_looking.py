"""What a wish to see something changes of the view, and which command an action is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.tui import sample

from ringview.engine.protocol import Bookmark, Breakpoint, Go, GoToStop, RemoveStop
from ringview.tui import looking
from ringview.tui.commands import COMMANDS
from ringview.tui.sending import ACTIONS, breakpoint_turned, of_mark
from ringview.views.frame import Storyboard, ViewRequest


@given(st.integers(0, 0xFFFFFFFF))
def test_an_address_is_read_back_in_every_spelling(va: int) -> None:
    for text in (f"{va:x}", f"0x{va:08x}", f"{va >> 16:04x}_{va & 0xFFFF:04x}", f" {va:X} "):
        assert looking.address(text) == va


@given(st.integers(0, 0xFFFFFFFF))
def test_memory_is_shown_by_whole_rows(va: int) -> None:
    shown = looking.memory_at(ViewRequest(), va).memory_va
    assert shown is not None
    assert shown % 16 == 0
    assert shown <= va < shown + 16


@given(st.sets(st.integers(0, 9)), st.integers(0, 9))
def test_an_entry_of_the_tables_is_never_open_and_shut(opened: set[int], key: int) -> None:
    view = ViewRequest(tables_open=tuple(sorted(opened)), tables_shut=(3, 4))
    turned = looking.table_turned(view, None, key)
    assert key in turned.tables_open
    assert key not in turned.tables_shut
    assert set(turned.tables_open) == opened | {key}


@given(st.integers(-3, 3), st.integers(0, 5), st.integers(1, 6))
def test_another_call_is_one_that_there_is(direction: int, ordinal: int, count: int) -> None:
    shown = sample.hello2().storyboard
    assert isinstance(shown, Storyboard)
    board = replace(shown, ordinal=min(ordinal, count - 1), count=count)
    call = looking.other_call(ViewRequest(), board, direction).call
    assert -1 <= call < count
    assert looking.other_call(ViewRequest(call=2), board, 0).call == -1


def test_a_breakpoint_that_is_shown_is_cleared() -> None:
    frame = sample.hello2()
    standing = next(stop for stop in frame.marks.stops if not stop.watch)
    assert breakpoint_turned(frame, standing.where) == Breakpoint(0, standing.where, on=False)
    assert breakpoint_turned(frame, "nowhere") == Breakpoint(0, "nowhere", on=True)
    assert breakpoint_turned(None, standing.where) == Breakpoint(0, standing.where, on=True)


@pytest.mark.parametrize(
    ("what", "action", "command"),
    [
        ("remove", ("to_stop", 2, 1), RemoveStop(0, 2)),
        ("remove", ("go", 700), Bookmark(0, "", 700)),
        ("back", ("to_stop", 2, 1), GoToStop(0, 2, -1)),
        ("back", ("go", 700), Go(0, 700)),
    ],
)
def test_what_is_done_with_a_mark(
    what: str, action: tuple[str | int, ...], command: object
) -> None:
    assert of_mark(what, action) == command


def test_each_action_of_the_table_that_is_sent_makes_its_command() -> None:
    sent = [entry.action for entry in COMMANDS if entry.action[0] in ACTIONS]
    assert sent
    for name, *arguments in sent:
        assert ACTIONS[str(name)](*arguments).id == 0
