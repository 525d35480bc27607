"""Where a user's own files are: what he wrote (keys), and what the screen remembers of him."""

from __future__ import annotations

import os
from pathlib import Path


def config_directory() -> Path:
    """The directory of the files the user writes (``RINGVIEW_CONFIG`` overrides)."""
    override = os.environ.get("RINGVIEW_CONFIG")
    if override:
        return Path(override).expanduser()
    from platformdirs import user_config_path

    return user_config_path("ringview")


def state_directory() -> Path:
    """The directory of what the screen remembers (``RINGVIEW_STATE`` overrides)."""
    override = os.environ.get("RINGVIEW_STATE")
    if override:
        return Path(override).expanduser()
    from platformdirs import user_state_path

    return user_state_path("ringview")
