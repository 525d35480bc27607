"""However ringview is left, it says nothing of its own: by Ctrl-C at any moment, by a full disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ringview.cli import endings

STOPPED = 130
PRESSED_AT_AN_IMPORT = """
import os, signal, sys

class Presser:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Presser())
sys.argv = ["ringview", "list"]
from ringview.cli.main import main
main()
"""


@pytest.mark.parametrize(
    "name", ["ringview.cli.endings", "click", "ringview.cli.group", "ringview.cli.listing", "yaml"]
)
def test_ctrl_c_while_something_is_imported_leaves_silently(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRESSED_AT_AN_IMPORT.format(name=name)],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (STOPPED, b"", b"")


def test_ctrl_c_that_python_wrapped_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    class Slow:
        def __set_name__(self, owner: type, name: str) -> None:
            raise KeyboardInterrupt

    with pytest.raises(BaseException, match=r"Slow|^$") as raised:  # wrapped up to Python 3.11
        type("Made", (), {"member": Slow()})
    if isinstance(raised.value, Exception):
        assert endings.tell(raised.value) == STOPPED
    wrapped = ValueError("from it")
    wrapped.__cause__ = RuntimeError("from it, too")
    wrapped.__cause__.__cause__ = KeyboardInterrupt()
    assert endings.tell(wrapped) == STOPPED
    assert capsys.readouterr().err == ""
    assert endings.tell(RuntimeError("of another kind")) == endings.EXIT_INTERNAL


def test_a_job_in_the_background_goes_on_when_the_one_before_it_is_stopped() -> None:
    ignoring = (
        f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n{PRESSED_AT_AN_IMPORT}"
    )
    done = subprocess.run(
        [sys.executable, "-c", ignoring.format(name="click")],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0
    assert b"hello2" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_full_disk_is_one_sentence(stream: str) -> None:
    command = [sys.executable, "-m", "ringview.cli.main"]
    command += ["list"] if stream == "stdout" else ["exec", "--strace", "hello"]
    with Path("/dev/full").open("wb") as full:
        out, err = (full, subprocess.PIPE) if stream == "stdout" else (subprocess.PIPE, full)
        done = subprocess.run(command, check=False, timeout=120, stdout=out, stderr=err)
    said = b"ringview: error: the output cannot be written: no space left on device\n"
    assert done.returncode == 2
    assert done.stderr == (said if stream == "stdout" else None)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_closed_stream_is_no_failure(closed: str) -> None:
    command = f'"{sys.executable}" -m ringview.cli.main exec --strace hello {closed}'
    done = subprocess.run(
        ["sh", "-c", command], capture_output=True, check=False, timeout=120, text=True
    )
    assert done.returncode == 0
    assert ("Hello" in done.stdout) == (closed != ">&-")
    assert ("write(1" in done.stderr) == (closed != "2>&-")
