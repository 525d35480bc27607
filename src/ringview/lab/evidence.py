"""What a built kernel says about a call: its configuration, its table, its symbols."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from ringview.guest.image import Image
from ringview.guest.toolchain import KernelImage
from ringview.lab.recipe import Recipe

NI_SYSCALL = "sys_ni_syscall"
"""The handler of numbers that are nobody's; it returns -ENOSYS (kernel/sys_ni.c)."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was read from a kernel's image and its ``.config``.

    Attributes:
        option: the option's value: "y", "n", or "" if no Kconfig file defines it.
        expert: CONFIG_EXPERT's value, likewise.
        handler: virtual address of the handler's symbol, None if there is none.
        ni: virtual address of `NI_SYSCALL`.
        count: how many entries ``sys_call_table`` has.
        entry: the virtual address in the call's entry, None if the table ends before it.
        leads_to: the name of what is there.
        numbers: the numbers whose entries hold the handler's address; all of them if the handler is
            only another name of `NI_SYSCALL`.
    """

    option: str
    expert: str
    handler: int | None
    ni: int
    count: int
    entry: int | None
    leads_to: str
    numbers: tuple[int, ...]

    @property
    def stands_in(self) -> bool:
        """Whether the handler's name is only COND_SYSCALL's alias of `NI_SYSCALL`."""
        return self.handler == self.ni


def evidence(recipe: Recipe, kernel: KernelImage) -> Evidence:
    """Read a kernel.

    Raises:
        ProgramError: it is no kernel image.
    """
    image = Image.load(kernel.path)
    text = kernel.config_path.read_text("utf-8", "replace")
    handler = image.symbols.address_of(recipe.handler)
    ni = image.symbols.address_of(NI_SYSCALL) or 0
    table = image.symbols.extent("sys_call_table") or range(0)
    data = image.elf.read(table.start, len(table)) or b""
    entries = [word for (word,) in struct.iter_unpack("<I", data[: len(data) // 4 * 4])]
    entry = entries[recipe.number] if recipe.number < len(entries) else None
    return Evidence(
        option=_value(text, recipe.option),
        expert=_value(text, "EXPERT"),
        handler=handler,
        ni=ni,
        count=len(entries),
        entry=entry,
        leads_to="" if entry is None else _name(image, entry, handler, ni, recipe),
        numbers=tuple(number for number, word in enumerate(entries) if word == handler),
    )


def _name(image: Image, va: int, handler: int | None, ni: int, recipe: Recipe) -> str:
    if va == ni:
        return NI_SYSCALL
    if va == handler:
        return recipe.handler
    return image.symbols.name_at(va) or f"{va:#010x}"


def _value(config: str, option: str) -> str:
    if re.search(rf"^CONFIG_{option}=y$", config, re.MULTILINE):
        return "y"
    return "n" if re.search(rf"^# CONFIG_{option} is not set$", config, re.MULTILINE) else ""
