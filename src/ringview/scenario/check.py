"""Expectations against the record of a run: pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ringview.scenario.linux import SIGNALS, result_words, signal_name
from ringview.scenario.model import (
    Expectation,
    ExpectExit,
    ExpectInstructions,
    ExpectSignal,
    ExpectSyscall,
    ExpectText,
    ExpectTransitions,
    ExpectWatch,
)
from ringview.scenario.places import EndPlace, Place, ordinal
from ringview.scenario.record import RunRecord, TransitionFact

CONSOLE_SHOWN = 60
"""Characters of the console quoted in a result's detail."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one expectation.

    Attributes:
        held: whether it came true.
        text: the expectation in words.
        detail: what was seen instead, or the evidence.
        line: its line in the scenario's file, 0 if none.
        why: the reason why it did not come true, where a lab knows it.
    """

    held: bool
    text: str
    detail: str
    line: int = 0
    why: str = ""

    @property
    def told(self) -> str:
        """The detail, and the reason."""
        return f"{self.detail} ({self.why})" if self.why else self.detail


def check(expectations: Sequence[Expectation], record: RunRecord) -> list[Result]:
    """Return one result for each expectation, in their order."""
    return [_check(expectation, record) for expectation in expectations]


def needed_watches(expectations: Iterable[Expectation]) -> list[tuple[str, Place]]:
    """Return the (dotted name, place) pairs whose values a record must have to be checked."""
    return [(e.dotted, e.at) for e in expectations if isinstance(e, ExpectWatch)]


def _check(expectation: Expectation, record: RunRecord) -> Result:
    match expectation:
        case ExpectSyscall():
            held, text, detail = _syscall(expectation, record)
        case ExpectText():
            held, text, detail = _text(expectation, record)
        case ExpectExit():
            text = f"the program ends with status {expectation.status}"
            held, detail = record.exit_status == expectation.status, _ending(record)
        case ExpectSignal():
            text = f"the program is killed by {expectation.signal}"
            held, detail = record.signal == SIGNALS[expectation.signal], _ending(record)
        case ExpectTransitions():
            held, text, detail = _transitions(expectation, record)
        case ExpectWatch():
            held, text, detail = _watch(expectation, record)
        case ExpectInstructions():
            held, text, detail = _instructions(expectation, record)
    return Result(held, text, detail, expectation.where.line)


def expected_words(e: ExpectSyscall) -> str:
    """What a system call is expected to do, in words."""
    name = e.name if e.when or not e.occurrence else f"the {ordinal(e.occurrence)} {e.name}"
    does = f"returns {result_words(e.returns)}"
    if e.returns is None:
        does = "comes back" if e.occurrence else "is called"
    text = f"{name} {does}"
    if e.times is not None:
        text += f", {_times(e.times)}"
    return f"{text} when {e.when}" if e.when else text


def _syscall(e: ExpectSyscall, record: RunRecord) -> tuple[bool, str, str]:
    calls = [call for call in record.syscalls if call.name == e.name]
    text = expected_words(e)
    if e.occurrence:
        if len(calls) < e.occurrence:
            return False, text, f"it was called {_times(len(calls))}"
        ret = calls[e.occurrence - 1].ret
        words = "it never returned" if ret is None else f"it returns {result_words(ret)}"
        return ret is not None and e.returns in (None, ret), text, words
    held = bool(calls) if e.times is None else len(calls) == e.times
    held = held and all(e.returns in (None, call.ret) for call in calls)
    if not calls:
        return held, text, "it was never called"
    results = ", ".join(result_words(call.ret) for call in calls[:8])
    more = ", …" if len(calls) > 8 else ""
    return held, text, f"called {_times(len(calls))}, with {results}{more}"


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")


def _text(e: ExpectText, record: RunRecord) -> tuple[bool, str, str]:
    place = "the kernel log" if e.source == "log" else "the console"
    text = f"{place} matches /{e.pattern}/" if e.regex else f"{place} says {e.pattern!r}"
    if e.source == "log":
        candidates = [line.text for line in record.log]
    else:
        candidates = [record.console.decode("utf-8", "replace").replace("\r\n", "\n")]
    for line in candidates:
        found = re.search(e.pattern, line) if e.regex else e.pattern in line
        if found:
            return True, text, line if e.source == "log" else _quote(e, line)
    if e.source == "log":
        return False, text, f"none of its {len(candidates)} lines does"
    shown = candidates[0][-CONSOLE_SHOWN:]
    return False, text, f"it ends with {shown!r}" if shown else "nothing was written to it"


def _quote(e: ExpectText, console: str) -> str:
    """Return the console's line that matches."""
    for line in console.splitlines():
        if re.search(e.pattern, line) if e.regex else e.pattern in line:
            return line
    return f"{len(console)} characters"


def _ending(record: RunRecord) -> str:
    if record.signal is not None:
        return f"it was killed by {signal_name(record.signal)}"
    if record.exit_status is not None:
        return f"it ended with status {record.exit_status}"
    return f"it did not end: {record.halt_text}"


def matches(fact: TransitionFact, cause: str, source: str, target: str) -> bool:
    """Whether a change of mode is of a kind; empty words match any."""
    return (
        (not cause or fact.cause == cause)
        and (not source or fact.source == source)
        and (not target or fact.target == target)
    )


def _transitions(e: ExpectTransitions, record: RunRecord) -> tuple[bool, str, str]:
    count = sum(matches(t, e.cause, e.source, e.target) for t in record.transitions)
    kind = f"{e.source or 'any mode'} → {e.target or 'any mode'}"
    if e.cause:
        kind += f" by {e.cause}"
    held = _within(count, e.at_least, e.at_most)
    return held, f"{kind} happens {_bounds(e.at_least, e.at_most)}", f"it happens {_times(count)}"


def _within(value: int, low: int | None, high: int | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _bounds(low: int | None, high: int | None) -> str:
    if low is not None and low == high:
        return _times(low)
    words = []
    if low is not None:
        words.append(f"at least {low:,}")
    if high is not None:
        words.append(f"at most {high:,}")
    return " and ".join(words)


def _watch(e: ExpectWatch, record: RunRecord) -> tuple[bool, str, str]:
    expected = "is not zero" if e.nonzero else f"is {_value(e.value)}"
    text = f"{e.dotted} {expected} at {_at(e.at)}"
    seen = record.watches.get((e.dotted, e.at))
    if seen is None:
        return False, text, "it could not be read there"
    detail = f"it is {_value(seen.text if seen.text is not None else _plain(seen.numbers))}"
    if e.nonzero:
        return any(seen.numbers), text, detail
    if isinstance(e.value, str):
        return seen.text == e.value, text, detail
    wanted = e.value if isinstance(e.value, tuple) else (e.value,)
    return tuple(v & 0xFFFFFFFF for v in wanted) == seen.numbers, text, detail


def _at(place: Place) -> str:
    return "the program's end" if place == EndPlace("program") else f"the {place}"


def _plain(numbers: tuple[int, ...]) -> int | tuple[int, ...]:
    return numbers[0] if len(numbers) == 1 else numbers


def _value(value: int | str | tuple[int, ...]) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(f"{number:#x}" for number in value) + "]"
    return repr(value) if isinstance(value, str) else str(value)


def _instructions(e: ExpectInstructions, record: RunRecord) -> tuple[bool, str, str]:
    bounds = _bounds(e.at_least, e.at_most)
    if not e.syscall:
        count = record.icount - record.start
        text = f"from the program's start the run takes {bounds} instructions"
        if record.start < 0:
            return False, text, "the program never started"
        return _within(count, e.at_least, e.at_most), text, f"it takes {count:,}"
    which = "" if e.occurrence == 1 else f"the {ordinal(e.occurrence)} "
    text = f"{which}{e.syscall} takes {bounds} instructions"
    calls = [call for call in record.syscalls if call.name == e.syscall]
    if len(calls) < e.occurrence:
        return False, text, f"it was called {_times(len(calls))}"
    count = sum(calls[e.occurrence - 1].instructions.values())
    return _within(count, e.at_least, e.at_most), text, f"it takes {count:,}"
