"""Which keys do what: the command table's own keys, and those that the user's `keys.yaml` gives
instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ringview.errors import ConfigError
from ringview.tui.commands import BY_NAME, COMMANDS, GROUPS, Entry, key_text

if TYPE_CHECKING:
    import yaml

    from ringview.scenario.document import Document

FILE = "keys.yaml"

Changes = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Keymap:
    """The keys of every command.

    Attributes:
        changes: for each command whose keys are not the table's, its name and its keys, the one
            that is shown first; no keys at all leave the palette.
    """

    changes: Changes = ()

    def keys(self, name: str) -> tuple[str, ...]:
        """A command's keys, as Textual calls them except that a character stands for itself."""
        return _table(self.changes)[0][name]

    def text(self, name: str) -> str:
        """The key to show for a command, or "" if it has none."""
        keys = self.keys(name)
        return key_text(keys[0]) if keys else ""

    def all_text(self, name: str) -> str:
        """All keys of a command, as the help writes them."""
        return " ".join(key_text(key) for key in self.keys(name))

    def find(self, key: str, large: str = "") -> Entry | None:
        """What a key means while a large view is shown (or none, ""); None if nothing."""
        owners = _table(self.changes)[1]
        for where in (large, "large" if large else "", ""):
            if name := owners.get((key, where)):
                return BY_NAME[name]
        return None

    def all_keys(self) -> tuple[str, ...]:
        """Every key that means something somewhere."""
        return tuple(dict.fromkeys(key for key, _ in _table(self.changes)[1]))

    def told(self, sentence: str) -> str:
        """A sentence of the table, with the keys of the commands it names in braces."""
        return re.sub(
            r"\{([^}]+)\}", lambda found: self.text(found[1]) or f"“{found[1]}”", sentence
        )


_Owners = dict[tuple[str, str], str]
"""The command that a key belongs to in a place (`Entry.where`)."""


@lru_cache(16)
def _table(changes: Changes) -> tuple[dict[str, tuple[str, ...]], _Owners]:
    keys = {entry.name: entry.keys for entry in COMMANDS} | dict(changes)
    owners = {(key, BY_NAME[name].where): name for name, own in keys.items() for key in own}
    return keys, owners


DEFAULT = Keymap()


# -------------------------------------------------------------------------- the user's own file


def read_keymap(path: Path) -> Keymap:
    """Read the user's keys; no file, or one of comments only, changes nothing.

    Raises:
        ConfigError: with line and column: no YAML, no such command or key, a key for two commands,
            no key to leave with.
    """
    if not path.exists():
        return DEFAULT
    from ringview.scenario.document import Kind, read_document

    names = tuple(BY_NAME)
    kind = Kind("table of keys", ConfigError, names, may_be_empty=True)
    try:
        document = read_document(path, kind)
    except ConfigError as error:
        if error.message.startswith("this is not YAML"):
            error = ConfigError(
                f"{error.message} (keys such as [ , : # need quotes)",
                path=error.path,
                line=error.line,
                column=error.column,
            )
        raise error from None
    found = list(_given(document))
    changes = tuple((name, tuple(key for key, _ in keys)) for name, keys in found)
    own = dict(changes)
    taken = {(key, e.where): e.name for e in COMMANDS if e.name not in own for key in e.keys}
    for name, keys in found:
        for key, node in keys:
            place = (key, BY_NAME[name].where)
            if place in taken:
                raise _error(document, node, _clash(key, name, taken[place], own))
            taken[place] = name
    if not own.get("quit", ("q",)):
        raise ConfigError("the command “quit” needs a key", path=document.path)
    return Keymap(changes)


def _clash(key: str, name: str, other: str, own: dict[str, tuple[str, ...]]) -> str:
    if name == other:
        return f"the key {key_text(key)} is given twice"
    sentence = f"the key {key_text(key)} is already that of the command “{other}”"
    return sentence if other in own else f"{sentence}; give that one another key, or [] for none"


def _given(document: Document) -> Iterator[tuple[str, list[tuple[str, yaml.Node]]]]:
    """Each command of the file, its keys, and where each stands."""
    for key, value in document.root.value:
        name = key.value
        if name not in BY_NAME:
            close = get_close_matches(name, list(BY_NAME), n=1, cutoff=0.5)
            hint = f"; did you mean “{close[0]}”?" if close else "; `ringview keys` lists them"
            raise _error(document, key, f"there is no command “{name}”{hint}")
        nodes = value.value if isinstance(value.value, list) else [value]
        keys = []
        for node in nodes:
            if not isinstance(getattr(node, "value", None), str):
                raise _error(document, value, f"“{name}” needs a key, or a list of keys")
            keys.append((_read_key(document, node, name), node))
        yield name, keys


def _read_key(document: Document, node: yaml.Node, name: str) -> str:
    if not node.value:
        raise _error(document, node, f"“{name}” needs a key, or [] for none")
    try:
        return parse_key(node.value)
    except ValueError as error:
        raise _error(document, node, str(error)) from None


def _error(document: Document, node: yaml.Node, message: str) -> ConfigError:
    mark = node.start_mark
    return ConfigError(message, path=document.path, line=mark.line + 1, column=mark.column + 1)


_SAME = {
    "→": "right", "←": "left", "↓": "down", "↑": "up", "esc": "escape", "return": "enter",
    "page down": "pagedown", "page up": "pageup", "ctrl+i": "tab", "ctrl+m": "enter",
    " ": "space",
}  # fmt: skip
"""Other names of keys, among them what terminals cannot tell apart."""


@lru_cache(1)
def _named() -> frozenset[str]:
    """Every key with a name that Textual tells of."""
    from textual.keys import Keys

    return frozenset(
        key.value for key in Keys if "<" not in key.value and "ctrl-" not in key.value
    ) - {"return"}


def parse_key(text: str) -> str:
    """Read a key as people write it: ``x``, ``comma``, ``ctrl-p``, ``shift+right``, ``→``.

    Raises:
        ValueError: with a sentence for the user.
    """
    from textual.keys import key_to_character

    key = _SAME.get(text, text)
    if len(key) == 1 and key.isprintable():
        return key
    *modifiers, last = re.split(r"[+-](?=.)", key)
    last = _SAME.get(last, last.lower() if len(last) > 1 else last)
    held = [word.lower() for word in modifiers]
    if held == ["shift"] and len(last) == 1 and last.isalpha():
        return last.upper()
    key = "+".join([*sorted(held), last if not held else last.lower()])
    key = _SAME.get(key, key)
    character = key_to_character(key) if not held else None
    if character is not None and character.isprintable() and key not in ("space", "tab"):
        return character
    if key in _named():
        return key
    if held == ["alt"] and (last.isalnum() and last.isascii() and len(last) == 1):
        return key
    close = get_close_matches(key, sorted(_named()), n=1, cutoff=0.75)
    hint = f"; did you mean {close[0]}?" if close else ": a character, f5, right, ctrl+x, alt+x …"
    raise ValueError(f"there is no key “{text}”{hint}")


# --------------------------------------------------------------------------------- as text, to edit


def listing(keymap: Keymap) -> str:
    """Every command with its keys and what it does, by group, as lines of text."""
    lines = []
    for group in GROUPS:
        lines.append(group)
        for entry in (entry for entry in COMMANDS if entry.group == group):
            keys = keymap.all_text(entry.name) or "—"
            mark = "*" if keymap.keys(entry.name) != entry.keys else " "
            told = keymap.told(entry.help)
            lines.append(f"{mark} {entry.name:22} {keys:16} {told}")
        lines.append("")
    if keymap.changes:
        lines.append("* changed by your file")
    return "\n".join(lines).rstrip() + "\n"


def starting_file() -> str:
    """A file that changes nothing, with every command and its keys in comments."""
    lines = [
        "# The keys of ringview's live screen. Take the # off a line and change what follows",
        "# the colon: one key, a list of keys, or [] for none. Quote what YAML would misread.",
        "# Characters stand for themselves; others are called right, pagedown, f5, ctrl+x, alt+x.",
    ]
    for group in GROUPS:
        lines.extend(["", f"# {group}"])
        for entry in (entry for entry in COMMANDS if entry.group == group):
            keys = [key if key.isalpha() else json.dumps(key) for key in entry.keys]
            shown = keys[0] if len(keys) == 1 else f"[{', '.join(keys)}]"
            lines.append(f"# {entry.name}: {shown}  # {DEFAULT.told(entry.help)}")
    return "\n".join(lines) + "\n"
