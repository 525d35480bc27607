"""Places become positions; those that never occur become errors with a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pytest

from ringview.errors import ScenarioError
from ringview.scenario.lines import line_with
from ringview.scenario.load import parse_scenario
from ringview.scenario.places import (
    EndPlace,
    IcountPlace,
    LinePlace,
    Phase,
    Place,
    StartPlace,
    SymbolPlace,
    SyscallPlace,
    TransitionPlace,
    Where,
)
from ringview.scenario.record import HopFact, SyscallFact, TransitionFact
from ringview.scenario.resolve import place_beats, resolve


def call(ordinal: int, name: str, enter: int, leave: int) -> SyscallFact:
    hops = tuple(
        HopFact(phase, enter + i, 0xC0008000, "", "")
        for i, phase in enumerate(["vector", "entry", "table", "handler"])
    )
    return SyscallFact(ordinal, 1, name, "", (), 0, enter, leave, 0, 0, {"SVC": 9}, hops)


SOURCE = [
    "int f(int a) {",
    "\tif (a ||",
    "\t    /* comment */",
    "\t    b  = 1) {",
    "\t\tc = b = 2;",
]


class Run:
    """A run in which little happens: two writes and an exit that does not return."""

    def known(self) -> int:
        return 1000

    def end(self) -> int | None:
        return 1000

    def program_start(self) -> int | None:
        return 100

    def program_end(self) -> int | None:
        return 899

    def calls(self, name: str = "") -> list[SyscallFact]:
        calls = [
            call(0, "write", 200, 250),
            call(1, "write", 300, 350),
            call(2, "exit_group", 900, -1),
        ]
        return [each for each in calls if name in ("", each.name)]

    def hops(self, call: SyscallFact) -> Sequence[HopFact]:
        return call.hops

    def transitions(self) -> list[TransitionFact]:
        return [
            TransitionFact(200, "USR", "SVC", "svc", 0, 0, 0, 0),
            TransitionFact(220, "SVC", "ABT", "data abort", 0, 0, 0, 0),
            TransitionFact(250, "SVC", "USR", "return", 0, 0, 0, 0),
            TransitionFact(300, "USR", "SVC", "svc", 0, 0, 0, 0),
        ]

    def executes(
        self, symbol: str, space: Literal["kernel", "program"], occurrence: int
    ) -> int | None:
        if symbol != "main":
            raise LookupError(f"there is no symbol {symbol} in the {space}")
        return 110 if occurrence == 1 else None

    def reaches_line(self, file: str, line: int | str, occurrence: int) -> int | None:
        if isinstance(line, str):
            line = line_with(SOURCE, file, line, (1, 2, 4, 5))
        if line > 50:
            raise LookupError(f"no code belongs to {file}:{line}")
        return 100 + line if occurrence == 1 else None


FOUND: list[tuple[Place, int]] = [
    (StartPlace(), 100),
    (EndPlace("program"), 899),
    (EndPlace("run"), 1000),
    (IcountPlace(42), 42),
    (SyscallPlace("write"), 199),
    (SyscallPlace("write", Phase.VECTOR), 200),
    (SyscallPlace("write", Phase.TABLE, 2), 302),
    (SyscallPlace("write", Phase.EXIT, 2), 350),
    (SymbolPlace("main", "program"), 110),
    (LinePlace("hello2.c", 32), 132),
    (LinePlace("lines.c", "if (a"), 102),
    (LinePlace("lines.c", "b  = 1"), 104),
    (TransitionPlace(), 200),
    (TransitionPlace("svc", "USR", "SVC", 2), 300),
    (TransitionPlace("", "", "ABT"), 220),
]


@pytest.mark.parametrize(("place", "icount"), FOUND)
def test_a_place_is_where_it_happens(place: Place, icount: int) -> None:
    assert resolve(place, Run()) == icount


W = Where("s.yaml", 7, 9)
NEVER: list[tuple[Place, str]] = [
    (SyscallPlace("wrote", where=W), "the program never calls wrote; did you mean write?"),
    (SyscallPlace("hello2", where=W), "the program never calls hello2"),
    (
        SyscallPlace("write", occurrence=3, where=W),
        "there is no 3rd call of write: the program calls it 2 times",
    ),
    (SyscallPlace("write", Phase.COPY, where=W), "this call of write has no phase copy"),
    (
        SyscallPlace("exit_group", Phase.EXIT, where=W),
        "this call of exit_group has no phase exit",
    ),
    (SymbolPlace("nope", where=W), "there is no symbol nope in the kernel"),
    (
        SymbolPlace("main", "program", 2, W),
        "this place never occurs in the run: the 2nd execution of main in the program",
    ),
    (LinePlace("hello2.c", 51, where=W), "no code belongs to hello2.c:51"),
    (
        LinePlace("lines.c", "comment", where=W),
        "no line of lines.c that has code reads 'comment'",
    ),
    (
        LinePlace("lines.c", "b =", where=W),
        "lines 4, 5 of lines.c read 'b =': say more of the one meant",
    ),
    (
        LinePlace("lines.c", "if (a", 2, W),
        "this place never occurs in the run: the 2nd execution of lines.c: if (a",
    ),
    (IcountPlace(1001, W), "the run ends at icount 1,000, before icount 1,001"),
    (
        TransitionPlace("irq", "USR", "IRQ", 1, W),
        "this place never occurs in the run: the change from USR to IRQ by irq",
    ),
]


@pytest.mark.parametrize(("place", "sentence"), NEVER)
def test_a_place_that_never_occurs_is_an_error_with_its_line(place: Place, sentence: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        resolve(place, Run())
    assert str(caught.value) == f"s.yaml:7:9: {sentence}"


BEATS = """\
title: t
program: hello2
beats:
  - {at: {start: program}, title: one, say: s}
  - {at: {syscall: write, occurrence: 2}, title: two, say: s}
  - {at: {syscall: write}, title: three, say: s}
"""


def test_beats_are_placed_in_their_order() -> None:
    scenario = parse_scenario(BEATS.replace(", occurrence: 2", ""))
    placed = place_beats(scenario, Run())
    assert [(p.beat.title, p.icount) for p in placed] == [
        ("one", 100),
        ("two", 199),
        ("three", 199),
    ]


def test_a_beat_before_its_predecessor_is_an_error() -> None:
    with pytest.raises(ScenarioError) as caught:
        place_beats(parse_scenario(BEATS, "s.yaml"), Run())
    assert str(caught.value) == (
        "s.yaml:6:10: the beat 'three' happens before the one above it, 'two'"
    )
