"""The initial user stack by names: argc, argv, envp, the auxiliary vector and the strings they
point to.

The layout is that of the System V ABI for ARM as Linux builds it (fs/binfmt_elf.c:
create_elf_tables); the names of the entries are those of include/uapi/linux/auxvec.h and
arch/arm/include/uapi/asm/auxvec.h.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ringview.views.words import ReadVirtual, address, counted, quoted, read_string, read_word

AUXV_NAMES = {
    0: "AT_NULL",
    1: "AT_IGNORE",
    2: "AT_EXECFD",
    3: "AT_PHDR",
    4: "AT_PHENT",
    5: "AT_PHNUM",
    6: "AT_PAGESZ",
    7: "AT_BASE",
    8: "AT_FLAGS",
    9: "AT_ENTRY",
    10: "AT_NOTELF",
    11: "AT_UID",
    12: "AT_EUID",
    13: "AT_GID",
    14: "AT_EGID",
    15: "AT_PLATFORM",
    16: "AT_HWCAP",
    17: "AT_CLKTCK",
    23: "AT_SECURE",
    24: "AT_BASE_PLATFORM",
    25: "AT_RANDOM",
    26: "AT_HWCAP2",
    31: "AT_EXECFN",
    33: "AT_SYSINFO_EHDR",
    51: "AT_MINSIGSTKSZ",
}

_STRING_ENTRIES = (15, 24, 31)
_MAX_VECTOR = (
    256  # entries of argv, envp and auxv that we follow: a broken stack must not hold us up
)


@dataclass(frozen=True, slots=True)
class Label:
    """What one word of a stack is.

    Attributes:
        text: its name.
        note: what its value means, "" to let the value itself be described.
        group: as `ringview.views.frame.StackSlot.group`.
    """

    text: str
    note: str
    group: str


def initial_stack(read: ReadVirtual, sp: int) -> dict[int, Label]:
    """Label the words from argc up, and the words where the strings begin.

    Args:
        read: reads guest memory.
        sp: the stack pointer as the program got it, the address of argc; 0 gives no labels.
    """
    argc = read_word(read, sp) if sp else None
    if argc is None or argc > _MAX_VECTOR:
        return {}
    labels = {sp: Label("argc", counted(argc, "argument"), "argv")}
    strings: dict[int, Label] = {}
    at = sp + 4
    for i in range(argc):
        _pointer(read, labels, strings, at, f"argv[{i}]", "argv")
        at += 4
    labels[at] = Label("argv ends", "NULL", "argv")
    at += 4
    for i in range(_MAX_VECTOR):
        if not read_word(read, at):
            break
        _pointer(read, labels, strings, at, f"envp[{i}]", "envp")
        at += 4
    labels[at] = Label("envp ends", "NULL", "envp")
    _auxiliary(read, labels, strings, at + 4)
    return strings | labels


def _pointer(
    read: ReadVirtual,
    labels: dict[int, Label],
    strings: dict[int, Label],
    at: int,
    name: str,
    group: str,
) -> None:
    target = read_word(read, at) or 0
    text = read_string(read, target, 128)
    shown = "" if text is None else f"→ {quoted(text)}"
    labels[at] = Label(name, shown, group)
    if text is not None:
        strings.setdefault(target & ~3, Label(f"{name} {quoted(text)}", "characters", "strings"))


def _auxiliary(
    read: ReadVirtual, labels: dict[int, Label], strings: dict[int, Label], at: int
) -> None:
    for _ in range(_MAX_VECTOR):
        kind, value = read_word(read, at), read_word(read, at + 4)
        if kind is None or value is None:
            return
        name = AUXV_NAMES.get(kind, f"entry of type {kind}")
        labels[at] = Label(f"type {name}", f"{kind}", "auxv")
        if kind == 0:
            labels[at + 4] = Label("AT_NULL", "the vector ends", "auxv")
            return
        if kind in _STRING_ENTRIES:
            _pointer(read, labels, strings, at + 4, name, "auxv")
        else:
            labels[at + 4] = Label(name, auxv_note(kind, value), "auxv")
        if kind == 25:
            for i in range(0, 16, 4):
                strings.setdefault((value & ~3) + i, Label("AT_RANDOM bytes", "random", "strings"))
        at += 8


_NOTES: dict[int, Callable[[int], str]] = {
    3: lambda v: "program headers",
    4: lambda v: f"{v} bytes each",
    5: lambda v: counted(v, "program header"),
    6: lambda v: f"pages of {v} bytes",
    7: lambda v: "no interpreter" if v == 0 else "interpreter's base",
    9: lambda v: f"entry point {address(v)}",
    11: lambda v: "root" if v == 0 else f"user {v}",
    12: lambda v: "root" if v == 0 else f"user {v}",
    13: lambda v: "root" if v == 0 else f"group {v}",
    14: lambda v: "root" if v == 0 else f"group {v}",
    17: lambda v: f"{v} clock ticks a second",
    23: lambda v: "not set-user-ID" if v == 0 else "set-user-ID",
    25: lambda v: "→ 16 random bytes",
    33: lambda v: "→ the vDSO's ELF header",
}

_HWCAP = {
    0: "swp",
    1: "half",
    2: "thumb",
    4: "fastmult",
    6: "vfp",
    7: "edsp",
    11: "thumbee",
    12: "neon",
    13: "vfpv3",
    15: "tls",
    16: "vfpv4",
    19: "vfpd32",
}


def auxv_note(kind: int, value: int) -> str:
    """Return what an auxiliary vector entry's value means, "" where it says so itself."""
    if kind == 16:
        return " ".join(name for bit, name in _HWCAP.items() if value >> bit & 1)
    note = _NOTES.get(kind)
    return note(value) if note is not None else ""
