"""An image that runs elsewhere than it was linked, such as the vDSO in one process."""

from __future__ import annotations

from array import array
from dataclasses import replace

import msgspec

from ringview.guest.debuginfo import DebugInfo
from ringview.guest.elf import ElfImage
from ringview.guest.image import Image
from ringview.guest.records import DebugData, Function, FunctionDetail
from ringview.guest.symbols import SymbolTable

WORD = 0xFFFFFFFF


class MovedImage(Image):
    """An image at another place: all addresses are those at which it runs.

    Args:
        linked: as it was linked.
        by: bytes from there to where it runs.
    """

    def __init__(self, linked: Image, by: int) -> None:
        super().__init__(_moved_elf(linked.elf, by))
        # Both are known already: the file, read anew, would tell of other addresses.
        self.__dict__["symbols"] = SymbolTable.of(self.elf)
        self.__dict__["debug"] = DebugInfo(_moved_debug(linked.debug.data, by))


def _moved_elf(elf: ElfImage, by: int) -> ElfImage:
    return replace(
        elf,
        entry=elf.entry + by & WORD,
        segments=tuple(replace(s, vaddr=s.vaddr + by & WORD) for s in elf.segments),
        symbols=tuple(sorted(replace(s, address=s.address + by & WORD) for s in elf.symbols)),
        sections={name: (at + by & WORD, size) for name, (at, size) in elf.sections.items()},
    )


def _moved_debug(data: DebugData, by: int) -> DebugData:
    rows = array("I", data.row_addresses)
    return msgspec.structs.replace(
        data,
        functions=tuple(_moved_function(function, by) for function in data.functions),
        globals=tuple(
            msgspec.structs.replace(g, address=g.address + by & WORD) for g in data.globals
        ),
        row_addresses=array("I", (address + by & WORD for address in rows)).tobytes(),
    )


def _moved_function(function: Function, by: int) -> Function:
    inside = msgspec.msgpack.decode(function.detail, type=FunctionDetail)
    detail = FunctionDetail(
        inside.frame_base,
        tuple(
            msgspec.structs.replace(
                variable,
                scope=tuple((low + by, high + by) for low, high in variable.scope),
                places=tuple((low + by, high + by, what) for low, high, what in variable.places),
            )
            for variable in inside.variables
        ),
        tuple(
            msgspec.structs.replace(inline, low=inline.low + by, high=inline.high + by)
            for inline in inside.inlines
        ),
    )
    return msgspec.structs.replace(
        function,
        low=function.low + by,
        high=function.high + by,
        detail=msgspec.Raw(msgspec.msgpack.encode(detail)),
    )
