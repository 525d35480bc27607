"""Every system call with every kind of wrong argument, and calls drawn at random.

``userland/hostile`` makes the calls and judges what they answer. The host sees to what a program
cannot see: that the kernel's text, its constants and its table of calls are as they were, and that
it has not said Oops. What of the kernel's reaches the program, the program itself looks for, in
what each call has written.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.kernel.conftest import PAGE_OFFSET_MINUS_PHYS, Boot, End, Guest
from tests.kernel_build.conftest import KERNEL, build, copy_tree

from ringview.guest.syscalls import Syscalls
from ringview.guest.toolchain import build_program

POISONED: dict[str, bool | int | str] = {"DEBUG_POISON": True}
LIMIT = 40_000_000_000
QEMU = shutil.which("qemu-arm")


@pytest.fixture(scope="session")
def hostile() -> Path:
    return build_program("hostile")


def protected(guest: Guest) -> bytes:
    """A hash of what the kernel must never change once it has started a program."""
    digest = hashlib.sha256()
    for first, last in (("_text", "_etext"), ("__start_rodata", "__end_rodata")):
        start, end = guest.address(first), guest.address(last)
        assert start < end
        digest.update(guest.machine.read_physical(start - PAGE_OFFSET_MINUS_PHYS, end - start))
    table = guest.symbols.extent("sys_call_table")
    assert table is not None
    assert guest.address("_text") <= table.start < guest.address("__end_rodata")
    return digest.digest()


def run_and_compare(guest: Guest) -> End:
    guest.run_to("start_thread")
    before = protected(guest)
    end = guest.run(LIMIT)
    assert protected(guest) == before
    assert "Oops" not in end.log
    assert "BUG" not in end.log
    return end


def numbers(console: str) -> list[int]:
    return [int(word) for word in re.findall(r"\d+", console.splitlines()[-1])]


def test_every_call_is_tried(hostile: Path, boot: Boot) -> None:
    tried = set(boot(hostile, "list").run().console.split())
    table = Syscalls.of_tree(KERNEL).table
    answered = {entry.name for entry in table.values() if entry.handler is not None}
    assert tried == answered


def test_each_wrong_argument_gives_the_error_that_linux_documents(
    hostile: Path, boot: Boot
) -> None:
    end = run_and_compare(boot(hostile, "table", options=POISONED))
    assert re.fullmatch(r"\d+ tries, 0 wrong, 0 leaks\n", end.console), end.console
    assert numbers(end.console)[0] > 500
    assert end.status == 0


@pytest.mark.skipif(QEMU is None, reason="qemu-arm is not installed")
def test_the_expectations_are_linuxs(hostile: Path) -> None:
    assert QEMU is not None
    done = subprocess.run(
        [QEMU, hostile, "table", "-q"], capture_output=True, text=True, timeout=300, check=False
    )
    assert re.fullmatch(r"\d+ tries, 0 wrong, 0 leaks\n", done.stdout), done.stdout
    assert numbers(done.stdout)[0] > 450


def random_calls(boot: Boot, hostile: Path, seed: int, count: int) -> None:
    end = run_and_compare(boot(hostile, "random", str(seed), str(count), options=POISONED))
    done, children, _, undocumented, leaks, lost = numbers(end.console)
    assert end.status == 0, end.console
    assert done >= count
    assert children > count // 1000
    assert (undocumented, leaks) == (0, 0)
    # names and descriptors come and go in slabs; what leaks for each child would be far more
    assert lost < 1024, end.console


@pytest.mark.parametrize("seed", [3, 4])
def test_calls_at_random(hostile: Path, boot: Boot, seed: int) -> None:
    random_calls(boot, hostile, seed, 4000)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1001, 1021))
def test_a_million_calls_at_random(hostile: Path, boot: Boot, seed: int) -> None:
    random_calls(boot, hostile, seed, 50_000)


@pytest.mark.soak
@pytest.mark.parametrize(
    ("file", "right", "wrong", "says"),
    [
        ("fs/open.c", "copy_to_user(buf, path, len)", "copy_to_user(buf, path, 64)", "leaks"),
        (
            "fs/file.c",
            "		return -EBADF;\n	switch (cmd)",
            "		return -EINVAL;\n	switch (cmd)",
            "wrong",
        ),
    ],
)
def test_a_kernel_with_a_fault_is_found_out(
    hostile: Path, tmp_path: Path, file: str, right: str, wrong: str, says: str
) -> None:
    tree = copy_tree(tmp_path / "kernel")
    text = (tree / file).read_text()
    assert text.count(right) == 1
    (tree / file).write_text(text.replace(right, wrong))
    fragment = tmp_path / "poison.config"
    fragment.write_text("CONFIG_DEBUG_POISON=y\n")
    vmlinux = build(tree, tmp_path / "out", f"CONFIG_FRAGMENTS={fragment}")
    end = Guest(vmlinux, hostile, "table").run(LIMIT)
    assert end.status == 1 << 8
    assert f" 0 {says}" not in end.console.splitlines()[-1]
