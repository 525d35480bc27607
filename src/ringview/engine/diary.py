"""The engine's on-disk diary: inputs, breakpoints, bookmarks and the position, so that a successor
can take over.

Each note is one line of JSON, written with one ``write``: a process killed between two notes loses
none, one killed within a note loses that one. The page cache outlives the process, so nothing is
synced.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ringview.session.journal import Journal, JournalEntry
from ringview.session.wanted import Wanted


@dataclass(slots=True)
class Memory:
    """What a diary says: how to get back to where its writer was.

    Attributes:
        inputs: what came from outside, in order of arrival; each forgets later ones.
        position: the last icount, None if the first stop was never reached.
        breakpoints: virtual addresses.
        bookmarks: names by icount.
        watchpoints: what is watched, by its physical place.
        images: which images were run, as the opener wrote it; sources may have changed since.
    """

    inputs: list[JournalEntry] = field(default_factory=list)
    position: int | None = None
    breakpoints: set[int] = field(default_factory=set)
    bookmarks: dict[int, str] = field(default_factory=dict)
    watchpoints: tuple[Wanted, ...] = ()
    images: dict[str, str] = field(default_factory=dict)

    def journal(self, scheduled: Journal) -> Journal:
        """The scenario's own inputs with those of the diary added as they came."""
        journal = Journal(scheduled)
        for entry in self.inputs:
            journal.add(entry)
        return journal


class Diary:
    """Appends notes to a file.

    Args:
        path: the file; continued if it exists.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._position = -1

    def _note(self, **what: object) -> None:
        os.write(self._file, json.dumps(what).encode() + b"\n")

    def position(self, icount: int) -> None:
        """Note where the run stands."""
        if icount != self._position:
            self._position = icount
            self._note(at=icount)

    def input(self, entry: JournalEntry) -> None:
        """Note an input from outside."""
        data = base64.b64encode(entry.data).decode()
        self._note(input=entry.kind, icount=entry.icount, data=data, line=entry.line)

    def breakpoint(self, va: int, *, on: bool) -> None:
        """Note a breakpoint set or cleared."""
        self._note(breakpoint=va, on=on)

    def watchpoints(self, points: Sequence[Wanted]) -> None:
        """Note all that is watched from now on."""
        self._note(watchpoints=[asdict(point) for point in points])

    def bookmark(self, icount: int, name: str) -> None:
        """Note a bookmark, or its removal by an empty name."""
        self._note(bookmark=name, icount=icount)

    def images(self, images: Mapping[str, str]) -> None:
        """Note which images are run."""
        self._note(images=dict(images))

    def begin_anew(self) -> None:
        """Forget all that was noted: what follows is another run."""
        self._position = -1
        self._note(anew=True)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def _watchpoint(note: dict[str, Any]) -> Wanted:
    return Wanted(**{**note, "ranges": tuple((pa, size) for pa, size in note["ranges"])})


def read_diary(path: Path) -> Memory:
    """Read a diary; a last note that was cut short is left out."""
    memory = Memory()
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return memory
    for line in lines:
        try:
            note = json.loads(line)
        except ValueError:
            continue
        if "anew" in note:
            memory = Memory()
        elif "at" in note:
            memory.position = note["at"]
        elif "watchpoints" in note:
            memory.watchpoints = tuple(map(_watchpoint, note["watchpoints"]))
        elif "images" in note:
            memory.images = note["images"]
        elif "input" in note:
            data = base64.b64decode(note["data"])
            entry = JournalEntry(note["icount"], note["input"], data, note["line"])
            memory.inputs.append(entry)
        elif "breakpoint" in note:
            change = memory.breakpoints.add if note["on"] else memory.breakpoints.discard
            change(note["breakpoint"])
        elif note["bookmark"]:
            memory.bookmarks[note["icount"]] = note["bookmark"]
        else:
            memory.bookmarks.pop(note["icount"], None)
    return memory
