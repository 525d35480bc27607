"""A search's result in words. What is claimed, and what is not, is said in the same breath."""

from __future__ import annotations

from collections.abc import Iterator

from ringview.explore.finds import Find
from ringview.explore.judge import Judgement
from ringview.explore.results import (
    BOARD_EXCLUSION,
    EXCLUSIONS,
    GIVEN_EXCLUSIONS,
    Bounded,
    Certificate,
    Result,
    Subject,
)
from ringview.explore.schedule import WORDS, Adversary
from ringview.guest.kernel import TASK_SIZE

SHORT = {"board": "A1", "second-core": "A2"}
KINDS = {
    "quiescent": "as undisturbed",
    "mixed": "as with the values it fetched, frozen",
    "refused": "refused: an error and nothing else",
    "bug": "BUG",
}
MOST_VARYING = 6
_LEDGER = 24
"""Fetches of a find that are printed."""


def report(result: Result, schedules: dict[int, str]) -> Iterator[str]:
    """The whole result, line by line.

    Args:
        result: of the search.
        schedules: schedule files by number of the find, from 0.
    """
    yield from _subject(result.subject)
    for bounded in result.bounded:
        yield ""
        yield from _bounded(bounded, result)
    if _never_returns(result):
        yield ""
        yield (
            f"Even undisturbed the call does not return within {result.subject.limit:,} "
            "instructions (--limit): it waits for something, or runs for ever. That is no verdict "
            "on what it would do later."
        )
    yield ""
    yield from _certificate(result.certificate, result)
    yield ""
    yield "Not covered by either statement: " + "; ".join(_exclusions(result)) + "."
    for number, find in enumerate(result.finds):
        yield ""
        yield from _find(find, number, result, schedules.get(number, ""))


def _subject(s: Subject) -> Iterator[str]:
    options = ", ".join(f"{name}={value}" for name, value in s.kernel_options)
    yield f"{s.scenario}: sys_{s.call} of thread {s.victim}, raced by {_threads(s.adversaries)}"
    yield f"  kernel image   {s.kernel_hash[:16]}" + (f"  ({options})" if options else "")
    yield f"  program image  {s.program_hash[:16]}"
    yield (
        f"  inputs         arguments {list(s.args)!r}, seed {s.seed}, "
        f"the call at icount {s.enter:,}"
    )
    whose = (
        "given by the scenario"
        if s.given
        else f"{_plural(s.stores, 'store')} of the adversary's own run"
    )
    yield (
        f"  value set      {whose}, "
        f"{_plural(s.images, 'image')} of the {_plural(s.interesting, 'byte')} that it stores and "
        "the call fetches"
    )
    yield f"  limit          {s.limit:,} instructions for each schedule"
    if s.left_out:
        what = "place" if s.given else "store"
        yield (
            f"                 {_plural(s.left_out, what)} in pages that were not mapped when "
            "the call began: left out"
        )


def _bounded(b: Bounded, result: Result) -> Iterator[str]:
    subject = result.subject
    queue = "queue exhausted" if b.exhausted else "queue NOT exhausted"
    yield (
        f"Bounded, {SHORT[b.adversary]}: kernel image {subject.kernel_hash[:12]}, adversary "
        f"{b.adversary.replace('-', ' ')}, these inputs, this value set, k <= {b.bound}: "
        f"{_plural(b.schedules, 'schedule')}, {queue}, {_plural(b.bugs, 'bug')}"
    )
    yield f"  {WORDS[b.adversary]}"
    for level in b.levels:
        part = "" if level.exhausted else f", {level.done} of {level.items} parts done"
        yield f"  k = {level.bound}: {_plural(level.schedules, 'schedule')}{part}"
    if b.interrupted:
        missing = [k for k in range(b.bound + 1) if k > b.reached]
        yield "  not explored completely: k = " + ", ".join(map(str, missing))
    if b.adversary == "board" and subject.preemptible is False:
        yield (
            "  this kernel is not preemptible (CONFIG_PREEMPT=n): no interrupt switches threads "
            "inside a call, so A1 alone says nothing about its safety"
        )
    for judgement in _of(result, b.adversary):
        yield (
            f"  {judgement.count:>7,} x {KINDS[judgement.kind]}: {judgement.outcome}"
            + (f" [{_plural(judgement.events, 'double fetch')}]" if judgement.events else "")
        )


def _certificate(c: Certificate, result: Result) -> Iterator[str]:
    if c.holds:
        limits = "" if not result.interrupted else ", of the part that was explored,"
        yield (
            f"Single-fetch certificate: holds. On every explored path{limits} the call fetches "
            "each user byte at most once and never reads back what it wrote to the user. So each "
            "racing run equals an undisturbed run on the image of the fetched values, for any k "
            "and any number of writers."
        )
        return
    why = []
    if c.events:
        why.append(f"up to {_plural(c.events, 'double fetch')} in one call")
    if c.reads_back:
        why.append(f"up to {_plural(c.reads_back, 'fetch')} of what the call itself had written")
    if c.cut:
        why.append(f"on {_plural(c.cut, 'path')} the call does not return")
    yield f"Single-fetch certificate: does not hold: {'; '.join(why) or 'nothing was explored'}."


def _exclusions(result: Result) -> Iterator[str]:
    own = "stores that the adversary did not make in its own recorded run"
    for exclusion in EXCLUSIONS:
        if exclusion == own and result.subject.given:
            yield from GIVEN_EXCLUSIONS
        else:
            yield exclusion
    varying = sorted({text for _, j in result.judgements for text in j.outcome.varying})
    if varying:
        more = f" and {len(varying) - MOST_VARYING} more" if len(varying) > MOST_VARYING else ""
        yield (
            "what depends on time or chance, differs between undisturbed calls too and is not "
            f"compared: {', '.join(varying[:MOST_VARYING])}{more}"
        )
    if any(b.adversary == "board" for b in result.bounded):
        yield BOARD_EXCLUSION
    if _never_returns(result):
        yield "what the call does behind the limit: it does not return before, even undisturbed"
    if result.interrupted:
        yield "schedules that were not run, because the search was stopped"


def _never_returns(result: Result) -> bool:
    return any(
        j.kind != "bug" and j.outcome.end == "limit" and not j.schedule.bound
        for _, j in result.judgements
    )


def _find(find: Find, number: int, result: Result, file: str) -> Iterator[str]:
    schedule = find.analysis.schedule
    yield f"Bug {number + 1}, smallest k = {find.bound}, {SHORT[schedule.adversary]}"
    yield f"  outcome    {find.judgement.outcome}"
    for why in find.judgement.why:
        yield f"  because    {why}"
    if find.window is not None:
        w = find.window
        yield (
            f"  window     from {w.first.source or w.first.spot.line} to "
            f"{w.second.source or w.second.spot.line}, {_plural(w.instructions, 'instruction')}: "
            f"fetch {w.first.sequence} ({w.first.spot.place}) loads {w.first.value:#x}, fetch "
            f"{w.second.sequence} ({w.second.spot.place}) loads {w.second.value:#x} from "
            f"{w.second.va:#010x}"
        )
    for point in find.analysis.points:
        word = "preempted" if point.pc >= TASK_SIZE else "and back "
        yield f"  {word}  at icount {point.icount:,}, {point.place} ({point.line})"
    if not find.bound:
        yield (
            "  k = 0      no race is needed: memory as of one moment is enough"
            if find.undisturbed
            else "  k = 0      no preemption is needed: the call sleeps, and the other thread runs"
        )
    for control in find.controls:
        word = "clean" if control.clean else "NOT CLEAN"
        yield f"  control    {control.name}: {word}: {control.outcome}"
    same = "one hash" if find.digests == 1 else f"{find.digests} DIFFERENT hashes"
    yield f"  replays    {find.replays} replays, {same}"
    if schedule.adversary == "second-core":
        yield (
            "  one core   reachable on one core too"
            if find.one_core
            else "  one core   not reachable on one core"
        )
    yield from _ledger(find)
    if file:
        yield f"  replay     ringview run {file}"


def _ledger(find: Find) -> Iterator[str]:
    rows = [(f.spot.icount, 1, f) for f in find.analysis.fetches]
    rows += [(s.spot.icount, 0, s) for s in find.analysis.stores]
    for count, (_, _, access) in enumerate(sorted(rows, key=lambda row: row[:2])):
        if count == _LEDGER:
            yield f"  ledger     ... and {len(rows) - _LEDGER} more"
            return
        who = "fetch" if access.by == "victim" else "store"
        va = f"{access.va:#010x}" if access.va else " " * 10
        yield (
            f"  ledger     {access.spot.icount:>12,}  {who} {access.sequence:>3}  {va}  pa "
            f"{access.pa:#010x}  {access.size} bytes = {access.value:#x}  {access.spot.place}"
            + (f"  {access.source}" if access.source else "")
        )


def _of(result: Result, adversary: Adversary) -> list[Judgement]:
    return [judgement for name, judgement in result.judgements if name == adversary]


def _threads(numbers: tuple[int, ...]) -> str:
    return f"thread{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"


def _plural(count: int, noun: str) -> str:
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun}es" if noun.endswith("ch") else f"{count:,} {noun}s"
