"""A frame as it is shown while a question waits: the machine as it stands and what led here, but
nothing that comes, neither by the recording nor by what the next instruction is known to do.

Invariant: what a person may read to find the answer stays, all that would say it goes.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from ringview.views.frame import (
    BeatView,
    Code,
    FetchLedger,
    Frame,
    Hop,
    Narration,
    Storyboard,
    TimeLane,
    Timeline,
    Translation,
)

WAITS: Final = "What comes next is told after the answer."
"""What stands where something is kept back."""

TO_COME: Final = "…"
"""The name of all that comes, where it would stand in a list."""

_KEPT_MARKS = ("bookmark", "beat", "end")


def withheld(frame: Frame) -> Frame:
    """The frame without what comes after its stop."""
    now = frame.header.icount
    return replace(
        frame,
        timeline=_timeline(frame.timeline, now),
        code=_code(frame.code),
        translation=_translation(frame.translation),
        narration=narration_withheld(frame.narration, now),
        storyboard=_storyboard(frame.storyboard, now),
        fetches=_fetches(frame.fetches),
    )


def narration_withheld(narration: Narration, now: int) -> Narration:
    """The narration without the next effect, what becomes of a fault, the stages ahead in the call
    and the titles of the beats to come.

    Args:
        narration: of a stop.
        now: its icount.
    """
    transition, fault = narration.transition, narration.fault
    if transition is not None and transition.coming:
        transition = replace(
            transition, headline=WAITS, cause="", to_mode="", steps=(), rows=(), bits=(), moves=()
        )
    if fault is not None:
        fault = None if fault.coming else replace(fault, what_next="", recorded=False)
    return replace(
        narration,
        beats=tuple(_beat(beat, now) for beat in narration.beats),
        hops=_hops(narration.hops, now),
        transition=transition,
        fault=fault,
        next_effect="",
    )


def _beat(beat: BeatView, now: int) -> BeatView:
    """A beat; of one to come neither what it is called nor what it asks and answers."""
    if 0 <= beat.icount <= now:
        return beat
    return replace(beat, title="", say="", question="", answer="", choices=())


def _hops(hops: tuple[Hop, ...], now: int) -> tuple[Hop, ...]:
    """The stages of a call that have begun, and one that stands for all the others."""
    begun = tuple(hop for hop in hops if hop.icount <= now)
    if len(begun) == len(hops):
        return hops
    if begun:
        # How long the present stage takes is what comes, too.
        begun = (*begun[:-1], replace(begun[-1], instructions=now - begun[-1].icount))
    ahead = Hop(TO_COME, now, 0, "", "", 0, -1, current=False, note="after the answer")
    return (*begun, ahead)


def _code(code: Code) -> Code:
    """The code without the remark on what the next instruction does."""
    rows = tuple(replace(row, note="") if row.current and row.note else row for row in code.rows)
    return replace(code, rows=rows)


def _translation(translation: Translation) -> Translation:
    """The walk without the sentence on the access that comes; one that a person asked for keeps
    it.
    """
    if not translation.pending:
        return translation
    return replace(translation, verdict="")


def _timeline(timeline: Timeline, now: int) -> Timeline:
    """The timeline up to now; bookmarks stay, and so do the places of beats."""
    first, last = timeline.first, max(timeline.last, timeline.first + 1)
    marks = tuple(
        replace(mark, label="") if mark.kind == "beat" and mark.icount > now else mark
        for mark in timeline.marks
        if mark.icount <= now or mark.kind in _KEPT_MARKS
    )
    lanes = (_lane(lane, (now - first) / (last - first)) for lane in timeline.lanes)
    return replace(
        timeline,
        spans=tuple(
            replace(span, stop=min(span.stop, now)) for span in timeline.spans if span.start < now
        ),
        marks=marks,
        lanes=tuple(lane for lane in lanes if any(map(any, (lane.user, lane.kernel, lane.abort)))),
        places=tuple(
            replace(place, stop=min(place.stop, now + 1))
            for place in timeline.places
            if place.start <= now
        ),
        steps=tuple(
            replace(step, mark="") if step.icount == now else step
            for step in timeline.steps
            if step.icount <= now
        ),
        waits=True,
    )


def _lane(lane: TimeLane, share: float) -> TimeLane:
    """A lane whose columns are empty from a moment on."""

    def cut(part: bytes) -> bytes:
        kept = min(len(part), max(0, int(share * len(part)) + 1))
        return part[:kept] + bytes(len(part) - kept)

    return replace(lane, user=cut(lane.user), kernel=cut(lane.kernel), abort=cut(lane.abort))


def _storyboard(board: Storyboard | None, now: int) -> Storyboard | None:
    """A call that is over, or why another cannot be shown yet."""
    if board is None or board.ordinal < 0 or (board.returned and board.last <= now):
        return board
    return Storyboard(-1, board.count, "", "", 0, 0, False, 0, 0, 0, (), why_not=WAITS)


def _fetches(ledger: FetchLedger | None) -> FetchLedger | None:
    """What a call that is over has fetched, or why another's cannot be shown yet."""
    if ledger is None or ledger.ordinal < 0 or all(row.done for row in ledger.rows):
        return ledger
    return FetchLedger(why_not=WAITS)
