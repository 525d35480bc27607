"""Check our C against .clang-format, except for columns.

clang-format cannot leave alone what an author has put in columns (structure members, trailing
comments, initialisers), as Linux does. So each file is compared with what clang-format makes of
it by words and indentation, and white space within a line is left to the author. Headers for
assembly are none of its business.
"""

from __future__ import annotations

import argparse
import difflib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOTS = ("src/ringview", "kernel", "userland", "tests")
SKIPPED = {"build", "out", "_data"}


def c_files(root: Path) -> list[Path]:
    return sorted(
        path
        for name in ROOTS
        for path in (root / name).rglob("*.[ch]")
        if not SKIPPED & set(path.relative_to(root).parts)
        and "\t.macro" not in path.read_text(encoding="utf-8")
    )


def normal(line: str) -> str:
    """Return a line with its indentation, and one space where it has any white space inside."""
    indent = line[: len(line) - len(line.lstrip())].expandtabs(8)
    words = re.sub(r"\s+", " ", line.strip())
    return indent + re.sub(r'" \(', '"(', words)  # Linux has a space in asm's operands


def differences(path: Path) -> list[str]:
    done = subprocess.run(
        ["clang-format", "--style=file", str(path)], capture_output=True, text=True, check=True
    )
    ours = path.read_text(encoding="utf-8").splitlines()
    found: list[str] = []
    matcher = difflib.SequenceMatcher(
        a=[normal(line) for line in ours],
        b=[normal(line) for line in done.stdout.splitlines()],
        autojunk=False,
    )
    wanted = done.stdout.splitlines()
    for tag, a_low, a_high, b_low, b_high in matcher.get_opcodes():
        if tag == "equal":
            continue
        found.append(f"{path}:{a_low + 1}: clang-format wants this otherwise")
        found += [f"    - {line}" for line in ours[a_low:a_high]]
        found += [f"    + {line}" for line in wanted[b_low:b_high]]
    found += [
        f"{path}:{number}: {len(line.expandtabs(8))} columns wide, 80 are allowed"
        for number, line in enumerate(ours, 1)
        if len(line.expandtabs(8)) > 80
    ]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="all of ours by default")
    files = parser.parse_args().files or c_files(Path(__file__).resolve().parent.parent)
    with ThreadPoolExecutor() as pool:
        found = [line for lines in pool.map(differences, files) for line in lines]
    print("\n".join(found) if found else f"{len(files)} C files are formatted")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
