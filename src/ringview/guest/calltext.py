"""System calls as text: arguments by type, results by meaning, as strace has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ringview.guest import commands, forms
from ringview.guest.constants import FCNTL, explain
from ringview.guest.linux_errors import describe, error_of, strerror
from ringview.guest.structures import open_flags, pointed, polled_results
from ringview.guest.syscalls import BUFFER_LENGTHS, Parameter, Prototype, Syscalls
from ringview.guest.types import quote_bytes, read_string

Read = Callable[[int, int], bytes | None]

STRING_LIMIT = 32
_SIZES = BUFFER_LENGTHS | {"old_len", "new_len", "sigsetsize", "vlen"}
# Strings that end where their NUL is, whatever is passed beside them.
_NAMES = frozenset({"name", "filename", "pathname", "path", "oldname", "newname", "uname"})
# What strace leaves for the return even where there is nothing to fill in.
_LATE = frozenset({("wait4", "stat_addr")})
_EINTR = 4
_ADDRESS_RESULTS = frozenset({"mmap", "mmap2", "mremap", "brk", "shmat"})


def format_call(
    calls: Syscalls,
    number: int,
    arguments: Sequence[int],
    result: int | None,
    read: Read | None = None,
) -> str:
    """Return a call as strace would print it.

    Args:
        calls: those of the kernel.
        number: what r7 held.
        arguments: r0 to r6 at the call.
        result: r0 after it as an unsigned word, None if it has not returned.
        read: user memory as it is now (strings that the caller passes are shown; buffers
            that the kernel fills only once it has returned).
    """
    name = calls.name(number) or f"syscall_{number}"
    prototype = calls.prototype(number)
    if prototype is None:
        shown = [_word(value, "unsigned") for value in arguments[:4]]
    else:
        shown = _arguments(calls, prototype, arguments, result, read)
    call = f"{name}({', '.join(shown)})"
    return call if result is None else f"{call} = {format_result(result, name)}"


def _arguments(
    calls: Syscalls,
    prototype: Prototype,
    arguments: Sequence[int],
    result: int | None,
    read: Read | None,
) -> list[str]:
    shown = begin(calls, prototype, arguments, read)
    return complete(calls, prototype, arguments, result, shown, read)


def begin(
    calls: Syscalls, prototype: Prototype, arguments: Sequence[int], read: Read | None
) -> list[str | None]:
    """Return a call's arguments as they are when it begins; None for what it will fill in.

    Args:
        calls: those of the kernel.
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
        elif value and read is not None and not parameter.is_address:
            if not parameter.is_filled_in(prototype.name):
                limit = _limit(prototype, index, values)
                text = _pointed(calls, prototype, parameter, value, limit, None, values, read)
            if text is None:
                # either, or its page is not there yet: the call will bring it in
                shown.append(None)
                continue
        shown.append(text or _plain(parameter, value))
    if prototype.name in commands.CALLS and len(shown) == 3:
        shown[2] = _by_command(prototype, arguments, shown[2], read)
    return shown


def _by_command(
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
    calls: Syscalls,
    prototype: Prototype,
    arguments: Sequence[int],
    result: int | None,
    shown: Sequence[str | None],
    read: Read | None,
) -> list[str]:
    """Return all arguments, with those that `begin` left open as the call filled them in.

    Args:
        calls: those of the kernel.
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
            text = commands.argument(prototype.name, arguments[1], value, read, returned=done) or (
                f"{value:#x}"
            )
        if text is None and read is not None and value:
            filled = parameter.is_filled_in(prototype.name)
            if not filled or _has_filled(prototype.name, parameter, result):
                limit = _limit(prototype, index, values)
                text = _pointed(calls, prototype, parameter, value, limit, result, values, read)
        complete.append(text or _plain(parameter, value))
    return complete


def _pointed(
    calls: Syscalls,
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
    return pointed(call, parameter.name, target, value, values, read, calls.debug, result)


def strace_result(
    calls: Syscalls, number: int, arguments: Sequence[int], result: int, read: Read | None
) -> str:
    """Return a result as strace has it: ``-1 ENOENT (No such file or directory)``, ``0x8000``,
    ``1 ([{fd=3, revents=POLLIN}])``.
    """
    name = calls.name(number) or ""
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
    if parameter.is_vector(call):
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
    if following and following[0].name in BUFFER_LENGTHS:
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
