"""A program without a story, as a scenario: an executable, or a C file."""

from __future__ import annotations

from pathlib import Path

from ringview.errors import ProgramError
from ringview.guest.kconfig import DEFAULT_CONFIG
from ringview.guest.program_file import called
from ringview.scenario.model import KernelSpec, ProgramSpec, Scenario


def program_scenario(
    program: str | Path,
    args: tuple[str, ...] = (),
    *,
    env: tuple[str, ...] = (),
    kernel: str = "",
) -> Scenario:
    """Return the scenario that runs a program and tells nothing about it.

    Args:
        program: its file, or the name of one of user land's.
        args: without its name.
        env: ``NAME=value`` each.
        kernel: the name of a configuration, empty for the usual one.
    """
    path = Path(program).expanduser()
    spec = ProgramSpec(str(program))
    if path.is_file():
        spec = ProgramSpec(called(path), path)
    elif "/" in str(program):
        raise ProgramError("there is no such program", path=str(program))
    return Scenario(
        path=path,
        title=" ".join((spec.name, *args)),
        description="",
        kernel=KernelSpec(kernel or DEFAULT_CONFIG),
        program=spec,
        args=args,
        env=env,
    )
