"""Where ``--json FILE`` goes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TextIO

from ringview.errors import InputError


def write_json(data: dict[str, Any], path: str, out: TextIO) -> None:
    """Write everything that a command has to say.

    Args:
        data: what its schema describes.
        path: a file, or ``-`` for the output, which is to get nothing else.
        out: the output.

    Raises:
        InputError: the file cannot be written.
    """
    text = json.dumps(data, indent=1) + "\n"
    if path == "-":
        out.write(text)
        return
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"the JSON cannot be written: {reason}", path=path) from None
