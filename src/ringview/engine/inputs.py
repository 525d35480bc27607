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
    """

    entries: tuple[JournalEntry, ...]
    at: int
    whole: bool = False
    scheduled: bool = False


@dataclass(slots=True)
class Deeds:
    """All that was let in, the latest last."""

    items: list[Deed] = field(default_factory=list)

    def journal(self, base: Iterable[JournalEntry]) -> Journal:
        """The journal that they make of the one a run began with."""
        journal = Journal(base)
        for deed in self.items:
            if deed.whole:
                journal = Journal(deed.entries)
            else:
                for entry in deed.entries:
                    journal.add(entry)
        return journal

    def take_back(self) -> Deed | None:
        """Remove a person's latest deed and give it; None if there is none."""
        if not self.items or self.items[-1].scheduled:
            return None
        return self.items.pop()
