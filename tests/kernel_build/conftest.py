"""Run the kernel's own Makefile, as one who works on the kernel does."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KERNEL = ROOT / "kernel"


def run_make(source: Path, output: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make for the kernel in ``source`` and return what it said."""
    make = shutil.which("make")
    if make is None:
        pytest.skip("no make")
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL")}
    command = [make, "-j2", "-C", str(source), f"O={output}", f"PYTHON={sys.executable}"]
    return subprocess.run(
        [*command, *arguments],
        env={**environment, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )


def build(source: Path, output: Path, *arguments: str) -> Path:
    """Build vmlinux, or fail with what make said."""
    if importlib.util.find_spec("ziglang") is None:
        pytest.skip("no compiler: ziglang is not installed")
    done = run_make(source, output, *arguments)
    assert done.returncode == 0, done.stderr
    return output / "vmlinux"


def copy_tree(to: Path, source: Path = KERNEL) -> Path:
    """A working copy of the kernel's sources, as a student has one."""
    shutil.copytree(source, to, ignore=shutil.ignore_patterns("build", "*.tmp"))
    return to


@pytest.fixture(scope="session")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources as they were when the tests began, whoever edits them meanwhile."""
    return copy_tree(tmp_path_factory.mktemp("sources") / "kernel")


@pytest.fixture(scope="session")
def vmlinux(kernel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kernel of bbb_defconfig."""
    return build(kernel, tmp_path_factory.mktemp("kernel") / "out")


def compile_program(name: str, directory: Path) -> Path:
    """Build one of this directory's C files as an ordinary static program."""
    if importlib.util.find_spec("ziglang") is None:
        pytest.skip("no compiler: ziglang is not installed")
    command = [sys.executable, "-m", "ziglang", "cc", "-target", "arm-linux-musleabihf"]
    source = Path(__file__).with_name(f"{name}.c")
    program = directory / name
    subprocess.run([*command, "-static", "-O1", "-w", "-o", program, source], check=True)
    return program


@pytest.fixture(scope="session")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``probe.c``, which the tests of the kernel's start run."""
    return compile_program("probe", tmp_path_factory.mktemp("probe"))
