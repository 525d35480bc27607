"""Frames of random content, well typed and otherwise nonsense, from a seed."""

from __future__ import annotations

import types
import typing
from dataclasses import is_dataclass
from enum import Enum
from functools import cache
from random import Random
from typing import Any

from ringview.views.frame import Frame, Part

WORDS = (
    "", "r0", "sp_usr", "→ “beagle”", "a\nb", "\x1b[31m", "user stack", "表意文字", "c", "asm",
    "cpsr", "spsr_svc", "pt_regs", "pt_regs.ARM_r0", "read", "write", "PL0", "PL1", "TTBR0", "PA",
    "a word that is much too long for any of the columns it may end up in, and goes on and on",
    "__a_symbol_that_never_ends_because_it_was_made_by_a_generator", "SVC", "syscall", "fault",
    "0x1234", "irq", "beat", "struct hello2_in", "N", "M", "GE", "1", "\t\tif (x)\treturn;", "\0",
)  # fmt: skip
NUMBERS = (0, 1, -1, 4, 15, 16, 31, 4096, 1 << 20, 0xBEF00C40, 0xC0012F3C, 0xFFFFFFFF, 1 << 33)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _filled(hint: Any, arguments: tuple[Any, ...]) -> Any:
    """The type of a generic record's field."""
    return hint[arguments] if getattr(hint, "__parameters__", ()) else hint


def make(kind: Any, random: Random, size: int = 4) -> Any:
    """A random value of a type."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    record = kind if origin is None else origin
    if isinstance(record, type) and (issubclass(record, Part) or is_dataclass(record)):
        hints = (_filled(hint, arguments) for hint in _hints(record).values())
        return record(*(make(hint, random, size) for hint in hints))
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return tuple(make(arguments[0], random, size) for _ in range(random.randint(0, size)))
        return tuple(make(part, random, size) for part in arguments)
    if origin in (typing.Union, types.UnionType):
        return make(random.choice(arguments), random, size)
    if kind is type(None):
        return None
    if isinstance(kind, type) and issubclass(kind, Enum):
        return random.choice(list(kind))
    if kind is bool:
        return random.random() < 0.3
    if kind is int:
        return random.choice((random.choice(NUMBERS), random.randint(0, 60_000)))
    if kind is float:
        return random.choice((-1.0, 0.0, 0.5, 3.25, 1e9))
    if kind is bytes:
        return random.randbytes(random.randint(0, 20))
    if kind is str:
        return random.choice(WORDS)
    raise TypeError(f"no nonsense known for {kind}")


def frame(seed: int, size: int = 6) -> Frame:
    """A frame of nonsense."""
    made: Frame = make(Frame, Random(seed), size)
    return made
