"""The vDSO of a kernel: a shared object within it that the kernel maps into every process."""

from __future__ import annotations

from pathlib import Path

from ringview.errors import ProgramError
from ringview.guest.elf import ElfImage
from ringview.guest.image import Image

FILE = "vdso.so.dbg"
"""The vDSO with symbols and DWARF, as a kernel build leaves it (arch/arm/vdso/Makefile)."""

_IN_BUILD = f"arch/arm/vdso/{FILE}"


def vdso_of(kernel: ElfImage) -> Image | None:
    """Return the vDSO of a kernel as it was linked, None if its file is not beside the kernel's.

    A file whose code is not the one in the kernel is of another build, and is not used.
    """
    for path in (kernel.path.with_name(FILE), kernel.path.parent / _IN_BUILD):
        try:
            image = Image.load(path)
        except ProgramError:
            continue
        if _within(kernel, image.elf):
            return image
    return None


def _within(kernel: ElfImage, vdso: ElfImage) -> bool:
    start = next((s.address for s in kernel.symbols if s.name == "vdso_start"), None)
    text = vdso.sections.get(".text")
    if start is None or text is None:
        return False
    code = vdso.read(*text)
    return code is not None and kernel.read(start + text[0], text[1]) == code


def file_beside(kernel: Path) -> Path:
    """Return where the file stands beside a kept kernel."""
    return kernel.with_name(FILE)
