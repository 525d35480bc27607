"""The screen as a picture, without a terminal: SVG, or text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from ringview.errors import EngineError
from ringview.tui import palette as themes
from ringview.tui.app import RingviewApp
from ringview.tui.link import Connect

if TYPE_CHECKING:
    from textual.pilot import Pilot


PATIENCE = 120.0
"""Seconds for the engine to reach the place; it may have to build and boot first."""


async def picture(
    connect: Connect,
    *,
    at: str | None = None,
    size: tuple[int, int] = (120, 40),
    theme: str = "dark",
    pane: str = "",
    text: bool = False,
    note: Callable[[str], None] = lambda _: None,
) -> str:
    """Draw the screen at a place.

    Args:
        connect: makes the link to an engine.
        at: the place in words, or None for the engine's first stop.
        size: columns and rows.
        theme: "dark", "light" or "projector".
        pane: the pane to fill the screen, or "" for all.
        text: plain text instead of SVG.
        note: told what takes long.

    Raises:
        EngineError: the engine ended, or the place does not exist; its sentence.
    """
    app = RingviewApp(connect, at=at, palette=themes.PALETTES[theme])
    async with app.run_test(size=size) as pilot:
        await _settle(app, pilot, note)
        if pane:
            app.perform(("zoom", pane))
            await _settle(app, pilot, note)
        app.sitting.quiet()
        await pilot.pause()
        return app.as_text() if text else app.as_svg()


def _shows(app: RingviewApp) -> bool:
    """Whether the frame is one that was computed for the large view that is shown."""
    return app.shown is not None and app.shown.large == app.chosen.large


async def _settle(app: RingviewApp, pilot: Pilot[int], note: Callable[[str], None]) -> None:
    """Wait until the screen shows the answer to all that was asked."""
    try:
        async with asyncio.timeout(PATIENCE):
            while app.is_running and not (app.sitting.settled and _shows(app)):
                if app.said.working:
                    note(app.said.working)
                await pilot.pause(0.01)
    except TimeoutError:
        raise EngineError(f"no picture came within {PATIENCE:.0f} seconds") from None
    if app.ending or app.sitting.refused:
        raise EngineError(app.ending or app.sitting.refused)
