"""What a system call's pointers point at, as strace writes it.

Layouts are those of Linux's ARM EABI (``include/uapi``). What has no writer here is shown by the
kernel's own DWARF, member by member, or as an address.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from ringview.guest.constants import (
    FILE_SYSTEMS,
    MOUNTED,
    OPEN,
    OPEN_ACCESS,
    POLL,
    SIGACTION,
    SIGNAL_NAMES,
    SIGSTACK,
    file_mode,
    flag_words,
    signal_code,
    signal_set,
)
from ringview.guest.debuginfo import DebugInfo
from ringview.guest.linux_errors import error_of
from ringview.guest.types import quote_bytes, read_string, read_typed

Read = Callable[[int, int], bytes | None]
Values = Mapping[str, int]
"""A call's arguments by their parameters' names."""

STRING_LIMIT = 32
ELEMENT_LIMIT = 16
"""Elements of an array that are shown; strace shows 32, a line of the screen holds fewer."""
_GENERIC_SIZE = 64
"""Bytes of the largest structure that is shown member by member."""
_SPECIAL_TIMES = {0x3FFFFFFF: "UTIME_NOW", 0x3FFFFFFE: "UTIME_OMIT"}
_INFINITY = {(1 << 32) - 1: "RLIM_INFINITY", (1 << 64) - 1: "RLIM64_INFINITY"}


def unpack(read: Read, address: int, layout: str) -> tuple[int, ...] | None:
    """Return little-endian members at a user address, None where they cannot be read."""
    data = read(address, struct.calcsize("<" + layout))
    if data is None or len(data) < struct.calcsize("<" + layout):
        return None
    return struct.unpack("<" + layout, data)


def pointed(
    call: str,
    parameter: str,
    target: str,
    address: int,
    values: Values,
    read: Read,
    debug: DebugInfo | None = None,
    result: int | None = None,
) -> str | None:
    """Return what a pointer argument points at, None where only the address can be told.

    Args:
        call: the system call's name.
        parameter: the parameter's name.
        target: what it points to in C's words, without qualifiers, such as ``struct iovec``.
        address: virtual address.
        values: all arguments, by which arrays know their length.
        read: user memory.
        debug: knows the structures that are not known here.
        result: r0 after the call, by which some know how much was filled in; None before.
    """
    if call.startswith("execve") and parameter.removeprefix("u") in {"argv", "envp"}:
        return _strings(read, address, shown=parameter.endswith("argv"))
    if "select" in call and parameter in {"in", "out", "ex"}:
        return _descriptor_set(read, address, values.get("n", 0))
    if call in {"pipe", "pipe2"}:
        return _array(read, address, 2)
    if call == "getdents64":
        return _entries(read, address, result or 0)
    if call == "sched_getaffinity":
        return _processors(read, address, result or 0)
    if call == "wait4" and target == "int":
        words = unpack(read, address, "i")
        return None if words is None else f"[{wait_status(words[0])}]"
    if target == "struct iovec":
        written = call.startswith(("write", "pwrite", "vmsplice"))
        filled = result if result is not None and error_of(result) is None else 0
        return _vectors(read, address, values.get("vlen", 0), None if written else filled)
    if target == "struct pollfd":
        return _polled(read, address, values.get("nfds", 0))
    if call.startswith("utimensat"):
        size = 16 if call.endswith("64") else 8
        both = [_timespec(read, address + i * size, "qq" if size == 16 else "ii") for i in (0, 1)]
        return None if None in both else f"[{', '.join(filter(None, both))}]"
    writer = _WRITERS.get(target)
    if writer is not None:
        return writer(read, address)
    if target in {"int", "unsigned int", "u32", "__u32", "loff_t"}:
        words = unpack(read, address, "q" if target == "loff_t" else "i")
        return None if words is None else f"[{words[0]}]"
    return _generic(debug, read, target, address)


def wait_status(status: int) -> str:
    """Return a wait status as strace has it (``include/uapi/linux/wait.h``)."""
    signal = status & 0x7F
    if status & 0xFFFF == 0xFFFF:
        return "{WIFCONTINUED(s)}"
    if signal == 0x7F:
        stopped = SIGNAL_NAMES.get(status >> 8 & 0xFF, str(status >> 8 & 0xFF))
        return f"{{WIFSTOPPED(s) && WSTOPSIG(s) == {stopped}}}"
    if signal:
        return f"{{WIFSIGNALED(s) && WTERMSIG(s) == {SIGNAL_NAMES.get(signal, str(signal))}}}"
    return f"{{WIFEXITED(s) && WEXITSTATUS(s) == {status >> 8 & 0xFF}}}"


def siginfo(read: Read, address: int) -> str | None:
    """Return a ``siginfo_t`` in words (``asm/signal.h``): who sent a signal, or where it struck."""
    words = unpack(read, address, "iiiIIiii")
    if words is None:
        return None
    signal, _errno, code, first, uid, value, user, system = words
    text = f"si_signo={SIGNAL_NAMES.get(signal, str(signal))}, si_code={signal_code(signal, code)}"
    if code > 0 and signal in {4, 5, 7, 8, 11} and code != 0x80:
        return f"{{{text}, si_addr={f'{first:#x}' if first else 'NULL'}}}"
    if signal == 17 and code > 0:
        ended = SIGNAL_NAMES.get(value, str(value)) if code != 1 else str(value)
        times = f"si_utime={user}, si_stime={system}"
        return f"{{{text}, si_pid={first}, si_uid={uid}, si_status={ended}, {times}}}"
    if code == 0x80:
        return f"{{{text}}}"
    text += f", si_pid={first}, si_uid={uid}"
    return f"{{{text}, si_int={value}}}" if code == -1 else f"{{{text}}}"


def open_flags(flags: int, *, access: bool = True) -> str:
    """Return a file's flags: ``O_RDWR|O_CREAT``; without the first if ``access`` is false."""
    rest = flag_words(flags & ~3, OPEN)
    if not access:
        return rest or "0"
    return "|".join(filter(None, (OPEN_ACCESS.get(flags & 3, "0x3"), rest)))


def _strings(read: Read, address: int, *, shown: bool) -> str | None:
    """Return argv as its strings, envp by their number alone."""
    texts: list[str] = []
    for count in range(256):
        word = unpack(read, address + 4 * count, "I")
        if word is None:
            return None
        if word[0] == 0:
            break
        string = read_string(read, word[0], STRING_LIMIT)
        texts.append(f"{word[0]:#x}" if string is None else quote_bytes(string, STRING_LIMIT))
    if not shown:
        return f"{address:#x} /* {len(texts)} var{'' if len(texts) == 1 else 's'} */"
    more = ["..."] if len(texts) > ELEMENT_LIMIT else []
    return f"[{', '.join(texts[:ELEMENT_LIMIT] + more)}]"


def _descriptor_set(read: Read, address: int, count: int) -> str | None:
    bits = read(address, (min(count, 1024) + 31) // 32 * 4)
    if bits is None:
        return None
    number = int.from_bytes(bits, "little")
    return f"[{' '.join(str(fd) for fd in range(min(count, 1024)) if number >> fd & 1)}]"


def _array(read: Read, address: int, count: int) -> str | None:
    words = unpack(read, address, "i" * count)
    return None if words is None else f"[{', '.join(map(str, words))}]"


def _vectors(read: Read, address: int, count: int, filled: int | None) -> str | None:
    """Return an array of buffers.

    Args:
        read: user memory.
        address: the array's.
        count: how many there are.
        filled: bytes that the call put into all of them; None if it takes them out.
    """
    parts: list[str] = []
    for index in range(min(count, ELEMENT_LIMIT)):
        words = unpack(read, address + 8 * index, "II")
        if words is None:
            return None
        base, length = words
        there = length if filled is None else min(length, filled)
        filled = None if filled is None else filled - there
        data = read(base, min(there, STRING_LIMIT + 1)) if there else None
        shown = f"{base:#x}" if data is None else quote_bytes(data, STRING_LIMIT)
        if filled is None and not length:
            shown = '""'
        parts.append(f"{{iov_base={shown}, iov_len={length}}}")
    return f"[{', '.join(parts + (['...'] if count > ELEMENT_LIMIT else []))}]"


def _entries(read: Read, address: int, size: int) -> str | None:
    """Return a directory's entries by their number, as strace does: names would fill the screen."""
    count = at = 0
    while at < size:
        words = unpack(read, address + at + 16, "H")
        if words is None or not words[0]:
            return None
        count, at = count + 1, at + words[0]
    return f"{address:#x} /* {count} entries */"


def _processors(read: Read, address: int, size: int) -> str | None:
    data = read(address, size)
    if data is None:
        return None
    mask = int.from_bytes(data, "little")
    return f"[{' '.join(str(n) for n in range(8 * size) if mask >> n & 1)}]"


def _polled(read: Read, address: int, count: int) -> str | None:
    parts: list[str] = []
    for index in range(min(count, ELEMENT_LIMIT)):
        words = unpack(read, address + 8 * index, "iHH")
        if words is None:
            return None
        parts.append(f"{{fd={words[0]}, events={flag_words(words[1], POLL) or '0'}}}")
    return f"[{', '.join(parts + (['...'] if count > ELEMENT_LIMIT else []))}]"


def polled_results(read: Read, address: int, count: int) -> str:
    """Return what strace adds to poll's result: ``([{fd=3, revents=POLLIN}])``."""
    parts: list[str] = []
    for index in range(min(count, ELEMENT_LIMIT)):
        words = unpack(read, address + 8 * index, "iHH")
        if words is not None and words[2]:
            parts.append(f"{{fd={words[0]}, revents={flag_words(words[2], POLL)}}}")
    return f"([{', '.join(parts)}])"


def _timespec(read: Read, address: int, layout: str, unit: str = "nsec") -> str | None:
    words = unpack(read, address, layout)
    if words is None:
        return None
    # the upper half of a 32-bit program's 64-bit nanoseconds is padding
    low = words[1] & 0xFFFFFFFF
    if low in _SPECIAL_TIMES:
        return _SPECIAL_TIMES[low]
    return f"{{tv_sec={words[0]}, tv_{unit}={low - (1 << 32) if low >> 31 else low}}}"


def _interval_timer(read: Read, address: int) -> str | None:
    interval = _timespec(read, address, "ii", "usec")
    value = _timespec(read, address + 8, "ii", "usec")
    return None if value is None else f"{{it_interval={interval}, it_value={value}}}"


def _handler(address: int) -> str:
    return {0: "SIG_DFL", 1: "SIG_IGN"}.get(address, f"{address:#x}")


def _sigaction(read: Read, address: int) -> str | None:
    words = unpack(read, address, "IIIII")
    if words is None:
        return None
    handler, flags, restorer, low, high = words
    text = f"sa_handler={_handler(handler)}, sa_mask={signal_set((low, high))}"
    text += f", sa_flags={flag_words(flags, SIGACTION) or '0'}"
    return f"{{{text}, sa_restorer={restorer:#x}}}" if flags & 0x4000000 else f"{{{text}}}"


def _sigset(read: Read, address: int) -> str | None:
    words = unpack(read, address, "II")
    return None if words is None else signal_set((words[0], words[1]))


def _stack(read: Read, address: int) -> str | None:
    words = unpack(read, address, "III")
    if words is None:
        return None
    sp, flags, size = words
    shown = f"{sp:#x}" if sp else "NULL"
    return f"{{ss_sp={shown}, ss_flags={flag_words(flags, SIGSTACK) or '0'}, ss_size={size}}}"


def _stat64(read: Read, address: int) -> str | None:
    words = unpack(read, address, "QIIIIIIQIxxxxq")
    if words is None:
        return None
    mode, rdev, size = words[3], words[7], words[9]
    # minor 0-7, major 8-19, minor from 20 on (new_encode_dev)
    device = f"st_rdev=makedev({rdev >> 8 & 0xFFF:#x}, {rdev & 0xFF:#x})"
    device_file = mode & 0o170000 in {0o020000, 0o060000}
    return f"{{st_mode={file_mode(mode)}, {device if device_file else f'st_size={size}'}, ...}}"


def _statx(read: Read, address: int) -> str | None:
    words = unpack(read, address, "IIQIIIHHQQ")
    if words is None:
        return None
    mask = flag_words(words[0] & ~0x7FF, {}) if words[0] & 0x7FF == 0x7FF else f"{words[0]:#x}"
    if words[0] & 0x7FF == 0x7FF:
        mask = "|".join(filter(None, ("STATX_BASIC_STATS", mask)))
    return f"{{stx_mask={mask}, stx_mode={file_mode(words[6])}, stx_size={words[9]}, ...}}"


def _utsname(read: Read, address: int) -> str | None:
    data = read(address, 6 * 65)
    if data is None:
        return None
    system, node = (quote_bytes(data[at : at + 65].partition(b"\0")[0], 65) for at in (0, 65))
    return f"{{sysname={system}, nodename={node}, ...}}"


def _statfs64(read: Read, address: int) -> str | None:
    """``struct statfs64`` of ARM: packed, 84 bytes (``asm-generic/statfs.h``)."""
    words = unpack(read, address, "IIQQQQQIIIII")
    if words is None:
        return None
    kind, block, *counts, fsid0, fsid1, longest, fragment, flags = words
    members = {
        "f_type": FILE_SYSTEMS.get(kind, f"{kind:#x}"),
        "f_bsize": block,
        **dict(zip(_BLOCKS_AND_FILES, counts, strict=True)),
        "f_fsid": f"{{val=[{fsid0:#x}, {fsid1:#x}]}}".replace("0x0]", "0]").replace("[0x0,", "[0,"),
        "f_namelen": longest,
        "f_frsize": fragment,
        "f_flags": flag_words(flags, MOUNTED) or 0,
    }
    return _members(members)


_BLOCKS_AND_FILES = ("f_blocks", "f_bfree", "f_bavail", "f_files", "f_ffree")


def _usage(read: Read, address: int) -> str | None:
    user = _timespec(read, address, "ii", "usec")
    system = _timespec(read, address + 8, "ii", "usec")
    return None if system is None else f"{{ru_utime={user}, ru_stime={system}, ...}}"


def _sysinfo(read: Read, address: int) -> str | None:
    words = unpack(read, address, "i9IHHIII")
    if words is None:
        return None
    uptime, load1, load5, load15, *sizes, procs, _pad, high, free_high, unit = words
    names = ("totalram", "freeram", "sharedram", "bufferram", "totalswap", "freeswap")
    last = {"procs": procs, "totalhigh": high, "freehigh": free_high, "mem_unit": unit}
    loads = f"[{load1}, {load5}, {load15}]"
    return _members(
        {"uptime": uptime, "loads": loads} | dict(zip(names, sizes, strict=True)) | last
    )


def _members(members: Mapping[str, object]) -> str:
    return f"{{{', '.join(f'{name}={value}' for name, value in members.items())}}}"


def _limit(read: Read, address: int, layout: str) -> str | None:
    words = unpack(read, address, layout)
    if words is None:
        return None
    soft, hard = (
        _INFINITY.get(w) or (f"{w >> 10}*1024" if w and not w & 1023 else str(w)) for w in words
    )
    return f"{{rlim_cur={soft}, rlim_max={hard}}}"


def _window(read: Read, address: int) -> str | None:
    words = unpack(read, address, "HHHH")
    return None if words is None else f"{{ws_row={words[0]}, ws_col={words[1]}, ...}}"


_WRITERS: dict[str, Callable[[Read, int], str | None]] = {
    "struct stat64": _stat64,
    "struct statx": _statx,
    "struct statfs64": _statfs64,
    "struct rusage": _usage,
    "struct sysinfo": _sysinfo,
    "struct new_utsname": _utsname,
    "struct __kernel_timespec": lambda read, at: _timespec(read, at, "qq"),
    "struct old_timespec32": lambda read, at: _timespec(read, at, "ii"),
    "struct __kernel_old_timeval": lambda read, at: _timespec(read, at, "ii", "usec"),
    "struct __kernel_old_itimerval": _interval_timer,
    "struct sigaction": _sigaction,
    "sigset_t": _sigset,
    "stack_t": _stack,
    "siginfo_t": siginfo,
    "struct rlimit": lambda read, at: _limit(read, at, "II"),
    "struct rlimit64": lambda read, at: _limit(read, at, "QQ"),
    "struct winsize": _window,
}


def _generic(debug: DebugInfo | None, read: Read, target: str, address: int) -> str | None:
    """Return a small structure member by member, by DWARF."""
    index = debug.type(target) if debug is not None and target.startswith("struct ") else None
    if debug is None or index is None or not 0 < debug.sizeof(index) <= _GENERIC_SIZE:
        return None
    value = read_typed(debug, read, index, address)
    if value.raw is None or not value.children:
        return None
    parts: list[str] = []
    for child in value.children:
        # of a pointer to a string, the string
        text = child.rendered
        quote = text.find('"') if text.startswith("0x") else -1
        if child.children:
            text = f"[{', '.join(c.rendered for c in child.children)}]"
        parts.append(f"{child.name}={text[quote:] if quote >= 0 else text}")
    return f"{{{', '.join(parts)}}}"
