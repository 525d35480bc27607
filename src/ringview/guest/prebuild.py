"""The images a wheel carries: every kernel and program that a shipped scenario uses.

Run by the wheel's build hook. Debug information is extracted at the same time, since that takes
seconds where loading it takes milliseconds.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from ringview.guest.debugstore import cache_path, load_debuginfo
from ringview.guest.toolchain import (
    KernelConfig,
    Progress,
    build_kernel,
    build_program,
    kernel_key,
    program_names,
    userland_key,
)
from ringview.guest.tree import Tree
from ringview.guest.vdso import file_beside


def configurations(scenarios: Path) -> list[KernelConfig]:
    """Return the kernel configurations that scenarios name, the default one first."""
    found = {KernelConfig(): None}
    for path in sorted(scenarios.glob("**/*.yaml")):
        document: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        kernel = document.get("kernel") if isinstance(document, dict) else None
        if isinstance(kernel, dict) and "image" not in kernel:
            options = kernel.get("set") or {}
            found[KernelConfig.of(kernel.get("config", KernelConfig().config), options)] = None
    return list(found)


def prebuild(root: Path, images: Path, progress: Progress | None = None) -> None:
    """Build into ``images/<content key>/`` what the scenarios of a tree need.

    Args:
        root: a checkout.
        images: directory to fill.
        progress: told of each step.

    Raises:
        BuildError: something does not build.
    """
    tree = Tree(root, images)
    for config in configurations(tree.scenarios):
        kernel = build_kernel(config, tree=tree, progress=progress)
        key = kernel_key(config, tree)
        _keep(kernel.path, images / key)
        _keep(kernel.config_path, images / key)
        if file_beside(kernel.path).exists():
            _keep(file_beside(kernel.path), images / key)
        _keep(kernel.path.with_name("build.json"), images / key)
    key = userland_key(tree)
    for name in program_names(tree):
        program = build_program(name, tree=tree, progress=progress)
        _keep(program, images / key)
        _keep(program.with_name("build.json"), images / key)


def _keep(path: Path, entry: Path) -> None:
    """Copy one result, and what was extracted from its DWARF, into an entry of the wheel."""
    entry.mkdir(parents=True, exist_ok=True)
    target = entry / path.name
    shutil.copyfile(path, target)
    if path.name not in {"config", "build.json"}:
        target.chmod(0o755)
        load_debuginfo(path)
        shutil.copyfile(cache_path(path), cache_path(target))
