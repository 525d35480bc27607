"""Arguments of ioctl() and fcntl() that only their command explains, as strace writes them.

Layouts are those of Linux's ARM EABI (``asm-generic/termbits.h``, ``fcntl.h``, ``ioctl.h``).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from ringview.guest.constants import (
    LOCK_TYPES,
    OPEN,
    TERMIOS_CONTROL,
    TERMIOS_INPUT,
    TERMIOS_LOCAL,
    TERMIOS_OUTPUT,
    TERMIOS_SIZES,
    TERMIOS_SPEEDS,
    WHENCE,
    flag_words,
)

Read = Callable[[int, int], bytes | None]

CALLS = frozenset({"ioctl", "fcntl", "fcntl64"})


@dataclass(frozen=True, slots=True)
class _Form:
    """What a command's argument is.

    Attributes:
        text: writes it: a plain value, or what an address points at.
        layout: of the structure it points at, "" for a value.
        filled: whether the call fills it in.
    """

    text: Callable[[tuple[int, ...]], str]
    layout: str = ""
    filled: bool = False


def _lock(words: tuple[int, ...], *, pid: bool = False) -> str:
    kind, whence, start, length, owner = words
    text = f"l_type={LOCK_TYPES.get(kind, hex(kind))}, l_whence={WHENCE.get(whence, hex(whence))}"
    text += f", l_start={start}, l_len={length}"
    return f"{{{text}, l_pid={owner}}}" if pid else f"{{{text}}}"


def _terminal(words: tuple[int, ...]) -> str:
    given, out, control, local = words
    speed = TERMIOS_SPEEDS.get(control & 0x100F, f"{control & 0x100F:#x}")
    rest = flag_words(control & ~0x103F, TERMIOS_CONTROL)
    members = {
        "c_iflag": flag_words(given, TERMIOS_INPUT),
        "c_oflag": flag_words(out, TERMIOS_OUTPUT),
        "c_cflag": "|".join(filter(None, (speed, TERMIOS_SIZES[control & 0x30], rest))),
        "c_lflag": flag_words(local, TERMIOS_LOCAL),
    }
    return f"{{{', '.join(f'{name}={text or 0}' for name, text in members.items())}, ...}}"


def _window(words: tuple[int, ...]) -> str:
    names = ("ws_row", "ws_col", "ws_xpixel", "ws_ypixel")
    return f"{{{', '.join(f'{n}={w}' for n, w in zip(names, words, strict=True))}}}"


def _demo(words: tuple[int, ...]) -> str:
    ptr, size, value, result = words
    where = f"{ptr:#x}" if ptr else "NULL"
    return f"{{ptr={where}, size={size}, value={value}, result={result}}}"


def _number(words: tuple[int, ...]) -> str:
    return f"[{words[0]}]"


_FLOCK, _FLOCK64, _TERMIOS = "hhiii", "hh4xqqi", "IIII"
_FCNTL: dict[int, _Form] = {
    2: _Form(lambda words: flag_words(words[0], {1: "FD_CLOEXEC"}) or "0"),
    4: _Form(lambda words: flag_words(words[0] & ~3, OPEN) or "0"),
    5: _Form(lambda words: _lock(words, pid=True), _FLOCK, filled=True),
    6: _Form(_lock, _FLOCK),
    7: _Form(_lock, _FLOCK),
    12: _Form(lambda words: _lock(words, pid=True), _FLOCK64, filled=True),
    13: _Form(_lock, _FLOCK64),
    14: _Form(_lock, _FLOCK64),
}
_IOCTL: dict[int, _Form] = {
    0x5401: _Form(_terminal, _TERMIOS, filled=True),
    **{cmd: _Form(_terminal, _TERMIOS) for cmd in (0x5402, 0x5403, 0x5404)},
    0x540F: _Form(_number, "i", filled=True),
    0x5410: _Form(_number, "i"),
    0x5413: _Form(_window, "HHHH", filled=True),
    0x5414: _Form(_window, "HHHH"),
    0x541B: _Form(_number, "i", filled=True),
    0x40044C01: _Form(lambda words: f"[{words[0]:#x}]", "I"),
    0x80044C02: _Form(lambda words: f"[{words[0]:#x}]", "I", filled=True),
}
_DEMOS = range(1, 12)
"""Numbers of /dev/uaccess's commands (uapi/linux/uaccess_demo.h), letter u, read and written."""
_IOCTL |= {0xC0107500 | n: _Form(_demo, "IIIi", filled=True) for n in _DEMOS}


def argument(
    call: str, command: int, value: int, read: Read | None, *, returned: bool
) -> str | None:
    """Return the third argument of one of `CALLS`; None where it is left as it is, an address or a
    number, or where the call has yet to fill it in.

    Args:
        call: the system call's name.
        command: its second argument.
        value: the third.
        read: user memory as it is now.
        returned: whether the call has come back, and without an error.
    """
    form = (_IOCTL if call == "ioctl" else _FCNTL).get(command)
    if form is None:
        return None
    if not form.layout:
        return form.text((value,))
    if read is None or not value or (form.filled and not returned):
        return None
    data = read(value, struct.calcsize("<" + form.layout))
    return None if data is None else form.text(struct.unpack("<" + form.layout, data))


def is_filled_in(call: str, command: int) -> bool:
    """Whether a call with this command writes what its argument points at."""
    form = (_IOCTL if call == "ioctl" else _FCNTL).get(command)
    return form is not None and form.filled
