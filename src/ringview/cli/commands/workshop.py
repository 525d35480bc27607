"""The commands about what there is to run: scenarios, images, labs, keys, this computer."""

from __future__ import annotations

import sys

import click

from ringview.cli.endings import debuggable
from ringview.cli.options import scenario_argument, scenarios_argument


@click.command(name="list")
@debuggable
def list_scenarios() -> int:
    """List the scenarios that come with ringview."""
    from ringview.cli.listing import list_shipped

    return list_shipped(sys.stdout)


@click.command()
@scenario_argument()
@debuggable
def show(scenario: str) -> int:
    """Say what SCENARIO runs, tells and expects, without running it."""
    from ringview.cli.listing import show_scenario

    return show_scenario(scenario, sys.stdout)


@click.command()
@click.option("--config", default="bbb_defconfig", show_default=True, help="Kernel configuration.")
@click.option(
    "--set", "options", metavar="SYMBOL=VALUE", multiple=True, help="Kernel option; repeatable."
)
@click.option("--force", is_flag=True, help="Build even what is built already.")
@scenarios_argument(required=False)
@debuggable
def build(config: str, options: tuple[str, ...], force: bool, scenarios: tuple[str, ...]) -> int:
    """Build the kernel and the programs; those of SCENARIOs only, if any are given."""
    from ringview.cli.build import build_images

    return build_images(config, options, scenarios, force, sys.stdout)


@click.command()
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


@click.command()
@click.option("--write", is_flag=True, help="Write a file in which to change them, once.")
@debuggable
def keys(write: bool) -> int:
    """List the live screen's commands and their keys."""
    from ringview.cli.keys import print_keys, write_keys

    return write_keys(sys.stdout) if write else print_keys(sys.stdout)


@click.command()
@debuggable
def doctor() -> int:
    """Check that this computer has what ringview needs."""
    from ringview.cli.doctor import check_computer

    return check_computer(sys.stdout)


@click.command()
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


COMMANDS = (list_scenarios, show, build, lab, keys, doctor, schema)
