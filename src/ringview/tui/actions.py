"""What keys and clicks ask for."""

from __future__ import annotations

Action = tuple[str | int, ...]
"""A name, and arguments; `ringview.tui.deeds.perform` says what it does."""
