"""The JSON Schema that editors use is the one that the code gives."""

from __future__ import annotations

import json
from pathlib import Path

from ringview.scenario.load import json_schema
from ringview.scenario.schema import PANES

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"


def test_the_schema_file_is_current() -> None:
    """If this fails: ringview schema scenario > scenarios/scenario.schema.json."""
    assert json.loads((SCENARIOS / "scenario.schema.json").read_text()) == json_schema()


def test_the_panes_are_those_of_the_screen() -> None:
    from ringview.tui.layout import PANES as ON_SCREEN

    assert set(ON_SCREEN) <= set(PANES)
