"""The course's recipe for a new system call, file by file, on a tree that lacks it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.kernel_build.conftest import build, copy_tree, run_make
from tests.kernel_build.guest import Guest

ENOSYS = 38

# where the call is mentioned, and what to take out
TRACES = {
    "include/linux/syscalls.h": r"^asmlinkage long sys_hello\(.*\n",
    "include/uapi/asm-generic/unistd.h": r"^.*\b(__NR|sys)_hello\b.*\n",
    "init/Kconfig": r"^config HELLO_SYSCALL\n(?:\t.*\n|\n)*",
    "kernel/Makefile": r"^.*sys-hello\.o\n",
    "kernel/sys_ni.c": r"^COND_SYSCALL\(hello\);\n",
    "arch/arm/tools/syscall.tbl": r"^400\t.*\n",
    "arch/arm/configs/bbb_defconfig": r"^CONFIG_HELLO_SYSCALL=y\n",
}

STEPS = {
    "include/linux/syscalls.h": "asmlinkage long sys_hello(char __user *buf, unsigned int len);\n",
    "include/uapi/asm-generic/unistd.h": (
        "#define __NR_hello 400\n__SYSCALL(__NR_hello, sys_hello)\n"
    ),
    "init/Kconfig": '\nconfig HELLO_SYSCALL\n\tbool "Enable hello"\n\tdepends on EXPERT\n',
    "kernel/Makefile": "obj-$(CONFIG_HELLO_SYSCALL) += sys-hello.o\n",
    "kernel/sys_ni.c": "COND_SYSCALL(hello);\n",
    "arch/arm/tools/syscall.tbl": "400\tcommon\thello\tsys_hello\n",
    "arch/arm/configs/bbb_defconfig": "CONFIG_HELLO_SYSCALL=y\n",
}

HANDLER = """
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

SYSCALL_DEFINE2(hello, char __user *, buf, unsigned int, len)
{
	static const char text[] = "Hello from a student!";

	if (len < sizeof(text))
		return -EINVAL;
	return copy_to_user(buf, text, sizeof(text)) ? -EFAULT : 0;
}
"""


@pytest.fixture
def tree(kernel: Path, tmp_path: Path) -> Path:
    """A working copy in which nothing knows of hello."""
    tree = copy_tree(tmp_path / "kernel", kernel)
    for name, pattern in TRACES.items():
        path = tree / name
        text, count = re.subn(pattern, "", path.read_text(), flags=re.MULTILINE)
        assert count, name
        path.write_text(text)
    (tree / "kernel/sys-hello.c").unlink()
    return tree


def _apply(tree: Path, name: str) -> None:
    path = tree / name
    text = path.read_text()
    # a header's last line closes its guard
    last = "#endif\n" if name.endswith(".h") else ""
    path.write_text(text.removesuffix(last) + STEPS[name] + last)


def _call(image: Path, probe: Path) -> bytes:
    guest = Guest(image, probe, ["hello"])
    assert guest.finish() == 0
    return guest.console


def test_each_step_is_needed_and_all_together_give_the_call(tree: Path, probe: Path) -> None:
    output = tree.parent / "out"
    assert _call(build(tree, output), probe) == b"-1 %d\r\n" % ENOSYS

    (tree / "kernel/sys-hello.c").write_text(HANDLER)
    for name in STEPS:
        if name not in ("kernel/sys_ni.c", "arch/arm/configs/bbb_defconfig"):
            _apply(tree, name)
    # in the table, but configured out and without COND_SYSCALL
    done = run_make(tree, output)
    assert done.returncode != 0
    assert "undefined symbol: sys_hello" in done.stderr

    _apply(tree, "kernel/sys_ni.c")
    assert _call(build(tree, output), probe) == b"-1 %d\r\n" % ENOSYS

    _apply(tree, "arch/arm/configs/bbb_defconfig")
    assert _call(build(tree, output), probe) == b"0 0\r\n"


def test_a_prototype_that_does_not_match_is_an_error_at_the_handler(tree: Path) -> None:
    for name in STEPS:
        _apply(tree, name)
    handler = tree / "kernel/sys-hello.c"
    handler.write_text(HANDLER.replace("unsigned int, len", "char, len"))
    done = run_make(tree, tree.parent / "out")
    assert done.returncode != 0
    assert re.search(r"sys-hello\.c:\d+:\d+: error: conflicting types for 'sys_hello'", done.stderr)


def test_a_number_taken_twice_names_the_line(tree: Path) -> None:
    for name in STEPS:
        _apply(tree, name)
    table = tree / "arch/arm/tools/syscall.tbl"
    table.write_text(table.read_text() + "400\tcommon\tother\tsys_other\n")
    done = run_make(tree, tree.parent / "out")
    assert done.returncode != 0
    lines = len(table.read_text().splitlines())
    assert f"syscall.tbl:{lines}: number 400 is already that of hello" in done.stderr
