"""Who wrote this: what a person asks of the history of memory and registers, and the answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ringview.errors import InputError
from ringview.session.history import History
from ringview.session.matching import Hit
from ringview.session.origins import tell, tell_nobody
from ringview.session.recorder import Interrupted, Outcome
from ringview.session.stops import Reason, Stop
from ringview.session.wanted import Wanted, content, understand

if TYPE_CHECKING:
    from ringview.session.session import Session


class AccessFinder:
    """Answers for one session, which it moves.

    Args:
        session: the session.
        history: searches its recording.
    """

    def __init__(self, session: Session, history: History) -> None:
        self._session = session
        self._history = history
        self._asked: Wanted | None = None

    def understand(self, words: str, kind: str) -> Wanted:
        """What words mean where the session stands.

        Raises:
            InputError: they cannot be read, or name nothing that is in memory now.
        """
        session = self._session
        return understand(words, kind, session.machine, session.code, session.variables)

    def wanted(self, words: str, kind: str) -> Wanted:
        """What is asked for; by empty words what was asked for last.

        Raises:
            InputError: as `understand`, or nothing was asked for yet.
        """
        if words.strip():
            self._asked = self.understand(words, kind)
        elif self._asked is None:
            raise InputError("nothing was asked for yet: ask who wrote something first")
        elif not self._asked.is_register:
            self._asked = replace(self._asked, kind=kind)
        return self._asked

    def tell(self, hit: Hit) -> str:
        """Who did it, in a sentence."""
        session = self._session
        return tell(hit, session.code, session.recorder, session.syscalls())

    def before(self, wanted: Wanted) -> Stop:
        """Go to the latest access before now; stay where there is none."""
        session, recorder = self._session, self._session.recorder
        try:
            hit = self._history.before(wanted)
        except Interrupted:
            text = "paused while searching backwards"
            return Stop(Reason.INTERRUPTED, session.icount, text)
        if hit is None:
            ram = content(session.machine, wanted.ranges) is not None
            return Stop(Reason.EDGE, session.icount, tell_nobody(wanted, session.guest.loads, ram))
        recorder.return_to(hit.icount)
        return Stop(Reason.ARRIVED, session.icount, self.tell(hit))

    def after(self, wanted: Wanted) -> tuple[Outcome, Stop | None]:
        """Go to the first access after now; where there is none, stay: the outcome says why."""
        session, recorder = self._session, self._session.recorder
        origin = session.icount
        outcome, hit = self._history.after(wanted)
        if hit is not None:
            return outcome, Stop(Reason.ARRIVED, session.icount, self.tell(hit))
        recorder.return_to(origin)
        if outcome is not Outcome.ENDED:
            return outcome, None
        verb = {"read": "read", "write": "written"}.get(wanted.kind, "accessed")
        text = f"{wanted.thing} is not {verb} after this"
        return outcome, Stop(Reason.EDGE, session.icount, text)
