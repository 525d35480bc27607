"""``ringview explore --json``: the result as documented, versioned data. See docs/race.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from ringview.explore.results import MatrixCell, MitigationMatrix, Result, Verdict
from ringview.explore.text import report

SCHEMA_VERSION = 1
"""Grows when something that is there already changes or goes; additions keep it."""


@dataclass(frozen=True, slots=True)
class Document:
    """What is written.

    Attributes:
        schema: version of this format.
        verdict: ``bug``, ``no bug found`` or ``interrupted``.
        bugs: outcomes that are bugs.
        text: the report, line by line.
        schedules: schedule files that were written, in the order of the finds.
        result: everything.
    """

    schema: int
    verdict: Verdict
    bugs: int
    text: tuple[str, ...]
    schedules: tuple[str, ...]
    result: Result


def document(result: Result, schedules: dict[int, str]) -> dict[str, Any]:
    """A result as JSON data."""
    made = Document(
        SCHEMA_VERSION,
        result.verdict,
        result.bugs,
        tuple(report(result, schedules)),
        tuple(schedules.values()),
        result,
    )
    plain: dict[str, Any] = msgspec.to_builtins(made)
    return plain


@dataclass(frozen=True, slots=True)
class MatrixDocument:
    """What ``--matrix --json`` writes.

    Attributes:
        schema: version of this format.
        asked: cells that were asked for; those that were not searched before a stop are left out.
        matrix: the cells, row by row.
    """

    schema: int
    asked: int
    matrix: tuple[MatrixCell, ...]


def matrix_document(matrix: MitigationMatrix, asked: int) -> dict[str, Any]:
    """A matrix of mitigations as JSON data.

    Args:
        matrix: the cells that are known.
        asked: how many there were to be.
    """
    made = MatrixDocument(SCHEMA_VERSION, asked, matrix.cells)
    plain: dict[str, Any] = msgspec.to_builtins(made)
    return plain


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of both outputs: of a search, and of a matrix."""
    schemas, parts = msgspec.json.schema_components(
        [Document, MatrixDocument], ref_template="#/$defs/{name}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "anyOf": list(schemas),
        "$defs": parts,
    }
