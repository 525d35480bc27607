"""What stops a run: breakpoints and watchpoints, with conditions if wanted, and their hits."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from ringview.errors import InputError
from ringview.session.condition import Condition, Values, divide, parse
from ringview.session.wanted import Wanted

if TYPE_CHECKING:
    from ringview.machine.machine import Machine
    from ringview.session.codemap import CodeMap


@dataclass(frozen=True, slots=True)
class StopPoint:
    """One breakpoint or watchpoint.

    Attributes:
        number: what it is called in lists; from 1, never given twice.
        words: where it is, as asked for, the condition left out.
        addresses: of a breakpoint: virtual addresses of its instructions; several where a line was
            compiled into several places.
        wanted: of a watchpoint: what is watched.
        condition: what must hold before the instruction of a breakpoint, or after the access.
    """

    number: int
    words: str
    addresses: tuple[int, ...] = ()
    wanted: Wanted | None = None
    condition: Condition | None = None

    @property
    def is_watch(self) -> bool:
        """Whether it watches memory."""
        return self.wanted is not None

    @property
    def traced(self) -> bool:
        """Whether the full trace alone tells where it stops a run."""
        if self.condition is None:
            return True
        return not self.is_watch and self.condition.traced

    def __str__(self) -> str:
        text = self.words if self.wanted is None else str(self.wanted)
        return f"{text} if {self.condition}" if self.condition is not None else text

    def as_note(self) -> dict[str, Any]:
        """Plain data from which `from_note` makes it again."""
        note = asdict(replace(self, condition=None))
        return {**note, "condition": "" if self.condition is None else self.condition.text}


def from_note(note: Mapping[str, Any]) -> StopPoint:
    """A point from what `StopPoint.as_note` gave."""
    wanted = note["wanted"]
    if wanted is not None:
        wanted = Wanted(**{**wanted, "ranges": tuple((pa, size) for pa, size in wanted["ranges"])})
    condition = parse(note["condition"]) if note["condition"] else None
    return StopPoint(note["number"], note["words"], tuple(note["addresses"]), wanted, condition)


class StopPoints:
    """The breakpoints and watchpoints of one session.

    A hit is a moment at which a point stopped a motion: found again, it is the same hit, so the
    count does not grow by walking back and forth.

    Args:
        machine: is told the breakpoints' addresses.
        code: knows symbols and lines.
        understand: reads what is to be watched where the session stands, see
            `ringview.session.wanted.understand`.
        values: gives registers, variables and memory of the moment the machine stands at.
        known: whether a name means a variable or symbol, now or at some addresses.
    """

    def __init__(
        self,
        machine: Machine,
        code: CodeMap,
        understand: Callable[[str, str], Wanted],
        values: Callable[[], Values],
        known: Callable[[str, Sequence[int]], bool],
    ) -> None:
        self._machine = machine
        self._code = code
        self._understand = understand
        self._values = values
        self._name_known = known
        self._points: tuple[StopPoint, ...] = ()
        self._hits: dict[int, list[int]] = {}
        self._next = 1
        self.addresses: frozenset[int] = frozenset()
        """Virtual addresses of all breakpoints."""

    def __len__(self) -> int:
        return len(self._points)

    @property
    def all(self) -> tuple[StopPoint, ...]:
        """All of them, by number."""
        return self._points

    @property
    def watches(self) -> tuple[StopPoint, ...]:
        """The watchpoints."""
        return tuple(point for point in self._points if point.is_watch)

    def get(self, number: int) -> StopPoint:
        """The point of a number.

        Raises:
            InputError: there is none.
        """
        for point in self._points:
            if point.number == number:
                return point
        raise InputError(f"there is no breakpoint or watchpoint {number}")

    # ------------------------------------------------------------------------------- changing

    def add_breakpoint(self, words: str) -> StopPoint:
        """Set a breakpoint: ``sys_hello2``, ``file.c:32``, ``0x…``, each with `` if CONDITION``.

        One at the same place is replaced.

        Raises:
            InputError: there is no such place, or the condition cannot be read.
        """
        place, condition = divide(words)
        addresses = self._code.addresses(place)
        self._check_names(condition, addresses)
        same = [p for p in self._points if p.addresses == addresses]
        point = StopPoint(self._number(), place, addresses, condition=condition)
        self._set((*(p for p in self._points if p not in same), point))
        return point

    def add_address(self, va: int, condition: Condition | None = None) -> StopPoint:
        """Set a breakpoint at a virtual address."""
        point = StopPoint(self._number(), self._code.describe(va), (va,), condition=condition)
        self._set((*(p for p in self._points if p.addresses != (va,)), point))
        return point

    def clear_breakpoint(self, words: str) -> bool:
        """Remove the breakpoint at a place; gives whether there was one.

        Raises:
            InputError: there is no such place.
        """
        addresses = self._code.addresses(divide(words)[0])
        kept = tuple(p for p in self._points if p.is_watch or not set(p.addresses) & set(addresses))
        found = len(kept) < len(self._points)
        self._set(kept)
        return found

    def clear_address(self, va: int) -> None:
        """Remove every breakpoint at a virtual address."""
        self._set(tuple(p for p in self._points if va not in p.addresses))

    def toggle_watch(self, words: str, kind: str = "write") -> StopPoint | None:
        """Watch memory, or no longer if exactly this is watched already: then the answer is None.

        Args:
            words: what, see `ringview.session.wanted.understand`, and `` if CONDITION`` if wanted;
                its physical place is watched from here on, wherever virtual addresses lead later.
            kind: ``read``, ``write`` or ``access``, where the words do not say.

        Raises:
            InputError: the words cannot be read, or name nothing that is in memory now.
        """
        what, condition = divide(words)
        wanted = self._understand(what, kind)
        if wanted.is_register:
            raise InputError("a register cannot be watched; ask who wrote it instead")
        self._check_names(condition, ())
        same = [
            point
            for point in self.watches
            if point.wanted is not None
            and (point.wanted.kind, point.wanted.ranges, point.wanted.value)
            == (wanted.kind, wanted.ranges, wanted.value)
        ]
        kept = tuple(point for point in self._points if point not in same)
        if any(point.condition == condition for point in same):
            self._set(kept)
            return None
        point = StopPoint(self._number(), what, wanted=wanted, condition=condition)
        self._set((*kept, point))
        return point

    def remove(self, number: int) -> StopPoint:
        """Remove a point.

        Raises:
            InputError: there is none of that number.
        """
        point = self.get(number)
        self._set(tuple(p for p in self._points if p is not point))
        return point

    def take_over(self, points: Sequence[StopPoint]) -> None:
        """Have exactly these, as another session had them."""
        self._next = max((point.number for point in points), default=0) + 1
        self._set(tuple(points))

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    def _set(self, points: tuple[StopPoint, ...]) -> None:
        self._points = points
        numbers = {point.number for point in points}
        self._hits = {number: hits for number, hits in self._hits.items() if number in numbers}
        self.addresses = frozenset(va for point in points for va in point.addresses)
        self._machine.set_code_breakpoints(self.addresses)

    def _check_names(self, condition: Condition | None, addresses: Sequence[int]) -> None:
        for name, column in () if condition is None else condition.names:
            if not self._name_known(name, addresses):
                raise InputError(
                    f"column {column}: there is no register, variable or symbol {name}"
                )

    # ------------------------------------------------------------------------------- stopping

    def breaks_here(self, points: Sequence[StopPoint] | None = None) -> StopPoint | None:
        """The breakpoint that stops a run at the instruction that is next now, None for none.

        Args:
            points: those that count; None for all.
        """
        pc = self._machine.registers().pc
        if pc not in self.addresses:
            return None
        for point in self._points if points is None else points:
            if pc in point.addresses and self.holds(point):
                return point
        return None

    def holds(self, point: StopPoint) -> bool:
        """Whether a point's condition holds now."""
        return point.condition is None or point.condition.holds(self._values())

    def note_hit(self, point: StopPoint, icount: int) -> None:
        """A point has stopped a motion."""
        hits = self._hits.setdefault(point.number, [])
        index = bisect_left(hits, icount)
        if index == len(hits) or hits[index] != icount:
            insort(hits, icount)

    def hits(self, point: StopPoint) -> int:
        """How many moments are known at which a point stopped the run."""
        return len(self._hits.get(point.number, ()))

    def hits_between(self, point: StopPoint, first: int, last: int, count: int) -> list[int]:
        """The known hits of a point in a part of the run, at most so many."""
        hits = self._hits.get(point.number, [])
        return hits[bisect_left(hits, first) : bisect_right(hits, last)][:count]

    def forget_after(self, icount: int) -> None:
        """What was found later than a moment belongs to a future that will not be."""
        for hits in self._hits.values():
            del hits[bisect_right(hits, icount) :]
