"""What an engine is to open, and where it can be found: the little that is known before anything
heavy is imported.
"""

from __future__ import annotations

from dataclasses import dataclass

ADDRESS_FILE = "address"
"""Name of the file, in an engine's private directory, that says how to reach it (JSON, written
atomically).
"""

LOG_FILE = "engine.log"
"""Name of the file that takes the engine's standard error."""

JOURNAL_FILE = "journal"
"""Name of the file to which the engine appends inputs and positions, so that a successor can
resume.
"""

SOCKET_FILE = "socket"
"""Name of the AF_UNIX socket, where the platform has such sockets and the path is short enough."""


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """What to run: a scenario, or one program on a kernel.

    Attributes:
        scenario: path of a scenario file or the name of a shipped one; empty to run ``program``.
        program: path of a static ARM executable; used when ``scenario`` is empty.
        args: the program's arguments, without its name.
        env: the program's environment, ``NAME=value`` each.
        kernel: the name of a kernel configuration; empty for the default one.
        memory_bytes: size of the machine's RAM, 0 for the default.
        seed: seed of the machine's random number generator, -1 for the scenario's or the default.
        at: the place of the first stop, as `GoTo` takes it; empty for the program's first
            instruction.
    """

    scenario: str = ""
    program: str = ""
    args: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    kernel: str = ""
    memory_bytes: int = 0
    seed: int = -1
    at: str = ""
