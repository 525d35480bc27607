"""What keys and clicks ask for."""

from __future__ import annotations

Action = tuple[str | int, ...]
"""The name of an app's method, without its ``do_``, and its arguments."""
