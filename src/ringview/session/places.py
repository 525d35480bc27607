"""Places in words, such as a person types them, and when a run comes there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ringview.errors import InputError
from ringview.session.motion import Motions
from ringview.session.recorder import FOR_EVER, Outcome

if TYPE_CHECKING:
    from ringview.session.session import Session

STRIDE = 1 << 17
"""Instructions recorded before it is asked again whether the place is among them."""


class Places:
    """Finds places in one session's run, recording on where it must; moves the machine.

    Args:
        session: the session.
        motions: moves it.
    """

    def __init__(self, session: Session, motions: Motions) -> None:
        self._session = session
        self._motions = motions

    def find(self, place: str) -> int | None:
        """The icount of a place (see `Session.resolve_place`), None if interrupted.

        Raises:
            InputError: there is no such place, or it never occurs.
        """
        session, text = self._session, place.strip()
        word = text.lower()
        if re.fullmatch(r"\d[\d,_ ]*", text):
            return int(re.sub(r"[,_ ]", "", text))
        if word == "start":
            return session.first_user or 0
        for icount, name in session.bookmarks.items():
            if name == text:
                return icount
        if word == "end":
            outcome = session.recorder.advance(FOR_EVER)
            return None if outcome is Outcome.INTERRUPTED else session.end
        counted = re.fullmatch(r"(beat|syscall)\s+(\d+)", word)
        if counted is not None:
            return self._nth(counted[1], int(counted[2]))
        return self._next_execution(text)

    def _nth(self, kind: str, number: int) -> int | None:
        session, recorder = self._session, self._session.recorder
        while True:
            calls = session.syscalls()
            known = session.beats() if kind == "beat" else [call.enter for call in calls]
            if 0 < number <= len(known):
                return known[number - 1]
            if session.finished or number < 1:
                raise InputError(f"there is no {kind} {number}; the run has {len(known)}")
            recorder.seek(recorder.end)
            outcome = recorder.advance(recorder.end + STRIDE)
            if outcome is Outcome.INTERRUPTED:
                return None
            if outcome is Outcome.FULL:
                raise InputError(f"there is no {kind} {number} in what could be recorded")

    def _next_execution(self, place: str) -> int | None:
        session, recorder = self._session, self._session.recorder
        addresses = session.code.addresses(place)
        origin, known = session.icount, session.end
        # What is recorded ahead, then what is recorded behind, then what nobody has seen yet: a
        # guest may run for ever without coming there.
        for start, limit in ((origin, known), (0, origin + 1), (known, FOR_EVER)):
            recorder.return_to(start)
            if start == 0 and self._motions.pc in addresses:
                return 0
            outcome = self._motions.run_to_address(addresses, limit)
            if outcome is Outcome.BREAKPOINT:
                return session.icount
            if outcome in (Outcome.INTERRUPTED, Outcome.FULL):
                recorder.return_to(origin)
                return None
        recorder.return_to(origin)
        raise InputError(f"{place} is never executed in this run")
