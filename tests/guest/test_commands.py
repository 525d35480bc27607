"""ioctl() and fcntl(): what their third argument is, by the command."""

from __future__ import annotations

import re
import struct

import pytest

from ringview.guest import commands
from ringview.guest.calltext import format_call
from ringview.guest.constants import DEVICE_IOCTL, ioctl_command
from ringview.guest.syscalls import Syscalls
from ringview.guest.tree import find_tree

AT = 0x1000
CONTROL = "c_cflag=B38400|CS8|CREAD|HUPCL|CLOCAL"
LOCAL = "c_lflag=ISIG|ICANON|ECHO|ECHOE|ECHOK|IEXTEN|ECHOCTL|ECHOKE"


def memory(data: bytes) -> commands.Read:
    return lambda va, size: data[va - AT :][:size] if va >= AT else None


@pytest.mark.parametrize(
    ("call", "command", "data", "text"),
    [
        (
            "fcntl64", 6, struct.pack("<hhiii", 1, 0, 10, 5, 0),
            "{l_type=F_WRLCK, l_whence=SEEK_SET, l_start=10, l_len=5}",
        ),
        (
            "fcntl64", 12, struct.pack("<hh4xqqi", 2, 2, -1, 1 << 33, 7),
            "{l_type=F_UNLCK, l_whence=SEEK_END, l_start=-1, l_len=8589934592, l_pid=7}",
        ),
        (
            "ioctl", 0x5413, struct.pack("<4H", 24, 80, 1, 2),
            "{ws_row=24, ws_col=80, ws_xpixel=1, ws_ypixel=2}",
        ),
        (
            "ioctl", 0x5402, struct.pack("<4I", 0x500, 5, 0xCBF, 0x8A3B),
            f"{{c_iflag=ICRNL|IXON, c_oflag=OPOST|ONLCR, {CONTROL}, {LOCAL}, ...}}",
        ),
        ("ioctl", 0x40044C01, struct.pack("<I", 9), "[0x9]"),
        (
            "ioctl", 0xC0107502, struct.pack("<IIIi", 0, 16, 42, -14),
            "{ptr=NULL, size=16, value=42, result=-14}",
        ),
    ],
)  # fmt: skip
def test_what_an_argument_points_at(call: str, command: int, data: bytes, text: str) -> None:
    assert commands.argument(call, command, AT, memory(data), returned=True) == text
    assert commands.argument(call, command, 0x40, memory(data), returned=True) is None
    filled = commands.is_filled_in(call, command)
    early = commands.argument(call, command, AT, memory(data), returned=False)
    assert early == (None if filled else text)


def test_what_is_no_address_needs_no_memory() -> None:
    assert commands.argument("fcntl64", 2, 1, None, returned=False) == "FD_CLOEXEC"
    assert commands.argument("fcntl64", 4, 0o4000, None, returned=False) == "O_NONBLOCK"
    assert commands.argument("ioctl", 0x1234, AT, memory(b""), returned=True) is None


def test_an_unknown_command_is_told_by_its_parts() -> None:
    assert ioctl_command(0x5401) == "TCGETS"
    assert ioctl_command(0xC0107563) == "_IOC(_IOC_READ|_IOC_WRITE, 0x75, 0x63, 0x10)"
    assert ioctl_command(0x1234) == "_IOC(_IOC_NONE, 0x12, 0x34, 0)"


@pytest.mark.parametrize("header", ["leds_gpio.h", "uaccess_demo.h"])
def test_commands_of_our_devices_are_those_of_the_kernels_headers(header: str) -> None:
    sizes = {"unsigned int": 4, "struct uaccess_demo": 16}
    text = (find_tree().kernel / "include/uapi/linux" / header).read_text()
    found = re.findall(r"#define (\w+)\s+_IO(W|R|WR)\('(.)', (\d+), ([\w ]+)\)", text)
    assert len(found) >= 2
    for name, way, letter, number, kind in found:
        direction = {"W": 1, "R": 2, "WR": 3}[way]
        command = direction << 30 | sizes[kind] << 16 | ord(letter) << 8 | int(number)
        assert DEVICE_IOCTL.get(command) == name
        assert commands.is_filled_in("ioctl", command) == (way != "W")


def test_a_call_in_strace_form() -> None:
    calls = Syscalls.of_tree(find_tree().kernel)
    lock = memory(struct.pack("<hhiii", 0, 1, 0, 0, 0))
    number = calls.number("ioctl")
    assert number is not None
    assert format_call(
        calls, number, (3, 0x40044C01, AT, 0, 0, 0, 0), 0, memory(b"\x09\0\0\0")
    ) == ("ioctl(3, LEDS_SET, [0x9]) = 0")
    assert commands.argument("fcntl64", 7, AT, lock, returned=False) == (
        "{l_type=F_RDLCK, l_whence=SEEK_CUR, l_start=0, l_len=0}"
    )
