"""Keys that the user changed: read, refused, shown, obeyed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tui.driving import running
from tests.tui.fake import text_of

from ringview.engine.protocol import GoTo, Step
from ringview.errors import ConfigError
from ringview.tui.commands import COMMANDS, key_text
from ringview.tui.keymap import DEFAULT, Keymap, listing, parse_key, read_keymap, starting_file
from ringview.tui.screens import help_rows


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "keys.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_key_of_the_table_can_be_written_as_it_is_shown() -> None:
    for entry in COMMANDS:
        for key in entry.keys:
            assert parse_key(key) == key
            assert parse_key(key_text(key)) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("comma", ","),
        ("ctrl-p", "ctrl+p"),
        ("Ctrl+X", "ctrl+x"),
        ("shift+a", "A"),
        ("F5", "f5"),
        ("esc", "escape"),
        ("ctrl+m", "enter"),
        ("alt+x", "alt+x"),
        ("-", "-"),
        ("+", "+"),
        ("é", "é"),
    ],
)
def test_keys_are_read_as_people_write_them(text: str, key: str) -> None:
    assert parse_key(text) == key


@given(st.text(max_size=12))
def test_any_text_is_a_key_or_refused_in_a_sentence(text: str) -> None:
    refused = ""
    key = "x"
    try:
        key = parse_key(text)
    except ValueError as error:
        refused = str(error)
    assert refused == "" or refused.startswith("there is no key “")
    assert parse_key(key) == key


def test_no_file_and_the_starting_file_change_nothing(tmp_path: Path) -> None:
    assert read_keymap(tmp_path / "keys.yaml") == DEFAULT
    assert read_keymap(written(tmp_path, starting_file())) == DEFAULT


def test_the_starting_file_says_the_tables_own_keys(tmp_path: Path) -> None:
    lines = starting_file().splitlines()
    entries = [line[2:] for line in lines if line.startswith("# ") and "  # " in line]
    keymap = read_keymap(written(tmp_path, "\n".join(entries)))
    assert {name for name, _ in keymap.changes} == {entry.name for entry in COMMANDS}
    for entry in COMMANDS:
        assert keymap.keys(entry.name) == entry.keys


def test_changes_are_read(tmp_path: Path) -> None:
    keymap = read_keymap(
        written(
            tmp_path, 'step: [x, "1"]\npane 1: f1\nnext line: []\nnext beat: space\nrun or pause: n'
        )
    )
    assert keymap.keys("step") == ("x", "1")
    assert keymap.keys("pane 1") == ("f1",)
    assert keymap.keys("next line") == ()
    found = keymap.find("space")
    assert found is not None
    assert found.name == "next beat"
    assert keymap.find("right") is None
    assert "* step" in listing(keymap)


@pytest.mark.parametrize(
    ("text", "position", "sentence"),
    [
        ("stepp: x", "1:1", "there is no command “stepp”; did you mean “step”?"),
        ("step: x\nfrobnicate: y", "2:1", "there is no command “frobnicate”"),
        ("step: [x, tabb]", "1:11", "there is no key “tabb”; did you mean tab?"),
        ("step: o", "1:7", "the key o is already that of the command “step over”; give that one"),
        ("step: x\nstep out: x", "2:11", "the key x is already that of the command “step”"),
        ("step: [x, x]", "1:11", "the key x is given twice"),
        ("step: x\nstep: z", "2:1", "the key 'step' is given twice"),
        ("step: {a: b}", "1:7", "“step” needs a key, or a list of keys"),
        ("step: [[a]]", "1:7", "“step” needs a key, or a list of keys"),
        ("step:", "1:6", "“step” needs a key, or [] for none"),
        ("step: [", "1:8", "this is not YAML"),
        ("[step]", "1:1", "a table of keys is a mapping of keys to values"),
        ("quit: []", "", "the command “quit” needs a key"),
    ],
)
def test_what_cannot_be_is_one_sentence_with_its_place(
    tmp_path: Path, text: str, position: str, sentence: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        read_keymap(path)
    place = f"{path}:{position}" if position else str(path)
    assert str(caught.value).startswith(f"{place}: {sentence}")
    assert "\n" not in str(caught.value)


@given(st.text(max_size=40))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("keys") / "keys.yaml"
    path.write_text(text, encoding="utf-8", errors="replace")
    refused = ""
    try:
        read_keymap(path)
    except ConfigError as error:
        refused = error.message
    assert "\n" not in refused


CHANGED = Keymap(
    (
        ("step", ("f5",)),
        ("next log", ("K",)),
        ("help", ("f1",)),
        ("who wrote this", ("f2",)),
        ("start", ()),
        ("next pane", ("n",)),
        ("next line", ("tab",)),
    )
)


async def test_changed_keys_do_what_they_say_and_the_old_ones_nothing() -> None:
    async with running(keymap=CHANGED) as run:
        run.link.commands.clear()
        await run.press("right", "home", "l")
        await run.settle()
        assert run.link.commands == []
        await run.press("f5")
        await run.until(lambda: Step(0, "instruction", 1) in run.link.commands)
        await run.press("tab")
        await run.until(lambda: Step(0, "line", 1) in run.link.commands, "tab is a key like others")
        await run.press("n")
        await run.until(lambda: run.app.focused is not None)
        run.app.action_perform("start")
        await run.until(lambda: GoTo(0, "start") in run.link.commands)


async def test_footer_panes_help_and_palette_tell_the_changed_keys() -> None:
    async with running(keymap=CHANGED) as run:
        text = text_of(run.app)
        assert " f5 step" in text
        assert "f1 help" in text
        assert "K next" in text
        commands = {c.title: c.help for c in run.app.get_system_commands(run.app.screen)}
        assert set(commands) == {entry.name for entry in COMMANDS}
        assert commands["step"].startswith("f5: ")
        assert commands["start"] == "To the start of the run."
        assert "what f2 asked for" in commands["previous access"]
        await run.press("f1")
        await run.until(lambda: len(run.app.screen_stack) == 2)
    told = {row for _, rows in help_rows(CHANGED) for row in rows}
    assert ("f5", "One instruction forwards.") in told
    assert ("—", "To the start of the run.") in told


async def test_answers_are_chosen_with_the_keys_of_panes_wherever_they_are() -> None:
    from tests.tui import sample

    keymap = Keymap((("pane 1", ("f1",)), ("pane 8", ("f8",))))
    async with running(sample.at_svc(), keymap=keymap) as run:
        text = text_of(run.app)
        assert "? " in text
        await run.press("f8")
        await run.until(lambda: run.app.panes["narration"].has_focus)
        await run.press("f1")
        await run.settle()
        assert run.app.chosen.quiz.chosen or not run.app.shown.narration.beats[0].choices  # type: ignore[union-attr]
