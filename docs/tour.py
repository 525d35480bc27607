"""Draws the pictures of docs/tour.md anew: ``python docs/tour.py``, or ``make tour``.

In the page each picture is preceded by the command that makes it, in a comment:
``<!-- shot hello2 --at "beat 4" --pane switch -->``. A picture in text follows in a fenced block; a
command that ends in ``-o tour/NAME.svg`` writes that file.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE / "tour.md"
_SHOT = re.compile(r"<!-- (shot [^\n]*?) -->\n(```text\n.*?```\n)?", re.DOTALL)


def run(arguments: list[str], output: Path) -> None:
    """Run one ``ringview shot``.

    Raises:
        subprocess.CalledProcessError: it failed; what it said is in the error.
    """
    command = [sys.executable, "-m", "ringview.cli.main", *arguments, "-o", str(output)]
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)


def drawn(page: str, directory: Path) -> str:
    """The page with every picture drawn anew.

    Args:
        page: its Markdown.
        directory: where ``tour/`` with the SVG files is.
    """

    def draw(found: re.Match[str]) -> str:
        arguments = shlex.split(found[1])
        if "-o" in arguments:
            at = arguments.index("-o")
            target = directory / arguments[at + 1]
            target.parent.mkdir(parents=True, exist_ok=True)
            run(arguments[:at] + arguments[at + 2 :], target)
            return f"<!-- {found[1]} -->\n"
        with tempfile.TemporaryDirectory() as scratch:
            target = Path(scratch) / "picture.txt"
            run(arguments, target)
            text = target.read_text(encoding="utf-8")
        return f"<!-- {found[1]} -->\n```text\n{text.rstrip()}\n```\n"

    return _SHOT.sub(draw, page)


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text(encoding="utf-8"), HERE), encoding="utf-8")
