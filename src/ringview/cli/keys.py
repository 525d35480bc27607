"""``ringview keys``: the commands of the live screen, and a file in which to change their keys."""

from __future__ import annotations

from typing import TextIO

from ringview.errors import ConfigError
from ringview.tui.keymap import FILE, listing, read_keymap, starting_file
from ringview.tui.personal import config_directory


def print_keys(out: TextIO) -> int:
    """Print every command with the keys it has for this user.

    Raises:
        ConfigError: the user's file cannot be used.
    """
    path = config_directory() / FILE
    out.write(listing(read_keymap(path)))
    note = "from" if path.exists() else "to change them: ringview keys --write, then edit"
    out.write(f"\n{note} {path}\n")
    return 0


def write_keys(out: TextIO) -> int:
    """Write a commented starting file, unless there is one.

    Raises:
        ConfigError: there is one, or it cannot be written.
    """
    path = config_directory() / FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(starting_file())
    except FileExistsError:
        if not path.parent.is_dir():
            raise ConfigError("this is no directory", path=path.parent) from None
        raise ConfigError(
            "this file is there already, and it is yours, so it stays as it is", path=path
        ) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigError(f"the file cannot be written: {reason}", path=path) from None
    out.write(f"written: {path}\n")
    return 0
