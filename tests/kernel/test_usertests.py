"""Programs that mean ill: the kernel answers as Linux does, whatever its options, and lives on."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.kernel.conftest import Boot, End

CONFIGURATIONS: list[dict[str, bool | int | str]] = [
    {"UACCESS_LDRT": True},
    {"CPU_SW_DOMAIN_PAN": False},
    {"PREEMPT": False},
    {"STACKPROTECTOR": True},
]

QEMU = shutil.which("qemu-arm")


def test_every_expectation_holds(boot: Boot, usertests: Path) -> None:
    assert_all_hold(boot(usertests).run())


@pytest.mark.parametrize("options", CONFIGURATIONS, ids="-".join)
def test_every_expectation_holds_whatever_the_options(
    boot: Boot, musl_usertests: Path, options: dict[str, bool | int | str]
) -> None:
    assert_all_hold(boot(musl_usertests, options=options).run())


def assert_all_hold(end: End) -> None:
    assert end.console.endswith(" 0 failed\n")
    assert "FAILED" not in end.console
    assert end.status == 0
    assert "Oops" not in end.log


@pytest.mark.skipif(QEMU is None, reason="qemu-arm is not installed")
def test_the_expectations_are_linuxs(usertests: Path) -> None:
    assert QEMU is not None
    done = subprocess.run(
        [QEMU, "-cpu", "cortex-a8", usertests, "-q"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.endswith(" 0 failed\n"), done.stdout


def test_a_wrong_expectation_would_be_seen(boot: Boot, usertests: Path) -> None:
    """The last test here is one that must fail."""
    end = boot(usertests, "must_fail").run()
    assert "FAILED must_fail" in end.console
    assert end.status == 1 << 8


@pytest.mark.parametrize("name", ["thread_ends", "signals", "address_spaces", "memory"])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_switch_may_come_at_any_instruction(
    boot: Boot, usertests: Path, name: str, seed: int
) -> None:
    end = boot(usertests, name).run_interrupted(seed, 700, 4000)
    assert end.console == "1 tests, 0 failed\n"
    assert end.status == 0


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_threads_compute_right_under_a_storm_of_switches(
    boot: Boot, usertests: Path, seed: int
) -> None:
    end = boot(usertests, "threads").run_interrupted(seed, 600, 5000)
    assert end.console == "1 tests, 0 failed\n"


def test_two_boots_are_the_same_to_the_last_bit(boot: Boot, usertests: Path) -> None:
    first, second = (boot(usertests, "wait").run() for _ in range(2))
    assert first == second
