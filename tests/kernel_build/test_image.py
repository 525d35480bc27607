"""The built image: the same everywhere, with names that debuggers and the kernel find."""

from __future__ import annotations

import re
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection
from tests.kernel_build.conftest import build, copy_tree, run_make


def test_no_path_of_the_builder_is_in_the_image(kernel: Path, vmlinux: Path) -> None:
    image = vmlinux.read_bytes()
    for path in (kernel.parent, vmlinux.parent):
        assert str(path).encode() not in image


def test_sources_are_named_from_the_repository(kernel: Path, vmlinux: Path) -> None:
    with vmlinux.open("rb") as stream:
        units = list(ELFFile(stream).get_dwarf_info().iter_CUs())
        names = {u.get_top_DIE().attributes["DW_AT_name"].value.decode() for u in units}
        places = {u.get_top_DIE().attributes["DW_AT_comp_dir"].value for u in units}
    assert "kernel/kernel/fork.c" in names
    assert "kernel/arch/arm/kernel/entry-common.S" in names
    assert all((kernel.parent / name).is_file() for name in names)
    assert places == {b"."}


def test_the_kernels_own_symbols_are_those_of_the_image(vmlinux: Path) -> None:
    with vmlinux.open("rb") as stream:
        elf = ELFFile(stream)
        table = elf.get_section_by_name(".symtab")
        assert isinstance(table, SymbolTableSection)
        symbols = {s.name: s["st_value"] for s in table.iter_symbols()}

        def words(name: str, count: int) -> list[int]:
            raw = _at(elf, symbols[name], 4 * count)
            return [int.from_bytes(raw[i : i + 4], "little") for i in range(0, 4 * count, 4)]

        (count,) = words("kallsyms_num_syms", 1)
        addresses = words("kallsyms_addresses", count)
        offsets = words("kallsyms_name_offsets", count)
        text = _at(elf, symbols["kallsyms_names"], 64 * count)
    names = [text[o : text.index(b"\0", o)].decode() for o in offsets]
    assert addresses == sorted(addresses)
    found = dict(zip(names, addresses, strict=True))
    for name in ("start_kernel", "vector_swi", "sys_hello2", "_text"):
        assert found[name] == symbols[name]


def _at(elf: ELFFile, address: int, size: int) -> bytes:
    for segment in elf.iter_segments("PT_LOAD"):
        start = segment["p_vaddr"]
        if start <= address < start + segment["p_filesz"]:
            data: bytes = segment.data()
            return data[address - start : address - start + size]
    raise AssertionError(f"{address:#x} is in no segment")


def test_nothing_is_built_twice(kernel: Path, vmlinux: Path) -> None:
    done = run_make(kernel, vmlinux.parent)
    assert done.returncode == 0
    assert not re.search(r"^  (CC|AS|LD|CONFIG) ", done.stdout, re.MULTILINE)


def test_a_copy_elsewhere_gives_the_same_image_and_rebuilds_what_changes(
    kernel: Path, vmlinux: Path, tmp_path: Path
) -> None:
    source, output = copy_tree(tmp_path / "somewhere" / "else", kernel), tmp_path / "o"
    assert build(source, output).read_bytes() == vmlinux.read_bytes()

    header = source / "include/linux/random.h"
    header.write_text(header.read_text() + "/* changed */\n")
    done = run_make(source, output)
    assert "CC      drivers/char/random.o" in done.stdout
    assert "CC      mm/slab.o" not in done.stdout

    fragment = tmp_path / "f.config"
    fragment.write_text("# CONFIG_HELLO_SYSCALL is not set\n")
    arguments = (f"CONFIG_FRAGMENTS={fragment}", f"{output}/kernel/sys_ni.o")
    done = run_make(source, output, *arguments)
    assert done.returncode == 0, done.stderr
    assert "CC      kernel/sys_ni.o" in done.stdout
