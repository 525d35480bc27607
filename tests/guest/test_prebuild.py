from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ringview.guest import toolchain
from ringview.guest.debugstore import cache_path
from ringview.guest.kconfig import KernelConfig
from ringview.guest.prebuild import configurations, prebuild
from ringview.guest.toolchain import build_kernel, build_program, program_names
from ringview.guest.tree import Tree, find_tree

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_configurations_of_scenarios_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("kernel: {config: bbb_defconfig, set: {X: true, N: 3}}\n")
    (tmp_path / "b.yaml").write_text("kernel: {set: {N: 3, X: y}}\n")
    (tmp_path / "c.yaml").write_text("title: no kernel named\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/d.yaml").write_text("kernel: {config: other_defconfig}\n")
    assert configurations(tmp_path) == [
        KernelConfig(),
        KernelConfig("bbb_defconfig", (("N", "3"), ("X", "y"))),
        KernelConfig("other_defconfig"),
    ]


def test_what_is_prebuilt_runs_every_shipped_scenario_without_a_compiler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = find_tree()
    images = tmp_path / "images"
    prebuild(source.root, images)
    monkeypatch.setattr(toolchain, "find_toolchain", lambda _prefix: None)
    monkeypatch.setenv("RINGVIEW_CACHE", str(tmp_path / "empty"))
    tree = Tree(source.root, images)
    for config in configurations(source.scenarios):
        kernel = build_kernel(config, tree=tree)
        assert kernel.path.is_relative_to(images)
        assert cache_path(kernel.path).is_file(), "its debug information came along"
        assert kernel.compiler.startswith("zig ")
    for name in program_names(tree):
        assert build_program(name, tree=tree).is_relative_to(images)


@pytest.mark.soak
def test_a_wheel_from_a_clean_clone_runs_from_elsewhere(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    home = tmp_path / "home"
    home.mkdir()
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    for name in ("RINGVIEW_TREE", "RINGVIEW_CACHE", "PYTHONPATH", "VIRTUAL_ENV"):
        environment.pop(name, None)
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    pip = [str(venv / "bin/python"), "-m", "pip", "--quiet"]
    wheels = tmp_path / "wheels"
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--wheel-dir", str(wheels), str(clone)],
        env=environment,
        check=True,
    )
    (wheel,) = wheels.glob("*.whl")
    assert wheel.name.startswith("ringview-")
    assert "-py3-none-" in wheel.name
    assert "-any" not in wheel.name
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"ringview/_data/kernel/Makefile", "ringview/_data/scenarios/hello2.yaml"} <= names
    assert any(n.startswith("ringview/_data/images/") and n.endswith("/vmlinux") for n in names)
    assert not any(n.endswith(".o") for n in names)
    subprocess.run([*pip, "install", str(wheel)], env=environment, check=True)
    environment["PATH"] = "/usr/bin:/bin"
    done = subprocess.run(
        [str(venv / "bin/ringview"), "run", "hello2", "--headless"],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (home / "cache/ringview/build").exists(), "nothing had to be built"
