from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ringview.guest.elf import Symbol, read_elf
from ringview.guest.symbols import SymbolTable


def test_names_inside_a_sized_symbol_and_none_behind_it() -> None:
    table = SymbolTable([Symbol(0x1000, 0x20, "f", "func"), Symbol(0x1040, 8, "g", "func")])
    assert table.name_at(0x1000) == "f"
    assert table.name_at(0x101C) == "f+0x1c"
    assert table.name_at(0x1020) is None
    assert table.name_at(0x0FFF) is None
    assert table.name_at(0x1047) == "g+0x7"
    assert table.address_of("g") == 0x1040
    assert table.address_of("h") is None
    assert table.extent("f") == range(0x1000, 0x1020)


def test_a_label_without_size_reaches_to_the_next_symbol_or_the_section_end() -> None:
    table = SymbolTable(
        [Symbol(0x1000, 0, "vector_swi"), Symbol(0x1010, 0, "ret_fast_syscall")],
        [(0x1000, 0x1018)],
    )
    assert table.name_at(0x100C) == "vector_swi+0xc"
    assert table.name_at(0x1014) == "ret_fast_syscall+0x4"
    assert table.name_at(0x1018) is None
    assert table.extent("ret_fast_syscall") == range(0x1010, 0x1018)


def test_the_function_names_an_address_it_shares() -> None:
    table = SymbolTable(
        [
            Symbol(0x1000, 0, "_stext"),
            Symbol(0x1000, 8, "local_alias", "func", "local"),
            Symbol(0x1000, 8, "start", "func", "global"),
        ]
    )
    assert table.name_at(0x1004) == "start+0x4"
    assert table.address_of("_stext") == 0x1000


def test_a_label_inside_a_function_does_not_hide_its_end() -> None:
    table = SymbolTable([Symbol(0x1000, 0x40, "f", "func"), Symbol(0x1010, 4, "inner", "object")])
    assert table.name_at(0x1012) == "inner+0x2"
    assert table.name_at(0x1020) == "f+0x20"


def test_of_a_real_program(small_elf: Path) -> None:
    table = SymbolTable.of(read_elf(small_elf))
    main = table.extent("main")
    assert main is not None
    assert all(str(table.find(a)).split("+")[0] == "main" for a in main)
    assert "leaf" in table


@given(st.dictionaries(st.integers(0, 200), st.tuples(st.integers(1, 12), st.sampled_from("abcd"))))
def test_what_covers_an_address_is_what_a_plain_search_finds(
    raw: dict[int, tuple[int, str]],
) -> None:
    symbols = [Symbol(a, size, name, "func") for a, (size, name) in raw.items()]
    table = SymbolTable(symbols)
    for address in range(220):
        covering = [s for s in symbols if s.address <= address < s.address + s.size]
        found = table.find(address)
        if not covering:
            assert found is None
        else:
            assert found is not None
            assert found.symbol == max(covering), "the innermost, the one that begins last"
            assert found.offset == address - found.symbol.address
