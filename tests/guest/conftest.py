"""Small guests compiled by zig, shared by the tests of this directory."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ringview.guest.make import find_zig

SOURCES = Path(__file__).parent / "data"


def zig_cc(source: str, output: Path, *flags: str, target: str = "arm-freestanding-eabi") -> Path:
    """Compile a file of data/ as userland is compiled, and return the executable."""
    zig = find_zig()
    if zig is None:
        pytest.skip("the ziglang package is not installed")
    cpu = ["-mcpu=cortex_a8", "-marm"] if target.startswith("arm") else []
    command = [
        *(str(zig), "cc", "-target", target, *cpu, "-g", "-fno-omit-frame-pointer"),
        *("-fno-sanitize=all", "-nostdlib", "-ffreestanding", "-fno-stack-protector"),
        *(*flags, source, "-o", str(output)),
    ]
    done = subprocess.run(command, cwd=SOURCES, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return output


@pytest.fixture(scope="session")
def build_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("guest")


@pytest.fixture(scope="session")
def small_elf(build_directory: Path) -> Path:
    """A program with structures of every kind, optimised a little."""
    return zig_cc("small.c", build_directory / "small", "-O1", "-gdwarf-4")


@pytest.fixture(scope="session")
def plain_elf(build_directory: Path) -> Path:
    """The same program unoptimised, with DWARF 5, its variables on the stack."""
    return zig_cc("small.c", build_directory / "plain", "-O0", "-gdwarf-5")
