"""What a prompt offers to one who has typed a part: only what exists in this run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ringview.guest.image import Image
from ringview.session.condition import REGISTERS
from ringview.session.places import CAUSES

if TYPE_CHECKING:
    from ringview.session.session import Session

_LAST_NAME = re.compile(r"[A-Za-z_][\w.]*$")
_FILE_LINE = re.compile(r"(?P<file>[\w./-]+\.[chS]):(?P<line>\d*)")


class Suggestions:
    """Offers what may be meant.

    Args:
        session: whose run it is about; it is not moved.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._files: list[str] | None = None
        self._functions: list[str] | None = None
        self._objects: list[str] | None = None

    def lines(self, kind: str, text: str, count: int) -> list[str]:
        """Whole lines that begin as typed, or hold what was typed; see `Session.suggestions`."""
        if kind in ("breakpoint", "watch") and re.search(r"\sif\s", text):
            return self._in_condition(text, count)
        if kind in ("who", "watch"):
            head = re.match(r"(read|write|access)\s+", text)
            before = head[0] if head else ""
            found = _matching(self._things(), text[len(before) :], count)
            return [before + name for name in found]
        lines = self._lines_of_file(text, count)
        if lines:
            return lines
        choices = self._functions_and_files()
        if kind == "go":
            return _matching([*self._moments(), *choices], text, count)
        return _matching(choices, text, count)

    def _in_condition(self, text: str, count: int) -> list[str]:
        found = _LAST_NAME.search(text)
        part = found[0] if found else ""
        if not part:
            return []
        before = text[: len(text) - len(part)]
        names = [*sorted(REGISTERS), *self._things()]
        return [before + name for name in _matching(names, part, count)]

    def _moments(self) -> Iterator[str]:
        session = self._session
        for name in session.bookmarks.names:
            yield f"bookmark {name}"
        yield from ("start", "end")
        yield from (f"beat {n}" for n, _ in enumerate(session.beats(), 1))
        causes = dict.fromkeys(t.cause for t in session.recorder.transitions.all[-5000:])
        yield from (f"next {cause}" for cause in CAUSES if cause in causes)
        yield from (cause for cause in CAUSES if cause in causes)
        calls = dict.fromkeys(call.name for call in session.syscalls()[-5000:] if call.name)
        yield from (f"syscall {name}" for name in calls)
        yield "event 1"

    def _images(self) -> list[Image]:
        session = self._session
        images = [session.kernel]
        return images if session.program is None else [session.program, *images]

    def _functions_and_files(self) -> list[str]:
        if self._functions is None:
            self._functions = list(
                dict.fromkeys(
                    symbol.name
                    for image in self._images()
                    for symbol in sorted(image.symbols, key=lambda s: s.name)
                    if symbol.kind != "object" and not symbol.name.startswith("$")
                )
            )
        return [*self._functions, *self._source_files()]

    def _source_files(self) -> list[str]:
        if self._files is None:
            names = (path for image in self._images() for path in image.debug.data.files)
            short = (path.rpartition("/")[2] for path in names)
            self._files = sorted({f"{name}:" for name in short if name.endswith((".c", ".S"))})
        return self._files

    def _things(self) -> list[str]:
        """What has a value: variables, then symbols of data, then registers."""
        if self._objects is None:
            self._objects = [
                symbol.name
                for image in self._images()
                for symbol in sorted(image.symbols, key=lambda s: s.name)
                if symbol.kind == "object"
            ]
        return [*self._session.variable_names(), *self._objects]

    def _lines_of_file(self, text: str, count: int) -> list[str]:
        """``file.c:3`` → the lines that have code and begin so."""
        found = _FILE_LINE.fullmatch(text)
        if found is None:
            return []
        for image in self._images():
            file = image.debug.file(found["file"])
            if file is None:
                continue
            numbers = image.debug.lines_of(file)
            fitting = [n for n in numbers if str(n).startswith(found["line"])]
            return [f"{found['file']}:{n}" for n in fitting[:count]]
        return []


def _matching(choices: Iterable[str], text: str, count: int) -> list[str]:
    """Those that begin with a text, then those that hold it; nothing for no text but the first."""
    wanted = text.strip().lower()
    begin: list[str] = []
    inside: list[str] = []
    for choice in choices:
        low = choice.lower()
        if low.startswith(wanted):
            begin.append(choice)
            if len(begin) >= count:
                break
        elif wanted and wanted in low and len(inside) < count:
            inside.append(choice)
    return list(dict.fromkeys([*begin, *inside]))[:count]
