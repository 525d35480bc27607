"""Whatever is wrong with the input: one clear sentence on stderr, exit status 2, no traceback."""

from __future__ import annotations

import os
import pty
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MINIMAL = "title: t\nprogram: hello2\nargs: [a, '1']\n"

Ringview = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ringview(tmp_path: Path) -> Ringview:
    def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ringview.cli.main", *map(str, arguments)],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            cwd=tmp_path,
            env={**os.environ, **environment},
            timeout=120,
            check=False,
        )

    return run


def complaint(result: subprocess.CompletedProcess[str]) -> str:
    """Check the manners of an error and return its sentence."""
    assert result.returncode == 2, (result.stdout, result.stderr)
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("ringview: error: ")
    return lines[0].removeprefix("ringview: error: ")


# ----------------------------------------------------------------------------------- command line


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run"], "missing argument 'SCENARIO' (see: ringview run --help)"),
        (["rum"], "no such command 'rum'"),
        (["run", "hello2", "--fast"], "no such option '--fast'"),
        (["run", "hello2", "more"], "hello2: a scenario says itself, by args, what its program is"),
        (["run", "hello2", "--headless", "--at", "5"], "--at is for the live screen only"),
        (["exec"], "missing argument 'PROG'"),
        (["exec", "--memory", "4", "x"], "invalid value for '--memory': 4 is not in the range"),
        (["exec", "--env", "x", "hello"], "--env x is not written as NAME=VALUE"),
        (["exec", ""], "the name of a program is not empty"),
        (["exec", "/dev/zero"], "/dev/zero: this is not an ELF file"),
        (["exec", "--kernel", "/dev/zero", "hello"], "/dev/zero: this is not an ELF file"),
        (["shot", "hello2", "-o", "x.png"], "x.png: the picture's name must end in .svg or .txt"),
        (
            ["shot", "hello2", "-o", "x.svg", "--size", "1001x40"],
            "a picture has at most 1000x500 characters, and not 1001x40",
        ),
        (["build", "--set", "x"], "--set x is not written as SYMBOL=VALUE"),
        (["build", "--config", "nope"], "there is no kernel configuration nope"),
        (["build", "--set", "HELO2=y"], "there is no kernel option HELO2"),
        (["show", "nope"], "there is no scenario 'nope'"),
    ],
)
def test_a_wrong_command_line(ringview: Ringview, arguments: list[str], sentence: str) -> None:
    assert complaint(ringview(*arguments)).lower().startswith(sentence.lower())


def test_a_misspelt_option_of_exec_is_no_program(ringview: Ringview) -> None:
    sentence = complaint(ringview("exec", "--strce", "hello"))
    assert sentence.startswith("no such option '--strce'; did you mean ")
    assert "'--strace'" in sentence
    assert ". (" not in sentence
    # Behind the program all is the program's.
    assert ringview("exec", "echo", "--strce").stdout == "--strce\n"


def test_debug_adds_the_traceback(ringview: Ringview) -> None:
    result = ringview("show", "nope", "--debug")
    assert result.returncode == 2
    assert "Traceback" in result.stderr
    assert result.stderr.splitlines()[-1].startswith("ringview: error: there is no scenario")


# ------------------------------------------------------------------------------------- scenarios

SCENARIOS = [
    ("title: [\n", "s.yaml:2:1: this is not YAML: "),
    (MINIMAL + "memry: 3\n", "s.yaml:4:1: unknown key 'memry'; did you mean 'memory'?"),
    (MINIMAL + "memory: lots\n", "s.yaml:4:9: memory must be a whole number, not 'lots'"),
    (
        MINIMAL + "kernel:\n  set: {NO_SUCH_OPTION: true}\n",
        "s.yaml:5:9: there is no kernel option NO_SUCH_OPTION",
    ),
    (
        MINIMAL + "kernel: {set: {HELLO2: sideways}}\n",
        "s.yaml:4:16: 'sideways' is no value for the kernel option HELLO2",
    ),
    (
        MINIMAL + "beats:\n  - {at: {syscall: read}, title: t, say: s}\n",
        "s.yaml:5:10: the program never calls read",
    ),
    (
        MINIMAL
        + "beats:\n  - {at: {symbol: main, in: program, occurrence: 2}, title: t, say: s}\n",
        "s.yaml:5:10: this place never occurs in the run: the 2nd execution of main in the program",
    ),
    (
        MINIMAL + "schedule:\n  - {at: {icount: 99999999999}, irq: 68}\n",
        "s.yaml:5:10: the run ends at icount ",
    ),
    (
        MINIMAL + "expect:\n  - {watch: {in.val: 7}, at: {symbol: sys_helo2}}\nwatch:\n"
        "  - {name: in, at: 'user:in'}\n",
        "s.yaml:5:30: there is no symbol sys_helo2 in the kernel; did you mean sys_hello2?",
    ),
    ("title: t\nprogram: ./missing\n", "s.yaml:2:10: there is no program file missing"),
    ("title: t\nprogram: ./text\n", "text: this is not an ELF file"),
]


@pytest.mark.parametrize(("text", "sentence"), SCENARIOS)
def test_a_wrong_scenario(ringview: Ringview, tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "s.yaml").write_text(text)
    (tmp_path / "text").write_text("not a program\n")
    assert complaint(ringview("run", "s.yaml", "--headless")).startswith(sentence)


def test_a_missing_scenario(ringview: Ringview) -> None:
    assert complaint(ringview("run", "no.yaml", "--headless")) == "no.yaml: there is no such file"


def test_an_unreadable_scenario(ringview: Ringview, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        (tmp_path / "s.yaml").mkdir()  # root can read every file
    else:
        (tmp_path / "s.yaml").touch(0o000)
    assert complaint(ringview("run", "s.yaml", "--headless")).startswith("s.yaml: ")


def test_json_that_cannot_be_written(ringview: Ringview) -> None:
    result = ringview("run", "hello2", "--json", "no/such/directory/x.json")
    assert complaint(result) == (
        "no/such/directory/x.json: the JSON cannot be written: no such file or directory"
    )


# -------------------------------------------------------------------------------------- programs


def elf(*, machine: int = 40, kind: int = 2, data: int = 1, interp: bool = False) -> bytes:
    """An executable with one page of zeros; just enough for every check of its headers."""
    order = "<" if data == 1 else ">"
    headers = [(1, 0, 0x10000, 0x10000, 0x80, 0x1000, 5, 4096)]
    if interp:
        headers.append((3, 0, 0, 0, 0, 0, 4, 1))
    ident = b"\x7fELF" + bytes([1, data, 1]) + bytes(9)
    header = struct.pack(
        f"{order}16sHHIIIIIHHHHHH",
        *(ident, kind, machine, 1, 0x10074, 52, 0, 0x5000200, 52, 32, len(headers), 40, 0, 0),
    )
    table = b"".join(struct.pack(f"{order}8I", *entry) for entry in headers)
    return (header + table).ljust(0x200, b"\0")


def large() -> bytes:
    """An executable that asks for 64 MiB of zeroed memory."""
    image = bytearray(elf())
    image[52 + 20 : 52 + 24] = (64 << 20).to_bytes(4, "little")
    return bytes(image)


PROGRAMS = [
    (b"", "p: this is not an ELF file"),
    (b"#!/bin/sh\n", "p: this is not an ELF file"),
    (elf()[:30], "p: the file is truncated: it ends within the ELF header"),
    (elf()[:60], "p: the file is truncated: it ends within the program headers"),
    (elf()[:0x70], "p: the file is truncated"),
    (elf(data=2), "p: the program is big-endian; this machine is little-endian"),
    (elf(machine=62), "p: the program is for x86-64, not for ARM"),
    (elf(kind=1), "p: this is an object file, not linked yet"),
    (elf(interp=True), "p: the program is dynamically linked; link it with -static"),
    (large(), "p: the program needs 64 MiB and the machine has 32 MiB"),
]


@pytest.mark.parametrize(("image", "sentence"), PROGRAMS)
def test_a_wrong_program(ringview: Ringview, tmp_path: Path, image: bytes, sentence: str) -> None:
    (tmp_path / "p").write_bytes(image)
    assert complaint(ringview("exec", "p")).startswith(sentence)


def test_a_missing_program_and_a_missing_kernel(ringview: Ringview, tmp_path: Path) -> None:
    assert complaint(ringview("exec", "./p")) == "p: there is no such file"
    (tmp_path / "p").write_bytes(elf())
    assert complaint(ringview("exec", "--kernel", "./k", "p")) == "./k: there is no such kernel"
    assert complaint(ringview("exec", "--kernel", "k_defconfig", "p")).startswith(
        "there is no kernel configuration k_defconfig"
    )


def test_a_file_larger_than_memory(ringview: Ringview, tmp_path: Path) -> None:
    (tmp_path / "p").write_bytes(elf() + bytes(9 << 20))
    assert "does not fit in the machine's 8 MiB" in complaint(
        ringview("exec", "--memory", "8", "p")
    )


def test_a_program_that_never_ends_is_given_up(ringview: Ringview) -> None:
    result = ringview("exec", "--limit", "30000000", "spin")
    assert complaint(result) == "the program did not end within 30,000,000 instructions"


# ---------------------------------------------------------------------------------- the computer


def test_the_live_screen_needs_a_terminal(ringview: Ringview) -> None:
    assert complaint(ringview("run", "hello2")) == (
        "the live screen needs a terminal; use --headless or --plain to print the story"
    )


def test_the_live_screen_needs_room() -> None:
    import fcntl
    import termios

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 40, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
    try:
        result = subprocess.run(
            [sys.executable, "-m", "ringview.cli.main", "run", "hello2"],
            stdin=follower,
            stdout=follower,
            stderr=follower,
            env=environment,
            timeout=60,
            check=False,
        )
        said = os.read(leader, 4096).decode()
    finally:
        os.close(follower)
        os.close(leader)
    assert result.returncode == 2
    assert said == (
        "ringview: error: the screen needs 60 columns and 18 rows, and this terminal has "
        "40 by 10\r\n"
    )


def test_changed_sources_without_a_toolchain(ringview: Ringview, tmp_path: Path) -> None:
    """A tree of one's own, an empty cache, and an interpreter that has no ziglang."""
    for name in ("kernel", "userland", "scenarios"):
        (tmp_path / "tree").mkdir(exist_ok=True)
        (tmp_path / "tree" / name).symlink_to(ROOT / name)
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import importlib.util as u\n"
        "real = u.find_spec\n"
        "u.find_spec = lambda n, *a: None if n.startswith('ziglang') else real(n, *a)\n"
    )
    result = ringview(
        "run",
        "hello2",
        "--headless",
        RINGVIEW_TREE=str(tmp_path / "tree"),
        RINGVIEW_CACHE=str(tmp_path / "cache"),
        PYTHONPATH=f"{hidden}{os.pathsep}{ROOT / 'src'}",
    )
    sentence = complaint(result)
    assert "is not built yet or its sources have changed, and there is no compiler" in sentence
    assert "pip install 'ringview[toolchain]'" in sentence
