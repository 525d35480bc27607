"""The last line: keys, or what is under way, or what just went wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ringview.tui.commands import COMMANDS, LOOKS, Entry
from ringview.tui.keymap import Keymap
from ringview.tui.text import Line, Page, Room

_SPINNER = "▏▎▍▌▋▊▉█"


@dataclass(frozen=True, slots=True)
class FooterPart:
    """What the footer has to say.

    Attributes:
        message: a sentence for the user, or "".
        error: whether the message tells of something that could not be done.
        working: what is under way, or "".
        fraction: how far it is, 0 to 1, or -1 if unknown.
        running: whether the guest runs until stopped.
        alarm: whether what is under way is a recovery.
        following: in the audience: whether this screen shows what the lecturer's shows; None for
            the lecturer.
    """

    message: str = ""
    error: bool = False
    working: str = ""
    fraction: float = -1.0
    running: bool = False
    alarm: bool = False
    following: bool | None = None


def paint(part: FooterPart, room: Room) -> Page:
    """One line; for the audience it begins with whether they follow."""
    if part.following is None:
        return Page([_line(part, room, COMMANDS)])
    badge = Line(" ◉ following ", "badge-plain")
    if not part.following:
        badge = Line(" ◌ looking around ", "strong raised", ("follow",))
        key = room.keys.text("follow")
        badge.add(f" {key}", "key", ("follow",)).add(" follows ", "dim", ("follow",))
    rest = replace(room, width=max(0, room.width - badge.width))
    return Page([badge.join(_line(part, rest, LOOKS)).fit(room.width)])


def _line(part: FooterPart, room: Room, commands: tuple[Entry, ...]) -> Line:
    width = room.width
    if part.working or part.running:
        line = Line(" ").join(bar(part.fraction, min(24, width // 4)))
        line.add(part.working or "running", "badge-abort" if part.alarm else "strong")
        if part.alarm:
            return line.fit(width)
        hint = Line("any key stops it " if part.following is None else "", "dim")
        return line.right(hint, width)
    if part.message:
        line = Line(" ✗ " if part.error else " ", "bad").add(part.message, "strong").add("  ")
        rest = width - line.width
        return line.join(keys(rest, room.keys, commands)) if rest >= 40 else line.fit(width)
    return keys(width, room.keys, commands)


def bar(fraction: float, width: int) -> Line:
    """A progress bar; nothing if the fraction is unknown."""
    if fraction < 0 or width < 6:
        return Line()
    eighths = round(max(0.0, min(1.0, fraction)) * width * 8)
    full, part = divmod(eighths, 8)
    line = Line("█" * full + (_SPINNER[part - 1] if part else ""), "text")
    return line.to(width, "·", "rule").add(" ")


def keys(width: int, keymap: Keymap, commands: tuple[Entry, ...] = COMMANDS) -> Line:
    """The most useful keys that fit, and always help and quit."""
    shown = (entry for entry in commands if entry.rank and keymap.keys(entry.name))
    entries = sorted(shown, key=lambda entry: entry.rank)
    ends = [entry for entry in entries if entry.name in ("help", "quit")]
    rest = [entry for entry in entries if entry not in ends]
    tail = Line()
    for index, entry in enumerate(ends):
        tail.join(_key(entry, keymap, last=index == len(ends) - 1))
    line = Line(" ")
    for entry in rest:
        piece = _key(entry, keymap)
        if line.width + piece.width + tail.width < width:
            line.join(piece)
    return line.right(tail, width)


_PAIRS = {
    "next transition": "previous transition",
    "next syscall": "previous syscall",
    "next line": "previous line",
    "next beat": "previous beat",
}
"""Commands that share their label with the one the other way round."""


def _key(entry: Entry, keymap: Keymap, *, last: bool = False) -> Line:
    shown = keymap.text(entry.name)
    if entry.name in _PAIRS:
        shown = f"{shown} {keymap.text(_PAIRS[entry.name])}".rstrip()
    return Line(shown, "key", entry.action).add(
        f" {entry.label}{' ' if last else '  '}", "dim", entry.action
    )
