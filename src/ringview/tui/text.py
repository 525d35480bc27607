"""Words and numbers as the screen writes them, and lines of styled, clickable text.

Painters build `Line`s of `Span`s whose styles are *names* ("user changed"), so that a pane is a
pure function of a frame and its room, the same in every theme; `ringview.tui.palette` turns names
into colours when a line is drawn.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, Self

from rich.cells import cell_len, set_cell_size

from ringview.tui.actions import Action
from ringview.tui.keymap import DEFAULT, Keymap

ELLIPSIS = "…"
_WORD_ENDS = " _+/.,(:=→"
"""Where a text may be shortened: after a word, or inside an identifier at its joints."""


class Span(NamedTuple):
    """A run of text in one style.

    Attributes:
        text: what is shown; never holds a newline.
        style: names of styles, separated by blanks.
        action: what a click on it does, or None.
    """

    text: str
    style: str = ""
    action: Action | None = None


class Line:
    """One line under construction; methods return the line itself, so that calls chain."""

    __slots__ = ("action", "back", "spans", "width")

    def __init__(self, text: str = "", style: str = "", action: Action | None = None) -> None:
        self.spans: list[Span] = []
        self.width = 0
        self.back = ""
        self.action: Action | None = None
        if text:
            self.add(text, style, action)

    def __repr__(self) -> str:
        return f"Line({self.plain!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Line):
            return NotImplemented
        return (self.spans, self.back, self.action) == (other.spans, other.back, other.action)

    __hash__ = None  # type: ignore[assignment]  # lines change while they are built

    def __iter__(self) -> Iterator[Span]:
        return iter(self.spans)

    @property
    def plain(self) -> str:
        """The text alone."""
        return "".join(span.text for span in self.spans)

    def add(self, text: str, style: str = "", action: Action | None = None) -> Self:
        """Append a run of text."""
        if text:
            text = printable(text)
            self.spans.append(Span(text, style, action))
            self.width += cell_len(text)
        return self

    def join(self, other: Line) -> Self:
        """Append all of another line."""
        self.spans.extend(other.spans)
        self.width += other.width
        return self

    def to(self, column: int, fill: str = " ", style: str = "") -> Self:
        """Fill up to a column, so that what follows starts there; one blank if already past it."""
        gap = column - self.width
        if gap <= 0 and self.width:
            gap = 1 if column else 0
            fill = " "
        return self.add(fill * gap, style) if gap > 0 else self

    def right(self, other: Line, width: int, fill: str = " ", style: str = "") -> Self:
        """Append another line so that it ends at ``width``."""
        return self.add(fill * max(1, width - self.width - other.width), style).join(other)

    def row(self, back: str) -> Self:
        """Lay a background style under the whole width."""
        self.back = back
        return self

    def click(self, action: Action) -> Self:
        """Make the whole line do this where no span says otherwise."""
        self.action = action
        return self

    def fit(self, width: int) -> Line:
        """Return this line, shortened at a word's end with … if it is wider than ``width``."""
        if self.width <= width:
            return self
        kept = len(shorten(self.plain, width).removesuffix(ELLIPSIS))
        short = Line()
        short.back, short.action = self.back, self.action
        style = ""
        for span in self.spans:
            if kept <= 0:
                break
            short.add(span.text[:kept], span.style, span.action)
            kept -= len(span.text)
            style = span.style
        return short.add(ELLIPSIS if width > 0 else "", style or "dim")

    def action_at(self, column: int) -> Action | None:
        """What a click on this column does, or None."""
        position = 0
        for span in self.spans:
            position += cell_len(span.text)
            if column < position:
                return span.action or self.action
        return self.action


@dataclass(frozen=True, slots=True)
class Room:
    """The space a pane has for its content.

    Attributes:
        width: columns.
        height: rows, the title not counted.
        roomy: the large layout, or the pane fills the screen: show notes and full texts.
        zoomed: the pane fills the screen.
        big: the lecture layout: few words, in large measure.
        keys: the keys to name where a pane says what to press.
    """

    width: int
    height: int
    roomy: bool = False
    zoomed: bool = False
    big: bool = False
    keys: Keymap = DEFAULT


@dataclass(slots=True)
class Page:
    """What a painter returns.

    Attributes:
        lines: the content, any number of lines; the pane scrolls.
        title: the pane's name in its title rule.
        aside: what stands at the right of the title rule.
        keep: the first and last line that must stay in view, or None.
        above: how many lines should stay visible above ``keep``.
        style: style of the title: whose the content is.
        locate: what a click on a column and row does where no span says so.
        pinned: how many of the first lines stay on top while the rest scrolls.
        follow: when this changes, the chosen row is ``keep`` again.
    """

    lines: list[Line]
    title: str | Line = ""
    aside: Line = field(default_factory=Line)
    keep: tuple[int, int] | None = None
    above: int = 3
    style: str = "title"
    locate: Callable[[int, int], Action | None] | None = None
    pinned: int = 0
    follow: object = None


def hex32(value: int) -> str:
    """An address or a word: ``bef0_0c40``."""
    digits = f"{value & 0xFFFFFFFF:08x}"
    return f"{digits[:4]}_{digits[4:]}"


_WORD = re.compile(r"\b0x([0-9a-f]{8})\b")


def spelled(value: str) -> str:
    """A typed value with its 32-bit words as the rest of the screen writes them."""
    return _WORD.sub(lambda found: hex32(int(found[1], 16)), value)


def grouped(count: int) -> str:
    """A count of instructions or anything else: ``41,207``."""
    return f"{count:,}"


def compact(count: int) -> str:
    """A count in few characters: ``941``, ``5.2k``, ``12M``."""
    for unit, letter in ((1_000_000, "M"), (1_000, "k")):
        if count >= unit:
            return (
                f"{count / unit:.1f}{letter}" if count < 10 * unit else f"{count // unit}{letter}"
            )
    return str(count)


def short_size(size: int) -> str:
    """A size in bytes in its largest even unit: ``4 KiB``, ``1 MiB``."""
    for unit, name in ((1 << 20, "MiB"), (1 << 10, "KiB")):
        if size >= unit and size % unit == 0:
            return f"{grouped(size // unit)} {name}"
    return f"{size} B"


def virtual_time(nanoseconds: int) -> str:
    """A virtual time since reset: ``1.204 ms``."""
    for unit, name in ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs")):
        if nanoseconds >= unit:
            return f"{nanoseconds / unit:.3f} {name}"
    return f"{nanoseconds} ns"


def printable(text: str) -> str:
    """The text with every character that would move the cursor shown as a middle dot or blank."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else (" " if character == "\t" else "·")
        for character in text
    )


def shorten(text: str, width: int) -> str:
    """Cut a text to ``width`` columns, at the end of a word where one is near, and say so by …."""
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    if width == 1:
        return ELLIPSIS
    cut = set_cell_size(text, width - 1)
    if len(cut) < len(text) and text[len(cut)] not in _WORD_ENDS:
        joint = max(cut.rfind(end) for end in _WORD_ENDS)
        if joint >= len(cut) // 3:
            cut = cut[: joint + 1]
    return cut.rstrip() + ELLIPSIS


def shorten_path(text: str, width: int) -> str:
    """Cut a path from its left, where it says least: ``…/sys-hello2.c``."""
    if cell_len(text) <= width:
        return text
    tail = text
    while "/" in tail and cell_len(tail) + 2 > width:
        tail = tail.split("/", 1)[1]
    return shorten(f"{ELLIPSIS}/{tail}" if tail != text else text, width)


@lru_cache(1024)
def _broken(paragraph: str, width: int) -> tuple[str, ...]:
    """A paragraph's lines; the same words are painted again at every step near a beat."""
    found = textwrap.wrap(paragraph, width, break_on_hyphens=False, break_long_words=True)
    return tuple(found) or ("",)


def wrap(text: str, width: int, limit: int | None = None) -> list[str]:
    """Break a text into lines of at most ``width`` columns; the ``limit``-th ends in … if more
    follows.
    """
    if width <= 0:
        return []
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        lines.extend(_broken(paragraph, width))
    if limit is not None and len(lines) > limit:
        rest = " ".join(lines[limit - 1 :])
        lines = [*lines[: limit - 1], shorten(rest, width)] if limit > 0 else []
    return lines


def wrapped(text: str, style: str, width: int, limit: int | None = None) -> list[Line]:
    """`wrap` as lines of one style."""
    return [Line(part, style) for part in wrap(text, width, limit)]


def beside(left: list[Line], right: list[Line], column: int, gap: str = "  ") -> list[Line]:
    """Two columns of lines side by side; the left is fitted to ``column`` columns."""
    rows = max(len(left), len(right))
    joined = []
    for index in range(rows):
        line = Line()
        if index < len(left):
            line.join(left[index].fit(column))
        line.add(" " * (column - line.width)).add(gap, "rule")
        if index < len(right):
            line.join(right[index])
        joined.append(line)
    return joined


def plain_text(lines: Iterable[Line]) -> str:
    """The lines as text, one per line, for pictures in text and for tests."""
    return "\n".join(line.plain.rstrip() for line in lines)
