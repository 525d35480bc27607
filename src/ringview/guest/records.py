"""Records of what DWARF tells, as they are kept beside an image.

They are msgspec structures rather than dataclasses because tens of thousands of them must load
within milliseconds; they are as frozen as the others.
"""

from __future__ import annotations

import msgspec

ROW_STATEMENT, ROW_END = 1, 2
"""Flags of a line table row: a statement begins here; no code from here on."""


class Field(msgspec.Struct, frozen=True, array_like=True):
    """One member of a structure, or (without offset) one parameter of a function type.

    Attributes:
        name: empty for an anonymous structure or union inside another.
        offset: bytes from the structure's start, of the storage unit for a bit-field.
        type: index of its type.
        bit_offset: bits from the unit's least significant bit.
        bit_size: bits, 0 if this is no bit-field.
    """

    name: str
    offset: int
    type: int
    bit_offset: int = 0
    bit_size: int = 0


class Type(msgspec.Struct, frozen=True, array_like=True):
    """One C type; types refer to each other by index into `DebugData.types`.

    Attributes:
        kind: base, pointer, struct, union, enum, typedef, const, volatile, restrict, atomic,
            array, function or void.
        name: the tag, typedef's or base type's name; empty if anonymous.
        size: bytes; -1 where the type is only declared.
        target: what a pointer, typedef, qualifier or array is of, or a function returns.
        count: elements of an array, -1 if unknown.
        encoding: of a base type: signed, unsigned, char, bool or float.
        fields: members of a struct or union, parameters of a function.
        values: (name, value) of an enum.
    """

    kind: str
    name: str = ""
    size: int = 0
    target: int = 0
    count: int = -1
    encoding: str = ""
    fields: tuple[Field, ...] = ()
    values: tuple[tuple[str, int], ...] = ()


class Variable(msgspec.Struct, frozen=True, array_like=True):
    """A parameter or local variable.

    Attributes:
        name: as in the source.
        type: index of its type.
        line: where it is declared.
        parameter: True for a parameter.
        scope: (low, high) ranges of virtual addresses at which the name means this variable.
        places: (low, high, DWARF expression) triples; where none covers the program counter the
            compiler has put the variable nowhere.
    """

    name: str
    type: int
    line: int
    parameter: bool
    scope: tuple[tuple[int, int], ...]
    places: tuple[tuple[int, int, bytes], ...]


class Inline(msgspec.Struct, frozen=True, array_like=True):
    """A function expanded inside another, by address range; several for one expansion."""

    name: str
    low: int
    high: int
    call_file: int
    call_line: int
    depth: int


class FunctionDetail(msgspec.Struct, frozen=True, array_like=True):
    """What is needed of a function only when one looks inside it."""

    frame_base: bytes
    variables: tuple[Variable, ...]
    inlines: tuple[Inline, ...]


class Function(msgspec.Struct, frozen=True, array_like=True):
    """A function with code of its own.

    Attributes:
        name: as in the source.
        low: address of its first instruction.
        high: address after its last.
        file: index into `DebugData.files`.
        line: where it is declared.
        result: index of its result's type.
        detail: an encoded `FunctionDetail`.
    """

    name: str
    low: int
    high: int
    file: int
    line: int
    result: int
    detail: msgspec.Raw


class Global(msgspec.Struct, frozen=True, array_like=True):
    """A variable at a fixed address."""

    name: str
    address: int
    type: int
    file: int
    line: int


class DebugData(msgspec.Struct, frozen=True, array_like=True):
    """Everything extracted from one image.

    Attributes:
        files: source names, relative to the tree's root for our own sources.
        types: type 0 is void.
        functions: sorted by address.
        globals: sorted by name.
        prototypes: name, result type and parameters of every function declared or defined.
        row_addresses: start of each line table row, u32 array, ascending.
        row_lines: line of each row, u32 array; 0 where code has no line.
        row_files: file index of each row, u16 array.
        row_flags: bit 0: begins a statement; bit 1: no code from here on.
    """

    files: tuple[str, ...]
    types: tuple[Type, ...]
    functions: tuple[Function, ...]
    globals: tuple[Global, ...]
    prototypes: dict[str, tuple[int, tuple[Field, ...]]]
    row_addresses: bytes
    row_lines: bytes
    row_files: bytes
    row_flags: bytes
