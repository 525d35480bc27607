"""Values that the scenario gives the adversary, in place of what its own program stores."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringview.cli.main import run_cli
from ringview.errors import ScenarioError
from ringview.explore.chart import chart_of
from ringview.explore.drive import Search
from ringview.explore.results import Result
from ringview.explore.schedule import ADVERSARIES
from ringview.explore.target import find_target
from ringview.explore.text import report
from ringview.scenario.load import load_scenario, parse_scenario

TEXT = """\
title: given
kernel: {{set: {{HELLO2: {variant}, CPU_SW_DOMAIN_PAN: false, PLANTED_SECRET: true}}}}
program: race-len
race:
  values:
    {values}
"""


def text(values: str, variant: str = "len_refetch") -> str:
    return TEXT.format(values=values, variant=variant)


def searched(values: str, variant: str = "len_refetch", bound: int = 2) -> Result:
    search = Search(find_target(parse_scenario(text(values, variant))), ADVERSARIES, bound)
    try:
        return search.run()
    finally:
        search.close()


@pytest.mark.parametrize(
    "place", ["in.len", "arg0+4", "arg0+0x4"], ids=["variable", "argument", "hexadecimal"]
)
def test_a_hostile_length_is_found_by_both_adversaries(place: str) -> None:
    result = searched(f"- {{at: {place}, values: [6, 160]}}")
    assert result.subject.given
    assert result.subject.images == 2
    bugs = {a: j for a, j in result.judgements if j.kind == "bug"}
    assert set(bugs) == set(ADVERSARIES)
    assert {j.schedule.bound for j in bugs.values()} == {1}
    (find,) = result.finds
    assert (find.replays, find.digests) == (100, 1)
    assert len(find.controls) == 3
    assert all(control.clean for control in find.controls)
    # the ledger has the given value between the two fetches
    assert [store.value for store in find.analysis.stores] == [160]
    said = "\n".join(report(result, {}))
    assert "value set      given by the scenario, 2 images of the 4 bytes" in said
    assert "values that the scenario does not give" in said
    assert "in its own recorded run" not in said


def test_no_value_is_used_but_the_given_ones() -> None:
    """The program's own stores would win; the one value that is there already does nothing."""
    result = searched("- {at: in.len, values: [6]}")
    assert result.verdict == "no bug found"
    assert {j.outcome.result for _, j in result.judgements} == {0}


def test_values_that_look_harmless_need_not_be() -> None:
    """A shorter length at the second fetch leaves a byte of the kernel's stack in the text: no
    oracle fires, and no undisturbed call comes out like it.
    """
    result = searched("- {at: in.len, values: [6, 4]}", bound=1)
    bugs = [j for _, j in result.judgements if j.kind == "bug"]
    assert bugs
    assert all(not j.outcome.oracles for j in bugs)


def test_each_combination_is_reached_from_each_other() -> None:
    places = ("- {at: in.len, values: [6, 65]}", "- {at: in.val, values: [1, 2, -1]}")
    result = searched("\n    ".join(places), "single_copy")
    assert result.certificate.holds
    logs = {j.outcome.log[0].split("len : ")[1] for _, j in result.judgements if j.outcome.log}
    assert {"6, val : 1)", "6, val : 2)", "6, val : 4294967295)"} <= logs
    assert {j.outcome.result for _, j in result.judgements} == {0, -22}
    assert {j.kind for _, j in result.judgements} <= {"quiescent", "mixed"}


def test_a_find_is_repeated_by_a_session(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "given.yaml"
    path.write_text(text("- {at: in.len, values: [6, 160]}"))
    for adversary in ("board", "second-core"):
        options = ["--bound", "1", "--adversary", adversary, "--schedules", str(tmp_path)]
        assert run_cli(["explore", str(path), *options]) == 1
        capsys.readouterr()
        assert run_cli(["run", str(tmp_path / "given-1.schedule.json"), "--headless"]) == 0
        assert "in the state that was noted" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("values", "line", "column", "sentence"),
    [
        ("- {at: in.len, values: []}", 6, 28, "values"),
        ("- {at: in.len}", 6, 7, "the key 'values' is missing"),
        ("- {at: in.len, values: [1], value: 2}", 6, 33, "unknown key 'value'"),
        ("- {at: 'in len', values: [1]}", 6, 12, "at"),
        ("- {at: in.len, size: 3, values: [1]}", 6, 26, "size"),
        ("- {at: in.len, values: [soon]}", 6, 29, "whole number"),
        ("- {at: 0xc0008000, values: [1]}", 6, 12, "0xc0008000 is the kernel's"),
        (
            f"- {{at: in.len, values: {list(range(257))}}}",
            6,
            5,
            "257 combinations",
        ),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_its_place(
    values: str, line: int, column: int, sentence: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text(values), "given.yaml")
    assert sentence in str(caught.value)
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ("- {at: nowhere, values: [1]}", "the program has no variable nowhere"),
        ("- {at: in.length, values: [1]}", "has no member length"),
        ("- {at: in, values: [1]}", "in has 12 bytes; values are of 1, 2, 4 or 8"),
        ("- {at: in.len, values: [1, 0x100000000]}", "4294967296 does not fit into the 4 bytes"),
        ("- {at: in.len, values: [-0x80000001]}", "does not fit into the 4 bytes"),
        ("- {at: 0x20000000, values: [1]}", "the kernel load a byte that the scenario gives"),
        ("- {at: out, size: 4, values: [1]}", "the kernel load a byte that the scenario gives"),
    ],
)
def test_what_the_program_does_not_have_is_one_sentence(
    values: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "given.yaml"
    path.write_text(text(values))
    assert run_cli(["explore", str(path)]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert len(error.strip().splitlines()) == 1
    if "program has no" in sentence or "fit" in sentence:
        assert f"{path}:6:" in error


def test_the_shipped_scenarios_give_none() -> None:
    for name in ("race-len", "race-name"):
        race = load_scenario(name).race
        assert race is None or not race.values


def test_columns_of_the_map_say_what_changes() -> None:
    search = Search(
        find_target(parse_scenario(text("- {at: in.len, values: [6, 160]}"))), ADVERSARIES, 1
    )
    chart = chart_of(search, search.run())
    search.close()
    for found in chart.maps:
        assert found.brief == ("6→160", "160→6")[: len(found.columns)]
        assert found.changes == ("in.len 6 → 160", "in.len 160 → 6")[: len(found.columns)]
