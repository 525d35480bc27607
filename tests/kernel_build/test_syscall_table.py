"""The generator of the system call table, and the faults of a table that it names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.kernel_build.conftest import KERNEL

SCRIPT = KERNEL / "scripts/syscalltbl.py"
TABLE = KERNEL / "arch/arm/tools/syscall.tbl"


def _run(table: Path, output: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), str(table), "--output", str(output)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_number_below_the_count_has_a_handler(tmp_path: Path) -> None:
    assert _run(TABLE, tmp_path).returncode == 0
    calls = (tmp_path / "calls-eabi.S").read_text().splitlines()
    count = int((tmp_path / "asm/unistd-nr.h").read_text().split()[-1])
    assert [line.split(",")[0] for line in calls] == [f"__SYSCALL({n}" for n in range(count)]
    assert count % 4 == 0
    assert calls[400] == "__SYSCALL(400, sys_hello)"
    assert calls[401] == "__SYSCALL(401, sys_hello2)"
    assert calls[223] == "__SYSCALL(223, sys_ni_syscall)"
    numbers = (tmp_path / "uapi/asm/unistd-common.h").read_text()
    assert "#define __NR_hello (__NR_SYSCALL_BASE + 400)\n" in numbers


def test_numbers_are_those_of_linux(tmp_path: Path) -> None:
    header = Path("/usr/arm-linux-gnueabihf/include/asm/unistd-eabi.h")
    if not header.exists():
        pytest.skip("no Linux headers for ARM")
    _run(TABLE, tmp_path)
    ours = dict(_numbers(tmp_path / "uapi/asm/unistd-common.h"))
    theirs = {**dict(_numbers(header)), **dict(_numbers(header.with_name("unistd.h")))}
    shared = {name for name in ours if name in theirs}
    assert len(shared) > 350
    assert {name: ours[name] for name in shared} == {name: theirs[name] for name in shared}


def _numbers(path: Path) -> list[tuple[str, int]]:
    found = []
    for line in path.read_text().splitlines():
        words = line.replace("(", " ").replace(")", " ").split()
        if len(words) == 5 and words[2] == "__NR_SYSCALL_BASE":
            found.append((words[1], int(words[4])))
    return found


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("400 common twice sys_twice", "already that of hello"),
        ("410 common hello sys_hello", "hello already has the number 400"),
        ("x common foo sys_foo", "no system call number"),
        ("4000 common foo sys_foo", "no system call number"),
        ("410 strange foo sys_foo", "is no ABI"),
        ("410 common foo sys-foo", "is no name"),
        ("410 common", "expected"),
    ],
)
def test_a_faulty_line_is_named(tmp_path: Path, line: str, says: str) -> None:
    table = tmp_path / "syscall.tbl"
    table.write_text(f"# numbers\n400 common hello sys_hello\n{line}\n")
    done = _run(table, tmp_path)
    assert done.returncode == 1
    assert f"{table}:3: " in done.stderr
    assert says in done.stderr
