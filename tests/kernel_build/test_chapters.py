"""The reading plan of the kernel's README: each file in one chapter, and the numbers true."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from tests.kernel_build.conftest import KERNEL, copy_tree

# The plan promises these two: see the issue of a kernel that one reads in a weekend.
LECTURE_LIMIT = 8_000
CODE_LIMIT = 13_000


def check(tree: Path) -> str:
    done = subprocess.run(
        [sys.executable, tree / "scripts" / "chapters.py"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) == (done.stderr == ""), done.stderr
    return done.stderr


def test_each_file_is_in_one_chapter_and_the_numbers_are_true() -> None:
    assert check(KERNEL) == ""


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("kernel/stray.c", "int stray;\n", "kernel/stray.c is in no chapter"),
        ("mm/slab.c", "int longer;\n" * 60, "the numbers of lines are old"),
    ],
)
def test_a_plan_that_is_not_true_is_found_out(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    tree = copy_tree(tmp_path / "kernel")
    with (tree / name).open("a") as file:
        file.write(text)
    assert says in check(tree)


def test_a_file_that_is_gone_is_found_out(tmp_path: Path) -> None:
    tree = copy_tree(tmp_path / "kernel")
    (tree / "mm" / "slab.c").unlink()
    assert "mm/slab.c is in a chapter, and does not exist" in check(tree)


def test_the_lectures_path_and_the_whole_stay_short() -> None:
    script = runpy.run_path(str(KERNEL / "scripts" / "chapters.py"))
    code_lines, chapters = script["code_lines"], script["chapters"]
    plan = list(chapters((KERNEL / "README.md").read_text()).values())
    lecture = sum(code_lines(KERNEL / name) for files in plan[:11] for name in files)
    whole = sum(
        code_lines(KERNEL / name) for files in plan for name in files if not name.endswith(".h")
    )
    assert lecture < LECTURE_LIMIT
    assert whole < CODE_LIMIT
