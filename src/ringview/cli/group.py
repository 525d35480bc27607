"""All commands under one name.

Nothing heavy is imported until a command needs it, so that help and errors come at once.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from ringview.cli import endings
from ringview.cli.commands import guests, screens, workshop


class Commands(click.Group):
    """A group that leaves like any filter does: click itself would say something on the way."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            raise click.exceptions.Exit(endings.EXIT_INTERRUPTED) from None
        except BrokenPipeError:
            # Whoever read our output has gone. Python flushes at exit, and would complain again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(endings.EXIT_UNREAD) from None
        return result


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="ringview", message="%(prog)s %(version)s")
@endings.debuggable
def cli() -> None:
    """See what happens at the border between a program and the kernel.

    ringview runs a real kernel on an emulated BeagleBone Black and lets you walk through it,
    forwards and backwards.
    """


for _command in (*screens.COMMANDS, *guests.COMMANDS, *workshop.COMMANDS):
    cli.add_command(_command)
