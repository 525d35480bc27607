from __future__ import annotations

import shutil
import struct
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringview.errors import InputError, ProgramError
from ringview.guest import cmdline, cpio
from ringview.guest.elf import ElfImage, Segment, read_elf
from ringview.guest.loader import DDR_BASE, MACHINE_NUMBER, boot_tags, prepare

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12) | st.text(
    ' "\\\tab', max_size=8
)


def kernel_at(tmp_path: Path, size: int = 0x10_0000) -> ElfImage:
    segment = Segment(0xC0008000, 0x80008000, b"\1" * 64, size, 5)
    return ElfImage(tmp_path / "vmlinux", 0x80008000, (segment,), (), {}, False, False)


@given(st.lists(words, max_size=6))
def test_quoted_words_come_back(arguments: list[str]) -> None:
    line = " ".join(cmdline.quote(word) for word in arguments)
    assert cmdline.split(line) == arguments


@given(st.lists(words, max_size=4), st.dictionaries(st.sampled_from(["A", "b_2"]), words))
def test_a_command_line_comes_back(arguments: list[str], environment: dict[str, str]) -> None:
    line = cmdline.build("/bin/my prog", arguments, environment, ("console=ttyS0", "quiet"))
    back = cmdline.split(line)
    head = ["console=ttyS0", "quiet", "init=/bin/my prog"]
    variables = [f"{k}={v}" for k, v in environment.items()]
    assert back == head + variables + (["--", *arguments] if arguments else [])


def test_what_a_simple_line_looks_like() -> None:
    line = cmdline.build("/bin/hello2", ["beagle", "7"], {}, ("console=ttyS0", "quiet"))
    assert line == "console=ttyS0 quiet init=/bin/hello2 -- beagle 7"
    assert cmdline.quote('say "hi" \\o/') == '"say \\"hi\\" \\\\o/"'
    assert cmdline.quote("") == '""'


def test_what_cannot_be_passed_is_refused() -> None:
    with pytest.raises(InputError, match="4095"):
        cmdline.build("/bin/x", ["a" * 4096], {})
    with pytest.raises(InputError, match="NUL"):
        cmdline.build("/bin/x", ["a\0b"], {})
    with pytest.raises(InputError, match="quiet"):
        cmdline.build("/bin/x", [], {"quiet": "1"})
    with pytest.raises(InputError, match="no name"):
        cmdline.build("/bin/x", [], {"A B": "1"})


def read_tags(tags: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while True:
        size, kind = struct.unpack_from("<II", tags, at)
        if kind == 0:
            assert size == 0
            assert at + 8 == len(tags)
            return found
        found[kind] = tags[at + 8 : at + size * 4]
        at += size * 4


@given(words)
def test_boot_tags_say_what_they_should(text: str) -> None:
    tags = read_tags(boot_tags(text, 32 << 20, range(0x81F00000, 0x81F00200)))
    assert next(iter(tags)) == 0x54410001, "the core tag comes first"
    assert struct.unpack("<II", tags[0x54410002]) == (32 << 20, DDR_BASE)
    assert struct.unpack("<II", tags[0x54420005]) == (0x81F00000, 0x200)
    assert tags[0x54410009].rstrip(b"\0").decode() == text
    assert tags[0x54410009].endswith(b"\0")


def test_nothing_overlaps_and_all_lies_in_memory(small_elf: Path, tmp_path: Path) -> None:
    setup = prepare(kernel_at(tmp_path), small_elf, ["beagle", "7"], memory_size=4 << 20)
    assert dict(setup.registers) == {"r0": 0, "r1": MACHINE_NUMBER, "r2": DDR_BASE + 0x100}
    assert setup.entry == 0x80008000
    assert setup.argv == ("/bin/small", "beagle", "7")
    assert setup.command_line.endswith("init=/bin/small -- beagle 7")
    spans = sorted((pa, pa + len(data)) for pa, data in setup.loads)
    assert spans[0][0] >= DDR_BASE
    assert spans[-1][1] <= DDR_BASE + (4 << 20)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert setup.initrd.start % 4096 == 0
    assert setup.initrd.start >= 0x80108000, "it lies behind the kernel's .bss"


def test_a_virtual_entry_point_is_made_physical(tmp_path: Path) -> None:
    kernel = kernel_at(tmp_path)
    virtual = ElfImage(kernel.path, 0xC0008010, kernel.segments, (), {}, False, False)
    assert prepare(virtual, None).entry == 0x80008010


def test_what_does_not_fit_is_refused(small_elf: Path, tmp_path: Path) -> None:
    kernel = kernel_at(tmp_path)
    with pytest.raises(ProgramError, match="wants memory at"):
        prepare(kernel, small_elf, memory_size=1 << 19)
    big = read_elf(small_elf)
    grown = ElfImage(
        big.path, big.entry, (Segment(0x10000, 0x10000, b"", 64 << 20, 6),), (), {}, False, False
    )
    with pytest.raises(ProgramError, match="needs 64 MiB and the machine has 32 MiB"):
        prepare(kernel, grown)
    fat = tmp_path / "fat"
    fat.write_bytes(small_elf.read_bytes() + bytes(2 << 20))
    with pytest.raises(ProgramError, match="does not fit"):
        prepare(kernel, fat, memory_size=2 << 20)


@pytest.mark.oracle
@pytest.mark.skipif(shutil.which("cpio") is None, reason="cpio is missing")
def test_cpio_reads_the_archive(tmp_path: Path) -> None:
    archive = cpio.pack(
        [
            cpio.directory("bin"),
            cpio.executable("bin/x", b"hello"),
            cpio.Entry("etc", cpio.S_IFDIR | 0o755),
            cpio.Entry("etc/motd", cpio.S_IFREG | 0o644, b"hi\n"),
        ]
    )
    subprocess.run(["cpio", "-idm", "--quiet"], input=archive, cwd=tmp_path, check=True)
    assert (tmp_path / "bin/x").read_bytes() == b"hello"
    assert (tmp_path / "bin/x").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "etc/motd").read_text() == "hi\n"


def walk_cpio(archive: bytes) -> dict[str, tuple[int, bytes]]:
    found: dict[str, tuple[int, bytes]] = {}
    at = 0
    while True:
        assert archive[at : at + 6] == b"070701"
        fields = [int(archive[at + 6 + 8 * i : at + 14 + 8 * i], 16) for i in range(13)]
        name = archive[at + 110 : at + 110 + fields[11] - 1].decode()
        start = (at + 110 + fields[11] + 3) & ~3
        if name == "TRAILER!!!":
            return found
        found[name] = (fields[1], archive[start : start + fields[6]])
        at = (start + fields[6] + 3) & ~3


@given(st.dictionaries(st.text("abc/é", min_size=1, max_size=9), st.binary(max_size=40)))
def test_an_archive_holds_what_was_packed(files: dict[str, bytes]) -> None:
    archive = cpio.pack([cpio.executable(n, d) for n, d in files.items()])
    assert len(archive) % 512 == 0
    assert {n: d for n, (_, d) in walk_cpio(archive).items()} == files


def test_extra_files_bring_their_directories(small_elf: Path, tmp_path: Path) -> None:
    setup = prepare(kernel_at(tmp_path), small_elf, files={"/srv/data/a.txt": b"x"})
    archive = next(d for pa, d in setup.loads if pa == setup.initrd.start)
    names = list(walk_cpio(archive))
    assert names.index("srv") < names.index("srv/data") < names.index("srv/data/a.txt")
    assert "bin/small" in names
