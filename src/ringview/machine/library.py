"""Finds and loads the two shared libraries; nothing else loads either.

Unicorn is used as a shared library, not through its Python binding: every call that matters is
made by the core, which receives the functions' addresses. See ``native/`` for what it does.
"""

from __future__ import annotations

import atexit
import ctypes
import importlib.util
import shutil
import tempfile
from functools import cache
from pathlib import Path

import platformdirs

from ringview.errors import EnvironmentProblem
from ringview.machine.abi import ABI, API, Api, declare
from ringview.machine.native.build import (
    LIBRARY_NAME,
    SOURCE_DIR,
    CoreBuildError,
    build_core,
    source_hash,
)

_UNICORN_FILES = ("libunicorn.so.2", "libunicorn.2.dylib", "unicorn.dll")


@cache
def unicorn_library() -> ctypes.CDLL:
    """Unicorn's shared library, from the installed package.

    Raises:
        EnvironmentProblem: the package is not installed, or holds no library for this platform.
    """
    spec = importlib.util.find_spec("unicorn")
    if spec is None or not spec.submodule_search_locations:
        raise EnvironmentProblem("the Python package unicorn is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "lib"
    for name in _UNICORN_FILES:
        if (folder / name).exists():
            return ctypes.CDLL(str(folder / name))
    raise EnvironmentProblem(f"the package unicorn holds no library for this platform in {folder}")


def unicorn_functions() -> Api:
    """The addresses of Unicorn's functions, for the core.

    Raises:
        EnvironmentProblem: as `unicorn_library`.
    """
    unicorn = unicorn_library()
    return Api(*[ctypes.cast(getattr(unicorn, name), ctypes.c_void_p).value for name in API])


def core_path() -> Path:
    """The native core's file: the wheel's, else one built for this checkout and cached.

    Raises:
        EnvironmentProblem: it has to be built and cannot be.
    """
    shipped = SOURCE_DIR / LIBRARY_NAME
    if shipped.exists():
        return shipped
    place = Path("native") / source_hash() / LIBRARY_NAME
    cached = platformdirs.user_cache_path("ringview") / place
    if cached.exists():
        return cached
    try:
        return build_core(cached)
    except CoreBuildError as error:
        raise EnvironmentProblem(str(error)) from error
    except OSError:
        # a home that cannot be written: build for this process alone
        scratch = tempfile.mkdtemp(prefix="ringview-core-")
        atexit.register(shutil.rmtree, scratch, ignore_errors=True)
        return build_core(Path(scratch) / LIBRARY_NAME)


@cache
def core_library() -> ctypes.CDLL:
    """The native core.

    Raises:
        EnvironmentProblem: it has to be built and cannot be, or is of another version.
    """
    library = ctypes.CDLL(str(core_path()))
    if library.rv_abi() != ABI:
        raise EnvironmentProblem("the native core is of another version than this Python code")
    declare(library)
    return library
