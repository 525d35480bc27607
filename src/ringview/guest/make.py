"""The compiler: finding one, running ``make`` with it, and saying what it complained about."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ringview.errors import BuildError
from ringview.guest.tree import cache_directory

Progress = Callable[[str], None]
"""Called with one short line per step of a build, such as ``CC      kernel/fork.o``."""

_DIAGNOSTIC = re.compile(
    r"^(?P<path>[^\s:][^:\n]*):(?P<line>\d+):(?:(?P<column>\d+):)? "
    r"(?:fatal )?[Ee]rror: (?P<text>.+)$",
    re.MULTILINE,
)
_SCRIPT = re.compile(r"^error: (?P<path>[^\s:][^:\n]*):(?P<line>\d+): (?P<text>.+)$", re.MULTILINE)
_MAKEFILE = re.compile(
    r"^(?P<path>[^\s:][^:\n]*):(?P<line>\d+): \*\*\* (?P<text>.+?)\.?  Stop\.$", re.MULTILINE
)
_RULE = re.compile(r"^\S*make(?:\[\d+\])?: \*\*\* (?P<text>.+?)\.?  Stop\.$", re.MULTILINE)
_LINKER = re.compile(r"^\S*ld\S*: (?:error: )?(?P<text>.+)$", re.MULTILINE)
_REFERENCE = re.compile(
    r"^>>> referenced by .*?\(?(?P<path>[\w./-]+):(?P<line>\d+)\)?$", re.MULTILINE
)
_REFERRER = re.compile(r"^>>> referenced by .*:\((?P<name>[^()]+)\)$", re.MULTILINE)
_MEANT = re.compile(r"^>>> did you mean: (?P<name>.+)$", re.MULTILINE)
_ANY_ERROR = re.compile(r"^.*\berror\b:? *(?P<text>.*)$", re.MULTILINE | re.IGNORECASE)


class CompileError(BuildError):
    """Sources that a compiler, linker or generator refused.

    Attributes:
        output: everything that was printed, for one who wants to read it all.
    """

    def __init__(
        self,
        message: str,
        output: str,
        *,
        path: str | Path | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(message, path=path, line=line, column=column)
        self.output = output


_PROGRAM_FLAGS = (
    *("-static", "-pthread", "-marm", "-O1", "-fno-omit-frame-pointer", "-fno-stack-protector"),
    *("-g", "-gdwarf-4"),
)
# zig takes -O1 for -O2, hence it is said again to the compiler behind it.
_ZIG_PROGRAM_FLAGS = (
    *("-target", "arm-linux-musleabihf", "-mcpu=cortex_a8"),
    *("-Xclang", "-O1", "-fno-sanitize=all"),
)


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A compiler for the guest.

    Attributes:
        name: its name and version, such as ``zig 0.17.1``; goes into cache keys.
        kernel_variables: make variables that select it for ``kernel/``.
        userland_variables: the same for ``userland/``.
        program_command: what compiles an ordinary static program, with a C library, ARM code and
            debug information; its sources and ``-o`` are still to come.
    """

    name: str
    kernel_variables: tuple[str, ...]
    userland_variables: tuple[str, ...]
    program_command: tuple[str, ...]


@cache
def find_toolchain(cross_compile: str | None = None) -> Toolchain | None:
    """Return the compiler at hand: ``CROSS_COMPILE`` if set, else zig, else None.

    Args:
        cross_compile: prefix such as ``arm-linux-gnueabihf-``; the environment's by default.

    Raises:
        BuildError: ``CROSS_COMPILE`` names a compiler that does not exist.
    """
    prefix = os.environ.get("CROSS_COMPILE", "") if cross_compile is None else cross_compile
    if prefix:
        return _cross(prefix)
    zig = find_zig()
    if zig is None:
        return None
    return Toolchain(
        name=f"zig {_zig_version(zig)}",
        kernel_variables=(
            f"CC={zig} cc -target arm-freestanding-eabi",
            f"LD={zig} ld.lld",
        ),
        userland_variables=(f"CC={zig} cc",),
        program_command=(str(zig), "cc", *_PROGRAM_FLAGS, *_ZIG_PROGRAM_FLAGS),
    )


def find_zig() -> Path | None:
    """Return the zig executable of this interpreter's ziglang package, if installed."""
    spec = importlib.util.find_spec("ziglang")
    if spec is None or spec.origin is None:
        return None
    for name in ("zig", "zig.exe"):
        zig = Path(spec.origin).parent / name
        if zig.is_file():
            return zig
    return None


def _zig_version(zig: Path) -> str:
    """Return the ziglang package's version by its dist-info; asking zig itself takes longer."""
    found = sorted(zig.parent.parent.glob("ziglang-*.dist-info"))
    return found[0].name.removeprefix("ziglang-").removesuffix(".dist-info") if found else "unknown"


def _cross(prefix: str) -> Toolchain:
    gcc = shutil.which(f"{prefix}gcc")
    if gcc is None:
        raise BuildError(f"CROSS_COMPILE is {prefix}, but there is no {prefix}gcc")
    answer = subprocess.run([gcc, "-dumpfullversion"], capture_output=True, text=True, check=False)
    variables = (f"CROSS_COMPILE={prefix}",)
    command = (gcc, *_PROGRAM_FLAGS, "-mcpu=cortex-a8")
    return Toolchain(f"{prefix}gcc {answer.stdout.strip()}", variables, variables, command)


def run_make(
    directory: Path,
    arguments: Sequence[str],
    *,
    what: str,
    root: Path,
    progress: Progress | None = None,
) -> str:
    """Run make in a source directory and return what it printed.

    Args:
        directory: where the Makefile is.
        arguments: variables and targets.
        what: what is being built, for errors: ``the kernel``.
        root: the tree's root; file names in errors are relative to it.
        progress: told of each step.

    Raises:
        BuildError: make is missing.
        CompileError: it failed.
    """
    make = shutil.which("make")
    if make is None:
        raise BuildError(f"{what} must be built, and there is no make on this computer")
    for path in (str(directory), str(cache_directory()), sys.executable):
        if any(c.isspace() for c in path):
            raise BuildError(f"make cannot work with a path that has a space in it: {path}")
    command = [make, f"-j{os.cpu_count() or 1}", f"PYTHON={sys.executable}", *arguments]
    status, output = _run(command, directory, progress)
    if status != 0:
        raise explain(output, what=what, directory=directory, root=root)
    return output


def run_compiler(
    toolchain: Toolchain, source: Path, target: Path, progress: Progress | None = None
) -> None:
    """Compile one source file of the user's to a static program.

    Args:
        toolchain: what compiles.
        source: its absolute path, so that debug information leads back to it.
        target: where the program goes.
        progress: told of the step.

    Raises:
        CompileError: it does not compile or link.
    """
    if progress is not None:
        progress(f"CC      {source.name}; the first time with its C library")
    command = [*toolchain.program_command, str(source), "-lm", "-o", str(target)]
    status, output = _run(command, source.parent, None)
    if status != 0:
        raise explain(output, what=source.name, directory=source.parent, root=Path.cwd())


def _run(command: list[str], directory: Path, progress: Progress | None) -> tuple[int, str]:
    """Run a tool in a directory; return its exit status and all that it printed."""
    environment = {**os.environ, "LC_ALL": "C", "PYTHONDONTWRITEBYTECODE": "1"}
    for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "CROSS_COMPILE"):
        environment.pop(name, None)
    # Beside our own cache: HOME may be read-only where ringview's cache is not.
    zig_cache = str(cache_directory() / "zig")
    environment.setdefault("ZIG_GLOBAL_CACHE_DIR", zig_cache)
    environment.setdefault("ZIG_LOCAL_CACHE_DIR", zig_cache)
    lines: list[str] = []
    with subprocess.Popen(
        command,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                lines.append(line)
                if progress is not None and line.startswith("  "):
                    progress(line.strip())
        except BaseException:
            process.terminate()
            raise
    return process.returncode, "".join(lines)


def explain(output: str, *, what: str, directory: Path, root: Path) -> CompileError:
    """Turn a failed make's output into one sentence with the place of the first error."""
    places = [m for r in (_DIAGNOSTIC, _SCRIPT, _MAKEFILE) for m in [r.search(output)] if m]
    if places:
        first = min(places, key=re.Match.start)
        groups = first.groupdict()
        column = groups.get("column")
        return CompileError(
            f"{what} does not build: {first['text'].strip()}",
            output,
            path=_relative(first["path"], directory, root),
            line=int(first["line"]),
            column=int(column) if column else None,
        )
    linker = _LINKER.search(output)
    if linker:
        reference = _REFERENCE.search(output, linker.end())
        return CompileError(
            f"{what} does not link: {linker['text'].strip()}{_link_hint(output)}",
            output,
            path=_relative(reference["path"], directory, root) if reference else None,
            line=int(reference["line"]) if reference else None,
        )
    other = _RULE.search(output) or _ANY_ERROR.search(output)
    reason = _shorter(other["text"].strip(), root) if other else ""
    return CompileError(f"{what} does not build: {reason or 'make failed'}", output)


def _shorter(text: str, root: Path) -> str:
    """Make's words with the paths as one knows them: below the tree, below the build's folder."""
    return re.sub(r"'/[^']*/build/[0-9a-f]{16}/", "'", text.replace(f"'{root}/", "'"))


def _link_hint(output: str) -> str:
    """Return who wants a missing symbol, and which one the linker would have had."""
    referrer, meant = _REFERRER.search(output), _MEANT.search(output)
    hint = f", wanted by {referrer['name']}" if referrer else ""
    return hint + (f"; did you mean {meant['name'].strip()}?" if meant else "")


def _relative(name: str, directory: Path, root: Path) -> str:
    """Return a compiler's file name relative to the tree, where it is in the tree."""
    path = Path(name)
    absolute = path if path.is_absolute() else directory / path
    if not absolute.exists() and (root / path).exists():
        absolute = root / path
    resolved = Path(os.path.normpath(absolute))
    return str(resolved.relative_to(root)) if resolved.is_relative_to(root) else name
