"""The system calls of a kernel: their names by number, and their prototypes.

Names come from the tree's ``syscall.tbl``; prototypes from the DWARF of the kernel's own
``sys_`` functions, so that a call somebody has just added is shown properly. Of calls that a
kernel does not describe a few prototypes are known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ringview.guest.debuginfo import DebugInfo

ARM_PRIVATE = 0x0F0000
_ARM_CALLS = {1: "breakpoint", 2: "cacheflush", 3: "usr26", 4: "usr32", 5: "set_tls", 6: "get_tls"}
BUFFER_LENGTHS = frozenset({"count", "len", "length", "size", "nbytes", "n"})
"""What a parameter is called that says how long the buffer before it is."""
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
# Pointers of which only the value matters to who reads the call.
_ADDRESSES = frozenset({"uaddr", "uaddr2", "tidptr", "parent_tidptr", "child_tidptr", "head"})
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

    @property
    def is_address(self) -> bool:
        """Whether only the value of a pointer matters to who reads the call."""
        return self.name in _ADDRESSES

    def is_vector(self, call: str) -> bool:
        """Whether this is the caller's own list of the places that the call fills in."""
        return (call, self.name) in _OUTPUTS_OF

    def is_filled_in(self, call: str) -> bool:
        """Whether the call writes what this points at, so that only its return shows it."""
        if self.kind == "buffer" or self.is_vector(call):
            return True
        if self.kind != "pointer" or self.is_address or self.type_name.startswith("const "):
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
        self.debug = debug
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
        debug = self.debug
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
