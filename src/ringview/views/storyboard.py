"""The storyboard: one system call's pieces with their costs, beside another call of its kind."""

from __future__ import annotations

from collections.abc import Sequence

from ringview.session.board import UNKNOWN, BoardRow, Misses, RowKind
from ringview.session.recorder import Interrupted
from ringview.session.session import Session
from ringview.session.syscalls import SyscallRecord
from ringview.views.frame import Privilege, Storyboard, StoryboardRow
from ringview.views.inputs import Call, Knowledge
from ringview.views.meaning import vector_name
from ringview.views.words import spelt

_NONE = "No system call has begun yet: go to the next one, or choose a call that is to come."
_BUSY = "The guest is running: the board is filled once it stands still."
_LATER = "Its instructions were not traced, so the TLB model was not fed."


def build_storyboard(
    session: Session, know: Knowledge, calls: Sequence[Call], *, wanted: int, present: int
) -> Storyboard:
    """Compute the storyboard of a call.

    Args:
        session: its recording is looked into; it stands afterwards where it stood.
        know: names and lines.
        calls: the run's calls, by ordinal.
        wanted: ordinal of the call to show; -1 for the present one.
        present: ordinal of the present thread's call in flight, or its latest; -1 for none.
    """
    ordinal = wanted if 0 <= wanted < len(calls) else present
    if not 0 <= ordinal < len(calls):
        return _empty(len(calls), _NONE)
    records = session.syscalls()
    call = calls[ordinal]
    try:
        board = session.board(records[ordinal])
        twin = _twin(records, ordinal)
        other = session.board(records[twin]) if twin >= 0 else None
    except Interrupted:
        return _empty(len(calls), _BUSY)
    if board is None:
        return _empty(len(calls), _BUSY)
    matched = _matched(board.rows, () if other is None else other.rows)
    position = board.position_at(session.icount)
    return Storyboard(
        ordinal=ordinal,
        count=len(calls),
        text=call.text,
        task=call.task,
        first=board.first,
        last=board.last,
        returned=board.returned,
        instructions=board.instructions,
        instruction_misses=board.misses[0],
        data_misses=board.misses[1],
        rows=tuple(
            _row(know, row, matched[i], current=i == position) for i, row in enumerate(board.rows)
        ),
        other="" if other is None else _other_text(calls, ordinal, twin),
        other_ordinal=twin if other is not None else -1,
        other_instructions=-1 if other is None else other.instructions,
        other_misses=-1 if other is None else _total(other.misses),
        why_not=_LATER if board.misses == UNKNOWN else "",
    )


def _empty(count: int, why_not: str) -> Storyboard:
    return Storyboard(-1, count, "", "", 0, 0, False, 0, -1, -1, (), why_not=why_not)


def _twin(records: Sequence[SyscallRecord], ordinal: int) -> int:
    """The call to compare with: the first other one of this number by this program, else -1."""
    own = records[ordinal]
    for record in records:
        same = (record.nr, record.comm) == (own.nr, own.comm)
        if same and record.ordinal != ordinal and record.exit is not None:
            return record.ordinal
    return -1


def _other_text(calls: Sequence[Call], ordinal: int, twin: int) -> str:
    which = "an earlier" if twin < ordinal else "a later"
    return f"call {twin + 1}, {which} {calls[twin].name}"


def _total(misses: Misses) -> int:
    return -1 if misses == UNKNOWN else misses[0] + misses[1]


def _matched(rows: Sequence[BoardRow], others: Sequence[BoardRow]) -> list[BoardRow | None]:
    """For each row the other call's row of the same kind and name, in order; None without one."""
    found: list[BoardRow | None] = []
    at = 0
    for row in rows:
        key = _key(row)
        hit = next((i for i in range(at, len(others)) if _key(others[i]) == key), None)
        found.append(None if hit is None else others[hit])
        at = at if hit is None else hit + 1
    return found


def _key(row: BoardRow) -> tuple[RowKind, str]:
    return row.kind, row.name


def _row(know: Knowledge, row: BoardRow, other: BoardRow | None, *, current: bool) -> StoryboardRow:
    place = (vector_name(row.pc) or know.place(row.pc)) if row.pc else ""
    line = know.line(row.pc) if row.pc else None
    return StoryboardRow(
        kind=row.kind.value,
        name=row.name,
        depth=row.depth,
        icount=row.icount,
        va=row.pc,
        place=place,
        source=f"{line[0]}:{line[1]}" if line is not None else "",
        note=spelt("" if row.note == place else row.note.removeprefix(f"{place} ")),
        privilege=_privilege(row),
        instructions=row.instructions,
        instruction_misses=row.misses[0],
        data_misses=row.misses[1],
        current=current,
        other=-1 if other is None else other.instructions,
        other_misses=-1 if other is None else _total(other.misses),
    )


def _privilege(row: BoardRow) -> Privilege:
    if row.kind is RowKind.STAGE and row.name in ("user stub", "back in user"):
        return Privilege.USER
    if row.kind is RowKind.EXCEPTION and row.name not in ("irq", "fiq", "svc"):
        return Privilege.ABORT
    return Privilege.KERNEL
