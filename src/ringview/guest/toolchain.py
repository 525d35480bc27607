"""Built images: found by the hash of their sources, or built once and kept.

An image's content key is a hash of the sources it is made of and of its configuration. Looked up
first among the images that came with the wheel, then in the user's cache; only then is a compiler
needed. Cache entries are also told apart by the compiler that made them.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from ringview.errors import BuildError
from ringview.guest.kconfig import KernelConfig, fragment
from ringview.guest.make import (
    CompileError,
    Progress,
    Toolchain,
    find_toolchain,
    run_compiler,
    run_make,
)
from ringview.guest.tree import Tree, cache_directory, find_tree, source_files
from ringview.guest.vdso import FILE as VDSO

__all__ = [
    "CompileError",
    "KernelConfig",
    "KernelImage",
    "Progress",
    "build_kernel",
    "build_program",
    "build_source",
    "find_kernel",
    "find_program",
    "kernel_key",
    "program_names",
    "userland_key",
]

# Raised when what an entry holds changes, so that older entries are not taken for it.
_FORMAT = b"ringview images 2\n"
_ATTEMPTS = 3
ENTRY_LIMIT = 200
"""Images kept in the user's cache; the ones used longest ago go first."""


@dataclass(frozen=True, slots=True)
class KernelImage:
    """A built kernel.

    Attributes:
        path: vmlinux, with symbols and DWARF.
        config: what it was asked to be.
        config_path: its complete ``.config``.
        key: content key.
        root: the tree that DWARF's file names are relative to.
        compiler: who built it.
    """

    path: Path
    config: KernelConfig
    config_path: Path
    key: str
    root: Path
    compiler: str


def kernel_key(config: KernelConfig, tree: Tree | None = None) -> str:
    """Return the content key of a kernel of this tree."""
    tree = tree or find_tree()
    text = json.dumps([config.config, config.options]).encode()
    return _content_key(tree.root, source_files(tree.kernel), b"kernel", text)


def userland_key(tree: Tree | None = None) -> str:
    """Return the content key that all programs of this tree share."""
    tree = tree or find_tree()
    files = [
        *source_files(tree.userland),
        *source_files(tree.kernel / "include/uapi"),
        tree.kernel / "arch/arm/tools/syscall.tbl",
    ]
    return _content_key(tree.root, files, b"userland", b"")


def program_names(tree: Tree | None = None) -> list[str]:
    """Return the names of the programs that userland has."""
    return sorted(path.stem for path in (tree or find_tree()).userland.glob("*.c"))


def find_kernel(config: KernelConfig, tree: Tree | None = None) -> KernelImage | None:
    """Return the kernel if it is built already, else None; never builds."""
    tree = tree or find_tree()
    key = kernel_key(config, tree)
    entry = _find_entry(tree, key, "vmlinux")
    return None if entry is None else _kernel_image(entry, config, key, tree)


def find_program(name: str, tree: Tree | None = None) -> Path | None:
    """Return a program's executable if it is built already, else None; never builds."""
    tree = tree or find_tree()
    entry = _find_entry(tree, userland_key(tree), name)
    return None if entry is None else entry / name


def build_kernel(
    config: KernelConfig | None = None,
    *,
    tree: Tree | None = None,
    progress: Progress | None = None,
) -> KernelImage:
    """Return a kernel of this configuration, built if need be.

    Raises:
        BuildError: an option does not exist or has no effect, there is no compiler to build it
            with, or (`CompileError`) the sources do not compile.
    """
    tree = tree or find_tree()
    config = config or KernelConfig()

    def build(toolchain: Toolchain, work: Path) -> None:
        options = work / "options.config"
        text = fragment(tree.kernel, config)
        if not options.exists() or options.read_text() != text:
            options.write_text(text)
        arguments = [
            f"O={work}",
            f"KBUILD_DEFCONFIG={config.config}",
            f"CONFIG_FRAGMENTS={options}",
            *toolchain.kernel_variables,
            "vmlinux",
        ]
        run_make(tree.kernel, arguments, what="the kernel", root=tree.root, progress=progress)

    entry, key = _provide(
        tree,
        "vmlinux",
        key=lambda: kernel_key(config, tree),
        work_name=f"kernel-{config}",
        check=lambda: fragment(tree.kernel, config),
        build=build,
        results=(
            ("vmlinux", "vmlinux"),
            (".config", "config"),
            (f"arch/arm/vdso/{VDSO}", VDSO),
        ),
        what=f"the kernel ({config})",
    )
    return _kernel_image(entry, config, key, tree)


def build_program(name: str, *, tree: Tree | None = None, progress: Progress | None = None) -> Path:
    """Return the executable of a program of userland, built if need be.

    Raises:
        BuildError: there is no such program, no compiler to build it with, or (`CompileError`)
            its sources do not compile.
    """
    tree = tree or find_tree()
    names = program_names(tree)
    if name not in names:
        close = get_close_matches(name, names, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise BuildError(f"there is no program {name} in userland{hint}")

    def build(toolchain: Toolchain, work: Path) -> None:
        arguments = [f"O={work}", f"PROGRAMS={name}", *toolchain.userland_variables]
        run_make(
            tree.userland,
            arguments,
            what=f"the program {name}",
            root=tree.root,
            progress=progress,
        )

    entry, _ = _provide(
        tree,
        name,
        key=lambda: userland_key(tree),
        work_name="userland",
        check=lambda: None,
        build=build,
        results=((name, name),),
        what=f"the program {name}",
    )
    return entry / name


def build_source(
    source: Path, *, tree: Tree | None = None, progress: Progress | None = None
) -> Path:
    """Return the static executable of a C file of the user's, with a C library, built if need be.

    Headers beside it count as part of it.

    Raises:
        BuildError: there is no compiler to build it with, or (`CompileError`) it does not compile.
    """
    source = source.resolve()
    name = source.stem

    def key() -> str:
        files = [source, *sorted(source.parent.glob("*.h"))]
        return _content_key(source.parent, files, b"source", str(source).encode())

    entry, _ = _provide(
        tree or find_tree(),
        name,
        key=key,
        work_name=f"source-{source}",
        check=lambda: None,
        build=lambda toolchain, work: run_compiler(toolchain, source, work / name, progress),
        results=((name, name),),
        what=source.name,
    )
    return entry / name


def _kernel_image(entry: Path, config: KernelConfig, key: str, tree: Tree) -> KernelImage:
    return KernelImage(
        entry / "vmlinux", config, entry / "config", key, tree.root, _compiler(entry)
    )


def _compiler(entry: Path) -> str:
    try:
        return str(json.loads((entry / "build.json").read_text())["compiler"])
    except (OSError, ValueError, KeyError, TypeError):
        return "unknown"


def _content_key(root: Path, files: Iterable[Path], kind: bytes, extra: bytes) -> str:
    """Hash names and contents; the same in a checkout and in the wheel made from it."""
    digest = hashlib.sha256(_FORMAT + kind + b"\0" + extra)
    for file in files:
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            continue  # removed while we looked; the build will tell
        digest.update(f"\0{file.relative_to(root).as_posix()}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()[:24]


def _find_entry(tree: Tree, key: str, wanted: str) -> Path | None:
    """Return the directory that holds an image with this key, prebuilt or cached."""
    cross = os.environ.get("CROSS_COMPILE", "")
    if not cross and (tree.images / key / wanted).is_file():
        return tree.images / key
    toolchain = find_toolchain(cross)
    images = cache_directory() / "images"
    if toolchain is not None:
        entry = images / _entry_name(key, toolchain)
        return _used(entry) if (entry / wanted).is_file() else None
    # Nothing to rebuild with, so whoever built these same sources will do.
    found = sorted(p for p in images.glob(f"{key}-*") if (p / wanted).is_file())
    return _used(found[0]) if found else None


def _used(entry: Path) -> Path:
    """Note that a cached image was used, for `_prune`."""
    with contextlib.suppress(OSError):
        os.utime(entry)
    return entry


def _prune(images: Path) -> None:
    """Drop the images used longest ago beyond the number that is kept."""
    with contextlib.suppress(OSError):
        entries = sorted(images.iterdir(), key=lambda entry: entry.stat().st_mtime, reverse=True)
        for entry in entries[ENTRY_LIMIT:]:
            shutil.rmtree(entry, ignore_errors=True)


def _entry_name(key: str, toolchain: Toolchain) -> str:
    return f"{key}-{hashlib.sha256(toolchain.name.encode()).hexdigest()[:8]}"


def _provide(
    tree: Tree,
    wanted: str,
    *,
    key: Callable[[], str],
    work_name: str,
    check: Callable[[], object],
    build: Callable[[Toolchain, Path], None],
    results: Sequence[tuple[str, str]],
    what: str,
) -> tuple[Path, str]:
    """Find an image or build it; return its entry's directory and its content key.

    Objects stay in a work directory per tree, configuration and compiler, so that a changed
    source costs its own compilation only. A lock keeps a second process from building there.
    """
    current = key()
    entry = _find_entry(tree, current, wanted)
    if entry is not None:
        return entry, current
    check()
    toolchain = find_toolchain(os.environ.get("CROSS_COMPILE", ""))
    if toolchain is None:
        raise BuildError(
            f"{what} is not built yet or its sources have changed, and there is no compiler to "
            "build it; install one with: pip install 'ringview[toolchain]'"
        )
    identity = f"{tree.root}\0{work_name}\0{toolchain.name}"
    cache = cache_directory()
    name = hashlib.sha256(identity.encode()).hexdigest()[:16]
    work = cache / "build" / name
    with _lock(cache / "locks" / name):
        for _ in range(_ATTEMPTS):
            current = key()
            entry = _find_entry(tree, current, wanted)
            if entry is not None:  # another process was faster
                return entry, current
            work.mkdir(parents=True, exist_ok=True)
            build(toolchain, work)
            if key() == current:
                break
        # Sources that are edited while they compile: file the image under what it began with.
        entry = cache / "images" / _entry_name(current, toolchain)
        _store(entry, work, results, {"compiler": toolchain.name, "what": work_name})
    return entry, current


def _store(
    entry: Path, work: Path, results: Sequence[tuple[str, str]], about: dict[str, str]
) -> None:
    """Copy results into an entry, each complete before it has its name."""
    from ringview.guest.debugstore import load_debuginfo  # not needed where all is built

    entry.mkdir(parents=True, exist_ok=True)
    (entry / "build.json").write_text(json.dumps(about))
    for source, target in reversed(results):
        if target == VDSO and not (work / source).exists():
            continue  # a kernel without one
        part = entry / f".{target}.{os.getpid()}"
        shutil.copyfile(work / source, part)
        part.chmod(0o755)
        part.replace(entry / target)
        if target != "config":
            load_debuginfo(entry / target)  # extracted now, so that no start waits for it
    _prune(_used(entry).parent)


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Hold an exclusive lock between processes while the block runs."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("w")
    except OSError as error:
        reason = error.strerror or str(error)
        raise BuildError(f"the cache cannot be written: {reason}", path=path.parent) from None
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
