"""The words of the shipped scenarios: every number and name that a lecturer reads aloud is one that
a condition or an expectation checks, or one that is known here.
"""

from __future__ import annotations

import re

import pytest

from ringview.guest.elf import read_elf
from ringview.guest.tree import find_tree
from ringview.scenario.images import provide_images
from ringview.scenario.linux import ERRNO, SIGNALS
from ringview.scenario.load import load_scenario, shipped_scenarios
from ringview.scenario.model import ExpectSyscall, Scenario

NAMES = [path.stem for path in shipped_scenarios()]

_UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_UNITS += ["eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"]
_UNITS += ["eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = {word: value for value, word in enumerate(_UNITS)}
_VALUES |= {word: 10 * value for value, word in enumerate(_TENS, 2)}

SMALL = 3
"""Up to here a number is rather a word: one store, two threads."""

KNOWN = {
    "coprocessor 15": "the manual's name",
    "six parameters": "of the convention itself",
    "six registers": "of the convention itself",
    "registers 0 to 5": "of the convention itself",
    "registers 4 to 11": "of the procedure call standard",
    "four parts": "of _IOC()",
    "4c": "a part of the number that is checked",
    "bits 2 and 3": "of DACR, for domain 1",
    "four rings": "x86's",
    "six functions or ten": "a manner of speaking",
    "eight kibibytes": "THREAD_SIZE: see the test of the other stack",
    "four random words": "struct hello2_out",
    "twenty-four bytes": "six registers",
    "linux 2.6": "the version's name",
    "sixteen random bytes": "AT_RANDOM points to as many",
    "four bytes": "a word",
    "a million": "a manner of speaking",
    "thousands of times": "at least four digits are expected of the console",
    "four times": "see the handler's source",
    "six texts": "struct new_utsname",
}
"""What the machine cannot be asked about, and why it is so."""

LINKERS = "LD_SHOW_AUXV"
"""What is said of a dynamic linker, which is not here."""

_HEX = re.compile(r"\b([0-9a-f]{4} [0-9a-f]{4})\b|\b([0-9a-f]+) hexadecimal|\b(900000)\b")
_PLAIN = re.compile(r"(?<![\w.])(\d+)(?![\w.]*\w)")
_WORD = "|".join(sorted([*_VALUES, "hundred", "thousand"], key=len, reverse=True))
_SPELT = re.compile(rf"\b(?:a )?(?:{_WORD})(?:(?:-| and | )(?:{_WORD}))*\b")


def spelt(words: str) -> int:
    """The value of a number in words: a hundred and sixty, thirty-two."""
    total = part = 0
    for word in re.split(r"[ -]", words):
        if word in _VALUES:
            part += _VALUES[word]
        elif word == "hundred":
            part = max(part, 1) * 100
        elif word == "thousand":
            total, part = total + max(part, 1) * 1000, 0
    return total + part


def numbers(text: str) -> set[int]:
    """All numbers in a text that are more than words."""
    rest = text.lower()
    for phrase in sorted(KNOWN, key=len, reverse=True):
        rest = rest.replace(phrase, " ")
    found = {
        int((pair or alone or fixed).replace(" ", ""), 16)
        for pair, alone, fixed in _HEX.findall(rest)
    }
    rest = _HEX.sub(" ", rest)
    rest = re.sub(r"\b(registers?|domain|level|beat|row) \d+(?:,? (?:and )?\d+)*", " ", rest)
    found |= {int(digits) for digits in _PLAIN.findall(rest)}
    found |= {spelt(match) for match in _SPELT.findall(rest)}
    return {number for number in found if number > SMALL}


def pinned(scenario: Scenario) -> set[int]:
    """All numbers that the scenario's conditions or expectations speak of."""
    texts = [str(claim.condition) for beat in scenario.beats for claim in beat.holds]
    texts += [str(expected) for expected in scenario.expect]
    found: set[int] = set()
    for text in texts:
        found |= {int(n, 0) for n in re.findall(r"0x[0-9a-f]+|(?<![\w.])[1-9]\d*|\b0\b", text)}
        found |= {int(n) for n in re.findall(r"\d+", text) if n == str(int(n))}
    results = [e.returns for e in scenario.expect if isinstance(e, ExpectSyscall)]
    found |= {-result for result in results if isinstance(result, int) and result}
    for number in list(found):
        found |= {number & 0xFFF, number & 0xFFFFFF, number.bit_length()}
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A hundred and sixty bytes, thirty-one letters, not c010 0000.", {160, 31, 0xC0100000}),
        ("10 hexadecimal, ffff ffea, 401, one or two", {16, 0xFFFFFFEA, 401}),
        ("Three hundred and ninety in register 7 of TTBR0", {390}),
        ("minus twenty-two, 4095 and 3 times, four bytes each", {22, 4095}),
    ],
)
def test_numbers_are_read_as_a_person_reads_them(text: str, found: set[int]) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize("name", NAMES)
def test_every_beat_is_checked_and_so_is_every_number_in_it(name: str) -> None:
    scenario = load_scenario(name)
    unchecked = []
    for beat in scenario.beats:
        assert beat.holds, f"{name}: nothing is checked at {beat.title!r}"
        words = f"{beat.say} {beat.ask.answer if beat.ask is not None else ''}"
        loose = numbers(words) - pinned(scenario)
        unchecked += [f"{beat.title}: {number}" for number in sorted(loose)]
    assert unchecked == []


@pytest.mark.parametrize("name", NAMES)
def test_every_name_in_the_words_exists(name: str) -> None:
    scenario = load_scenario(name)
    images = provide_images(scenario)
    symbols = {
        s.name for path in (images.kernel.path, images.program) for s in read_elf(path).symbols
    }
    source = "".join(
        path.read_text()
        for folder in (find_tree().kernel, find_tree().userland)
        for path in folder.rglob("*.[chS]")
    ) if any("_" in beat.say for beat in scenario.beats) else ""  # fmt: skip
    for beat in scenario.beats:
        for word in re.findall(r"\b[A-Za-z]\w*_\w+\b", beat.say.replace(LINKERS, "")):
            assert word in symbols or re.search(rf"\b{word}\b", source), f"{beat.title}: {word}"
        for word in re.findall(r"\bSIG[A-Z]+\b", beat.say):
            assert word in SIGNALS, f"{beat.title}: {word}"
        for word in re.findall(r"\bE[A-Z]{4,}\b", beat.say):
            if word != "EABI":
                assert ERRNO[word] in pinned(scenario), f"{beat.title}: {word}"
