"""The engine's matrix of mitigations: searched by a child process; each cell can be opened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ringview.engine.searching import SearchProcess
from ringview.errors import InputError

if TYPE_CHECKING:
    from ringview.engine.hub import Hub
    from ringview.explore.background import MatrixTold
    from ringview.views.frame import MatrixView


class Matrices:
    """The one matrix that an engine may have.

    Args:
        hub: woken when its search has something to say.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._search: SearchProcess | None = None
        self._scenario = ""
        self._known: MatrixTold | None = None

    def subject(self, scenario: str) -> None:
        """Whose matrix there is to be searched from now on; empty for none."""
        self.close()
        self._scenario = scenario

    def begin(self) -> str:
        """Begin the search, if none is under way; gives what to tell the user.

        Raises:
            InputError: there is no scenario to search.
        """
        if not self._scenario:
            raise InputError("only a scenario's race has a matrix, and this run is of none")
        if self._search is not None and self._search.running:
            return "the search is under way"
        self.close()
        self._search = SearchProcess("matrix", self._scenario)
        self._hub.wake_by(self._search.descriptor)
        return ""

    def stop(self) -> str:
        """Stop the search under way; what it knows stays."""
        if self._search is None or not self._search.running:
            return "no search is under way"
        self._search.stop()
        return "stopping the search"

    def hear(self) -> bool:
        """Take in what the search has said; whether that was anything."""
        search = self._search
        if search is None or not search.running:
            return False
        descriptor = search.descriptor
        heard = search.hear()
        self._known = search.told.matrix or self._known
        if search.ended:
            self._hub.forget(descriptor)
        return heard

    def view(self, opened: str) -> MatrixView:
        """What the large view shows.

        Args:
            opened: the schedule file that the engine runs now, or empty.
        """
        from ringview.views.matrix import build_matrix

        search = self._search
        if search is None:
            why = (
                "" if self._scenario else "This run is of no scenario: there is nothing to search."
            )
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
        self._known = None
        if self._search is not None:
            if self._search.running:
                self._hub.forget(self._search.descriptor)
            self._search.kill()
            self._search = None
