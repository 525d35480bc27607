"""A lab's working copy: kernel, user land and scenario, in which nothing knows of the call."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

from ringview.errors import InputError
from ringview.guest.tree import LAB_FILE, Tree, find_tree
from ringview.lab.page import page
from ringview.lab.progress import progress
from ringview.lab.recipe import GENERIC, RECIPES, Recipe

_LEFT_OUT = shutil.ignore_patterns("build", "out", "__pycache__", "*.o", ".gitignore")


def create(name: str, target: Path) -> Path:
    """Make a working copy for a lab.

    Args:
        name: the lab's.
        target: a folder that does not exist yet, or is empty.

    Returns:
        The folder.

    Raises:
        InputError: there is no such lab, or no place for it.
    """
    recipe = RECIPES.get(name)
    if recipe is None:
        raise InputError(f"there is no lab {name}; the labs are {', '.join(RECIPES)}")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(
            "there is something already; name a folder that does not exist yet", path=target
        )
    source = find_tree(own=False)
    try:
        target.mkdir(parents=True, exist_ok=True)
        for part in ("kernel", "userland"):
            shutil.copytree(source.root / part, target / part, ignore=_LEFT_OUT)
        (target / "scenarios").mkdir()
        for scenario in recipe.scenarios:
            shutil.copy(source.scenarios / f"{scenario}.yaml", target / "scenarios")
        take_out(recipe, target / "kernel")
        (target / "README.md").write_text(page(recipe), "utf-8")
        (target / LAB_FILE).write_text(json.dumps({"lab": recipe.name}) + "\n", "utf-8")
    except OSError as error:
        raise InputError(error.strerror or "cannot be written", path=target) from None
    _begin_history(target, recipe)
    return target


def take_out(recipe: Recipe, kernel: Path) -> None:
    """Remove every trace of a finished call from a kernel tree.

    Raises:
        InputError: the tree has no such trace: it is not the kernel that came with ringview.
    """
    if not all(state.done for state in progress(recipe, kernel)):
        raise InputError(f"the kernel has no finished {recipe.name} to take out", path=kernel)
    patterns = [(step.file, step.remove) for step in recipe.steps]
    for file, pattern in (*recipe.strip, *patterns):
        path = kernel / file
        if not pattern:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            continue
        text = re.sub(pattern, "", path.read_text("utf-8"), flags=re.MULTILINE)
        path.write_text(text, "utf-8")
    generic = kernel / GENERIC
    text = generic.read_text("utf-8")
    left = [
        int(number)
        for number in re.findall(r"^#define __NR_(?!syscalls)\w+ (\d+)", text, re.MULTILINE)
    ]
    count = 1 + max(left, default=recipe.number - 1)
    text = re.sub(r"^(#define __NR_syscalls) \d+", rf"\1 {count}", text, flags=re.MULTILINE)
    generic.write_text(text, "utf-8")


def lost_files(recipe: Recipe, tree: Tree) -> tuple[str, ...]:
    """Return the kernel's files that a lab's tree began with and has no more, below ``kernel/``."""
    source = find_tree(own=False).kernel
    taken = [source / file for file, pattern in recipe.strip if not pattern]
    own = {step.file for step in recipe.steps}
    names = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*")
        if path.is_file() and not any(path.is_relative_to(gone) for gone in taken)
        if not {"build", "out", "__pycache__"} & set(path.relative_to(source).parts)
        if path.suffix != ".o" and path.name != ".gitignore"
    }
    return tuple(sorted(file for file in names - own if not (tree.kernel / file).exists()))


def _begin_history(target: Path, recipe: Recipe) -> None:
    """Put the tree under git where there is git, so that the work can be handed in as a patch."""
    git = shutil.which("git")
    if git is None:
        return
    who = ("-c", "user.name=ringview", "-c", "user.email=ringview@localhost")
    (target / ".gitignore").write_text("build/\nout/\n", "utf-8")
    for words in (
        ("init", "-q"),
        ("add", "-A"),
        (*who, "commit", "-q", "-m", f"The kernel without {recipe.name}"),
    ):
        done = subprocess.run([git, *words], cwd=target, capture_output=True, check=False)
        if done.returncode:
            shutil.rmtree(target / ".git", ignore_errors=True)
            return


def recipe_of(tree: Tree) -> Recipe | None:
    """The lab that a tree is the working copy of, None if of none."""
    try:
        note = json.loads((tree.root / LAB_FILE).read_text("utf-8"))
        return RECIPES.get(note["lab"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
