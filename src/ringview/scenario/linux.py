"""Names of Linux's ARM ABI that scenarios speak of: errors and signals."""

from __future__ import annotations

from ringview.guest.linux_errors import NAMES, NUMBERS

ERRNO = NUMBERS
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
"""Signal numbers by name (arch/arm/include/uapi/asm/signal.h)."""

_SIGNAL_NAMES = {number: name for name, number in SIGNALS.items()}


def result_words(value: int | None) -> str:
    """Return a system call's result in words: ``0``, ``-EFAULT``, ``no result``."""
    if value is None:
        return "no result"
    name = NAMES.get(-value)
    return f"-{name}" if name else str(value)


def signal_name(number: int) -> str:
    """Return ``SIGSEGV`` for 11, ``signal 40`` for one without a name."""
    return _SIGNAL_NAMES.get(number, f"signal {number}")
