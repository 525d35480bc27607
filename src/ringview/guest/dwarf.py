"""Extraction of what the screen needs from DWARF 4 and 5, by pyelftools.

Slow (tens of microseconds an entry), so run once per image; `debuginfo` keeps the result.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from elftools.common.exceptions import DWARFError, ELFError
from elftools.dwarf.descriptions import describe_form_class
from elftools.dwarf.locationlists import LocationExpr, LocationParser
from elftools.dwarf.ranges import BaseAddressEntry
from elftools.elf.elffile import ELFFile

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
_AGGREGATES = {
    "DW_TAG_structure_type": "struct",
    "DW_TAG_class_type": "struct",
    "DW_TAG_union_type": "union",
}
EVERYWHERE = (0, 1 << 32)


def extract(path: Path) -> DebugData:
    """Read an image's DWARF; an image without any, or with damaged parts, gives what there is."""
    with path.open("rb") as file:
        try:
            elf = ELFFile(file)
            if not elf.has_dwarf_info():
                return _Extractor([]).result()
            dwarf = elf.get_dwarf_info(relocate_dwarf_sections=False)
            code = [
                (int(s["p_vaddr"]), int(s["p_vaddr"]) + int(s["p_memsz"]))
                for s in elf.iter_segments()
                if s["p_type"] == "PT_LOAD" and s["p_flags"] & 1
            ]
            extractor = _Extractor(code)
            extractor.ranges = dwarf.range_lists()
            extractor.locations = LocationParser(dwarf.location_lists())
            for unit in dwarf.iter_CUs():
                _UnitReader(extractor, dwarf, unit).read()
            return extractor.result()
        except (ELFError, DWARFError, AssertionError, KeyError, IndexError, ValueError):
            # pyelftools fails in any of these ways on a damaged file
            return _Extractor([]).result()


class _Extractor:
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


class _UnitReader:
    """Reads one compilation unit into an extractor."""

    def __init__(self, out: _Extractor, dwarf: Any, unit: Any) -> None:
        self.out = out
        self.dwarf = dwarf
        self.unit = unit
        self.top = unit.get_top_DIE()
        self.directory = _text(self.top, "DW_AT_comp_dir")
        self.dies: dict[int, Any] = {}
        self.children: dict[int, list[Any]] = {}
        self.file_ids: list[int] = []
        self.type_of_die: dict[int, int] = {}
        self.base = _integer(self.top, "DW_AT_low_pc") or 0

    def read(self) -> None:
        self._read_lines()
        for die in self.unit.iter_DIEs():
            self.dies[die.offset] = die
            parent = die.get_parent()
            if parent is not None:
                self.children.setdefault(parent.offset, []).append(die)
        self._read_scope(self.top)

    def _read_scope(self, parent: Any) -> None:
        for die in self.children.get(parent.offset, ()):
            tag = die.tag
            if tag == "DW_TAG_subprogram":
                self._read_function(die)
            elif tag == "DW_TAG_variable":
                self._read_global(die)
            elif tag == "DW_TAG_namespace":
                self._read_scope(die)
            elif tag in _AGGREGATES or tag in {"DW_TAG_typedef", "DW_TAG_enumeration_type"}:
                self.type_id(die)

    # Lines

    def _read_lines(self) -> None:
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
                sequence.append((state.address, self._file(state.file), state.line, flags))

    def _read_files(self, program: Any) -> None:
        header = program.header
        directories = [_decode(d) for d in header.get("include_directory", ())]
        if header["version"] < 5:
            directories.insert(0, "")
            name = join_names([self.directory, _text(self.top, "DW_AT_name")])
            self.file_ids.append(self.out.file_id(name))
        for entry in header.get("file_entry", ()):
            index = int(entry["dir_index"])
            parts = [directories[index] if index < len(directories) else "", _decode(entry["name"])]
            self.file_ids.append(self.out.file_id(join_names([self.directory, *parts])))

    def _file(self, index: int | None) -> int:
        if index is None or index >= len(self.file_ids):
            return self.out.file_id("")
        return self.file_ids[index]

    # Types

    def type_of(self, die: Any) -> int:
        """Return the index of the type that an entry's DW_AT_type names; void without one."""
        target = self._reference(die, "DW_AT_type")
        return 0 if target is None else self.type_id(target)

    def type_id(self, die: Any) -> int:
        known = self.type_of_die.get(die.offset)
        if known is None:
            known = self._make_type(die)
            self.type_of_die[die.offset] = known
        return known

    def _make_type(self, die: Any) -> int:
        tag = die.tag
        name = _text(die, "DW_AT_name")
        size = _integer(die, "DW_AT_byte_size")
        if tag in _AGGREGATES:
            return self._make_aggregate(die, _AGGREGATES[tag], name, size)
        if tag == "DW_TAG_base_type":
            encoding = _ENCODINGS.get(_integer(die, "DW_AT_encoding") or 0, "unsigned")
            return self.out.intern(Type("base", name, size or 0, encoding=encoding))
        if tag == "DW_TAG_enumeration_type":
            values = tuple(
                (_text(c, "DW_AT_name"), _integer(c, "DW_AT_const_value") or 0)
                for c in self.children.get(die.offset, ())
                if c.tag == "DW_TAG_enumerator"
            )
            return self.out.intern(Type("enum", name, -1 if size is None else size, values=values))
        if tag == "DW_TAG_array_type":
            return self._make_array(die)
        if tag == "DW_TAG_subroutine_type":
            fields = tuple(self._parameters(die))
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
        place = (_integer(die, "DW_AT_decl_file"), _integer(die, "DW_AT_decl_line"))
        file = self._file(place[0])
        names = () if name else tuple(_text(m, "DW_AT_name") for m in members)
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
        name = _text(die, "DW_AT_name")
        offset = _integer(die, "DW_AT_data_member_location") or 0
        bits = _integer(die, "DW_AT_bit_size") or 0
        if not bits:
            return Field(name, offset, type_id)
        unit = self.out.types[type_id].size
        from_start = _integer(die, "DW_AT_data_bit_offset")
        if from_start is not None:  # DWARF 4 and later, counted from the structure's start
            offset = from_start // 8 // unit * unit if unit > 0 else from_start // 8
            return Field(name, offset, type_id, from_start - offset * 8, bits)
        # DWARF 2: counted from the most significant bit of the unit
        unit = _integer(die, "DW_AT_byte_size") or unit
        from_top = _integer(die, "DW_AT_bit_offset") or 0
        return Field(name, offset, type_id, unit * 8 - from_top - bits, bits)

    def _make_array(self, die: Any) -> int:
        counts: list[int] = []
        for child in self.children.get(die.offset, ()):
            if child.tag == "DW_TAG_subrange_type":
                count = _integer(child, "DW_AT_count")
                upper = _integer(child, "DW_AT_upper_bound")
                counts.append(count if count is not None else -1 if upper is None else upper + 1)
        index = self.type_of(die)
        for count in reversed(counts or [-1]):
            size = max(count, 0) * max(self.out.types[index].size, 0)
            index = self.out.intern(Type("array", "", size, index, count))
        return index

    def _parameters(self, die: Any) -> Iterator[Field]:
        for child in self.children.get(die.offset, ()):
            if child.tag == "DW_TAG_formal_parameter":
                yield Field(self._name(child), 0, self._type_through_origin(child))

    # Functions and variables

    def _read_function(self, die: Any) -> None:
        name = self._name(die)
        if not name:
            return
        origin = self._origin(die) or die
        prototype = (self.type_of(origin), tuple(self._parameters(die)))
        known = self.out.prototypes.get(name)
        if known is None or len(known[1]) < len(prototype[1]):
            self.out.prototypes[name] = prototype
        spans = list(self._spans(die))
        if not spans or not self.out.is_code(spans[0][0]):
            return
        low, high = spans[0]
        variables: list[Variable] = []
        inlines: list[Inline] = []
        self._read_block(die, spans, variables, inlines, 0)
        base = die.attributes.get("DW_AT_frame_base")
        frame_base = bytes(base.value) if base is not None and isinstance(base.value, list) else b""
        detail = FunctionDetail(frame_base, tuple(variables), tuple(inlines))
        self.out.functions[low] = Function(
            name=name,
            low=low,
            high=high,
            file=self._file(_integer(origin, "DW_AT_decl_file")),
            line=_integer(origin, "DW_AT_decl_line") or 0,
            result=prototype[0],
            detail=msgspec.Raw(msgspec.msgpack.encode(detail)),
        )

    def _read_block(
        self,
        die: Any,
        spans: list[tuple[int, int]],
        variables: list[Variable],
        inlines: list[Inline],
        depth: int,
    ) -> None:
        """Collect the variables of a function, block or expansion, and of those inside it."""
        for child in self.children.get(die.offset, ()):
            tag = child.tag
            if tag in {"DW_TAG_variable", "DW_TAG_formal_parameter"}:
                variable = self._variable(child, spans)
                if variable is not None:
                    variables.append(variable)
            elif tag == "DW_TAG_lexical_block":
                inner = list(self._spans(child)) or spans
                self._read_block(child, inner, variables, inlines, depth)
            elif tag == "DW_TAG_inlined_subroutine":
                inner = list(self._spans(child))
                file = self._file(_integer(child, "DW_AT_call_file"))
                line = _integer(child, "DW_AT_call_line") or 0
                name = self._name(child)
                inlines += [Inline(name, a, b, file, line, depth + 1) for a, b in inner]
                if inner:
                    self._read_block(child, inner, variables, inlines, depth + 1)

    def _variable(self, die: Any, spans: list[tuple[int, int]]) -> Variable | None:
        name = self._name(die)
        if not name:
            return None
        origin = self._origin(die) or die
        return Variable(
            name=name,
            type=self._type_through_origin(die),
            line=_integer(origin, "DW_AT_decl_line") or 0,
            parameter=die.tag == "DW_TAG_formal_parameter",
            scope=tuple(spans),
            places=tuple(self._places(die)),
        )

    def _places(self, die: Any) -> Iterable[tuple[int, int, bytes]]:
        attribute = die.attributes.get("DW_AT_location")
        if attribute is None:
            constant = _integer(die, "DW_AT_const_value")
            if constant is not None:
                # DW_OP_const4u value, DW_OP_stack_value
                word = (constant & 0xFFFFFFFF).to_bytes(4, "little")
                yield (*EVERYWHERE, b"\x0c" + word + b"\x9f")
            return
        if not LocationParser.attribute_has_location(attribute, self.unit["version"]):
            return
        found = self.out.locations.parse_from_attribute(attribute, self.unit["version"], die)
        if isinstance(found, LocationExpr):
            yield (*EVERYWHERE, bytes(found.loc_expr))
            return
        base = self.base
        for entry in found:
            if not hasattr(entry, "loc_expr"):
                base = entry.base_address
                continue
            shift = 0 if getattr(entry, "is_absolute", False) else base
            yield entry.begin_offset + shift, entry.end_offset + shift, bytes(entry.loc_expr)

    def _spans(self, die: Any) -> Iterator[tuple[int, int]]:
        """Yield the (low, high) address ranges of an entry's code."""
        low = _integer(die, "DW_AT_low_pc")
        high = die.attributes.get("DW_AT_high_pc")
        if low is not None and high is not None:
            absolute = describe_form_class(high.form) == "address"
            yield low, high.value if absolute else low + high.value
            return
        ranges = die.attributes.get("DW_AT_ranges")
        if ranges is None or self.out.ranges is None:
            return
        base = self.base
        for entry in self.out.ranges.get_range_list_at_offset(ranges.value, self.unit):
            if isinstance(entry, BaseAddressEntry):
                base = entry.base_address
            elif entry.begin_offset != entry.end_offset:
                shift = 0 if getattr(entry, "is_absolute", False) else base
                yield entry.begin_offset + shift, entry.end_offset + shift

    def _read_global(self, die: Any) -> None:
        location = die.attributes.get("DW_AT_location")
        name = self._name(die)
        if not name or location is None or not isinstance(location.value, list):
            return
        value = location.value
        if len(value) == 5 and value[0] == 0x03:  # DW_OP_addr
            address = int.from_bytes(bytes(value[1:]), "little")
        elif value and value[0] == 0xA1:  # DW_OP_addrx
            address = self.dwarf.get_addr(self.unit, _uleb(bytes(value[1:])))
        else:
            return
        origin = self._origin(die) or die
        self.out.globals[name, address] = Global(
            name=name,
            address=address,
            type=self._type_through_origin(die),
            file=self._file(_integer(origin, "DW_AT_decl_file")),
            line=_integer(origin, "DW_AT_decl_line") or 0,
        )

    def _origin(self, die: Any) -> Any | None:
        """Return the entry that names what this one is an instance of."""
        found = None
        current: Any | None = die
        while current is not None:
            current = self._reference(current, "DW_AT_abstract_origin") or self._reference(
                current, "DW_AT_specification"
            )
            found = current or found
        return found

    def _name(self, die: Any) -> str:
        own = _text(die, "DW_AT_name")
        if own:
            return own
        origin = self._origin(die)
        return "" if origin is None else _text(origin, "DW_AT_name")

    def _type_through_origin(self, die: Any) -> int:
        if "DW_AT_type" in die.attributes:
            return self.type_of(die)
        origin = self._origin(die)
        return 0 if origin is None else self.type_of(origin)

    def _reference(self, die: Any, name: str) -> Any | None:
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


def _text(die: Any, name: str) -> str:
    attribute = die.attributes.get(name)
    return "" if attribute is None else _decode(attribute.value)


def _integer(die: Any, name: str) -> int | None:
    attribute = die.attributes.get(name)
    return attribute.value if attribute is not None and isinstance(attribute.value, int) else None


def _uleb(data: bytes) -> int:
    value = 0
    for shift, byte in enumerate(data):
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            break
    return value
