"""Build the native core as a shared library, at packaging time or on first use.

The library links to nothing but the C library; :mod:`ringview.machine.cpu` hands it Unicorn's
functions. This module imports nothing of ringview, so that a build hook can run it by path.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

SOURCE_DIR = Path(__file__).resolve().parent
LIBRARY_NAME = f"core{sysconfig.get_config_var('SHLIB_SUFFIX') or '.so'}"
_FLAGS = ["-std=gnu11", "-O2", "-fPIC", "-shared", "-fvisibility=hidden", "-fno-strict-aliasing"]


class CoreBuildError(Exception):
    """No C compiler is at hand, or it refused the core's sources."""


def sources() -> list[Path]:
    """The C files of the core, in a fixed order."""
    return sorted(SOURCE_DIR.glob("*.c"))


def source_hash() -> str:
    """A name for this version of the sources, flags and platform."""
    digest = hashlib.sha256(" ".join([*_FLAGS, sys.platform, os.uname().machine]).encode())
    for path in sorted([*sources(), *SOURCE_DIR.glob("*.h")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def find_compiler() -> list[str] | None:
    """The command that compiles C here: ``$CC``, zig from PyPI, ``cc``, ``gcc`` or ``clang``."""
    named = os.environ.get("CC")
    if named:
        return named.split()
    for name in ("cc", "gcc", "clang"):
        found = shutil.which(name)
        if found:
            return [found]
    if importlib.util.find_spec("ziglang") is not None:
        return [sys.executable, "-m", "ziglang", "cc"]
    return None


def build_core(out: Path, cc: list[str] | None = None) -> Path:
    """Compile the core into ``out`` and return it.

    Args:
        out: the shared library to write; its directory is made when missing.
        cc: the compiler command; found by :func:`find_compiler` when None.

    Raises:
        CoreBuildError: no compiler, or it failed; the message holds what it said.
    """
    command = cc or find_compiler()
    if command is None:
        raise CoreBuildError("no C compiler found: install the PyPI package ziglang, or set CC")
    out.parent.mkdir(parents=True, exist_ok=True)
    scratch = out.with_name(f"{out.name}.{os.getpid()}.tmp")
    extra = ["-fno-sanitize=undefined"] if "ziglang" in " ".join(command) else []
    line = [*command, *_FLAGS, *extra, "-o", str(scratch), *map(str, sources())]
    try:
        done = subprocess.run(line, capture_output=True, text=True, check=False)
        if done.returncode != 0 and "global cache directory" in done.stderr:
            # zig wants a cache of its own; where the user's cannot be written, one for this build.
            with tempfile.TemporaryDirectory(prefix="ringview-zig-") as cache:
                environment = {**os.environ, "ZIG_GLOBAL_CACHE_DIR": cache}
                done = subprocess.run(
                    line, capture_output=True, text=True, check=False, env=environment
                )
    except OSError as error:
        raise CoreBuildError(f"{command[0]} cannot be run: {error.strerror}") from error
    if done.returncode != 0:
        scratch.unlink(missing_ok=True)
        raise CoreBuildError(f"{' '.join(command)} failed on the native core:\n{done.stderr}")
    scratch.replace(out)
    return out


if __name__ == "__main__":
    print(build_core(Path(sys.argv[1])))
