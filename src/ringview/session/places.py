"""Places in words, such as a person types them, and when a run comes there.

| words | place |
|---|---|
| ``41,207`` | an icount |
| ``start``, ``end`` | the program's first instruction, the run's end |
| ``beat 3``, ``syscall 5``, ``event 12`` | counted from 1; an event is a change of mode |
| ``syscall hello2``, ``syscall hello2 3`` | a call by name; with a number, counted from 1 |
| ``data abort``, ``irq 7``, ``svc`` … | a change of mode by its cause (`CAUSES`) |
| ``next irq``, ``previous syscall read`` | strictly after or before now |
| ``bookmark X``, or ``X`` alone | a named moment |
| ``0x…``, ``symbol``, ``symbol+0x1c``, ``file.c:32`` | its next execution |

What is not counted means the next one after now; if none is recorded ahead, the first of the run;
if there is none at all, the run is recorded on until it comes.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringview.errors import InputError
from ringview.machine.events import Transition
from ringview.session.motion import Motions
from ringview.session.recorder import FOR_EVER, Outcome
from ringview.session.syscalls import SyscallRecord

if TYPE_CHECKING:
    from ringview.session.session import Session

STRIDE = 1 << 17
"""Instructions recorded before it is asked again whether the place is among them."""

CAUSES = ("svc", "data abort", "prefetch abort", "undefined", "irq", "fiq", "smc", "return")
"""Causes of changes of mode that are places."""

_ALIASES = {"interrupt": "irq", "undef": "undefined", "page fault": "data abort"}
_COUNTED = re.compile(r"(?:(next|previous|prev|last)\s+)?(\S.*?)(?:\s+(\d[\d,]*))?")


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of event.

    Attributes:
        what: what it is called.
        items: all that are recorded, by time; grows while the run is recorded.
        moment: when one is.
        wanted: whether one is of this kind.
    """

    what: str
    items: Callable[[], Sequence[object]]
    moment: Callable[[object], int]
    wanted: Callable[[object], bool]


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
        """The icount of a place, None if interrupted.

        Raises:
            InputError: there is no such place, or it never occurs.
        """
        session, text = self._session, place.strip()
        word = " ".join(text.lower().split())
        if re.fullmatch(r"\d[\d,_ ]*", text):
            return int(re.sub(r"[,_ ]", "", text))
        if word == "start":
            return session.first_user or 0
        if word.startswith("bookmark "):
            name = text.split(None, 1)[1]
            named = session.bookmarks.find(name)
            if named is None:
                raise InputError(f"there is no bookmark {name}")
            return named
        named = session.bookmarks.find(text)
        if named is not None:
            return named
        if word == "end":
            outcome = session.recorder.advance(FOR_EVER)
            return None if outcome is Outcome.INTERRUPTED else session.end
        counted = _COUNTED.fullmatch(word)
        kind = None if counted is None else self._kind(counted[2])
        if counted is None or kind is None:
            return self._next_execution(text)
        if counted[3] is None:
            return self._nearest(kind, counted[1] or "")
        if counted[1]:
            raise InputError(f"{text} is no place: either {counted[1]}, or a number")
        return self._nth(kind, int(counted[3].replace(",", "")))

    def _kind(self, words: str) -> _Kind | None:
        """What kind of event some words mean, None if none."""
        session = self._session
        words = _ALIASES.get(words, words)
        if words == "beat":
            return _Kind("beat", session.beats, _itself, _any)
        if words == "syscall":
            return _Kind("syscall", session.syscalls, _entered, _any)
        if words in ("event", "transition"):
            return _Kind(words, self._transitions, _happened, _any)
        if words in CAUSES:
            return _Kind(words, self._transitions, _happened, lambda event: _by(event) == words)
        if words.startswith("syscall "):
            name = words.split(None, 1)[1].removeprefix("sys_")
            if not self._is_call(name):
                raise InputError(f"the kernel has no system call {name}")
            return _Kind(f"syscall {name}", session.syscalls, _entered, lambda c: _name(c) == name)
        return None

    def _transitions(self) -> Sequence[Transition]:
        return self._session.recorder.transitions.all

    def _is_call(self, name: str) -> bool:
        symbols = self._session.kernel.symbols
        if any(symbols.get(f"sys_{name}{end}") for end in ("", "_wrapper")):
            return True
        return any(call.name == name for call in self._session.syscalls())

    def _nearest(self, kind: _Kind, which: str) -> int | None:
        """The next of a kind after now, or the one before."""
        now, items = self._session.icount, kind.items()
        if which in ("previous", "prev", "last"):
            stop = bisect_left(items, now, key=kind.moment)
            for index in range(stop - 1, -1, -1):
                if kind.wanted(items[index]):
                    return kind.moment(items[index])
            raise InputError(f"there is no {kind.what} before this")
        at = bisect_right(items, now, key=kind.moment)
        behind = 0 if which else at
        for index in (*range(at, len(items)), *range(behind)):
            if kind.wanted(items[index]):
                return kind.moment(items[index])
        return self._record_until(kind, len(items), 1, f"there is no {kind.what} to come")

    def _nth(self, kind: _Kind, number: int) -> int | None:
        if number < 1:
            raise InputError(f"there is no {kind.what} {number}: they are counted from 1")
        items, count = kind.items(), 0
        for item in items if kind.wanted is not _any else ():
            count += kind.wanted(item)
            if count == number:
                return kind.moment(item)
        if kind.wanted is _any:
            count = len(items)
            if number <= count:
                return kind.moment(items[number - 1])
        return self._record_until(
            kind, len(items), number - count, f"there is no {kind.what} {number}", known=count
        )

    def _record_until(
        self, kind: _Kind, seen: int, number: int, sorry: str, known: int = -1
    ) -> int | None:
        """Record on to the ``number``-th of a kind among what was not seen yet."""
        recorder, session = self._session.recorder, self._session
        while True:
            items = kind.items()
            for index in range(seen, len(items)):
                if kind.wanted(items[index]):
                    number, known = number - 1, known + 1
                    if not number:
                        return kind.moment(items[index])
            seen = len(items)
            if session.finished:
                raise InputError(sorry if known < 0 else f"{sorry}; the run has {known}")
            recorder.seek(recorder.end)
            outcome = recorder.advance(recorder.end + STRIDE)
            if outcome is Outcome.INTERRUPTED:
                return None
            if outcome is Outcome.FULL:
                raise InputError(f"{sorry} in what could be recorded")

    def _next_execution(self, place: str) -> int | None:
        session, recorder = self._session, self._session.recorder
        addresses = session.code.addresses(place)
        origin, known = session.icount, session.end
        # What is recorded ahead, then what is recorded behind, then what nobody has seen yet: a
        # guest may run for ever without coming there.
        for start, limit in ((origin, known), (0, origin + 1), (known, FOR_EVER)):
            recorder.return_to(start)
            # An instruction at the very start of a stretch is not stopped at.
            if (start == 0 or start != origin) and self._motions.pc in addresses:
                return start
            outcome = self._motions.run_to_address(addresses, limit)
            if outcome is Outcome.BREAKPOINT:
                return session.icount
            if outcome in (Outcome.INTERRUPTED, Outcome.FULL):
                recorder.return_to(origin)
                return None
        recorder.return_to(origin)
        raise InputError(f"{place} is never executed in this run")


def _any(_: object) -> bool:
    return True


def _itself(item: object) -> int:
    assert isinstance(item, int)
    return item


def _happened(item: object) -> int:
    assert isinstance(item, Transition)
    return item.icount


def _by(item: object) -> str:
    assert isinstance(item, Transition)
    return item.cause


def _entered(item: object) -> int:
    assert isinstance(item, SyscallRecord)
    return item.enter


def _name(item: object) -> str:
    assert isinstance(item, SyscallRecord)
    return item.name
