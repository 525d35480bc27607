"""Pictures: what stands in the cells stands in the picture, and nothing comes from elsewhere."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from ringview.tui.svg import HIGH, WIDE, svg

INK = Style(color="#112233", bgcolor="#ffffff")
SPACE = "{http://www.w3.org/2000/svg}"


def draw(*rows: list[Segment], width: int = 40) -> ET.Element:
    pieces = [(0, y, Strip(row)) for y, row in enumerate(rows)]
    return ET.fromstring(svg(pieces, width, len(rows), "#ffffff", "a <title>"))


def test_words_stand_in_their_columns_and_marks_are_escaped() -> None:
    root = draw([Segment("  a <b> & c    “d”", INK)])
    spans = [(span.get("x"), span.text) for span in root.iter(f"{SPACE}tspan")]
    assert spans == [(str(2 * WIDE), "a <b> & c"), (str(15 * WIDE), "“d”")]
    assert root.findtext(f"{SPACE}title") == "a <title>"


def test_bars_and_lines_are_shapes_of_their_cells() -> None:
    root = draw([Segment("▄▄█│──┼ x", INK)])
    rects = [r.attrib for r in root.iter(f"{SPACE}rect")][1:]
    assert [(r["x"], r["y"], r["width"], r["height"]) for r in rects] == [
        ("0", str(HIGH // 2), str(2 * WIDE), str(HIGH // 2)),
        (str(2 * WIDE), "0", str(WIDE), str(HIGH)),
    ]
    path = next(root.iter(f"{SPACE}path")).get("d")
    assert path == "M35 0V20M40 10h20M60 10H70M65 0V20"
    assert [span.text for span in root.iter(f"{SPACE}tspan")] == ["x"]


def test_a_reversed_style_changes_places_and_equal_backgrounds_are_one() -> None:
    back = Style(color="#445566", bgcolor="#eeeeee")
    root = draw([Segment("ab", back), Segment("cd", back + Style(bold=True)), Segment("e", INK)])
    rects = [r.attrib for r in root.iter(f"{SPACE}rect")][1:]
    assert [(r["width"], r["fill"]) for r in rects] == [(str(4 * WIDE), "#eeeeee")]
    turned = draw([Segment("ab", back + Style(reverse=True))])
    assert [r.attrib["fill"] for r in turned.iter(f"{SPACE}rect")][1:] == ["#445566"]


def test_nothing_comes_from_elsewhere_and_the_same_screen_is_the_same_picture() -> None:
    pieces = [(3, 0, Strip([Segment("now", INK)])), (0, 0, Strip([Segment("—  ", INK)]))]
    drawn = svg(pieces, 6, 1, "#ffffff", "t")
    assert drawn == svg(reversed(pieces), 6, 1, "#ffffff", "t")
    assert not re.search(r"url\(|@import|href|https?://(?!www\.w3\.org/2000/svg)", drawn)
