"""Textual's way to a browser, except that it ends when the server that started it has gone."""

from __future__ import annotations

import asyncio
import contextlib
import os
from functools import partial

from textual import messages
from textual.drivers.web_driver import WebDriver


class SeatDriver(WebDriver):
    """Draws into the pipe that `ringview.web.seats` reads."""

    def start_application_mode(self) -> None:
        """Begin to draw."""
        self._loop = asyncio.get_running_loop()
        self._write = partial(self._write_all)
        super().start_application_mode()

    def _write_all(self, data: bytes) -> int:
        rest = memoryview(data)
        # Without a server there is nobody to draw for; the end of the input says so too.
        with contextlib.suppress(BrokenPipeError):
            while rest:
                rest = rest[os.write(self.fileno, rest) :]
        return len(data)

    def run_input_thread(self) -> None:
        """Read what the browser sends, until the pipe ends."""
        super().run_input_thread()
        with contextlib.suppress(RuntimeError):
            ended = self._app._post_message(messages.ExitApp())
            asyncio.run_coroutine_threadsafe(ended, self._loop)
