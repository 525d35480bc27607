"""Conditions: what they say against a second reading, and what is said of nonsense."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringview.errors import InputError
from ringview.session.condition import Condition, Unreadable, divide, parse

WORD = 0xFFFFFFFF
REGISTERS = {"r0": 0xFFFFFFF2, "r1": 0, "r7": 401, "sp": 0xBEF00C20, "lr_usr": 0x10304}
VARIABLES = {"in.len": (0xBEF00C44, 6), "nr_calls": (0xC0801000, 0x80000001)}


@dataclass
class Fixed:
    """One moment, in tables."""

    asked: list[str] = field(default_factory=list)

    def register(self, name: str) -> int:
        self.asked.append(name)
        if name not in REGISTERS:
            raise Unreadable
        return REGISTERS[name]

    def address(self, name: str) -> int:
        if name not in VARIABLES:
            raise Unreadable
        return VARIABLES[name][0]

    def content(self, name: str) -> int:
        if name not in VARIABLES:
            raise Unreadable
        return VARIABLES[name][1]

    def memory(self, va: int, size: int) -> int:
        if va == 0:
            raise Unreadable
        return (va * 2654435761 & WORD) >> 8 * (4 - size)

    def permits(self, permission: str, va: int) -> bool:
        return permission == "pl1_reads" or va < 0xC0000000

    def at_beat(self, beat: int) -> Fixed:
        return self


class Told(Fixed):
    """The same at several beats, except that memory holds the beat's number."""

    def __init__(self, beat: int) -> None:
        super().__init__()
        self.beat = beat

    def memory(self, va: int, size: int) -> int:
        return self.beat

    def at_beat(self, beat: int) -> Told:
        return Told(beat)


def signed(value: int) -> int:
    return value - (1 << 32) if 1 << 31 <= value <= WORD else value


# Each strategy gives (text, value): the value is computed beside the text, by Python's own
# operators on whole numbers, not by reading the text again.
Pair = tuple[str, int]

ATOMS: st.SearchStrategy[Pair] = st.one_of(
    st.integers(0, WORD).map(lambda n: (str(n), n)),
    st.integers(0, WORD).map(lambda n: (f"0x{n:x}", n)),
    st.sampled_from(sorted(REGISTERS)).map(lambda name: (name, REGISTERS[name])),
    st.sampled_from(sorted(VARIABLES)).map(lambda name: (name, VARIABLES[name][1])),
    st.sampled_from(sorted(VARIABLES)).map(lambda name: (f"&{name}", VARIABLES[name][0])),
    st.just(("'A'", 65)),
)
OPERATIONS = {
    "+": lambda a, b: (a + b) & WORD,
    "-": lambda a, b: (a - b) & WORD,
    "*": lambda a, b: (a * b) & WORD,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
}


def arithmetic(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    def join(parts: tuple[str, Pair, Pair]) -> Pair:
        sign, (left, a), (right, b) = parts
        return f"({left}) {sign} ({right})", OPERATIONS[sign](a, b)

    two = st.tuples(st.sampled_from(sorted(OPERATIONS)), inner, inner).map(join)
    inverted = inner.map(lambda pair: (f"~({pair[0]})", ~pair[1] & WORD))
    loaded = st.tuples(inner, st.sampled_from((1, 2, 4))).filter(lambda p: p[0][1] != 0)
    word = loaded.map(lambda p: (f"[{p[0][0]}]/{p[1]}", Fixed().memory(p[0][1], p[1])))
    return st.one_of(two, inverted, word)


NUMBERS = st.recursive(ATOMS, arithmetic, max_leaves=6)
COMPARISONS = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def compared(parts: tuple[str, Pair, Pair, bool]) -> tuple[str, bool]:
    sign, (left, a), (right, b), negative = parts
    if negative:
        b = b & 0x7FFFFFFF or 1
        return f"{left} {sign} -{b}", COMPARISONS[sign](signed(a), -b)
    return f"{left} {sign} {right}", COMPARISONS[sign](a, b)


TRUTHS = st.recursive(
    st.tuples(st.sampled_from(sorted(COMPARISONS)), NUMBERS, NUMBERS, st.booleans()).map(compared),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(("&&", "and")), inner).map(
            lambda p: (f"({p[0][0]}) {p[1]} ({p[2][0]})", p[0][1] and p[2][1])
        ),
        st.tuples(inner, st.sampled_from(("||", "or")), inner).map(
            lambda p: (f"({p[0][0]}) {p[1]} ({p[2][0]})", p[0][1] or p[2][1])
        ),
        inner.map(lambda p: (f"not ({p[0]})", not p[1])),
        inner.map(lambda p: (f"!({p[0]})", not p[1])),
    ),
    max_leaves=3,
)


@given(TRUTHS)
def test_a_condition_means_what_it_says(pair: tuple[str, bool]) -> None:
    text, truth = pair
    if len(text) <= 400:
        assert parse(text).holds(Fixed()) is truth


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("r0 == -14", True),
        ("r0 < 0", False),
        ("r0 < -1", True),
        ("in.len > 4 && in.len <= 6", True),
        ("1 + 2 * 3 == 7", True),
        ("1 << 4 | 1 == 17", True),
        ("6 & 3 == 2", True),
        ("r1 || r7 == 401", True),
        ("!r1 && !(r7 == 400)", True),
        ("r1 == 0 or nowhere == 1", True),
        ("nowhere == nowhere", False),
        ("[0] == 0", False),
        ("spsr == 0", False),
        ("nr_calls == 0x8000_0001", True),
        ("R7 == 401", True),
        ("pl0_reads(sp)", True),
        ("pl0_reads(0xc0000000)", False),
        ("pl1_reads(0xc0000000) && !pl1_writes(0xbfffffff + 1)", True),
    ],
)
def test_examples(text: str, truth: bool) -> None:
    assert parse(text).holds(Fixed()) is truth


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("r1 ==", "column 6: a value is missing at the end"),
        ("", "column 1: a condition is missing after if"),
        ("r1 == )", "column 7: a value is expected, not )"),
        ("(r1 == 2", "column 9: ) is missing for column 1"),
        ("r1 = 2", "column 4: = alone means nothing: == compares"),
        ("r1 == 2 3", "column 9: 3 is one word too many"),
        ("1 < r1 < 3", "column 8: < follows another comparison: join them by &&"),
        ("r1 == 0x1ffffffff", "column 7: 0x1ffffffff does not fit into 32 bits"),
        ("[sp]/3 == 1", "column 6: after / comes how many bytes: 1, 2 or 4"),
        ("&r1 == 3", "column 2: & stands before a variable or a symbol"),
        ("r1 == 12ab", "column 7: '12ab' means nothing here"),
        ("pl0_reads == 1", "column 1: an address follows pl0_reads, in parentheses"),
        ("pl0_reads(sp", "column 13: ) is missing for column 1"),
        ("r1 == r1@2", "column 9: @ means nothing here"),
        ("r1 == $", "column 7: '$' means nothing here"),
        ("r1 == " + "(" * 500, "a condition has at most 400 characters"),
    ],
)
def test_what_says_nothing_is_told_with_its_column(text: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text)
    assert str(caught.value) == sentence


@given(st.text("r01 =<>&|!()[]/-+*~'if.in", max_size=40) | st.text(max_size=40))
def test_any_text_is_a_condition_or_one_sentence(text: str) -> None:
    try:
        found = parse(text)
    except InputError as error:
        sentence = str(error)
    else:
        sentence = ""
        assert found.holds(Fixed()) in (True, False)
    assert sentence == "" or sentence.startswith(("column ", "a condition has"))


def test_a_beat_can_be_named_where_there_are_beats() -> None:
    assert parse("r7@2 == 401 && in.len@1 == 6 && &in.len@2 != 0", beats=2).holds(Fixed())
    for text in ("r7@3 == 401", "r7@0 == 401"):
        with pytest.raises(InputError, match="column 3: there is no beat"):
            parse(text, beats=2)


def test_memory_and_rights_are_of_the_beat_that_follows_them() -> None:
    assert parse("[sp]@2 == 2 && [sp]@1 == 1 && mapped(sp)@2", beats=2).holds(Told(0))
    assert parse("[sp]@2 == 2 && [[sp]@1]@2 == 2", beats=2).holds(Told(0))
    assert not parse("[sp] == [sp]@1", beats=2).holds(Told(0))
    for text in ("(sp)@1 == 1", "5@1 == 5"):
        with pytest.raises(InputError, match="@1 is one word too many"):
            parse(text, beats=2)
    with pytest.raises(InputError, match="column 5: there is no beat 3"):
        parse("[sp]@3", beats=2)
    with pytest.raises(InputError, match="column 5: @ means nothing here"):
        parse("[sp]@1")


def test_columns_count_from_the_line_that_was_typed() -> None:
    place, condition = divide("sys_hello2 if r1 == 0")
    assert place == "sys_hello2"
    assert isinstance(condition, Condition)
    assert (condition.text, condition.traced) == ("r1 == 0", True)
    assert divide("file.c:32") == ("file.c:32", None)
    with pytest.raises(InputError, match="column 20: a value is missing"):
        divide("sys_hello2 if r1 ==")
    _, named = divide("x if in.len > 2 && [sp] == 1")
    assert named is not None
    assert named.names == (("in.len", 6),)
    assert not named.traced
    assert not parse("cpsr == 1").traced


def test_nothing_is_asked_that_need_not_be() -> None:
    moment = Fixed()
    assert not parse("r1 == 5 && r7 == 401").holds(moment)
    assert moment.asked == ["r1"]
