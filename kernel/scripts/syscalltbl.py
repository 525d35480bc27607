"""Turn syscall.tbl into the kernel's table and the headers with the numbers.

A line is ``<number> <abi> <name> [<entry point>]``. A line without an entry
point only names the number, which then answers -ENOSYS.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ABIS = ("common", "eabi")
LIMIT = 1024


class TableError(Exception):
    """A line of the table that cannot be honoured."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: number, name, and the handler or None."""

    number: int
    name: str
    handler: str | None


def parse(path: Path) -> list[Entry]:
    """Return the table's entries, sorted by number."""
    entries: dict[int, Entry] = {}
    names: dict[str, int] = {}
    for line_number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        place = f"{path}:{line_number}"
        entry = _entry(words, place)
        if entry is None:
            continue
        if entry.number in entries:
            other = entries[entry.number].name
            raise TableError(f"{place}: number {entry.number} is already that of {other}")
        if entry.name in names:
            raise TableError(f"{place}: {entry.name} already has the number {names[entry.name]}")
        entries[entry.number] = entry
        names[entry.name] = entry.number
    return [entries[number] for number in sorted(entries)]


def _entry(words: list[str], place: str) -> Entry | None:
    if len(words) not in (3, 4):
        raise TableError(f"{place}: expected '<number> <abi> <name> [<entry point>]'")
    number, abi, name = words[:3]
    if not number.isdigit() or int(number) >= LIMIT:
        raise TableError(f"{place}: '{number}' is no system call number (0 to {LIMIT - 1})")
    if abi == "oabi":
        return None
    if abi not in ABIS:
        raise TableError(f"{place}: '{abi}' is no ABI (common, eabi or oabi)")
    for word in words[2:]:
        if not re.fullmatch(r"[A-Za-z_]\w*", word):
            raise TableError(f"{place}: '{word}' is no name")
    return Entry(int(number), name, words[3] if len(words) == 4 else None)


def outputs(entries: list[Entry]) -> dict[str, str]:
    """Return the generated files, by path below the output directory."""
    # ARM compares the number with an immediate: round up to a multiple of 4
    count = (entries[-1].number + 4) & ~3
    handlers = {entry.number: entry.handler for entry in entries}
    calls = "".join(
        f"__SYSCALL({nr}, {handlers.get(nr) or 'sys_ni_syscall'})\n" for nr in range(count)
    )
    numbers = "".join(
        f"#define __NR_{entry.name} (__NR_SYSCALL_BASE + {entry.number})\n" for entry in entries
    )
    return {
        "calls-eabi.S": calls,
        "asm/unistd-nr.h": f"#define __NR_syscalls {count}\n",
        "uapi/asm/unistd-common.h": numbers,
    }


def main() -> int:
    """Run from the Makefile; return 1 after printing what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    try:
        files = outputs(parse(args.table))
    except TableError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for name, text in files.items():
        path = args.output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
