"""Labs' trees for tests, each step done, to be spoilt."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ringview.cli.lab import show_progress
from ringview.guest.make import find_zig
from ringview.guest.tree import find_tree
from ringview.lab.recipe import Recipe
from ringview.lab.workspace import create


class Lab:
    """A lab's tree with every step done, to be spoilt."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.kernel = root / "kernel"

    def read(self, file: str) -> str:
        """A file of the kernel."""
        return (self.kernel / file).read_text()

    @contextmanager
    def spoilt(self, *edits: tuple[str, str, str]) -> Iterator[str]:
        """Replace text in files, and give what `ringview lab` prints; then mend them."""
        with self.edited(*edits):
            yield self.look()

    @contextmanager
    def edited(self, *edits: tuple[str, str, str]) -> Iterator[None]:
        """Replace text in files, then mend them."""
        before = {file: self.read(file) for file, _, _ in edits}
        for file, old, new in edits:
            text = self.read(file)
            assert text.count(old) == 1, (file, old)
            (self.kernel / file).write_text(text.replace(old, new))
        try:
            yield
        finally:
            for file, text in before.items():
                (self.kernel / file).write_text(text)

    def look(self, status: int = 1) -> str:
        """What `ringview lab` prints, its lines joined."""
        out = io.StringIO()
        assert show_progress(out) == status, out.getvalue()
        return " ".join(out.getvalue().split())


@contextmanager
def working_in(lab: Lab) -> Iterator[Lab]:
    """While it lasts, the working directory lies in a lab's kernel."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("RINGVIEW_TREE", raising=False)
        patch.chdir(lab.kernel)
        yield lab


def finished(recipe: Recipe, root: Path) -> Lab:
    """The finished kernel, marked as the lab's."""
    if find_zig() is None:
        pytest.skip("the ziglang package is not installed")
    create(recipe.name, root)
    source = find_tree(own=False)
    for step in recipe.steps:
        text = (source.kernel / step.file).read_text()
        # The finished kernel has variants of the call, which a lab's tree has not.
        for file, pattern in recipe.strip:
            if pattern and file == step.file:
                text = re.sub(pattern, "", text, flags=re.MULTILINE)
        for line in step.lines:
            if not re.search(rf"^{line.pattern}$", text, re.MULTILINE):
                text += f"{line.text}\n"
        (root / "kernel" / step.file).write_text(text)
    return Lab(root)
