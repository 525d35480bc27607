"""Which files are programs: executables, and C files that become one."""

from __future__ import annotations

from pathlib import Path

SOURCE = ".c"
"""How the name of a program's file ends that is to be compiled first."""

_MAGIC = b"\x7fELF"


def is_program(name: str | Path) -> bool:
    """Whether what was given for a scenario is an executable's file, or a C file."""
    path = Path(name).expanduser()
    try:
        with path.open("rb") as file:
            return path.suffix == SOURCE or file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def called(program: Path) -> str:
    """What a program's file is called in the guest, under ``/bin``."""
    return program.stem if program.suffix == SOURCE else program.name
