"""``ringview run``, ``notes`` and ``watch``: a screen, or one sentence about why there is none."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from ringview.engine.launch import spawn_engine
from ringview.engine.spec import EngineSpec
from ringview.errors import EnvironmentProblem
from ringview.guest.program_file import is_program

if TYPE_CHECKING:
    from ringview.engine.follow import Lecture
    from ringview.tui.link import Connect, Link


def run_live(scenario: str, arguments: tuple[str, ...], mark: str) -> int:
    """Start the engine, then the screen; return the exit status.

    The engine process is started before anything of the screen is imported, so that both get ready
    at the same time.

    Args:
        scenario: its name or file, or a program's file.
        arguments: the program's; none for a scenario.
        mark: where to begin.

    Raises:
        EnvironmentProblem: there is no terminal, or too small a one.
        ConfigError: the user's file of keys cannot be used.
    """
    from ringview.tui.layout import LEAST
    from ringview.tui.personal import config_directory, state_directory

    program = is_program(scenario)
    if not _on_terminal():
        raise EnvironmentProblem(
            "the live screen needs a terminal; use --headless or --plain to print the story"
        )
    size = shutil.get_terminal_size()
    if size.columns < LEAST[0] or size.lines < LEAST[1]:
        raise EnvironmentProblem(
            f"the screen needs {LEAST[0]} columns and {LEAST[1]} rows, and this terminal has "
            f"{size.columns} by {size.lines}"
        )
    spec = EngineSpec(
        scenario="" if program else scenario,
        program=scenario if program else "",
        args=arguments,
        at=mark,
    )
    with spawn_engine(spec) as engine:
        from ringview.engine.follow import announced
        from ringview.tui import keymap, remember
        from ringview.tui.running import run_app

        keys = keymap.read_keymap(config_directory() / keymap.FILE)
        memory = remember.Memory(state_directory() / remember.FILE)
        with announced(engine.directory, scenario):
            return run_app(engine, keymap=keys, memory=memory)


def follow_with_notes(name: str) -> int:
    """Show the notes of a live screen that runs elsewhere; return the exit status.

    Args:
        name: which one, if there are several.

    Raises:
        InputError: there is none, or there are several.
        EnvironmentProblem: there is no terminal.
    """
    from ringview.engine.follow import find_lecture

    lecture = find_lecture(name)
    if not _on_terminal():
        raise EnvironmentProblem("the notes need a terminal")
    from ringview.tui.notes import run_notes

    return run_notes(_following(lecture), lecture.started)


def watch_lecture(name: str, theme: str) -> int:
    """Show what a live screen shows that runs elsewhere; return the exit status.

    Args:
        name: which one, if there are several.
        theme: "dark", "light" or "projector".

    Raises:
        InputError: there is none, or there are several.
        EnvironmentProblem: there is no terminal.
        ConfigError: the user's file of keys cannot be used.
    """
    from ringview.engine.follow import find_lecture

    lecture = find_lecture(name)
    if not _on_terminal():
        raise EnvironmentProblem("watching a lecture needs a terminal")
    from ringview.tui.audience import run_audience
    from ringview.tui.keymap import FILE, read_keymap
    from ringview.tui.personal import config_directory

    keymap = read_keymap(config_directory() / FILE)
    return run_audience(_following(lecture), theme=theme, keymap=keymap)


def _on_terminal() -> bool:
    # Textual draws on standard error.
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def _following(lecture: Lecture) -> Connect:
    """What connects to a lecture's engine, only to look."""

    async def connect() -> Link:
        from ringview.engine.follow import Follower

        return await Follower.connect(lecture.directory)

    return connect
