"""``ringview run SCENARIO --plain``: a run as it would be read aloud.

Each line is one whole sentence, or one line of a log: nothing is said by its place, by columns, by
indentation or by a drawing, so that it is the same for a screen reader, a pipe and any width.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from ringview.cli.moments import HOPS, Beat, Change, End, Hop, Start, moments
from ringview.scenario.linux import result_words, signal_name
from ringview.scenario.model import Scenario
from ringview.scenario.record import HopFact, RunRecord
from ringview.scenario.resolve import PlacedBeat

_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z0-9“\"(])")
_MODES = {
    "USR": "user mode",
    "SVC": "supervisor mode",
    "ABT": "abort mode",
    "UND": "undefined mode",
    "IRQ": "interrupt mode",
    "FIQ": "fast interrupt mode",
    "SYS": "system mode",
}
_SPOKEN = ((" → ", " to "), ("→", " to "), (" · ", ": "), ("·", ": "), ("…", "..."), ("  ", " "))


def plain(scenario: Scenario, record: RunRecord, beats: Sequence[PlacedBeat] = ()) -> Iterator[str]:
    """Tell a run: what was run, all that happened in order with the lecturer's words, and what was
    printed.

    Args:
        scenario: what was run.
        record: what happened.
        beats: where a lecturer stops, and what is said there.
    """
    before = ""
    for line in chain(_heading(scenario, record), _story(record, beats), [""], _outputs(record)):
        if line or before:
            yield line
        before = line


def sentences(text: str) -> list[str]:
    """The sentences of a text, each in one line and without signs that only the eye reads."""
    return _END.split(_spoken(" ".join(text.split())))


def _spoken(text: str) -> str:
    for sign, word in _SPOKEN:
        text = text.replace(sign, word)
    return text


def _whole(text: str) -> str:
    """A sentence: with a capital where it begins with a word, and a full stop."""
    text = _spoken(text).strip()
    first = text.split(" ", 1)[0]
    if first.isalpha() and first.islower():
        text = text[0].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _heading(scenario: Scenario, record: RunRecord) -> Iterator[str]:
    yield _whole(scenario.title)
    key = f", build {record.kernel.key[:12]}" if record.kernel.key else ""
    options = "".join(f", {name} = {value}" for name, value in record.kernel.options)
    yield f"The kernel is {record.kernel.config}{key}{options}."
    command = " ".join((scenario.program.name, *scenario.args))
    memory = f"{scenario.memory >> 20} MiB of memory"
    yield f"The program is {command}, with {memory} and seed {scenario.seed}."


def _story(record: RunRecord, beats: Sequence[PlacedBeat]) -> Iterator[str]:
    for moment in moments(record, beats):
        match moment:
            case Beat(beat, number):
                yield from _beat(beat, number, len(beats))
            case Start(icount):
                yield f"At {icount:,} the program starts, in user mode."
            case Change():
                yield from _transition(moment)
            case Hop(fact):
                yield _hop(fact)
            case End(icount, text):
                yield _whole(f"At {icount:,}: {text}")


def _beat(beat: PlacedBeat, number: int, count: int) -> Iterator[str]:
    yield ""
    yield _whole(f"Beat {number} of {count}: {beat.beat.title}")
    yield from sentences(beat.beat.say)
    if beat.beat.ask is not None:
        yield from sentences(f"Question: {beat.beat.ask.question}")
        yield _whole(f"Answer: {beat.beat.ask.answer}")
    yield ""


def _transition(change: Change) -> Iterator[str]:
    t, call, done = change.fact, change.begins, change.ends
    source, target = _MODES.get(t.source, t.source), _MODES.get(t.target, t.target)
    by = "a return" if t.cause == "return" else t.cause
    where = _address(t.pc, t.place)
    yield f"At {t.icount:,} from {source} to {target}, by {by} at {where}."
    if t.vector is not None:
        yield f"The vector is {t.vector:08x}, lr is {t.lr:08x}, spsr is {t.spsr:08x}."
    else:
        yield f"It goes on at {_address(t.target_va, t.target_place)}."
    if t.note:
        yield _whole(t.note)
    if call is not None:
        yield f"The call is {_spoken(call.text)}, number {call.nr}."
        yield f"The user's sp is {call.sp_user:08x}, the kernel's {call.sp_kernel:08x}."
    if done is not None:
        count = sum(done.instructions.values())
        result = _spoken(result_words(done.ret))
        yield f"The result of {done.name} is {result}, after {count:,} instructions."


def _hop(hop: HopFact) -> str:
    what = hop.place
    if hop.note and hop.note != hop.place:
        what = hop.note if hop.note.startswith(hop.place) else f"{hop.place}, {hop.note}"
    name = HOPS.get(hop.phase, (hop.name or hop.phase).capitalize())
    source, _, line = hop.source.rpartition(":")
    where = f", {source} line {line}" if source else ""
    return _whole(f"{name}, at {hop.icount:,}: {what}{where}")


def _address(va: int, place: str) -> str:
    return f"{va:08x}, {place}" if place else f"{va:08x}"


def _outputs(record: RunRecord) -> Iterator[str]:
    for line in record.log:
        yield f"Kernel log, {line.seconds:.6f} seconds: {_spoken(line.text)}".rstrip()
    text = record.console.decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    yield from (f"Console: {said}".rstrip() for said in text.splitlines())
    if record.signal is not None:
        yield f"The program was killed by {signal_name(record.signal)}."
    elif record.exit_status is not None:
        yield f"The program ended with status {record.exit_status}."
    else:
        yield _whole(f"The program did not end: {record.halt_text}")
