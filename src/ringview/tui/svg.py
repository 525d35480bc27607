"""Strips of the screen as an SVG picture, for slides and documents.

The picture needs nothing from elsewhere and no font in particular: lines and bars are drawn as
shapes, and text is held to its cells. The same screen always gives the same bytes, and a small
change of the screen a small change of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

WIDE, HIGH = 10, 20
"""A cell, in units of the picture."""
MARGIN = 10
_BASELINE = 15
_SIZE = 16.6
"""With it a character of most monospaced fonts, 0.6 em wide, just fills its cell."""
_FONTS = "ui-monospace,'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,monospace"

_BARS = {
    **{glyph: (0, 1 - n / 8, 1, n / 8) for n, glyph in enumerate("▁▂▃▄▅▆▇█", 1)},
    **{glyph: (0, 0, 1 - n / 8, 1) for n, glyph in enumerate("▉▊▋▌▍▎▏", 1)},
    "┃": (3 / 8, 0, 1 / 4, 1),
}
"""Glyphs that fill a part of their cell: left, top, width and height of it."""
_ARMS = dict(
    zip("╶╴─╷┌┐┬╵└┘┴│├┤┼", (set(_arms) for _arms in (
        "r", "l", "lr", "d", "dr", "dl", "dlr", "u", "ur", "ul", "ulr", "ud", "udr", "udl", "udlr",
    )), strict=True)
)  # fmt: skip
_ARMS["╰"] = {"u", "r"}
"""Lines from the middle of a cell: to the right, left, down, up."""

_SHAPES = "".join([*_BARS, *_ARMS, "╌"])
_WORDS = re.compile(rf"[^\s{_SHAPES}]+(?: [^\s{_SHAPES}]+)*")

Piece = tuple[int, int, Strip]
"""A column, a row, and what stands there."""
_Run = tuple[int, str, Style]


def svg(pieces: Iterable[Piece], width: int, height: int, ground: str, title: str) -> str:
    """Draw a screen.

    Args:
        pieces: all that stands on it.
        width: its columns.
        height: its rows.
        ground: the background, as ``#rrggbb``.
        title: what the picture is called where it cannot be seen.
    """
    styles: set[tuple[str, str]] = set()
    backs: list[str] = []
    texts: list[str] = []
    rows = sorted(pieces, key=lambda piece: (piece[1], piece[0]))
    for y, row in groupby(rows, key=lambda piece: piece[1]):
        runs = [run for x, _, strip in row for run in _runs(x, strip)]
        backs.extend(_backs(runs, y, ground))
        texts.extend(_shapes(runs, y, styles))
        if spans := "".join(_spans(runs, styles)):
            texts.append(f'<text y="{y * HIGH + _BASELINE}">{spans}</text>')
    across, down = width * WIDE, height * HIGH
    whole = across + 2 * MARGIN, down + 2 * MARGIN
    rules = [
        f"text{{font:{_SIZE}px {_FONTS};font-variant-ligatures:none;white-space:pre}}",
        *(f".{name}{{{rule}}}" for name, rule in sorted(styles)),
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole[0]} {whole[1]}">',
            f"<title>{escape(title)}</title>",
            "<style>",
            *rules,
            "</style>",
            f'<rect width="{whole[0]}" height="{whole[1]}" rx="8" fill="{ground}"/>',
            f'<g transform="translate({MARGIN} {MARGIN})">',
            *backs,
            *texts,
            "</g>",
            "</svg>",
            "",
        ]
    )


def _runs(x: int, strip: Strip) -> Iterator[_Run]:
    """A strip's stretches of one style, each with its column; reversed ones set right."""
    for style, group in groupby(strip, key=lambda segment: segment.style or Style.null()):
        text = "".join(segment.text for segment in group if not segment.control)
        yield x, text, style
        x += cell_len(text)


def _colours(style: Style, ground: str = "") -> tuple[str, str]:
    """A style's colour of text and of background, as ``#rrggbb``."""

    def hexed(colour: object, otherwise: str) -> str:
        triplet = getattr(colour, "triplet", None)
        return triplet.hex if triplet is not None else otherwise

    fore, back = hexed(style.color, ""), hexed(style.bgcolor, ground)
    return (back, fore) if style.reverse else (fore, back)


def _backs(runs: list[_Run], y: int, ground: str) -> Iterator[str]:
    """The backgrounds of a row that differ from the picture's."""
    for back, group in groupby(runs, key=lambda run: _colours(run[2], ground)[1]):
        stretch = list(group)
        if back == ground:
            continue
        x = stretch[0][0]
        wide = stretch[-1][0] + cell_len(stretch[-1][1]) - x
        yield _rect(x * WIDE, y * HIGH, wide * WIDE, HIGH, back)


def _rect(x: float, y: float, wide: float, high: float, fill: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" fill="{fill}"/>'


def _shapes(runs: list[_Run], y: int, styles: set[tuple[str, str]]) -> Iterator[str]:
    """The bars and lines of a row."""
    for x, text, style in runs:
        fore = _colours(style)[0]
        column = x
        strokes: list[str] = []
        for glyph, group in groupby(text):
            count = len(list(group))
            if glyph in _BARS:
                left, top, wide, high = _BARS[glyph]
                # Whole bars in a row are one; others are as wide as their cell has it.
                parts = [(column, count)] if wide == 1 else [(column + i, 1) for i in range(count)]
                for at, cells in parts:
                    yield _rect(
                        (at + left) * WIDE, (y + top) * HIGH, cells * wide * WIDE, high * HIGH, fore
                    )
            elif glyph in _ARMS or glyph == "╌":
                strokes.extend(_strokes(glyph, column, y, count))
            column += count * cell_len(glyph)
        if strokes:
            name = f"s{fore[1:]}"
            styles.add((name, f"stroke:{fore};fill:none"))
            yield f'<path class="{name}" d="{"".join(strokes)}"/>'


def _strokes(glyph: str, column: int, y: int, count: int) -> Iterator[str]:
    """The lines of so many equal glyphs in a row, as a path."""
    left, middle = column * WIDE, y * HIGH + HIGH // 2
    if glyph == "╌":
        yield from (f"M{left + 5 * i} {middle}h3" for i in range(2 * count))
        return
    arms = _ARMS[glyph]
    if arms == {"l", "r"}:
        yield f"M{left} {middle}h{count * WIDE}"
        return
    for index in range(count):
        centre = left + index * WIDE + WIDE // 2
        if arms & {"l", "r"}:
            start = centre - WIDE // 2 * ("l" in arms)
            yield f"M{start} {middle}H{centre + WIDE // 2 * ('r' in arms)}"
        if arms & {"u", "d"}:
            start = middle - HIGH // 2 * ("u" in arms)
            yield f"M{centre} {start}V{middle + HIGH // 2 * ('d' in arms)}"


def _spans(runs: list[_Run], styles: set[tuple[str, str]]) -> Iterator[str]:
    """The words of a row."""
    for x, text, style in runs:
        name = _class(style, styles)
        for at, words in _words(text):
            cells = cell_len(words)
            length = f' textLength="{cells * WIDE}"' if cells > 1 else ""
            yield (
                f'<tspan class="{name}" x="{(x + at) * WIDE}"{length}>'
                f"{escape(words, quote=False)}</tspan>"
            )


def _words(text: str) -> Iterator[tuple[int, str]]:
    """The parts of a text between shapes and wider blanks, each with its column."""
    for found in _WORDS.finditer(text):
        yield cell_len(text[: found.start()]), found[0]


def _class(style: Style, styles: set[tuple[str, str]]) -> str:
    """The classes of a style, by names that tell what they are."""
    fore = _colours(style)[0]
    flags = (
        ("b", style.bold, "font-weight:bold"),
        ("i", style.italic, "font-style:italic"),
        ("u", style.underline, "text-decoration:underline"),
    )
    names = [(f"f{fore[1:]}", f"fill:{fore}")] if fore else []
    names += [(name, rule) for name, on, rule in flags if on]
    styles.update(names)
    return " ".join(name for name, _ in names)
