"""The matrix of mitigations: verdicts of one race after the other, as a large view shows them."""

from __future__ import annotations

from pathlib import Path

from ringview.explore.background import MatrixTold, Told
from ringview.explore.matrix import account
from ringview.explore.results import MatrixCell
from ringview.views.frame import (
    MatrixCellView,
    MatrixColumnView,
    MatrixRowView,
    MatrixView,
)


def build_matrix(
    told: Told | None,
    known: MatrixTold | None,
    *,
    running: bool,
    stopping: bool,
    opened: str,
    why_not: str,
) -> MatrixView:
    """Compute the view.

    Args:
        told: the newest of the search, None if none was begun.
        known: the cells that are known.
        running: the search goes on.
        stopping: it was asked to stop.
        opened: the schedule file that this engine runs now, or empty.
        why_not: why there is nothing to search, or empty.
    """
    if told is None:
        return MatrixView(state="", why_not=why_not)
    if known is None:
        state = "searching" if running else "failed"
        return MatrixView(state=state, words=told.words, why_not=told.error)
    words = "stopping after what is known" if running and stopping else told.words
    state = "searching" if running else "stopped" if known.stopped or told.error else "done"
    cells = {(row, column): cell for row, column, cell in known.cells}
    return MatrixView(
        state=state,
        words=words if running else told.error,
        fraction=len(cells) / max(1, len(known.rows) * len(known.columns)),
        bound=known.bound,
        columns=tuple(MatrixColumnView(name, means) for name, means in known.columns),
        rows=tuple(
            MatrixRowView(
                _label(known, r),
                scenario,
                tuple(
                    _cell(cells.get((r, c)), opened, searched=running and known.now == (r, c))
                    for c in range(len(known.columns))
                ),
            )
            for r, (scenario, _) in enumerate(known.rows)
        ),
    )


def _label(known: MatrixTold, row: int) -> str:
    """The variant, or the scenario's name where another row has that variant too."""
    scenario, variant = known.rows[row]
    twice = sum(other == variant for _, other in known.rows) > 1
    return Path(scenario).stem if twice else variant


def _cell(cell: MatrixCell | None, opened: str, *, searched: bool) -> MatrixCellView:
    if cell is None:
        return MatrixCellView(kind="searching" if searched else "", words="", account="")
    kind = {"bug": "bug", "no bug found": "clean"}.get(cell.verdict, "none")
    return MatrixCellView(
        kind="certified" if kind == "clean" and cell.certificate else kind,
        words=cell.words,
        account=f"{account(cell)}." + (f" The replay: {cell.outcome}." if cell.outcome else ""),
        consequence=cell.consequence,
        openable=bool(cell.schedule),
        opened=bool(opened) and cell.schedule == opened,
    )
