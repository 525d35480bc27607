"""The command palette: Textual's, fed from the command table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import SystemCommandsProvider
from textual.command import CommandPalette

if TYPE_CHECKING:
    from textual.screen import Screen


def palette() -> Screen[object]:
    """The palette, ready to be pushed."""
    return CommandPalette(providers=[SystemCommandsProvider], placeholder="find a command…")
