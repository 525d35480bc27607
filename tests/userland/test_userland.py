"""Our libc and programs, on the oracle: a Linux that is not ours, under ``qemu-arm``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

ROOT = Path(__file__).resolve().parents[2]
USERLAND = ROOT / "userland"
REQUIRED = os.environ.get("RINGVIEW_REQUIRE_ORACLES") == "1"

needs_qemu = pytest.mark.skipif(
    shutil.which("qemu-arm") is None and not REQUIRED, reason="qemu-arm is not installed"
)


def make(out: Path, *arguments: str) -> None:
    subprocess.run(
        ["make", "-s", "-C", str(USERLAND), f"O={out}", f"PYTHON={sys.executable}", *arguments],
        check=True,
        capture_output=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("userland")
    make(out)
    return out


def run(program: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["qemu-arm", str(program), *arguments],
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )


@needs_qemu
def test_the_libc_passes_its_own_tests(built: Path) -> None:
    result = run(built / "libtest")
    assert result.stdout == b"libtest: 0 failed\n"
    assert result.returncode == 0


@needs_qemu
@pytest.mark.parametrize("arguments", [(), ("8", "500"), ("16", "50")])
def test_threads_share_memory_and_a_mutex_keeps_the_sum(
    built: Path, arguments: tuple[str, ...]
) -> None:
    result = run(built / "threads", *arguments)
    assert result.returncode == 0, result.stdout


@needs_qemu
def test_an_unknown_call_gives_enosys_through_errno(built: Path) -> None:
    for program, arguments in (("hello", ()), ("hello2", ("beagle", "7"))):
        result = run(built / program, *arguments)
        expected = f"{program}: Function not implemented (errno 38)\n"
        assert result.stdout.decode() == expected
        assert result.returncode == 1


@needs_qemu
def test_wrong_arguments_are_explained(built: Path) -> None:
    result = run(built / "hello2", "beagle")
    assert result.stderr == b"usage: hello2 NAME VALUE\n"
    assert result.returncode == 2


@needs_qemu
@pytest.mark.parametrize(
    ("program", "arguments", "status"),
    [
        ("exit42", (), 42),
        ("exit42", ("7",), 7),
        ("segv", (), -11),
        ("segv", ("0", "w"), -11),
        ("illegal", (), -4),
    ],
)
def test_a_program_ends_as_it_says(
    built: Path, program: str, arguments: tuple[str, ...], status: int
) -> None:
    assert run(built / program, *arguments).returncode == status


@needs_qemu
def test_echo_copies_its_words_or_its_input(built: Path) -> None:
    assert run(built / "echo", "a", "b c").stdout == b"a b c\n"
    assert run(built / "echo", stdin=b"x" * 1000 + b"\n").stdout == b"x" * 1000 + b"\n"


@needs_qemu
def test_auxv_is_found_by_walking_the_stack(built: Path) -> None:
    lines = run(built / "auxv", "one").stdout.decode().splitlines()
    assert lines[0] == "argc 2"
    assert "argv[1] one" in lines
    entries = dict(line.split(None, 1) for line in lines if line.startswith("AT_"))
    with (built / "auxv").open("rb") as file:
        elf = ELFFile(file)
        assert int(entries["AT_ENTRY"], 16) == elf.header.e_entry
        assert int(entries["AT_PHNUM"]) == elf.num_segments()
    assert entries["AT_PAGESZ"] == "4096"


def test_two_builds_are_the_same_bytes(built: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "deeper"
    make(other, "PROGRAMS=hello2 threads")
    for name in ("hello2", "threads"):
        assert (built / name).read_bytes() == (other / name).read_bytes()
    assert not (other / "segv").exists()


def test_debug_information_names_paths_in_the_repository(built: Path) -> None:
    with (built / "hello2").open("rb") as file:
        elf = ELFFile(file)
        assert elf.header.e_type == "ET_EXEC"
        names = {
            unit.get_top_DIE().attributes["DW_AT_name"].value.decode()
            for unit in elf.get_dwarf_info().iter_CUs()
        }
    assert {"userland/hello2.c", "userland/lib/syscall.S", "userland/lib/crt0.S"} <= names
    assert str(ROOT).encode() not in (built / "hello2").read_bytes()


def test_code_and_data_lie_on_pages_of_their_own(built: Path) -> None:
    with (built / "threads").open("rb") as file:
        loads = [s.header for s in ELFFile(file).iter_segments() if s.header.p_type == "PT_LOAD"]
    text, data = loads
    assert (text.p_vaddr, text.p_flags) == (0x10000, 5)
    assert data.p_flags == 6
    assert data.p_vaddr % 4096 == 0
    assert data.p_vaddr >= text.p_vaddr + text.p_memsz


def test_a_changed_table_rebuilds_what_depends_on_it(tmp_path: Path) -> None:
    table = tmp_path / "syscall.tbl"
    table.write_text((ROOT / "kernel/arch/arm/tools/syscall.tbl").read_text())
    out = tmp_path / "out"
    make(out, "PROGRAMS=exit42", f"SYSCALL_TBL={table}")
    assert "__NR_answer" not in (out / "include/sys/syscall.h").read_text()
    with table.open("a") as file:
        file.write("442\tcommon\tanswer\tsys_answer\n")
    later = (out / "exit42").stat().st_mtime + 2
    os.utime(table, (later, later))
    make(out, "PROGRAMS=exit42", f"SYSCALL_TBL={table}")
    assert "#define __NR_answer 442" in (out / "include/sys/syscall.h").read_text()
    assert b"answer\0" in (out / "lib/stubs.o").read_bytes()


@pytest.mark.parametrize("line", ["nonsense", "400 common", "x common hello sys_hello"])
def test_a_broken_table_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    table = tmp_path / "syscall.tbl"
    table.write_text(f"1 common exit sys_exit\n{line}\n")
    result = subprocess.run(
        [sys.executable, str(USERLAND / "tools/gen-syscalls.py"), "header", str(table)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr.startswith(f"{table}:2: ")


@needs_qemu
@pytest.mark.skipif(
    shutil.which("arm-linux-gnueabihf-gcc") is None and not REQUIRED,
    reason="no arm-linux-gnueabihf-gcc",
)
def test_gcc_builds_it_as_well(tmp_path: Path) -> None:
    make(tmp_path, "CROSS_COMPILE=arm-linux-gnueabihf-", "PROGRAMS=libtest threads")
    assert run(tmp_path / "libtest").returncode == 0
    assert run(tmp_path / "threads").returncode == 0
