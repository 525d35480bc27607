from __future__ import annotations

import errno
import sys
from pathlib import Path

import pytest

from ringview.guest.calltext import format_call, format_result
from ringview.guest.debugstore import load_debuginfo
from ringview.guest.linux_errors import NAMES, NUMBERS, describe, error_of
from ringview.guest.syscalls import Syscalls, parse_table

from .conftest import zig_cc

TABLE = """
# comment
1	common	exit			sys_exit
4	common	write			sys_write
3	common	read			sys_read
180	common	pread64			sys_pread64
9	common	link
401	common	hello2			sys_hello2	# ours
402	common	blank			sys_blank
not a line
"""


def memory(address: int, size: int) -> bytes | None:
    data = b"hello\n\0" + b"x" * 100 + b"\0"
    start = address - 0x1000
    return data[start : start + size] if start >= 0 and start + size <= len(data) else None


@pytest.fixture
def calls() -> Syscalls:
    return Syscalls(parse_table(TABLE))


def test_names_and_numbers(calls: Syscalls) -> None:
    assert calls.name(401) == "hello2"
    assert calls.name(5) is None
    assert calls.name(0xF0005) == "set_tls"
    assert calls.name(0xF0099) is None
    assert calls.number("hello2") == calls.number("sys_hello2") == 401
    assert calls.number("cacheflush") == 0xF0002
    assert calls.number("nothing") is None
    assert calls.table[9].handler is None
    assert calls.table[401].handler == "sys_hello2"


def test_a_call_reads_like_strace(calls: Syscalls) -> None:
    write = format_call(calls, 4, (1, 0x1000, 6, 0, 0, 0, 0), 6, memory)
    assert write == 'write(1, "hello\\n", 6) = 6'
    assert format_call(calls, 4, (1, 0x1000, 6, 0, 0, 0, 0), None, memory) == (
        'write(1, "hello\\n", 6)'
    )
    assert format_call(calls, 4, (1, 0x9000, 6, 0, 0, 0, 0), 0xFFFFFFF2, memory) == (
        "write(1, 0x9000, 6) = -EFAULT (bad address)"
    )
    assert format_call(calls, 4, (1, 0x1000, 107, 0, 0, 0, 0), 107, memory) == (
        'write(1, "hello\\n\\x00xxxxxxxxxxxxxxxxxxxxxxxxx"…, 107) = 107'
    )


def test_what_the_kernel_fills_is_shown_only_once_it_has(calls: Syscalls) -> None:
    before = format_call(calls, 3, (0, 0x1000, 64, 0, 0, 0, 0), None, memory)
    assert before == "read(0, 0x1000, 64)"
    after = format_call(calls, 3, (0, 0x1000, 64, 0, 0, 0, 0), 5, memory)
    assert after == 'read(0, "hello", 64) = 5'


def test_structures_are_addresses_and_unknown_calls_words(calls: Syscalls) -> None:
    assert format_call(calls, 401, (0xBEF00C40, 0, 0, 0, 0, 0, 0), 0) == (
        "hello2(0xbef00c40, NULL) = 0"
    )
    assert format_call(calls, 777, (1, 0x20000, 3, 4, 5, 6, 7), 0xFFFFFFDA) == (
        "syscall_777(1, 0x20000, 3, 4) = -ENOSYS (no such system call)"
    )
    assert format_call(calls, 1, (0xFFFFFFFF, 0, 0, 0, 0, 0, 0), None) == "exit(-1)"


def test_results() -> None:
    assert format_result(0) == "0"
    assert format_result(0xFFFFFFF2) == "-EFAULT (bad address)"
    assert format_result(0xFFFFF000) == "-4096"
    assert format_result(0xB6F00000, "mmap2") == "0xb6f00000"
    assert error_of(0xFFFFF001) == 4095
    assert error_of(0xFFFFF000) is None
    assert describe(4095) == "error 4095"


@pytest.mark.skipif(sys.platform != "linux", reason="the host numbers its errors otherwise")
def test_errors_are_numbered_as_linux_does() -> None:
    for number, name in errno.errorcode.items():
        if name not in {"EWOULDBLOCK", "EDEADLOCK", "ENOTSUP"}:
            assert NAMES[number] == name
    assert NUMBERS["EFAULT"] == 14
    assert NUMBERS["ERESTARTSYS"] == 512


def test_a_call_just_added_is_known_by_its_dwarf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGVIEW_CACHE", str(tmp_path / "cache"))
    source = tmp_path / "new.c"
    source.write_text(
        "struct hello2_in; struct hello2_out; typedef long long loff_t;\n"
        "long sys_hello2(struct hello2_in *in, struct hello2_out *out) { return !in + !out; }\n"
        "long sys_pread64(unsigned fd, char *buf, unsigned count, loff_t pos)"
        " { return fd + !buf + count + pos; }\n"
        "long sys_blank(const char *name, int sign) { return !name + sign; }\n"
        "void _start(void) { sys_hello2(0, 0); sys_pread64(0, 0, 0, 0); sys_blank(0, 0); }\n"
    )
    debug = load_debuginfo(zig_cc(str(source), tmp_path / "new", "-O0"))
    calls = Syscalls(parse_table(TABLE), debug)
    hello2 = calls.prototype(401)
    assert hello2 is not None
    assert [(p.name, p.type_name) for p in hello2.parameters] == [
        ("in", "struct hello2_in *"),
        ("out", "struct hello2_out *"),
    ]
    pread = calls.prototype(180)
    assert pread is not None
    assert pread.registers() == ((0,), (1,), (2,), (4, 5)), "64 bits take an even pair"
    shown = format_call(calls, 180, (3, 0x1000, 5, 0, 7, 1, 0), 5, memory)
    assert shown == 'pread64(3, "hello", 5, 4294967303) = 5'
    blank = format_call(calls, 402, (0x1000, 0xFFFFFFFF, 0, 0, 0, 0, 0), 0, memory)
    assert blank == 'blank("hello\\n", -1) = 0'
