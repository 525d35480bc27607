"""Pydantic's findings as one sentence with the line and column it is about."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ringview.errors import ScenarioError
from ringview.scenario import schema
from ringview.scenario.document import Document
from ringview.scenario.places import Where

_KINDS = {
    "string_type": "a string",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
    "int_from_float": "a whole number",
}

_UNIONS = {
    "beats": ("a place", schema.PLACE_KEYS),
    "observe": ("a place", schema.PLACE_KEYS),
    "at": ("a place", schema.PLACE_KEYS),
    "schedule": ("an entry of the schedule", schema.SCHEDULE_KEYS),
    "expect": ("an expectation", schema.EXPECTATION_KEYS),
}


def complaint(error: ValidationError, document: Document) -> ScenarioError:
    """Return the error to raise: what is wrong first in the file, and how much more there is."""
    found = sorted(
        (_sentence(details, document) for details in error.errors(include_url=False)),
        key=lambda pair: (pair[0].line, pair[0].column),
    )
    where, sentence = found[0]
    others = {w for w, _ in found} - {where}
    if others:
        sentence += f" (and {len(others)} more error{'s' if len(others) > 1 else ''} in this file)"
    return where.error(sentence)


def _sentence(details: ErrorDetails, document: Document) -> tuple[Where, str]:
    way = tuple(details["loc"])
    name = next((step for step in reversed(way) if isinstance(step, str)), "the scenario")
    name = _written(way, document) or name
    where = document.where(way)
    kind = details["type"]
    value = _show(details["input"])
    if kind == "extra_forbidden":
        return document.where(way, key=True), f"unknown key {name!r}{_did_you_mean(way, document)}"
    if kind == "missing":
        return where, f"the key {way[-1]!r} is missing{_inside(way[:-1], document)}"
    if kind.startswith("union_tag"):
        what, keys = _union(way)
        return where, f"{what} needs one of the keys {', '.join(keys)}"
    if kind in _KINDS:
        return where, f"{name} must be {_KINDS[kind]}, not {value}"
    if kind == "value_error":
        return where, str(details["ctx"]["error"])
    if kind == "literal_error":
        expected = str(details["ctx"]["expected"]).replace("'", "")
        return where, f"{name} cannot be {value}; it is one of {expected.replace(' or ', ', ')}"
    if kind == "string_pattern_mismatch":
        return where, f"{value} is not written as {name} must be{_pattern_hint(name)}"
    message = details["msg"].removeprefix("Input should ")
    return where, f"{name} must {message}, not {value}"


def _pattern_hint(name: str) -> str:
    hints = {
        "line": ": a file and a line's number, as in hello2.c:32, or a part of the line, as in "
        "'hello2.c: if (x)'",
        "name": ": letters, digits and underscores",
    }
    return hints.get(name, "")


def _show(value: Any) -> str:
    """Return a value as a YAML writer knows it, and not too long."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _written(way: tuple[int | str, ...], document: Document) -> str | None:
    """Return the last step of a way that the file really has, as a name."""
    value = document.data
    name: str | None = None
    for step in way:
        below = _step(value, step)
        if below is value:
            continue
        value = below
        if isinstance(step, int):
            name = f"entry {step + 1} of {name}" if name else f"entry {step + 1}"
        else:
            name = step
    return name


def _step(value: Any, step: int | str) -> Any:
    """Return what is one step further down, or the same value where the file has no such step."""
    if isinstance(value, dict) and step in value:
        return value[step]
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return value


def _inside(way: tuple[int | str, ...], document: Document) -> str:
    name = _written(way, document)
    return f" in {name}" if name else ""


def _union(way: tuple[int | str, ...]) -> tuple[str, tuple[str, ...]]:
    for step in reversed(way):
        if isinstance(step, str) and step in _UNIONS:
            return _UNIONS[step]
    return "this", ()


def _models() -> list[type[BaseModel]]:
    return [
        item
        for item in vars(schema).values()
        if isinstance(item, type) and issubclass(item, schema.Strict) and item is not schema.Strict
    ]


def _keys(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def _did_you_mean(way: tuple[int | str, ...], document: Document) -> str:
    """Return a hint from the models that know the other keys of the same mapping."""
    value = document.data
    for step in way[:-1]:
        value = _step(value, step)
    siblings = set(value) if isinstance(value, dict) else set()
    ranked = sorted((-len(siblings & _keys(model)), i, model) for i, model in enumerate(_models()))
    if not siblings or not ranked or ranked[0][0] == 0:
        return ""
    known = [key for key in _keys(ranked[0][2]) if key not in siblings]
    close = get_close_matches(str(way[-1]), known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
