"""The kernel starts, logs, takes its command line apart and serves its console."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.kernel_build.conftest import build
from tests.kernel_build.guest import Guest

ENOSYS = 38


def test_the_console_shows_the_log(vmlinux: Path, probe: Path) -> None:
    guest = Guest(vmlinux, probe, options="console=ttyS0")
    assert guest.finish() == 9 << 8
    shown = guest.console.decode().splitlines()
    times = []
    for line, record in zip(shown, guest.log(), strict=True):
        match = re.fullmatch(r"\[ *(\d+)\.(\d{6})\] (.*)", line)
        assert match, line
        assert match[3] == record.text
        microseconds = int(match[1]) * 1_000_000 + int(match[2])
        assert microseconds == record.nanoseconds // 1000
        times.append(record.nanoseconds)
    assert times == sorted(times)
    assert times[-1] > 0
    assert guest.console.count(b"\n") == guest.console.count(b"\r\n")


def test_quiet_keeps_the_console_for_the_program(vmlinux: Path, probe: Path) -> None:
    guest = Guest(vmlinux, probe, ["random"])
    assert guest.finish() == 0
    assert re.fullmatch(rb"([0-9a-f]{8} ?){4}\r\n", guest.console)
    assert any("Linux version" in line for line in guest.lines())


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        ([], {}),
        (["plain", "two words", "", "--", "-x"], {"A": "1"}),
        (['quo"te', "back\\slash", "\\", "\\ ", '\\"', "a=b"], {"B": 'x "y" z', "HOME": "/tmp"}),
    ],
)
def test_arguments_and_environment_arrive_as_they_were(
    vmlinux: Path, probe: Path, arguments: list[str], environment: dict[str, str]
) -> None:
    guest = Guest(vmlinux, probe, ["arguments", *arguments], environment=environment)
    assert guest.finish() == 0
    expected = {"HOME": "/", "TERM": "linux", "PATH": "/bin", **environment}
    lines = guest.console.decode().splitlines()
    assert lines[: len(arguments)] == [f"<{word}>" for word in arguments]
    assert dict(line.split("=", 1) for line in lines[len(arguments) :]) == expected


def test_the_seed_alone_decides_the_random_numbers(vmlinux: Path, probe: Path) -> None:
    def run(seed: int) -> tuple[bytes, bytes]:
        guest = Guest(vmlinux, probe, ["random"], seed=seed)
        guest.finish()
        return guest.console, guest.machine.digest()

    first, again, other = run(1), run(1), run(2)
    assert first == again
    assert first[0] != other[0]


@pytest.fixture(scope="module")
def smaller(kernel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kernel with a log of 4 KiB and without hello."""
    directory = tmp_path_factory.mktemp("smaller")
    fragment = directory / "smaller.config"
    fragment.write_text("CONFIG_LOG_BUF_SHIFT=12\n# CONFIG_HELLO_SYSCALL is not set\n")
    return build(kernel, directory / "out", f"CONFIG_FRAGMENTS={fragment}")


def test_a_full_ring_keeps_the_newest_messages(smaller: Path, probe: Path) -> None:
    for times in (50, 61, 72, 400):
        guest = Guest(smaller, probe, ["hello2", str(times)])
        assert guest.finish() == 0
        assert guest.console == b"0 0 %d\r\n" % times
        values = [
            int(match[1])
            for line in guest.lines()
            if (match := re.search(r"len : 6, val : (\d+)", line))
        ]
        assert values == list(range(times - len(values), times))
        # 4 KiB of records with 64 bytes each, less the others and the ends
        assert len(values) >= 45


def test_a_call_that_is_configured_out_is_not_there(
    vmlinux: Path, smaller: Path, probe: Path
) -> None:
    for image, says in ((vmlinux, b"0 0\r\n"), (smaller, b"-1 %d\r\n" % ENOSYS)):
        guest = Guest(image, probe, ["hello"])
        assert guest.finish() == 0
        assert guest.console == says


def test_lines_are_edited_echoed_and_ended(vmlinux: Path, probe: Path) -> None:
    guest = Guest(vmlinux, probe, ["lines"])
    guest.run(6_000_000)
    assert guest.type(b"ab\x7fc") == b"ab\b \bc"
    assert guest.type(b"\r") == b"\r\n{3 61 63 0a}\r\n"
    assert guest.type(b"gone\x15x\n") == b"gone" + b"\b \b" * 4 + b"x\r\n{2 78 0a}\r\n"
    assert guest.type(b"\x03") == b"^C[caught]"
    assert guest.type(b"part\x04") == b"part{4 70 61 72 74}\r\n"
    assert guest.type(b"\x04") == b"end 0\r\n"
    assert guest.finish() == 0


def test_a_raw_terminal_gives_each_key_as_it_comes(vmlinux: Path, probe: Path) -> None:
    guest = Guest(vmlinux, probe, ["raw"])
    guest.run(6_000_000)
    assert guest.type(b"a") == b"{1 61}\r\n"
    assert guest.type(b"\x03\x7f") == b"{2 03 7f}\r\n"
    assert guest.type(b"q") == b"{1 71}\r\nend 1\r\n"
    assert guest.finish() == 0


def test_a_missing_program_is_said_on_a_quiet_console(vmlinux: Path) -> None:
    guest = Guest(vmlinux, None, options="quiet init=/bin/nothing")
    assert guest.finish() == 127 << 8
    assert b"/bin/nothing failed (error -2)" in guest.console


@pytest.mark.parametrize("damage", range(6))
def test_a_damaged_archive_is_said_and_survived(vmlinux: Path, probe: Path, damage: int) -> None:
    guest = Guest(vmlinux, probe, ["random"])
    archive = guest.machine.read_physical(guest.initrd.start, len(guest.initrd))
    header = archive.index(b"070701", 200)
    fields = {  # offsets in a newc header
        0: (0, b"X"),
        1: (54, b"ffffffff"),
        2: (94, b"ffffffff"),
        3: (94, b"00000000"),
        4: (54, b"7fffffff"),
        5: (94, b"00000001"),
    }
    offset, value = fields[damage]
    guest.machine.load(guest.initrd.start + header + offset, value)
    assert guest.finish() == 127 << 8
    assert b"Initramfs unpacking failed" in guest.console
    assert b"/bin/probe failed" in guest.console
