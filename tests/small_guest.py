"""Guests of a few hundred lines, compiled by zig."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ringview.guest.make import find_zig

MINI = Path(__file__).parent / "session" / "data"
SCRIPT = MINI / "mini.ld"
"""Where such a guest lies in memory."""


def compiled(output: Path, *sources: Path, options: tuple[str, ...] = ()) -> Path:
    """A guest made of C or assembly."""
    zig = find_zig()
    if zig is None:
        pytest.skip("the ziglang package is not installed")
    command = [str(zig), "cc", "-target", "arm-freestanding-eabi", "-mcpu=cortex_a8", "-marm"]
    command += ["-O1", "-g", "-fno-omit-frame-pointer", "-fno-sanitize=all", "-nostdlib"]
    command += ["-ffreestanding", "-fno-stack-protector", *options, f"-Wl,-T,{SCRIPT.name}"]
    command += [*map(str, sources), "-o", str(output)]
    done = subprocess.run(command, cwd=MINI, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return output


def build_mini(output: Path, tick: int = 2500) -> Path:
    """The guest of the session's tests; its timer ticks every four ``tick`` instructions."""
    return compiled(output, Path("mini.S"), Path("mini.c"), options=(f"-DTICK={tick}",))
