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
from typing import Any

from ringview.engine.inputs import Deed, Deeds
from ringview.session.journal import Journal, JournalEntry
from ringview.session.stoppoints import StopPoint, from_note


@dataclass(slots=True)
class Memory:
    """What a diary says: how to get back to where its writer was.

    Attributes:
        deeds: what came from outside, in order of arrival.
        position: the last icount, None if the first stop was never reached.
        stops: breakpoints and watchpoints.
        bookmarks: names by icount.
        images: which images were run, as the opener wrote it; sources may have changed since.
        elsewhere: the schedule file that was run in place of what the engine was started with.
        left: what there was before that.
    """

    deeds: Deeds = field(default_factory=Deeds)
    position: int | None = None
    stops: tuple[StopPoint, ...] = ()
    bookmarks: dict[int, str] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    elsewhere: str = ""
    left: Memory | None = None

    def journal(self, base: Journal) -> Journal:
        """What a run began with, and the deeds of the diary as they came."""
        return self.deeds.journal(base)


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

    def deed(self, deed: Deed) -> None:
        """Note what was let in from outside."""
        self._note(
            inputs=[
                [e.kind, e.icount, base64.b64encode(e.data).decode(), e.line, e.pa]
                for e in deed.entries
            ],
            was_at=deed.at,
            whole=deed.whole,
            scheduled=deed.scheduled,
            cell=deed.cell,
        )

    def taken_back(self) -> None:
        """Note that a person's latest deed was taken back."""
        self._note(taken_back=True)

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

    def elsewhere(self, scenario: str) -> None:
        """Note that another run begins in place of the first, which may be returned to."""
        self._position = -1
        self._note(elsewhere=scenario)

    def returned(self) -> None:
        """Note that the first run goes on as it was noted."""
        self._position = -1
        self._note(returned=True)

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
            memory = Memory(elsewhere=memory.elsewhere, left=memory.left)
        elif "elsewhere" in note:
            memory = Memory(elsewhere=note["elsewhere"], left=memory.left or memory)
        elif "returned" in note:
            memory = memory.left or memory
        elif "at" in note:
            memory.position = note["at"]
        elif "stops" in note:
            memory.stops = tuple(map(from_note, note["stops"]))
        elif "images" in note:
            memory.images = note["images"]
        elif "inputs" in note:
            memory.deeds.items.append(_deed(note))
        elif "taken_back" in note:
            memory.deeds.take_back()
        else:
            memory.bookmarks = dict(note["bookmarks"])
    return memory


def _deed(note: dict[str, Any]) -> Deed:
    entries = tuple(
        JournalEntry(icount, kind, base64.b64decode(data), line, pa)
        for kind, icount, data, line, pa in note["inputs"]
    )
    return Deed(entries, note["was_at"], note["whole"], note["scheduled"], tuple(note["cell"]))
