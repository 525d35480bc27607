"""The images a scenario needs: its kernel and its program, found or built."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ringview.errors import BuildError
from ringview.guest.kconfig import KernelConfig
from ringview.guest.program_file import SOURCE
from ringview.guest.toolchain import (
    CompileError,
    KernelImage,
    Progress,
    build_kernel,
    build_program,
    build_source,
)
from ringview.guest.tree import Tree, find_tree
from ringview.scenario.model import Scenario
from ringview.session.setup import SessionSetup


@dataclass(frozen=True, slots=True)
class Images:
    """What is to be loaded.

    Attributes:
        program: the program's executable on the host.
    """

    kernel: KernelImage
    program: Path


def session_setup(scenario: Scenario, images: Images) -> SessionSetup:
    """Return what a session needs to run a scenario; inputs of the schedule come later."""
    return SessionSetup(
        title=scenario.title,
        kernel_elf=images.kernel.path,
        program_elf=images.program,
        args=scenario.args,
        env=scenario.env,
        memory_bytes=scenario.memory,
        seed=scenario.seed,
        root=images.kernel.root,
        kernel_name=f"{scenario.kernel.config} {images.kernel.key[:8]}",
        program_name=scenario.program.name,
    )


def kernel_config(scenario: Scenario) -> KernelConfig:
    """Return the kernel configuration that a scenario asks for."""
    spec = scenario.kernel
    return KernelConfig.of(spec.config, {option.name: option.value for option in spec.options})


def provide_images(
    scenario: Scenario, *, tree: Tree | None = None, progress: Progress | None = None
) -> Images:
    """Return the images of a scenario, built if need be.

    Raises:
        ScenarioError: a kernel option that does not exist or has no effect, with its line.
        BuildError: there is no compiler, or the sources do not compile.
    """
    tree = tree or find_tree()
    try:
        kernel = build_kernel(kernel_config(scenario), tree=tree, progress=progress)
    except CompileError:
        raise
    except BuildError as error:
        # Whose fault is it? The message names the option, if it is one of the scenario's.
        words = re.findall(r"\w+", error.message)
        for option in scenario.kernel.options:
            if option.name.removeprefix("CONFIG_") in words:
                raise option.where.error(error.message) from None
        raise
    path = scenario.program.path
    if path is not None and path.suffix == SOURCE:
        return Images(kernel, build_source(path, tree=tree, progress=progress))
    if path is not None:
        return Images(kernel, path)
    return Images(kernel, build_program(scenario.program.name, tree=tree, progress=progress))
