from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ringview.guest import constants
from ringview.guest.constants import AT_FDCWD, explain
from ringview.guest.elf import read_elf
from ringview.guest.symbols import SymbolTable

TABLES = (
    constants.SIGNALS,
    constants.PROT,
    constants.MAP,
    constants.OPEN_ACCESS,
    constants.OPEN,
    constants.CLONE,
    constants.WHENCE,
    constants.HOW,
    constants.CLOCKS,
    constants.FUTEX,
    constants.AT,
    constants.ACCESS,
    constants.FCNTL,
    constants.IOCTL,
    constants.FLOCK,
    constants.LOCK_TYPES,
    constants.TERMIOS_INPUT,
    constants.TERMIOS_OUTPUT,
    constants.TERMIOS_CONTROL,
    constants.TERMIOS_SPEEDS,
    constants.TERMIOS_SIZES,
    constants.TERMIOS_LOCAL,
    constants.WAIT,
    constants.WAIT_FOR,
    constants.POLL,
    constants.MREMAP,
    constants.MADVISE,
    constants.MSYNC,
    constants.RESOURCES,
    constants.POLICIES,
    constants.ITIMERS,
    constants.USAGE,
    constants.GETRANDOM,
    constants.SIGACTION,
    constants.SIGSTACK,
    constants.FILE_TYPES,
)
HEADERS = [
    "fcntl.h",
    "poll.h",
    "sys/file.h",
    "sys/ioctl.h",
    "termios.h",
    "sys/random.h",
    "sys/resource.h",
    "sys/stat.h",
    "sys/time.h",
    "sys/wait.h",
    "sched.h",
    "signal.h",
    "stdio.h",
    "sys/mman.h",
    "time.h",
    "unistd.h",
    "linux/futex.h",
    "linux/sched.h",
]


@pytest.mark.oracle
@pytest.mark.skipif(
    shutil.which("arm-linux-gnueabihf-gcc") is None, reason="arm-linux-gnueabihf-gcc is missing"
)
def test_every_value_is_that_of_the_arm_headers(tmp_path: Path) -> None:
    ours = {name: value for table in TABLES for value, name in table.items()}
    ours |= {"AT_FDCWD": AT_FDCWD, "FUTEX_PRIVATE_FLAG": constants.FUTEX_PRIVATE_FLAG}
    ours["FUTEX_CLOCK_REALTIME"] = constants.FUTEX_CLOCK_REALTIME
    source = "#define _GNU_SOURCE\n" + "".join(f"#include <{h}>\n" for h in HEADERS)
    source += "".join(f"#ifdef {n}\nunsigned v_{n} = {n};\n#endif\n" for n in ours)
    # Some are enumerators rather than macros.
    source += "void _start(void) { for (;;) ; }\n"
    file = tmp_path / "values.c"
    file.write_text(source)
    program = tmp_path / "values"
    subprocess.run(
        ["arm-linux-gnueabihf-gcc", "-static", "-nostdlib", str(file), "-o", str(program)],
        check=True,
    )
    image = read_elf(program)
    theirs: dict[str, int] = {}
    for symbol in SymbolTable.of(image):
        found = re.fullmatch(r"v_(\w+)", symbol.name)
        data = image.read(symbol.address, 4) if found else None
        if found and data is not None:
            theirs[found[1]] = int.from_bytes(data, "little")
    # O_LARGEFILE is 0 where every file is large, and so it is in glibc's view.
    known = {name: value for name, value in ours.items() if name != "O_LARGEFILE"}
    assert {name: theirs[name] for name in known if name in theirs} == {
        name: value for name, value in known.items() if name in theirs
    }
    assert len(theirs) > 0.95 * len(ours)


@pytest.mark.parametrize(
    ("call", "parameter", "value", "words"),
    [
        ("mmap2", "prot", 3, "PROT_READ|PROT_WRITE"),
        ("mprotect", "prot", 0, "PROT_NONE"),
        ("mmap2", "flags", 0x22, "MAP_PRIVATE|MAP_ANONYMOUS"),
        ("mmap2", "flags", 0x40000022, "MAP_PRIVATE|MAP_ANONYMOUS|0x40000000"),
        ("open", "flags", 0, "O_RDONLY"),
        ("openat", "flags", 0o2001101, "O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC"),
        ("open", "flags", 3, None),
        ("open", "mode", 0o644, "0644"),
        ("openat", "dfd", AT_FDCWD, "AT_FDCWD"),
        ("openat", "dfd", 3, None),
        ("clone", "clone_flags", 0x11, "SIGCHLD"),
        (
            "clone",
            "clone_flags",
            0x10F00,
            "CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD",
        ),
        ("kill", "sig", 11, "SIGSEGV"),
        ("kill", "sig", 0, None),
        ("lseek", "whence", 2, "SEEK_END"),
        ("futex", "op", 0x80, "FUTEX_WAIT_PRIVATE"),
        ("futex_time64", "op", 0x189, "FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME"),
        ("clock_gettime", "which", 1, "CLOCK_MONOTONIC"),
        ("write", "flags", 5, None),
    ],
)
def test_arguments_in_words(call: str, parameter: str, value: int, words: str | None) -> None:
    assert explain(call, parameter, value) == words
