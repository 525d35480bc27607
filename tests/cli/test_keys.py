"""`ringview keys`, and what a broken file of keys does to `ringview run`."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringview.cli.main import run_cli
from ringview.tui.commands import COMMANDS


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RINGVIEW_CONFIG", str(tmp_path / "own"))
    return tmp_path / "own" / "keys.yaml"


def test_the_table_is_printed(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["keys"]) == 0
    out = capsys.readouterr().out
    for entry in COMMANDS:
        assert f"  {entry.name} " in out
    assert str(own) in out
    assert not own.exists()


def test_a_file_is_written_once_and_never_again(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["keys", "--write"]) == 0
    assert str(own) in capsys.readouterr().out
    own.write_text("step: x\n")
    assert run_cli(["keys", "--write"]) == 2
    assert own.read_text() == "step: x\n"
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert str(own) in error
    assert run_cli(["keys"]) == 0
    assert "* step                   x " in capsys.readouterr().out


def test_a_place_that_is_no_directory(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own.parent.write_text("")
    assert run_cli(["keys", "--write"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_broken_file_is_told_before_the_screen_opens(own: Path) -> None:
    """In a terminal; the sentence comes, and no screen."""
    import os
    import pty
    import sys

    own.parent.mkdir()
    own.write_text("step: o\n")
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ |= {"COLUMNS": "120", "LINES": "40"}
        os.execv(sys.executable, [sys.executable, "-m", "ringview.cli.main", "run", "hello2"])
    said = b""
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:
            break
        if not part:
            break
        said += part
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 2
    text = said.decode()
    assert f"{own}:1:7: the key o is already that of the command “step over”" in text
    assert "\x1b[?1049h" not in text
    assert text.count("\n") == 1
