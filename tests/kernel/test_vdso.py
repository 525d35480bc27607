"""The vDSO as processes see it: two mappings at a random place that nobody can change."""

from __future__ import annotations

import errno
import re
import signal
from pathlib import Path

import pytest
from tests.kernel.conftest import Boot, build_here

MMAP_BASE = 0xBF000000 - 0x08000000
PLACES = 0x4000


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_here("vdso", tmp_path_factory.mktemp("vdso") / "vdso")


def test_the_mappings_can_be_read_and_not_changed(boot: Boot, program: Path) -> None:
    end = boot(program).run()
    assert end.status == 0, end.log
    lines = end.console.split("\n")
    refused = [
        f"store {signal.SIGSEGV.value}",
        f"read {errno.EFAULT}",
        f"mprotect {errno.EACCES}",
    ]
    assert lines[1:9] == [*refused, "elf 0", *refused, "elf 1"]
    assert lines[9:11] == ["agree 1", "child 1"]
    assert lines[-3:] == ["munmap 0", f"gone {signal.SIGSEGV.value}", ""]


def test_each_program_gets_a_place_of_its_own(boot: Boot, program: Path) -> None:
    found: set[int] = set()
    for seed in (1, 2, 3):
        images = re.findall(r"image ([0-9a-f]+)", boot(program, seed=seed).run().console)
        assert len(images) == 2, "the program, and what its child has become"
        found.update(int(image, 16) for image in images)
    assert len(found) == 6
    for image in found:
        assert image % 4096 == 0
        assert MMAP_BASE < image <= MMAP_BASE + PLACES * 4096


def test_the_same_seed_gives_the_same_place(boot: Boot, program: Path) -> None:
    first, second = (boot(program, "show", seed=7).run().console for _ in range(2))
    assert first == second


def test_without_the_option_there_is_none(boot: Boot, program: Path) -> None:
    end = boot(program, "show", options={"VDSO": False}).run()
    assert end.console == "image 0\n"
    assert end.status == 0
