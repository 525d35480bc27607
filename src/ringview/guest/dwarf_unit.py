"""One compilation unit of DWARF: its entries, files, lines and types, through pyelftools."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import Any

from ringview.guest.records import (
    ROW_END,
    ROW_STATEMENT,
    DebugData,
    Field,
    Function,
    Global,
    Type,
)

# DW_ATE_*: DWARF 5, section 5.1.1
_ENCODINGS = {2: "bool", 4: "float", 5: "signed", 6: "char", 8: "char"}
_WRAPPERS = {
    "DW_TAG_const_type": "const",
    "DW_TAG_volatile_type": "volatile",
    "DW_TAG_restrict_type": "restrict",
    "DW_TAG_atomic_type": "atomic",
    "DW_TAG_typedef": "typedef",
    "DW_TAG_pointer_type": "pointer",
    "DW_TAG_unspecified_type": "void",
}
AGGREGATES = {
    "DW_TAG_structure_type": "struct",
    "DW_TAG_class_type": "struct",
    "DW_TAG_union_type": "union",
}


class Extractor:
    """Collects records of all compilation units, each type once."""

    def __init__(self, code: list[tuple[int, int]]) -> None:
        self.code = code
        self.ranges: Any = None
        self.locations: Any = None
        self.files: dict[str, int] = {}
        self.types: list[Type] = [Type("void")]
        self.type_ids: dict[object, int] = {("void",): 0}
        self.functions: dict[int, Function] = {}
        self.globals: dict[tuple[str, int], Global] = {}
        self.prototypes: dict[str, tuple[int, tuple[Field, ...]]] = {}
        self.rows: list[tuple[int, int, int, int]] = []

    def file_id(self, name: str) -> int:
        """Return the index of a file name."""
        return self.files.setdefault(name, len(self.files))

    def intern(self, record: Type) -> int:
        """Return the index of a type, the old one if there is one alike."""
        key = ("plain", record)
        if key not in self.type_ids:
            self.type_ids[key] = len(self.types)
            self.types.append(record)
        return self.type_ids[key]

    def is_code(self, address: int) -> bool:
        """Tell real addresses from those of functions that the linker dropped."""
        return any(low <= address < high for low, high in self.code)

    def result(self) -> DebugData:
        """Return what was collected."""
        self._complete_declarations()
        rows = self._merged_rows()
        return DebugData(
            files=tuple(self.files),
            types=tuple(self.types),
            functions=tuple(self.functions[low] for low in sorted(self.functions)),
            globals=tuple(self.globals[key] for key in sorted(self.globals)),
            prototypes=self.prototypes,
            row_addresses=array("I", [row[0] for row in rows]).tobytes(),
            row_lines=array("I", [row[2] for row in rows]).tobytes(),
            row_files=array("H", [row[1] for row in rows]).tobytes(),
            row_flags=bytes(row[3] for row in rows),
        )

    def _complete_declarations(self) -> None:
        """Let a type that one unit only declares be what another unit defines."""
        whole = {(t.kind, t.name): t for t in self.types if t.name and t.size >= 0}
        for index, record in enumerate(self.types):
            if record.size < 0:
                self.types[index] = whole.get((record.kind, record.name), record)

    def _merged_rows(self) -> list[tuple[int, int, int, int]]:
        """Sort rows; of several at one address keep the one that debuggers would show."""
        merged: list[tuple[int, int, int, int]] = []
        # An end marker sorts before the row of the next sequence at the same address.
        for row in sorted(self.rows, key=lambda r: (r[0], not r[3] & ROW_END)):
            if merged and merged[-1][0] == row[0]:
                previous = merged.pop()
                if previous[3] & ROW_STATEMENT and not row[3] & ROW_STATEMENT:
                    row = previous
            merged.append(row)
        return merged


class Unit:
    """One compilation unit: what it says of files, lines and types goes into an extractor."""

    def __init__(self, out: Extractor, dwarf: Any, unit: Any) -> None:
        self.out = out
        self.dwarf = dwarf
        self.unit = unit
        self.top = unit.get_top_DIE()
        self.directory = text_of(self.top, "DW_AT_comp_dir")
        self.dies: dict[int, Any] = {}
        self.children: dict[int, list[Any]] = {}
        self.file_ids: list[int] = []
        self.type_of_die: dict[int, int] = {}
        self.base = integer_of(self.top, "DW_AT_low_pc") or 0

    def index(self) -> None:
        """List the entries, so that references and children can be followed."""
        for die in self.unit.iter_DIEs():
            self.dies[die.offset] = die
            parent = die.get_parent()
            if parent is not None:
                self.children.setdefault(parent.offset, []).append(die)

    # Lines

    def read_lines(self) -> None:
        """Add the unit's line table to the rows."""
        program = self.dwarf.line_program_for_CU(self.unit)
        if program is None:
            return
        self._read_files(program)
        sequence: list[tuple[int, int, int, int]] = []
        for entry in program.get_entries():
            state = entry.state
            if state is None:
                continue
            if state.end_sequence:
                if sequence and sequence[0][0] < state.address and self.out.is_code(sequence[0][0]):
                    self.out.rows += sequence
                    self.out.rows.append((state.address, 0, 0, ROW_END))
                sequence = []
            else:
                flags = ROW_STATEMENT if state.is_stmt and state.line else 0
                sequence.append((state.address, self.file(state.file), state.line, flags))

    def _read_files(self, program: Any) -> None:
        header = program.header
        directories = [_decode(d) for d in header.get("include_directory", ())]
        if header["version"] < 5:
            directories.insert(0, "")
            name = join_names([self.directory, text_of(self.top, "DW_AT_name")])
            self.file_ids.append(self.out.file_id(name))
        for entry in header.get("file_entry", ()):
            index = int(entry["dir_index"])
            parts = [directories[index] if index < len(directories) else "", _decode(entry["name"])]
            self.file_ids.append(self.out.file_id(join_names([self.directory, *parts])))

    def file(self, index: int | None) -> int:
        """Return the extractor's index for one of the unit's."""
        if index is None or index >= len(self.file_ids):
            return self.out.file_id("")
        return self.file_ids[index]

    # Types

    def type_of(self, die: Any) -> int:
        """Return the index of the type that an entry's DW_AT_type names; void without one."""
        target = self.reference(die, "DW_AT_type")
        return 0 if target is None else self.type_id(target)

    def type_id(self, die: Any) -> int:
        """Return the index of the type that an entry describes."""
        known = self.type_of_die.get(die.offset)
        if known is None:
            known = self._make_type(die)
            self.type_of_die[die.offset] = known
        return known

    def _make_type(self, die: Any) -> int:
        tag = die.tag
        name = text_of(die, "DW_AT_name")
        size = integer_of(die, "DW_AT_byte_size")
        if tag in AGGREGATES:
            return self._make_aggregate(die, AGGREGATES[tag], name, size)
        if tag == "DW_TAG_base_type":
            encoding = _ENCODINGS.get(integer_of(die, "DW_AT_encoding") or 0, "unsigned")
            return self.out.intern(Type("base", name, size or 0, encoding=encoding))
        if tag == "DW_TAG_enumeration_type":
            values = tuple(
                (text_of(c, "DW_AT_name"), integer_of(c, "DW_AT_const_value") or 0)
                for c in self.children.get(die.offset, ())
                if c.tag == "DW_TAG_enumerator"
            )
            return self.out.intern(Type("enum", name, -1 if size is None else size, values=values))
        if tag == "DW_TAG_array_type":
            return self._make_array(die)
        if tag == "DW_TAG_subroutine_type":
            fields = tuple(self.parameters(die))
            return self.out.intern(Type("function", target=self.type_of(die), fields=fields))
        kind = _WRAPPERS.get(tag, "void")
        target = self.type_of(die)
        width = 4 if kind == "pointer" else self.out.types[target].size
        return self.out.intern(Type(kind, name, width, target))

    def _make_aggregate(self, die: Any, kind: str, name: str, size: int | None) -> int:
        children = self.children.get(die.offset, ())
        members = [c for c in children if c.tag == "DW_TAG_member"]
        if size is None or "DW_AT_declaration" in die.attributes:
            return self.out.intern(Type(kind, name, -1))
        place = (integer_of(die, "DW_AT_decl_file"), integer_of(die, "DW_AT_decl_line"))
        file = self.file(place[0])
        names = () if name else tuple(text_of(m, "DW_AT_name") for m in members)
        key = (kind, name, size, file, place[1], names)
        known = self.out.type_ids.get(key)
        if known is not None:
            return known
        # The index exists before the members do, since they may point back here.
        index = len(self.out.types)
        self.out.type_ids[key] = self.type_of_die[die.offset] = index
        self.out.types.append(Type(kind, name, size))
        fields = tuple(self._member(member) for member in members)
        self.out.types[index] = Type(kind, name, size, fields=fields)
        return index

    def _member(self, die: Any) -> Field:
        type_id = self.type_of(die)
        name = text_of(die, "DW_AT_name")
        offset = integer_of(die, "DW_AT_data_member_location") or 0
        bits = integer_of(die, "DW_AT_bit_size") or 0
        if not bits:
            return Field(name, offset, type_id)
        unit = self.out.types[type_id].size
        from_start = integer_of(die, "DW_AT_data_bit_offset")
        if from_start is not None:  # DWARF 4 and later, counted from the structure's start
            offset = from_start // 8 // unit * unit if unit > 0 else from_start // 8
            return Field(name, offset, type_id, from_start - offset * 8, bits)
        # DWARF 2: counted from the most significant bit of the unit
        unit = integer_of(die, "DW_AT_byte_size") or unit
        from_top = integer_of(die, "DW_AT_bit_offset") or 0
        return Field(name, offset, type_id, unit * 8 - from_top - bits, bits)

    def _make_array(self, die: Any) -> int:
        counts: list[int] = []
        for child in self.children.get(die.offset, ()):
            if child.tag == "DW_TAG_subrange_type":
                count = integer_of(child, "DW_AT_count")
                upper = integer_of(child, "DW_AT_upper_bound")
                counts.append(count if count is not None else -1 if upper is None else upper + 1)
        index = self.type_of(die)
        for count in reversed(counts or [-1]):
            size = max(count, 0) * max(self.out.types[index].size, 0)
            index = self.out.intern(Type("array", "", size, index, count))
        return index

    def parameters(self, die: Any) -> Iterator[Field]:
        """Yield the parameters of a function or function type."""
        for child in self.children.get(die.offset, ()):
            if child.tag == "DW_TAG_formal_parameter":
                yield Field(self.name(child), 0, self.type_through_origin(child))

    # References

    def origin(self, die: Any) -> Any | None:
        """Return the entry that names what this one is an instance of."""
        found = None
        current: Any | None = die
        while current is not None:
            current = self.reference(current, "DW_AT_abstract_origin") or self.reference(
                current, "DW_AT_specification"
            )
            found = current or found
        return found

    def name(self, die: Any) -> str:
        """Return an entry's name, its own or that of what it is an instance of."""
        own = text_of(die, "DW_AT_name")
        if own:
            return own
        origin = self.origin(die)
        return "" if origin is None else text_of(origin, "DW_AT_name")

    def type_through_origin(self, die: Any) -> int:
        """Return an entry's type, its own or that of what it is an instance of."""
        if "DW_AT_type" in die.attributes:
            return self.type_of(die)
        origin = self.origin(die)
        return 0 if origin is None else self.type_of(origin)

    def reference(self, die: Any, name: str) -> Any | None:
        """Return the entry that an attribute refers to."""
        attribute = die.attributes.get(name)
        if attribute is None:
            return None
        offset = attribute.value
        if attribute.form != "DW_FORM_ref_addr":
            offset += self.unit.cu_offset
        return self.dies.get(offset)


def join_names(parts: Iterable[str]) -> str:
    """Join a compilation directory, an include directory and a file name as DWARF means them."""
    path = ""
    for part in parts:
        if not part or part == ".":
            continue
        path = part if part.startswith("/") or not path else f"{path.rstrip('/')}/{part}"
    pieces: list[str] = []
    for piece in path.split("/"):
        if piece == ".." and pieces and pieces[-1] not in {"", ".."}:
            pieces.pop()
        elif piece != ".":
            pieces.append(piece)
    return "/".join(pieces)


def _decode(value: bytes | str) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def text_of(die: Any, name: str) -> str:
    """Return a string attribute, empty if it is not there."""
    attribute = die.attributes.get(name)
    return "" if attribute is None else _decode(attribute.value)


def integer_of(die: Any, name: str) -> int | None:
    """Return a number attribute, None if it is not there or no number."""
    attribute = die.attributes.get(name)
    return attribute.value if attribute is not None and isinstance(attribute.value, int) else None


def uleb(data: bytes) -> int:
    """Decode an unsigned LEB128 number (DWARF 5, section 7.6)."""
    value = 0
    for shift, byte in enumerate(data):
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            break
    return value
