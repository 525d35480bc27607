"""The story of a run as lines of text: what happened, in order, with its icount."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from ringview.cli.moments import HOPS, Beat, Change, End, Hop, Moment, Start, moments
from ringview.scenario.check import Result
from ringview.scenario.linux import result_words, signal_name
from ringview.scenario.model import Scenario
from ringview.scenario.record import HopFact, RunRecord
from ringview.scenario.resolve import PlacedBeat

WIDTH = 96
_INDENT = " " * 14


def heading(scenario: Scenario, record: RunRecord) -> Iterator[str]:
    """Say what was run."""
    yield scenario.title
    options = "".join(f", {name}={value}" for name, value in record.kernel.options)
    key = f" {record.kernel.key[:12]}" if record.kernel.key else ""
    yield f"kernel {record.kernel.config}{key}{options}"
    command = " ".join((scenario.program.name, *scenario.args))
    yield f"program {command}, {scenario.memory >> 20} MiB, seed {scenario.seed}"
    yield ""


def story(record: RunRecord, beats: Sequence[PlacedBeat] = ()) -> list[str]:
    """Return the run's transitions and hops in order.

    Args:
        record: the run.
        beats: where a lecturer would stop; their titles are given.
    """
    return [line for moment in moments(record, beats) for line in _told(moment)]


def _told(moment: Moment) -> list[str]:
    match moment:
        case Beat(beat):
            return _beat(beat)
        case Start(icount):
            return [_line(icount, "the program starts in user mode")]
        case Change():
            return _transition(moment)
        case Hop(fact):
            return [_hop(fact)]
        case End(icount, text):
            return [_line(icount, text)]


def _line(icount: int, text: str) -> str:
    return f"{icount:>12,}  {text}"


def _beat(beat: PlacedBeat) -> list[str]:
    return ["", f"{_INDENT}== {beat.beat.title} =="]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)


def _transition(change: Change) -> list[str]:
    t, call, done = change.fact, change.begins, change.ends
    by = {"return": "by return", "msr": "by msr", "cps": "by cps"}.get(t.cause, f"by {t.cause}")
    text = f"{t.source} → {t.target} {by} at {_address(t.pc, t.place)}"
    if t.vector is not None:
        text += f"; vector {t.vector:08x}, lr {t.lr:08x}, spsr {t.spsr:08x}"
    else:
        text += f" to {_address(t.target_va, t.target_place)}"
    lines = [_line(t.icount, text)]
    if t.note:
        lines += _wrapped(t.note)
    if call is not None:
        stacks = f"user sp {call.sp_user:08x}, kernel sp {call.sp_kernel:08x}"
        lines.append(f"{_INDENT}{call.text}, number {call.nr}; {stacks}")
    if done is not None:
        count = sum(done.instructions.values())
        lines.append(
            f"{_INDENT}{done.name} = {result_words(done.ret)}, after {count:,} instructions"
        )
    return lines


def _hop(hop: HopFact) -> str:
    source = f", {hop.source}" if hop.source else ""
    what = hop.place
    if hop.note and hop.note != hop.place:
        what = hop.note if hop.note.startswith(hop.place) else f"{hop.place}: {hop.note}"
    return _line(hop.icount, f"  {HOPS.get(hop.phase, hop.name or hop.phase)}: {what}{source}")


def _address(va: int, place: str) -> str:
    return f"{va:08x} ({place})" if place else f"{va:08x}"


def outputs(record: RunRecord) -> Iterator[str]:
    """Give the kernel log, the console, and how the program ended."""
    yield ""
    yield "kernel log"
    for line in record.log:
        yield f"  [{line.seconds:12.6f}] {line.text}"
    yield ""
    yield "console"
    text = record.console.decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    yield from (f"  {line}" for line in text.splitlines())
    yield ""
    if record.signal is not None:
        yield f"the program was killed by {signal_name(record.signal)}"
    elif record.exit_status is not None:
        yield f"the program ended with status {record.exit_status}"
    else:
        yield f"the program did not end: {record.halt_text}"


def verdicts(results: Iterable[Result]) -> Iterator[str]:
    """Give each expectation with what became of it."""
    listed = list(results)
    if not listed:
        return
    yield ""
    yield "expectations"
    for result in listed:
        word = "held  " if result.held else "FAILED"
        yield f"  {word}  {result.text}: {result.told}"
    failed = sum(not result.held for result in listed)
    yield ""
    yield f"{len(listed) - failed} of {len(listed)} expectations held"
