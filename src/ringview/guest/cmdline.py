r"""The kernel command line: how words are quoted in it, and what it may hold.

Linux's rules (``lib/cmdline.c``): words are separated by white space, double quotes group, words
after ``--`` are the first program's arguments, and ``NAME=value`` words that are no option of the
kernel become its environment. One extension is ours, so that any argument can be given: a
backslash takes the next character, if it is ``"``, ``\`` or a space, literally.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ringview.errors import InputError

COMMAND_LINE_SIZE = 4096
"""Bytes the kernel keeps of it, the ending NUL included (``asm/setup.h``)."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_SPACE = " \t\n\v\f\r"
KERNEL_OPTIONS = frozenset(
    {"console", "debug", "init", "initrd", "loglevel", "mem", "quiet", "rdinit"}
)
"""Names the kernel reads itself; a variable so named would never reach the program."""


def quote(word: str) -> str:
    r"""Write one word so that the kernel reads back exactly it."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    if not word or any(c in _SPACE for c in word):
        return f'"{escaped}"'
    return escaped


def split(line: str) -> list[str]:
    """Split a command line into words as the kernel does."""
    words: list[str] = []
    word: list[str] | None = None
    quoted = False
    characters = iter(range(len(line)))
    for i in characters:
        c = line[i]
        if c in _SPACE and not quoted:
            if word is not None:
                words.append("".join(word))
                word = None
            continue
        word = [] if word is None else word
        if c == '"':
            quoted = not quoted
        elif c == "\\" and line[i + 1 : i + 2] in {'"', "\\", " "} and i + 1 < len(line):
            word.append(line[next(characters)])
        else:
            word.append(c)
    if word is not None:
        words.append("".join(word))
    return words


def build(
    program: str,
    arguments: Iterable[str],
    environment: Mapping[str, str],
    options: Iterable[str] = (),
) -> str:
    """Compose the command line that starts ``program`` with these arguments.

    Args:
        program: path in the guest, such as ``/bin/hello2``.
        arguments: argv[1] and on.
        environment: variables beside HOME, TERM and PATH, which the kernel sets itself.
        options: kernel options, such as ``console=ttyS0`` and ``quiet``.

    Raises:
        InputError: a name is no variable's or belongs to the kernel, a word holds a NUL, or the
            whole is longer than COMMAND_LINE_SIZE - 1 bytes.
    """
    words = [*options, f"init={program}"]
    for name, value in environment.items():
        if not _NAME.match(name):
            raise InputError(f"{name!r} is no name for an environment variable")
        if name in KERNEL_OPTIONS:
            raise InputError(
                f"the environment variable {name} cannot be set: the kernel has an option so named"
            )
        words.append(f"{name}={value}")
    arguments = list(arguments)
    if arguments:
        words += ["--", *arguments]
    for word in words:
        if "\0" in word:
            raise InputError(f"the argument {word!r} holds a NUL, which ends a string in C")
    line = " ".join(quote(word) for word in words)
    size = len(line.encode("utf-8", "surrogateescape"))
    if size >= COMMAND_LINE_SIZE:
        raise InputError(
            f"arguments and environment take {size} bytes of the kernel's command line, "
            f"which holds {COMMAND_LINE_SIZE - 1}"
        )
    return line
