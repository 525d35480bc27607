"""A schedule as what comes from outside, so that a session can do it too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringview.explore.schedule import Schedule
from ringview.machine.race import STORE
from ringview.session.journal import JournalEntry

if TYPE_CHECKING:
    from ringview.explore.search import Explorer


@dataclass(frozen=True, slots=True)
class Input:
    """What comes from outside in a schedule.

    Attributes:
        icount: when: after so many instructions.
        irq: the interrupt line raised, -1 for a store or typing.
        pa: physical address of the modelled second core's store, 0 for typing.
        data: the bytes stored or typed; empty for an interrupt.
    """

    icount: int
    irq: int = -1
    pa: int = 0
    data: bytes = b""

    @classmethod
    def of(cls, entry: JournalEntry) -> Input:
        """An input that a session's journal has."""
        if entry.kind == "irq":
            return cls(entry.icount, irq=entry.line)
        return cls(entry.icount, pa=entry.pa, data=entry.data)

    def entry(self) -> JournalEntry:
        """As a session's journal has it."""
        if self.data and not self.pa:
            return JournalEntry(self.icount, "console", data=self.data)
        if self.data:
            return JournalEntry(self.icount, "store", data=self.data, pa=self.pa)
        return JournalEntry(self.icount, "irq", line=self.irq)

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        if self.data and not self.pa:
            return {"icount": self.icount, "console": self.data.hex()}
        if self.data:
            return {"icount": self.icount, "store": {"pa": self.pa, "data": self.data.hex()}}
        return {"icount": self.icount, "irq": self.irq}


def inputs_of(explorer: Explorer, schedule: Schedule) -> Iterator[Input]:
    """The inputs that make a session do a schedule.

    A store that lands between two words of an LDM comes before the instruction if a later word of
    it loads the byte, and behind it if an earlier one did: each word is loaded once, so no program
    can tell.
    """
    runner = explorer.runner
    for entry in explorer.target.inputs:
        yield Input.of(entry)
    run = runner.run(schedule)
    if schedule.adversary == "board":
        yield from _board_inputs(explorer)
        return
    loads = [row for row in runner.seen() if not int(row["flags"]) & STORE]
    images, position = runner.images, schedule.start
    enter = explorer.target.call.enter
    entries: list[tuple[int, dict[int, int]]] = []
    if schedule.start:
        entries.append((enter, images.stored(0, schedule.start)))
    for step in schedule.steps:
        stored = images.stored(position, step.position)
        position = step.position
        if step.load >= len(loads):
            continue  # it lands after the call
        at = int(loads[step.load]["icount"])
        done: set[int] = set()
        for row in loads[: step.load]:
            if int(row["icount"]) == at:
                done.update(range(int(row["pa"]), int(row["pa"]) + int(row["size"])))
        entries.append((at, {pa: v for pa, v in stored.items() if pa not in done}))
        entries.append((at + 1, {pa: v for pa, v in stored.items() if pa in done}))
    for icount, values in sorted(entries, key=lambda entry: entry[0]):
        if icount <= run.icount:
            yield from _stores(icount, values)


def _board_inputs(explorer: Explorer) -> Iterator[Input]:
    """Interrupts of the last run, and before them what the scenario gave the other thread."""
    runner = explorer.runner
    found = [(icount, 1, Input(icount, irq=explorer.target.line)) for icount in runner.inputs]
    if explorer.target.given:
        for icount, _, values in runner.stored:
            found += [(icount, 0, item) for item in _stores(icount, values)]
    for _, _, item in sorted(found, key=lambda entry: entry[:2]):
        yield item


def _stores(icount: int, values: dict[int, int]) -> Iterator[Input]:
    first, data = 0, bytearray()
    for pa in sorted(values):
        if data and first + len(data) != pa:
            yield Input(icount, pa=first, data=bytes(data))
            data = bytearray()
        if not data:
            first = pa
        data.append(values[pa])
    if data:
        yield Input(icount, pa=first, data=bytes(data))
