"""The engine's matrix of mitigations: searched by a child process; each cell can be opened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ringview.engine.searching import ScenarioSearch
from ringview.errors import InputError

if TYPE_CHECKING:
    from ringview.engine.hub import Hub
    from ringview.explore.background import MatrixTold
    from ringview.views.frame import MatrixView


class Matrices(ScenarioSearch):
    """The matrix of mitigations: one search, and what may be done with its cells."""

    what = "matrix"
    no_subject = "only a scenario's race has a matrix, and this run is of none"

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self._known: MatrixTold | None = None

    def hear(self) -> bool:
        """Take in what the search has said; whether that was anything."""
        heard = super().hear()
        if self._search is not None:
            self._known = self._search.told.matrix or self._known
        return heard

    def view(self, opened: str) -> MatrixView:
        """What the large view shows.

        Args:
            opened: the schedule file that the engine runs now, or empty.
        """
        from ringview.views.matrix import build_matrix

        search = self._search
        if search is None:
            why = self._why_not()
            return build_matrix(None, None, running=False, stopping=False, opened="", why_not=why)
        return build_matrix(
            search.told,
            self._known,
            running=search.running,
            stopping=search.stopping,
            opened=opened,
            why_not="",
        )

    def replay(self, row: int, column: int) -> Path:
        """The schedule file that opens a cell.

        Raises:
            InputError: there is no such cell, or nothing that it could show.
        """
        known = self._known
        cells = {} if known is None else {(r, c): cell for r, c, cell in known.cells}
        cell = cells.get((row, column))
        if cell is None:
            raise InputError("this cell has not been searched yet")
        if not cell.schedule:
            raise InputError(f"this cell has nothing to replay: {cell.why or cell.verdict}")
        path = Path(cell.schedule)
        if not path.is_file():
            raise InputError("the cell's schedule file is gone: search again", path=path)
        return path

    def close(self) -> None:
        """End what is under way, and forget what was found."""
        super().close()
        self._known = None
