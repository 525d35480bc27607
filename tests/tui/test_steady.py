"""What stands still: the panes' rows, the columns of marks, the names of registers."""

from __future__ import annotations

import re

import pytest
from tests.tui import real
from tests.tui.test_readable import SCENARIOS, told

from ringview.tui.layout import Arrangement, Told, arrange, usual_most
from ringview.tui.panes import lecture, narration
from ringview.tui.panes.kinds import KINDS
from ringview.tui.panes.narration import NarrationPart
from ringview.tui.text import Room, plain_text


def placed(part: NarrationPart, size: tuple[int, int], *, big: bool) -> Arrangement:
    rows = lecture if big else narration
    usual = rows.rows_usual(part, size[0] - 2, usual_most(size[1], big=big))
    needed = Told(rows.rows_needed(part, size[0] - 2), usual)
    return arrange(*size, told=needed, big=("code", "registers") if big else ())


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize(("size", "big"), [((80, 24), False), ((80, 24), True), ((120, 40), True)])
def test_panes_keep_their_rows_from_beat_to_beat(
    scenario: str, size: tuple[int, int], big: bool
) -> None:
    """All but for beats that take more rows than any pane could spare at every stop."""
    seen = set()
    for part in told(scenario):
        rows = lecture if big else narration
        if rows.rows_needed(part, size[0] - 2) <= usual_most(size[1], big=big):
            seen.add(tuple(sorted(placed(part, size, big=big).rects.items())))
    if big and size[1] == 24:  # large words leave little room: some stories have only long beats
        assert len(seen) <= 1
    else:
        assert len(seen) == 1


def test_a_change_of_mode_moves_no_pane_of_a_small_screen() -> None:
    quiet = arrange(80, 24, told=Told(0, 0))
    for rows in range(1, 7):
        assert arrange(80, 24, told=Told(rows, 0)).rects == quiet.rects
    assert arrange(80, 24, told=Told(9, 0)).rects != quiet.rects


@pytest.mark.parametrize("width", [30, 58, 78, 100, 140])
def test_the_marks_of_the_stacks_stand_in_the_column_before_the_value(width: int) -> None:
    marks = 0
    for words in ("beat 5", "beat 8", "beat 9"):
        frame = real.moment("hello2", words)
        part = KINDS["stacks"].part
        assert part is not None
        for line in KINDS["stacks"].paint(part(frame), Room(width, 30)).lines:
            for mark in re.finditer(r"\*", line.plain):
                assert re.match(r"\*([0-9a-f]{4}_[0-9a-f]{4}|absent)", line.plain[mark.start() :])
                marks += 1
    assert marks


@pytest.mark.parametrize("scenario", real.SCENARIOS)
def test_registers_have_one_name_in_every_pane(scenario: str) -> None:
    """Fp and ip, as in the disassembly, the source and pt_regs; r0-r12 stays a range."""
    named = set()
    for frame in real.moments(scenario).values():
        for kind in ("registers", "stacks", "switch", "frames", "memory"):
            part = KINDS[kind].part
            assert part is not None
            if (shown := part(frame)) is not None:
                text = plain_text(KINDS[kind].paint(shown, Room(140, 60)).lines)
                assert not re.search(r"(?<![-\w])r1[12]\b(?!-)", text), (kind, text)
                named |= set(re.findall(r"\b(fp|ip)\b", text))
        said = [frame.narration.next_effect, *(row.operands for row in frame.code.rows)]
        assert not re.search(r"(?<![-\w])r1[12]\b(?!-)", " ".join(said))
    assert named == {"fp", "ip"}
