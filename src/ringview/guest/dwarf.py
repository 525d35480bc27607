"""Extraction of what the screen needs from DWARF 4 and 5, by pyelftools.

Slow (tens of microseconds an entry), so run once per image; `debuginfo` keeps the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from elftools.common.exceptions import DWARFError, ELFError
from elftools.dwarf.descriptions import describe_form_class
from elftools.dwarf.locationlists import LocationExpr, LocationParser
from elftools.dwarf.ranges import BaseAddressEntry
from elftools.elf.elffile import ELFFile

from ringview.guest.dwarf_unit import AGGREGATES, Extractor, Unit, integer_of, uleb
from ringview.guest.records import (
    DebugData,
    Field,
    Function,
    FunctionDetail,
    Global,
    Inline,
    Variable,
)

EVERYWHERE = (0, 1 << 32)


def extract(path: Path) -> DebugData:
    """Read an image's DWARF; an image without any, or with damaged parts, gives what there is."""
    with path.open("rb") as file:
        try:
            elf = ELFFile(file)
            if not elf.has_dwarf_info():
                return Extractor([]).result()
            dwarf = elf.get_dwarf_info(relocate_dwarf_sections=False)
            code = [
                (int(s["p_vaddr"]), int(s["p_vaddr"]) + int(s["p_memsz"]))
                for s in elf.iter_segments()
                if s["p_type"] == "PT_LOAD" and s["p_flags"] & 1
            ]
            extractor = Extractor(code)
            extractor.ranges = dwarf.range_lists()
            extractor.locations = LocationParser(dwarf.location_lists())
            for unit in dwarf.iter_CUs():
                _UnitReader(extractor, dwarf, unit).read()
            return extractor.result()
        except (ELFError, DWARFError, AssertionError, KeyError, IndexError, ValueError):
            # pyelftools fails in any of these ways on a damaged file
            return Extractor([]).result()


class _UnitReader(Unit):
    """Reads functions and variables as well."""

    def read(self) -> None:
        """Read everything the unit has."""
        self.read_lines()
        self.index()
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
            elif tag in AGGREGATES or tag in {"DW_TAG_typedef", "DW_TAG_enumeration_type"}:
                self.type_id(die)

    # Functions and variables

    def _read_function(self, die: Any) -> None:
        name = self.name(die)
        if not name:
            return
        origin = self.origin(die) or die
        prototype = (self.type_of(origin), tuple(self.parameters(die)))
        known = self.out.prototypes.get(name)
        # a declaration may leave its parameters without names
        if known is None or _named(known[1]) < _named(prototype[1]):
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
            file=self.file(integer_of(origin, "DW_AT_decl_file")),
            line=integer_of(origin, "DW_AT_decl_line") or 0,
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
                file = self.file(integer_of(child, "DW_AT_call_file"))
                line = integer_of(child, "DW_AT_call_line") or 0
                name = self.name(child)
                inlines += [Inline(name, a, b, file, line, depth + 1) for a, b in inner]
                if inner:
                    self._read_block(child, inner, variables, inlines, depth + 1)

    def _variable(self, die: Any, spans: list[tuple[int, int]]) -> Variable | None:
        name = self.name(die)
        if not name:
            return None
        origin = self.origin(die) or die
        return Variable(
            name=name,
            type=self.type_through_origin(die),
            line=integer_of(origin, "DW_AT_decl_line") or 0,
            parameter=die.tag == "DW_TAG_formal_parameter",
            scope=tuple(spans),
            places=tuple(self._places(die)),
        )

    def _places(self, die: Any) -> Iterable[tuple[int, int, bytes]]:
        attribute = die.attributes.get("DW_AT_location")
        if attribute is None:
            constant = integer_of(die, "DW_AT_const_value")
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
        low = integer_of(die, "DW_AT_low_pc")
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
        name = self.name(die)
        if not name or location is None or not isinstance(location.value, list):
            return
        value = location.value
        if len(value) == 5 and value[0] == 0x03:  # DW_OP_addr
            address = int.from_bytes(bytes(value[1:]), "little")
        elif value and value[0] == 0xA1:  # DW_OP_addrx
            address = self.dwarf.get_addr(self.unit, uleb(bytes(value[1:])))
        else:
            return
        origin = self.origin(die) or die
        self.out.globals[name, address] = Global(
            name=name,
            address=address,
            type=self.type_through_origin(die),
            file=self.file(integer_of(origin, "DW_AT_decl_file")),
            line=integer_of(origin, "DW_AT_decl_line") or 0,
        )


def _named(parameters: tuple[Field, ...]) -> tuple[int, int]:
    return len(parameters), sum(1 for parameter in parameters if parameter.name)
