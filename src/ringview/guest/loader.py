"""What a boot loader does: put kernel, initramfs and boot tags in memory, and name the registers.

Follows ``Documentation/arm/booting``: r0 = 0, r1 = the machine number, r2 = physical address of
the tag list, MMU and caches off.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ringview.errors import ProgramError
from ringview.guest import cmdline, cpio
from ringview.guest.elf import ElfImage, read_elf

DDR_BASE = 0x8000_0000
"""Physical address of DDR (AM335x TRM, table 2-1)."""
DEFAULT_MEMORY_SIZE = 32 << 20
MACHINE_NUMBER = 3589
"""am335xevm in Linux's ``arch/arm/tools/mach-types``."""
TAGS_OFFSET = 0x100
PAGE_SIZE = 4096
DEFAULT_OPTIONS = ("console=ttyS0", "quiet")
_DIRECTORIES = ("bin", "dev", "etc", "proc", "tmp")

# Linux: arch/arm/include/uapi/asm/setup.h
_ATAG_NONE = 0
_ATAG_CORE = 0x54410001
_ATAG_MEM = 0x54410002
_ATAG_INITRD2 = 0x54420005
_ATAG_CMDLINE = 0x54410009


@dataclass(frozen=True, slots=True)
class GuestSetup:
    """Everything the machine must hold when the first instruction runs.

    Attributes:
        kernel: the kernel's executable.
        program: the program's executable, None if the kernel boots alone.
        argv: the program's arguments, ``argv[0]`` (its path) included.
        command_line: the kernel's command line.
        memory_size: bytes of DDR.
        loads: (physical address, bytes) pairs; all other memory is zero.
        entry: physical address of the first instruction.
        registers: r0, r1, r2 at that instruction.
        initrd: physical range of the initramfs.
    """

    kernel: ElfImage
    program: ElfImage | None
    argv: tuple[str, ...]
    command_line: str
    memory_size: int
    loads: tuple[tuple[int, bytes], ...]
    entry: int
    registers: tuple[tuple[str, int], ...]
    initrd: range


def prepare(
    kernel: str | Path | ElfImage,
    program: str | Path | ElfImage | None,
    arguments: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    *,
    memory_size: int = DEFAULT_MEMORY_SIZE,
    options: Sequence[str] = DEFAULT_OPTIONS,
    files: Mapping[str, bytes] | None = None,
) -> GuestSetup:
    """Lay out memory for a kernel and the program it will start.

    Args:
        kernel: vmlinux.
        program: the static executable to become ``/bin/<its file name>``, or None.
        arguments: argv[1] and on.
        environment: beside HOME=/, TERM=linux and PATH=/bin, which the kernel sets.
        memory_size: bytes of DDR.
        options: kernel options before ``init=``.
        files: further files of the initramfs, guest path to contents.

    Raises:
        ProgramError: an image cannot be read, or does not fit in memory.
        InputError: arguments or environment cannot be passed.
    """
    kernel_image = kernel if isinstance(kernel, ElfImage) else read_elf(kernel)
    loads, entry, kernel_end = _kernel_loads(kernel_image, memory_size)
    image: ElfImage | None = None
    path = ""
    if program is not None:
        image = program if isinstance(program, ElfImage) else read_elf(program)
        _check_program(image, memory_size)
        path = f"/bin/{image.path.name}"
    archive = _initramfs(image, path, files or {})
    line = (
        cmdline.build(path, arguments, environment or {}, tuple(options))
        if image is not None
        else " ".join(cmdline.quote(word) for word in options)
    )
    initrd = _place(archive, kernel_end, memory_size, kernel_image if image is None else image)
    tags = boot_tags(line, memory_size, initrd)
    loads += [(DDR_BASE + TAGS_OFFSET, tags), (initrd.start, archive)]
    return GuestSetup(
        kernel=kernel_image,
        program=image,
        argv=(path, *arguments) if image is not None else (),
        command_line=line,
        memory_size=memory_size,
        loads=tuple(loads),
        entry=entry,
        registers=(("r0", 0), ("r1", MACHINE_NUMBER), ("r2", DDR_BASE + TAGS_OFFSET)),
        initrd=initrd,
    )


def _initramfs(program: ElfImage | None, path: str, files: Mapping[str, bytes]) -> bytes:
    """The archive of what the guest finds in its file system.

    Args:
        program: what becomes ``path``, or None.
        path: from the root on.
        files: further ones, guest path to contents.
    """
    entries = [cpio.directory(name) for name in _DIRECTORIES]
    if program is not None:
        entries.append(cpio.executable(path[1:], program.path.read_bytes()))
    entries += _file_entries(files, {entry.name for entry in entries})
    return cpio.pack(entries)


def boot_tags(command_line: str, memory_size: int, initrd: range) -> bytes:
    """Return the tag list: core, memory, initramfs (if any), command line."""
    out = _tag(_ATAG_CORE, struct.pack("<III", 1, PAGE_SIZE, 0))
    out += _tag(_ATAG_MEM, struct.pack("<II", memory_size, DDR_BASE))
    if initrd:
        out += _tag(_ATAG_INITRD2, struct.pack("<II", initrd.start, len(initrd)))
    text = command_line.encode("utf-8", "surrogateescape") + b"\0"
    out += _tag(_ATAG_CMDLINE, text + bytes(-len(text) % 4))
    # The ending tag alone has size 0.
    return out + struct.pack("<II", 0, _ATAG_NONE)


def _tag(kind: int, payload: bytes) -> bytes:
    return struct.pack("<II", 2 + len(payload) // 4, kind) + payload


def _kernel_loads(kernel: ElfImage, memory_size: int) -> tuple[list[tuple[int, bytes]], int, int]:
    """Return a kernel's loads, physical entry and the end of what it occupies (physical)."""
    entry = kernel.entry
    end = DDR_BASE
    loads: list[tuple[int, bytes]] = []
    for segment in kernel.segments:
        last = segment.paddr + segment.memory_size
        if segment.paddr < DDR_BASE or last > DDR_BASE + memory_size:
            raise ProgramError(
                f"the kernel wants memory at {segment.paddr:#010x} to {last:#010x}, and the "
                f"machine has {memory_size >> 20} MiB at {DDR_BASE:#010x}",
                path=kernel.path,
            )
        loads.append((segment.paddr, segment.data))
        end = max(end, last)
        # Some kernels give their entry by its virtual address.
        if segment.vaddr != segment.paddr and 0 <= entry - segment.vaddr < segment.memory_size:
            entry += segment.paddr - segment.vaddr
    if not DDR_BASE <= entry < DDR_BASE + memory_size:
        raise ProgramError(
            f"the kernel's entry point {kernel.entry:#010x} lies in no memory", path=kernel.path
        )
    return loads, entry, end


def _check_program(program: ElfImage, memory_size: int) -> None:
    if program.memory_size > memory_size:
        raise ProgramError(
            f"the program needs {_mebibytes(program.memory_size)} MiB and the machine has "
            f"{_mebibytes(memory_size)} MiB",
            path=program.path,
        )


def _file_entries(files: Mapping[str, bytes], present: set[str]) -> list[cpio.Entry]:
    """Return cpio entries for extra files, with the directories that lead to them."""
    entries: list[cpio.Entry] = []
    for name, data in files.items():
        relative = name.strip("/")
        parts = relative.split("/")
        for depth in range(1, len(parts)):
            parent = "/".join(parts[:depth])
            if parent not in present:
                present.add(parent)
                entries.append(cpio.directory(parent))
        mode = 0o755 if data[:4] == b"\x7fELF" else 0o644
        entries.append(cpio.Entry(relative, cpio.S_IFREG | mode, data))
    return entries


def _place(archive: bytes, kernel_end: int, memory_size: int, blamed: ElfImage) -> range:
    """Put the initramfs at the top of memory, where the kernel's early allocations are not."""
    start = (DDR_BASE + memory_size - len(archive)) & ~(PAGE_SIZE - 1)
    if start < kernel_end:
        raise ProgramError(
            f"the program's file takes {_mebibytes(len(archive))} MiB, which does not fit in the "
            f"machine's {_mebibytes(memory_size)} MiB beside the kernel",
            path=blamed.path,
        )
    return range(start, start + len(archive))


def _mebibytes(size: int) -> str:
    return f"{size / (1 << 20):.1f}".removesuffix(".0")
