"""A running guest on a terminal: nothing blinks, and what stays the same is not written again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyte
import pytest
from tests.cli.test_live import Terminal, terminal

from ringview.guest.make import find_zig
from ringview.scenario.images import provide_images
from ringview.scenario.load import load_scenario
from ringview.tui.layout import arrange
from ringview.tui.names import PANES
from ringview.tui.pane import BRIDGE
from ringview.tui.splits import Rect

SIZE = (120, 40)
FRAMES = 20
HOME = b"\x1b[1;1H"
"""Ends each update of the screen."""
ERASES = re.compile(rb"\x1b\[[0-3]?[JKX]")
PLACE = re.compile(rb"\x1b\[(\d+);(\d+)H")
STYLE = re.compile(r"\x1b\[[0-9;]*m")
PLACEHOLDERS = ("no code is known", "nothing on it yet", "starting the machine", "nothing yet")

Cells = tuple[pyte.screens.Char, ...]


class Watched:
    """A terminal that understands what is written to it."""

    def __init__(self, running: Terminal) -> None:
        self.terminal = running
        self.screen = pyte.Screen(*SIZE)
        self._stream = pyte.ByteStream(self.screen)
        self._fed = 0

    def feed(self) -> None:
        """Take in all that was written so far."""
        self.show(self.terminal.seen[self._fed :])
        self._fed = len(self.terminal.seen)

    def show(self, data: bytes) -> None:
        self._stream.feed(data)

    def cells(self, rect: Rect) -> Cells:
        """What stands in a rectangle, with its colours."""
        rows = (self.screen.buffer[y] for y in range(rect.y, rect.bottom))
        return tuple(row[x] for row in rows for x in range(rect.x, rect.right))

    def text(self, rect: Rect) -> str:
        return "".join(cell.data for cell in self.cells(rect))


def updates(data: bytes) -> Iterator[bytes]:
    """Each update of the screen that is whole; those that write nothing left out."""
    for part in data.split(HOME)[:-1]:
        if PLACE.search(part):
            yield HOME + part


def cells_written(update: bytes) -> Iterator[tuple[int, int]]:
    """Column and row of each cell that an update writes, changed or not."""
    _, *parts = PLACE.split(update)
    for row, column, data in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        text = STYLE.sub("", data.decode()).rstrip("\r\n")
        for index in range(len(text)):
            yield int(column) - 1 + index, int(row) - 1


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Watched, bytes]:
    """The screen of a guest that stands, and what is written while it then runs."""
    if find_zig() is None:
        pytest.skip("the ziglang package is not installed")
    scenario = tmp_path_factory.mktemp("flicker") / "spin.yaml"
    scenario.write_text("title: spin\nprogram: spin\n", "utf-8")
    provide_images(load_scenario(str(scenario)))
    with terminal(["run", str(scenario), "--at", "main"]) as live:
        watched = Watched(live)
        live.wait_for("at main")
        while live.read(1.0) and len(live.seen) > watched._fed:  # until nothing more is written
            watched.feed()
        begun = len(live.seen)
        live.type(" ")
        live.wait_for("running")
        while live.seen.count(HOME, begun) < 2 * FRAMES:
            assert live.read(5.0)
        ran = live.seen[begun:]
        live.type("x")
        live.wait_for("paused at")
        live.type("q")
        assert live.end()[0] == 0
    return watched, ran


def test_nothing_blinks_and_only_what_changed_is_written(run: tuple[Watched, bytes]) -> None:
    watched, ran = run
    rects = arrange(*SIZE).rects
    standing = {name: watched.text(rect) for name, rect in rects.items()}
    titles = {name: " ".join(standing[name].split()[:3]) for name in ("registers", "stacks")}
    assert titles["registers"].startswith("─ 1 registers")  # the arrangement is the one we think
    assert not ERASES.search(ran)
    changes = dict.fromkeys(rects, 0)
    count = 0
    for update in updates(ran):
        count += 1
        before = {name: watched.cells(rect) for name, rect in rects.items()}
        watched.show(update)
        written = set(cells_written(update))
        for name, rect in rects.items():
            after = watched.cells(rect)
            changed = after != before[name]
            changes[name] += changed
            own = {(x, y) for y in range(rect.y, rect.bottom) for x in range(rect.x, rect.right)}
            touched = written & own
            assert changed or not touched, (name, sorted(touched)[:5])
            rows = {
                rect.y + index // rect.width
                for index, (was, now) in enumerate(zip(before[name], after, strict=True))
                if was != now
            }
            # A pane writes the rows that changed, and the few between two of them.
            idle = {y for _, y in touched if not any(abs(y - row) <= BRIDGE for row in rows)}
            assert not idle, (name, idle, sorted(rows))
            if name in PANES:
                inside = Rect(rect.x + 1, rect.y + 1, rect.width - 1, rect.height - 1)
                shown = watched.text(inside)
                assert shown.strip(" │"), name
                assert not any(words in shown for words in PLACEHOLDERS), (name, shown)
    assert count >= FRAMES // 2
    assert changes["header"] >= count // 2  # it did run, and was shown running
    assert changes["logs"] == 0  # a guest that only computes prints nothing
