"""Which address the translation pane is about, and by which words it was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from ringview.errors import InputError
from ringview.machine.events import Transition
from ringview.session.session import Session
from ringview.views.frame import Alias
from ringview.views.inputs import Scene
from ringview.views.knowledge import StopKnowledge
from ringview.views.members import find_variable
from ringview.views.reverse import aliases_of, sentence
from ringview.views.translation import Question, question
from ringview.views.watches import WatchSpec
from ringview.views.where import find


@dataclass(frozen=True, slots=True)
class Asked:
    """What the translation pane answers.

    Attributes:
        question: the address to walk.
        physical: the physical address that was asked for, -1 if none was.
        aliases: its virtual addresses.
        problem: why the words could not be used, "" if they could.
    """

    question: Question
    physical: int = -1
    aliases: tuple[Alias, ...] = ()
    problem: str = ""


def ask(
    scene: Scene,
    fault: Transition | None,
    session: Session,
    know: StopKnowledge,
    watches: Sequence[WatchSpec],
) -> Asked:
    """Choose the address: what the client has said in words, else as `question` does.

    Args:
        scene: the stop.
        fault: the abort being handled now, None outside of one.
        session: for its variables.
        know: the same stop's knowledge.
        watches: the scenario's.
    """
    usual = question(scene, fault)
    words = scene.request.translate
    if not words:
        return Asked(usual)
    try:
        where = find(words, scene.now, partial(_variable, session, watches), know.symbol)
    except InputError as error:
        return Asked(usual, problem=str(error))
    if where.va is not None:
        level = "PL0" if scene.mode == "USR" else "PL1"
        return Asked(Question(where.va, where.name, "read", level))
    assert where.pa is not None
    aliases = aliases_of(know.memory(), where.pa)
    told = sentence(where.pa, aliases)
    if not aliases:
        return Asked(usual, where.pa, problem=told)
    chosen = aliases[0]
    access = "read" if "r" in chosen.user + chosen.kernel else "execute"
    level = "PL0" if "r" in chosen.user and scene.mode == "USR" else "PL1"
    return Asked(Question(chosen.va, where.name, access, level), where.pa, aliases)


def _variable(session: Session, watches: Sequence[WatchSpec], words: str) -> int | None:
    found = find_variable(session, watches, words)
    return None if found is None else found[0]
