"""Compile ``kernel/lib`` for the host, so that its functions can be called from here."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KERNEL = ROOT / "kernel"

# What the library needs of the rest of the kernel.
SUPPORT = """
#include <linux/types.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/random.h>
u32 get_random_u32(void) { return 0x12345678; }
int sprint_symbol(char *buf, unsigned long a) { return scnprintf(buf, 64, "sym+%#lx/0x40", a); }
void *kmalloc(size_t size, gfp_t gfp) { return NULL; }
void *memcpy(void *d, const void *s, size_t n)
{ char *p = d; const char *q = s; while (n--) *p++ = *q++; return d; }
"""


@pytest.fixture(scope="session")
def lib(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The library as a shared object of the host, with the kernel's own names."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no host compiler")
    directory = tmp_path_factory.mktemp("kernel_lib")
    (directory / "support.c").write_text(SUPPORT)
    output = directory / "lib.so"
    sources = [str(KERNEL / "lib" / name) for name in ("vsprintf.c", "string.c")]
    command = [
        *(compiler, "-shared", "-fPIC", "-O1", "-std=gnu11", "-ffreestanding", "-fno-builtin"),
        *("-Wl,-Bsymbolic", "-nostdlib", "-nostdinc", "-DCONFIG_HZ=100", "-w"),
        *(f"-I{KERNEL / path}" for path in ("include", "include/uapi", "arch/arm/include")),
        *("-o", str(output), str(directory / "support.c"), *sources),
    ]
    subprocess.run(command, check=True)
    return ctypes.CDLL(str(output))
