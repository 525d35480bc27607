"""The reading plan in README.md: which files each chapter has, and how long it is.

    python scripts/chapters.py		say what is wrong with it
    python scripts/chapters.py --write	write the numbers of lines anew

A chapter is a row of a table: its number and name, its files in backquotes (braces as in a
shell), its lines of code. Lines of code are those that are neither blank nor comment only; the
numbers are rounded to ten, and count as true within one part in thirty.
"""

from __future__ import annotations

import re
import sys
from itertools import pairwise
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent
SUFFIXES = (".c", ".S", ".h")
ROW = re.compile(r"^\| (\d+\. [^|]+?) \| ([^|]+) \| (\d[\d,]*) \|$", re.MULTILINE)
TOTAL = re.compile(r"(\d[\d,]*)( lines in chapters (\d+) to (\d+))")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def code_lines(path: Path) -> int:
    """Return how many lines of a source file have code on them."""
    text = COMMENT.sub(lambda found: "\n" * found[0].count("\n"), path.read_text(encoding="utf-8"))
    text = re.sub(r"//.*", "", text)
    if path.suffix == ".S":
        text = re.sub(r"(^|\s)@ .*", "", text)
    return sum(1 for line in text.splitlines() if line.strip())


def sources(tree: Path) -> list[str]:
    """Return every source file of a kernel tree that is not a build's, by its name there."""
    return sorted(
        path.relative_to(tree).as_posix()
        for path in tree.rglob("*")
        if path.suffix in SUFFIXES and path.relative_to(tree).parts[0] != "build"
    )


def spelt_out(name: str) -> list[str]:
    """Return the names that one with braces stands for: ``a/{b,c}.h`` for two."""
    found = re.search(r"\{([^}]*)\}", name)
    if found is None:
        return [name]
    return [
        whole
        for part in found[1].split(",")
        for whole in spelt_out(name[: found.start()] + part + name[found.end() :])
    ]


def chapters(readme: str) -> dict[str, list[str]]:
    """Return each chapter's files, by the chapter's number and name."""
    return {
        title: [name for quoted in re.findall(r"`([^`]+)`", files) for name in spelt_out(quoted)]
        for title, files, _ in ROW.findall(readme)
    }


def rounded(lines: int) -> str:
    """Return a number of lines as the plan has it."""
    return f"{round(lines, -1):,}"


def renewed(readme: str, tree: Path) -> str:
    """Return the plan with the numbers that are true of a tree.

    Raises:
        FileNotFoundError: a chapter has a file that the tree has not.
    """
    lengths = {
        title: sum(code_lines(tree / name) for name in files)
        for title, files in chapters(readme).items()
    }
    by_number = list(lengths.values())

    def row(found: re.Match[str]) -> str:
        return f"| {found[1]} | {found[2]} | {rounded(lengths[found[1]])} |"

    def total(found: re.Match[str]) -> str:
        part = by_number[int(found[3]) - 1 : int(found[4])]
        return rounded(sum(part)) + found[2]

    return TOTAL.sub(total, ROW.sub(row, readme))


def numbers(readme: str) -> list[int]:
    """Return the numbers of lines that a plan gives, in its order."""
    stated = [row[2] for row in ROW.findall(readme)] + [sum_[0] for sum_ in TOTAL.findall(readme)]
    return [int(text.replace(",", "")) for text in stated]


def complaints(readme: str, tree: Path) -> list[str]:
    """Return what is wrong with the plan, a sentence each."""
    plan = chapters(readme)
    placed = sorted(name for files in plan.values() for name in files)
    there = sources(tree)
    said = [f"{name} is in two chapters" for name, other in pairwise(placed) if name == other]
    said += [f"{name} is in no chapter" for name in there if name not in placed]
    said += [f"{name} is in a chapter, and does not exist" for name in placed if name not in there]
    if [int(title.split(".")[0]) for title in plan] != list(range(1, len(plan) + 1)):
        said.append("the chapters are not numbered one after the other")
    if not said:
        stated, true = numbers(readme), numbers(renewed(readme, tree))
        if any(abs(a - b) > max(10, b // 30) for a, b in zip(stated, true, strict=True)):
            said.append("the numbers of lines are old: python scripts/chapters.py --write")
    return said


def main() -> int:
    """Check or renew the plan of the tree that this script lies in."""
    path = TREE / "README.md"
    if sys.argv[1:] == ["--write"]:
        path.write_text(renewed(path.read_text(encoding="utf-8"), TREE), encoding="utf-8")
    said = complaints(path.read_text(encoding="utf-8"), TREE)
    for sentence in said:
        print(f"kernel/README.md: {sentence}", file=sys.stderr)
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
