"""``ringview exec`` of a static program that says one line, process start included.

Compared in the same run with what starts any Python program (``python -c pass``) and with
``qemu-arm``, where it is installed: the ratios hold on a slow machine, the times do not. CPU
seconds of the process and its children, so that others on the machine count less.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROUNDS = 7
WANTED_SECONDS = 0.7
SOURCE = '#include <stdio.h>\nint main(void)\n{\n\tputs("hello");\n\treturn 0;\n}\n'
COMPILERS = {
    "glibc": ["arm-linux-gnueabihf-gcc"],
    "musl": [sys.executable, "-m", "ziglang", "cc", "-target", "arm-linux-musleabihf"],
}


def cpu_seconds(command: Sequence[str | Path]) -> float:
    """CPU time of a command, its children included: the median of some rounds, one to warm up."""
    spent: list[float] = []
    for _ in range(ROUNDS + 1):
        before = os.times()
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True)
        after = os.times()
        spent.append(
            after.children_user
            + after.children_system
            - before.children_user
            - before.children_system
        )
    return statistics.median(spent[1:])


def main() -> int:
    """Print the table; exit 1 if a start takes more CPU time than is wanted."""
    python = cpu_seconds([sys.executable, "-c", "pass"])
    print(f"{'python -c pass':<28}{python:8.3f} s")
    missed = False
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory) / "hello.c"
        source.write_text(SOURCE)
        for name, compiler in COMPILERS.items():
            if shutil.which(compiler[0]) is None:
                print(f"{name}: no {compiler[0]}")
                continue
            program = Path(directory) / name
            subprocess.run([*compiler, "-static", "-O1", "-o", program, source], check=True)
            ours = cpu_seconds([sys.executable, "-m", "ringview.cli.main", "exec", program])
            print(f"{f'exec, {name} hello':<28}{ours:8.3f} s{ours / python:8.1f} x python", end="")
            if shutil.which("qemu-arm") is not None:
                theirs = cpu_seconds(["qemu-arm", program])
                print(f"{ours / theirs:8.1f} x qemu-arm", end="")
            print()
            missed |= ours > WANTED_SECONDS
    print(f"wanted: {WANTED_SECONDS} s, process start included")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
