"""A variable in words, such as ``in.len``: where it is at this stop."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ringview.errors import InputError
from ringview.session.session import Session
from ringview.views.inputs import Structure
from ringview.views.knowledge import GuestBook, StopKnowledge
from ringview.views.watches import WatchSpec, resolve_watch

_WORDS = re.compile(r"[A-Za-z_]\w*(\.\w+|\[\d+\])*")


@dataclass(frozen=True, slots=True)
class _Own:
    """A variable as its function or file declares it."""

    name: str
    space: str
    type: str = ""

    @property
    def expression(self) -> str:
        """See `WatchSpec`."""
        return self.name


def find_variable(
    session: Session, watches: Sequence[WatchSpec], words: str
) -> tuple[int, int] | None:
    """Virtual address and bytes of a watch or C variable, or of a member of it.

    Args:
        session: stands where the variable is asked for.
        watches: the scenario's, which go before variables of the same name.
        words: ``in``, ``in.len``.

    Returns:
        None if nothing has that name.

    Raises:
        InputError: it has no such member, or no place in memory at this stop.
    """
    if not _WORDS.fullmatch(words):
        return None
    head = re.split(r"[.\[]", words, maxsplit=1)[0]
    specs: list[WatchSpec] = [spec for spec in watches if spec.name == head]
    user = session.state().mode.name == "USR"
    specs += [_Own(head, space) for space in (("user", "kernel") if user else ("kernel", "user"))]
    book = GuestBook.of(session)
    know = StopKnowledge(book, session.state(), session.awareness)
    why = ""
    for spec in specs:
        found = resolve_watch(spec, session.code, session.state(), know.guest_frames)
        if not found.why_not:
            return _member(found, words)
        if not found.why_not.startswith(("neither", "a symbol without", "there is no")):
            why = why or found.why_not
    if why and not session.code.kernel.symbols.get(head):
        raise InputError(f"{head} has no place here: {why}")
    return None


def _member(found: Structure, words: str) -> tuple[int, int]:
    """The place of a member, the structure itself being named without one."""
    rest = words[len(words.split(".", 1)[0].split("[", 1)[0]) :].lstrip(".")
    if not found.va:
        raise InputError(f"{words} is not in memory here: it is {found.type}")
    if not rest:
        return found.va, found.size
    path: list[str] = []
    for field in found.fields:
        path[field.depth :] = [field.name]
        if ".".join(path) == rest and field.va:
            return field.va, field.size
    raise InputError(f"{found.type} has no member {rest} in memory")


def variable_names(session: Session, watches: Sequence[WatchSpec]) -> list[str]:
    """The scenario's watches and the locals of the running function, those that have a place now
    with their members.
    """
    names: dict[str, None] = {}
    state = session.state()
    book = GuestBook.of(session)
    know = StopKnowledge(book, state, session.awareness)
    pc = state.registers["pc"]
    image = session.code.image(pc)
    own = [] if image is None else [variable.name for variable in image.debug.variables_at(pc)]
    space = "user" if state.mode.name == "USR" else "kernel"
    specs: list[WatchSpec] = [*watches, *(_Own(name, space) for name in own)]
    for spec in specs:
        names[spec.name] = None
        found = resolve_watch(spec, session.code, state, know.guest_frames)
        path: list[str] = []
        for field in () if found.why_not else found.fields:
            path[field.depth :] = [field.name]
            if path != [spec.name] and "[" not in field.name:
                names[".".join([spec.name, *path])] = None
    return list(names)
