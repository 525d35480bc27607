from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringview.errors import ProgramError
from ringview.guest.elf import PF_R, PF_W, PF_X, parse_elf, read_elf

from .conftest import zig_cc

readelf = pytest.mark.skipif(shutil.which("readelf") is None, reason="readelf is missing")


def lines_of_readelf(flag: str, path: Path) -> list[list[str]]:
    done = subprocess.run(
        ["readelf", "-W", flag, str(path)], capture_output=True, text=True, check=True
    )
    return [line.split() for line in done.stdout.splitlines()]


@pytest.mark.oracle
@readelf
def test_segments_are_those_of_readelf(small_elf: Path) -> None:
    image = read_elf(small_elf)
    theirs = [
        (int(w[2], 16), int(w[3], 16), int(w[4], 16), int(w[5], 16))
        for w in lines_of_readelf("-l", small_elf)
        if w[:1] == ["LOAD"]
    ]
    ours = [(s.vaddr, s.paddr, len(s.data), s.memory_size) for s in image.segments]
    assert ours == theirs
    assert {s.permissions for s in image.segments} == {"r--", "r-x", "rw-"}


@pytest.mark.oracle
@readelf
def test_entry_and_symbols_are_those_of_readelf(small_elf: Path) -> None:
    image = read_elf(small_elf)
    entry = next(w[3] for w in lines_of_readelf("-h", small_elf) if w[:2] == ["Entry", "point"])
    assert image.entry == int(entry, 16)
    theirs = {
        (w[7], int(w[1], 16) & (~1 if w[3] == "FUNC" else ~0), int(w[2], 0), w[3], w[4])
        for w in lines_of_readelf("-s", small_elf)
        if len(w) == 8 and w[0][:-1].isdigit() and w[6] != "UND"
        if w[3] in {"FUNC", "OBJECT", "NOTYPE"} and not w[7].startswith("$")
    }
    ours = {(s.name, s.address, s.size, s.kind.upper(), s.binding.upper()) for s in image.symbols}
    assert ours == theirs
    assert {"main", "leaf", "first", "counter"} <= {s.name for s in image.symbols}


def test_reads_what_the_file_loads(small_elf: Path) -> None:
    image = read_elf(small_elf)
    first = next(s for s in image.symbols if s.name == "first")
    counter = next(s for s in image.symbols if s.name == "counter")
    data = image.read(first.address, 12)
    assert data is not None
    name, length, value = struct.unpack("<III", data)
    assert (length, value) == (6, 7)
    assert image.read(name, 7) == b"beagle\0"
    assert image.read(counter.address, 4) == bytes(4), ".bss reads as zero"
    assert image.read(0xFFFF_0000, 4) is None
    assert image.has_debug_info


def refused(data: bytes) -> str:
    with pytest.raises(ProgramError) as caught:
        parse_elf(data, Path("prog"))
    text = str(caught.value)
    assert text.startswith("prog: ")
    assert "\n" not in text
    return text


def patched(data: bytes, offset: int, new: bytes) -> bytes:
    return data[:offset] + new + data[offset + len(new) :]


def test_each_wrong_file_gets_its_own_sentence(small_elf: Path, tmp_path: Path) -> None:
    good = small_elf.read_bytes()
    assert "not an ELF" in refused(b"#!/bin/sh\n")
    assert "not an ELF" in refused(b"")
    assert "within the ELF header" in refused(good[:40])
    assert "within the program headers" in refused(good[:60])
    assert "truncated" in refused(good[: len(good) // 8])
    assert "64-bit" in refused(patched(good, 4, b"\2"))
    assert "big-endian" in refused(patched(good, 5, b"\2"))
    assert "for x86-64" in refused(patched(good, 18, struct.pack("<H", 62)))
    assert "machine 9999" in refused(patched(good, 18, struct.pack("<H", 9999)))
    assert "object file" in refused(patched(good, 16, struct.pack("<H", 1)))
    assert "core dump" in refused(patched(good, 16, struct.pack("<H", 4)))
    assert "no loadable segment" in refused(patched(good, 44, struct.pack("<H", 0)))
    missing = tmp_path / "nothing"
    with pytest.raises(ProgramError, match="no such file"):
        read_elf(missing)
    with pytest.raises(ProgramError, match="directory"):
        read_elf(tmp_path)


def test_a_dynamic_program_is_told_to_link_statically(small_elf: Path) -> None:
    good = small_elf.read_bytes()
    (phoff,) = struct.unpack_from("<I", good, 28)
    assert "-static" in refused(patched(good, phoff, struct.pack("<I", 3)))


def test_programs_of_other_machines_are_refused(build_directory: Path) -> None:
    other = zig_cc("small.c", build_directory / "x86", "-O1", target="x86_64-freestanding-none")
    with pytest.raises(ProgramError, match="64-bit"):
        read_elf(other)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_damage_never_raises_anything_else(small_elf: Path, data: st.DataObject) -> None:
    good = bytearray(small_elf.read_bytes())
    (shoff,) = struct.unpack_from("<I", good, 32)
    for _ in range(data.draw(st.integers(1, 8))):
        spot = data.draw(st.integers(0, 52 + 6 * 32 - 1) | st.integers(shoff, len(good) - 1))
        good[spot] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(good)) | st.just(len(good)))
    try:
        image = parse_elf(bytes(good[:cut]), Path("prog"))
    except ProgramError:
        return
    for segment in image.segments:
        assert len(segment.data) <= segment.memory_size
        assert segment.flags & ~0xFFFFFFFF == 0
        assert len(segment.permissions) == 3
        assert (segment.permissions[0] == "r") == bool(segment.flags & PF_R)
        assert (segment.permissions[1] == "w") == bool(segment.flags & PF_W)
        assert (segment.permissions[2] == "x") == bool(segment.flags & PF_X)
