"""Fragments are merged, or refused with the line that cannot be honoured."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.kernel_build.conftest import KERNEL, run_make


def _merge(tmp_path: Path, text: str) -> tuple[int, str, Path]:
    fragment = tmp_path / "extra.config"
    fragment.write_text(text)
    output = tmp_path / "out"
    done = run_make(KERNEL, output, f"CONFIG_FRAGMENTS={fragment}", "bbb_defconfig")
    return done.returncode, done.stderr, output


def test_a_fragment_overrides_the_defconfig(tmp_path: Path) -> None:
    code, errors, output = _merge(
        tmp_path, '# CONFIG_HELLO_SYSCALL is not set\nCONFIG_HZ=250\nCONFIG_LOCALVERSION="-x"\n'
    )
    assert code == 0, errors
    header = (output / "include/generated/autoconf.h").read_text()
    assert "#define CONFIG_HZ 250" in header
    assert "CONFIG_HELLO_SYSCALL" not in header
    assert "#define CONFIG_HELLO2_SYSCALL 1" in header
    make_side = (output / "include/config/auto.conf").read_text().splitlines()
    assert "CONFIG_HZ=250" in make_side
    assert "CONFIG_HELLO2_SYSCALL=y" in make_side


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("CONFIG_NO_SUCH=y", "no option CONFIG_NO_SUCH"),
        ("CONFIG_HZ=often", "no value for CONFIG_HZ (int)"),
        ("CONFIG_HZ=5", "CONFIG_HZ=5"),
        ("CONFIG_PREEMPT=m", "CONFIG_PREEMPT"),
        ('CONFIG_LOCALVERSION="-x', "not closed"),
        ("HZ=100", "expected CONFIG_NAME=value"),
        ("# CONFIG_EXPERT is not set", "depends on EXPERT"),
    ],
)
def test_what_cannot_be_honoured_is_named_with_its_line(
    tmp_path: Path, line: str, says: str
) -> None:
    code, errors, _ = _merge(tmp_path, f"# a comment\n\n{line}\n")
    assert code != 0
    assert says in errors
    # the option that depends on EXPERT was asked for elsewhere
    place = "bbb_defconfig:" if "EXPERT" in line else "extra.config:3:"
    assert place in errors
    assert "Traceback" not in errors


def test_the_last_of_a_choice_wins(tmp_path: Path) -> None:
    code, errors, output = _merge(tmp_path, "CONFIG_UACCESS_PLAIN=y\nCONFIG_UACCESS_LDRT=y\n")
    assert code == 0, errors
    header = (output / "include/generated/autoconf.h").read_text()
    assert "CONFIG_UACCESS_LDRT" in header
    assert "CONFIG_UACCESS_PLAIN" not in header


def test_a_missing_fragment_is_an_error(tmp_path: Path) -> None:
    done = run_make(KERNEL, tmp_path / "out", f"CONFIG_FRAGMENTS={tmp_path}/none", "bbb_defconfig")
    assert done.returncode != 0
    assert "none" in done.stderr
    assert "Traceback" not in done.stderr
