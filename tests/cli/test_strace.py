"""``ringview exec --strace``: lines in the form that strace(1) documents, one for each event."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
MUSL = [sys.executable, "-m", "ziglang", "cc", "-target", "arm-linux-musleabihf"]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("strace") / "traced"
    source = HERE / "traced.c"
    command = [*MUSL, "-static", "-O1", "-w", "-o", str(built), str(source)]
    subprocess.run(command, check=True, timeout=300)
    return built


def trace(program: Path | str, *arguments: str) -> tuple[int, list[str], bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "ringview.cli.main", "exec", "--strace", str(program), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stderr.decode().splitlines(), done.stdout


@pytest.fixture(scope="module")
def lines(program: Path) -> list[str]:
    status, found, _ = trace(program)
    assert status == 42
    return found


EXPECTED = r"""
openat(AT_FDCWD, "/tmp/none", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)
openat(AT_FDCWD, "/tmp/new", O_RDWR|O_CREAT, 0640) = 3
write(3, "a\n\"b\1", 5)                 = 5
writev(3, [{iov_base="one", iov_len=3}, {iov_base="two", iov_len=3}], 2) = 6
lseek(3, 0, SEEK_SET)                   = 0
read(3, "a\n\"b\1", 5)                  = 5
read(3, 0xc0008000, 5)                  = -1 EFAULT (Bad address)
fcntl64(3, F_SETFL, O_APPEND)           = 0
fcntl64(3, F_GETFL)                     = 0x20402 (flags O_RDWR|O_APPEND|O_LARGEFILE)
close(3)                                = 0
openat(AT_FDCWD, "/", O_RDONLY|O_DIRECTORY) = 3
getdents64(3, 0x<address> /* 7 entries */, 4096) = 168
getdents64(3, 0x<address> /* 0 entries */, 4096) = 0
_llseek(3, 0, [0], SEEK_SET)            = 0
_llseek(3, -5, 0x<address>, SEEK_SET)    = -1 EINVAL (Invalid argument)
_llseek(1, 4294967298, 0x<address>, 0x7 /* SEEK_??? */) = -1 EINVAL (Invalid argument)
close(3)                                = 0
sched_getaffinity(0, 128, [0])          = 4
nanosleep({tv_sec=0, tv_nsec=5000000}, 0x<address>) = 0
clone(child_stack=NULL, flags=CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID|SIGCHLD, \
parent_tid=[3], tls=0x<address>, child_tidptr=0x<address>) = 3
[pid     2] wait4(-1,  <unfinished ...>
[pid     3] exit(9)                                 = ?
[pid     3] +++ exited with 9 +++
<... wait4 resumed>NULL, 0, NULL)       = 3
clone(child_stack=NULL, flags=CLONE_THREAD) = -1 EINVAL (Invalid argument)
pipe([3, 4])                            = 0
poll([{fd=4, events=POLLOUT}], 1, -1)   = 1 ([{fd=4, revents=POLLOUT}])
kill(2, SIGUSR1)                        = 0
--- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=2, si_uid=0} ---
sigreturn({mask=[]})                    = 0
fork()                                  = 4
[pid     2] nanosleep({tv_sec=0, tv_nsec=5000000}, NULL <unfinished ...>
[pid     4] read(3,  <unfinished ...>
[pid     2] <... nanosleep resumed>)                = 0
[pid     2] write(4, "x", 1)                        = 1
[pid     4] <... read resumed>"x", 1)               = 1
[pid     4] exit_group(3)                           = ?
[pid     4] +++ exited with 3 +++
exit_group(42)                          = ?
+++ exited with 42 +++
"""


WANTED = EXPECTED.replace("\\\n", "").strip().splitlines()


@pytest.mark.parametrize("expected", WANTED)
def test_a_line_is_as_strace_writes_it(lines: list[str], expected: str) -> None:
    pattern = re.escape(expected).replace("<address>", "[0-9a-f]+").replace("<n>", r"[1-9]\d*")
    pattern = pattern.replace(r"\ \ =", r"\ +=")
    assert any(re.fullmatch(pattern, line) for line in lines), "\n".join(lines)


def test_the_lines_come_in_the_order_of_events(lines: list[str]) -> None:
    wanted = [line.partition("(")[0] for line in WANTED]
    rest = iter(line.partition("(")[0] for line in lines)
    assert all(word in rest for word in wanted)


def test_a_structure_with_flags_and_a_mask(lines: list[str]) -> None:
    (line,) = [text for text in lines if text.startswith("rt_sigaction(SIGUSR1")]
    assert re.fullmatch(
        r"rt_sigaction\(SIGUSR1, \{sa_handler=0x[0-9a-f]+, sa_mask=\[HUP\], "
        r"sa_flags=SA_RESTORER\|SA_RESTART, sa_restorer=0x[0-9a-f]+\}, NULL, 8\) = 0",
        line,
    )


def test_a_wait_says_how_the_child_ended(lines: list[str]) -> None:
    assert any("[{WIFEXITED(s) && WEXITSTATUS(s) == 3}], 0, NULL) = 4" in line for line in lines)


def test_what_does_not_exist_is_shown_by_what_it_answers(lines: list[str]) -> None:
    (line,) = [text for text in lines if "landlock_create_ruleset" in text]
    assert line.endswith("= -1 ENOSYS (Function not implemented)")


def test_a_fatal_signal_says_where_it_struck(program: Path) -> None:
    status, found, _ = trace(program, "die")
    assert status == 139
    assert found[-2:] == [
        "--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x44} ---",
        "+++ killed by SIGSEGV +++",
    ]


def test_structures_of_a_call_of_ones_own_are_shown_by_its_declaration() -> None:
    status, found, _ = trace("hello2", "beagle", "7")
    assert status == 0
    (line,) = [text for text in found if text.startswith("hello2(")]
    assert re.fullmatch(
        r'hello2\(\{name="beagle", len=6, val=7\}, \{nr_calls=1, rand_data=\[[^]]*\]\}\) = 0', line
    )


def test_of_the_kernels_memory_nothing_is_shown() -> None:
    _, found, _ = trace("hello2-efault")
    refused = [text for text in found if text.startswith("hello2(0xc")]
    assert refused
    assert all(text.endswith("= -1 EFAULT (Bad address)") for text in refused)


def test_the_program_does_the_same_with_and_without() -> None:
    plain = subprocess.run(
        [sys.executable, "-m", "ringview.cli.main", "exec", "threads", "4", "50"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    status, _, output = trace("threads", "4", "50")
    assert (status, output) == (plain.returncode, plain.stdout)
