"""The storyboard's costs against the trace: every instruction once, every miss once."""

from __future__ import annotations

from collections import Counter

import numpy as np
from tests.stories.conftest import Stage

from ringview.session.board import Board, RowKind
from ringview.session.syscalls import SyscallRecord
from ringview.views.frame import Storyboard, ViewRequest


def board_of(stage: Stage, record: SyscallRecord) -> Board:
    board = stage.session.board(record)
    assert board is not None
    return board


def calls(stage: Stage, name: str) -> list[SyscallRecord]:
    return [r for r in stage.session.syscalls() if r.name == name and r.comm == "stories"]


def misses_at(stage: Stage, icount: int) -> tuple[int, int]:
    stage.session.goto(icount)
    tlb = stage.session.machine.tlb()
    return sum(tlb.instruction.misses), sum(tlb.data.misses)


def shown(stage: Stage, record: SyscallRecord, at: int) -> Storyboard:
    board = stage.frame(at, ViewRequest(large="storyboard", call=record.ordinal)).storyboard
    assert board is not None
    return board


def test_the_pieces_of_every_call_add_up_to_the_call(stage: Stage) -> None:
    kinds: Counter[RowKind] = Counter()
    for record in stage.session.syscalls():
        board = board_of(stage, record)
        kinds.update(row.kind for row in board.rows)
        end = stage.session.end if record.exit is None else record.exit
        assert (board.first, board.last) == (record.enter - 1, end)
        assert board.instructions == end - record.enter + 1
        before, after = misses_at(stage, board.first), misses_at(stage, board.last)
        assert board.misses == (after[0] - before[0], after[1] - before[1]), record.name
    assert kinds[RowKind.EXCEPTION] >= 4
    assert kinds[RowKind.THREAD] >= 2


def test_a_stage_costs_what_the_trace_between_says(stage: Stage) -> None:
    """Without an interruption a stage's instructions are those traced until the next stage."""
    checked = 0
    for record in stage.session.syscalls():
        board = board_of(stage, record)
        if any(row.depth for row in board.rows):
            continue
        trace = stage.session.window(board.first, board.last)
        at = trace.insns["icount"]
        bounds = [*(row.icount for row in board.rows), board.last]
        for row, end in zip(board.rows, bounds[1:], strict=True):
            assert row.instructions == int(((at >= row.icount) & (at < end)).sum())
            where = np.flatnonzero(at == row.icount)
            if len(where):
                assert row.pc == int(trace.insns["r"][where[0], 15])
            checked += 1
    assert checked > 100


def test_a_page_fault_stands_beneath_the_copy_it_broke_into(stage: Stage) -> None:
    fault = stage.fault_in("arm_copy_to_user", level="PL1")
    record = next(r for r in calls(stage, "getrandom") if r.enter < fault.icount)
    board = board_of(stage, record)
    position = next(i for i, r in enumerate(board.rows) if r.kind is RowKind.EXCEPTION)
    copy, row = board.rows[position - 1], board.rows[position]
    assert (copy.kind, copy.name, copy.depth) == (RowKind.STAGE, "copy to user", 0)
    assert copy.icount <= fault.icount - 1
    assert (row.name, row.icount, row.depth) == ("data abort", fault.icount, 1)
    assert row.note.endswith("; tried again")
    # Its end by another way: the faulting instruction comes round again.
    insns = stage.session.window(fault.icount, board.last).insns
    again = insns["icount"][np.flatnonzero(insns["r"][:, 15] == fault.pc)[0]]
    assert row.instructions == int(again) - fault.icount
    assert board.rows[position + 1].name == "handler goes on"  # the copy was not cut in two


def test_a_fault_that_nothing_can_mend_goes_to_the_fixup(stage: Stage) -> None:
    (record,) = [r for r in stage.session.syscalls() if r.nr == 122 and r.comm == "stories"]
    rows = [r for r in board_of(stage, record).rows if r.kind is RowKind.EXCEPTION]
    assert len(rows) == 2  # the bulk copy, then byte by byte how far it can go
    assert all("went on at arm_copy_to_user+0x" in row.note for row in rows)
    assert record.signed_ret == -14


def test_what_another_thread_did_is_not_the_callers(stage: Stage) -> None:
    record = next(r for r in calls(stage, "wait4"))
    board = board_of(stage, record)
    others = [row for row in board.rows if row.kind is RowKind.THREAD]
    assert others
    assert all(row.depth for row in others)
    own = sum(r.instructions for r in board.rows if r.kind is not RowKind.THREAD)
    assert own == sum(record.instructions.values()) + 1  # the svc itself
    assert sum(row.instructions for row in others) > own


def test_the_present_piece_is_marked_wherever_one_stands(stage: Stage) -> None:
    fault = stage.fault_in("arm_copy_to_user", level="PL1")
    record = next(r for r in calls(stage, "getrandom") if r.enter < fault.icount)
    for at, name in (
        (record.enter - 1, "user stub"),
        (record.enter, "vector"),
        (fault.icount - 1, "copy to user"),
        (fault.icount + 5, "data abort"),
    ):
        (row,) = [row for row in shown(stage, record, at).rows if row.current]
        assert row.name == name
    assert record.exit is not None
    (row,) = [row for row in shown(stage, record, record.exit).rows if row.current]
    assert row.name == "back in user"
    assert not any(row.current for row in shown(stage, record, record.exit + 1).rows)


def test_a_second_call_stands_beside_with_its_own_costs(stage: Stage) -> None:
    first, second, *_ = calls(stage, "rt_sigaction")
    board = shown(stage, second, second.enter)
    assert board.other_ordinal == first.ordinal
    assert board.other_instructions == board_of(stage, first).instructions
    pairs = {row.name: (row.instructions, row.other) for row in board.rows}
    assert pairs["entry"][0] == pairs["entry"][1]
    assert pairs["vector"] == (1, 1)


def test_the_first_call_of_a_kind_finds_the_tlb_colder(stage: Stage) -> None:
    names = sorted({record.name for record in stage.session.syscalls()})
    ended = [[r for r in calls(stage, name) if r.exit is not None][:2] for name in names]
    pairs = [pair for pair in ended if len(pair) == 2 and pair[0].pid == pair[1].pid]
    costs = [[sum(board_of(stage, record).misses) for record in pair] for pair in pairs]
    pair = next(pair for pair, cost in zip(pairs, costs, strict=True) if cost[0] > cost[1])
    board = shown(stage, pair[1], pair[1].enter)
    assert board.other_misses == sum(board_of(stage, pair[0]).misses)
    assert board.other_misses > board.instruction_misses + board.data_misses


def test_it_is_computed_only_while_it_is_shown(stage: Stage) -> None:
    assert stage.frame(stage.session.end).storyboard is None
