"""One sitting: a screen for an engine, until the user leaves."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

from ringview.tui import palette as themes
from ringview.tui.app import RingviewApp
from ringview.tui.keymap import DEFAULT, Keymap
from ringview.tui.link import Link
from ringview.tui.remember import Memory

if TYPE_CHECKING:
    from ringview.engine.launch import EngineHandle


def run_app(
    engine: EngineHandle,
    *,
    at: str | None = None,
    theme: str = "",
    keymap: Keymap = DEFAULT,
    memory: Memory | None = None,
) -> int:
    """Show the live screen of an engine until the user leaves.

    Args:
        engine: a started engine; it may still be on its way.
        at: where to go first, in words, or None for the first stop.
        theme: "dark", "light" or "projector"; "" is the one that is remembered, or dark.
        keymap: which keys do what.
        memory: what is remembered of this person's ways.

    Returns:
        The exit status: 0, or that of what ended the engine, its sentence printed to stderr.
    """
    # Every painted line leaves a cycle behind (Textual's strips remember themselves): the collector
    # looks at the young often and briefly, so that no key waits for it, and never again at what
    # the imports brought.
    gc.freeze()
    gc.set_threshold(3_000, 4, 500)

    async def connect() -> Link:
        from ringview.engine.client import AsyncClient

        return await AsyncClient.connect(engine)

    memory = memory or Memory()
    palette = themes.PALETTES.get(theme or memory.theme, themes.DARK)
    app = RingviewApp(connect, at=at, palette=palette, keymap=keymap, memory=memory)
    status = app.run()
    if app.ending:
        print(f"ringview: error: {app.ending}", file=sys.stderr)
    return status if status is not None else (app.return_code or 0)
