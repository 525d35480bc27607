"""Questions to an image's debug information: lines, functions, types, variables."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import msgspec

from ringview.errors import ProgramError
from ringview.guest.records import (
    ROW_END,
    ROW_STATEMENT,
    DebugData,
    Field,
    Function,
    FunctionDetail,
    Global,
    Inline,
    Type,
    Variable,
)

__all__ = ["DebugInfo", "Field", "Function", "Global", "Inline", "Line", "Type", "Variable"]

_QUALIFIERS = frozenset({"const", "volatile", "restrict", "atomic"})


@dataclass(frozen=True, slots=True)
class Line:
    """The source line of an address.

    Attributes:
        file: as DWARF names it, relative to the tree's root for our own sources.
        number: 1-based.
        start: first address of the line table row that covers the address.
        end: address after that row.
        is_statement: whether the compiler recommends ``start`` for a breakpoint.
    """

    file: str
    number: int
    start: int
    end: int
    is_statement: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.number}"


class DebugInfo:
    """An image's debug information; one without any answers every question with nothing."""

    def __init__(self, data: DebugData) -> None:
        self.data = data
        self.files = data.files
        self._types = list(data.types)
        self._addresses = array("I", data.row_addresses)
        self._lines = array("I", data.row_lines)
        self._row_files = array("H", data.row_files)
        self._flags = data.row_flags
        self._function_lows = [f.low for f in data.functions]
        self._made: dict[tuple[str, int, int], int] = {}
        self._details: dict[int, FunctionDetail] = {}

    def __bool__(self) -> bool:
        return bool(self.data.files)

    # Lines

    def line_at(self, address: int) -> Line | None:
        """Return the line of a virtual address; None outside code and where code has no line."""
        row = bisect_right(self._addresses, address) - 1
        if row < 0 or self._flags[row] & ROW_END or self._lines[row] == 0:
            return None
        return self._line(row)

    def _line(self, row: int) -> Line:
        return Line(
            file=self.files[self._row_files[row]],
            number=self._lines[row],
            start=self._addresses[row],
            end=self._addresses[row + 1],
            is_statement=bool(self._flags[row] & ROW_STATEMENT),
        )

    def lines_between(self, low: int, high: int) -> list[Line]:
        """Return the line table rows that begin in [low, high)."""
        rows = range(bisect_left(self._addresses, low), bisect_left(self._addresses, high))
        return [
            self._line(row) for row in rows if self._lines[row] and not self._flags[row] & ROW_END
        ]

    def addresses_of(self, file: str, line: int) -> list[range]:
        """Return the address ranges of a line's code, adjacent rows joined.

        Args:
            file: a name as in `files`, or the end of one from a slash on (``sys-hello2.c``).
            line: 1-based; a line without code gives an empty list.
        """
        return self._ranges_of_lines.get((self.file(file) or "", line), [])

    def nearest_line(self, file: str, line: int) -> int | None:
        """Return the first line at or after ``line`` that has code, as a breakpoint wants it."""
        name = self.file(file)
        lines = self._lines_of_file.get(name or "", [])
        index = bisect_left(lines, line)
        return lines[index] if index < len(lines) else None

    def file(self, name: str) -> str | None:
        """Return the full DWARF name of a file with code, given whole or from some slash on."""
        if name in self._lines_of_file:
            return name
        return next((f for f in self._lines_of_file if f.endswith("/" + name)), None)

    def lines_of(self, file: str) -> list[int]:
        """Return the lines of a file (named as for `file`) that have code, in order."""
        return self._lines_of_file.get(self.file(file) or "", [])

    @cached_property
    def _ranges_of_lines(self) -> dict[tuple[str, int], list[range]]:
        found: dict[tuple[str, int], list[range]] = defaultdict(list)
        for row in range(len(self._addresses)):
            if self._lines[row] == 0 or self._flags[row] & ROW_END:
                continue
            line = self._line(row)
            ranges = found[line.file, line.number]
            if ranges and ranges[-1].stop == line.start:
                ranges[-1] = range(ranges[-1].start, line.end)
            else:
                ranges.append(range(line.start, line.end))
        return dict(found)

    @cached_property
    def _lines_of_file(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for file, number in sorted(self._ranges_of_lines):
            found[file].append(number)
        return dict(found)

    # Functions and variables

    @property
    def functions(self) -> tuple[Function, ...]:
        """All functions with code, by address."""
        return self.data.functions

    def function_at(self, address: int) -> Function | None:
        """Return the function whose code holds a virtual address."""
        index = bisect_right(self._function_lows, address) - 1
        if index < 0 or address >= self.data.functions[index].high:
            return None
        return self.data.functions[index]

    def function(self, name: str) -> Function | None:
        """Return the function of that name."""
        return self._functions_by_name.get(name)

    def detail(self, function: Function) -> FunctionDetail:
        """Return a function's variables and inlined calls."""
        found = self._details.get(function.low)
        if found is None:
            found = msgspec.msgpack.decode(function.detail, type=FunctionDetail)
            self._details[function.low] = found
        return found

    def inlined_at(self, address: int) -> list[Inline]:
        """Return the calls expanded at an address, the outermost first."""
        function = self.function_at(address)
        if function is None:
            return []
        inlines = self.detail(function).inlines
        return sorted((i for i in inlines if i.low <= address < i.high), key=lambda i: i.depth)

    def variables_at(self, address: int) -> list[Variable]:
        """Return the parameters and locals in scope at an address; an inner one hides an outer."""
        function = self.function_at(address)
        if function is None:
            return []
        found: dict[str, Variable] = {}
        for variable in self.detail(function).variables:
            if any(low <= address < high for low, high in variable.scope):
                found[variable.name] = variable
        return list(found.values())

    def frame_base(self, address: int) -> bytes:
        """Return the DWARF expression of the frame base of the function at an address."""
        function = self.function_at(address)
        return b"" if function is None else self.detail(function).frame_base

    def variable(self, name: str) -> Global | None:
        """Return the global variable of that name."""
        return self._globals_by_name.get(name)

    def prototype(self, name: str) -> tuple[int, tuple[Field, ...]] | None:
        """Return a function's result type and parameters."""
        return self.data.prototypes.get(name)

    @cached_property
    def _functions_by_name(self) -> dict[str, Function]:
        return {f.name: f for f in reversed(self.data.functions)}

    @cached_property
    def _globals_by_name(self) -> dict[str, Global]:
        return {g.name: g for g in reversed(self.data.globals)}

    # Types

    def __getitem__(self, index: int) -> Type:
        return self._types[index]

    def type(self, name: str) -> int | None:
        """Return the index of a type given in C's words, or None.

        Understands ``struct x``, ``union x``, ``enum x``, base types in any usual spelling,
        typedefs, qualifiers (which are dropped), trailing ``*`` and trailing ``[n]``.
        """
        text = name.strip()
        if text.endswith("]"):
            inner, _, count = text[:-1].rpartition("[")
            element = self.type(inner)
            digits = count.strip()
            if element is None or not (digits.isdecimal() or not digits):
                return None
            return self.array_of(element, int(digits) if digits else -1)
        if text.endswith("*"):
            target = self.type(text[:-1])
            return None if target is None else self.pointer_to(target)
        words = [w for w in text.split() if w not in _QUALIFIERS]
        if words == ["void"]:
            return 0
        if len(words) == 2 and words[0] in {"struct", "union", "enum"}:
            return self._types_by_name.get((words[0], words[1]))
        found = self._types_by_name.get(("base", _canonical(words)))
        if found is None and len(words) == 1:
            for kind in ("typedef", "struct", "union", "enum"):
                found = self._types_by_name.get((kind, words[0]))
                if found is not None:
                    break
        return found

    def pointer_to(self, target: int) -> int:
        """Return the index of the type that points at another."""
        return self._make(Type("pointer", "", 4, target))

    def array_of(self, target: int, count: int) -> int:
        """Return the index of an array type; ``count`` -1 means unknown."""
        size = max(count, 0) * max(self._types[target].size, 0)
        return self._make(Type("array", "", size, target, count))

    def _make(self, record: Type) -> int:
        key = (record.kind, record.target, record.count)
        if key not in self._made:
            self._made[key] = len(self._types)
            self._types.append(record)
        return self._made[key]

    def resolve(self, index: int) -> int:
        """Return a type without typedefs and qualifiers around it."""
        while self._types[index].kind in _QUALIFIERS or self._types[index].kind == "typedef":
            index = self._types[index].target
        return index

    def sizeof(self, type_: int | str) -> int:
        """Return a type's size in bytes.

        Raises:
            ProgramError: there is no such type, or it is only declared.
        """
        index = self.index(type_)
        size = self._types[self.resolve(index)].size
        if size < 0:
            raise ProgramError(f"the type {self.spell(index)} is declared but not defined")
        return size

    def offset_of(self, type_: int | str, path: str) -> int:
        """Return the offset in bytes of a member such as ``a.b`` or ``in[2].z``.

        Raises:
            ProgramError: there is no such type or member.
        """
        return self.member(type_, path)[0]

    def member(self, type_: int | str, path: str) -> tuple[int, int]:
        """Return (offset, type index) of a member; see `offset_of`."""
        index = self.index(type_)
        offset = 0
        for part in path.replace("[", ".[").split("."):
            if part.startswith("[") and part.endswith("]") and part[1:-1].isdecimal():
                array_type = self._types[self.resolve(index)]
                if array_type.kind != "array":
                    raise ProgramError(f"{self.spell(index)} is no array")
                index = array_type.target
                offset += int(part[1:-1]) * self.sizeof(index)
                continue
            found = self._find_member(index, part)
            if found is None:
                raise ProgramError(f"{self.spell(index)} has no member {part}")
            offset += found[0]
            index = found[1]
        return offset, index

    def fields(self, type_: int | str) -> Iterator[tuple[str, int, Field]]:
        """Yield (name, offset, field) of a structure, members of anonymous ones included."""
        record = self._types[self.resolve(self.index(type_))]
        if record.kind not in {"struct", "union"}:
            return
        for field in record.fields:
            if field.name:
                yield field.name, field.offset, field
            else:
                for name, offset, inner in self.fields(field.type):
                    yield name, field.offset + offset, inner

    def _find_member(self, index: int, name: str) -> tuple[int, int] | None:
        for field_name, offset, field in self.fields(index):
            if field_name == name:
                return offset, field.type
        return None

    def index(self, type_: int | str) -> int:
        """Return the index of a type given by name or index.

        Raises:
            ProgramError: there is no such type.
        """
        if isinstance(type_, int):
            return type_
        index = self.type(type_)
        if index is None:
            raise ProgramError(f"there is no type {type_} in the program's debug information")
        return index

    def spell(self, index: int, declarator: str = "") -> str:
        """Return a type in C's words, around a declared name if one is given."""
        record = self._types[index]
        kind = record.kind
        if kind == "pointer":
            target = self._types[record.target].kind
            inner = f"(*{declarator})" if target in {"array", "function"} else f"*{declarator}"
            return self.spell(record.target, inner)
        if kind == "array":
            count = "" if record.count < 0 else str(record.count)
            return self.spell(record.target, f"{declarator}[{count}]")
        if kind == "function":
            arguments = ", ".join(self.spell(f.type) for f in record.fields) or "void"
            return self.spell(record.target, f"{declarator}({arguments})")
        if kind in _QUALIFIERS:
            if self._types[record.target].kind == "pointer":
                return self.spell(record.target, f" {kind} {declarator}".rstrip())
            return f"{kind} {self.spell(record.target, declarator)}"
        name = record.name or "void"
        if kind in {"struct", "union", "enum"}:
            name = f"{kind} {record.name or '{…}'}"
        gap = "" if declarator[:1] in {"", "["} else " "
        return f"{name}{gap}{declarator}"

    @cached_property
    def _types_by_name(self) -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = {}
        for index, record in enumerate(self.data.types):
            if not record.name:
                continue
            name = _canonical(record.name.split()) if record.kind == "base" else record.name
            key = (record.kind, name)
            # A definition is worth more than a declaration.
            if key not in found or self.data.types[found[key]].size < 0:
                found[key] = index
        return found


def _canonical(words: list[str]) -> str:
    """Spell a base type one way: ``long unsigned int`` and ``unsigned long`` are the same."""
    bare = [w for w in words if w not in {"int", "signed"}]
    if "char" in bare and "signed" in words:
        bare.append("signed")
    return " ".join(sorted(bare)) or "int"
