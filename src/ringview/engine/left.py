"""A run that another one has taken the place of, to be returned to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ringview.engine.diary import Memory
from ringview.engine.inputs import Deeds
from ringview.engine.spec import EngineSpec

if TYPE_CHECKING:
    from ringview.engine.opened import Opened
    from ringview.session.journal import JournalEntry


@dataclass(frozen=True, slots=True)
class Left:
    """What is needed to go on with it.

    Attributes:
        spec: what it is a run of.
        opened: its session, which still stands where it stood; None if it went with the engine.
        deeds: what was let in.
        base: the journal that it began with.
        memory: how to get back to where it was, if it went with the engine.
    """

    spec: EngineSpec
    opened: Opened | None = None
    deeds: Deeds = field(default_factory=Deeds)
    base: tuple[JournalEntry, ...] = ()
    memory: Memory = field(default_factory=Memory)
