"""Names and numbers of Linux's ARM ABI that scenarios speak of (include/uapi/asm-generic/errno*.h,
arch/arm/include/uapi/asm/signal.h). The host's own numbers would be wrong on a host that is not
Linux.
"""

from __future__ import annotations

ERRNO = {
    "EPERM": 1,
    "ENOENT": 2,
    "ESRCH": 3,
    "EINTR": 4,
    "EIO": 5,
    "ENXIO": 6,
    "E2BIG": 7,
    "ENOEXEC": 8,
    "EBADF": 9,
    "ECHILD": 10,
    "EAGAIN": 11,
    "ENOMEM": 12,
    "EACCES": 13,
    "EFAULT": 14,
    "EBUSY": 16,
    "EEXIST": 17,
    "ENODEV": 19,
    "ENOTDIR": 20,
    "EISDIR": 21,
    "EINVAL": 22,
    "ENFILE": 23,
    "EMFILE": 24,
    "ENOTTY": 25,
    "EFBIG": 27,
    "ENOSPC": 28,
    "ESPIPE": 29,
    "EROFS": 30,
    "EPIPE": 32,
    "ERANGE": 34,
    "EDEADLK": 35,
    "ENAMETOOLONG": 36,
    "ENOSYS": 38,
    "ETIMEDOUT": 110,
}
"""Error numbers by name."""

SIGNALS = {
    "SIGHUP": 1,
    "SIGINT": 2,
    "SIGQUIT": 3,
    "SIGILL": 4,
    "SIGTRAP": 5,
    "SIGABRT": 6,
    "SIGBUS": 7,
    "SIGFPE": 8,
    "SIGKILL": 9,
    "SIGUSR1": 10,
    "SIGSEGV": 11,
    "SIGUSR2": 12,
    "SIGPIPE": 13,
    "SIGALRM": 14,
    "SIGTERM": 15,
    "SIGCHLD": 17,
    "SIGSTOP": 19,
    "SIGXCPU": 24,
    "SIGSYS": 31,
}
"""Signal numbers by name."""

_ERRNO_NAMES = {number: name for name, number in ERRNO.items()}
_SIGNAL_NAMES = {number: name for name, number in SIGNALS.items()}


def result_words(value: int | None) -> str:
    """Return a system call's result in words: ``0``, ``-EFAULT``, ``no result``."""
    if value is None:
        return "no result"
    name = _ERRNO_NAMES.get(-value)
    return f"-{name}" if name else str(value)


def signal_name(number: int) -> str:
    """Return ``SIGSEGV`` for 11, ``signal 40`` for one without a name."""
    return _SIGNAL_NAMES.get(number, f"signal {number}")
