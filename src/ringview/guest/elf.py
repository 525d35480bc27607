"""Reading of 32-bit little-endian ARM executables: segments and symbols.

Headers are unpacked here rather than by pyelftools because a kernel's 5,000 symbols must be ready
within milliseconds, and because every way a file can be wrong deserves its own sentence. Layouts
are those of the System V ABI, chapter 4 and 5, and of the ELF supplement for ARM (IHI 0044).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from ringview.errors import ProgramError

_EHDR = struct.Struct("<16sHHIIIIIHHHHHH")
_PHDR = struct.Struct("<IIIIIIII")
_SHDR = struct.Struct("<IIIIIIIIII")
_SYM = struct.Struct("<IIIBBH")

ET_REL, ET_EXEC, ET_DYN, ET_CORE = 1, 2, 3, 4
EM_ARM = 40
PT_LOAD, PT_DYNAMIC, PT_INTERP = 1, 2, 3
PF_X, PF_W, PF_R = 1, 2, 4
SHT_SYMTAB, SHT_NOBITS = 2, 8
SHN_UNDEF, SHN_ABS = 0, 0xFFF1

_MACHINES = {
    2: "SPARC",
    3: "x86",
    8: "MIPS",
    20: "PowerPC",
    21: "64-bit PowerPC",
    22: "S/390",
    40: "ARM",
    62: "x86-64",
    183: "64-bit ARM",
    243: "RISC-V",
    258: "LoongArch",
}
_KINDS = {0: "notype", 1: "object", 2: "func", 3: "section", 4: "file", 6: "tls", 10: "ifunc"}
_BINDINGS = {0: "local", 1: "global", 2: "weak", 10: "unique"}


@dataclass(frozen=True, slots=True)
class Segment:
    """One loadable segment.

    Attributes:
        vaddr: virtual address at which it runs.
        paddr: physical address at which a loader puts it (means nothing in a user program).
        data: the bytes the file holds.
        memory_size: bytes in memory; what exceeds ``data`` is zero (.bss).
        flags: PF_R, PF_W, PF_X.
    """

    vaddr: int
    paddr: int
    data: bytes
    memory_size: int
    flags: int

    @property
    def permissions(self) -> str:
        """Its rights as three letters, such as ``r-x``."""
        return "".join(
            letter if self.flags & bit else "-"
            for letter, bit in (("r", PF_R), ("w", PF_W), ("x", PF_X))
        )


@dataclass(frozen=True, slots=True, order=True)
class Symbol:
    """One defined symbol; a function's Thumb bit is taken out of its address.

    Attributes:
        address: virtual address.
        size: bytes, 0 where the assembler was not told.
        name: as in the symbol table.
        kind: ``func``, ``object``, ``notype`` or ``tls``.
        binding: ``local``, ``global`` or ``weak``.
    """

    address: int
    size: int
    name: str
    kind: str = "notype"
    binding: str = "global"


@dataclass(frozen=True, slots=True)
class ElfImage:
    """A validated executable.

    Attributes:
        path: the file it came from.
        entry: address of its first instruction, as the header has it.
        segments: its loadable segments in file order.
        symbols: its defined symbols, mapping symbols ($a, $d, $t) left out.
        sections: name to (address, size) of the sections that occupy memory.
        position_independent: True for ET_DYN: addresses count from a base the loader picks.
        has_debug_info: whether DWARF is there.
    """

    path: Path
    entry: int
    segments: tuple[Segment, ...]
    symbols: tuple[Symbol, ...]
    sections: dict[str, tuple[int, int]]
    position_independent: bool
    has_debug_info: bool

    @property
    def memory_size(self) -> int:
        """Bytes its loadable segments take in memory."""
        return sum(segment.memory_size for segment in self.segments)

    def read(self, address: int, size: int) -> bytes | None:
        """Return the bytes the file puts at a virtual address, zeros for .bss, None outside."""
        for segment in self.segments:
            start = address - segment.vaddr
            if start >= 0 and start + size <= segment.memory_size:
                return segment.data[start : start + size].ljust(size, b"\0")
        return None


@dataclass(frozen=True, slots=True)
class _Section:
    name: str
    kind: int
    flags: int
    address: int
    offset: int
    size: int
    link: int


_MAGIC = b"\x7fELF"


def read_elf(path: str | Path) -> ElfImage:
    """Read and validate a static executable.

    Raises:
        ProgramError: the file cannot be read, is not an ELF, is truncated, 64-bit, big-endian, for
            another machine, an object file or core dump, dynamically linked, or loads nothing.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = file.read(len(_MAGIC))
            if data == _MAGIC:  # else the rest does not matter, and a device's may have no end
                data += file.read()
    except FileNotFoundError:
        raise ProgramError("there is no such file", path=path) from None
    except IsADirectoryError:
        raise ProgramError("this is a directory, not a program", path=path) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProgramError(f"the file cannot be read: {reason}", path=path) from None
    return parse_elf(data, path)


def parse_elf(data: bytes, path: Path) -> ElfImage:
    """Validate the bytes of an executable; ``path`` only names it. Raises as `read_elf`."""
    header = _header(data, path)
    kind, entry, phoff, shoff, phentsize, phnum, shentsize, shnum, shstrndx = header
    headers = _table(data, path, phoff, phnum, phentsize, _PHDR, "program headers")
    segments: list[Segment] = []
    for p_type, offset, vaddr, paddr, filesz, memsz, flags, _align in headers:
        if p_type == PT_INTERP:
            raise ProgramError(
                "the program is dynamically linked; link it with -static to run it here",
                path=path,
            )
        if p_type != PT_LOAD or memsz == 0:
            continue
        if filesz > memsz or vaddr + memsz > 1 << 32 or paddr + memsz > 1 << 32:
            raise ProgramError("a program header contradicts itself", path=path)
        if offset + filesz > len(data):
            raise ProgramError(
                f"the file is truncated: {len(data)} bytes where a segment ends at "
                f"{offset + filesz}",
                path=path,
            )
        segments.append(Segment(vaddr, paddr, data[offset : offset + filesz], memsz, flags))
    if not segments:
        raise ProgramError("the file has no loadable segment", path=path)

    sections = _sections(data, path, shoff, shnum, shentsize, shstrndx)
    return ElfImage(
        path=path,
        entry=entry,
        segments=tuple(segments),
        symbols=tuple(_symbols(data, sections)),
        sections={s.name: (s.address, s.size) for s in sections if s.flags & 2 and s.name},
        position_independent=kind == ET_DYN,
        has_debug_info=any(s.name == ".debug_info" for s in sections),
    )


def _header(data: bytes, path: Path) -> tuple[int, ...]:
    """Check the ELF header; return type, entry, and where the tables lie."""
    if data[:4] != _MAGIC:
        raise ProgramError("this is not an ELF file", path=path)
    if len(data) >= 6 and data[4] == 2:
        raise ProgramError("the program is 64-bit; this machine is a 32-bit ARM", path=path)
    if len(data) >= 6 and data[5] == 2:
        raise ProgramError("the program is big-endian; this machine is little-endian", path=path)
    if len(data) < _EHDR.size:
        raise ProgramError("the file is truncated: it ends within the ELF header", path=path)
    _, kind, machine, _, entry, phoff, shoff, _, _, phentsize, phnum, shentsize, shnum, strndx = (
        _EHDR.unpack_from(data)
    )
    if data[4] != 1 or data[5] != 1:
        raise ProgramError("the ELF header names no known class or byte order", path=path)
    if machine != EM_ARM:
        name = _MACHINES.get(machine, f"machine {machine}")
        raise ProgramError(f"the program is for {name}, not for ARM", path=path)
    if kind not in {ET_EXEC, ET_DYN}:
        what = {ET_REL: "an object file, not linked yet", ET_CORE: "a core dump"}.get(
            kind, "no executable"
        )
        raise ProgramError(f"this is {what}", path=path)
    return kind, entry, phoff, shoff, phentsize, phnum, shentsize, shnum, strndx


def _table(
    data: bytes, path: Path, offset: int, count: int, entry: int, layout: struct.Struct, what: str
) -> list[tuple[int, ...]]:
    """Unpack a table of headers; a table outside the file means truncation."""
    if count == 0:
        return []
    if entry < layout.size:
        raise ProgramError(f"the {what} have an impossible size", path=path)
    if offset + count * entry > len(data):
        raise ProgramError(f"the file is truncated: it ends within the {what}", path=path)
    return [layout.unpack_from(data, offset + i * entry) for i in range(count)]


def _sections(
    data: bytes, path: Path, offset: int, count: int, entry: int, names_index: int
) -> list[_Section]:
    """Read section headers; nothing in them is needed to run, so odd ones are dropped."""
    if offset == 0 or count == 0:
        return []
    rows = _table(data, path, offset, count, entry, _SHDR, "section headers")
    strings = b""
    if names_index < len(rows):
        where, size = rows[names_index][4:6]
        strings = data[where : where + size]
    return [
        _Section(_string(strings, row[0]), row[1], row[2], row[3], row[4], row[5], row[6])
        for row in rows
    ]


def _string(strings: bytes, offset: int) -> str:
    end = strings.find(b"\0", offset)
    return strings[offset : end if end >= 0 else len(strings)].decode("utf-8", "replace")


def _symbols(data: bytes, sections: list[_Section]) -> list[Symbol]:
    """Unpack .symtab: defined functions, objects and labels."""
    found: list[Symbol] = []
    for section in sections:
        if section.kind != SHT_SYMTAB or section.link >= len(sections):
            continue
        names = sections[section.link]
        strings = data[names.offset : names.offset + names.size]
        table = data[section.offset : section.offset + section.size]
        table = table[: len(table) // _SYM.size * _SYM.size]
        for name, value, size, info, _other, index in _SYM.iter_unpack(table):
            kind = _KINDS.get(info & 15, "notype")
            if name == 0 or index == SHN_UNDEF or kind in {"section", "file"}:
                continue
            text = _string(strings, name)
            if text[:1] == "$":
                continue
            address = value & ~1 if kind == "func" else value
            found.append(Symbol(address, size, text, kind, _BINDINGS.get(info >> 4, "local")))
    return sorted(found)
