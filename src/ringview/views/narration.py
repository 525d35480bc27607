"""The narration: the scenario's beats, the hops of a call, the story of the last transition and
fault.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ringview.machine.events import Transition
from ringview.session.aftermath import Aftermath
from ringview.session.syscalls import is_fault
from ringview.views.calls import call_at
from ringview.views.entry import Saving, savings_since
from ringview.views.fault import fault_story
from ringview.views.frame import BeatView, Hop, Narration, TransitionStory, Translation
from ringview.views.inputs import Call, Scene
from ringview.views.meaning import place
from ringview.views.next import next_effect
from ringview.views.restore import WayOut
from ringview.views.story import transition_story
from ringview.views.timeline import History
from ringview.views.words import spelt

FAULT_MEMORY = 100
"""Instructions after the return from a fault during which it is still told."""


@dataclass(frozen=True, slots=True)
class BeatText:
    """One beat as the scenario writes it, and where in the run it is (-1: not reached yet)."""

    title: str
    say: str
    icount: int
    question: str = ""
    answer: str = ""
    choices: tuple[str, ...] = ()
    show: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HopStage:
    """One stage of a call's way, as the session found it in the trace."""

    name: str
    icount: int
    pc: int
    instructions: int
    tlb_misses: int = -1
    note: str = ""


def build_narration(
    scene: Scene,
    history: History,
    calls: Sequence[Call],
    *,
    beats: Sequence[BeatText] = (),
    hops: Sequence[HopStage] = (),
    savings: Sequence[Saving] = (),
    translation: Translation | None = None,
    device: str = "",
    aftermath: Callable[[Transition], Aftermath | None] = lambda fault: None,
    way_out: Callable[[Transition], WayOut] = lambda transition: WayOut(),
) -> Narration:
    """Compute the narration of a stop.

    Args:
        scene: the stop.
        history: the run's transitions.
        calls: its system calls, by ``enter``.
        beats: the scenario's, in order.
        hops: of the call in flight, or of the latest one.
        savings: stores of the entry code after the latest transition.
        translation: the translation pane, for what the next instruction will meet.
        device: who raised the interrupt that the latest transition took, "" for none.
        aftermath: tells what a fault led to, by the recording.
        way_out: tells what the instructions before a return did.
    """
    now = scene.now.icount
    index = history.index_at(now)
    story = _story(scene, history, calls, index, savings, device, way_out)
    fault = None
    position = _latest_fault(history, index, now, handling=scene.handling_abort)
    coming = _coming(history, index, now)
    if coming is not None and is_fault(coming):
        fault = fault_story(scene, coming, aftermath(coming), coming=True)
    elif position >= 0:
        latest = history.transitions[position]
        fault = fault_story(scene, latest, aftermath(latest))
    return Narration(
        beats=beat_views(beats, now),
        hops=hop_views(scene, hops, now),
        transition=story,
        fault=fault,
        next_effect=next_effect(scene, translation),
    )


def _story(
    scene: Scene,
    history: History,
    calls: Sequence[Call],
    index: int,
    savings: Sequence[Saving],
    device: str,
    way_out: Callable[[Transition], WayOut],
) -> TransitionStory | None:
    """The story of the transition that comes next, or else of the latest one."""
    now = scene.now.icount
    coming = _coming(history, index, now)
    latest = history.transitions[index] if index >= 0 else None
    if coming is not None and (latest is None or latest.icount != now):
        ahead = savings_since(scene, coming)
        call = call_at(calls, coming.icount)
        return transition_story(scene, coming, latest, call, ahead, way=way_out(coming))
    if latest is None:
        return None
    before = history.transitions[index - 1] if index else None
    call = call_at(calls, latest.icount)
    return transition_story(scene, latest, before, call, savings, device, way_out(latest))


def _coming(history: History, index: int, now: int) -> Transition | None:
    """The recorded transition that the next instruction causes, None if it causes none."""
    following = history.transitions[index + 1] if index + 1 < len(history.transitions) else None
    return following if following is not None and following.icount == now + 1 else None


def _latest_fault(history: History, index: int, now: int, *, handling: bool) -> int:
    """Return the position of the fault being handled or just handled, -1 for none."""
    if index < 0 or (not handling and now - history.transitions[index].icount > FAULT_MEMORY):
        return -1
    for position in range(index, max(index - 8, -1), -1):
        t = history.transitions[position]
        if is_fault(t):
            return position
        if t.is_exception:
            return -1
    return -1


def beat_views(beats: Sequence[BeatText], now: int) -> tuple[BeatView, ...]:
    """Return the beats, the latest one at or before now marked as current."""
    current = -1
    for i, beat in enumerate(beats):
        if 0 <= beat.icount <= now:
            current = i
    return tuple(
        BeatView(
            ordinal=i + 1,
            title=beat.title,
            say=beat.say,
            question=beat.question,
            answer=beat.answer,
            choices=beat.choices,
            icount=beat.icount,
            current=i == current,
            here=beat.icount == now,
            show=beat.show,
        )
        for i, beat in enumerate(beats)
    )


def _new_words(note: str, where: str) -> str:
    """What a hop's note says beyond its place, addresses spelt as everywhere."""
    rest = "" if note == where else note.removeprefix(f"{where} ")
    return spelt(rest)


def hop_views(scene: Scene, hops: Sequence[HopStage], now: int) -> tuple[Hop, ...]:
    """Return the stages of a call, the one that now lies in marked as current."""
    current = -1
    for i, hop in enumerate(hops):
        if hop.icount <= now:
            current = i
    over = hops[-1].instructions == 0 and hops[-1].icount < now if hops else False
    if over:
        current = -1
    views: list[Hop] = []
    for i, hop in enumerate(hops):
        line = scene.know.line(hop.pc)
        views.append(
            Hop(
                name=hop.name,
                icount=hop.icount,
                va=hop.pc,
                place=place(scene, hop.pc),
                source=f"{line[0]}:{line[1]}" if line is not None else "",
                instructions=hop.instructions,
                tlb_misses=hop.tlb_misses,
                current=i == current,
                note=_new_words(hop.note, place(scene, hop.pc)),
            )
        )
    return tuple(views)
