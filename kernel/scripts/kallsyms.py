"""Make the table of function names from a linked image, or check it.

The kernel prints symbols in an oops and for %pS. The image is linked once
without the table; this script reads its functions and writes the table as
assembly for the second link. ``--check`` proves that no function moved.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection


def text_symbols(path: Path) -> list[tuple[int, str, str]]:
    """Return (address, name, type as nm gives it) of each symbol from _text to _etext, sorted."""
    with path.open("rb") as stream:
        elf = ELFFile(stream)
        table = elf.get_section_by_name(".symtab")
        if not isinstance(table, SymbolTableSection):
            raise SystemExit(f"error: {path}: no symbol table")
        found = {
            (symbol["st_value"], symbol.name, _nm_type(symbol["st_info"]["bind"]))
            for symbol in table.iter_symbols()
            if _wanted(symbol.name, symbol["st_info"]["type"])
        }
    places = {name: address for address, name, _ in found}
    start, end = places["_text"], places["_etext"]
    return sorted(symbol for symbol in found if start <= symbol[0] < end)


def _nm_type(binding: str) -> str:
    return {"STB_GLOBAL": "T", "STB_WEAK": "W"}.get(binding, "t")


def _wanted(name: str, kind: str) -> bool:
    # $a and $d are the ARM ELF mapping symbols, .L the compiler's labels
    return bool(name) and kind in ("STT_FUNC", "STT_NOTYPE") and not name.startswith(("$", ".L"))


def assembly(symbols: list[tuple[int, str, str]]) -> str:
    """Return the four arrays that kernel/kallsyms.c reads."""
    lines = ['\t.section .rodata, "a"', "\t.balign 4"]
    lines += ["\t.globl kallsyms_num_syms", "kallsyms_num_syms:", f"\t.long {len(symbols)}"]
    lines += ["\t.globl kallsyms_addresses", "kallsyms_addresses:"]
    lines += [f"\t.long {address:#x}" for address, _, _ in symbols]
    lines += ["\t.globl kallsyms_name_offsets", "kallsyms_name_offsets:"]
    offset = 0
    for _, name, _ in symbols:
        lines.append(f"\t.long {offset}")
        offset += len(name) + 1
    lines += ["\t.globl kallsyms_names", "kallsyms_names:"]
    lines += [f'\t.asciz "{name}"' for _, name, _ in symbols]
    lines += ["\t.globl kallsyms_types", "kallsyms_types:"]
    lines += [f'\t.ascii "{kind}"' for _, _, kind in symbols]
    return "\n".join(lines) + '\n\t.section .note.GNU-stack, "", %progbits\n'


def main() -> int:
    """Run from the Makefile; return 1 if the two images disagree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path)
    parser.add_argument("final", type=Path, nargs="?")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    symbols = text_symbols(args.image)
    if not args.check:
        sys.stdout.write(assembly(symbols))
        return 0
    if symbols != text_symbols(args.final):
        print("error: functions moved between the two links", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
