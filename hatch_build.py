"""What a wheel of ringview needs beside its Python: the C core, guest sources, built images.

An editable install gets none of it: there the checkout itself is the tree, and the core and the
images are built on first use into the user's cache.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

GUEST_TREES = ("kernel", "userland", "scenarios")


class CustomBuildHook(BuildHookInterface):
    """Compiles with the ziglang package, which is a build requirement, and adds the results."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build everything for a standard wheel; leave an editable one alone."""
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        self._scratch = tempfile.TemporaryDirectory(prefix="ringview-wheel-")
        scratch = Path(self._scratch.name)
        os.environ["RINGVIEW_CACHE"] = str(scratch / "cache")
        for name in ("ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR"):
            os.environ.setdefault(name, str(scratch / "zig"))
        include: dict[str, str] = build_data["force_include"]

        core = self._build_core(root, scratch)
        include[str(core)] = f"ringview/machine/native/{core.name}"

        tree_module = importlib.import_module("ringview.guest.tree")
        for name in GUEST_TREES:
            for file in tree_module.source_files(root / name):
                include[str(file)] = f"ringview/_data/{file.relative_to(root).as_posix()}"

        prebuild = importlib.import_module("ringview.guest.prebuild")
        images = scratch / "images"
        prebuild.prebuild(root, images, progress=self.app.display_info)
        for file in sorted(p for p in images.rglob("*") if p.is_file()):
            include[str(file)] = f"ringview/_data/images/{file.relative_to(images).as_posix()}"

        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform_tag()}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Drop the scratch directory once the archive is written."""
        if hasattr(self, "_scratch"):
            self._scratch.cleanup()

    def _build_core(self, root: Path, scratch: Path) -> Path:
        """Compile the host's C core with zig; the module is loaded alone, without Unicorn."""
        native = load_alone("_ringview_native_build", root / "src/ringview/machine/native/build.py")
        core = scratch / f"core{sysconfig.get_config_var('SHLIB_SUFFIX') or '.so'}"
        native.build_core(core, [sys.executable, "-m", "ziglang", "cc"])
        return core


def load_alone(name: str, path: Path) -> ModuleType:
    """Load one Python file as a module without importing the package around it."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def platform_tag() -> str:
    """Return this machine's wheel platform, such as ``linux_x86_64``.

    The core is compiled for this machine's own C library, so no manylinux tag is claimed.
    """
    from packaging.tags import sys_tags

    return next(
        tag.platform
        for tag in sys_tags()
        if "manylinux" not in tag.platform and "musllinux" not in tag.platform
    )
