"""Conditions of breakpoints and watchpoints: a small language over registers, variables and memory.

::

    condition := and ("||" and)*
    and       := not ("&&" not)*
    not       := "!" not | compare
    compare   := bits (("==" | "!=" | "<" | "<=" | ">" | ">=") bits)?
    bits      := shift (("&" | "|" | "^") shift)*
    shift     := sum (("<<" | ">>") sum)*
    sum       := product (("+" | "-") product)*
    product   := unary ("*" unary)*
    unary     := ("-" | "~") unary | value
    value     := number | name | "(" condition ")" | "[" bits "]" ("/" ("1" | "2" | "4"))? beat?
                 | permission "(" bits ")" beat?
    beat      := "@" number

``and``, ``or`` and ``not`` may be written as words. A name is a register (``r0``, ``sp_usr``), a
variable with members (``in.len``) or a symbol, whose value is what memory holds there; ``&`` before
a name is its address. ``[x]`` is the word at virtual address x. ``pl0_reads(x)`` is 1 if the tables
let user mode read there, else 0; likewise ``pl0_writes``, ``pl1_reads`` and ``pl1_writes``; and
``mapped(x)`` if there is a translation, whoever may use it. Where a scenario's beats speak,
``name@3`` is what the name is at the third beat, ``[x]@3`` what memory held there then, at the
address that x is then. Numbers are decimal, 0x… or a character in quotes.
All is computed in 32 bits without sign; where one side of a comparison is
negative, both are taken with their signs, so that ``r0 == -14`` and ``r0 < -1`` mean what they say.
A value that cannot be read makes the whole condition not hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from ringview.errors import InputError

WORD = 0xFFFFFFFF

_BANKS = ("usr", "fiq", "irq", "svc", "abt", "und")

REGISTERS = frozenset(
    {f"r{n}" for n in range(13)}
    | {"sp", "lr", "pc", "cpsr", "spsr", "fp", "ip"}
    | {f"{name}_{mode}" for name in ("sp", "lr") for mode in _BANKS}
    | {f"spsr_{mode}" for mode in _BANKS[1:]}
    | {
        "sctlr",
        "ttbr0",
        "dacr",
        "contextidr",
        "dfsr",
        "dfar",
        "ifsr",
        "ifar",
        "icount",
        "tlb_misses",
    }
)
"""Names that mean a register, whatever else has them."""

IN_TRACE = {f"r{n}": n for n in range(13)} | {"fp": 11, "ip": 12, "sp": 13, "lr": 14, "pc": 15}
"""Registers that each record of a trace has, by name: their column."""

PERMISSIONS = frozenset(
    ("mapped", *(f"pl{level}_{what}" for level in (0, 1) for what in ("reads", "writes")))
)
"""What can be asked of the translation tables about an address."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>0[xX][0-9a-fA-F_]+|\d[\d_]*(?![\w.]))|(?P<char>'(?:[^'\\]|\\.)')"
    r"|(?P<name>[A-Za-z_]\w*(?:\.\w+|\[\d+\])*(?:@\d+)?)"
    r"|(?P<beat>@\d+)"
    r"|(?P<sign>&&|\|\||==|!=|<=|>=|<<|>>|[-+*&|^~!<>()\[\]/]))"
)
_WORDS = {"and": "&&", "or": "||", "not": "!"}
_ESCAPES = {"n": 10, "t": 9, "0": 0, "\\": 92, "'": 39, "r": 13}
_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "&": lambda a, b: (a & WORD) & (b & WORD),
    "|": lambda a, b: (a | b) & WORD,
    "^": lambda a, b: (a ^ b) & WORD,
    "<<": lambda a, b: (a << min(b & WORD, 32)) & WORD,
    ">>": lambda a, b: (a & WORD) >> min(b & WORD, 32),
    "+": lambda a, b: (a + b) & WORD,
    "*": lambda a, b: (a * b) & WORD,
}
_IF = re.compile(r"\s+if(?=\s|$|\()")

_LEVELS = (("&", "|", "^"), ("<<", ">>"), ("+", "-"), ("*",))
MOST_CHARACTERS = 400
"""A condition is no longer than that; it also bounds how deep it nests."""


class Unreadable(Exception):
    """A value has no place, or no memory, at this moment."""


class Values(Protocol):
    """Where a condition takes its values from: one moment of a run."""

    def register(self, name: str) -> int:
        """A register of `REGISTERS` by its name; raises Unreadable if the mode has none."""

    def address(self, name: str) -> int:
        """Virtual address of a variable or symbol; raises Unreadable."""

    def content(self, name: str) -> int:
        """What a variable or symbol holds; raises Unreadable."""

    def memory(self, va: int, size: int) -> int:
        """What ``size`` bytes at a virtual address hold, little-endian; raises Unreadable."""

    def permits(self, permission: str, va: int) -> bool:
        """Whether the tables give one of `PERMISSIONS` at a virtual address."""

    def at_beat(self, beat: int) -> Values:
        """The same at another beat of the scenario, from 1; raises Unreadable."""


Node = Callable[[Values], int]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was understood.

    Attributes:
        text: as it was typed.
        names: the variables and symbols in it, with the column (from 1) of each.
        registers: the registers in it.
        reads_memory: whether it has ``[…]``.
    """

    text: str
    names: tuple[tuple[str, int], ...]
    registers: frozenset[str]
    reads_memory: bool
    _node: Node = field(repr=False, compare=False)

    @property
    def traced(self) -> bool:
        """Whether a record of the trace tells all that it asks for."""
        return not self.names and not self.reads_memory and self.registers <= set(IN_TRACE)

    def holds(self, values: Values) -> bool:
        """Whether it holds at a moment; not where one of its values cannot be read."""
        try:
            return bool(self._node(values))
        except Unreadable:
            return False

    def __str__(self) -> str:
        return self.text


def divide(words: str) -> tuple[str, Condition | None]:
    """What comes before ``if`` in a line as it was typed, and the condition after it.

    Raises:
        InputError: there is ``if`` and what follows is no condition.
    """
    found = _IF.search(words)
    if found is None:
        return words.strip(), None
    return words[: found.start()].strip(), parse(words[found.end() :], found.end())


def parse(text: str, offset: int = 0, beats: int = 0) -> Condition:
    """Understand a condition.

    Args:
        text: the condition.
        offset: characters that stood before it in the line that was typed; columns count them.
        beats: how many beats ``name@3`` can mean.

    Raises:
        InputError: it is none; the sentence names the column, from 1.
    """
    return _Parser(text, offset, beats).parse()


class _Parser:
    """Recursive descent over the tokens of one condition."""

    def __init__(self, text: str, offset: int, beats: int) -> None:
        self._text = text
        self._offset = offset
        self._beats = beats
        self._tokens = list(self._scan())
        self._at = 0
        self._names: list[tuple[str, int]] = []
        self._registers: set[str] = set()
        self._reads = False

    def _scan(self) -> list[tuple[str, str, int]]:
        if len(self._text) > MOST_CHARACTERS:
            raise InputError(f"a condition has at most {MOST_CHARACTERS} characters")
        tokens, at, end = [], 0, len(self._text.rstrip())
        while at < end:
            found = _TOKEN.match(self._text, at)
            if found is None or found.lastgroup is None:
                start = at + len(self._text[at:]) - len(self._text[at:].lstrip())
                word = re.match(r"\w+|.", self._text[start:], re.DOTALL)
                if word is not None and word[0] == "=":
                    raise self._wrong(start, "= alone means nothing: == compares")
                raise self._wrong(start, f"{word[0] if word else ''!r} means nothing here")
            kind, word_ = found.lastgroup, found[found.lastgroup]
            start = found.start(kind)
            if kind == "name" and word_ in _WORDS:
                kind, word_ = "sign", _WORDS[word_]
            tokens.append((kind, word_, start))
            at = found.end()
        return [*tokens, ("end", "", len(self._text.rstrip()))]

    def _wrong(self, at: int, what: str) -> InputError:
        return InputError(f"column {self._offset + at + 1}: {what}")

    def _accept(self, *signs: str) -> str:
        kind, text, _ = self._tokens[self._at]
        if kind == "sign" and text in signs:
            self._at += 1
            return text
        return ""

    def _demand(self, sign: str, opened: int) -> None:
        if not self._accept(sign):
            start = self._offset + opened + 1
            raise self._wrong(self._tokens[self._at][2], f"{sign} is missing for column {start}")

    def parse(self) -> Condition:
        if self._tokens[0][0] == "end":
            raise self._wrong(0, "a condition is missing after if")
        node = self._or()
        kind, text, at = self._tokens[self._at]
        if kind != "end":
            raise self._wrong(at, f"{text} is one word too many")
        return Condition(
            self._text.strip(), tuple(self._names), frozenset(self._registers), self._reads, node
        )

    def _or(self) -> Node:
        node = self._and()
        while self._accept("||"):
            node = _either(node, self._and())
        return node

    def _and(self) -> Node:
        node = self._not()
        while self._accept("&&"):
            node = _both(node, self._not())
        return node

    def _not(self) -> Node:
        if self._accept("!"):
            inner = self._not()
            return lambda values: int(not inner(values))
        return self._compare()

    def _compare(self) -> Node:
        left = self._level(0)
        sign = self._accept(*_COMPARISONS)
        if not sign:
            return left
        right = self._level(0)
        _, text, at = self._tokens[self._at]
        if text in _COMPARISONS:
            raise self._wrong(at, f"{text} follows another comparison: join them by &&")
        return _compared(left, right, _COMPARISONS[sign])

    def _level(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        node = self._level(level + 1)
        while sign := self._accept(*_LEVELS[level]):
            right = self._level(level + 1)
            node = _minus(node, right) if sign == "-" else _joined(node, right, _OPERATIONS[sign])
        return node

    def _unary(self) -> Node:
        if self._accept("-"):
            inner = self._unary()
            return lambda values: -inner(values)
        if self._accept("~"):
            inner = self._unary()
            return lambda values: ~inner(values) & WORD
        if self._accept("&"):
            return self._address()
        return self._value()

    def _address(self) -> Node:
        kind, text, at = self._tokens[self._at]
        name, beat = self._when(text, at)
        if kind != "name" or name.lower() in REGISTERS:
            raise self._wrong(at, "& stands before a variable or a symbol")
        self._at += 1
        self._names.append((name, self._offset + at + 1))
        return _then(beat, lambda values: values.address(name))

    def _value(self) -> Node:
        kind, text, at = self._tokens[self._at]
        if kind == "end":
            raise self._wrong(at, "a value is missing at the end")
        self._at += 1
        if kind == "number":
            number = self._number(text, at)
            return lambda _: number
        if kind == "char":
            code = _ESCAPES.get(text[2], ord(text[2])) if text[1] == "\\" else ord(text[1])
            return lambda _: code
        if kind == "name":
            return self._name(text, at)
        if text == "(":
            node = self._or()
            self._demand(")", at)
            return node
        if text == "[":
            return self._memory(at)
        raise self._wrong(at, f"a value is expected, not {text}")

    def _number(self, text: str, at: int) -> int:
        try:
            number = int(text.replace("_", ""), 0 if text[:2].lower() == "0x" else 10)
        except ValueError:
            raise self._wrong(at, f"{text} is no number") from None
        if number > WORD:
            raise self._wrong(at, f"{text} does not fit into 32 bits")
        return number

    def _when(self, text: str, at: int) -> tuple[str, int]:
        """A name, and the beat that it is of; 0 for now."""
        name, sign, beat = text.partition("@")
        if sign and not self._beats:
            raise self._wrong(at + len(name), "@ means nothing here")
        if sign and not 1 <= int(beat) <= self._beats:
            raise self._wrong(at + len(name), f"there is no beat {beat}")
        return name, int(beat or 0)

    def _name(self, text: str, at: int) -> Node:
        name, beat = self._when(text, at)
        if name in PERMISSIONS:
            return self._permission(name, at)
        if name.lower() in REGISTERS:
            register = name.lower()
            self._registers.add(register)
            return _then(beat, lambda values: values.register(register))
        self._names.append((name, self._offset + at + 1))
        return _then(beat, lambda values: values.content(name))

    def _permission(self, name: str, at: int) -> Node:
        if not self._accept("("):
            raise self._wrong(at, f"an address follows {name}, in parentheses")
        inner = self._level(0)
        self._demand(")", at)
        self._reads = True
        return self._then(lambda values: int(values.permits(name, inner(values) & WORD)))

    def _memory(self, at: int) -> Node:
        inner = self._level(0)
        self._demand("]", at)
        size = 4
        if self._accept("/"):
            kind, text, where = self._tokens[self._at]
            if kind != "number" or text not in ("1", "2", "4"):
                raise self._wrong(where, "after / comes how many bytes: 1, 2 or 4")
            self._at += 1
            size = int(text)
        self._reads = True
        return self._then(lambda values: values.memory(inner(values) & WORD, size))

    def _then(self, node: Node) -> Node:
        """A node, at the beat that may follow it."""
        kind, text, at = self._tokens[self._at]
        if kind != "beat":
            return node
        self._at += 1
        return _then(self._when(text, at)[1], node)


def _then(beat: int, node: Node) -> Node:
    return (lambda values: node(values.at_beat(beat))) if beat else node


def _either(left: Node, right: Node) -> Node:
    return lambda values: int(bool(left(values)) or bool(right(values)))


def _both(left: Node, right: Node) -> Node:
    return lambda values: int(bool(left(values)) and bool(right(values)))


def _joined(left: Node, right: Node, operation: Callable[[int, int], int]) -> Node:
    return lambda values: operation(left(values), right(values))


def _minus(left: Node, right: Node) -> Node:
    return lambda values: (left(values) - right(values)) & WORD


def _compared(left: Node, right: Node, comparison: Callable[[int, int], bool]) -> Node:
    def compare(values: Values) -> int:
        a, b = left(values), right(values)
        if a < 0 or b < 0:
            a, b = _signed(a), _signed(b)
        return int(comparison(a, b))

    return compare


def _signed(value: int) -> int:
    return value - (1 << 32) if 1 << 31 <= value <= WORD else value
