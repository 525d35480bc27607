"""``ringview run``: the live screen, or one clear sentence about why there is none."""

from __future__ import annotations

import shutil
import sys

from ringview.engine.launch import spawn_engine
from ringview.engine.spec import EngineSpec
from ringview.errors import EnvironmentProblem


def run_live(scenario: str, mark: str) -> int:
    """Start the engine, then the screen; return the exit status.

    The engine process is started before anything of the screen is imported, so that both get ready
    at the same time.

    Raises:
        EnvironmentProblem: there is no terminal, or too small a one.
    """
    from ringview.tui.layout import LEAST

    # Textual draws on standard error.
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise EnvironmentProblem(
            "the live screen needs a terminal; use --headless or --plain to print the story"
        )
    size = shutil.get_terminal_size()
    if size.columns < LEAST[0] or size.lines < LEAST[1]:
        raise EnvironmentProblem(
            f"the screen needs {LEAST[0]} columns and {LEAST[1]} rows, and this terminal has "
            f"{size.columns} by {size.lines}"
        )
    with spawn_engine(EngineSpec(scenario=scenario, at=mark)) as engine:
        from ringview.tui.app import run_app

        return run_app(engine)
