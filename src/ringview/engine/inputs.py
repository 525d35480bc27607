"""What a person has let into a run, in order, so that the last of it can be taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ringview.session.journal import Journal, JournalEntry


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was let in.

    Attributes:
        entries: inputs. One that is added forgets all later ones.
        at: where the run stood, as an icount; taking it back returns there.
        whole: the entries are all of the journal from then on, whatever was in it: a schedule.
        scheduled: the scenario's own, not a person's; it stays.
        cell: of a schedule: map and cell of the search that it is from.
    """

    entries: tuple[JournalEntry, ...]
    at: int
    whole: bool = False
    scheduled: bool = False
    cell: tuple[int, int] = (-1, -1)

    def journal_of(self, base: Iterable[JournalEntry]) -> Journal:
        """The journal that it makes of another one."""
        if self.whole:
            return Journal(self.entries)
        journal = Journal(base)
        for entry in self.entries:
            journal.add(entry)
        return journal


@dataclass(slots=True)
class Deeds:
    """All that was let in, the latest last."""

    items: list[Deed] = field(default_factory=list)

    def journal(self, base: Iterable[JournalEntry]) -> Journal:
        """The journal that they make of the one a run began with."""
        journal = Journal(base)
        for deed in self.items:
            journal = deed.journal_of(journal)
        return journal

    @property
    def latest_schedule(self) -> tuple[int, int]:
        """Map and cell of the schedule that is run now, (-1, -1) if none is, or more was let in."""
        return self.items[-1].cell if self.items else (-1, -1)

    def take_back(self) -> Deed | None:
        """Remove a person's latest deed and give it; None if there is none."""
        if not self.items or self.items[-1].scheduled:
            return None
        return self.items.pop()
