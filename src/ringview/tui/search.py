"""The command palette: Textual's, fed from the command table."""

from __future__ import annotations

from textual.command import CommandPalette
from textual.system_commands import SystemCommandsProvider


def palette() -> CommandPalette:
    """The palette, ready to be pushed."""
    return CommandPalette(providers=[SystemCommandsProvider], placeholder="find a command…")
