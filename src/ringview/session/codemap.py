"""Symbols and lines of kernel and program together: which code an address belongs to."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from functools import cached_property

from ringview.errors import InputError
from ringview.guest.debuginfo import Line
from ringview.guest.image import Image
from ringview.guest.moved import MovedImage
from ringview.guest.symbols import Location
from ringview.guest.vdso import vdso_of
from ringview.session.lines import LineMap

PAGE_OFFSET = 0xC0000000
"""Where the kernel's half of every address space begins (arch/arm/include/asm/memory.h)."""

_FILE_LINE = re.compile(r"(?P<file>[^\s:]+):(?P<line>\d+)")


class CodeMap:
    """What is known about code addresses.

    Args:
        kernel: the kernel.
        program: the user program, None if the kernel runs alone.

    Attributes:
        vdso_base: gives the virtual address of the vDSO in the present process, 0 if it has none.
    """

    def __init__(self, kernel: Image, program: Image | None) -> None:
        self.kernel = kernel
        self.program = program
        self.vdso_base: Callable[[], int] = lambda: 0
        self._placed: dict[int, Image] = {}
        self._lines: tuple[int, LineMap] | None = None
        first = kernel.elf.segments[0] if kernel.elf.segments else None
        # Before the MMU is on, the kernel's code runs at physical addresses.
        self._offset = first.vaddr - first.paddr if first else 0
        self._physical = range(first.paddr, first.paddr + first.memory_size) if first else range(0)

    @property
    def lines(self) -> LineMap:
        """Line numbers of program counters, many at once."""
        if self._lines is None or self._lines[0] != len(self._placed):
            images = [self.kernel, *([] if self.program is None else [self.program])]
            images += self._placed.values()
            self._lines = len(self._placed), LineMap(image.debug.data for image in images)
        return self._lines[1]

    def image(self, va: int) -> Image | None:
        """The image an address would belong to."""
        if va >= PAGE_OFFSET or self.program is None or self.kernel.has_code_at(va):
            return self.kernel
        if self.program.has_code_at(va):
            return self.program
        return self._vdso_at(va) or self.program

    @cached_property
    def vdso(self) -> Image | None:
        """The kernel's vDSO as it was linked, None if there is none."""
        return vdso_of(self.kernel.elf)

    def place_vdso(self) -> Image | None:
        """The vDSO where the present process has it, None if it has none; known from now on."""
        if self.vdso is None:
            return None
        base = self.vdso_base()
        if base and base not in self._placed:
            self._placed[base] = MovedImage(self.vdso, base)
        return self._placed.get(base)

    def _vdso_at(self, va: int) -> Image | None:
        """The vDSO around an address, in this process or in one that was seen."""
        for image in self._placed.values():
            if image.has_code_at(va):
                return image
        image_here = self.place_vdso()
        return image_here if image_here is not None and image_here.has_code_at(va) else None

    def linked(self, pc: int, *, mmu: bool = True) -> int:
        """The address code was linked at: other than where it runs only while the MMU is off."""
        return pc if mmu or pc not in self._physical else pc + self._offset & 0xFFFFFFFF

    def locate(self, va: int) -> Location | None:
        """Symbol and offset of an address."""
        image = self.image(va)
        return None if image is None else image.symbols.find(va)

    def describe(self, va: int) -> str:
        """``name+0x1c``, or the address in hexadecimal where no symbol covers it."""
        found = self.locate(va)
        return f"{va:#010x}" if found is None else str(found)

    def line(self, va: int) -> Line | None:
        """Source line of an address."""
        image = self.image(va)
        return None if image is None else image.debug.line_at(va)

    def function(self, va: int) -> range:
        """Addresses of the function around an address; the address alone where none is known."""
        image = self.image(va)
        if image is not None:
            known = image.debug.function_at(va)
            if known is not None:
                return range(known.low, known.high)
            found = image.symbols.find(va)
            extent = None if found is None else image.symbols.extent(found.symbol.name)
            if extent is not None and va in extent:
                return extent
        return range(va, va + 4)

    def fixups(self, pc: int) -> tuple[int, ...]:
        """Where the kernel goes on if the instruction at an address may not access memory.

        Read from the kernel's exception table: pairs of instruction and fix-up (Linux:
        arch/arm/include/asm/extable.h).
        """
        first = self.kernel.symbols.address_of("__start___ex_table")
        last = self.kernel.symbols.address_of("__stop___ex_table")
        if first is None or last is None:
            return ()
        data = self.kernel.elf.read(first, last - first) or b""
        pairs = struct.iter_unpack("<II", data[: len(data) // 8 * 8])
        return tuple(fixup for instruction, fixup in pairs if instruction == pc)

    def addresses(self, place: str) -> tuple[int, ...]:
        """The addresses that a place in words means: 0x…, a symbol, or file:line.

        Raises:
            InputError: no such place; the sentence says which part is unknown.
        """
        text = place.strip()
        if re.fullmatch(r"0[xX][0-9a-fA-F]{1,8}", text):
            return (int(text, 16),)
        match = _FILE_LINE.fullmatch(text)
        if match is not None:
            return self._addresses_of_line(match["file"], int(match["line"]))
        name, _, offset = text.partition("+")
        for image in self.images():
            found = image.symbols.address_of(name.strip())
            if found is not None:
                return (found + _offset(offset, place),)
        raise InputError(f"there is no symbol {name.strip()} in kernel or program")

    def _addresses_of_line(self, file: str, line: int) -> tuple[int, ...]:
        for image in self.images():
            if image.debug.file(file) is None:
                continue
            nearest = image.debug.nearest_line(file, line)
            if nearest is None:
                raise InputError(f"{file} has no code at or after line {line}")
            return tuple(ranges.start for ranges in image.debug.addresses_of(file, nearest))
        raise InputError(f"there is no source file {file} in kernel or program")

    def images(self) -> Sequence[Image]:
        """All that has names, in the order in which a name is looked for."""
        # A name that both have is more often meant in the program, which is smaller and the user's
        # own.
        vdso = self.place_vdso()
        of_users = [image for image in (self.program, vdso) if image is not None]
        return [*of_users, self.kernel]


def _offset(text: str, place: str) -> int:
    if not text.strip():
        return 0
    try:
        return int(text.strip(), 0)
    except ValueError:
        raise InputError(f"{place.strip()} is no place: {text.strip()} is no number") from None
