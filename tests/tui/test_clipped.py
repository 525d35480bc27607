"""No text is cut in the middle of a word, in any layout, without … saying so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from tests.tui import real, sample
from tests.tui.test_colourless import colourless, page, spans

from ringview.tui.layout import TABS, arrange
from ringview.tui.names import LARGE, PANES
from ringview.tui.panes import logs
from ringview.tui.splits import Rect
from ringview.tui.text import Room
from ringview.views.frame import Frame

SIZES = ((60, 18), (64, 20), (80, 24), (100, 30), (110, 34), (120, 40), (150, 45), (200, 60))
WORD = re.compile(r"[^\s│…╌─═*]{2,}")

NAME = re.compile(r"[A-Za-z]\w{3,}\b(?!…)")
HEX = re.compile(r"[0-9a-f_]+")
SMALL_ONLY = {"large", "instr"}
"""Words that only a small pane says, which happen to begin a longer one."""


def rooms(width: int, height: int) -> Iterator[tuple[str, Room]]:
    """Every pane with every room it has at a size of the terminal, the lecture layout included."""
    for zoom in ("", *PANES, *LARGE):
        for tab in range(len(TABS)):
            for story in (False, True):
                shown = arrange(width, height, tab=tab, zoom=zoom, story=story)
                roomy = shown.name == "roomy"
                yield from _rooms(shown.rects, zoom, roomy=roomy)
    for first, second in ((a, b) for a in PANES for b in PANES if a != b):
        for zoom in ("", first):
            shown = arrange(width, height, zoom=zoom, big=(first, second))
            yield from _rooms(shown.rects, "", big=True)
    for zoom in LARGE:
        shown = arrange(width, height, zoom=zoom, big=("code",))
        yield from _rooms(shown.rects, "", big=True)


def _rooms(
    rects: dict[str, Rect], zoom: str, *, roomy: bool = False, big: bool = False
) -> Iterator[tuple[str, Room]]:
    for name, rect in rects.items():
        if name in ("tabs", "notice", "footer"):
            continue
        framed = name != "header"
        wide = roomy or name == zoom
        inner = rect.width - (2 if rect.x and framed else 0) - int(wide and framed)
        high = rect.height - int(framed)
        yield name, Room(inner, high, roomy=wide, zoomed=name == zoom, big=big)


def lines(frame: Frame, name: str, room: Room) -> Iterator[str]:
    for tab in range(len(logs.TABS)) if name == "logs" else (0,):
        shown = page(name, frame, room, tab)
        shown.lines = [line.fit(room.width) for line in shown.lines]
        yield from colourless(spans(shown))[2:]


def whole_words(frame: Frame, name: str) -> set[str]:
    """Every word of a pane where there is room for all of them."""
    words: set[str] = set()
    for width in (118, 160, 200, 300, 400):
        for roomy in (False, True):
            for zoomed in (False, True):
                room = Room(width, 400, roomy=roomy, zoomed=zoomed)
                for line in lines(frame, name, room):
                    words.update(WORD.findall(line))
        for height in (16, 400):  # what stands beside the words depends on the room for it
            for line in lines(frame, name, Room(width, height, big=True)):
                words.update(WORD.findall(line))
    return words | {word.rstrip(",;:.") for word in words}


def cut(frame: Frame, sizes: tuple[tuple[int, int], ...]) -> set[tuple[object, ...]]:
    """What ends at the edge of a pane in the middle of a word, with that word."""
    whole: dict[str, set[str]] = {}
    whole_names: dict[str, set[str]] = {}
    found: set[tuple[object, ...]] = set()
    for pane, room in {place for size in sizes for place in rooms(*size)}:
        if pane not in whole:
            whole[pane] = whole_words(frame, pane)
            whole_names[pane] = {name for word in whole[pane] for name in NAME.findall(word)}
        words = whole[pane]
        shown = list(lines(frame, pane, room))
        for line, after in pairwise([*shown, ""]):
            if len(line) < room.width or line.endswith("…"):
                continue
            last = WORD.findall(line)[-1:]
            longer = [word for word in words if last and word.startswith(last[0])]
            # A source line goes on in the next row.
            longer = [word for word in longer if not after.strip().startswith(word[len(last[0]) :])]
            if last and last[0] not in words and longer:
                found.add((pane, room.width, room.big, line.strip(), last[0], longer[0]))
        found |= {
            (pane, room.width, room.big, line.strip(), name, longer)
            for line, name, longer in _cut_within(shown, whole_names[pane])
        }
    return found


def _cut_within(shown: list[str], names: set[str]) -> Iterator[tuple[str, str, str]]:
    """What is cut at the edge of a column inside a pane: each line, its name, a longer one."""
    for line in shown:
        for name in NAME.findall(line):
            if name in names or HEX.fullmatch(name) or name in SMALL_ONLY:
                continue
            longer = [whole for whole in names if whole.startswith(name)]
            if longer:
                yield line, name, longer[0]


@pytest.mark.parametrize("name", ["hello2", "at_svc", "fault"])
def test_a_word_that_ends_at_the_edge_is_whole_or_says_it_is_not(name: str) -> None:
    found = cut(sample.FRAMES[name](), SIZES)
    assert not found, "\n".join(map(str, sorted(found)))


@pytest.mark.parametrize("scenario", real.SCENARIOS)
def test_nor_is_one_of_the_real_machine_s_words_cut(scenario: str) -> None:
    found = {
        (words, *place)
        for words, frame in real.moments(scenario).items()
        for place in cut(frame, ((80, 24), (120, 40), (200, 60)))
    }
    assert not found, "\n".join(map(str, sorted(found)))
