"""A program of the user's own in a scenario's place: an executable, or a C file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ringview.engine.client import Client
from ringview.engine.launch import spawn_engine
from ringview.engine.protocol import Done, Failed, GoTo, Rebuild
from ringview.engine.spec import EngineSpec
from ringview.guest.toolchain import build_source

COMMAND = [sys.executable, "-m", "ringview.cli.main"]
SOURCE = r"""#include <stdio.h>
#include <stdlib.h>
#include "answer.h"

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		puts(argv[i]);
	printf("%s %d\n", getenv("HOME") ? "home" : "lost", ANSWER);
	return argc;
}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own programs")  # with a space, as people have them


@pytest.fixture
def source(folder: Path) -> Path:
    (folder / "answer.h").write_text("#define ANSWER 42\n")
    source = folder / "first.c"
    source.write_text(SOURCE)
    return source


def _ringview(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        cwd=cwd,
        timeout=600,
        check=False,
    )


def test_a_c_file_is_compiled_and_run(source: Path, tmp_path: Path) -> None:
    result = _ringview("exec", source, "one", "two words", cwd=tmp_path)
    assert (result.stdout, result.returncode) == ("one\ntwo words\nhome 42\n", 3)


def test_a_c_file_is_a_scenario_without_a_story(source: Path) -> None:
    arguments = ("run", "first.c", "--headless", "--json", "-", "--", "-x", "y")
    result = _ringview(*arguments, cwd=source.parent)
    assert result.returncode == 0, result.stderr
    data = json.loads(result.stdout)
    assert data["scenario"]["title"] == "first -x y"
    assert data["console"].splitlines() == ["-x", "y", "home 42"]
    assert data["program"]["exit_status"] == 3


def test_an_executable_is_one_too(source: Path, tmp_path: Path) -> None:
    program = tmp_path / "copied"
    shutil.copy(build_source(source), program)
    result = _ringview("run", "./copied", "a", "--plain", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "copied a" in result.stdout


def test_a_scenario_names_a_c_file_beside_it(source: Path, tmp_path: Path) -> None:
    shutil.copy(source, tmp_path)
    shutil.copy(source.with_name("answer.h"), tmp_path)
    text = "title: t\nprogram: first.c\nargs: [a]\nexpect:\n  - {console: home 42}\n"
    (tmp_path / "own.yaml").write_text(text + "  - {exit_status: 2}\n")
    result = _ringview("run", tmp_path / "own.yaml", "--headless", cwd=Path("/"))
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_header_beside_it_counts(source: Path) -> None:
    before = build_source(source)
    assert build_source(source) == before
    source.with_name("answer.h").write_text("#define ANSWER 43\n")
    assert build_source(source) != before


def test_an_error_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "wrong.c").write_text("int main(void)\n{\n\treturn nothing;\n}\n")
    for command in (("exec", "wrong.c"), ("run", "wrong.c", "--headless")):
        result = _ringview(*command, cwd=tmp_path)
        assert result.returncode == 2
        assert result.stderr.startswith("ringview: error: wrong.c:3:9: wrong.c does not build: ")
        assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("hello2", "--headless", "--", "x"),
            "hello2: a scenario says itself, by args, what its program is given",
        ),
        (("nowhere.c", "--headless"), "nowhere.c: there is no such file"),
        (("./nowhere", "--headless"), "./nowhere: there is no such file"),
    ],
)
def test_what_cannot_be_run_is_said(
    arguments: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    result = _ringview("run", *arguments, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (2, f"ringview: error: {message}\n")


def test_an_executable_for_another_machine_is_refused(tmp_path: Path) -> None:
    (tmp_path / "host").write_bytes(Path(os.path.realpath("/bin/sh")).read_bytes())
    result = _ringview("run", "./host", "--headless", cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr.startswith("ringview: error: ")
    assert "host" in result.stderr
    assert result.stderr.count("\n") == 1


def test_edited_while_the_screen_is_open_it_is_built_again(source: Path) -> None:
    spec = EngineSpec(program=str(source), args=("a",))
    with spawn_engine(spec) as engine, Client(engine, timeout=120) as client:
        client.wait_frame()
        client.send(GoTo(0, "first.c:9"))

        source.write_text(SOURCE.replace("return argc;", "return nothing;"))
        answer = client.send(Rebuild(0), timeout=120)
        assert isinstance(answer, Failed)
        assert "use of undeclared identifier 'nothing'" in answer.text
        assert [line.number for line in answer.source if line.current] == [10]

        source.write_text(SOURCE.replace("main(", "main(  "))
        answer = client.send(Rebuild(0), timeout=120)
        assert isinstance(answer, Done)
        assert answer.text.startswith("rebuilt; ")
        assert client.frame is not None
        assert [line.number for line in client.frame.code.source if line.current] == [9]


def test_an_executable_that_was_linked_anew_is_loaded_anew(source: Path, tmp_path: Path) -> None:
    program = tmp_path / "copied"
    shutil.copy(build_source(source), program)
    with spawn_engine(EngineSpec(program=str(program))) as engine, Client(engine) as client:
        client.wait_frame()
        answer = client.send(Rebuild(0), timeout=120)
        assert isinstance(answer, Done)
        assert answer.text == "nothing has changed since it was built"
        source.with_name("answer.h").write_text("#define ANSWER 44\n")
        shutil.copy(build_source(source), program)
        answer = client.send(Rebuild(0), timeout=120)
        assert isinstance(answer, Done)
        assert answer.text.startswith("rebuilt; ")
