"""The JSON Schema that editors use is the one that the code gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

from ringview.scenario.load import json_schema
from ringview.scenario.schema import Pane
from ringview.tui.names import PANES

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"


def test_the_schema_file_is_current() -> None:
    """If this fails: ringview schema scenario > scenarios/scenario.schema.json."""
    assert json.loads((SCENARIOS / "scenario.schema.json").read_text()) == json_schema()


def test_the_panes_are_those_of_the_screen() -> None:
    assert set(PANES) <= set(get_args(Pane))
