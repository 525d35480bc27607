"""The commands that show a run: on a screen, beside one, in browsers, as a picture."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ringview.cli.endings import debuggable
from ringview.cli.options import json_option, place_option, scenario_argument, theme_option
from ringview.errors import InputError
from ringview.guest.program_file import is_program
from ringview.tui.names import LARGE, PANES


@click.command()
@scenario_argument()
@place_option("Start there")
@click.option("--plain", is_flag=True, help="Print the story as lines of text instead.")
@click.option("--headless", is_flag=True, help="Run to the end, print story and expectations.")
@json_option("With --headless: write everything as JSON ('-' is standard output).")
@click.argument("arguments", metavar="[-- ARG...]", nargs=-1)
@debuggable
def run(
    scenario: str,
    arguments: tuple[str, ...],
    mark: str,
    plain: bool,
    headless: bool,
    json_path: str | None,
) -> int:
    """Open SCENARIO, a file or the name of a shipped one, on the live screen.

    A program can stand in its place, a static ARM executable or a C file, with its arguments: it is
    run without a story, the C file is compiled first.

    With --headless the exit status is 0 if every expectation held, 1 if one did not, 2 if the
    scenario cannot be run.
    """
    if mark and (headless or plain or json_path is not None):
        raise click.UsageError("--at is for the live screen only.")
    if arguments and not is_program(scenario):
        raise InputError(
            "a scenario says itself, by args, what its program is given", path=scenario
        )
    if json_path is not None or headless:
        from ringview.cli.headless import run_headless

        return run_headless(scenario, arguments, json_path, sys.stdout)
    if plain:
        from ringview.cli.headless import run_plain

        return run_plain(scenario, arguments, sys.stdout)
    from ringview.cli.live import run_live

    return run_live(scenario, arguments, mark)


@click.command()
@click.argument("lecture", default="")
@debuggable
def notes(lecture: str) -> int:
    """Speaker's notes: follow your live screen from a second terminal.

    LECTURE says which, if several are running: its scenario, or the number of its process.
    """
    from ringview.cli.live import follow_with_notes

    return follow_with_notes(lecture)


@click.command()
@click.argument("lecture", default="")
@theme_option
@debuggable
def watch(lecture: str, theme: str) -> int:
    """Follow your live screen from another terminal, and look around; it moves nothing.

    LECTURE says which, if several are running: its scenario, or the number of its process.
    """
    from ringview.cli.live import watch_lecture

    return watch_lecture(lecture, theme)


@click.command()
@scenario_argument(default="")
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


@click.command()
@scenario_argument()
@place_option("Where")
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


COMMANDS = (run, notes, watch, serve, shot)
