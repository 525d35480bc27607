from __future__ import annotations

import re
import shutil
import struct
import subprocess
import time
from pathlib import Path

import pytest

from ringview.errors import ProgramError
from ringview.guest.debuginfo import DebugInfo
from ringview.guest.debugstore import cache_path, load_debuginfo
from ringview.guest.dwarf import extract
from ringview.guest.dwarf_unit import join_names
from ringview.guest.elf import read_elf
from ringview.guest.symbols import SymbolTable
from ringview.guest.types import Value, quote_bytes, read_string, read_typed, render_typed

gdb = pytest.mark.skipif(shutil.which("gdb-multiarch") is None, reason="gdb-multiarch is missing")


@pytest.fixture(params=["small_elf", "plain_elf"])
def elf(request: pytest.FixtureRequest) -> Path:
    """The same source as DWARF 4 optimised, and as DWARF 5 not optimised."""
    path = request.getfixturevalue(request.param)
    assert isinstance(path, Path)
    return path


@pytest.fixture
def debug(elf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DebugInfo:
    monkeypatch.setenv("RINGVIEW_CACHE", str(tmp_path))
    return load_debuginfo(elf)


def source_line(text: str) -> int:
    source = Path(__file__).parent / "data/small.c"
    return next(i for i, line in enumerate(source.read_text().splitlines(), 1) if text in line)


@pytest.mark.oracle
@pytest.mark.skipif(shutil.which("addr2line") is None, reason="addr2line is missing")
def test_every_address_has_the_line_that_addr2line_says(elf: Path, debug: DebugInfo) -> None:
    addresses = [a for f in debug.functions for a in range(f.low, f.high, 4)]
    assert len(addresses) > 40
    done = subprocess.run(
        ["addr2line", "-e", str(elf), *(hex(a) for a in addresses)],
        capture_output=True,
        text=True,
        check=True,
    )
    for address, answer in zip(addresses, done.stdout.splitlines(), strict=True):
        line = debug.line_at(address)
        file, number = answer.split(" ")[0].rsplit(":", 1)
        theirs = (Path(file).name, int(number)) if number not in {"?", "0"} else None
        ours = (Path(line.file).name, line.number) if line else None
        assert ours == theirs, hex(address)


def test_functions_are_where_the_symbols_are(elf: Path, debug: DebugInfo) -> None:
    table = SymbolTable.of(read_elf(elf))
    assert {"leaf", "middle", "main", "_start"} <= {f.name for f in debug.functions}
    for function in debug.functions:
        assert range(function.low, function.high) == table.extent(function.name)
        assert debug.function_at(function.low) is function
        assert debug.function_at(function.high - 1) is function
        assert debug.function(function.name) is function
    main = debug.function("main")
    assert main is not None
    assert main.line == source_line("int main(")
    assert debug.files[main.file].endswith("small.c")
    assert debug.spell(main.result) == "int"


def test_addresses_of_a_line_lead_back_to_it(debug: DebugInfo) -> None:
    number = source_line("return result + (out")
    ranges = debug.addresses_of("small.c", number)
    assert ranges
    for span in ranges:
        for address in span:
            line = debug.line_at(address)
            assert line is not None
            assert line.number == number
    assert debug.addresses_of("small.c", 1) == []
    assert debug.addresses_of("nothing.c", number) == []
    assert debug.nearest_line("small.c", number - 1) == number, "the line between is empty"
    assert debug.nearest_line("small.c", 100_000) is None


def test_no_line_outside_code(debug: DebugInfo) -> None:
    last = max(f.high for f in debug.functions)
    assert debug.line_at(0) is None
    assert debug.line_at(last + 4) is None
    assert debug.function_at(0) is None


def ask_gdb(elf: Path, expressions: list[str]) -> list[str]:
    command = ["gdb-multiarch", "-q", "-batch", "-nx", "-ex", "set print pretty off"]
    for expression in expressions:
        command += ["-ex", f"output {expression}", "-ex", "echo \\n"]
    done = subprocess.run([*command, str(elf)], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.oracle
@gdb
def test_layouts_are_those_of_gdb(elf: Path, debug: DebugInfo) -> None:
    paths = [
        "name", "len", "val", "in", "u", "c", "anon1", "anon2", "fn", "next", "tag", "q", "b",
        "d", "matrix", "flexible", "in[2].z", "u.bytes[3]", "matrix[1][2]",
    ]  # fmt: skip
    offsets = ask_gdb(elf, [f"(int)&((struct node *)0)->{path}" for path in paths])
    assert [debug.offset_of("struct node", path) for path in paths] == [int(o) for o in offsets]
    types = ["struct node", "struct bits", "union word", "enum color", "u32", "long long"]
    sizes = ask_gdb(elf, [f"(int)sizeof({name})" for name in types])
    assert [debug.sizeof(name) for name in types] == [int(size) for size in sizes]


@pytest.mark.oracle
@gdb
def test_values_are_those_of_gdb(elf: Path, debug: DebugInfo) -> None:
    names = ["len", "val", "in[0].x", "in[0].y", "in[0].wide", "in[2].x", "in[2].y", "in[1].z"]
    theirs = ask_gdb(elf, [f"first.{name}" for name in names])
    root = first_node(elf, debug)
    assert [str(at(root, name).number) for name in names] == theirs


def first_node(elf: Path, debug: DebugInfo) -> Value:
    variable = debug.variable("first")
    assert variable is not None
    return read_typed(debug, read_elf(elf).read, variable.type, variable.address, "first")


def at(value: Value, path: str) -> Value:
    for part in re.findall(r"\w+|\[\d+\]", path):
        child = value.child(part)
        assert child is not None, part
        value = child
    return value


def test_a_structure_is_rendered_member_by_member(elf: Path, debug: DebugInfo) -> None:
    root = first_node(elf, debug)
    assert root.type_name == "struct node"
    rendered = {c.name: c.rendered for c in root.children}
    assert rendered["name"].endswith('"beagle"')
    assert rendered["c"] == "GREEN"
    assert rendered["tag"] == '"tagged"'
    assert rendered["q"] == "-5000000000"
    assert rendered["b"] == "true"
    assert rendered["d"] == "2.5"
    assert rendered["fn"] == "NULL"
    assert rendered["next"] == f"{root.address:#010x}"
    assert at(root, "anon2").rendered == "22", "anonymous members stand with the others"
    assert at(root, "u.f").rendered == "1.5"
    assert at(root, "u.bytes").raw == struct.pack("<f", 1.5)
    assert at(root, "in[0].x").rendered == "-1"
    assert at(root, "matrix[1]").raw == bytes([4, 5, 6])
    spelled = {c.name: c.type_name for c in root.children}
    assert spelled["fn"] == "void (*)(int, char *)"
    assert spelled["tag"] == "const volatile char[16]"
    assert spelled["next"] == "struct node *"
    assert at(root, "in[0].y").type_name == "unsigned int:5"


def test_unreadable_memory_is_said_not_raised(debug: DebugInfo) -> None:
    root = read_typed(debug, lambda _address, _size: None, "struct node", 0x1000, "n")
    assert root.raw is None
    assert at(root, "len").rendered == "unreadable"
    assert at(root, "in[0].x").rendered == "unreadable"


def test_types_by_name(debug: DebugInfo) -> None:
    for name in ("int", "unsigned int", "unsigned", "char", "long long", "long long int", "u32"):
        assert debug.type(name) is not None, name
    assert debug.type("unsigned") == debug.type("unsigned int") == debug.type("int unsigned")
    pointer = debug.type("const struct node **")
    assert pointer is not None
    assert debug.spell(pointer) == "struct node **"
    array = debug.type("struct bits[4]")
    assert array is not None
    assert debug.sizeof(array) == 4 * debug.sizeof("struct bits")
    assert debug.type("struct nothing") is None
    assert debug.type("struct node[") is None
    with pytest.raises(ProgramError, match="no type struct nothing"):
        debug.sizeof("struct nothing")
    with pytest.raises(ProgramError, match="struct node has no member nme"):
        debug.offset_of("struct node", "nme")


def test_a_register_is_shown_as_what_it_points_at(elf: Path, debug: DebugInfo) -> None:
    image = read_elf(elf)
    variable = debug.variable("first")
    assert variable is not None
    name = image.read(variable.address, 4)
    assert name is not None
    value = render_typed(debug, image.read, "char *", name, "r0")
    assert value.rendered.endswith(' "beagle"')


def test_strings_stop_at_the_page_that_is_not_there() -> None:
    memory = {0x1FF8: b"abc\0...."}

    def read(address: int, size: int) -> bytes | None:
        for start, data in memory.items():
            if start <= address and address + size <= start + len(data):
                return data[address - start : address - start + size]
        return None

    assert read_string(read, 0x1FF8) == b"abc"
    memory[0x1FF8] = b"abcdefgh"
    assert read_string(read, 0x1FF8) is None
    assert quote_bytes(b'a"\n\x01\xff\\') == '"a\\"\\n\\x01\\xff\\\\"'
    assert quote_bytes(b"x" * 9, 4) == '"xxxx"…'


def test_loading_again_is_quick_and_the_same(elf: Path, debug: DebugInfo) -> None:
    start = time.perf_counter()
    again = load_debuginfo(elf)
    assert time.perf_counter() - start < 0.1
    assert again.data == debug.data
    assert again.data == extract(elf)


def test_a_damaged_store_is_extracted_anew(elf: Path, debug: DebugInfo, tmp_path: Path) -> None:
    stored = next((tmp_path / "debug").iterdir())
    stored.write_bytes(stored.read_bytes()[:-9])
    assert load_debuginfo(elf).data == debug.data


def test_an_image_of_ours_has_it_beside_itself_whoever_read_such_a_file_before(
    elf: Path, debug: DebugInfo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGVIEW_CACHE", str(tmp_path))
    load_debuginfo(elf)  # not ours: it lies outside
    ours = tmp_path / "images" / elf.name
    ours.parent.mkdir()
    ours.write_bytes(elf.read_bytes())
    assert load_debuginfo(ours).data == debug.data
    assert cache_path(ours).exists()


def test_an_image_without_dwarf_answers_with_nothing(
    elf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGVIEW_CACHE", str(tmp_path / "cache"))
    data = elf.read_bytes()
    bare = tmp_path / "bare"
    bare.write_bytes(data[:32] + bytes(4) + data[36:48] + bytes(4))
    bare.write_bytes(data.replace(b".debug_", b".dbgno_"))
    debug = load_debuginfo(bare)
    assert not debug
    assert debug.line_at(0x20200) is None
    assert debug.type("int") is None
    with pytest.raises(ProgramError, match="cannot be read"):
        load_debuginfo(tmp_path / "missing")


def test_damaged_dwarf_is_no_error(elf: Path, tmp_path: Path) -> None:
    data = bytearray(elf.read_bytes())
    at = data.index(b"small.c")
    for step in range(0, 2000, 7):
        data[(at + step) % len(data)] ^= 0x5A
    broken = tmp_path / "broken"
    broken.write_bytes(data)
    extract(broken)


def test_names_are_joined_as_dwarf_means_them() -> None:
    assert join_names([".", "", "kernel/init/main.c"]) == "kernel/init/main.c"
    assert join_names(["/src", "include", "a.h"]) == "/src/include/a.h"
    assert join_names(["/src", "/usr/include", "a.h"]) == "/usr/include/a.h"
    assert join_names(["kernel/fs", "", "../mm/./a.c"]) == "kernel/mm/a.c"
