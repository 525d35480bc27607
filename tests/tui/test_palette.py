"""The themes can be read, and their three hues told apart, by everybody."""

from __future__ import annotations

import itertools

import pytest
from rich.color import Color

from ringview.tui.palette import PALETTES, Palette, style

HUES = ("user", "kernel", "abort")


def _linear(colour: str) -> tuple[float, float, float]:
    triplet = Color.parse(colour).triplet
    assert triplet is not None
    red, green, blue = (
        c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in triplet
    )
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


# Dichromats see (Viénot, Brettel, Mollon 1999) these mixtures of linear red, green, blue.
SEEN = {
    "protan": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deutan": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
}


@pytest.mark.parametrize("palette", PALETTES.values(), ids=lambda p: p.name)
def test_text_has_contrast(palette: Palette) -> None:
    for ground in (palette.ground, palette.raised, palette.current):
        for hue in (*HUES, "text", "strong", "good"):
            assert contrast(getattr(palette, hue), ground) >= 4.5, (hue, ground)
    assert contrast(palette.dim, palette.ground) >= 4.5
    if palette.name == "projector":
        assert min(contrast(getattr(palette, hue), palette.ground) for hue in HUES) >= 7


@pytest.mark.parametrize("palette", PALETTES.values(), ids=lambda p: p.name)
@pytest.mark.parametrize("sight", ["all", *SEEN])
def test_hues_differ_for_everybody(palette: Palette, sight: str) -> None:
    seen = {}
    for hue in HUES:
        linear = _linear(getattr(palette, hue))
        if sight != "all":
            linear = tuple(  # type: ignore[assignment]
                sum(w * c for w, c in zip(row, linear, strict=True)) for row in SEEN[sight]
            )
        seen[hue] = linear
    for one, other in itertools.combinations(HUES, 2):
        distance = sum((a - b) ** 2 for a, b in zip(seen[one], seen[other], strict=True)) ** 0.5
        assert distance > 0.1, (one, other)


def test_every_style_name_is_known_in_every_theme() -> None:
    names = "text strong title dim rule user kernel abort good bad bold underline reverse changed"
    names += " current raised key badge-user badge-kernel badge-abort badge-plain keyword type"
    names += " string number comment directive function"
    for palette in PALETTES.values():
        for name in names.split():
            assert style(palette, name).bgcolor is not None
