"""The scenarios of the race, turned: without the switch, or with the fix, nothing is won."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ringview.cli.headless import Finished, run_scenario
from ringview.scenario.load import parse_scenario

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
ATTACKS = ("race-len", "race-page", "race-name", "race-strlen", "race-direct", "race-half-fix")

MOMENTS: tuple[dict[str, Any], ...] = (
    {"syscall": "hello2", "phase": "handler"},
    {"syscall": "hello2", "phase": "copy"},
    {"symbol": "arm_copy_from_user", "occurrence": 2},
    {"symbol": "arm_copy_from_user", "occurrence": 3},
)
"""Places that every variant passes, around each of its fetches."""


def _document(name: str) -> dict[str, Any]:
    """A scenario reduced to its kernel, its program and what the attack promises."""
    document: dict[str, Any] = yaml.safe_load((SCENARIOS / f"{name}.yaml").read_text())
    document.pop("beats")
    document.pop("watch", None)
    document["expect"] = [e for e in document["expect"] if "log" in e or "console" in e]
    return document


def _run(document: dict[str, Any]) -> Finished:
    text = yaml.safe_dump(document, allow_unicode=True)
    return run_scenario(parse_scenario(text, "turned.yaml"))


def _won(finished: Finished) -> bool:
    return all(result.held for result in finished.results)


@pytest.mark.parametrize("name", [a for a in ATTACKS if a != "race-page"])
def test_without_the_switch_nothing_is_won(name: str) -> None:
    document = _document(name)
    document.pop("schedule")
    assert document["expect"]
    assert not _won(_run(document))


def test_without_the_slow_page_nothing_is_won() -> None:
    document = _document("race-page")
    document["kernel"]["set"]["SLOW_PAGE_IN"] = False
    assert not _won(_run(document))


@pytest.mark.parametrize(
    ("name", "variant"),
    [(name, "single_copy") for name in ATTACKS if name != "race-half-fix"]
    + [("race-len", "override"), ("race-len", "abort_on_change")],
)
def test_with_a_fix_nothing_is_won_at_any_moment(name: str, variant: str) -> None:
    """But for race-half-fix: nobody else promises that a name is one line."""
    document = _document(name)
    document["kernel"]["set"]["HELLO2"] = variant
    for moment in [None] if name == "race-page" else MOMENTS:
        document["schedule"] = [{"at": moment, "irq": 48}] if moment else []
        finished = _run(document)
        assert not _won(finished), moment
        assert finished.record.halt == "halted", moment


def test_with_the_bug_back_the_fixed_kernels_promise_fails() -> None:
    document = _document("race-fixed")
    assert _won(_run(document))
    document["kernel"]["set"]["HELLO2"] = "len_refetch"
    document["schedule"] = [{"at": {"line": "len-refetch.c:18"}, "irq": 48}]
    finished = _run(document)
    assert {result.held for result in finished.results} == {False}
