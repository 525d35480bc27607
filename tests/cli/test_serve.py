"""``ringview serve`` from outside: where it listens, what it refuses, and that nothing stays."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import urllib.request
from pathlib import Path

import pytest
from tests.cli.test_live import terminal
from tests.web.serving import Serving, eventually, processes, serving

from ringview.cli.main import run_cli


def refused(server: Serving, sentence: str) -> None:
    assert server.process.wait(60) == 2
    assert re.fullmatch(rf"ringview: error: {sentence}\n", server.said), server.said


def test_bad_places_to_listen_are_refused_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serving(tmp_path, "hello2", "--port", str(port)) as server:
            refused(server, rf"port {port} of 127.0.0.1 is in use; --port 0 takes a free one")
    with serving(tmp_path, "hello2", "--host", "192.0.2.1") as server:
        refused(server, r"192\.0\.2\.1 is no address of this computer")
    with serving(tmp_path, "hello2", "--host", "no host") as server:
        refused(server, r"there is no host called no host")
    with serving(tmp_path) as server:
        refused(server, r"no live screen of yours is running; .*")
    with serving(tmp_path, "no-such-scenario") as server:
        refused(server, r".*no-such-scenario.*")
    assert not processes(str(tmp_path / "tmp"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_listens_on_loopback_until_it_is_told_to_stop(tmp_path: Path, number: int) -> None:
    with serving(tmp_path, "hello2") as server:
        audience = server.address("audience")
        assert audience.startswith("http://127.0.0.1:")
        assert "warning" not in server.said
        assert server.said.count(server.address("lecturer")) == 1
        with urllib.request.urlopen(audience) as answer:
            assert b"terminal" in answer.read()
        second = Serving(tmp_path, ["hello2"])
        refused(second, r"hello2 has a lecturer already \(process \d+\); .*--join \d+")
        assert server.end(number) == 0
        assert server.said.endswith("ringview: the lecture has ended\n")
        server.nothing_is_left()


def test_another_host_has_to_be_asked_for_and_comes_with_a_warning(tmp_path: Path) -> None:
    with serving(tmp_path, "hello2", "--host", "0.0.0.0") as server:
        own = server.address("lecturer")
        assert own.startswith("http://127.0.0.1:")
        assert "ringview: warning: whoever reaches" in server.said
        assert server.end() == 0


def test_nothing_outlives_a_server_that_is_killed(tmp_path: Path) -> None:
    with serving(tmp_path, "hello2") as server:
        server.address("audience")
        server.end(signal.SIGKILL)
        eventually(lambda: not processes(str(server.temporary)), "everything ends", 20)
        eventually(lambda: not list(server.temporary.iterdir()), "the engine tidies up", 20)


def test_an_engine_that_is_killed_gets_a_successor(tmp_path: Path) -> None:
    with serving(tmp_path, "hello2") as server:
        server.address("audience")
        address = server.directory / "address"
        pid = json.loads(address.read_text())["pid"]
        os.kill(pid, signal.SIGKILL)
        eventually(
            lambda: address.exists() and json.loads(address.read_text())["pid"] != pid,
            "a successor",
        )
        assert pid not in processes(str(server.directory))
        assert address.parent.stat().st_mode & 0o777 == 0o700
        assert server.end() == 0
        server.nothing_is_left()


def test_a_terminal_lectures_and_browsers_and_terminals_follow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    with terminal(["run", "hello2", "--at", "beat 3"]) as lecturer:
        lecturer.wait_for("The door")
        with serving(tmp_path) as server, terminal(["watch"]) as watcher:
            server.address("audience")
            # Only the audience has a page: the machine is moved in the terminal.
            assert "lecturer" not in server.said
            watcher.wait_for("following")
            watcher.wait_for("The number of the call, 401")
            lecturer.type(".")
            watcher.wait_for("One instruction, and everything that matters")
            lecturer.type("e")
            lecturer.type("q")
            assert lecturer.end()[0] == 0
            status, said = watcher.end()
            assert (status, "the lecture has ended" in said) == (0, True)
            assert server.process.wait(30) == 0
            assert server.said.endswith("ringview: the lecture has ended\n")
            assert "Traceback" not in server.said + said


def test_what_to_install_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert run_cli(["serve", "hello2"]) == 2
    assert "pip install 'ringview[serve]'" in capsys.readouterr().err


def test_a_scenario_is_not_joined(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["serve", "hello2", "--join", "5"]) == 2
    assert "nothing to join" in capsys.readouterr().err
