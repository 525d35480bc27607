"""Every picture of the screen that a test keeps: made from the tables of panes, large views,
prompts and screens, so that a new one has its pictures or fails a test.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace
from tests.tui import real, sample
from tests.tui.driving import Running
from tests.tui.fake import text_of
from tests.tui.sample_large import called, switched
from tests.tui.test_complaint import ERROR
from tests.tui.test_large import opener
from textual.command import CommandPalette
from textual.screen import ModalScreen

from ringview.tui.complaint import Complaint
from ringview.tui.desk import Desk
from ringview.tui.layout import TABS
from ringview.tui.leaflet import Leaflet
from ringview.tui.names import LARGE, PANES
from ringview.tui.panes.time import columns_in
from ringview.tui.reference import Reference
from ringview.tui.screens import QUESTIONS, Help, Prompt
from ringview.views.frame import Frame

SIZES = ((80, 24), (120, 40), (200, 60))
Prepare = Callable[[Running], Awaitable[None]]


@dataclass(frozen=True)
class Picture:
    """What is shown, and how one gets there.

    Attributes:
        frame: the frame that is shown.
        prepare: does it.
        crop: the pane whose rows are kept; "" for all rows, "foot" for the last seven.
        sizes: at which sizes.
    """

    frame: Callable[[], Frame]
    prepare: Prepare
    crop: str = ""
    sizes: tuple[tuple[int, int], ...] = SIZES

    async def text(self, run: Running) -> str:
        """Get there, and read what is shown."""
        await self.prepare(run)
        await run.settle()
        rows = text_of(run.app).split("\n")
        if self.crop == "foot":
            return "\n".join(rows[-7:])
        if self.crop:
            rect = run.app.query_one(Desk).arrangement.rects[self.crop]
            rows = rows[rect.y : rect.bottom]
        return "\n".join(rows)


def keys(*pressed: str) -> Prepare:
    """Press some keys, each when what the one before did is done."""

    async def prepare(run: Running) -> None:
        for key in pressed:
            await run.press(key)
            await run.settle()

    return prepare


def zoomed(pane: str) -> Prepare:
    async def prepare(run: Running) -> None:
        run.app.perform(("zoom", pane))

    return prepare


def in_lecture(pane: str) -> Prepare:
    """The lecture layout, at a beat that is about one pane."""

    async def prepare(run: Running) -> None:
        frame = run.link.frame
        beats = tuple(replace(beat, show=(pane,)) for beat in frame.narration.beats)
        run.link.frame = replace(frame, narration=replace(frame.narration, beats=beats))
        run.link.emit()
        await run.settle()
        await run.press("e")

    return prepare


async def time(run: Running) -> None:
    """Time at large, of the whole run, with lanes as wide as the screen."""
    width, height = run.app.size
    columns = columns_in(width - (1 if width > 80 else 0))
    line = sample.time(sample.START, sample.END, columns, rows=height)
    run.link.frame = replace(run.link.frame, timeline=line)
    run.link.emit()
    await run.settle()
    await run.press(opener("time"))


def asked(kind: str) -> Prepare:
    async def prepare(run: Running) -> None:
        run.app.perform(("prompt", kind))

    return prepare


async def complaint(run: Running) -> None:
    run.link.broken = ERROR
    await run.press("R")
    await run.until(lambda: isinstance(run.app.screen, Complaint))


SCREENS: dict[type[ModalScreen[object]], Prepare] = {
    Help: keys("?"),  # type: ignore[dict-item]
    Reference: keys("r"),  # type: ignore[dict-item]
    Complaint: complaint,  # type: ignore[dict-item]
    Prompt: keys("g", "h", "e", "l"),  # type: ignore[dict-item]
    CommandPalette: keys("ctrl+p"),  # type: ignore[dict-item]
}
"""What can lie over the panes, and how it is brought there."""


def all_screens(kind: type[object] = ModalScreen) -> Iterator[type[object]]:
    """Every screen that ringview lays over its panes."""
    for below in kind.__subclasses__():
        yield from all_screens(below)
        if below.__module__.startswith("ringview.") and below is not Leaflet:
            yield below


REAL = {
    "question": ("hello2", "beat 3"),
    "copy": ("hello2", "beat 8"),
    "fault": ("absent", "fault 1"),
    "race": ("race-len", "beat 10"),
}
"""What is drawn of real runs, as a user sees it: a scenario, and a moment of it. A change to the
kernel changes these pictures.
"""


def made() -> Iterator[tuple[str, Picture]]:
    for name, frame in sample.FRAMES.items():
        yield name, Picture(frame, keys())
    for number, (title, _) in enumerate(TABS):
        yield f"tab-{title}", Picture(sample.hello2, keys(*["tab"] * number), sizes=((80, 24),))
    for pane in PANES:
        yield f"zoomed-{pane}", Picture(sample.hello2, zoomed(pane), crop=pane)
        if pane != "narration":
            yield f"lecture-{pane}", Picture(sample.hello2, in_lecture(pane), crop=pane)
    for large in LARGE:
        frame = {"switch": switched, "frames": called}.get(large, sample.hello2)
        there = time if large == "time" else keys(opener(large))
        yield large, Picture(frame, there, crop=large)
    for told, (scenario, moment) in REAL.items():
        frame = partial(real.moment, scenario, moment)
        yield f"real-{told}", Picture(frame, keys())
        yield f"lecture-{told}", Picture(frame, keys("e"))
    for kind in QUESTIONS:
        yield f"prompt-{kind}", Picture(sample.hello2, asked(kind), crop="foot", sizes=((80, 24),))
    for screen, prepare in SCREENS.items():
        crop = "foot" if screen is Prompt else ""
        yield f"screen-{screen.__name__.lower()}", Picture(sample.hello2, prepare, crop)
    yield "quiz-open", Picture(sample.at_svc, keys("8"), crop="narration")
    yield "quiz-wrong", Picture(sample.at_svc, keys("8", "3"), crop="narration")
    yield "quiz-told", Picture(sample.at_svc, keys("a"), crop="narration")


PICTURES = dict(made())

COLOURS = {
    "hello2": (120, 40), "fault": (80, 24), "at_svc": (80, 24),
    "zoomed-registers": (80, 24), "zoomed-tlb": (80, 24), "quiz-wrong": (80, 24),
    **dict.fromkeys(LARGE, (80, 24)),
}  # fmt: skip
"""The pictures that are kept in colours too, in each theme, and their sizes: those in which hues
mean something that the main screen does not show.
"""
