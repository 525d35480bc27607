"""The guided tour shows what the screen shows: its pictures are drawn anew and compared."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from ringview.guest.make import find_zig
from ringview.tui.commands import COMMANDS

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def tour() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tour", DOCS / "tour.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_its_pictures_are_what_ringview_draws_today(tour: ModuleType, tmp_path: Path) -> None:
    if find_zig() is None:
        pytest.skip("the ziglang package is not installed")
    page = (DOCS / "tour.md").read_text(encoding="utf-8")
    again = tour.drawn(page, tmp_path)
    assert again == page, "the tour is stale: run make tour, and read what it says around them"
    pictures = sorted((DOCS / "tour").iterdir())
    assert [p.name for p in pictures] == sorted(p.name for p in (tmp_path / "tour").iterdir())
    for picture in pictures:
        assert (tmp_path / "tour" / picture.name).read_bytes() == picture.read_bytes(), picture.name


def test_each_picture_has_its_command_and_each_file_is_shown() -> None:
    page = (DOCS / "tour.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(.*)\n```text\n", page)
    assert blocks
    assert all(line.startswith("<!-- shot ") for line in blocks)
    for shown in re.findall(r"!\[[^]]+\]\(([^)]+)\)", page):
        assert f"-o {shown} -->" in page
        assert (DOCS / shown).is_file()


def test_the_keys_it_names_do_what_it_says() -> None:
    keys = {key: entry.name for entry in COMMANDS for key in entry.keys if not entry.where}
    for key, name in {
        "M": "change of mode",
        "v": "frames",
        "s": "storyboard",
        "j": "next fault",
        "w": "who wrote this",
        "t": "translate",
        "g": "go to",
        "]": "next transition",
        "[": "previous transition",
        ".": "next beat",
        "a": "answer",
    }.items():
        assert keys[key] == name
