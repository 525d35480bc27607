"""The commands that run nothing, or what is around a run."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from ringview.cli.execute import Runner, exit_status
from ringview.cli.group import cli
from ringview.cli.listing import list_shipped, show_scenario
from ringview.guest.toolchain import build_kernel, build_program
from ringview.scenario.course import ROWS
from ringview.scenario.load import shipped_scenarios

COMMAND = [sys.executable, "-m", "ringview.cli.main"]


def test_list_is_the_courses_contents_with_every_shipped_scenario() -> None:
    lines = CliRunner().invoke(cli, ["list"], standalone_mode=False).output.splitlines()
    names = {line.split()[0] for line in lines if line.startswith("     ")} - {"More"}
    assert names == {path.stem for path in shipped_scenarios()}
    rows = [line.split()[0] for line in lines if not line.startswith("     ")]
    assert rows == [row for row in [*map(str, ROWS), "A"] if row in rows]  # in order, each once
    at = next(i for i, line in enumerate(lines) if line.startswith("  A  "))
    assert lines[at + 1].split()[0] == "hello2"


def test_prose_is_as_long_as_the_terminal_is_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    out = io.StringIO()
    out.isatty = lambda: True  # type: ignore[method-assign]
    list_shipped(out)
    lines = out.getvalue().splitlines()
    assert 50 < max(map(len, lines)) < 60, max(lines, key=len)
    assert not any(" io · " in line for line in lines), "a name is not said twice"
    out.truncate(0)
    show_scenario("hello2", out)
    told = out.getvalue().partition("beats")[2].partition("expected")[0].splitlines()
    assert 50 < max(map(len, told)) < 60, max(told, key=len)


def test_show_says_what_a_scenario_does() -> None:
    output = CliRunner().invoke(cli, ["show", "hello2"], standalone_mode=False).output
    for expected in (
        "hello2 beagle 7",
        "The door",
        "hello2 returns 0, once",
        "in.val is 7",
    ):
        assert expected in output


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from ringview.cli.main import run_cli; run_cli(['--help'])\n"
        "heavy = {'textual', 'numpy', 'unicorn', 'pydantic', 'yaml', 'elftools', 'rich'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_the_engine_is_started_before_the_screen_is_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = (
        "import sys, os\n"
        "import ringview.cli.live as live\n"
        "def spawn(spec):\n"
        "    assert 'textual' not in sys.modules and 'rich' not in sys.modules\n"
        "    assert spec.scenario == 'hello2' and spec.at == 'end'\n"
        "    print('spawned'); raise SystemExit(0)\n"
        "live.spawn_engine = spawn\n"
        "sys.stdout.isatty = sys.stdin.isatty = sys.stderr.isatty = lambda: True\n"
        "os.environ.update(COLUMNS='120', LINES='40')\n"
        "from ringview.cli.main import run_cli\n"
        "run_cli(['run', 'hello2', '--at', 'end'])\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout == "spawned\n"


@pytest.mark.parametrize("what", ["scenario", "output"])
def test_schemas_are_printed(what: str) -> None:
    output = CliRunner().invoke(cli, ["schema", what], standalone_mode=False).output
    assert json.loads(output)["$schema"].startswith("https://json-schema.org/")


def test_doctor_looks_at_everything_and_finds_this_computer_fit() -> None:
    result = subprocess.run([*COMMAND, "doctor"], capture_output=True, text=True, check=False)
    found = {line.split()[1]: line.split()[0] for line in result.stdout.splitlines()}
    assert set(found) == {
        "python",
        "packages",
        "machine",
        "toolchain",
        "cache",
        "images",
        "terminal",
    }
    assert found["machine"] == "ok"
    assert result.returncode == 0


def test_doctor_fails_where_the_cache_cannot_be_written() -> None:
    environment = {**os.environ, "RINGVIEW_CACHE": "/proc/ringview"}
    result = subprocess.run(
        [*COMMAND, "doctor"], capture_output=True, text=True, check=False, env=environment
    )
    assert result.returncode == 2
    assert "bad   cache" in result.stdout
    assert "RINGVIEW_CACHE" in result.stdout


def test_a_reader_that_has_gone_is_no_error() -> None:
    with subprocess.Popen(
        [*COMMAND, "show", "hello2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) in (0, 141)


@pytest.mark.parametrize("command", [["exec", "spin"], ["run", "spin.yaml", "--headless"]])
def test_ctrl_c_ends_with_130(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "spin.yaml").write_text("title: t\nprogram: spin\nlimit: 100000000000\n")
    build_program("spin")
    build_kernel()
    # A test run in the background ignores Ctrl-C, and children inherit that.
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from ringview.cli.main import main; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    ) as process:
        try:
            time.sleep(3)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 130
    assert errors == b""


def test_completion_offers_shipped_scenarios() -> None:
    environment = {
        **os.environ,
        "_RINGVIEW_COMPLETE": "bash_complete",
        "COMP_WORDS": "ringview run hel",
        "COMP_CWORD": "2",
    }
    result = subprocess.run(COMMAND, capture_output=True, text=True, env=environment, check=False)
    assert "plain,hello2" in result.stdout.splitlines()


@pytest.mark.parametrize(
    ("wait_status", "status"), [(0, 0), (7 << 8, 7), (255 << 8, 255), (11, 139), (0x86, 134)]
)
def test_a_wait_status_becomes_a_shell_status(wait_status: int, status: int) -> None:
    assert exit_status(wait_status) == status


def test_newlines_lose_what_the_terminal_added_and_nothing_else() -> None:
    class Half(Runner):
        def __init__(self) -> None:
            self._pending_return = False

        def feed(self, data: bytes) -> bytes:
            return self._unix_lines(data)

    half = Half()
    pieces = [b"a\r", b"\nb\r\n", b"c\r\r", b"\n", b"d\re"]
    assert b"".join(half.feed(piece) for piece in pieces) == b"a\nb\nc\r\nd\re"


def test_an_image_from_another_folder(tmp_path: Path) -> None:
    result = subprocess.run(
        [*COMMAND, "list"], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert "hello2" in result.stdout
