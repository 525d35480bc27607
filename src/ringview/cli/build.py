"""``ringview build``: make the images now, rather than when they are first needed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from typing import TextIO

import click

from ringview.errors import BuildError
from ringview.guest.kconfig import KernelConfig
from ringview.guest.toolchain import build_kernel, build_program, program_names
from ringview.guest.tree import cache_directory
from ringview.lab.explain import explained


def build_images(
    config: str, options: Iterable[str], scenarios: Iterable[str], force: bool, out: TextIO
) -> int:
    """Build and print where the images are.

    Raises:
        ScenarioError: a scenario cannot be read, or asks for an option that does not exist.
        BuildError: there is no compiler, or the sources do not compile.
    """
    if force:
        _forget()
    progress = _progress(out)
    named = list(scenarios)
    if named:
        from ringview.scenario.images import provide_images
        from ringview.scenario.load import load_scenario

        for name in named:
            images = provide_images(load_scenario(name), progress=progress)
            print(images.kernel.path, file=out)
            print(images.program, file=out)
        return 0
    try:
        kernel = build_kernel(KernelConfig.of(config, _options(options)), progress=progress)
    except BuildError as error:
        raise explained(error) from None
    print(kernel.path, file=out)
    for name in program_names():
        print(build_program(name, progress=progress), file=out)
    return 0


def _options(words: Iterable[str]) -> dict[str, bool | int | str]:
    chosen: dict[str, bool | int | str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise click.UsageError(f"--set {word} is not written as SYMBOL=VALUE.")
        chosen[name] = value
    return chosen


def _progress(out: TextIO) -> Callable[[str], None] | None:
    """On a terminal, say what is being compiled."""
    if not out.isatty():
        return None
    return lambda step: print(f"  {step}", file=out, flush=True)


def _forget() -> None:
    """Drop what was built before; images that came with the package are never built here."""
    for name in ("build", "images"):
        shutil.rmtree(cache_directory() / name, ignore_errors=True)
