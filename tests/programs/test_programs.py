"""Programs by ordinary toolchains, unmodified, under our kernel and under qemu-arm: the same words
and the same end.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.programs.both import (
    QEMU,
    REQUIRED,
    end_of,
    needs_qemu,
    under_qemu,
    under_ringview,
    words_of,
)

HERE = Path(__file__).resolve().parent
USERLAND = HERE.parents[1] / "userland"
GCC = "arm-linux-gnueabihf-gcc"
GCC_V5 = "arm-linux-gnueabi-gcc"
"""Debian's port for ARMv5: no floating point unit, no exclusive loads, no register for a thread."""

SCRIPT = '#!/bin/sh\nexec {qemu} {program} "$@"\n'
"""What execve() starts under qemu-arm, which hands the call to a host that runs no ARM program."""

Build = Callable[[str, str], Path]

TOOLCHAINS = [
    "zig",
    pytest.param(
        "gcc",
        marks=pytest.mark.skipif(shutil.which(GCC) is None and not REQUIRED, reason=f"no {GCC}"),
    ),
]

FLAGS = {
    "zig": ["-marm"],
    "zig-thumb": ["-mthumb"],
    "gcc": ["-mthumb"],
    "gcc-arm": ["-marm"],
    "gcc-v5": ["-marm"],
}
"""Toolchain and instruction set; both are run for programs that deal with instructions."""

BOTH_STATES = ("handlers", "faults", "arithmetic", "threadlife", "jumps")
FOR_OLDER_CORES = ("threads", "threadlife", "locks", "arithmetic", "heap", "stdiofile", "handlers")
ORDINARY = (
    *("seek", "names", "descriptors", "stdiofile", "stats", "pipes", "shared", "terminal"),
    *("processes", "spawned", "ids", "procfs", "errors", "library", "random"),
    *("handlers", "interrupts", "faults", "clocks"),
    *("mappings", "allocate", "locks", "filelocks", "threadlife"),
    *("arithmetic", "switching", "wide64", "jumps"),
)

# Each program, its arguments, its input.
CASES: list[tuple[str, tuple[str, ...], bytes]] = [
    ("output", ("one", "two words", 'quo"te', "back\\slash", ""), b""),
    ("heap", (), b""),
    ("auxiliary", ("a",), b""),
    ("threads", (), b""),
    ("signals", (), b""),
    ("signals", ("die",), b""),
    ("files", (), b""),
    ("lines", (), b""),
    ("lines", ("text",), b"first\nsecond line\n\nlast\n"),
    ("lines", ("cut",), b"first\nno newline at the end"),
    ("lines", ("long",), b"".join(b"line %d of many\n" % i for i in range(500))),
    *((name, (), b"") for name in ORDINARY),
    *(
        ("die", (how,), b"")
        for how in (
            "exit0",
            "exit255",
            "_exit3",
            "abort",
            "null",
            "kernel",
            "text",
            "jump",
            "undefined",
            "kill",
        )
    ),
]


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    out = tmp_path_factory.mktemp("programs")

    def compile_program(name: str, toolchain: str) -> Path:
        program = out / toolchain / name
        if program.exists():
            return program
        program.parent.mkdir(exist_ok=True)
        zig = [sys.executable, "-m", "ziglang", "cc", "-target", "arm-linux-musleabihf"]
        gcc = [GCC_V5 if toolchain == "gcc-v5" else GCC]
        command = [*(zig if toolchain.startswith("zig") else gcc), *FLAGS[toolchain]]
        options = ["-static", "-O1", "-pthread", "-w"]
        subprocess.run(
            [*command, *options, "-o", program, HERE / f"{name}.c", "-lm"],
            check=True,
            capture_output=True,
            timeout=300,
        )
        script = program.with_suffix(".sh")
        script.write_text(SCRIPT.format(qemu=QEMU, program=program))
        script.chmod(0o755)
        return program

    return compile_program


@needs_qemu
@pytest.mark.parametrize("toolchain", TOOLCHAINS)
@pytest.mark.parametrize(
    ("name", "arguments", "stdin"), CASES, ids=["-".join((c[0], *c[1][:1])) for c in CASES]
)
def test_a_program_does_what_it_does_on_linux(
    build: Build, toolchain: str, name: str, arguments: tuple[str, ...], stdin: bytes
) -> None:
    program = build(name, toolchain)
    ours = under_ringview(program, arguments, stdin)
    theirs = under_qemu(program, arguments, stdin)
    assert ours.stderr == b""
    assert words_of(ours) == words_of(theirs)
    assert end_of(ours) == end_of(theirs)


@needs_qemu
@pytest.mark.parametrize("name", BOTH_STATES)
def test_a_program_does_the_same_in_the_other_instruction_set(build: Build, name: str) -> None:
    for toolchain in ("zig-thumb", *(["gcc-arm"] if shutil.which(GCC) or REQUIRED else [])):
        program = build(name, toolchain)
        ours = under_ringview(program, (), b"")
        theirs = under_qemu(program, (), b"")
        assert words_of(ours) == words_of(theirs), toolchain
        assert end_of(ours) == end_of(theirs), toolchain


@needs_qemu
@pytest.mark.skipif(shutil.which(GCC_V5) is None and not REQUIRED, reason=f"no {GCC_V5}")
@pytest.mark.parametrize("name", FOR_OLDER_CORES)
def test_a_program_for_older_cores_finds_the_kernels_helpers(build: Build, name: str) -> None:
    program = build(name, "gcc-v5")
    ours = under_ringview(program, (), b"")
    theirs = under_qemu(program, (), b"")
    assert words_of(ours) == words_of(theirs)
    assert end_of(ours) == end_of(theirs)


def test_there_are_thirty_programs_and_each_is_run() -> None:
    run = {case[0] for case in CASES}
    assert run == {source.stem for source in HERE.glob("*.c")}
    assert len(run) >= 30


@pytest.mark.parametrize(
    ("name", "arguments", "status"),
    [
        ("exit42", (), 42),
        ("exit42", ("9",), 9),
        ("segv", (), 139),
        ("segv", ("0x10000", "w"), 139),
        ("illegal", (), 132),
        ("threads", ("8", "200"), 0),
        ("libtest", (), 0),
        ("hello", (), 0),
        ("hello", ("8",), 1),
        ("hello2", ("beagle", "7"), 0),
    ],
)
def test_our_own_programs_run_by_name(
    name: str, arguments: tuple[str, ...], status: int, tmp_path: Path
) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "ringview.cli.main", "exec", name, *arguments],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert (result.returncode, result.stderr) == (status, b"")


def test_the_greeting_and_both_errors_of_hello() -> None:
    def said(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "ringview.cli.main", "exec", "hello", *arguments],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=120,
            check=False,
        ).stdout

    assert said() == "Hello from kernel!\n"
    assert said("8") == "hello: Invalid argument (errno 22)\n"
