"""Calls that strace writes otherwise than they are declared: fewer arguments, in another order.

`clone` and `_llseek` have a form of their own; of others only some arguments mean something.
Source: strace's manual and the calls' manual pages (section 2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ringview.guest.constants import FUTEX_COMMAND, explain
from ringview.guest.linux_errors import error_of
from ringview.guest.structures import Read, Values, unpack

Fill = Callable[[bool, Read | None], str]
"""Writes an argument once the call has returned: whether it did without an error, user memory."""


@dataclass(frozen=True, slots=True)
class Part:
    """One argument as it is shown.

    Attributes:
        text: what it is at the call; None if only the return tells.
        fill: what it is then.
    """

    text: str | None
    fill: Fill = lambda done, read: ""

    def complete(self, result: int | None, read: Read | None) -> str:
        """The argument after the call; ``result`` is r0, None if it has not returned."""
        done = result is not None and error_of(result) is None
        return self.fill(done, read) if self.text is None else self.text


_CLONE_PARENT_SETTID = 0x00100000
_CLONE_CHILD_CLEARTID = 0x00200000
_CLONE_SETTLS = 0x00080000
_CLONE_CHILD_SETTID = 0x01000000


def form(call: str, arguments: Sequence[int]) -> list[Part] | None:
    """Return how a call with a form of its own is shown; None for the others.

    Args:
        call: its name.
        arguments: r0 to r6.
    """
    known = {"clone": _clone, "_llseek": _llseek}.get(call)
    return None if known is None else known(arguments)


def _clone(arguments: Sequence[int]) -> list[Part]:
    """What each flag asks for. ARM takes tls before child_tid (CONFIG_CLONE_BACKWARDS)."""
    flags, stack, parent, tls, child = arguments[:5]
    parts = [
        Part(f"child_stack={_address(stack)}"),
        Part(f"flags={explain('clone', 'clone_flags', flags)}"),
    ]
    if flags & _CLONE_PARENT_SETTID:
        parts.append(
            Part(None, lambda done, read: f"parent_tid={_number(parent, 'I', done, read)}")
        )
    if flags & _CLONE_SETTLS:
        parts.append(Part(f"tls={_address(tls)}"))
    if flags & (_CLONE_CHILD_SETTID | _CLONE_CHILD_CLEARTID):
        parts.append(Part(f"child_tidptr={_address(child)}"))
    return parts


def _llseek(arguments: Sequence[int]) -> list[Part]:
    """Two registers make one offset, with a sign."""
    descriptor, high, low, result, whence = arguments[:5]
    offset = high << 32 | low
    return [
        Part(str(_signed(descriptor, 32))),
        Part(str(_signed(offset, 64))),
        Part(None, lambda done, read: _number(result, "q", done, read)),
        Part(explain("_llseek", "whence", whence)),
    ]


_OPENS = frozenset({"open", "openat"})
_O_CREAT = 0o100
_FCNTL_PLAIN = frozenset({1, 3})
_MREMAP_TO = 3  # MREMAP_MAYMOVE and MREMAP_FIXED
_FUTEX = {0: (0, 1, 2, 3), 1: (0, 1, 2), 3: (0, 1, 2, 3, 4), 9: (0, 1, 2, 3, 5), 10: (0, 1, 2, 5)}
"""The arguments that mean something to FUTEX_WAIT, _WAKE, _REQUEUE and to what has a bitset."""

_WITH_BITS = frozenset({9, 10})


def meant(call: str, count: int, values: Values) -> tuple[int, ...]:
    """Return which of a call's arguments mean something, given what the others ask for.

    Args:
        call: its name.
        count: how many it is declared with.
        values: the arguments by their parameters' names.
    """
    every = tuple(range(count))
    if call in _OPENS and not values.get("flags", _O_CREAT) & _O_CREAT:
        return every[:-1]
    if call.startswith("fcntl") and values.get("cmd") in _FCNTL_PLAIN:
        return every[:-1]
    if call == "mremap" and values.get("flags", 0) & _MREMAP_TO != _MREMAP_TO:
        return every[:4]
    if call.startswith("futex"):
        return _FUTEX.get(values.get("op", 0) & FUTEX_COMMAND, every)
    return every


def by_the_others(call: str, parameter: str, values: Values) -> str | None:
    """Return an argument whose meaning another one decides; None for the others.

    A futex's third value is a set of bits to those commands that take one.
    """
    if not (call.startswith("futex") and parameter == "val3"):
        return None
    bits = values.get("val3", 0)
    with_bits = values.get("op", 0) & FUTEX_COMMAND in _WITH_BITS
    return f"{bits:#x}" if with_bits and bits != 0xFFFFFFFF else None


def _address(value: int) -> str:
    return f"{value:#x}" if value else "NULL"


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) else value


def _number(address: int, layout: str, done: bool, read: Read | None) -> str:
    words = unpack(read, address, layout) if done and read is not None else None
    return _address(address) if words is None else f"[{words[0]}]"
