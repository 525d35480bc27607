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
from dataclasses import dataclass, field
from pathlib import Path

from ringview.session.journal import Journal, JournalEntry
from ringview.session.stoppoints import StopPoint, from_note


@dataclass(slots=True)
class Memory:
    """What a diary says: how to get back to where its writer was.

    Attributes:
        inputs: what came from outside, in order of arrival; each forgets later ones.
        position: the last icount, None if the first stop was never reached.
        stops: breakpoints and watchpoints.
        bookmarks: names by icount.
        images: which images were run, as the opener wrote it; sources may have changed since.
    """

    inputs: list[JournalEntry] = field(default_factory=list)
    position: int | None = None
    stops: tuple[StopPoint, ...] = ()
    bookmarks: dict[int, str] = field(default_factory=dict)
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

    def stops(self, points: Sequence[StopPoint]) -> None:
        """Note all breakpoints and watchpoints that there are from now on."""
        self._note(stops=[point.as_note() for point in points])

    def bookmarks(self, names: Sequence[tuple[int, str]]) -> None:
        """Note all bookmarks that there are from now on: (icount, name)."""
        self._note(bookmarks=list(names))

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
        elif "stops" in note:
            memory.stops = tuple(map(from_note, note["stops"]))
        elif "images" in note:
            memory.images = note["images"]
        elif "input" in note:
            data = base64.b64decode(note["data"])
            entry = JournalEntry(note["icount"], note["input"], data, note["line"])
            memory.inputs.append(entry)
        else:
            memory.bookmarks = dict(note["bookmarks"])
    return memory
