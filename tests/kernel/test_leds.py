"""/dev/leds: registers in a user's own table, by the driver's leave and within its limits."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from tests.kernel.conftest import Boot, build_here

DATAOUT = 0x4804C13C


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_here("leds", tmp_path_factory.mktemp("leds") / "leds")


def test_a_program_reaches_the_registers_and_no_more(boot: Boot, program: Path) -> None:
    guest = boot(program, options={"LEDS_GPIO": True})
    end = guest.run()
    assert end.console.splitlines() == [
        f"private {errno.EINVAL}",
        f"two pages {errno.EINVAL}",
        f"offset {errno.EINVAL}",
        f"read only {errno.EACCES}",
        f"pointer {errno.EFAULT}",
        f"command {errno.ENOTTY}",
        "both 5",
        "protect 0 0",
        "all d",
    ]
    assert end.status == 0
    assert guest.machine.board.read(DATAOUT, 4) >> 21 & 0xF == 0xD
