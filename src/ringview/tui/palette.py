"""The themes: names of styles to colours. Hue is kept for privilege; everything else is grey,
weight and background.

User is blue, kernel amber, abort pink: hues that people with any of the common colour blindnesses
tell apart, and every use stands beside a word or glyph that says the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from rich.color import Color
from rich.style import Style


@dataclass(frozen=True, slots=True)
class Palette:
    """One theme's colours, as ``#rrggbb``.

    Attributes:
        name: what the theme is called, by its key and in the palette.
        dark: whether the background is dark.
        ground: the background of everything.
        text: ordinary text.
        strong: titles and what matters now.
        dim: explanations; still readable on a projector.
        rule: lines between panes.
        user: privilege PL0.
        kernel: privilege PL1.
        abort: privilege PL1 handling a fault, and everything denied.
        good: allowed, success.
        raised: background of what changed, of keys and of chosen tabs.
        current: background of the current line.
        string: string literals in source.
        number: number literals in source.
        type: type names in source.
        bold: everything is set in bold, for weak projectors.
    """

    name: str
    dark: bool
    ground: str
    text: str
    strong: str
    dim: str
    rule: str
    user: str
    kernel: str
    abort: str
    good: str
    raised: str
    current: str
    string: str
    number: str
    type: str
    bold: bool = False


DARK = Palette(
    name="dark",
    dark=True,
    ground="#11151b",
    text="#cdd5df",
    strong="#ffffff",
    dim="#97a5b5",
    rule="#3b4756",
    user="#5ab6f7",
    kernel="#f4a940",
    abort="#ff77b2",
    good="#8fdc9a",
    raised="#2c3744",
    current="#1f2935",
    string="#a9d2a3",
    number="#c6b7ea",
    type="#9ecfc9",
)
LIGHT = Palette(
    name="light",
    dark=False,
    ground="#fbfaf6",
    text="#26303b",
    strong="#000000",
    dim="#56606b",
    rule="#bfc5cd",
    user="#0a62b6",
    kernel="#964a00",
    abort="#b4006a",
    good="#15682b",
    raised="#dde4ec",
    current="#eceade",
    string="#2f6b36",
    number="#5b45a0",
    type="#14645f",
)
PROJECTOR = Palette(
    name="projector",
    dark=True,
    ground="#000000",
    text="#ffffff",
    strong="#ffffff",
    dim="#c9ced6",
    rule="#8a94a0",
    user="#66ccff",
    kernel="#ffb81c",
    abort="#ff8cc6",
    good="#7dff8e",
    raised="#1c2430",
    current="#18202b",
    string="#b8f5b0",
    number="#dccfff",
    type="#aef0ea",
    bold=True,
)
PALETTES = {palette.name: palette for palette in (DARK, LIGHT, PROJECTOR)}


def following(palette: Palette) -> Palette:
    """The theme after this one; the first after the last."""
    themes = list(PALETTES.values())
    return themes[(themes.index(palette) + 1) % len(themes)]


@cache
def _names(palette: Palette) -> dict[str, Style]:
    def fore(colour: str, **flags: bool) -> Style:
        return Style(color=Color.parse(colour), **flags)  # type: ignore[arg-type]

    def badge(colour: str) -> Style:
        return Style(color=palette.ground, bgcolor=colour, bold=True)

    return {
        "text": fore(palette.text),
        "strong": fore(palette.strong, bold=True),
        "title": fore(palette.text, bold=True),
        "dim": fore(palette.dim),
        "rule": fore(palette.rule),
        "user": fore(palette.user),
        "kernel": fore(palette.kernel),
        "abort": fore(palette.abort),
        "good": fore(palette.good),
        "bad": fore(palette.abort, bold=True),
        "bold": Style(bold=True),
        "underline": Style(underline=True),
        "reverse": Style(reverse=True),
        "changed": Style(bgcolor=palette.raised, bold=True),
        "current": Style(bgcolor=palette.current),
        "chosen": Style(bgcolor=palette.raised, bold=True),
        "raised": Style(bgcolor=palette.raised),
        "key": Style(color=palette.strong, bold=True),
        "badge-user": badge(palette.user),
        "badge-kernel": badge(palette.kernel),
        "badge-abort": badge(palette.abort),
        "badge-plain": Style(color=palette.ground, bgcolor=palette.text, bold=True),
        "keyword": fore(palette.text, bold=True),
        "type": fore(palette.type),
        "string": fore(palette.string),
        "number": fore(palette.number),
        "comment": fore(palette.dim, italic=True),
        "directive": fore(palette.dim),
        "function": fore(palette.strong),
    }


@cache
def style(palette: Palette, names: str, back: str = "") -> Style:
    """The style of a span: its names in order over the ground (and over the line's background
    ``back``).
    """
    table = _names(palette)
    result = Style(color=palette.text, bgcolor=palette.ground, bold=palette.bold or None)
    for name in (*back.split(), *names.split()):
        result += table[name]
    return result
