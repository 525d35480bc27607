"""How a command line ends: its exit statuses, and every error as one sentence."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import signal
import traceback
from collections.abc import Callable
from typing import Any

import click

from ringview.errors import RingviewError

EXIT_ERROR = 2
"""What the user gave cannot be used."""
EXIT_INTERNAL = 70
"""ringview itself failed (EX_SOFTWARE of sysexits.h)."""
EXIT_INTERRUPTED = 128 + signal.SIGINT
EXIT_UNREAD = 128 + signal.SIGPIPE
"""Whoever read the output has gone."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""Why a file that could be opened cannot be written on."""

_wanted = {"debug": False}
"""Whether the command line being worked off asks for tracebacks; errors outlive click's context."""


def begin() -> None:
    """Forget what an earlier command line asked for."""
    _wanted["debug"] = os.environ.get("RINGVIEW_DEBUG", "") not in ("", "0")


def _set_debug(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        _wanted["debug"] = True


def debuggable(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option that every command has."""
    return click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_set_debug,
        help="On an error, show where in ringview it came from.",
    )(function)


def tell(error: Exception) -> int:
    """Say in one sentence what went wrong; return the exit status.

    To be called while the error is handled, so that ``--debug`` can show where it came from.
    """
    if isinstance(error, click.Abort) or _by_interrupt(error):
        return EXIT_INTERRUPTED
    if isinstance(error, click.UsageError):
        return _complain(f"{_sentence(error.format_message())} ({_hint(error)})", EXIT_ERROR)
    if isinstance(error, click.ClickException):
        return _complain(_sentence(error.format_message()), EXIT_ERROR)
    if isinstance(error, RingviewError):
        return _complain(str(error), EXIT_ERROR)
    if isinstance(error, OSError) and error.errno in _FULL and error.filename is None:
        reason = (error.strerror or str(error)).lower()
        return _complain(f"the output cannot be written: {reason}", EXIT_ERROR)
    # Whatever it is, it is our fault, and a traceback helps nobody who did not ask for one.
    text = f"ringview itself failed: {type(error).__name__}: {error}; --debug shows where"
    return _complain(text, EXIT_INTERNAL)


def _by_interrupt(error: BaseException | None) -> bool:
    """Whether an error was made of a Ctrl-C: Python wraps what happens while a class is made."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__
    return error is not None


def _sentence(text: str) -> str:
    words = " ".join(text.split()).rstrip(".").replace(". Did you mean", "; did you mean")
    words = re.sub(r"\. \(Did you mean (?:one of: )?(.*)\?\)$", r"; did you mean \1?", words)
    return words[:1].lower() + words[1:]


def _hint(error: click.UsageError) -> str:
    path = error.ctx.command_path if error.ctx is not None else "ringview"
    return f"see: {path} --help"


def _complain(sentence: str, status: int) -> int:
    if _wanted["debug"]:
        traceback.print_exc()
    with contextlib.suppress(OSError):  # a full disk; the status says it as well
        click.echo(f"ringview: error: {sentence}", err=True)
    return status
