"""The engine's search for races: a child process that is heard while everything else goes on."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import msgspec

from ringview.engine.inputs import Deed
from ringview.engine.launch import python_path
from ringview.errors import InputError

if TYPE_CHECKING:
    from ringview.engine.hub import Hub
    from ringview.explore.chart import Chart
    from ringview.session.setup import SessionSetup
    from ringview.views.frame import SchedulesView

BOUND = 2
"""Preemptions that the screen searches up to."""
CHUNK = 1 << 18


class SearchProcess:
    """One search under way, or its result.

    Args:
        what: ``map`` or ``matrix``, see `ringview.explore.background`.
        scenario: a file, or the name of a shipped scenario.
        bound: the greatest number of preemptions.

    Attributes:
        told: the newest that was said.
        running: whether more is to come.
        stopping: it was asked to stop.
    """

    def __init__(self, what: str, scenario: str, bound: int = BOUND) -> None:
        from ringview.explore.background import Told

        self._decoder = msgspec.json.Decoder(Told)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "ringview.explore.background", what, scenario, str(bound)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(os.environ, PYTHONPATH=python_path()),
        )
        assert self._process.stdout is not None
        self._out = self._process.stdout.fileno()
        os.set_blocking(self._out, False)
        self._data = b""
        self.told = Told("starting the search")
        self.running = True
        self.stopping = False

    @property
    def descriptor(self) -> int:
        """What becomes readable when there is more to hear."""
        return self._out

    @property
    def ended(self) -> bool:
        """Whether no more is to come."""
        return not self.running

    @property
    def chart(self) -> Chart | None:
        """What came of it."""
        return self.told.chart

    def hear(self) -> bool:
        """Take in what was said; whether that was anything."""
        if not self.running:
            return False
        try:
            data = os.read(self._out, CHUNK)
        except BlockingIOError:
            return False
        if not data:
            self._end()
            return True
        *lines, self._data = (self._data + data).split(b"\n")
        if lines:
            self.told = self._decoder.decode(lines[-1])
        return bool(lines)

    def _end(self) -> None:
        self.running = False
        status = self._process.wait()
        matrix = self.told.matrix
        complete = self.told.chart is not None or (matrix is not None and matrix.done)
        if not complete and not self.told.error:
            text = f"the search ended without a result (status {status})"
            self.told = replace(self.told, error=text)
        self._close()

    def stop(self) -> None:
        """Ask it to stop and tell what it knows."""
        self.stopping = True
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()

    def kill(self) -> None:
        """End it at once."""
        if self.running:
            self.running = False
            self._process.kill()
            self._process.wait()
            self._close()

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


class ScenarioSearch:
    """A search of a scenario's race that an engine may have, one at a time.

    Args:
        hub: woken when the search has something to say.
    """

    what: ClassVar[str]
    """See `SearchProcess`."""
    no_subject: ClassVar[str]
    """What is said where there is no scenario."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._search: SearchProcess | None = None
        self._scenario = ""

    def subject(self, scenario: str) -> None:
        """What there is to be searched from now on; empty for nothing."""
        self.close()
        self._scenario = scenario

    def begin(self) -> str:
        """Begin the search, if none is under way; gives what to tell the user.

        Raises:
            InputError: there is no scenario to search.
        """
        if not self._scenario:
            raise InputError(self.no_subject)
        if self._search is not None and self._search.running:
            return "the search is under way"
        self.close()
        self._search = SearchProcess(self.what, self._scenario)
        self._hub.wake_by(self._search.descriptor)
        return ""

    def stop(self) -> str:
        """Stop the search under way; what it knows is told by and by."""
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
        if search.ended:
            self._hub.forget(descriptor)
        return heard

    def close(self) -> None:
        """End what is under way, and forget what was found."""
        if self._search is not None:
            if self._search.running:
                self._hub.forget(self._search.descriptor)
            self._search.kill()
            self._search = None

    def _why_not(self) -> str:
        return "" if self._scenario else "This run is of no scenario: there is nothing to search."


class Searches(ScenarioSearch):
    """The map of schedules: one search, and what may be done with its result."""

    what = "map"
    no_subject = "only a scenario's race can be searched, and this run has none"

    def view(self, opened: tuple[int, int]) -> SchedulesView:
        """What the large view shows.

        Args:
            opened: map and cell that the engine runs now, (-1, -1) for none.
        """
        from ringview.views.schedules import build_schedules

        search = self._search
        if search is None:
            why = self._why_not()
            return build_schedules(None, running=False, stopping=False, opened=opened, why_not=why)
        return build_schedules(
            search.told,
            running=search.running,
            stopping=search.stopping,
            opened=opened,
            why_not="",
        )

    def schedule(
        self, number: int, cell: int, setup: SessionSetup, at: int
    ) -> tuple[Deed, int, str]:
        """A cell of the map as something to let in, the icount to go to, and what to tell the user.

        Args:
            number: of the map.
            cell: in it.
            setup: what the engine runs.
            at: where it stands, as an icount.

        Raises:
            InputError: there is no such cell, or it was found on other images.
        """
        from ringview.explore.target import file_hash

        chart: Chart | None = None if self._search is None else self._search.chart
        if chart is None:
            raise InputError("no search has found any schedules yet")
        if not 0 <= number < len(chart.maps) or not 0 <= cell < len(chart.maps[number].openable):
            raise InputError("the map has no such schedule")
        hashes = file_hash(setup.kernel_elf), setup.program_elf and file_hash(setup.program_elf)
        if hashes != (chart.kernel_hash, chart.program_hash):
            raise InputError("the map is of other images than those that run: search again")
        chosen = chart.maps[number].openable[cell]
        entries = tuple(item.entry() for item in chosen.inputs)
        deed = Deed(entries, at, whole=True, cell=(number, cell))
        words = f"this schedule: {chart.outcomes[chosen.outcome].words}"
        return deed, chosen.instant, words
