"""The words behind numbers that system calls take: flags, modes, signals (Linux's ARM ABI).

Values are those of ``arch/arm/include/uapi/asm`` and ``include/uapi/asm-generic``; where ARM
differs from x86, as in O_DIRECTORY, the host's own headers would mislead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
SIGNAL_NAMES = SIGNALS | {32: "SIGRTMIN"} | {n: f"SIGRT_{n - 32}" for n in range(33, 65)}
"""All 64; the real-time ones as strace calls them."""
# Where the order of flags is not that of their bits, it is strace's.
PROT = {1: "PROT_READ", 2: "PROT_WRITE", 4: "PROT_EXEC", 8: "PROT_SEM"}
MAP = {
    0x01: "MAP_SHARED",
    0x02: "MAP_PRIVATE",
    0x10: "MAP_FIXED",
    0x20: "MAP_ANONYMOUS",
    0x4000: "MAP_NORESERVE",
    0x8000: "MAP_POPULATE",
    0x100: "MAP_GROWSDOWN",
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
    0o4010000: "O_SYNC",
    0o10000: "O_DSYNC",
    0o200000: "O_DIRECT",
    0o400000: "O_LARGEFILE",
    0o100000: "O_NOFOLLOW",
    0o1000000: "O_NOATIME",
    0o2000000: "O_CLOEXEC",
    0o10000000: "O_PATH",
    0o40000: "O_DIRECTORY",
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
CLOCKS = {
    0: "CLOCK_REALTIME",
    1: "CLOCK_MONOTONIC",
    2: "CLOCK_PROCESS_CPUTIME_ID",
    3: "CLOCK_THREAD_CPUTIME_ID",
    4: "CLOCK_MONOTONIC_RAW",
    5: "CLOCK_REALTIME_COARSE",
    6: "CLOCK_MONOTONIC_COARSE",
    7: "CLOCK_BOOTTIME",
}
FUTEX = {
    0: "FUTEX_WAIT",
    1: "FUTEX_WAKE",
    3: "FUTEX_REQUEUE",
    4: "FUTEX_CMP_REQUEUE",
    9: "FUTEX_WAIT_BITSET",
    10: "FUTEX_WAKE_BITSET",
}
FUTEX_COMMAND = 0x7F
FUTEX_PRIVATE_FLAG = 128
FUTEX_CLOCK_REALTIME = 256
AT_FDCWD = 0xFFFFFF9C
_SPECIAL = {
    **{(name, AT_FDCWD): "AT_FDCWD" for name in ("dfd", "olddfd", "newdfd")},
    ("val3", 0xFFFFFFFF): "FUTEX_BITSET_MATCH_ANY",
    ("fd", 0xFFFFFFFF): "-1",
}
AT = {
    0x100: "AT_SYMLINK_NOFOLLOW",
    0x200: "AT_REMOVEDIR",
    0x400: "AT_SYMLINK_FOLLOW",
    0x800: "AT_NO_AUTOMOUNT",
    0x1000: "AT_EMPTY_PATH",
}
ACCESS = {4: "R_OK", 2: "W_OK", 1: "X_OK"}
FCNTL = {
    0: "F_DUPFD",
    1: "F_GETFD",
    2: "F_SETFD",
    3: "F_GETFL",
    4: "F_SETFL",
    5: "F_GETLK",
    6: "F_SETLK",
    7: "F_SETLKW",
    12: "F_GETLK64",
    13: "F_SETLK64",
    14: "F_SETLKW64",
    1030: "F_DUPFD_CLOEXEC",
    1032: "F_GETPIPE_SZ",
}
IOCTL = {
    0x5401: "TCGETS",
    0x5402: "TCSETS",
    0x5403: "TCSETSW",
    0x5404: "TCSETSF",
    0x540F: "TIOCGPGRP",
    0x5410: "TIOCSPGRP",
    0x5413: "TIOCGWINSZ",
    0x5414: "TIOCSWINSZ",
    0x541B: "FIONREAD",
}
DEVICE_IOCTL = {
    0x40044C01: "LEDS_SET",
    0x80044C02: "LEDS_GET",
    **{
        0xC0107500 | number: f"UACCESS_DEMO_{name}"
        for number, name in enumerate(
            (
                *("ACCESS_OK", "GET_USER", "PUT_USER", "COPY_FROM", "COPY_TO", "STRNCPY"),
                *("STRNLEN", "STRLEN", "CLEAR", "ATOMIC", "HANDLER"),
            ),
            start=1,
        )
    },
}
"""Commands of this kernel's own devices (uapi/linux/leds_gpio.h, uaccess_demo.h)."""
FLOCK = {1: "LOCK_SH", 2: "LOCK_EX", 4: "LOCK_NB", 8: "LOCK_UN"}
LOCK_TYPES = {0: "F_RDLCK", 1: "F_WRLCK", 2: "F_UNLCK"}
TERMIOS_INPUT = {
    0x1: "IGNBRK", 0x2: "BRKINT", 0x4: "IGNPAR", 0x8: "PARMRK", 0x10: "INPCK", 0x20: "ISTRIP",
    0x40: "INLCR", 0x80: "IGNCR", 0x100: "ICRNL", 0x200: "IUCLC", 0x400: "IXON", 0x800: "IXANY",
    0x1000: "IXOFF", 0x2000: "IMAXBEL", 0x4000: "IUTF8",
}  # fmt: skip
TERMIOS_OUTPUT = {
    0x1: "OPOST", 0x2: "OLCUC", 0x4: "ONLCR", 0x8: "OCRNL", 0x10: "ONOCR", 0x20: "ONLRET",
    0x40: "OFILL", 0x80: "OFDEL",
}  # fmt: skip
TERMIOS_CONTROL = {0x40: "CSTOPB", 0x80: "CREAD", 0x100: "PARENB", 0x200: "PARODD", 0x400: "HUPCL"}
TERMIOS_CONTROL |= {0x800: "CLOCAL"}
TERMIOS_SPEEDS = {0xD: "B9600", 0xE: "B19200", 0xF: "B38400", 0x1001: "B57600", 0x1002: "B115200"}
TERMIOS_SIZES = {0x00: "CS5", 0x10: "CS6", 0x20: "CS7", 0x30: "CS8"}
TERMIOS_LOCAL = {
    0x1: "ISIG", 0x2: "ICANON", 0x4: "XCASE", 0x8: "ECHO", 0x10: "ECHOE", 0x20: "ECHOK",
    0x40: "ECHONL", 0x80: "NOFLSH", 0x100: "TOSTOP", 0x8000: "IEXTEN", 0x200: "ECHOCTL",
    0x400: "ECHOPRT", 0x800: "ECHOKE",
}  # fmt: skip
WAIT = {
    1: "WNOHANG",
    2: "WUNTRACED",
    4: "WEXITED",
    8: "WCONTINUED",
    0x1000000: "WNOWAIT",
    0x20000000: "__WNOTHREAD",
    0x40000000: "__WALL",
    0x80000000: "__WCLONE",
}
WAIT_FOR = {0: "P_ALL", 1: "P_PID", 2: "P_PGID"}
POLL = {
    0x1: "POLLIN",
    0x2: "POLLPRI",
    0x4: "POLLOUT",
    0x8: "POLLERR",
    0x10: "POLLHUP",
    0x20: "POLLNVAL",
    0x40: "POLLRDNORM",
    0x100: "POLLWRNORM",
}
MREMAP = {1: "MREMAP_MAYMOVE", 2: "MREMAP_FIXED"}
MADVISE = {
    0: "MADV_NORMAL",
    1: "MADV_RANDOM",
    2: "MADV_SEQUENTIAL",
    3: "MADV_WILLNEED",
    4: "MADV_DONTNEED",
    8: "MADV_FREE",
}
MSYNC = {1: "MS_ASYNC", 2: "MS_INVALIDATE", 4: "MS_SYNC"}
RESOURCES = dict(
    enumerate(
        f"RLIMIT_{name}"
        for name in (
            *("CPU", "FSIZE", "DATA", "STACK", "CORE", "RSS", "NPROC", "NOFILE", "MEMLOCK"),
            *("AS", "LOCKS", "SIGPENDING", "MSGQUEUE", "NICE", "RTPRIO", "RTTIME"),
        )
    )
)
POLICIES = {0: "SCHED_OTHER", 1: "SCHED_FIFO", 2: "SCHED_RR", 3: "SCHED_BATCH", 5: "SCHED_IDLE"}
ITIMERS = {0: "ITIMER_REAL", 1: "ITIMER_VIRTUAL", 2: "ITIMER_PROF"}
USAGE = {0: "RUSAGE_SELF", 0xFFFFFFFF: "RUSAGE_CHILDREN", 1: "RUSAGE_THREAD"}
GETRANDOM = {1: "GRND_NONBLOCK", 2: "GRND_RANDOM"}
SIGACTION = {
    0x4000000: "SA_RESTORER",
    0x8000000: "SA_ONSTACK",
    0x10000000: "SA_RESTART",
    0x40000000: "SA_NODEFER",
    0x80000000: "SA_RESETHAND",
    4: "SA_SIGINFO",
    1: "SA_NOCLDSTOP",
    2: "SA_NOCLDWAIT",
}
SIGSTACK = {1: "SS_ONSTACK", 2: "SS_DISABLE"}
_SIGINFO = {0: "SI_USER", 0x80: "SI_KERNEL", -1: "SI_QUEUE", -2: "SI_TIMER", -6: "SI_TKILL"}
_SIGINFO_OF = {
    4: {1: "ILL_ILLOPC", 2: "ILL_ILLOPN"},
    7: {1: "BUS_ADRALN", 2: "BUS_ADRERR"},
    8: {1: "FPE_INTDIV", 3: "FPE_FLTDIV"},
    11: {1: "SEGV_MAPERR", 2: "SEGV_ACCERR"},
    5: {1: "TRAP_BRKPT", 2: "TRAP_TRACE"},
    17: {1: "CLD_EXITED", 2: "CLD_KILLED", 3: "CLD_DUMPED", 5: "CLD_STOPPED", 6: "CLD_CONTINUED"},
}
FILE_SYSTEMS = {
    0x01021994: "TMPFS_MAGIC",
    0x858458F6: "RAMFS_MAGIC",
    0x9FA0: "PROC_SUPER_MAGIC",
    0x62656572: "SYSFS_MAGIC",
    0x1CD1: "DEVPTS_SUPER_MAGIC",
    0x50495045: "PIPEFS_MAGIC",
    0xEF53: "EXT2_SUPER_MAGIC",
}
"""Magic numbers of file systems (``linux/magic.h``)."""
MOUNTED = {
    0x1: "ST_RDONLY", 0x2: "ST_NOSUID", 0x4: "ST_NODEV", 0x8: "ST_NOEXEC", 0x10: "ST_SYNCHRONOUS",
    0x20: "ST_VALID", 0x40: "ST_MANDLOCK", 0x400: "ST_NOATIME", 0x800: "ST_NODIRATIME",
    0x1000: "ST_RELATIME",
}  # fmt: skip
FILE_TYPES = {
    0o140000: "S_IFSOCK",
    0o120000: "S_IFLNK",
    0o100000: "S_IFREG",
    0o060000: "S_IFBLK",
    0o040000: "S_IFDIR",
    0o020000: "S_IFCHR",
    0o010000: "S_IFIFO",
}
_WORDS_BY_NAME: dict[str, Mapping[int, str]] = {
    "sig": SIGNAL_NAMES,
    "whence": WHENCE,
    "how": HOW,
    "which": CLOCKS,
    "which_clock": CLOCKS,
    "resource": RESOURCES,
    "policy": POLICIES,
    "who": USAGE,
    "behavior": MADVISE,
}
_WORDS_BY_CALL: dict[tuple[str, str], Mapping[int, str]] = {
    ("fcntl", "cmd"): FCNTL,
    ("fcntl64", "cmd"): FCNTL,
    ("waitid", "which"): WAIT_FOR,
    ("setitimer", "which"): ITIMERS,
    ("getitimer", "which"): ITIMERS,
    ("clock_nanosleep", "flags"): {1: "TIMER_ABSTIME"},
    ("clock_nanosleep_time64", "flags"): {1: "TIMER_ABSTIME"},
}
_NAMED = frozenset({"whence", "how", "resource", "policy", "who", "behavior"})
"""Parameters of which every value has a name; another one is said to be without."""
_MODES = ("chmod", "fchmod", "fchmodat")
_FLAGS_BY_CALL: dict[tuple[str, str], Mapping[int, str]] = {
    ("flock", "cmd"): FLOCK,
    ("wait4", "options"): WAIT,
    ("waitid", "options"): WAIT,
    ("mremap", "flags"): MREMAP,
    ("msync", "flags"): MSYNC,
    ("getrandom", "flags"): GETRANDOM,
    ("statx", "mask"): {0x7FF: "STATX_BASIC_STATS"},
    **{
        (call, name): AT
        for call in ("fstatat64", "statx", "unlinkat", "linkat", "faccessat2", "fchownat")
        for name in ("flag", "flags")
    },
    ("utimensat", "flags"): AT,
    ("utimensat_time64", "flags"): AT,
}


def explain(call: str, parameter: str, value: int) -> str | None:
    """Return an argument in words, such as ``PROT_READ|PROT_WRITE``, None if it has none.

    Args:
        call: the system call's name.
        parameter: the parameter's name in its declaration.
        value: the argument as an unsigned word.
    """
    if parameter == "flags" and call in {"mmap", "mmap2"}:
        return flag_words(value, MAP)
    if parameter == "flags" and call in {"open", "openat", "pipe2", "dup3"}:
        access = OPEN_ACCESS.get(value & 3)
        rest = flag_words(value & ~3, OPEN)
        if call in {"pipe2", "dup3"}:
            return rest or "0"
        return None if access is None else f"{access}|{rest}" if rest else access
    if parameter == "mode" and call in {"access", "faccessat", "faccessat2"}:
        return flag_words(value, ACCESS) or "F_OK"
    if parameter == "mode" and call in {"open", "openat", "creat", "mkdir", "mkdirat", *_MODES}:
        return _octal(value)
    writer = _WRITERS.get((call, parameter)) or _WRITERS.get(("", parameter))
    if writer is not None:
        return writer(value)
    if (parameter, value) in _SPECIAL:
        return _SPECIAL[parameter, value]
    if parameter == "op" and call.startswith("futex"):
        return _futex(value)
    if (call, parameter) in _FLAGS_BY_CALL:
        return flag_words(value, _FLAGS_BY_CALL[call, parameter]) or "0"
    words = _WORDS_BY_CALL.get((call, parameter), _WORDS_BY_NAME.get(parameter, {}))
    nameless = _nameless(value, words) if parameter in _NAMED or call.startswith("fcntl") else None
    return words.get(value, nameless)


def _nameless(value: int, words: Mapping[int, str]) -> str | None:
    """Return a value that none of its parameter's names has: ``0x9 /* SEEK_??? */``."""
    kind = next(iter(words.values()), "").partition("_")[0]
    return f"{value:#x} /* {kind}_??? */" if words else None


def _octal(value: int) -> str:
    return f"0{value:02o}"


def ioctl_command(command: int) -> str:
    """Return an ioctl's command: by name, else by its parts as ``_IOC`` composes them."""
    name = IOCTL.get(command) or DEVICE_IOCTL.get(command)
    if name is not None:
        return name
    direction = ("_IOC_NONE", "_IOC_WRITE", "_IOC_READ", "_IOC_READ|_IOC_WRITE")[command >> 30]
    kind, number, size = command >> 8 & 0xFF, command & 0xFF, command >> 16 & 0x3FFF
    parts = (f"{part:#x}" if part else "0" for part in (kind, number, size))
    return f"_IOC({direction}, {', '.join(parts)})"


def _address(value: int) -> str:
    return f"{value:#x}" if value else "NULL"


def _clone_flags(value: int) -> str:
    ending = SIGNALS.get(value & 0xFF, "")
    return "|".join(filter(None, (flag_words(value & ~0xFF, CLONE), ending))) or "0"


_WRITERS: dict[tuple[str, str], Callable[[int], str]] = {
    # Of any call; addresses are declared as numbers.
    **{("", name): _address for name in ("addr", "new_addr", "brk", "start")},
    ("", "prot"): lambda value: flag_words(value, PROT) or "PROT_NONE",
    ("", "clone_flags"): _clone_flags,
    ("ioctl", "cmd"): ioctl_command,
    ("umask", "mask"): _octal,
    # mmap2's offset counts blocks of 4096 bytes.
    ("mmap2", "pgoff"): lambda value: f"{value << 12:#x}" if value else "0",
    ("rseq", "rseq_len"): hex,
}


def signal_code(signal: int, code: int) -> str:
    """Return ``si_code`` in words, such as ``SEGV_MAPERR``; what it means depends on the signal."""
    word = _SIGINFO.get(code) or _SIGINFO_OF.get(signal, {}).get(code)
    return word or (f"{code:#x}" if code >= 0 else str(code))


def file_mode(mode: int) -> str:
    """Return a file's mode as strace has it: ``S_IFREG|0644``."""
    kind = FILE_TYPES.get(mode & 0o170000)
    special = flag_words(mode & 0o7000, {0o4000: "S_ISUID", 0o2000: "S_ISGID", 0o1000: "S_ISVTX"})
    return "|".join(filter(None, (kind, special, f"0{mode & 0o777:02o}")))


def signal_set(words: tuple[int, int]) -> str:
    """Return a ``sigset_t`` by the names of its signals, ``~[…]`` where fewer are missing."""
    mask = words[0] | words[1] << 32
    inverted = mask.bit_count() > 32
    if inverted:
        mask ^= (1 << 64) - 1
    numbers = (number for number in range(1, 65) if mask >> (number - 1) & 1)
    names = (SIGNAL_NAMES[number].removeprefix("SIG") for number in numbers)
    return f"{'~' if inverted else ''}[{' '.join(names)}]"


def flag_words(value: int, names: Mapping[int, str]) -> str:
    """Return the names of the bits set, joined by ``|``; bits without a name in hexadecimal."""
    words: list[str] = []
    for bits, name in names.items():
        if value & bits == bits:
            words.append(name)
            value &= ~bits
    return "|".join([*words, *([f"{value:#x}"] if value else [])])


def _futex(value: int) -> str | None:
    command = FUTEX.get(value & 0x7F)
    if command is None:
        return None
    private = "_PRIVATE" if value & FUTEX_PRIVATE_FLAG else ""
    clock = "|FUTEX_CLOCK_REALTIME" if value & FUTEX_CLOCK_REALTIME else ""
    return f"{command}{private}{clock}"
