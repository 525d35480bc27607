"""Tasks preempted in the middle of everything leave nothing broken and nothing behind."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.kernel_build.conftest import build, compile_program, copy_tree
from tests.kernel_build.guest import Guest

TICK = r"-\(CLOCKSOURCE_HZ / HZ\)"
CALM = b"pipe whole\r\n" * 3 + b"directory empty\r\nmemory given back\r\n"


@pytest.fixture(scope="module")
def stress(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_program("stress", tmp_path_factory.mktemp("stress"))


def test_an_ordinary_tick(vmlinux: Path, stress: Path) -> None:
    guest = Guest(vmlinux, stress, ["60"])
    assert guest.finish() == 0
    assert guest.console == CALM


@pytest.mark.parametrize("ticks_a_second", [24_000, pytest.param(61_000, marks=pytest.mark.soak)])
def test_a_tick_every_few_thousand_instructions(
    kernel: Path, tmp_path: Path, stress: Path, ticks_a_second: int
) -> None:
    tree = copy_tree(tmp_path / "kernel", kernel)
    driver = tree / "drivers/clocksource/timer-ti-dm.c"
    text, count = re.subn(TICK, f"-(CLOCKSOURCE_HZ / {ticks_a_second})", driver.read_text())
    assert count == 1
    driver.write_text(text)
    guest = Guest(build(tree, tmp_path / "out"), stress, ["150"])
    assert guest.finish() == 0
    assert guest.console == CALM
    assert not [record for record in guest.log() if record.level < 4]
