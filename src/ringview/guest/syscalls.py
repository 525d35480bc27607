"""System calls as text: names by number, arguments by type, results by meaning.

Names come from the tree's ``syscall.tbl``; prototypes from the DWARF of the kernel's own
``sys_`` functions, so that a call somebody has just added is shown properly. Of calls that a
kernel does not describe a few prototypes are known here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ringview.guest import commands, forms
from ringview.guest.constants import FCNTL, explain
from ringview.guest.debuginfo import DebugInfo
from ringview.guest.linux_errors import describe, error_of, strerror
from ringview.guest.structures import open_flags, pointed, polled_results
from ringview.guest.types import quote_bytes, read_string

Read = Callable[[int, int], bytes | None]

ARM_PRIVATE = 0x0F0000
_ARM_CALLS = {1: "breakpoint", 2: "cacheflush", 3: "usr26", 4: "usr32", 5: "set_tls", 6: "get_tls"}
STRING_LIMIT = 32
_BUFFER_LENGTHS = frozenset({"count", "len", "length", "size", "nbytes", "n"})
_SIZES = _BUFFER_LENGTHS | {"old_len", "new_len", "sigsetsize", "vlen"}
# Strings that end where their NUL is, whatever is passed beside them.
_NAMES = frozenset({"name", "filename", "pathname", "path", "oldname", "newname", "uname"})
# Parameters that a call reads although their declaration has no const, and those it does not read
# until something else says how; the others without const are filled in by the call.
_INPUTS = frozenset(
    {"rqtp", "ts", "uts", "utime", "uvalue", "argv", "envp", "act", "nset", "unewset"}
)
_INPUTS_OF = frozenset(
    {("hello2", "in"), ("hello2", "uin"), ("clock_settime", "tp"), ("clock_settime64", "tp")}
    | {(call, "ufds") for call in ("poll", "ppoll", "ppoll_time64")}
    | {("_newselect", name) for name in ("in", "out", "ex", "tv", "utv")}
    | {(f"pselect6{t}", name) for t in ("", "_time64") for name in ("in", "out", "ex")}
)
# Declared const, since the call writes not to these but to what they point at.
_OUTPUTS_OF = frozenset({("readv", "vec"), ("preadv", "vec"), ("preadv2", "vec")})
# What strace leaves for the return even where there is nothing to fill in.
_LATE = frozenset({("wait4", "stat_addr")})
# Pointers of which only the value matters to who reads the call.
_ADDRESSES = frozenset({"uaddr", "uaddr2", "tidptr", "parent_tidptr", "child_tidptr", "head"})
_EINTR = 4
_ADDRESS_RESULTS = frozenset({"mmap", "mmap2", "mremap", "brk", "shmat"})
# What the kernel's declarations would say; for kernels without DWARF.
_FALLBACK = """
exit(int error_code)
exit_group(int error_code)
read(unsigned fd, char *buf, size_t count)
write(unsigned fd, const char *buf, size_t count)
open(const char *filename, int flags, mode_t mode)
openat(int dfd, const char *filename, int flags, mode_t mode)
close(unsigned fd)
lseek(unsigned fd, long offset, unsigned whence)
execve(const char *filename, void *argv, void *envp)
brk(void *brk)
mmap2(void *addr, size_t len, int prot, int flags, int fd, unsigned pgoff)
munmap(void *addr, size_t len)
mprotect(void *start, size_t len, int prot)
ioctl(unsigned fd, unsigned cmd, void *arg)
getpid()
gettid()
getppid()
getuid()
kill(int pid, int sig)
tkill(int pid, int sig)
tgkill(int tgid, int pid, int sig)
rt_sigaction(int sig, void *act, void *oact, size_t sigsetsize)
rt_sigprocmask(int how, void *nset, void *oset, size_t sigsetsize)
set_tid_address(void *tidptr)
futex(void *uaddr, int op, unsigned val, void *utime, void *uaddr2, unsigned val3)
clone(unsigned clone_flags, void *newsp, void *parent_tidptr, void *tls, void *child_tidptr)
nanosleep(void *rqtp, void *rmtp)
clock_gettime(int which_clock, void *tp)
uname(void *name)
getrandom(char *buf, size_t count, unsigned flags)
set_robust_list(void *head, size_t len)
statx(int dfd, const char *filename, unsigned flags, unsigned mask, void *buffer)
faccessat2(int dfd, const char *filename, int mode, int flags)
madvise(void *start, size_t len, int behavior)
mremap(void *addr, size_t old_len, size_t new_len, unsigned flags, void *new_addr)
prctl(int option, unsigned arg2, unsigned arg3, unsigned arg4, unsigned arg5)
writev(unsigned fd, void *vec, unsigned vlen)
sched_yield()
hello(char *buf, unsigned len)
hello2(void *in, void *out)
set_tls(void *val)
rseq(void *rseq, unsigned rseq_len, int flags, unsigned sig)
cacheflush(void *start, void *end, int flags)
"""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a call.

    Attributes:
        name: as in its declaration, or empty.
        type_name: in C's words.
        size: 4, or 8 for what takes an even pair of registers.
        kind: ``int``, ``unsigned``, ``string`` (const char *), ``buffer`` (char *) or ``pointer``.
    """

    name: str
    type_name: str
    size: int
    kind: str

    @property
    def target(self) -> str:
        """What a pointer points to, without qualifiers: ``struct iovec``."""
        return self.type_name.removesuffix("*").strip().removeprefix("const ")

    def is_filled_in(self, call: str) -> bool:
        """Whether the call writes what this points at, so that only its return shows it."""
        if self.kind == "buffer" or (call, self.name) in _OUTPUTS_OF:
            return True
        if self.kind != "pointer" or self.name in _ADDRESSES or self.type_name.startswith("const "):
            return False
        return self.name not in _INPUTS and (call, self.name) not in _INPUTS_OF


@dataclass(frozen=True, slots=True)
class Prototype:
    """A call's name and parameters, in the order of the registers."""

    name: str
    parameters: tuple[Parameter, ...]

    def registers(self) -> tuple[tuple[int, ...], ...]:
        """Return which of r0 to r6 hold each parameter (EABI: 64 bits take an even pair)."""
        found: list[tuple[int, ...]] = []
        following = 0
        for parameter in self.parameters:
            following += following & 1 if parameter.size == 8 else 0
            count = 2 if parameter.size == 8 else 1
            found.append(tuple(range(following, following + count)))
            following += count
        return tuple(found)


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One line of ``syscall.tbl``; no handler means that the number answers -ENOSYS."""

    number: int
    abi: str
    name: str
    handler: str | None


def parse_table(text: str) -> dict[int, TableEntry]:
    """Read a ``syscall.tbl``; a line that is none is left out."""
    found: dict[int, TableEntry] = {}
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if len(words) >= 3 and words[0].isdecimal():
            number = int(words[0])
            handler = words[3] if len(words) > 3 else None
            found[number] = TableEntry(number, words[1], words[2], handler)
    return found


class Syscalls:
    """The system calls of one kernel.

    Args:
        table: its ``syscall.tbl``.
        debug: its debug information; an empty one leaves the known prototypes.
    """

    def __init__(self, table: dict[int, TableEntry], debug: DebugInfo | None = None) -> None:
        self.table = table
        self._debug = debug
        self._prototypes: dict[str, Prototype] = {}

    @classmethod
    def of_tree(cls, kernel: Path, debug: DebugInfo | None = None) -> Syscalls:
        """Return the calls of a kernel source tree; none where it has no table."""
        path = kernel / "arch/arm/tools/syscall.tbl"
        try:
            return cls(parse_table(path.read_text(encoding="utf-8")), debug)
        except OSError:
            return cls({}, debug)

    def name(self, number: int) -> str | None:
        """Return a call's name, ARM's own (from 0xf0000) included; None for no call."""
        if number >= ARM_PRIVATE:
            return _ARM_CALLS.get(number - ARM_PRIVATE)
        entry = self.table.get(number)
        return None if entry is None else entry.name

    def number(self, name: str) -> int | None:
        """Return the number of a call, None if there is none of that name."""
        bare = name.removeprefix("sys_")
        for entry in self.table.values():
            if entry.name == bare:
                return entry.number
        private = {v: k for k, v in _ARM_CALLS.items()}
        return ARM_PRIVATE + private[bare] if bare in private else None

    def prototype(self, number: int) -> Prototype | None:
        """Return a call's parameters, None where they are not known."""
        name = self.name(number)
        if name is None:
            return None
        if name not in self._prototypes:
            found = self._from_dwarf(number, name) or _fallback().get(name)
            if found is None:
                return None
            self._prototypes[name] = found
        return self._prototypes[name]

    def _from_dwarf(self, number: int, name: str) -> Prototype | None:
        debug = self._debug
        if debug is None:
            return None
        entry = self.table.get(number)
        handler = entry.handler if entry is not None and entry.handler else f"sys_{name}"
        bare = handler.removeprefix("sys_")
        for candidate in (f"__do_sys_{bare}", f"sys_{bare}"):
            found = debug.prototype(candidate)
            if found is not None:
                parameters = (_parameter(debug, field.name, field.type) for field in found[1])
                return Prototype(name, tuple(parameters))
        return None

    def format_call(
        self, number: int, arguments: Sequence[int], result: int | None, read: Read | None = None
    ) -> str:
        """Return a call as strace would print it.

        Args:
            number: what r7 held.
            arguments: r0 to r6 at the call.
            result: r0 after it as an unsigned word, None if it has not returned.
            read: user memory as it is now (strings that the caller passes are shown; buffers
                that the kernel fills only once it has returned).
        """
        name = self.name(number) or f"syscall_{number}"
        prototype = self.prototype(number)
        if prototype is None:
            shown = [_word(value, "unsigned") for value in arguments[:4]]
        else:
            shown = self._arguments(prototype, arguments, result, read)
        call = f"{name}({', '.join(shown)})"
        return call if result is None else f"{call} = {format_result(result, name)}"

    def _arguments(
        self,
        prototype: Prototype,
        arguments: Sequence[int],
        result: int | None,
        read: Read | None,
    ) -> list[str]:
        shown = self.begin(prototype, arguments, read)
        return self.complete(prototype, arguments, result, shown, read)

    def begin(
        self, prototype: Prototype, arguments: Sequence[int], read: Read | None
    ) -> list[str | None]:
        """Return a call's arguments as they are when it begins; None for what it will fill in.

        Args:
            prototype: the call's.
            arguments: r0 to r6.
            read: user memory at that moment; None leaves addresses.
        """
        form = forms.form(prototype.name, arguments)
        if form is not None:
            return [part.text for part in form]
        values = _values(prototype, arguments)
        shown: list[str | None] = []
        for index in forms.meant(prototype.name, len(prototype.parameters), values):
            parameter = prototype.parameters[index]
            value = values[parameter.name or str(index)]
            text = None
            if (prototype.name, parameter.name) in _LATE:
                shown.append(None)
                continue
            if parameter.kind in {"int", "unsigned"}:
                text = forms.by_the_others(prototype.name, parameter.name, values)
                text = text or explain(prototype.name, parameter.name, value)
            elif value and read is not None and parameter.name not in _ADDRESSES:
                if not parameter.is_filled_in(prototype.name):
                    limit = _limit(prototype, index, values)
                    text = self._pointed(prototype, parameter, value, limit, None, values, read)
                if text is None:
                    # either, or its page is not there yet: the call will bring it in
                    shown.append(None)
                    continue
            shown.append(text or _plain(parameter, value))
        if prototype.name in commands.CALLS and len(shown) == 3:
            shown[2] = self._by_command(prototype, arguments, shown[2], read)
        return shown

    def _by_command(
        self,
        prototype: Prototype,
        arguments: Sequence[int],
        plain: str | None,
        read: Read | None,
    ) -> str | None:
        """The third argument of ioctl() or fcntl() at the call; None for what it will fill in."""
        call, command, value = prototype.name, arguments[1], arguments[2]
        if read is not None and value and commands.is_filled_in(call, command):
            return None
        known = commands.argument(call, command, value, read, returned=False)
        if known is None and (call == "ioctl" or command not in FCNTL):
            return f"{value:#x}" if value else "0"
        return plain if known is None else known

    def complete(
        self,
        prototype: Prototype,
        arguments: Sequence[int],
        result: int | None,
        shown: Sequence[str | None],
        read: Read | None,
    ) -> list[str]:
        """Return all arguments, with those that `begin` left open as the call filled them in.

        Args:
            prototype: the call's.
            arguments: r0 to r6 at the call.
            result: r0 after it; None if it has not returned.
            shown: what `begin` said.
            read: user memory after the call.
        """
        form = forms.form(prototype.name, arguments)
        if form is not None:
            return [part.complete(result, read) for part in form]
        values = _values(prototype, arguments)
        complete: list[str] = []
        which = forms.meant(prototype.name, len(prototype.parameters), values)
        for index, text in zip(which, shown, strict=False):
            parameter = prototype.parameters[index]
            value = values[parameter.name or str(index)]
            if text is None and index == 2 and prototype.name in commands.CALLS:
                done = result is not None and error_of(result) is None
                text = commands.argument(
                    prototype.name, arguments[1], value, read, returned=done
                ) or (f"{value:#x}")
            if text is None and read is not None and value:
                filled = parameter.is_filled_in(prototype.name)
                if not filled or _has_filled(prototype.name, parameter, result):
                    limit = _limit(prototype, index, values)
                    text = self._pointed(prototype, parameter, value, limit, result, values, read)
            complete.append(text or _plain(parameter, value))
        return complete

    def _pointed(
        self,
        prototype: Prototype,
        parameter: Parameter,
        value: int,
        limit: int | None,
        result: int | None,
        values: dict[str, int],
        read: Read,
    ) -> str | None:
        call = prototype.name
        if call == "getcwd" and result is not None and error_of(result) is None:
            result = 0  # it counts the NUL that ends the name
        if call == "getrandom" and result is not None and error_of(result) is None:
            data = read(value, min(result, STRING_LIMIT + 1))
            return None if data is None else _hexadecimal(data)
        if parameter.kind in {"string", "buffer"}:
            return _text(parameter.kind, value, limit, result, read)
        if parameter.kind != "pointer":
            return None
        if call == "wait4" and result == 0:
            return None  # nobody has ended: the status is as it was
        target = parameter.target
        return pointed(call, parameter.name, target, value, values, read, self._debug, result)

    def strace_result(
        self, number: int, arguments: Sequence[int], result: int, read: Read | None
    ) -> str:
        """Return a result as strace has it: ``-1 ENOENT (No such file or directory)``, ``0x8000``,
        ``1 ([{fd=3, revents=POLLIN}])``.
        """
        name = self.name(number) or ""
        error = error_of(result)
        if error is not None:
            return f"-1 {strerror(error)}"
        if name.startswith("fcntl") and len(arguments) > 1:
            if arguments[1] == 3:
                return f"{result:#x} (flags {open_flags(result)})"
            if arguments[1] == 1:
                return f"{result:#x} (flags FD_CLOEXEC)" if result & 1 else "0"
        if name == "umask":
            return f"0{result:02o}"
        if name in {"poll", "ppoll", "ppoll_time64"}:
            if result == 0:
                return "0 (Timeout)"
            if read is not None:
                return f"{result} {polled_results(read, arguments[0], arguments[1])}"
        return format_result(result, name)


def _values(prototype: Prototype, arguments: Sequence[int]) -> dict[str, int]:
    """Return the arguments by their parameters' names, or places where they have none."""
    return {
        parameter.name or str(index): sum(
            arguments[r] << 32 * i for i, r in enumerate(registers) if r < len(arguments)
        )
        for index, (parameter, registers) in enumerate(
            zip(prototype.parameters, prototype.registers(), strict=True)
        )
    }


def _has_filled(call: str, parameter: Parameter, result: int | None) -> bool:
    """Whether a call that came back with a result has written what a parameter points at."""
    if result is None:
        return False
    if (call, parameter.name) in _OUTPUTS_OF:
        return True  # the vector itself is the caller's; only what was read may be missing
    error = error_of(result)
    # what is left of a sleep is told only to those who were woken early
    return error == _EINTR if parameter.name == "rmtp" else error is None


def _limit(prototype: Prototype, index: int, values: dict[str, int]) -> int | None:
    """Return how long a buffer is, by the parameter that follows it."""
    parameter = prototype.parameters[index]
    if parameter.kind == "string" and parameter.name in _NAMES:
        return None
    following = prototype.parameters[index + 1 : index + 2]
    if following and following[0].name in _BUFFER_LENGTHS:
        return values[following[0].name]
    return None


def format_result(result: int, name: str = "") -> str:
    """Return a result: ``0``, ``-EFAULT (bad address)``, or an address for calls that give one."""
    error = error_of(result)
    if error is not None:
        return f"-{describe(error)}"
    if name in _ADDRESS_RESULTS:
        return f"{result:#x}"
    return str(result - (1 << 32) if result >> 31 else result)


def _text(kind: str, value: int, limit: int | None, result: int | None, read: Read) -> str | None:
    """Return what a char pointer points at, None where that is not to be shown."""
    if kind == "string" and limit is None:
        data = read_string(read, value, STRING_LIMIT)
        return None if data is None else quote_bytes(data, STRING_LIMIT)
    if kind == "string":
        count = limit or 0
    elif kind == "buffer" and result is not None and error_of(result) is None:
        # Most calls say how much they filled in; one that says 0 may have written a string.
        if result == 0:
            data = read_string(read, value, STRING_LIMIT)
            return None if not data or limit == 0 else quote_bytes(data, STRING_LIMIT)
        count = min(result, limit) if limit is not None else result
    else:
        return None
    data = read(value, min(count, STRING_LIMIT + 1)) if count else b""
    return None if data is None else quote_bytes(data, STRING_LIMIT)


def _hexadecimal(data: bytes) -> str:
    """Return bytes that are no text as a C string literal."""
    text = "".join(f"\\x{byte:02x}" for byte in data[:STRING_LIMIT])
    return f'"{text}"' + ("…" if len(data) > STRING_LIMIT else "")


def _plain(parameter: Parameter, value: int) -> str:
    """Return an argument that is a number or an address, and nothing else is known of it."""
    if parameter.kind == "unsigned" and parameter.name in _SIZES:
        return str(value)
    return _word(value, "int" if parameter.size == 8 else parameter.kind, parameter.size)


def _word(value: int, kind: str, size: int = 4) -> str:
    bits = 8 * size
    if kind in {"pointer", "string", "buffer"}:
        return f"{value:#x}" if value else "NULL"
    if kind == "int":
        return str(value - (1 << bits) if value >> (bits - 1) else value)
    return f"{value:#x}" if value >= 0x10000 else str(value)


def _parameter(debug: DebugInfo, name: str, index: int) -> Parameter:
    record = debug[debug.resolve(index)]
    kind = "unsigned"
    if record.kind == "pointer":
        kind = "pointer"
        target = debug[debug.resolve(record.target)]
        if target.encoding == "char" and target.size == 1:
            kind = "string" if debug[record.target].kind == "const" else "buffer"
    elif record.encoding == "signed":
        kind = "int"
    return Parameter(name, debug.spell(index), 8 if record.size == 8 else 4, kind)


def _fallback() -> dict[str, Prototype]:
    """Read the prototypes known here."""
    found: dict[str, Prototype] = {}
    for line in _FALLBACK.split("\n"):
        name, _, rest = line.partition("(")
        parameters: list[Parameter] = []
        for declaration in rest.rstrip(")").split(", ") if len(rest) > 1 else []:
            type_name, _, parameter = declaration.rpartition(" ")
            stars = len(parameter) - len(parameter.lstrip("*"))
            type_name = f"{type_name} {'*' * stars}".strip()
            kind = "int" if type_name in {"int", "long"} else "unsigned"
            if stars:
                kind = {"const char *": "string", "char *": "buffer"}.get(type_name, "pointer")
            parameters.append(Parameter(parameter.lstrip("*"), type_name, 4, kind))
        if name:
            found[name] = Prototype(name, tuple(parameters))
    return found
