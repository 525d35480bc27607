"""The self-check: preempt at every instruction, not only where it can matter.

A search that leaves places out is only worth something if nothing can happen there. This one leaves
none out; a test holds the outcomes of the two together.
"""

from __future__ import annotations

from collections.abc import Iterable

from ringview.explore.runner import Run
from ringview.explore.schedule import Adversary
from ringview.explore.search import Explorer
from ringview.machine.machine import StopReason

Places = tuple[tuple[int, int], ...]
"""(icount, position of the adversary) of each preemption."""


class EveryInstruction:
    """Preempts the victim's call between any two instructions.

    Args:
        explorer: of the target.
        margin: instructions behind the last load of watched bytes that are preempted at too.
    """

    def __init__(self, explorer: Explorer, margin: int = 16) -> None:
        self.explorer = explorer
        self.margin = margin
        self.schedules = 0

    def outcomes(self, adversary: Adversary, bound: int) -> set[str]:
        """Identities of all outcomes with at most so many preemptions."""
        found: set[str] = set()
        for start in self.explorer.runner.images.starts():
            self._extend(found, adversary, start, (), bound)
        return found

    def _extend(
        self, found: set[str], adversary: Adversary, start: int, places: Places, left: int
    ) -> None:
        run = self._run(adversary, start, places)
        self.schedules += 1
        found.add(self._identity(run, adversary, start, places))
        if not left:
            return
        loads = self.explorer.runner.load_icounts()
        first = places[-1][0] + 1 if places else self.explorer.target.call.enter + 1
        last = min(run.icount, (loads[-1] if loads else first) + self.margin)
        position = places[-1][1] if places else start
        icounts: Iterable[int] = range(first, last + 1)
        if adversary == "board" and places:
            # masked, an interrupt waits: it comes as if raised at the next of these
            icounts = self.explorer.analyst.open_icounts(start, places, first, last)
        for icount in icounts:
            for further in self.explorer.runner.images.choices(position):
                self._extend(found, adversary, start, (*places, (icount, further)), left - 1)

    def _identity(self, run: Run, adversary: Adversary, start: int, places: Places) -> str:
        """The outcome's identity, by the explorer's own judgements where the run is known."""
        known = self.explorer.known(run.key)
        if known is not None:
            return known.identity
        return f"{adversary} {start} {places}: {run}"

    def _run(self, adversary: Adversary, start: int, places: Places) -> Run:
        runner = self.explorer.runner
        if adversary == "board":
            return runner.run_board_at(start, places)
        core, images = runner.core, runner.images
        core.restore()
        core.set_pokes(b"")
        self._store(images.stored(0, start))
        position = start
        for icount, further in places:
            reason = core.run(icount)
            if reason is not StopReason.LIMIT:
                break
            self._store(images.stored(position, further))
            position = further
        return runner.finish()

    def _store(self, values: dict[int, int]) -> None:
        for pa, value in values.items():
            self.explorer.runner.core.store(pa, bytes([value]))
