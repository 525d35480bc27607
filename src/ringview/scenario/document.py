"""YAML as plain data that still knows where each of its values stood."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ringview.errors import InputError, ScenarioError
from ringview.scenario.places import Where

Path_ = tuple[str | int, ...]
"""A way into nested data: keys and indexes."""

RAW_TEXT = ("args", "env")
"""Top-level keys under which every value is taken as it was typed: ``7`` and ``0x10`` are words."""

MAX_BYTES = 1 << 20
"""A scenario is written by hand; anything larger is some other file."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is to be, for those that read it and for what is said of it.

    Attributes:
        noun: what it is called in sentences.
        error: what is raised about it.
        words: top-level keys under which every value is a word.
        may_be_empty: whether a file with nothing but comments means an empty mapping.
    """

    noun: str
    error: type[InputError]
    words: tuple[str, ...] = ()
    may_be_empty: bool = False

    def at(self, mark: yaml.Mark, name: str, message: str) -> InputError:
        """Return the error that says ``message`` about a position in the file ``name``."""
        return self.error(message, path=name, line=mark.line + 1, column=mark.column + 1)


SCENARIO = Kind("scenario", ScenarioError, RAW_TEXT)


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


def read_document(path: Path, kind: Kind = SCENARIO) -> Document:
    """Read a file with exactly one YAML mapping in it.

    Raises:
        InputError: no such file, not readable, not text, broken YAML, a key given twice; of the
            class that ``kind`` says.
    """
    name = str(path)
    try:
        if path.is_dir():
            raise kind.error(f"this is a directory, not a {kind.noun} file", path=name)
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise kind.error(f"the {kind.noun} cannot be read: {reason}", path=name) from None
    if len(raw) > MAX_BYTES:
        raise kind.error(f"this file is too large to be a {kind.noun}", path=name)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        raise kind.error(
            f"this is not UTF-8 text, so it is no {kind.noun}", path=name, line=line, column=column
        ) from None
    return parse_document(text, name, kind)


def parse_document(text: str, name: str, kind: Kind = SCENARIO) -> Document:
    """Parse the text of a file; ``name`` is what errors call it.

    Raises:
        InputError: broken YAML, no mapping, a key given twice; of the class that ``kind`` says.
    """
    try:
        root = yaml.compose(text, Loader=_Loader)
        if root is None and kind.may_be_empty:
            root = yaml.compose("{}", Loader=_Loader)
        if root is None:
            raise kind.error(f"the {kind.noun} is empty", path=name, line=1, column=1)
        _check_tree(root, name, (), kind)
        _keep_words(root, kind.words)
        loader = _Loader("")
        try:
            data = loader.construct_document(root)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise _broken(error, name, kind) from None
    except RecursionError:
        raise kind.error(f"the {kind.noun} is nested too deeply", path=name) from None
    document = Document(name, data, root)
    if not isinstance(root, yaml.MappingNode):
        raise kind.at(root.start_mark, name, f"a {kind.noun} is a mapping of keys to values")
    return document


def _check_tree(node: yaml.Node, name: str, above: tuple[yaml.Node, ...], kind: Kind) -> None:
    """Refuse what YAML allows and nobody has a use for: repeated keys, cycles, odd keys."""
    if any(node is other for other in above):
        raise kind.at(node.start_mark, name, "a value contains itself")
    below = (*above, node)
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _check_tree(item, name, below, kind)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        mark = key.start_mark
        if not isinstance(key, yaml.ScalarNode):
            raise kind.at(mark, name, "a key must be a word")
        if key.tag == "tag:yaml.org,2002:merge":
            raise kind.at(mark, name, "merge keys (<<) are not supported")
        if key.value in seen:
            raise kind.at(mark, name, f"the key {key.value!r} is given twice")
        seen.add(key.value)
        # YAML 1.1 reads keys such as `on` and `n` as truth values; here a key is a word.
        key.tag = "tag:yaml.org,2002:str"
        _check_tree(value, name, below, kind)


def _keep_words(root: yaml.Node, words: tuple[str, ...]) -> None:
    """Make scalars under the keys ``words`` strings, whatever they look like."""
    if not isinstance(root, yaml.MappingNode):
        return
    for key, value in root.value:
        if key.value not in words:
            continue
        items = value.value if isinstance(value.value, list) else []
        for item in items:
            scalar = item[1] if isinstance(item, tuple) else item
            if isinstance(scalar, yaml.ScalarNode) and scalar.tag != "tag:yaml.org,2002:null":
                scalar.tag = "tag:yaml.org,2002:str"


def _broken(error: yaml.YAMLError, name: str, kind: Kind) -> InputError:
    """Return PyYAML's complaint as one sentence with its position."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "broken YAML"
    context = getattr(error, "context", None)
    words = f"{problem} {context}" if context else str(problem)
    sentence = f"this is not YAML: {' '.join(words.split())}"
    if "got '?'" in sentence:  # PyYAML ends a plain word at a question mark inside braces
        sentence = "a text with a question mark needs quotes here, inside braces"
    if mark is None:
        return kind.error(sentence, path=name)
    return kind.at(mark, name, sentence)
