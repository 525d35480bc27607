"""A seat: the process that draws one browser's screen, and its end whatever happens.

Invariant: no seat outlives its browser by more than `PATIENCE`, or the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from ringview.engine.launch import python_path

Role = Literal["lecturer", "audience"]
PATIENCE = 3.0
"""Seconds for a screen to end by itself before it is killed."""


class Seat(AppService):
    """One browser's screen.

    Args:
        role: whose screen it is.
        directory: the private directory of the lecture's engine.
        theme: the theme to begin with.
        write_bytes: sends what is drawn to the browser.
        write_str: sends the browser a message.
        close: closes the connection to the browser.

    Attributes:
        left: its user left the screen, by a key.
    """

    def __init__(
        self,
        role: Role,
        directory: Path,
        theme: str,
        *,
        write_bytes: Callable[[bytes], Awaitable[None]],
        write_str: Callable[[str], Awaitable[None]],
        close: Callable[[], Awaitable[object]],
    ) -> None:
        super().__init__(
            "",
            write_bytes=write_bytes,
            write_str=write_str,
            close=close,  # type: ignore[arg-type]
            download_manager=DownloadManager(),
        )
        self.left = False
        self._stopping = False
        self._arguments = ["--directory", str(directory), "--theme", theme, role]

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        environment = super()._build_environment(width, height)
        environment["PYTHONPATH"] = python_path()
        environment["TEXTUAL_DRIVER"] = "ringview.web.driver:SeatDriver"
        return environment

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "ringview.web.seat",
            *self._arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=self._build_environment(width, height),
            # Ctrl-C in the lecturer's terminal ends the lecture, not one seat.
            start_new_session=True,
        )
        assert process.stdin is not None
        self._stdin = process.stdin
        return process

    async def on_meta(self, data: bytes) -> None:
        """Take what the screen says apart from drawing."""
        if json.loads(data).get("type") == "exit" and not self._stopping:
            self.left = True
        await super().on_meta(data)

    async def stop(self) -> None:
        """End the process, gently if it listens."""
        process, task = self._process, self._task
        if process is None or self._stopping:
            return
        self._stopping = True
        with contextlib.suppress(OSError):
            await asyncio.wait_for(self.send_meta({"type": "quit"}), 1.0)
            self.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), PATIENCE)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if task is not None:
            # What the process has started, if anything, may hold its output open.
            task.cancel()
            await asyncio.wait([task])
        self._task = None
