"""Linux's error numbers on ARM (``include/uapi/asm-generic/errno{-base,}.h``).

The host's own ``errno`` module will not do: macOS, for one, numbers otherwise.
"""

from __future__ import annotations

_NAMES = """
1 EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD
11 EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR
21 EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS
31 EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP
42 ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI EL2HLT
52 EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT
59 EBFONT ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV
69 ESRMNT ECOMM EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG
79 ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK
89 EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP
96 EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET
103 ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT
111 ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL
120 EISNAM EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED
129 EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL EHWPOISON
512 ERESTARTSYS ERESTARTNOINTR ERESTARTNOHAND ENOIOCTLCMD ERESTART_RESTARTBLOCK
"""
_MEANINGS = {
    "EPERM": "not permitted",
    "ENOENT": "no such file or directory",
    "ESRCH": "no such process",
    "EINTR": "interrupted by a signal",
    "EIO": "input or output error",
    "E2BIG": "argument list too long",
    "ENOEXEC": "not a program",
    "EBADF": "bad file descriptor",
    "ECHILD": "no child process",
    "EAGAIN": "try again",
    "ENOMEM": "out of memory",
    "EACCES": "permission denied",
    "EFAULT": "bad address",
    "EBUSY": "busy",
    "EEXIST": "exists already",
    "ENODEV": "no such device",
    "ENOTDIR": "not a directory",
    "EISDIR": "is a directory",
    "EINVAL": "invalid argument",
    "ENFILE": "too many open files in the system",
    "EMFILE": "too many open files",
    "ENOTTY": "no such ioctl here",
    "EFBIG": "file too large",
    "ENOSPC": "no space left",
    "ESPIPE": "cannot seek",
    "EROFS": "read-only file system",
    "EPIPE": "nobody reads",
    "ERANGE": "result too large",
    "ENAMETOOLONG": "name too long",
    "ENOSYS": "no such system call",
    "ENOTEMPTY": "directory not empty",
    "ELOOP": "too many symbolic links",
    "EOVERFLOW": "value too large",
    "EOPNOTSUPP": "not supported",
    "ETIMEDOUT": "timed out",
}

# What strerror() says where that is not the above with a capital letter.
_STRERROR = {
    "EPERM": "Operation not permitted",
    "EINTR": "Interrupted system call",
    "EIO": "Input/output error",
    "ENXIO": "No such device or address",
    "ENOEXEC": "Exec format error",
    "ECHILD": "No child processes",
    "EAGAIN": "Resource temporarily unavailable",
    "ENOMEM": "Cannot allocate memory",
    "EBUSY": "Device or resource busy",
    "EEXIST": "File exists",
    "ENFILE": "Too many open files in system",
    "ENOTTY": "Inappropriate ioctl for device",
    "ETXTBSY": "Text file busy",
    "ENOSPC": "No space left on device",
    "ESPIPE": "Illegal seek",
    "EROFS": "Read-only file system",
    "EPIPE": "Broken pipe",
    "ERANGE": "Numerical result out of range",
    "EDEADLK": "Resource deadlock avoided",
    "ENAMETOOLONG": "File name too long",
    "ENOSYS": "Function not implemented",
    "ELOOP": "Too many levels of symbolic links",
    "EOVERFLOW": "Value too large for defined data type",
    "EOPNOTSUPP": "Operation not supported",
    "ETIMEDOUT": "Connection timed out",
    "EISDIR": "Is a directory",
    "ENOTDIR": "Not a directory",
}


def _parse() -> dict[int, str]:
    found: dict[int, str] = {}
    for line in _NAMES.split("\n"):
        words = line.split()
        if words:
            found |= dict(enumerate(words[1:], start=int(words[0])))
    return found


NAMES = _parse()
"""Error number to name."""
NUMBERS = {name: number for number, name in NAMES.items()}
"""Name to error number."""


def error_of(result: int) -> int | None:
    """Return the error number in a system call's result (the word in r0), None for success."""
    return (1 << 32) - result if 0xFFFFF001 <= result <= 0xFFFFFFFF else None


def describe(number: int) -> str:
    """Return an error as people read it: ``EFAULT (bad address)``."""
    name = NAMES.get(number, f"error {number}")
    meaning = _MEANINGS.get(name)
    return f"{name} ({meaning})" if meaning else name


def strerror(number: int) -> str:
    """Return an error as strace has it: ``EFAULT (Bad address)``."""
    name = NAMES.get(number, f"errno_{number}")
    meaning = _STRERROR.get(name) or _MEANINGS.get(name, "").capitalize()
    return f"{name} ({meaning})" if meaning else name
