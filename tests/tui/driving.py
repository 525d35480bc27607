"""Drives the app in tests against the engine that is none, waiting for conditions, not for time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from tests.tui.fake import FakeLink, text_of
from textual.app import App
from textual.pilot import Pilot

from ringview.tui import palette as themes
from ringview.tui.app import RingviewApp
from ringview.tui.commands import COMMANDS
from ringview.tui.keymap import DEFAULT, Keymap
from ringview.tui.remember import Memory
from ringview.views.frame import Frame

KEYS = tuple(
    {",": "comma"}.get(key, key) for entry in COMMANDS for key in entry.keys if entry.name != "quit"
)
"""All that a person can press without leaving."""
PATIENCE = 600  # turns of the event loop before a condition counts as never met


async def until(pilot: Pilot[int], condition: Callable[[], bool], what: str = "") -> None:
    """Let the app work until the condition holds."""
    for _ in range(PATIENCE):
        if condition():
            await pilot.pause()
            return
        await pilot.pause()
    raise AssertionError(f"never happened: {what or condition}")


AnyApp = TypeVar("AnyApp", bound=App[int])


class Driven(Generic[AnyApp]):
    """An app on an engine that is none, and what drives it."""

    def __init__(self, app: AnyApp, link: FakeLink, pilot: Pilot[int]) -> None:
        self.app = app
        self.link = link
        self.pilot = pilot

    async def until(self, condition: Callable[[], bool], what: str = "") -> None:
        await until(self.pilot, condition, what)

    async def sees(self, words: str) -> None:
        await self.until(lambda: words in text_of(self.app), f"{words!r} in {text_of(self.app)}")


class Running(Driven[RingviewApp]):
    """The live screen, which shows its first frame."""

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def settle(self) -> None:
        """Until nothing is in flight and the newest frame is painted."""
        await self.until(
            lambda: (
                self.app.sitting.conversation.idle
                and not self.app.sitting.due
                and not self.link._inbox
            )
        )

    @property
    def icount(self) -> int:
        assert self.app.shown is not None
        return self.app.shown.header.icount


@asynccontextmanager
async def running(
    frame: Frame | None = None,
    size: tuple[int, int] = (120, 40),
    *,
    at: str | None = None,
    theme: str = "dark",
    keymap: Keymap = DEFAULT,
    memory: Memory | None = None,
) -> AsyncIterator[Running]:
    """Run the app without a terminal until it shows its first frame."""
    link: FakeLink | None = None

    async def connect() -> FakeLink:
        nonlocal link
        link = FakeLink(frame)
        return link

    app = RingviewApp(connect, at=at, palette=themes.PALETTES[theme], keymap=keymap, memory=memory)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.shown is not None, "the first frame")
        assert link is not None
        run = Running(app, link, pilot)
        await run.settle()
        yield run
