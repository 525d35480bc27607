"""``ringview shot``: the live screen at one place, as a picture for slides and documents."""

from __future__ import annotations

import asyncio
from pathlib import Path

from ringview.cli.waiting import waiting
from ringview.engine.launch import EngineHandle, spawn_engine
from ringview.engine.spec import EngineSpec
from ringview.errors import InputError

MOST = 1000, 500
"""Columns and rows of the largest picture: more than any screen has."""


def parse_size(text: str) -> tuple[int, int]:
    """Read ``120x40`` as columns and rows.

    Raises:
        InputError: it is not of that form, smaller than the screen can be, or larger than `MOST`.
    """
    from ringview.tui.layout import LEAST

    columns, cross, rows = text.partition("x")
    if not (cross and columns.isdecimal() and rows.isdecimal()):
        raise InputError(f"a size is COLUMNSxROWS, such as 120x40, and not {text!r}")
    size = int(columns), int(rows)
    if size[0] < LEAST[0] or size[1] < LEAST[1]:
        raise InputError(f"the screen needs at least {LEAST[0]}x{LEAST[1]}, and {text} is smaller")
    if size[0] > MOST[0] or size[1] > MOST[1]:
        raise InputError(f"a picture has at most {MOST[0]}x{MOST[1]} characters, and not {text}")
    return size


async def _draw(
    engine: EngineHandle, size: tuple[int, int], theme: str, pane: str, text: bool
) -> str:
    from ringview.engine.client import AsyncClient
    from ringview.tui.link import Link
    from ringview.tui.shot import picture

    async def connect() -> Link:
        return await AsyncClient.connect(engine)

    with waiting("waiting for the engine") as note:
        return await picture(connect, size=size, theme=theme, pane=pane, text=text, note=note)


def write_shot(scenario: str, mark: str, *, size: str, theme: str, pane: str, target: Path) -> None:
    """Draw a scenario's screen at a place into a file: text for ``.txt``, else SVG.

    Raises:
        InputError: the size is none, or the file cannot be written.
        EngineError: the scenario cannot be run, or the place does not exist.
    """
    cells = parse_size(size)
    if target.suffix not in {".svg", ".txt"}:
        raise InputError("the picture's name must end in .svg or .txt", path=target)
    with spawn_engine(EngineSpec(scenario=scenario, at=mark)) as engine:
        drawn = asyncio.run(_draw(engine, cells, theme, pane, target.suffix == ".txt"))
    try:
        target.write_text(drawn, "utf-8")
    except OSError as error:
        reason = (error.strerror or "unknown").lower()
        raise InputError(f"the picture cannot be written: {reason}", path=target) from error
