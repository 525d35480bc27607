"""Where the native core comes from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ringview.errors import EnvironmentProblem
from ringview.machine import library
from ringview.machine.native.build import CoreBuildError, build_core, find_compiler, source_hash


def test_the_core_is_built_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first = library.core_path()
    assert first.is_relative_to(tmp_path)
    assert source_hash() in str(first)
    stamp = first.stat().st_mtime_ns
    assert library.core_path() == first
    assert first.stat().st_mtime_ns == stamp


def test_a_cache_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert library.core_path().exists()


def test_no_compiler_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(EnvironmentProblem, match="no-such-compiler cannot be run"):
        library.core_path()


def test_a_compiler_that_refuses(tmp_path: Path) -> None:
    with pytest.raises(CoreBuildError, match="failed on the native core"):
        build_core(tmp_path / "core.so", ["false"])
    assert not list(tmp_path.iterdir())


def test_the_build_module_stands_alone() -> None:
    """A build hook loads it by path, with nothing of ringview importable."""
    assert find_compiler()
    build = Path(library.__file__).parent / "native" / "build.py"
    code = f"""
import importlib.util, sys
spec = importlib.util.spec_from_file_location("b", {str(build)!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(len(module.sources()), any(name.startswith("ringview") for name in sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    count, imported = done.stdout.split()
    assert int(count) > 8
    assert imported == "False"


def test_zig_without_a_cache_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    zig = [sys.executable, "-m", "ziglang", "cc"]
    assert build_core(tmp_path / "core.so", zig).stat().st_size > 0
