"""``ringview``: from Python's start to the exit status.

The first code of ours that runs, so it imports next to nothing: until the commands are loaded, and
once they are done, Ctrl-C leaves at once and says nothing. In between it is a `KeyboardInterrupt`.
"""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False  # typing itself takes as long to import as all of this file
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType
    from typing import NoReturn

_INTERRUPTED = 128 + signal.SIGINT


def run_cli(arguments: Sequence[str]) -> int:
    """Run one command line; return the exit status. Every error becomes one sentence."""
    from ringview.cli import endings
    from ringview.cli.group import cli

    endings.begin()
    try:
        status = cli.main(args=list(arguments), prog_name="ringview", standalone_mode=False)
    except KeyboardInterrupt:
        return endings.EXIT_INTERRUPTED
    except Exception as error:
        return endings.tell(error)
    return status if isinstance(status, int) else 0


def main() -> NoReturn:
    """The ``ringview`` command."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by who started us
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))
    ordinary = signal.getsignal(signal.SIGINT)
    if ordinary is not signal.default_int_handler:  # a job in the background ignores it
        sys.exit(run_cli(sys.argv[1:]))
    signal.signal(signal.SIGINT, _leave)
    import ringview.cli.endings
    import ringview.cli.group  # noqa: F401

    try:
        signal.signal(signal.SIGINT, ordinary)
        status = run_cli(sys.argv[1:])
        signal.signal(signal.SIGINT, _leave)
    except KeyboardInterrupt:
        status = _INTERRUPTED
    sys.exit(status)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
