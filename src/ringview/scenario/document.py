"""YAML as plain data that still knows where each of its values stood."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ringview.errors import ScenarioError
from ringview.scenario.model import Where

Path_ = tuple[str | int, ...]
"""A way into nested data: keys and indexes."""

RAW_TEXT = ("args", "env")
"""Top-level keys under which every value is taken as it was typed: ``7`` and ``0x10`` are words."""

MAX_BYTES = 1 << 20
"""A scenario is written by hand; anything larger is some other file."""


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader, kept apart so that nobody else's additions reach it."""


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML document.

    Attributes:
        path: its file, as the user wrote it.
        data: plain Python values.
        root: PyYAML's tree, which knows positions.
    """

    path: str
    data: Any
    root: yaml.Node

    def where(self, way: Path_, *, key: bool = False) -> Where:
        """Return where the value at ``way`` stands, or its key.

        Steps that the document does not have are skipped, so that a checker's own steps do no harm,
        and the nearest thing that encloses a missing value is pointed at.
        """
        node = self.root
        key_node: yaml.Node | None = None
        for step in way:
            found = _child(node, step)
            if found is not None:
                key_node, node = found
        return self._where(key_node if key and key_node is not None else node)

    def _where(self, node: yaml.Node) -> Where:
        mark = node.start_mark
        return Where(self.path, mark.line + 1, mark.column + 1)


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """Return (key, value) of a mapping or (item, item) of a sequence."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def read_document(path: Path) -> Document:
    """Read a file with exactly one YAML mapping in it.

    Raises:
        ScenarioError: no such file, not readable, not text, broken YAML, a key given twice.
    """
    name = str(path)
    try:
        if path.is_dir():
            raise ScenarioError("this is a directory, not a scenario file", path=name)
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ScenarioError(f"the scenario cannot be read: {reason}", path=name) from None
    if len(raw) > MAX_BYTES:
        raise ScenarioError("this file is too large to be a scenario", path=name)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        raise ScenarioError(
            "this is not UTF-8 text, so it is no scenario", path=name, line=line, column=column
        ) from None
    return parse_document(text, name)


def parse_document(text: str, name: str) -> Document:
    """Parse the text of a scenario; ``name`` is what errors call the file.

    Raises:
        ScenarioError: broken YAML, no mapping, a key given twice.
    """
    try:
        root = yaml.compose(text, Loader=_Loader)
        if root is None:
            raise ScenarioError("the scenario is empty", path=name, line=1, column=1)
        _check_tree(root, name, ())
        _keep_words(root)
        loader = _Loader("")
        try:
            data = loader.construct_document(root)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise _broken(error, name) from None
    except RecursionError:
        raise ScenarioError("the scenario is nested too deeply", path=name) from None
    document = Document(name, data, root)
    if not isinstance(root, yaml.MappingNode):
        raise document.where(()).error("a scenario is a mapping of keys to values")
    return document


def _check_tree(node: yaml.Node, name: str, above: tuple[yaml.Node, ...]) -> None:
    """Refuse what YAML allows and a scenario has no use for: repeated keys, cycles, odd keys."""
    mark = node.start_mark
    where = Where(name, mark.line + 1, mark.column + 1)
    if any(node is other for other in above):
        raise where.error("a value contains itself")
    below = (*above, node)
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _check_tree(item, name, below)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        position = Where(name, key.start_mark.line + 1, key.start_mark.column + 1)
        if not isinstance(key, yaml.ScalarNode):
            raise position.error("a key must be a word")
        if key.tag == "tag:yaml.org,2002:merge":
            raise position.error("merge keys (<<) are not supported")
        if key.value in seen:
            raise position.error(f"the key {key.value!r} is given twice")
        seen.add(key.value)
        # YAML 1.1 reads keys such as `on` and `n` as truth values; here a key is a word.
        key.tag = "tag:yaml.org,2002:str"
        _check_tree(value, name, below)


def _keep_words(root: yaml.Node) -> None:
    """Make scalars under `RAW_TEXT` strings, whatever they look like."""
    if not isinstance(root, yaml.MappingNode):
        return
    for key, value in root.value:
        if key.value not in RAW_TEXT:
            continue
        items = value.value if isinstance(value.value, list) else []
        for item in items:
            scalar = item[1] if isinstance(item, tuple) else item
            if isinstance(scalar, yaml.ScalarNode) and scalar.tag != "tag:yaml.org,2002:null":
                scalar.tag = "tag:yaml.org,2002:str"


def _broken(error: yaml.YAMLError, name: str) -> ScenarioError:
    """Return PyYAML's complaint as one sentence with its position."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "broken YAML"
    context = getattr(error, "context", None)
    words = f"{problem} {context}" if context else str(problem)
    sentence = f"this is not YAML: {' '.join(words.split())}"
    if "got '?'" in sentence:  # PyYAML ends a plain word at a question mark inside braces
        sentence = "a text with a question mark needs quotes here, inside braces"
    if mark is None:
        return ScenarioError(sentence, path=name)
    return ScenarioError(sentence, path=name, line=mark.line + 1, column=mark.column + 1)
