"""The commands that work guests without a screen: one program, or all schedules of a race."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ringview.cli.endings import debuggable
from ringview.cli.options import json_option, scenarios_argument
from ringview.errors import InputError


@click.command(name="exec", context_settings={"allow_interspersed_args": False})
@click.option(
    "--kernel",
    metavar="K",
    default="",
    help="A kernel ELF, or a configuration of kernel/arch/arm/configs.",
)
@click.option(
    "--memory",
    metavar="MIB",
    type=click.IntRange(8, 512),
    default=32,
    show_default=True,
    help="RAM of the machine in MiB.",
)
@click.option(
    "--env", "environment", metavar="NAME=VALUE", multiple=True, help="For the program; repeatable."
)
@click.option(
    "--seed", type=click.IntRange(0, (1 << 32) - 1), default=1, help="Of the random numbers."
)
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(min=1),
    help="Give up after N instructions.",
)
@click.option("--strace", is_flag=True, help="Write its system calls to standard error.")
@debuggable
@click.argument("program", metavar="PROG")
@click.argument("arguments", metavar="[ARG]...", nargs=-1, type=click.UNPROCESSED)
def execute(
    kernel: str,
    memory: int,
    environment: tuple[str, ...],
    seed: int,
    limit: int | None,
    strace: bool,
    program: str,
    arguments: tuple[str, ...],
) -> int:
    """Run PROG, a static ARM executable or a C file, on a kernel.

    Its console is standard output, its input is standard input, its exit status is ours: 128 + n
    if signal n killed it. On a terminal Ctrl-C is the program's; pressed twice, it leaves.
    """
    from ringview.cli.execute import Job, execute_program

    if not program:
        raise InputError("the name of a program is not empty")
    return execute_program(
        Job(program, arguments, kernel, memory << 20, environment, seed, limit or 0, strace)
    )


@click.command()
@scenarios_argument(required=True)
@click.option(
    "--matrix",
    is_flag=True,
    help="Each SCENARIO's race under no mitigation, and under each: a table of verdicts.",
)
@click.option(
    "--bound",
    metavar="K",
    type=click.IntRange(0, 9),
    default=2,
    show_default=True,
    help="Preemptions within the call, at most.",
)
@click.option(
    "--adversary",
    type=click.Choice(["board", "second-core", "both"]),
    default="both",
    show_default=True,
    help="Who races: the other thread on the one core, or on a modelled second one.",
)
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(0, 256),
    default=1,
    show_default=True,
    help="Processes; 0 for one per processor.",
)
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(0),
    default=0,
    help="Instructions of one schedule, before it is said not to return.",
)
@json_option("Write everything as JSON ('-': standard output).")
@click.option(
    "--state",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep what is known there; a search that was stopped goes on from it.",
)
@click.option(
    "--schedules",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where schedule files of bugs go; here by default.",
)
@click.option("--scheduler", metavar="ADDRESS", default="", help="Work on a Dask cluster.")
@debuggable
def explore(
    scenarios: tuple[str, ...],
    matrix: bool,
    bound: int,
    adversary: str,
    jobs: int,
    limit: int,
    json_path: str | None,
    state: Path | None,
    schedules: Path | None,
    scheduler: str,
) -> int:
    """Search the schedules in which another thread races a system call of SCENARIO.

    Prints two statements, the bounded verdict and the single-fetch certificate, with what they do
    not cover, and writes a schedule file for each bug, which `ringview run` opens. The exit status
    is 0 if no bug was found, 1 if one was, 2 if there is nothing to search.
    """
    from ringview.cli.explore import Order, run_explore, run_matrix

    order = Order(bound, adversary, jobs, limit, json_path, state, schedules, scheduler)
    if matrix:
        if scheduler:
            raise InputError("--matrix goes without --scheduler")
        return run_matrix(scenarios, order, sys.stdout)
    if len(scenarios) > 1:
        raise InputError("more than one scenario is explored only with --matrix")
    return run_explore(scenarios[0], order, sys.stdout)


COMMANDS = (execute, explore)
