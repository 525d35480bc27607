"""The vDSO's image by the tools of others: readelf and objdump."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from tests.kernel_build.conftest import build

REQUIRED = os.environ.get("RINGVIEW_REQUIRE_ORACLES") == "1"
GNU = "arm-linux-gnueabihf-"
NAMES = {"__vdso_clock_gettime", "__vdso_gettimeofday", "__vdso_clock_gettime64"}

pytestmark = pytest.mark.skipif(
    shutil.which(f"{GNU}readelf") is None and not REQUIRED, reason=f"no {GNU}readelf"
)


def ask(tool: str, *arguments: str | Path) -> str:
    return subprocess.run(
        [GNU + tool, *arguments], check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture(scope="session")
def gnu_vmlinux(kernel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kernel by GNU's compiler and linker."""
    return build(kernel, tmp_path_factory.mktemp("gnu") / "out", f"CROSS_COMPILE={GNU}")


@pytest.fixture(params=["vmlinux", "gnu_vmlinux"])
def out(request: pytest.FixtureRequest) -> Path:
    """The directory of a build, by each compiler."""
    vmlinux: Path = request.getfixturevalue(request.param)
    return vmlinux.parent


@pytest.fixture
def vdso(out: Path) -> Path:
    return out / "arch/arm/vdso/vdso.so"


def test_it_is_a_shared_object_for_any_address(vdso: Path) -> None:
    header = ask("readelf", "-hlrW", vdso)
    assert re.search(r"Type: +DYN", header)
    assert "There are no relocations" in header
    row = r"^ +(\w+) +(0x\w+) (0x\w+) 0x\w+ 0x\w+ 0x\w+ ([RWE ]+?) +0x"
    loads = re.findall(row, header, re.MULTILINE)
    assert [(kind, rights) for kind, _, _, rights in loads] == [("LOAD", "R E"), ("DYNAMIC", "R")]
    assert loads[0][1:3] == ("0x000000", "0x00000000")


def test_its_symbols_have_linuxs_version(vdso: Path) -> None:
    dynamic = ask("readelf", "-dW", vdso)
    for tag in ("HASH", "GNU_HASH", "SYMTAB", "STRTAB", "VERSYM", "VERDEF"):
        assert f"({tag})" in dynamic
    assert "[linux-vdso.so.1]" in dynamic
    assert "(NEEDED)" not in dynamic
    symbols = ask("readelf", "--dyn-syms", "-W", vdso)
    assert set(re.findall(r"FUNC +GLOBAL +DEFAULT +\d+ (\w+)@@LINUX_2\.6", symbols)) == NAMES
    assert not re.search(r"(GLOBAL|WEAK) +DEFAULT +UND", symbols)


def test_it_lies_in_the_kernel_on_pages_of_its_own(out: Path, vdso: Path) -> None:
    listed = re.findall(r"^(\w+) \w (\w+)$", ask("nm", out / "vmlinux"), re.MULTILINE)
    symbols = {name: int(address, 16) for address, name in listed}
    start, end = symbols["vdso_start"], symbols["vdso_end"]
    assert start % 4096 == end % 4096 == symbols["vdso_data_store"] % 4096 == 0
    image = vdso.read_bytes()
    with (out / "vmlinux").open("rb") as stream:
        (held,) = (
            s.data()[start - s["p_vaddr"] : end - s["p_vaddr"]]
            for s in ELFFile(stream).iter_segments("PT_LOAD")
            if s["p_vaddr"] <= start < s["p_vaddr"] + s["p_filesz"]
        )
    assert held == image.ljust(end - start, b"\0")


@pytest.mark.parametrize("name", ["__vdso_clock_gettime", "__vdso_clock_gettime64"])
def test_the_time_is_read_between_the_two_looks_at_the_count(vdso: Path, name: str) -> None:
    """The compiler may not move a read past the barriers, as it would for constant data."""
    code = ask("objdump", "-d", "--no-show-raw-insn", f"--disassemble={name}", vdso)
    assert re.search(r"\tsvc\t0x0+$", code, re.MULTILINE), "fine clocks are asked of the kernel"
    parts = re.split(r"\tdmb\t.*", code)
    assert len(parts) == 3
    loads = re.findall(r"\t(ldrd?|ldm\w*)\t(.*)", parts[1])
    words = sum(2 if op == "ldrd" else _registers(rest) for op, rest in loads)
    assert words >= (3 if name.endswith("64") else 2), code


def _registers(operands: str) -> int:
    """How many registers an LDR or LDM loads."""
    _, brace, several = operands.partition("{")
    return several.count(",") + 1 if brace else 1
