"""The words behind numbers that system calls take: flags, modes, signals (Linux's ARM ABI).

Values are those of ``arch/arm/include/uapi/asm`` and ``include/uapi/asm-generic``; where ARM
differs from x86, as in O_DIRECTORY, the host's own headers would mislead.
"""

from __future__ import annotations

from collections.abc import Mapping

SIGNALS = {
    number: f"SIG{name}"
    for number, name in enumerate(
        [
            "HUP",
            "INT",
            "QUIT",
            "ILL",
            "TRAP",
            "ABRT",
            "BUS",
            "FPE",
            "KILL",
            "USR1",
            "SEGV",
            "USR2",
            "PIPE",
            "ALRM",
            "TERM",
            "STKFLT",
            "CHLD",
            "CONT",
            "STOP",
            "TSTP",
            "TTIN",
            "TTOU",
            "URG",
            "XCPU",
            "XFSZ",
            "VTALRM",
            "PROF",
            "WINCH",
            "IO",
            "PWR",
            "SYS",
        ],
        start=1,
    )
}
PROT = {1: "PROT_READ", 2: "PROT_WRITE", 4: "PROT_EXEC"}
MAP = {
    0x01: "MAP_SHARED",
    0x02: "MAP_PRIVATE",
    0x10: "MAP_FIXED",
    0x20: "MAP_ANONYMOUS",
    0x100: "MAP_GROWSDOWN",
    0x4000: "MAP_NORESERVE",
    0x8000: "MAP_POPULATE",
    0x20000: "MAP_STACK",
}
OPEN_ACCESS = {0: "O_RDONLY", 1: "O_WRONLY", 2: "O_RDWR"}
OPEN = {
    0o100: "O_CREAT",
    0o200: "O_EXCL",
    0o400: "O_NOCTTY",
    0o1000: "O_TRUNC",
    0o2000: "O_APPEND",
    0o4000: "O_NONBLOCK",
    0o40000: "O_DIRECTORY",
    0o100000: "O_NOFOLLOW",
    0o400000: "O_LARGEFILE",
    0o2000000: "O_CLOEXEC",
}
CLONE = {
    0x100: "CLONE_VM",
    0x200: "CLONE_FS",
    0x400: "CLONE_FILES",
    0x800: "CLONE_SIGHAND",
    0x4000: "CLONE_VFORK",
    0x8000: "CLONE_PARENT",
    0x10000: "CLONE_THREAD",
    0x40000: "CLONE_SYSVSEM",
    0x80000: "CLONE_SETTLS",
    0x100000: "CLONE_PARENT_SETTID",
    0x200000: "CLONE_CHILD_CLEARTID",
    0x400000: "CLONE_DETACHED",
    0x1000000: "CLONE_CHILD_SETTID",
}
WHENCE = {0: "SEEK_SET", 1: "SEEK_CUR", 2: "SEEK_END"}
HOW = {0: "SIG_BLOCK", 1: "SIG_UNBLOCK", 2: "SIG_SETMASK"}
CLOCKS = {0: "CLOCK_REALTIME", 1: "CLOCK_MONOTONIC", 4: "CLOCK_MONOTONIC_RAW", 7: "CLOCK_BOOTTIME"}
FUTEX = {
    0: "FUTEX_WAIT",
    1: "FUTEX_WAKE",
    3: "FUTEX_REQUEUE",
    4: "FUTEX_CMP_REQUEUE",
    9: "FUTEX_WAIT_BITSET",
    10: "FUTEX_WAKE_BITSET",
}
FUTEX_PRIVATE_FLAG = 128
FUTEX_CLOCK_REALTIME = 256
AT_FDCWD = 0xFFFFFF9C
_WORDS_BY_NAME: dict[str, Mapping[int, str]] = {
    "sig": SIGNALS,
    "whence": WHENCE,
    "how": HOW,
    "which": CLOCKS,
    "which_clock": CLOCKS,
}


def explain(call: str, parameter: str, value: int) -> str | None:
    """Return an argument in words, such as ``PROT_READ|PROT_WRITE``, None if it has none.

    Args:
        call: the system call's name.
        parameter: the parameter's name in its declaration.
        value: the argument as an unsigned word.
    """
    if parameter == "prot":
        return flag_words(value, PROT) or "PROT_NONE"
    if parameter == "flags" and call in {"mmap", "mmap2"}:
        return flag_words(value, MAP)
    if parameter == "flags" and call in {"open", "openat", "pipe2", "dup3"}:
        access = OPEN_ACCESS.get(value & 3)
        rest = flag_words(value & ~3, OPEN)
        if call in {"pipe2", "dup3"}:
            return rest or "0"
        return None if access is None else f"{access}|{rest}" if rest else access
    if parameter == "clone_flags":
        ending = SIGNALS.get(value & 0xFF, "")
        return "|".join(filter(None, (flag_words(value & ~0xFF, CLONE), ending))) or "0"
    if parameter == "mode" and call in {"open", "openat", "creat", "mkdir", "mkdirat", "chmod"}:
        return f"0{value:o}" if value else "0"
    if parameter == "dfd" and value == AT_FDCWD:
        return "AT_FDCWD"
    if parameter == "op" and call.startswith("futex"):
        return _futex(value)
    return _WORDS_BY_NAME.get(parameter, {}).get(value)


def flag_words(value: int, names: Mapping[int, str]) -> str:
    """Return the names of the bits set, joined by ``|``; bits without a name in hexadecimal."""
    words = [name for bit, name in names.items() if value & bit]
    rest = value & ~sum(names)
    return "|".join([*words, *([f"{rest:#x}"] if rest else [])])


def _futex(value: int) -> str | None:
    command = FUTEX.get(value & 0x7F)
    if command is None:
        return None
    private = "_PRIVATE" if value & FUTEX_PRIVATE_FLAG else ""
    clock = "|FUTEX_CLOCK_REALTIME" if value & FUTEX_CLOCK_REALTIME else ""
    return f"{command}{private}{clock}"
