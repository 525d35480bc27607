"""Where guest sources, scenarios and prebuilt images live.

In a checkout they lie beside ``src/``; in an installed wheel they are package data under
``ringview/_data``. ``RINGVIEW_TREE`` names another root, for one who works on a kernel of their
own with an installed ringview; within the folder of a lab, and for a scenario of a lab's, that
folder is the root.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ringview.errors import InputError

TREE_VARIABLE = "RINGVIEW_TREE"
"""Environment variable that names the root to use."""

LAB_FILE = ".ringview-lab"
"""Marks the root of a lab's working copy (`ringview.lab`)."""

_PACKAGE = Path(__file__).resolve().parent.parent
_SKIPPED_DIRECTORIES = frozenset({"build", "out", "__pycache__"})
_SKIPPED_SUFFIXES = frozenset({".o", ".d", ".a", ".pyc", ".elf", ".tmp", ".cmd"})
_SKIPPED_NAMES = frozenset({"vmlinux", "System.map", ".config", ".gitignore"})


@dataclass(frozen=True, slots=True)
class Tree:
    """One root with ``kernel/``, ``userland/`` and ``scenarios/`` in it.

    Attributes:
        root: the directory that DWARF names such as ``kernel/kernel/fork.c`` are relative to.
        images: where images built beforehand lie, one directory per content key; may not exist.
    """

    root: Path
    images: Path

    @property
    def kernel(self) -> Path:
        """The kernel's sources."""
        return self.root / "kernel"

    @property
    def userland(self) -> Path:
        """The guest programs' and libc's sources."""
        return self.root / "userland"

    @property
    def scenarios(self) -> Path:
        """The scenarios that ship with this tree."""
        return self.root / "scenarios"

    def source(self, name: str) -> Path:
        """Return the file that a DWARF name means, whether or not it exists."""
        return self.root / name


def find_tree(*, own: bool = True) -> Tree:
    """Return the tree in use: ``RINGVIEW_TREE``, else the lab around the working directory, else
    the checkout, else the package's data.

    Args:
        own: look for one of the user's own; otherwise only for what came with ringview.

    Raises:
        InputError: ``RINGVIEW_TREE`` names a directory without ``kernel/``.
    """
    data = _PACKAGE / "_data"
    override = os.environ.get(TREE_VARIABLE)
    if override and own:
        root = Path(override).expanduser().resolve()
        if not (root / "kernel").is_dir():
            raise InputError(f"RINGVIEW_TREE is {override}, which has no kernel directory")
        return Tree(root, data / "images")
    lab = find_lab() if own else None
    if lab is not None:
        return Tree(lab, data / "images")
    checkout = _PACKAGE.parent.parent
    if _PACKAGE.parent.name == "src" and (checkout / "kernel").is_dir():
        return Tree(checkout, data / "images")
    return Tree(data, data / "images")


def find_lab(start: Path | None = None) -> Path | None:
    """Return the root of the lab that a folder lies in, the working directory by default; None if
    in none.
    """
    try:
        here = (start or Path()).resolve()
    except OSError:  # it was removed
        return None
    return next((root for root in (here, *here.parents) if (root / LAB_FILE).is_file()), None)


def use_lab_of(file: str) -> None:
    """Work on the lab that a file lies in, wherever one stands; so will the processes started from
    now on. Does nothing for a file in no lab, nor where ``RINGVIEW_TREE`` names a tree.
    """
    path = Path(file).expanduser()
    lab = find_lab(path.parent) if path.is_file() else None
    if lab is not None and TREE_VARIABLE not in os.environ:
        os.environ[TREE_VARIABLE] = str(lab)


def cache_directory() -> Path:
    """Return the directory for what ringview builds (``RINGVIEW_CACHE`` overrides)."""
    override = os.environ.get("RINGVIEW_CACHE")
    if override:
        return Path(override).expanduser()
    from platformdirs import user_cache_path  # not there while a wheel is built

    return user_cache_path("ringview")


def source_files(directory: Path) -> list[Path]:
    """Return every source file under a directory, sorted, without what a build leaves there."""
    found: list[Path] = []
    for where, directories, names in os.walk(directory):
        directories[:] = sorted(
            d for d in directories if d not in _SKIPPED_DIRECTORIES and not d.startswith(".")
        )
        found.extend(
            Path(where, name)
            for name in names
            if name not in _SKIPPED_NAMES
            and not name.startswith(".")
            and not name.endswith("~")
            and os.path.splitext(name)[1] not in _SKIPPED_SUFFIXES  # noqa: PTH122 (a hot loop)
        )
    return sorted(found)
