"""``run --headless`` of the shipped scenarios: the story, the JSON, and expectations that fail."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ringview.cli.headless import Finished, run_scenario
from ringview.cli.report import json_schema, report
from ringview.cli.story import outputs, story, verdicts
from ringview.scenario.load import load_scenario, parse_scenario, shipped_scenarios
from ringview.scenario.model import MIB

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = (ROOT / "scenarios/hello2.yaml").read_text()


def validate(value: Any, schema: dict[str, Any], where: str = "$") -> None:
    """Check data against the part of JSON Schema that our own schema uses."""
    if "const" in schema:
        assert value == schema["const"], where
    if "enum" in schema:
        assert value in schema["enum"], (where, value)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    names = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "null": type(None),
    }
    if kinds:
        assert any(isinstance(value, names[kind]) for kind in kinds), (where, value)  # type: ignore[arg-type]
    if isinstance(value, int) and not isinstance(value, bool):
        assert value >= schema.get("minimum", value), (where, value)
        assert value <= schema.get("maximum", value), (where, value)
    if isinstance(value, list):
        for i, item in enumerate(value):
            validate(item, schema["items"], f"{where}[{i}]")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        assert set(schema.get("required", ())) <= set(value), where
        for key, item in value.items():
            if key not in known:
                assert schema["additionalProperties"] is not False, f"{where}.{key}"
            validate(item, known.get(key, schema.get("additionalProperties")), f"{where}.{key}")


@pytest.fixture(scope="module")
def hello2() -> Finished:
    return run_scenario(load_scenario("hello2"))


@pytest.mark.parametrize("name", [path.stem for path in shipped_scenarios()])
def test_every_shipped_scenario_holds_and_every_beat_occurs(name: str) -> None:
    finished = run_scenario(load_scenario(name))
    assert [result for result in finished.results if not result.held] == []
    assert len(finished.beats) == len(finished.scenario.beats)
    validate(
        report(finished.scenario, finished.record, finished.beats, finished.results), json_schema()
    )


def test_the_story_goes_there_and_back_in_order(hello2: Finished) -> None:
    lines = story(hello2.record)
    begin = next(i for i, line in enumerate(lines) if "number 401" in line) - 1
    end = next(i for i, line in enumerate(lines) if "hello2 = 0" in line)
    way = [
        "USR → SVC by svc",
        "number 401",
        "the vector",
        "the entry code: vector_swi",
        "the table: ",
        "the handler: sys_hello2, kernel/kernel/sys-hello2.c:",
        "copy from user: arm_copy_from_user",
        "copy from user: arm_copy_from_user",
        "copy to user: arm_copy_to_user",
        "the way back: ret_fast_syscall",
        "SVC → USR by return",
        "hello2 = 0, after",
    ]
    told = [line for line in lines[begin : end + 1] if line.strip()]
    assert len(told) == len(way)
    for line, expected in zip(told, way, strict=True):
        assert expected in line
    icounts = [int(line[:12].replace(",", "")) for line in lines if line[:12].strip()]
    assert icounts == sorted(icounts)


def test_what_the_program_and_the_kernel_say_is_told(hello2: Finished) -> None:
    text = "\n".join(outputs(hello2.record))
    assert "sys_hello2: sys_hello2(name : beagle, len : 6, val : 7" in text
    assert "nr_calls  1" in text
    assert "the program ended with status 0" in text


def test_beats_are_told_by_their_titles(hello2: Finished) -> None:
    silent = "\n".join(story(hello2.record, hello2.beats))
    assert "== The door ==" in silent
    assert "In which mode is the processor after svc?" not in silent


def test_the_json_says_what_happened(hello2: Finished) -> None:
    data = report(hello2.scenario, hello2.record, hello2.beats, hello2.results)
    (call,) = [call for call in data["syscalls"] if call["name"] == "hello2"]
    assert (call["nr"], call["ret"]) == (401, 0)
    assert call["sp_user"] < 0xC0000000 <= call["sp_kernel"]
    assert sum(call["instructions"].values()) == call["exit"] - call["enter"]
    entry = next(t for t in data["transitions"] if t["icount"] == call["enter"])
    assert (entry["from"], entry["to"], entry["cause"]) == ("USR", "SVC", "svc")
    assert entry["vector"] % 0x20 == 8
    assert entry["lr"] == entry["pc"] + 4
    assert entry["spsr"] & 0x1F == 0x10
    assert entry["pc"] == call["hops"][0]["pc"]
    phases = [hop["phase"] for hop in call["hops"]]
    assert phases == [
        "enter",
        "vector",
        "entry",
        "table",
        "handler",
        "copy",
        "copy",
        "copy",
        "return",
        "exit",
    ]
    assert data["kernel"]["config"] == "bbb_defconfig"
    assert data["console"].startswith("nr_calls  1\r\nrand_data ")


def test_two_runs_are_the_same_to_the_byte(hello2: Finished) -> None:
    again = run_scenario(load_scenario("hello2"))
    first, second = (
        json.dumps(report(f.scenario, f.record, f.beats, f.results)) for f in (hello2, again)
    )
    assert first == second


def test_another_seed_gives_other_random_numbers(hello2: Finished) -> None:
    other = run_scenario(parse_scenario(SCENARIO.replace("seed: 1", "seed: 2"), "other.yaml"))
    assert other.held
    assert other.record.console != hello2.record.console


CORRUPTED = [
    ("{syscall: hello2, returns: 0, times: 1}", "{syscall: hello2, returns: -EFAULT}"),
    ("len : 6, val : 7", "len : 6, val : 8"),
    ("at_least: 4", "at_least: 5"),
    ("in.val: 7", "in.val: 8"),
    ("in.name: beagle", "in.name: poodle"),
    ("out.nr_calls: 1", "out.nr_calls: 2"),
    ('"nr_calls  1"', '"nr_calls  2"'),
    ("{exit_status: 0}", "{exit_status: 1}"),
    ("{exit_status: 0}", "{signal: SIGSEGV}"),
]


@pytest.mark.parametrize(("right", "wrong"), CORRUPTED)
def test_a_corrupted_expectation_fails(hello2: Finished, right: str, wrong: str) -> None:
    from ringview.scenario.check import check

    assert right in SCENARIO
    corrupted = parse_scenario(SCENARIO.replace(right, wrong), "bad.yaml")
    failed = [result for result in check(corrupted.expect, hello2.record) if not result.held]
    assert len(failed) == 1
    assert any("FAILED" in line for line in verdicts(failed))


def test_a_failed_expectation_is_exit_status_1(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(
        "title: t\nprogram: hello2\nargs: [a, b]\nexpect:\n  - {exit_status: 5}\n"
    )
    result = subprocess.run(
        [sys.executable, "-m", "ringview.cli.main", "run", "s.yaml", "--json", "out.json"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert (result.returncode, result.stderr) == (1, "")
    assert "FAILED  the program ends with status 5: it ended with status 0" in result.stdout
    assert "0 of 1 expectations held" in result.stdout
    data = json.loads((tmp_path / "out.json").read_text())
    assert data["expectations"][0]["held"] is False
    validate(data, json_schema())


def test_json_to_standard_output_is_json_alone() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "ringview.cli.main", "run", "hello", "--json", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(result.stdout)["schema"] == 1


def test_plain_tells_the_whole_lecture() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "ringview.cli.main", "run", "hello", "--plain"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search(r"Beat \d+ of \d+: By number\.", result.stdout)
    said = result.stdout.splitlines()
    asked = said.index("Question: Where does the processor go on after svc?")
    assert said[asked + 1] == "Answer: at the vector for svc."
    assert "Hello from kernel!" in result.stdout


def test_a_killed_program_and_its_fault_are_told() -> None:
    text = "title: t\nprogram: segv\nexpect: [{signal: SIGSEGV}, {console: still}]\n"
    finished = run_scenario(parse_scenario(text, "s.yaml"))
    assert [result.held for result in finished.results] == [True, False]
    data = report(finished.scenario, finished.record, finished.beats, finished.results)
    validate(data, json_schema())
    assert data["program"]["signal"] == "SIGSEGV"
    assert data["program"]["exit_status"] is None
    told = "\n".join(story(finished.record))
    assert "USR → ABT by data abort" in told
    assert "at address c0000000" in told


def test_a_run_without_end_is_given_up_at_its_limit() -> None:
    text = "title: t\nprogram: spin\nlimit: 4000000\nexpect: [{exit_status: 0}]\n"
    finished = run_scenario(parse_scenario(text, "s.yaml"))
    assert finished.record.halt == "limit"
    assert finished.record.icount == 4_000_000
    assert not finished.held
    assert "it did not end" in finished.results[0].detail
    validate(
        report(finished.scenario, finished.record, finished.beats, finished.results), json_schema()
    )


def test_scheduled_input_reaches_the_program() -> None:
    text = (
        "title: t\nprogram: echo\nschedule:\n"
        '  - {at: {syscall: read, phase: handler}, console: "typed\\n"}\n'
        '  - {at: {syscall: read, phase: handler, occurrence: 2}, console: "\\x04"}\n'
        "expect:\n  - {console: typed}\n  - {exit_status: 0}\n  - {syscall: read, times: 2}\n"
    )
    finished = run_scenario(parse_scenario(text, "s.yaml"))
    assert [result.held for result in finished.results] == [True, True, True], finished.results


def test_a_scenario_with_more_memory_has_it() -> None:
    text = "title: t\nprogram: hello2\nargs: [a, b]\nmemory: 64\nexpect: [{log: 65536K}]\n"
    finished = run_scenario(parse_scenario(text, "s.yaml"))
    assert finished.scenario.memory == 64 * MIB
    assert finished.held, finished.results
