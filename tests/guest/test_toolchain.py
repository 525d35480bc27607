from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ringview.errors import BuildError, InputError
from ringview.guest import make, toolchain
from ringview.guest.kconfig import KernelConfig, fragment
from ringview.guest.make import explain, find_toolchain
from ringview.guest.toolchain import (
    CompileError,
    build_kernel,
    build_program,
    find_kernel,
    find_program,
    kernel_key,
    program_names,
)
from ringview.guest.tree import Tree, find_tree, source_files

KCONFIG = """
config EXPERT
	bool "expert"

config HELLO
	bool "hello"
	depends on EXPERT

config SHIFT
	int "shift"
	range 12 20
	default 14

config LABEL
	string "label"

choice
	prompt "how"
	default HOW_PLAIN
config HOW_PLAIN
	bool "plain"
config HOW_CLEVER
	bool "clever"
endchoice
"""
KERNEL_MAKEFILE = """
vmlinux: $(O)/vmlinux
$(O)/vmlinux: main.c $(CONFIG_FRAGMENTS)
	@echo '  CC      main.o'
	@cp arch/arm/configs/$(KBUILD_DEFCONFIG) $(O)/.config
	@cat $(CONFIG_FRAGMENTS) >> $(O)/.config
	@echo built >> ../builds.log
	@$(CC) -mcpu=cortex_a8 -marm -g -nostdlib -ffreestanding main.c -o $@
"""
USERLAND_MAKEFILE = """
all: $(addprefix $(O)/,$(PROGRAMS))
$(O)/%: %.c
	@echo '  CC      $*'
	@$(CC) -target arm-freestanding-eabi -mcpu=cortex_a8 -marm -g -nostdlib $< -o $@
"""
MAIN = "int value;\nvoid _start(void)\n{\n\tvalue = 1;\n\tfor (;;)\n\t\t;\n}\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """A tree small enough to build in a blink, and a cache of its own."""
    if make.find_zig() is None:
        pytest.skip("the ziglang package is not installed")
    monkeypatch.setenv("RINGVIEW_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(tmp_path / "zig"))
    monkeypatch.setenv("ZIG_LOCAL_CACHE_DIR", str(tmp_path / "zig"))
    monkeypatch.delenv("CROSS_COMPILE", raising=False)
    find_toolchain.cache_clear()
    root = tmp_path / "tree"
    for name, text in {
        "kernel/Kconfig": KCONFIG,
        "kernel/Makefile": KERNEL_MAKEFILE,
        "kernel/main.c": MAIN,
        "kernel/arch/arm/configs/bbb_defconfig": "CONFIG_EXPERT=y\n",
        "kernel/arch/arm/configs/tiny_defconfig": "",
        "kernel/arch/arm/tools/syscall.tbl": "1 common exit sys_exit\n",
        "userland/Makefile": USERLAND_MAKEFILE,
        "userland/hello.c": MAIN,
        "userland/other.c": MAIN,
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return Tree(root, tmp_path / "prebuilt")


def builds(tree: Tree) -> int:
    log = tree.root / "builds.log"
    return len(log.read_text().splitlines()) if log.exists() else 0


def test_a_kernel_is_built_once(tree: Tree) -> None:
    steps: list[str] = []
    assert find_kernel(KernelConfig(), tree) is None
    first = build_kernel(tree=tree, progress=steps.append)
    assert steps == ["CC      main.o"]
    assert first.path.read_bytes()[:4] == b"\x7fELF"
    assert first.config_path.read_text() == "CONFIG_EXPERT=y\n"
    assert first.compiler.startswith("zig ")
    assert build_kernel(tree=tree) == first
    assert find_kernel(KernelConfig(), tree) == first
    assert builds(tree) == 1


def test_a_changed_source_or_option_is_another_kernel(tree: Tree) -> None:
    first = build_kernel(tree=tree)
    other = build_kernel(KernelConfig.of(options={"HELLO": True}), tree=tree)
    assert other.key != first.key
    assert other.config_path.read_text().endswith("CONFIG_HELLO=y\n")
    (tree.kernel / "main.c").write_text(MAIN.replace("1", "2"))
    changed = build_kernel(tree=tree)
    assert changed.key not in {first.key, other.key}
    assert first.path.exists(), "the old one is still there to go back to"
    assert builds(tree) == 3


def test_what_a_build_leaves_in_the_tree_does_not_change_the_key(tree: Tree) -> None:
    before = kernel_key(KernelConfig(), tree)
    (tree.kernel / "build").mkdir()
    for name in ("build/x.c", "main.o", ".main.o.d", "vmlinux", "main.c~"):
        (tree.kernel / name).write_text("x")
    assert kernel_key(KernelConfig(), tree) == before
    (tree.kernel / "new.h").write_text("x")
    assert kernel_key(KernelConfig(), tree) != before


def test_a_prebuilt_image_needs_no_compiler(
    tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = build_kernel(tree=tree)
    program = build_program("hello", tree=tree)
    for path, key in (
        (built.path, built.key),
        (built.config_path, built.key),
        (program, toolchain.userland_key(tree)),
    ):
        (tree.images / key).mkdir(parents=True, exist_ok=True)
        (tree.images / key / path.name).write_bytes(path.read_bytes())
    monkeypatch.setenv("RINGVIEW_CACHE", str(tmp_path / "empty"))
    monkeypatch.setattr(toolchain, "find_toolchain", lambda _prefix: None)
    assert build_kernel(tree=tree).path == tree.images / built.key / "vmlinux"
    assert build_program("hello", tree=tree).parent.parent == tree.images
    assert find_program("hello", tree) is not None
    with pytest.raises(BuildError, match=r"no compiler.*ringview\[toolchain\]"):
        build_program("other", tree=tree)
    (tree.kernel / "main.c").write_text(MAIN + "\n")
    with pytest.raises(BuildError, match="sources have changed") as caught:
        build_kernel(tree=tree)
    assert "\n" not in str(caught.value)


def test_a_compile_error_has_file_line_and_column(tree: Tree) -> None:
    (tree.kernel / "main.c").write_text(MAIN.replace("value = 1;", "valu = 1;"))
    with pytest.raises(CompileError) as caught:
        build_kernel(tree=tree)
    error = caught.value
    assert (error.path, error.line, error.column) == ("kernel/main.c", 4, 2)
    assert "undeclared identifier 'valu'" in str(error)
    assert "\n" not in str(error)
    assert "valu = 1;" in error.output
    (tree.kernel / "main.c").write_text(MAIN)
    build_kernel(tree=tree)


def test_a_link_error_names_the_symbol(tree: Tree) -> None:
    (tree.userland / "hello.c").write_text(
        "extern int missing(void);\nvoid _start(void) { missing(); }\n"
    )
    with pytest.raises(CompileError, match="undefined symbol: missing"):
        build_program("hello", tree=tree)


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (
            "a.c: In function 'f':\nmm/a.c:3:9: error: 'x' undeclared\n",
            "kernel/mm/a.c:3:9: the kernel does not build: 'x' undeclared",
        ),
        (
            "fs/a.S: Assembler messages:\nfs/a.S:7: Error: bad instruction `mvo r0'\n",
            "kernel/fs/a.S:7: the kernel does not build: bad instruction `mvo r0'",
        ),
        (
            "Makefile:9: *** missing separator.  Stop.\n",
            "kernel/Makefile:9: the kernel does not build",
        ),
        (
            "error: arch/arm/tools/syscall.tbl:12: number 400 is taken\n",
            "kernel/arch/arm/tools/syscall.tbl:12: the kernel does not build: number 400 is taken",
        ),
        (
            "make: *** No rule to make target 'x.o', needed by 'vmlinux'.  Stop.\n",
            "the kernel does not build: No rule to make target 'x.o'",
        ),
        (
            (
                "ld.lld: error: undefined symbol: sys_hello3\n"
                ">>> referenced by /o/entry-common.o:(sys_call_table)\n"
                ">>> did you mean: sys_hello2\n"
            ),
            (
                "the kernel does not link: undefined symbol: sys_hello3, wanted by sys_call_table; "
                "did you mean sys_hello2?"
            ),
        ),
        (
            (
                "ld.lld: error: undefined symbol: foo\n"
                ">>> referenced by fork.c:30 (kernel/fork.c:30)\n"
            ),
            "kernel/kernel/fork.c:30: the kernel does not link: undefined symbol: foo",
        ),
        ("", "the kernel does not build: make failed"),
    ],
)
def test_what_tools_print_becomes_one_sentence(output: str, said: str, tmp_path: Path) -> None:
    error = explain(output, what="the kernel", directory=tmp_path / "kernel", root=tmp_path)
    assert str(error).startswith(said)
    assert error.output == output


def refused(tree: Tree, **options: bool | int | str) -> str:
    with pytest.raises(BuildError) as caught:
        build_kernel(KernelConfig.of(options=options), tree=tree)
    assert not isinstance(caught.value, CompileError)
    return str(caught.value)


def test_options_that_do_not_exist_or_do_nothing_are_named(tree: Tree) -> None:
    assert refused(tree, HELO=True) == "there is no kernel option HELO; did you mean HELLO?"
    assert refused(tree, SHIFT=99) == (
        "the kernel option SHIFT: 99 is out of range; it is a number from 12 to 20"
    )
    assert "'many' is no value for the kernel option SHIFT" in refused(tree, SHIFT="many")
    assert "it can be clever, plain" in refused(tree, HOW="silly")
    assert "'maybe' is no value for the kernel option HELLO" in refused(tree, HELLO="maybe")
    config = KernelConfig.of("tiny_defconfig", {"HELLO": True})
    with pytest.raises(BuildError, match="HELLO: y has no effect, for it depends on EXPERT"):
        build_kernel(config, tree=tree)
    with pytest.raises(BuildError, match="did you mean tiny_defconfig"):
        build_kernel(KernelConfig("tny_defconfig"), tree=tree)
    assert builds(tree) == 0


def test_a_broken_kconfig_file_has_its_line(tree: Tree) -> None:
    (tree.kernel / "Kconfig").write_text(KCONFIG + 'config NEW\n\tbol "new"\n')
    with pytest.raises(BuildError, match="couldn't parse") as caught:
        build_kernel(tree=tree)
    assert (caught.value.path, caught.value.line) == ("kernel/Kconfig", 26)
    assert "\n" not in str(caught.value)


def test_options_become_a_fragment(tree: Tree) -> None:
    config = KernelConfig.of(
        options={"HOW": "clever", "SHIFT": 13, "CONFIG_LABEL": 'a "b"', "HELLO": False}
    )
    assert fragment(tree.kernel, config).splitlines() == [
        "# CONFIG_HELLO is not set",
        "CONFIG_HOW_CLEVER=y",
        'CONFIG_LABEL="a \\"b\\""',
        "CONFIG_SHIFT=13",
    ]
    assert str(config) == 'bbb_defconfig HELLO=n HOW=clever LABEL=a "b" SHIFT=13'


def test_programs(tree: Tree) -> None:
    assert program_names(tree) == ["hello", "other"]
    path = build_program("hello", tree=tree)
    assert path.name == "hello"
    assert os.access(path, os.X_OK)
    assert build_program("hello", tree=tree) == path
    with pytest.raises(BuildError, match="no program helo in userland; did you mean hello"):
        build_program("helo", tree=tree)


def test_two_at_once_build_once(tree: Tree) -> None:
    results: list[Path] = []
    threads = [
        threading.Thread(target=lambda: results.append(build_kernel(tree=tree).path))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert len(set(results)) == 1
    assert builds(tree) == 1


def test_the_cache_keeps_what_was_used_last(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchain, "ENTRY_LIMIT", 2)
    first = build_kernel(tree=tree)
    second = build_kernel(KernelConfig.of(options={"SHIFT": 13}), tree=tree)
    os.utime(second.path.parent, (1, 1))
    assert find_kernel(first.config, tree) == first
    third = build_kernel(KernelConfig.of(options={"SHIFT": 15}), tree=tree)
    assert find_kernel(second.config, tree) is None
    assert find_kernel(first.config, tree) == first
    assert find_kernel(third.config, tree) == third


def test_a_missing_cross_compiler_is_said(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSS_COMPILE", "no-such-")
    with pytest.raises(BuildError, match="there is no no-such-gcc"):
        build_kernel(tree=tree)


def test_no_make_is_said(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BuildError, match="there is no make"):
        build_kernel(tree=tree)


def test_a_path_that_make_cannot_handle_is_said(
    tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGVIEW_CACHE", str(tmp_path / "my cache"))
    with pytest.raises(BuildError, match=r"a path that has a space in it: .*/my cache"):
        build_kernel(tree=tree)


def test_the_tree_can_be_named(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGVIEW_TREE", str(tree.root))
    assert find_tree().root == tree.root
    assert find_tree().source("kernel/main.c").is_file()
    monkeypatch.setenv("RINGVIEW_TREE", str(tree.root / "userland"))
    with pytest.raises(InputError, match="has no kernel directory"):
        find_tree()
    monkeypatch.delenv("RINGVIEW_TREE")
    assert (find_tree().kernel / "Makefile").is_file()


def test_source_files_are_sorted_and_complete(tree: Tree) -> None:
    names = [p.relative_to(tree.userland).as_posix() for p in source_files(tree.userland)]
    assert names == ["Makefile", "hello.c", "other.c"]


def test_importing_the_toolchain_is_quick_and_light() -> None:
    code = (
        "import sys, ringview.guest.toolchain, ringview.guest.debuginfo\n"
        "heavy = {'elftools', 'kconfiglib', 'numpy', 'unicorn', 'yaml', 'pydantic', 'textual'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
