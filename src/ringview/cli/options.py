"""The arguments and options that several commands share, and how a shell completes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from click.shell_completion import CompletionItem

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _complete_scenario(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete shipped names and files."""
    from ringview.guest.tree import find_tree

    names = sorted(path.stem for path in find_tree().scenarios.glob("*.yaml"))
    found = [CompletionItem(name) for name in names if name.startswith(incomplete)]
    return [*found, CompletionItem(incomplete, type="file")]


def _in_its_lab(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """A lab's scenario means the lab's kernel, wherever one stands."""
    from ringview.guest.tree import use_lab_of

    for scenario in (value,) if isinstance(value, str) else value:
        use_lab_of(scenario)
    return value


def scenario_argument(**more: Any) -> Decorator:
    """SCENARIO: a file, or the name of a shipped one; ``more`` is as for `click.argument`."""
    return click.argument(
        "scenario", shell_complete=_complete_scenario, callback=_in_its_lab, **more
    )


def scenarios_argument(*, required: bool) -> Decorator:
    """SCENARIO...: several of them."""
    return click.argument(
        "scenarios",
        metavar="SCENARIO..." if required else "[SCENARIO]...",
        nargs=-1,
        required=required,
        shell_complete=_complete_scenario,
        callback=_in_its_lab,
    )


def place_option(what: str) -> Decorator:
    """``--at MARK``; ``what`` begins its help."""
    places = "an icount, a symbol, file:line, start, end, 'beat 3', 'syscall 5'"
    return click.option("--at", "mark", metavar="MARK", default="", help=f"{what}: {places}.")


def json_option(text: str) -> Decorator:
    """``--json FILE``, with its help."""
    return click.option("--json", "json_path", metavar="FILE", help=text)


theme_option = click.option(
    "--theme", type=click.Choice(["dark", "light", "projector"]), default="dark", show_default=True
)
