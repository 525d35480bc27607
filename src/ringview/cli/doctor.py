"""``ringview doctor``: does this computer have what ringview needs, and if not, what helps."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal, TextIO

from ringview.errors import RingviewError

Verdict = Literal["ok", "note", "bad"]

PACKAGES = (
    "unicorn",
    "textual",
    "capstone",
    "numpy",
    "pydantic",
    "PyYAML",
    "msgspec",
    "pyelftools",
)
LEAST_PYTHON = (3, 11)
LEAST_COLUMNS, LEAST_ROWS = 80, 24
LEAST_FREE = 200 << 20
"""Bytes free in the cache: a kernel, its objects, and zig's own cache."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``bad`` means that ringview will not work."""

    verdict: Verdict
    what: str
    text: str


def check_computer(out: TextIO) -> int:
    """Print what was found; return 0, or 2 if something needed is missing."""
    worst = 0
    for what, check in CHECKS:
        finding = _examine(what, check)
        print(f"{finding.verdict:4}  {finding.what:10}  {finding.text}", file=out, flush=True)
        worst = max(worst, 2 if finding.verdict == "bad" else 0)
    return worst


def _examine(what: str, check: Callable[[], tuple[Verdict, str]]) -> Finding:
    try:
        verdict, text = check()
    except RingviewError as error:
        return Finding("bad", what, str(error))
    except Exception as error:  # a library that cannot even be imported
        return Finding("bad", what, f"{type(error).__name__}: {error}")
    return Finding(verdict, what, text)


def _python() -> tuple[Verdict, str]:
    text = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info < LEAST_PYTHON:
        return "bad", f"{text}; ringview needs 3.11 or newer"
    return "ok", text


def _packages() -> tuple[Verdict, str]:
    found, missing = [], []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return "bad", f"missing: {', '.join(missing)}; install with: pip install ringview"
    return "ok", ", ".join(found)


def _machine() -> tuple[Verdict, str]:
    """Load the native core and let Unicorn run: finding its counters is part of that."""
    from ringview.machine.machine import Machine, MachineConfig

    start = time.perf_counter()
    Machine(MachineConfig(ram_bytes=1 << 20)).close()
    return "ok", f"native core and Unicorn work ({(time.perf_counter() - start) * 1e3:.0f} ms)"


def _toolchain() -> tuple[Verdict, str]:
    from ringview.guest.make import find_toolchain

    toolchain = find_toolchain()
    if toolchain is None:
        return "note", "no compiler; fine until you change guest sources (ringview[toolchain])"
    if shutil.which("make") is None:
        return "note", f"{toolchain.name}, but no make; fine until you change guest sources"
    return "ok", toolchain.name


def _images() -> tuple[Verdict, str]:
    from ringview.guest.kconfig import KernelConfig
    from ringview.guest.make import find_toolchain
    from ringview.guest.toolchain import find_kernel

    kernel = find_kernel(KernelConfig())
    if kernel is not None:
        return "ok", f"kernel {kernel.config.config} at {kernel.path}"
    if find_toolchain() is None:
        return "bad", "the kernel is not built and there is no compiler to build it"
    return "note", "the kernel is not built yet; the first run will do it, or: ringview build"


def _cache() -> tuple[Verdict, str]:
    from ringview.guest.tree import cache_directory

    path = cache_directory()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return "bad", f"{path} cannot be made: {error.strerror}; set RINGVIEW_CACHE"
    if not os.access(path, os.W_OK):
        return "bad", f"{path} is not writable; set RINGVIEW_CACHE to a directory that is"
    free = shutil.disk_usage(path).free
    if free < LEAST_FREE:
        return "note", f"{path}, with only {free >> 20} MiB free"
    return "ok", str(path)


def _terminal() -> tuple[Verdict, str]:
    if not sys.stdout.isatty():
        return "note", "standard output is no terminal, so only --headless and --plain work"
    size = shutil.get_terminal_size()
    text = f"{size.columns}x{size.lines}, TERM={os.environ.get('TERM', '')}"
    colours = os.environ.get("COLORTERM", "")
    text += f", {colours}" if colours else ", perhaps 256 colours only"
    if size.columns < LEAST_COLUMNS or size.lines < LEAST_ROWS:
        return "note", f"{text}; the screen wants {LEAST_COLUMNS}x{LEAST_ROWS} or more"
    if "utf" not in (sys.stdout.encoding or "").lower():
        return "note", f"{text}; {sys.stdout.encoding} output, so lines and arrows may be missing"
    return "ok", text


CHECKS: tuple[tuple[str, Callable[[], tuple[Verdict, str]]], ...] = (
    ("python", _python),
    ("packages", _packages),
    ("machine", _machine),
    ("toolchain", _toolchain),
    ("cache", _cache),
    ("images", _images),
    ("terminal", _terminal),
)
