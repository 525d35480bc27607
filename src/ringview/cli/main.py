"""``ringview``: the commands, their options, and how every error ends.

Nothing heavy is imported until a command needs it, so that help and errors come at once.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click
from click.shell_completion import CompletionItem

from ringview.errors import InputError, RingviewError

EXIT_FAILED = 1
"""An expectation did not come true."""
EXIT_ERROR = 2
"""What the user gave cannot be used."""
EXIT_INTERNAL = 70
"""ringview itself failed (EX_SOFTWARE of sysexits.h)."""
EXIT_INTERRUPTED = 128 + signal.SIGINT

PANES = ("registers", "code", "stacks", "translation", "tlb", "memory", "logs", "narration")
LARGE = (
    "storyboard",
    "tables",
    "frames",
    "switch",
    "time",
    "marks",
    "fetches",
    "schedules",
    "mitigations",
)
"""The screen's panes and large views, as in `ringview.tui.layout`, which help must not import."""


def _complete_scenario(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete shipped names and files."""
    from ringview.guest.tree import find_tree

    names = sorted(path.stem for path in find_tree().scenarios.glob("*.yaml"))
    found = [CompletionItem(name) for name in names if name.startswith(incomplete)]
    return [*found, CompletionItem(incomplete, type="file")]


_wanted = {"debug": False}
"""Whether the command line being worked off asks for tracebacks; errors outlive click's context."""


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


def _in_its_lab(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """A lab's scenario means the lab's kernel, wherever one stands."""
    from ringview.guest.tree import use_lab_of

    for scenario in (value,) if isinstance(value, str) else value:
        use_lab_of(scenario)
    return value


scenario_argument = click.argument(
    "scenario", shell_complete=_complete_scenario, callback=_in_its_lab
)


class Commands(click.Group):
    """A group that leaves like any filter does: click itself would say something on the way."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            raise click.exceptions.Exit(EXIT_INTERRUPTED) from None
        except BrokenPipeError:
            # Whoever read our output has gone. Python flushes at exit, and would complain again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(128 + signal.SIGPIPE) from None
        return result


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="ringview", message="%(prog)s %(version)s")
@debuggable
def cli() -> None:
    """See what happens at the border between a program and the kernel.

    ringview runs a real kernel on an emulated BeagleBone Black and lets you walk through it,
    forwards and backwards.
    """


@cli.command()
@scenario_argument
@click.option(
    "--at",
    "mark",
    metavar="MARK",
    default="",
    help="Start there: an icount, a symbol, file:line, start, end, 'beat 3', 'syscall 5'.",
)
@click.option("--plain", is_flag=True, help="Print the story as lines of text instead.")
@click.option("--headless", is_flag=True, help="Run to the end, print story and expectations.")
@click.option(
    "--json",
    "json_path",
    metavar="FILE",
    help="With --headless: write everything as JSON ('-' is standard output).",
)
@debuggable
def run(scenario: str, mark: str, plain: bool, headless: bool, json_path: str | None) -> int:
    """Open SCENARIO, a file or the name of a shipped one, on the live screen.

    With --headless the exit status is 0 if every expectation held, 1 if one did not, 2 if the
    scenario cannot be run.
    """
    if mark and (headless or plain or json_path is not None):
        raise click.UsageError("--at is for the live screen only.")
    if json_path is not None or headless:
        from ringview.cli.headless import run_headless

        return run_headless(scenario, json_path, sys.stdout)
    if plain:
        from ringview.cli.headless import run_plain

        return run_plain(scenario, sys.stdout)
    from ringview.cli.live import run_live

    return run_live(scenario, mark)


@cli.command()
@click.argument("lecture", default="")
@debuggable
def notes(lecture: str) -> int:
    """Speaker's notes: follow your live screen from a second terminal.

    LECTURE says which, if several are running: its scenario, or the number of its process.
    """
    from ringview.cli.live import follow_with_notes

    return follow_with_notes(lecture)


theme_option = click.option(
    "--theme", type=click.Choice(["dark", "light", "projector"]), default="dark", show_default=True
)


@cli.command()
@click.argument("lecture", default="")
@theme_option
@debuggable
def watch(lecture: str, theme: str) -> int:
    """Follow your live screen from another terminal, and look around; it moves nothing.

    LECTURE says which, if several are running: its scenario, or the number of its process.
    """
    from ringview.cli.live import watch_lecture

    return watch_lecture(lecture, theme)


@cli.command()
@click.argument("scenario", default="", shell_complete=_complete_scenario, callback=_in_its_lab)
@click.option(
    "--join",
    metavar="LECTURE",
    default="",
    help="Without SCENARIO: which live screen, if several are running.",
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Where to listen; see the warning."
)
@click.option(
    "--port",
    metavar="N",
    type=click.IntRange(0, 65535),
    default=0,
    help="Which port; 0, the default, takes a free one.",
)
@click.option(
    "--seats",
    metavar="N",
    type=click.IntRange(1, 1000),
    default=40,
    show_default=True,
    help="The most browsers that may follow; each takes some 60 MB here.",
)
@click.option(
    "--font-size",
    metavar="PIXELS",
    type=click.IntRange(6, 96),
    default=16,
    show_default=True,
    help="Size of text on the pages; anybody can change it.",
)
@theme_option
@debuggable
def serve(
    scenario: str, join: str, host: str, port: int, seats: int, font_size: int, theme: str
) -> int:
    """Show a lecture in browsers: a page for the lecturer, a page for all who follow.

    With SCENARIO the lecturer's screen is a page too, at an address for nobody else. Without it
    the live screen that runs in a terminal of yours is joined, for the audience only.
    """
    from ringview.cli.serve import Service, serve_lecture

    return serve_lecture(Service(scenario, join, host, port, seats, font_size, theme))


@cli.command(
    name="exec",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
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
    """Run PROG, a static ARM executable, on a kernel.

    Its console is standard output, its input is standard input, its exit status is ours: 128 + n
    if signal n killed it.
    """
    from ringview.cli.execute import Job, execute_program

    return execute_program(
        Job(program, arguments, kernel, memory << 20, environment, seed, limit or 0, strace)
    )


@cli.command()
@scenario_argument
@click.option(
    "--at",
    "mark",
    metavar="MARK",
    default="",
    help="Where: an icount, a symbol, file:line, start, end, 'beat 3', 'syscall 5'.",
)
@click.option("--pane", type=click.Choice((*PANES, *LARGE)), default=None, help="One, not all.")
@click.option("--size", metavar="COLUMNSxROWS", default="120x40", show_default=True)
@theme_option
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="An .svg, or a .txt.",
)
@debuggable
def shot(scenario: str, mark: str, pane: str | None, size: str, theme: str, output: Path) -> int:
    """Draw the screen of SCENARIO at a place, as a picture."""
    from ringview.cli.shot import write_shot

    write_shot(scenario, mark, size=size, theme=theme, pane=pane or "", target=output)
    return 0


@cli.command(name="list")
@debuggable
def list_scenarios() -> int:
    """List the scenarios that come with ringview."""
    from ringview.cli.listing import list_shipped

    return list_shipped(sys.stdout)


@cli.command()
@scenario_argument
@debuggable
def show(scenario: str) -> int:
    """Say what SCENARIO runs, tells and expects, without running it."""
    from ringview.cli.listing import show_scenario

    return show_scenario(scenario, sys.stdout)


@cli.command()
@click.argument(
    "scenarios",
    metavar="SCENARIO...",
    nargs=-1,
    required=True,
    shell_complete=_complete_scenario,
    callback=_in_its_lab,
)
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
@click.option(
    "--json", "json_path", metavar="FILE", help="Write everything as JSON ('-': standard output)."
)
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
    from ringview.cli.explore import run_explore, run_matrix

    if matrix:
        if scheduler:
            raise InputError("--matrix goes without --scheduler")
        return run_matrix(
            scenarios,
            sys.stdout,
            bound=bound,
            adversary=adversary,
            limit=limit,
            json_path=json_path,
            schedules=schedules,
            jobs=jobs,
            state=state,
        )
    if len(scenarios) > 1:
        raise InputError("more than one scenario is explored only with --matrix")
    return run_explore(
        scenarios[0],
        sys.stdout,
        bound=bound,
        adversary=adversary,
        jobs=jobs,
        limit=limit,
        json_path=json_path,
        state=state,
        schedules=schedules,
        scheduler=scheduler,
    )


@cli.command()
@click.option("--config", default="bbb_defconfig", show_default=True, help="Kernel configuration.")
@click.option(
    "--set", "options", metavar="SYMBOL=VALUE", multiple=True, help="Kernel option; repeatable."
)
@click.option("--force", is_flag=True, help="Build even what is built already.")
@click.argument(
    "scenarios",
    metavar="[SCENARIO]...",
    nargs=-1,
    shell_complete=_complete_scenario,
    callback=_in_its_lab,
)
@debuggable
def build(config: str, options: tuple[str, ...], force: bool, scenarios: tuple[str, ...]) -> int:
    """Build the kernel and the programs; those of SCENARIOs only, if any are given."""
    from ringview.cli.build import build_images

    return build_images(config, options, scenarios, force, sys.stdout)


@cli.command()
@click.option("--write", is_flag=True, help="Write a file in which to change them, once.")
@debuggable
def keys(write: bool) -> int:
    """List the live screen's commands and their keys."""
    from ringview.cli.keys import print_keys, write_keys

    return write_keys(sys.stdout) if write else print_keys(sys.stdout)


@cli.command()
@click.argument("name", metavar="[LAB]", default="")
@click.argument("folder", metavar="[FOLDER]", default="", type=click.Path(path_type=str))
@debuggable
def lab(name: str, folder: str) -> int:
    """Make a working copy of the kernel without a call that you are to add.

    LAB is hello or hello2; FOLDER does not exist yet, lab-LAB by default. Within such a folder,
    without arguments: build it, run it, and say which steps are done and what happens without the
    others. The exit status is then 0 if the call does what it should, 1 if not yet.
    """
    from ringview.cli.lab import begin_lab, show_progress

    return begin_lab(name, folder, sys.stdout) if name else show_progress(sys.stdout)


@cli.command()
@debuggable
def doctor() -> int:
    """Check that this computer has what ringview needs."""
    from ringview.cli.doctor import check_computer

    return check_computer(sys.stdout)


@cli.command()
@click.argument("what", type=click.Choice(["scenario", "output", "explore"]))
@debuggable
def schema(what: str) -> int:
    """Print the JSON Schema of scenario files, or of the output of `run` or `explore --json`."""
    import json

    from ringview.cli.report import json_schema as output_schema
    from ringview.scenario.schema import json_schema as scenario_schema

    if what == "explore":
        from ringview.explore.document import json_schema as explore_schema

        chosen = explore_schema()
    else:
        chosen = scenario_schema() if what == "scenario" else output_schema()
    click.echo(json.dumps(chosen, indent=2))
    return 0


def run_cli(arguments: Sequence[str]) -> int:
    """Run one command line; return the exit status. Every error becomes one sentence."""
    _wanted["debug"] = os.environ.get("RINGVIEW_DEBUG", "") not in ("", "0")
    try:
        status = cli.main(args=list(arguments), prog_name="ringview", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except (KeyboardInterrupt, click.Abort):
        return EXIT_INTERRUPTED
    except click.UsageError as error:
        return _complain(f"{_sentence(error.format_message())} ({_hint(error)})", EXIT_ERROR)
    except click.ClickException as error:
        return _complain(_sentence(error.format_message()), EXIT_ERROR)
    except RingviewError as error:
        return _complain(str(error), EXIT_ERROR)
    except Exception as error:
        # Whatever it is, it is our fault, and a traceback helps nobody who did not ask for one.
        text = f"ringview itself failed: {type(error).__name__}: {error}; --debug shows where"
        return _complain(text, EXIT_INTERNAL)


def _sentence(text: str) -> str:
    words = " ".join(text.split()).rstrip(".").replace(". Did you mean", "; did you mean")
    return words[:1].lower() + words[1:]


def _hint(error: click.UsageError) -> str:
    path = error.ctx.command_path if error.ctx is not None else "ringview"
    return f"see: {path} --help"


def _complain(sentence: str, status: int) -> int:
    if _wanted["debug"]:
        traceback.print_exc()
    click.echo(f"ringview: error: {sentence}", err=True)
    return status


def main() -> NoReturn:
    """The ``ringview`` command."""
    sys.exit(run_cli(sys.argv[1:]))


if __name__ == "__main__":
    main()
