"""`ringview shot`: what the picture shows is what the machine did at that place."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringview.cli.endings import EXIT_ERROR
from ringview.cli.main import run_cli


def test_text_shows_the_place(tmp_path: Path) -> None:
    target = tmp_path / "handler.txt"
    assert run_cli(["shot", "hello2", "--at", "sys_hello2", "-o", str(target)]) == 0
    drawn = target.read_text("utf-8")
    assert len(drawn.splitlines()) == 40
    assert "SVC kernel" in drawn
    assert "sys-hello2.c" in drawn
    assert "beagle" in drawn


def test_svg_at_the_start_is_user_mode(tmp_path: Path) -> None:
    target = tmp_path / "start.svg"
    assert run_cli(["shot", "hello2", "--theme", "light", "-o", str(target)]) == 0
    drawn = target.read_text("utf-8")
    assert drawn.startswith("<svg")
    assert "USR" in drawn


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["hello2", "--at", "beat 88", "-o", "x.txt"], "there is no beat 88"),
        (["hello2", "--size", "9x9", "-o", "x.txt"], "the screen needs at least"),
        (["hello2", "--size", "wide", "-o", "x.txt"], "a size is COLUMNSxROWS"),
        (["hello2", "-o", "x.png"], "must end in .svg or .txt"),
        (["hello2", "-o", "nowhere/x.txt"], "nowhere/x.txt: "),
        (["nosuch", "-o", "x.txt"], "there is no scenario 'nosuch'"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_cli(["shot", *arguments]) == EXIT_ERROR
    error = capsys.readouterr().err
    assert error.startswith("ringview: error: ")
    assert sentence in error
    assert len(error.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())
