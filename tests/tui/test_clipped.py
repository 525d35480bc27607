"""No text is cut in the middle of a word, in any layout, without … saying so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from tests.tui import sample
from tests.tui.test_colourless import Desk, colourless, spans

from ringview.tui.layout import LARGE, PANES, TABS, arrange
from ringview.tui.panes import logs
from ringview.tui.text import Room
from ringview.views.frame import Frame

SIZES = ((60, 18), (64, 20), (80, 24), (100, 30), (110, 34), (120, 40), (150, 45), (200, 60))
WORD = re.compile(r"[^\s│…╌─]{2,}")


def rooms(width: int, height: int) -> Iterator[tuple[str, Room]]:
    """Every pane with every room it has at a size of the terminal."""
    for zoom in ("", *PANES, *LARGE):
        for tab in range(len(TABS)):
            shown = arrange(width, height, tab=tab, zoom=zoom)
            for name, rect in shown.rects.items():
                if name in ("footer", "tabs", "notice"):
                    continue
                framed = name != "header"
                roomy = shown.name == "roomy" or name == zoom
                inner = rect.width - (2 if rect.x and framed else 0) - int(roomy and framed)
                yield name, Room(inner, rect.height - int(framed), roomy=roomy, zoomed=name == zoom)


def lines(desk: Desk, frame: Frame, name: str, room: Room) -> Iterator[str]:
    pane = desk.app.panes[name]
    for tab in range(len(logs.TABS)) if name == "logs" else (0,):
        desk.app._log_tab = tab
        page = pane._painter(pane._part(frame), room)
        page.lines = [line.fit(room.width) for line in page.lines]
        yield from colourless(spans(page))[2:]


def whole_words(desk: Desk, frame: Frame, name: str) -> set[str]:
    """Every word of a pane where there is room for all of them."""
    words: set[str] = set()
    for width in (118, 160, 200, 300, 400):
        for roomy in (False, True):
            for zoomed in (False, True):
                room = Room(width, 400, roomy=roomy, zoomed=zoomed)
                for line in lines(desk, frame, name, room):
                    words.update(WORD.findall(line))
    return words


@pytest.mark.parametrize("name", ["hello2", "at_svc", "fault"])
def test_a_word_that_ends_at_the_edge_is_whole_or_says_it_is_not(name: str) -> None:
    desk = Desk()
    frame = sample.FRAMES[name]()
    whole: dict[str, set[str]] = {}
    cut = set()
    for size in SIZES:
        for pane, room in set(rooms(*size)):
            words = whole.setdefault(pane, whole_words(desk, frame, pane))
            shown = list(lines(desk, frame, pane, room))
            for line, after in pairwise([*shown, ""]):
                if len(line) < room.width or line.endswith("…"):
                    continue
                last = WORD.findall(line)[-1:]
                longer = [word for word in words if last and word.startswith(last[0])]
                # A source line goes on in the next row.
                longer = [
                    word for word in longer if not after.strip().startswith(word[len(last[0]) :])
                ]
                if last and last[0] not in words and longer:
                    cut.add((pane, room.width, line.strip(), last[0], longer[0]))
    assert not cut, "\n".join(map(str, sorted(cut)))
