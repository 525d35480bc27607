"""``python -m ringview.engine --directory DIR``: the engine; see `launch`."""

from __future__ import annotations

import faulthandler
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ringview.engine.opened import Opener


def main(opener: Opener | None = None) -> int:
    """Read the specification from standard input and serve until nobody is left.

    Args:
        opener: opens the session; by default what the specification says.
    """
    # What it hangs on, should it ever: kill -USR1 writes it to the log.
    faulthandler.register(signal.SIGUSR1)
    arguments = sys.argv[1:]
    resume = "--resume" in arguments
    directory = Path(arguments[arguments.index("--directory") + 1])
    # The socket first, so that clients connect while the rest is imported.
    from ringview.engine.collecting import collect_the_young_only
    from ringview.engine.hub import Hub

    collect_the_young_only()
    hub = Hub(directory)
    from ringview.engine.service import Service, read_spec

    spec = read_spec(sys.stdin.fileno())
    if spec is None:
        return 1
    hub.watch_parent(sys.stdin.fileno())
    status = Service(hub, spec, directory, resume=resume, opener=opener).serve()
    hub.close()
    if hub.parent_gone:
        # Nobody is left who would tidy up.
        shutil.rmtree(directory, ignore_errors=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
