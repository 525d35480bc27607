"""Watched values: where they are at this stop, and their fields by DWARF."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, overload

from ringview.errors import ProgramError
from ringview.guest.debuginfo import DebugInfo
from ringview.guest.image import Image
from ringview.guest.locations import Place, place_of
from ringview.guest.types import Value, read_typed, render_typed
from ringview.guest.unwind import Frame
from ringview.session.codemap import CodeMap
from ringview.views.inputs import FieldValue, StateView, Structure
from ringview.views.words import address, by_role

_REGISTERS = frozenset((*(f"r{i}" for i in range(13)), "sp", "lr"))
_POINTED = re.compile(r'^(0x[0-9a-f]{8}) (")')


class WatchSpec(Protocol):
    """What a scenario says of a watch (`ringview.scenario.model.Watch`)."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def type(self) -> str:
        """Its C type, empty for the variable's own."""

    @property
    def space(self) -> str:
        """``user`` or ``kernel``."""

    @property
    def expression(self) -> str:
        """A variable, a register that holds the address, or the address."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Where a watch is: in memory at ``va``, or only as ``raw`` bytes in ``register``."""

    type: int | str
    va: int = 0
    raw: bytes | None = None
    register: str = ""


class _Unresolved(Exception):
    """Says why the place is not known."""


class KnownRegisters(Sequence[int]):
    """Registers of an outer frame; an unknown one cannot be read."""

    def __init__(self, words: Sequence[int | None], pc: int) -> None:
        self._words = (*words[:15], pc)

    def __len__(self) -> int:
        return len(self._words)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...
    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        if isinstance(index, slice):
            raise TypeError("registers are read one by one")
        word = self._words[index]
        if word is None:
            raise IndexError(index)
        return word


def resolve_watches(
    specs: Iterable[WatchSpec], code: CodeMap, state: StateView, frames: Sequence[Frame]
) -> tuple[Structure, ...]:
    """Find every watch at this stop and read it.

    Args:
        specs: the scenario's watches.
        code: kernel and program.
        state: the machine.
        frames: the unwound stack, innermost first.
    """
    return tuple(resolve_watch(spec, code, state, frames) for spec in specs)


def field_names(structures: Iterable[Structure]) -> dict[int, str]:
    """Return the words of resolved structures by address, each named as its member."""
    names: dict[int, str] = {}
    for structure in structures:
        if structure.why_not or not structure.va:
            continue
        for field in structure.fields:
            if not field.va or field.value == "":
                continue
            own = field.name == structure.name and field.va == structure.va
            name = structure.name if own else f"{structure.name}.{field.name}"
            words = max(1, field.size // 4)
            for i in range(min(words, 64)):
                at = (field.va & ~3) + 4 * i
                names.setdefault(at, name if words == 1 else f"{name}[{i}]")
    return names


def resolve_watch(
    spec: WatchSpec, code: CodeMap, state: StateView, frames: Sequence[Frame]
) -> Structure:
    """Find one watch at this stop and read it; ``why_not`` says why it cannot be."""
    image = code.program if spec.space == "user" else code.kernel
    if image is None:
        return Structure(spec.name, spec.type, 0, 0, "there is no user program", ())
    try:
        found = _locate(spec, image, state, frames)
        value = _read(spec, image.debug, state, found)
    except (_Unresolved, ProgramError) as reason:
        return Structure(spec.name, spec.type, 0, 0, str(reason), ())
    if value.raw is None:
        why = f"its page, {address(found.va)}, is not present yet"
        return Structure(spec.name, value.type_name, found.va, value.size, why, ())
    shown_type = value.type_name + (f" in {found.register}" if found.register else "")
    fields = tuple(flattened(value))
    return Structure(spec.name, shown_type, found.va, value.size, "", fields)


def _locate(spec: WatchSpec, image: Image, state: StateView, frames: Sequence[Frame]) -> _Found:
    expression = spec.expression.strip()
    number = _number(expression)
    if number is not None:
        return _Found(_named_type(spec, "an address"), number)
    register = {"fp": "r11", "ip": "r12"}.get(expression, expression)
    if register in _REGISTERS:
        return _Found(_named_type(spec, "a register"), state.registers[register])
    local = _local(spec, expression, image, state, frames)
    if local is not None:
        return local
    variable = image.debug.variable(expression)
    if variable is not None:
        return _through_pointer(spec, image.debug, state, variable.type, variable.address)
    symbol = image.symbols.get(expression)
    if symbol is not None:
        return _Found(_named_type(spec, "a symbol without a type"), symbol.address)
    raise _Unresolved(_absent(expression, image))


def _number(text: str) -> int | None:
    try:
        return int(text.replace("_", ""), 0) & 0xFFFFFFFF
    except ValueError:
        return None


def _named_type(spec: WatchSpec, what: str) -> str:
    if not spec.type:
        raise _Unresolved(f"{what} has no type of its own: the watch must name one")
    return spec.type


def _absent(name: str, image: Image) -> str:
    """Say why no frame has the variable: it is of a function that is not active, or unknown."""
    key = (str(image.elf.path), name)
    if key not in _OWNERS:
        _OWNERS[key] = _find_owner(image, name)
    owner = _OWNERS[key]
    if owner:
        return f"{name} is a local of {owner}, which is not on the stack now"
    return f"neither a variable nor a symbol is named {name}"


_OWNERS: dict[tuple[str, str], str] = {}
"""Answers of `_find_owner`, which reads all of an image's functions."""


def _find_owner(image: Image, name: str) -> str:
    for function in image.debug.functions:
        if any(v.name == name for v in image.debug.detail(function).variables):
            return function.name
    return ""


def _local(
    spec: WatchSpec, name: str, image: Image, state: StateView, frames: Sequence[Frame]
) -> _Found | None:
    """Look for a local variable in the frames of this image, the innermost first."""
    wants_user = spec.space == "user"
    lost = ""
    for depth, frame in enumerate(frames):
        if frame.user != wants_user:
            continue
        inside = frame.pc if depth == 0 or frame.boundary else frame.pc - 4
        variables = [v for v in image.debug.variables_at(inside) if v.name == name]
        if not variables:
            continue
        if in_prologue(image, frame, inside):
            lost = f"{frame.function} has not set up its frame yet"
            continue
        registers = KnownRegisters(frame.registers, inside)
        where = place_of(image.debug, variables[0], registers, state.read_virtual)
        found = (
            None
            if where is None
            else _at(spec, image.debug, state, variables[0].type, where, registers)
        )
        if found is not None:
            return found
        lost = f"the compiler keeps {name} nowhere at this point of {frame.function}"
    if lost:
        raise _Unresolved(lost)
    return None


def in_prologue(image: Image, frame: Frame, inside: int) -> bool:
    """Return whether a frame is not set up yet: its variables are not where DWARF says.

    The first line of the line table is the prologue's; a frame that is left by a call is set up.
    """
    function = image.debug.function_at(inside)
    if function is None or frame.pc != inside:
        return False
    rows = image.debug.lines_between(function.low, min(function.high, inside + 4))
    return bool(rows) and all(row.number == rows[0].number for row in rows)


def _at(
    spec: WatchSpec,
    debug: DebugInfo,
    state: StateView,
    type_: int,
    where: Place,
    registers: Sequence[int],
) -> _Found | None:
    if where.address is not None:
        return _through_pointer(spec, debug, state, type_, where.address)
    try:
        number = where.value if where.register is None else registers[where.register]
    except IndexError:
        return None
    if number is None:
        return None
    if _is_pointer_to(debug, type_, spec.type):
        return _Found(spec.type, number)
    name = "" if where.register is None else by_role(f"r{where.register}")
    return _Found(spec.type or type_, 0, number.to_bytes(4, "little"), name or "no place")


def _through_pointer(
    spec: WatchSpec, debug: DebugInfo, state: StateView, type_: int, va: int
) -> _Found:
    """A watch of type T on a variable of type T * means what it points to."""
    if _is_pointer_to(debug, type_, spec.type):
        data = state.read_virtual(va, 4)
        target = 0 if data is None else int.from_bytes(data, "little")
        if not target:
            raise _Unresolved(f"{spec.expression} points nowhere yet")
        return _Found(spec.type, target)
    return _Found(spec.type or type_, va)


def _is_pointer_to(debug: DebugInfo, type_: int, wanted: str) -> bool:
    record = debug[debug.resolve(type_)]
    target = debug.type(wanted) if wanted else None
    if target is None or record.kind != "pointer":
        return False
    return debug.resolve(record.target) == debug.resolve(target)


def _read(spec: WatchSpec, debug: DebugInfo, state: StateView, found: _Found) -> Value:
    if found.raw is not None:
        return render_typed(debug, state.read_virtual, found.type, found.raw, spec.name)
    return read_typed(debug, state.read_virtual, found.type, found.va, spec.name)


def flattened(value: Value) -> Iterator[FieldValue]:
    """Yield the lines of a value: a structure's members, or the value itself."""
    if value.children and value.rendered.startswith("{…"):
        for child in value.children:
            yield from _lines(child, 0)
    else:
        yield _line(value, 0)


def _lines(value: Value, depth: int) -> Iterator[FieldValue]:
    yield _line(value, depth)
    # An array of numbers says all in its own line; structures need theirs.
    if value.children and value.rendered.startswith("{…"):
        for child in value.children:
            yield from _lines(child, depth + 1)


def _line(value: Value, depth: int) -> FieldValue:
    shown = "" if value.rendered == "{…}" else _POINTED.sub(r"\1 → \2", value.rendered)
    va = value.address if value.address < 1 << 32 else 0
    return FieldValue(depth, value.name, value.type_name, va, value.size, shown)
