"""Watched variables: where they are at one stop, and what they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ringview.errors import RingviewError
from ringview.guest.debuginfo import DebugInfo
from ringview.guest.image import Image
from ringview.guest.locations import place_of
from ringview.guest.types import Read, Value, read_string, read_typed
from ringview.guest.unwind import Frame
from ringview.scenario.model import Watch
from ringview.scenario.record import WatchedValue


class NotHere(RingviewError):
    """A watched variable has no place at this stop; the text says why."""


@dataclass(frozen=True, slots=True)
class Stop:
    """What variables are looked up in.

    Attributes:
        read: virtual memory, privileged.
        frames: the backtrace, innermost first, through the exception frame to the program.
        kernel: the kernel's image.
        program: the program's, None if there is none.
    """

    read: Read
    frames: Callable[[], Sequence[Frame]]
    kernel: Image
    program: Image | None

    def image(self, space: str) -> Image | None:
        """Return whose variables a watch means."""
        return self.kernel if space == "kernel" else self.program


def read_watch(watch: Watch, stop: Stop) -> Value:
    """Return a watched variable's value.

    Raises:
        NotHere: it has no place in memory at this stop, or its type is unknown.
    """
    image = stop.image(watch.space)
    if image is None:
        raise NotHere("there is no program")
    if re.fullmatch(r"0x[0-9a-f]+", watch.expression):
        return _typed(image.debug, stop.read, watch.type, int(watch.expression, 16), watch.name)
    address, own_type = _place(watch, image, stop)
    return _typed(image.debug, stop.read, watch.type or own_type, address, watch.name)


def _typed(debug: DebugInfo, read: Read, type_: int | str, address: int, name: str) -> Value:
    try:
        return read_typed(debug, read, type_, address, name)
    except RingviewError as error:
        raise NotHere(str(error)) from None


def _place(watch: Watch, image: Image, stop: Stop) -> tuple[int, int]:
    """Return a variable's address and type: of the innermost frame that has it, else global."""
    debug = image.debug
    in_scope = False
    for frame in stop.frames():
        if frame.user != (watch.space == "user") or frame.registers[15] is None:
            continue
        inside = frame.pc
        for variable in debug.variables_at(inside):
            if variable.name != watch.expression:
                continue
            in_scope = True
            place = place_of(debug, variable, frame.registers, stop.read, frame.cfa)
            if place is not None and place.address is not None:
                return place.address, variable.type
    found = debug.variable(watch.expression)
    if found is not None:
        return found.address, found.type
    if in_scope:
        raise NotHere(f"{watch.expression} is not in memory here")
    raise NotHere(f"no function that has a variable {watch.expression} is under way")


def select(value: Value, dotted: str) -> Value:
    """Return a field of a value: ``out.rand_data`` or ``out.rand_data[2]``; the first word is the
    value's own name.

    Raises:
        NotHere: it has no such field.
    """
    for step in re.findall(r"\[\d+\]|[^.\[\]]+", dotted)[1:]:
        child = value.child(step)
        if child is None:
            raise NotHere(f"{value.type_name} has no field {step}")
        value = child
    return value


def watched_value(value: Value, read: Read) -> WatchedValue:
    """Return a field's numbers, and the text that a ``char *`` or an array of char holds.

    Raises:
        NotHere: its memory cannot be read, or it is a structure.
    """
    if value.raw is None:
        raise NotHere(f"{value.name} cannot be read")
    if value.children:
        if any(child.children or child.number is None for child in value.children):
            raise NotHere(f"{value.name} is a structure: name one of its fields")
        numbers = tuple(_unsigned(child) for child in value.children)
        return WatchedValue(numbers)
    if value.number is None and "char" in value.type_name and value.type_name.endswith("]"):
        return WatchedValue(tuple(value.raw), _text(value.raw))
    if value.number is None:
        raise NotHere(f"{value.name} is no number")
    text = None
    if value.type_name.replace("const ", "").replace(" ", "") == "char*":
        found = read_string(read, value.number)
        text = None if found is None else found.decode("utf-8", "replace")
    return WatchedValue((_unsigned(value),), text)


def _unsigned(value: Value) -> int:
    return (value.number or 0) & ((1 << 8 * max(value.size, 1)) - 1)


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("utf-8", "replace")
