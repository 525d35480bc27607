"""Labs: a tree without the call, the recipe done step by step, and each mistake with its reason."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.lab.tree import Lab, finished, working_in

from ringview.cli.lab import begin_lab, show_progress
from ringview.engine.client import Client
from ringview.engine.launch import spawn_engine
from ringview.engine.protocol import Failed, GoTo, Step
from ringview.engine.spec import EngineSpec
from ringview.errors import InputError
from ringview.guest.make import find_zig
from ringview.guest.tree import find_tree
from ringview.lab.progress import progress
from ringview.lab.recipe import (
    DEFCONFIG,
    GENERIC,
    HELLO,
    HELLO2,
    KCONFIG,
    MAKEFILE,
    NI,
    PROTOTYPES,
    RECIPES,
    TABLE,
)
from ringview.lab.workspace import create, recipe_of, take_out

HANDLER = "kernel/sys-hello.c"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The finished kernel, marked as the lab's; the working directory lies in it."""
    with working_in(finished(HELLO, tmp_path_factory.mktemp("lab") / "hello")) as made:
        yield made


def test_all_steps_done_and_the_call_does_what_it_should(lab: Lab) -> None:
    text = lab.look(status=0)
    assert text.count("✓") == 8 + 2, "each step, and each scenario of the call's errors"
    assert "gets 0" in text
    assert "every expectation of the scenario holds" in text


ENTRY = "400	common	hello			sys_hello\n"
OPTION = "CONFIG_HELLO_SYSCALL=y\n"
COMPILE = "obj-$(CONFIG_HELLO_SYSCALL) += sys-hello.o\n"
COND = "COND_SYSCALL(hello);\n"
PROTOTYPE = "asmlinkage long sys_hello(char __user *buf, unsigned int len);\n"
SYMBOL = 'config HELLO_SYSCALL\n\tbool "Enable the hello system call"\n\tdepends on EXPERT\n'
SECOND = "SYSCALL_DEFINE0(hello)\n{\n	return 0;\n}"
ALIAS = "only COND_SYSCALL's other name of sys_ni_syscall"


@pytest.mark.parametrize(
    ("edits", "step", "words"),
    [
        pytest.param([(TABLE, ENTRY, "")], 7, ["gets -ENOSYS", "is sys_ni_syscall"], id="no entry"),
        pytest.param(
            [(TABLE, ENTRY, ENTRY.replace("400", "402"))], 7,
            ["gets -ENOSYS", "sys_hello has number 402 instead"], id="another number",
        ),
        pytest.param(
            [(TABLE, ENTRY, ENTRY.replace("sys_hello", "sys_helo"))], 7,
            ["undefined symbol: sys_helo", "is not “400 common hello sys_hello”"],
            id="misspelt entry",
        ),
        pytest.param(
            [(TABLE, ENTRY, ENTRY + "400	common	other	sys_hello\n")], 7,
            ["number 400 is already that of hello"], id="number taken twice",
        ),
        pytest.param(
            [(TABLE, ENTRY, ENTRY + ENTRY)], 7, ["already", "stands there twice"], id="entry twice"
        ),
        pytest.param([(DEFCONFIG, OPTION, "")], 8, ["gets -ENOSYS", ALIAS], id="option off"),
        pytest.param(
            [(DEFCONFIG, OPTION, "CONFIG_HELO_SYSCALL=y\n")], 8,
            ["“CONFIG_HELO_SYSCALL=y” is not “CONFIG_HELLO_SYSCALL=y”"], id="option misspelt",
        ),
        pytest.param(
            [(KCONFIG, SYMBOL, "config HELO_SYSCALL\n\tbool\n")], 3,
            ["“config HELO_SYSCALL” is not “config HELLO_SYSCALL”"], id="symbol misspelt",
        ),
        pytest.param(
            [(KCONFIG, SYMBOL, SYMBOL.replace("depends on EXPERT", "depends on NOBODY"))], 3,
            ["HELLO_SYSCALL cannot be had as it is defined"], id="depends on what is not",
        ),
        pytest.param([(MAKEFILE, COMPILE, "")], 4, ["gets -ENOSYS", ALIAS], id="not compiled"),
        pytest.param(
            [(MAKEFILE, COMPILE, COMPILE.replace("HELLO", "HELO"))], 4,
            ["gets -ENOSYS", "is not “obj-$(CONFIG_HELLO_SYSCALL) += sys-hello.o”"],
            id="another option compiles it",
        ),
        pytest.param(
            [(MAKEFILE, COMPILE, COMPILE.replace("sys-hello.o", "sys-helo.o"))], 4,
            ["No rule to make target", "sys-helo.o"], id="another object",
        ),
        pytest.param(
            [(NI, COND, ""), (DEFCONFIG, OPTION, "")], 6,
            ["undefined symbol: sys_hello", "nothing stands in for it"],
            id="off and nothing stands in",
        ),
        pytest.param(
            [(NI, COND, ""), (MAKEFILE, COMPILE, "")], 4,
            ["undefined symbol: sys_hello", "no compiled file has it"], id="on and not compiled",
        ),
        pytest.param(
            [(HANDLER, "unsigned int, len", "char, len")], 2,
            ["conflicting types", "step 1 declares"], id="prototype does not match",
        ),
        pytest.param(
            [(HANDLER, "SYSCALL_DEFINE2(hello,", "SYSCALL_DEFINE2(helo,")], 2,
            ["gets -ENOSYS", ALIAS, "makes sys_helo, not sys_hello"], id="handler misspelt",
        ),
        pytest.param(
            [(
                HANDLER, "SYSCALL_DEFINE2(hello, char __user *, buf, unsigned int, len)",
                "SYSCALL_DEFINE7(hello, char *, p, int, n, int, a, int, b, int, c, int, d, int, e)",
            )],
            2, ["at most 6 parameters", "r0 to r5"], id="seven parameters",
        ),
        pytest.param(
            [(HANDLER, "SYSCALL_DEFINE2(hello,", "SYSCALL_DEFINE1(hello,")], 2,
            ["too many arguments", "SYSCALL_DEFINE1 takes 1 parameter, each", "here are 4"],
            id="parameters miscounted",
        ),
        pytest.param(
            [(PROTOTYPES, PROTOTYPE, PROTOTYPE.replace("unsigned int len", "unsigned long len"))],
            1, ["conflicting types", "unsigned long len) is not what the task says"],
            id="prototype misspelt",
        ),
        pytest.param(
            [(TABLE, "sys_hello\n", "sys_hello\n400\tcommon\tgreet\tsys_getpid\n")], 7,
            ["number 400 is already that of hello", "belongs to one call"], id="number taken",
        ),
        pytest.param(
            [(KCONFIG, "config HELLO_SYSCALL\n\tbool", "config HELLO_SYSCALL\n\tboool")], 3,
            ["init/Kconfig cannot be understood"], id="Kconfig misspelt",
        ),
        pytest.param(
            [(MAKEFILE, COMPILE, COMPILE.replace("HELLO", "HELO"))], 4,
            ["gets -ENOSYS", ALIAS, "CONFIG_HELO_SYSCALL"], id="not compiled any more",
        ),
        pytest.param(
            [(MAKEFILE, COMPILE, COMPILE.replace("+=", ":="))], 4,
            ["undefined symbol: ", ":= forgets the objects that stand above"], id="list begun anew",
        ),
        pytest.param(
            [(MAKEFILE, COMPILE, COMPILE + "obj-y += sys-hello.o\n")], 4,
            ["duplicate symbol: sys_hello", "stands there twice"], id="compiled twice",
        ),
        pytest.param(
            [(MAKEFILE, COMPILE, COMPILE.replace("$(", "${"))], 4,
            ["unterminated variable reference", "${CONFIG_HELLO_SYSCALL)"], id="a wrong bracket",
        ),
        pytest.param(
            [(DEFCONFIG, "CONFIG_EXPERT=y\n", "")], 8, ["EXPERT is off"], id="EXPERT switched off",
        ),
        pytest.param(
            [(PROTOTYPES, PROTOTYPE, PROTOTYPE.replace("long sys", "int sys"))], 1,
            ["conflicting types", "“asmlinkage int”: a handler is an asmlinkage long"],
            id="a handler that is no long",
        ),
        pytest.param(
            [(HANDLER, "	return 0;\n}", f"	return 0;\n}}\n{SECOND}")], 2,
            ["a second SYSCALL_DEFINE stands there, after that of line 6"], id="handler twice",
        ),
        pytest.param(
            [(HANDLER, "	return 0;", "	return *(volatile long *)0;")], 2,
            [
                "never hears of it again", "sys-hello.c:14",
                "“Unable to handle kernel NULL pointer dereference",
            ],
            id="handler that crashes",
        ),
        pytest.param(
            [(HANDLER, "	if (copy_to_user(buf, greeting, sizeof(greeting)))", "	if (*buf)")], 2,
            ["sys-hello.c:12", "at 0x", "for copy_from_user and copy_to_user, never for *"],
            id="handler that trusts a pointer",
        ),
        pytest.param(
            [(HANDLER, "	return 0;", "	return 0")], 2, ["sys-hello.c:", "expected ';'"],
            id="does not compile",
        ),
    ],
)  # fmt: skip
def test_what_happens_is_told_with_the_step_that_is_the_reason(
    lab: Lab, edits: list[tuple[str, str, str]], step: int, words: list[str]
) -> None:
    with lab.spoilt(*edits) as text:
        assert f"step {step} of the recipe" in text, text
        for word in words:
            assert word in text, text


@contextmanager
def missing(path: Path) -> Iterator[None]:
    """While it lasts, a file is not there."""
    text = path.read_text()
    path.unlink()
    try:
        yield
    finally:
        path.write_text(text)


def test_a_file_that_was_deleted(lab: Lab) -> None:
    with missing(lab.kernel / HANDLER):
        told = lab.look()
    assert "step 2 of the recipe: the Makefile names sys-hello.o" in told
    for file in (NI, PROTOTYPES, KCONFIG, MAKEFILE, DEFCONFIG, TABLE):
        with missing(lab.kernel / file):
            told = lab.look()
        number = HELLO.by_file[file].number
        assert f"step {number} of the recipe: {file} is not there any more" in told, told
        assert "/build/" not in told
    for file in ("scenarios/hello.yaml", "userland/hello.c"):
        words = f"{file} is not there any more; git checkout"
        with missing(lab.root / file), pytest.raises(InputError, match=words):
            show_progress(io.StringIO())


def test_a_file_that_no_step_is_about(lab: Lab) -> None:
    for file in ("Makefile", "Kconfig", "kernel/fork.c", "include/linux/sched.h"):
        with missing(lab.kernel / file):
            told = lab.look()
        words = f"kernel/{file} is not there any more; git checkout kernel/{file} brings it back"
        assert words in told, told
        assert "of the recipe" not in told
        assert "Errno" not in told


def test_a_handler_in_a_file_of_another_name_is_asked_about(lab: Lab) -> None:
    handler = lab.kernel / HANDLER
    elsewhere = handler.rename(handler.with_name("sys_hello.c"))
    try:
        told = lab.look()
    finally:
        elsewhere.rename(handler)
    assert "kernel/sys-hello.c is not there; is it sys_hello.c?" in told


def test_a_call_that_does_not_end_and_a_number_that_is_nobodys(lab: Lab) -> None:
    scenario, program = lab.root / "scenarios/hello.yaml", lab.root / "userland/hello.c"
    before = scenario.read_text(), program.read_text()
    try:
        scenario.write_text(before[0].replace("\nbeats:", "\nlimit: 900000\nbeats:", 1))
        with lab.spoilt((HANDLER, "	return 0;", "	for (;;)\n		;")) as text:
            assert "never hears of it again: it was given up after" in text
        scenario.write_text(before[0])
        program.write_text(before[1].replace("SYS_HELLO 400", "SYS_HELLO 444"))
        assert "never calls number 400; it calls 444, which is nobody's" in lab.look()
    finally:
        scenario.write_text(before[0])
        program.write_text(before[1])


def test_lines_are_as_long_as_the_terminal_is_wide(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    out = io.StringIO()
    out.isatty = lambda: True  # type: ignore[method-assign]
    with lab.edited((TABLE, ENTRY, "")):
        show_progress(out)
    lines = out.getvalue().splitlines()
    assert 50 < max(map(len, lines)) < 60, out.getvalue()


def test_exec_says_which_step_keeps_the_kernel_from_being_built(lab: Lab) -> None:
    with lab.edited((TABLE, "sys_hello\n", "sys_helo\n")):
        command = [sys.executable, "-m", "ringview.cli.main", "exec", "hello", "32"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=lab.root)
    assert done.returncode == 2
    assert "undefined symbol: sys_helo" in done.stderr
    assert "(step 7 of the recipe: " in done.stderr


def test_a_labs_scenario_runs_on_the_labs_kernel_from_anywhere(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RINGVIEW_TREE", raising=False)
    monkeypatch.chdir(tmp_path)
    scenario = str(lab.root / "scenarios/hello.yaml")
    with lab.edited((TABLE, "sys_hello\n", "sys_getpid\n")):
        words = ["run", scenario, "--headless"]
        command = [sys.executable, "-m", "ringview.cli.main", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "step 7 of the recipe: entry 400 of sys_call_table is sys_getpid" in done.stdout


def test_another_good_handler_is_not_measured_by_the_lecturers_words(lab: Lab) -> None:
    other = """#include <linux/syscalls.h>
#include <linux/uaccess.h>

SYSCALL_DEFINE2(hello, char __user *, buf, unsigned int, len)
{
	char text[] = "-Hello from kernel!";
	unsigned int i;

	if (len < sizeof(text) - 1)
		return -EINVAL;
	for (i = 1; i < sizeof(text); i++) {
		if (put_user(text[i], buf + i - 1))
			return -EFAULT;
	}
	return 0;
}
"""
    with lab.edited((HANDLER, lab.read(HANDLER), other)):
        assert "does what it should" in lab.look(0)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (PROTOTYPES, PROTOTYPE, "", "nobody checks the handler's parameters"),
        (GENERIC, "#define __NR_hello 400\n", "", "nothing happens on ARM"),
        (GENERIC, "#define __NR_hello 400\n", "#define __NR_hello 40\n", "“#define __NR_hello 40”"),
        (NI, COND, "", "with it off, the table asks for sys_hello"),
        (NI, COND, COND + COND, "stands there twice"),
    ],
)
def test_a_step_whose_lack_shows_nowhere_yet_is_told_all_the_same(
    lab: Lab, file: str, old: str, new: str, says: str
) -> None:
    with lab.spoilt((file, old, new)) as text:
        assert says in text
        assert f"step {HELLO.by_file[file].number}" in text


def test_a_handler_that_does_the_wrong_thing_fails_the_expectations(lab: Lab) -> None:
    with lab.spoilt((HANDLER, "Hello from kernel!", "Hello from nobody")) as text:
        assert "gets 0" in text
        assert "Not yet:" in text
        assert "Hello from kernel!" in text
        assert "of the recipe" not in text


def test_the_option_may_come_from_the_scenario_as_from_a_fragment(lab: Lab) -> None:
    scenario = lab.root / "scenarios/hello.yaml"
    before = scenario.read_text()
    set_there = before.replace(
        "  config: bbb_defconfig\n", "  config: bbb_defconfig\n  set: {HELLO_SYSCALL: true}\n"
    )
    defconfig = lab.read(DEFCONFIG)
    scenario.write_text(set_there)
    (lab.kernel / DEFCONFIG).write_text(defconfig.replace(OPTION, ""))
    try:
        assert "every expectation of the scenario holds" in lab.look(status=0)
    finally:
        scenario.write_text(before)
        (lab.kernel / DEFCONFIG).write_text(defconfig)


def test_the_live_screen_shows_the_lack_and_says_why(lab: Lab) -> None:
    table = lab.read(TABLE)
    (lab.kernel / TABLE).write_text(table.replace(ENTRY, ""))
    try:
        spec = EngineSpec(scenario="hello")
        with spawn_engine(spec) as engine, Client(engine, timeout=60) as client:
            client.wait_frame()
            message = client.receive()
            while not (isinstance(message, Failed) and message.id == 0):
                message = client.receive()
            # The kernel has no such call, and yet the program's number is shown as what it is.
            assert "beat 5 of 7, Into the user's memory, does not come" in message.text
            assert "step 7 of the recipe" in message.text
            assert message.lasting
            client.send(GoTo(0, "beat 4"))
            assert client.frame is not None
            assert client.frame.header.place == "sys_ni_syscall"
            here = client.frame.header.icount
            answer = client.send(Step(0, "beat", 1))
            assert isinstance(answer, Failed)
            assert "beat 5 of 7, Into the user's memory, does not come: step 7" in answer.text
            assert answer.lasting
            client.send(Step(0, "instruction", 1))
            assert client.frame.header.icount == here + 1, "it stands where it stood"
            client.send(GoTo(0, "sys_ni_syscall"))
            assert client.frame is not None
            assert client.frame.header.place == "sys_ni_syscall"
    finally:
        (lab.kernel / TABLE).write_text(table)


def test_the_live_screen_tells_of_a_call_that_never_returns(lab: Lab) -> None:
    with lab.edited((HANDLER, "	return 0;", "	for (;;)\n		;")):
        spec = EngineSpec(scenario="hello")
        with spawn_engine(spec) as engine, Client(engine, timeout=120) as client:
            client.wait_frame()
            message = client.receive()
            while not (isinstance(message, Failed) and message.id == 0):
                message = client.receive()
            assert "does not come: the program has not ended after" in message.text


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_the_finished_kernel_is_the_recipe_done(recipe: object, tmp_path: Path) -> None:
    assert recipe in (HELLO, HELLO2)
    source = find_tree(own=False)
    for each in RECIPES.values():
        assert all(state.done for state in progress(each, source.kernel))


@pytest.mark.parametrize("name", RECIPES)
def test_a_lab_begins_without_a_trace_of_the_call(name: str, tmp_path: Path) -> None:
    out = io.StringIO()
    begin_lab(name, str(tmp_path / "mine"), out)
    assert "ringview lab" in out.getvalue()
    root = tmp_path / "mine"
    recipe = RECIPES[name]
    assert not any(state.done for state in progress(recipe, root / "kernel"))
    left = subprocess.run(
        ["grep", "-rnwE", f"sys_{name}|__NR_{name}|(CONFIG_)?{recipe.option}", "kernel"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [line for line in left.stdout.splitlines() if not line.startswith("kernel/README.md")]
    assert lines == []
    assert recipe.task.split()[0] in (root / "README.md").read_text()
    assert ("len_refetch" in (root / "kernel/README.md").read_text()) == (name == "hello")
    page = (root / "README.md").read_text().splitlines()
    assert max(map(len, page[1:])) < 80, "read in a terminal"
    with pytest.raises(InputError, match="there is something already"):
        begin_lab(name, str(root), out)


def test_the_assignments_kernel_builds_and_says_where_to_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if find_zig() is None:
        pytest.skip("the ziglang package is not installed")
    root = create("hello2", tmp_path / "mine")
    monkeypatch.delenv("RINGVIEW_TREE", raising=False)
    monkeypatch.chdir(root)
    text = Lab(root).look()
    assert "the program calls number 401, and gets -ENOSYS" in text
    assert "step 7 of the recipe" in text
    assert (root / "kernel/kernel/sys-hello.c").exists()


def test_bad_words_are_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RINGVIEW_TREE", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="there is no lab helo; the labs are hello, hello2"):
        create("helo", tmp_path / "x")
    with pytest.raises(InputError, match="this folder is no lab's"):
        show_progress(io.StringIO())
    (tmp_path / ".ringview-lab").write_text("{")
    (tmp_path / "kernel").mkdir()
    assert recipe_of(find_tree()) is None
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="there is something already"):
        create("hello", tmp_path / "file")
    with pytest.raises(InputError, match="no finished hello"):
        take_out(HELLO, tmp_path / "kernel")
