"""Reading scenarios: what is right is kept, what is wrong is said with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringview.errors import ScenarioError
from ringview.scenario import model as m
from ringview.scenario.load import (
    json_schema,
    load_scenario,
    parse_scenario,
    shipped_scenarios,
)
from ringview.scenario.places import (
    EndPlace,
    IcountPlace,
    LinePlace,
    Phase,
    StartPlace,
    SymbolPlace,
    SyscallPlace,
    TransitionPlace,
)

MINIMAL = "title: t\nprogram: hello2\n"

FULL = """\
title: a title
description: |
  Some words.
kernel: {config: bbb_defconfig, set: {HELLO2: single_copy, PREEMPT: true}}
program: hello2
args: [beagle, 7, 0x10, yes, "a b"]
env: {DEBUG: 1}
memory: 64
seed: 9
limit: 1000
observe: {from: {syscall: hello2}, to: {end: program}}
watch:
  - {name: in, type: struct hello2_in, at: "user:in"}
  - {name: raw, type: unsigned int, at: 0xc0008000}
schedule:
  - {at: {icount: 100}, irq: 68}
  - {at: {symbol: sys_read, occurrence: 2}, console: "hi\\n"}
beats:
  - at: {syscall: hello2, phase: copy, occurrence: 3}
    title: The copy
    say: >
      Two
      lines.
    show: [memory, tlb]
    ask: {question: "Why?", answer: b, choices: [a, b]}
  - at: {line: "hello2.c:32"}
    title: t
    say: s
  - at: {transition: {cause: svc, from: USR, to: SVC}, occurrence: 2}
    title: t
    say: s
  - at: {symbol: main, in: program}
    title: t
    say: s
  - at: {start: program}
    title: t
    say: s
expect:
  - {syscall: hello2, returns: -EFAULT, times: 1}
  - {log: "sys_hello2"}
  - {console: "/a+b/"}
  - {exit_status: 3}
  - {signal: SIGSEGV}
  - {transitions: {from: USR, to: SVC, by: svc, at_least: 1}}
  - {watch: {in.val: 7, in.name: beagle}, at: {syscall: hello2, phase: exit}}
  - {watch: {raw: nonzero}}
  - {instructions: {syscall: hello2, at_most: 9000}}
"""


def test_a_minimal_scenario_has_the_documented_defaults() -> None:
    scenario = parse_scenario(MINIMAL, "dir/mine.yaml")
    assert scenario.name == "mine"
    assert scenario.program == m.ProgramSpec("hello2")
    assert scenario.kernel == m.KernelSpec("bbb_defconfig")
    assert scenario.memory == 32 << 20
    assert scenario.seed == 1
    assert scenario.observe == (StartPlace(), EndPlace("run"))
    assert (scenario.beats, scenario.expect, scenario.watch, scenario.schedule) == ((), (), (), ())


def test_everything_that_can_be_written_arrives() -> None:
    scenario = parse_scenario(FULL)
    assert scenario.description == "Some words."
    assert scenario.kernel.options == (
        m.KernelOption("HELLO2", "single_copy"),
        m.KernelOption("PREEMPT", True),
    )
    assert scenario.args == ("beagle", "7", "0x10", "yes", "a b")
    assert scenario.env == ("DEBUG=1",)
    assert scenario.memory == 64 << 20
    assert scenario.observe == (SyscallPlace("hello2"), EndPlace("program"))
    assert scenario.watch == (
        m.Watch("in", "struct hello2_in", "user", "in"),
        m.Watch("raw", "unsigned int", "kernel", "0xc0008000"),
    )
    assert scenario.schedule == (
        m.ScheduledInterrupt(IcountPlace(100), 68),
        m.ScheduledInput(SymbolPlace("sys_read", "kernel", 2), b"hi\n"),
    )
    assert [beat.at for beat in scenario.beats] == [
        SyscallPlace("hello2", Phase.COPY, 3),
        LinePlace("hello2.c", 32),
        TransitionPlace("svc", "USR", "SVC", 2),
        SymbolPlace("main", "program"),
        StartPlace(),
    ]
    first = scenario.beats[0]
    assert first.say == "Two lines."
    assert first.show == ("memory", "tlb")
    assert first.ask == m.Question("Why?", "b", ("a", "b"))
    assert scenario.beats[1].where.line == 26
    at_exit = SyscallPlace("hello2", Phase.EXIT)
    assert scenario.expect == (
        m.ExpectSyscall("hello2", -14, 1),
        m.ExpectText("log", "sys_hello2"),
        m.ExpectText("console", "a+b", regex=True),
        m.ExpectExit(3),
        m.ExpectSignal("SIGSEGV"),
        m.ExpectTransitions("svc", "USR", "SVC", 1, None),
        m.ExpectWatch("in.val", 7, False, at_exit),
        m.ExpectWatch("in.name", "beagle", False, at_exit),
        m.ExpectWatch("raw", "nonzero", True, EndPlace("program")),
        m.ExpectInstructions("hello2", 1, None, 9000),
    )


def beat(at: str) -> str:
    return f"{MINIMAL}beats:\n  - at: {at}\n    title: t\n    say: s\n"


# What is appended to a good scenario, where it is wrong, and the sentence that says so.
BAD = [
    ("titel: x\n", (3, 1), "unknown key 'titel'"),
    ("memry: 64\n", (3, 1), "unknown key 'memry'; did you mean 'memory'?"),
    ("memory: big\n", (3, 9), "memory must be a whole number, not 'big'"),
    ("memory: 4\n", (3, 9), "memory must be greater than or equal to 8, not 4"),
    ("memory: 2.5\n", (3, 9), "memory must be a whole number, not 2.5"),
    ("args: beagle\n", (3, 7), "args must be a list, not 'beagle'"),
    ("args: [a, [b]]\n", (3, 11), "entry 2 of args must be a string, not a list"),
    ("env: {1x: a}\n", (3, 7), "'1x' is no name for an environment variable"),
    ("env: [a]\n", (3, 6), "env must be a mapping of keys to values, not a list"),
    ("seed: true\n", (3, 7), "seed must be a whole number, not true"),
    ("title: again\n", (3, 1), "the key 'title' is given twice"),
    ("kernel: {config: nope}\n", (3, 18), "there is no kernel configuration nope"),
    ("kernel: {confg: nope}\n", (3, 10), "unknown key 'confg'"),
    ("kernel: {set: {A: [1]}}\n", (3, 19), "A must be true or false, not a list"),
    ("beats: [{at: {start: program}}]\n", (3, 9), "the key 'title' is missing"),
    (beat("{moon: full}"), (4, 9), "a place needs one of the keys syscall, symbol, line"),
    (beat("hello2"), (4, 9), "a place needs one of the keys"),
    (beat("{syscall: hello2, phase: middle}"), (4, 34), "phase cannot be 'middle'; it is one of "),
    (beat("{syscall: hello2, occurrence: 0}"), (4, 39), "occurrence must be greater than"),
    (beat("{syscall: hello2, icount: 3}"), (4, 27), "unknown key 'icount'"),
    (beat("{line: hello2.c}"), (4, 16), "is not written as line must be: a file and a line's"),
    (beat("{transition: {from: USER}}"), (4, 29), "from cannot be 'USER'; it is one of USR"),
    (beat("{start: kernel}"), (4, 17), "start"),
    ("expect: [{log: 7}]\n", (3, 16), "log must be a string, not 7"),
    ("expect: [{log: '/(/'}]\n", (3, 16), "the regular expression /(/ is wrong"),
    ("expect: [{sysall: x}]\n", (3, 10), "an expectation needs one of the keys"),
    ("expect: [{syscall: x, returns: -EWHAT}]\n", (3, 32), "'-EWHAT' is neither a number nor"),
    ("expect: [{syscall: x, times: 2, occurrence: 1}]\n", (3, 10), "occurrence means one of them"),
    ("expect: [{signal: SEGV}]\n", (3, 19), "'SEGV' is not the name of a signal"),
    ("expect: [{exit_status: 256}]\n", (3, 24), "exit_status must be less than or equal to 255"),
    ("expect: [{watch: {in.val: 7}}]\n", (3, 19), "there is no watch 'in'"),
    ("expect: [{instructions: {}}]\n", (3, 25), "give at_least or at_most"),
    (
        "expect: [{transitions: {at_least: 2, at_most: 1}}]\n",
        (3, 24),
        "at_least 2 is more than at_most 1",
    ),
    ("watch: [{name: a b, at: 'user:x'}]\n", (3, 16), "'a b' is not written as name must be"),
    ("watch: [{name: a, at: somewhere}]\n", (3, 23), "'somewhere' is not a variable as in user:in"),
    ("watch: [{name: a, at: 0x8000}]\n", (3, 9), "a watch at an address needs a type"),
    ("schedule: [{at: {icount: 1}, irq: 128}]\n", (3, 35), "irq must be less than or equal to 127"),
    ("schedule: [{at: {icount: 1}}]\n", (3, 12), "an entry of the schedule needs one of the keys"),
    ("observe: {from: {}}\n", (3, 17), "a place needs one of the keys"),
    ("x: &a {b: *a}\n", (3, 4), "a value contains itself"),
    ("? [a]\n: b\n", (3, 3), "a key must be a word"),
    ("x: {a: Why?, b: c}\n", (3, 11), "a text with a question mark needs quotes here"),
    ("args: [a\n", (4, 1), "this is not YAML: "),
    ("\tx: 1\n", (3, 1), "this is not YAML: "),
    ("x: !!python/object:os.system {}\n", (3, 4), "this is not YAML: could not determine"),
    ("x: 'a\n", (4, 1), "this is not YAML: "),
]


@pytest.mark.parametrize(("addition", "position", "sentence"), BAD)
def test_what_is_wrong_is_said_in_one_sentence_with_its_place(
    addition: str, position: tuple[int, int], sentence: str
) -> None:
    text = addition if addition.startswith(MINIMAL) else MINIMAL + addition
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, "bad.yaml")
    assert sentence in caught.value.message
    assert (caught.value.line, caught.value.column) == position, str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "bad.yaml:1:1: the scenario is empty"),
        ("- a\n", "bad.yaml:1:1: a scenario is a mapping of keys to values"),
        ("just words\n", "bad.yaml:1:1: a scenario is a mapping of keys to values"),
        ("title: t\n", "bad.yaml:1:1: the key 'program' is missing"),
        ("title: t\nprogram: helo2\n", "bad.yaml:2:10: there is no program helo2 in userland"),
        ("title: t\nprogram: dir/x\n", "bad.yaml:2:10: there is no program file dir/x"),
        ("title: t\n---\nprogram: x\n", "bad.yaml:2:1: this is not YAML: "),
        ("a: [" * 5000, "bad.yaml"),
    ],
)
def test_a_file_that_is_no_scenario_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, "bad.yaml")
    assert str(caught.value).startswith(sentence)


def test_the_first_of_several_errors_is_reported_and_the_rest_counted() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario("title: 1\nprogram: hello2\nmemory: x\nseed: y\n", "bad.yaml")
    assert str(caught.value) == (
        "bad.yaml:1:8: title must be a string, not 1 (and 2 more errors in this file)"
    )


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    def complaint(path: Path | str) -> str:
        with pytest.raises(ScenarioError) as caught:
            load_scenario(path)
        return str(caught.value)

    assert complaint(tmp_path / "no.yaml") == f"{tmp_path}/no.yaml: there is no such file"
    assert complaint(tmp_path) == f"{tmp_path}: this is a directory, not a scenario file"
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"title: t\nx: \xff\xfe\n")
    assert complaint(binary) == f"{binary}:2:4: this is not UTF-8 text, so it is no scenario"
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (1 << 20) + b"\n")
    assert complaint(large) == f"{large}: this file is too large to be a scenario"
    assert complaint("helo2") == "there is no scenario 'helo2'; did you mean hello2?"
    assert complaint("zzz").startswith("there is no scenario 'zzz'; shipped are ")


def test_a_program_file_is_found_beside_its_scenario(tmp_path: Path) -> None:
    (tmp_path / "mine.elf").write_bytes(b"\x7fELF")
    file = tmp_path / "s.yaml"
    file.write_text("title: t\nprogram: ./mine.elf\n")
    assert load_scenario(file).program == m.ProgramSpec("mine.elf", tmp_path / "mine.elf")
    file.write_text("title: t\nprogram: mine.elf\n")
    assert load_scenario(file).program.path == tmp_path / "mine.elf"


def test_shipped_scenarios_load_by_name() -> None:
    names = [path.stem for path in shipped_scenarios()]
    assert {"hello", "hello2"} <= set(names)
    for name in names:
        scenario = load_scenario(name)
        assert scenario.name == name
        assert scenario.beats
        assert scenario.expect


def test_the_json_schema_describes_the_file() -> None:
    schema = json_schema()
    assert schema["required"] == ["title", "program"]
    assert schema["additionalProperties"] is False
    observed = schema["$defs"]["Observed"]["properties"]
    assert set(observed) == {"from", "to"}


def refused(text: str) -> ScenarioError | None:
    try:
        parse_scenario(text, "any.yaml")
    except ScenarioError as error:
        return error
    return None


@given(st.text(max_size=200))
def test_no_text_at_all_makes_it_crash(text: str) -> None:
    error = refused(text)
    assert error is None or "\n" not in str(error)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["at", "syscall", "watch", "title", "icount", "x"]),
                inner,
                max_size=3,
            )
        ),
        max_leaves=12,
    ),
    st.sampled_from(
        ["kernel", "args", "watch", "beats", "expect", "schedule", "observe", "memory"]
    ),
)
def test_no_value_of_any_shape_makes_it_crash(value: object, key: str) -> None:
    error = refused(f"{MINIMAL}{key}: {json.dumps(value)}\n")
    assert error is None or error.line is not None
