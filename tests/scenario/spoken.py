"""What a beat's words name that can be looked up: numbers, registers, errors, files, panes."""

from __future__ import annotations

import re

from ringview.scenario.linux import ERRNO, SIGNALS
from ringview.scenario.model import Beat, ExpectSyscall, Scenario

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
    "registers: 4 to 11": "of the procedure call standard",
    "four parts": "of _IOC()",
    "4c": "a part of the number that is checked",
    "four bytes before": "the size of an instruction",
    "bits 2 and 3": "of DACR, for domain 1",
    "four rings": "x86's",
    "eight kibibytes": "THREAD_SIZE: see the test of the other stack",
    "four random words": "struct hello2_out",
    "twenty-four bytes": "six registers",
    "sixteen random bytes": "AT_RANDOM points to as many",
    "a size, four bytes": "a part of the number that is checked",
    "a million": "a manner of speaking",
    "thousands of times": "at least four digits are expected of the console",
    "four times": "see the test of what the handlers read",
    "first four letters": "a word",
    "ap[2]": "the bit's name",
    "linux_2.6": "the version's name",
}
"""What the machine cannot be asked about at a beat, and why it is so."""

_HEX = re.compile(r"\b([0-9a-f]{4} [0-9a-f]{4})\b|\b([0-9a-f]+) hexadecimal|\b(900000)\b")
_PLAIN = re.compile(r"(?<![\w.])(\d+)(?![\w.]*\w)")
_WORD = "|".join(sorted([*_VALUES, "hundred", "thousand"], key=len, reverse=True))
_SPELT = re.compile(rf"\b(?:a )?(?:{_WORD})(?:(?:-| and | )(?:{_WORD}))*\b")


def words(beat: Beat) -> str:
    """All that is read aloud at a beat but its question, on one line."""
    answer = beat.ask.answer if beat.ask is not None else ""
    return " ".join(f"{beat.say} {answer}".split())


def sentences(text: str) -> list[str]:
    """Its sentences; what a colon divides counts as one."""
    return [part for part in re.split(r"(?<=[.?])\s+", text.strip()) if part]


def spelt(phrase: str) -> int:
    """The value of a number in words: a hundred and sixty, thirty-two."""
    total = part = 0
    for word in re.split(r"[ -]", phrase):
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


def claimed(beat: Beat, scenario: Scenario) -> set[int]:
    """All numbers that the beat's own conditions, or the run's expectations, speak of."""
    texts = [str(claim.condition) for claim in beat.holds]
    texts += [str(expected) for expected in scenario.expect]
    found: set[int] = set()
    for text in texts:
        found |= {int(n, 0) for n in re.findall(r"0x[0-9a-f]+|(?<![\w.])[1-9]\d*|\b0\b", text)}
        found |= {int(n) for n in re.findall(r"\d+", text) if n == str(int(n))}
        found |= {int(n) for n in re.findall(r"1 << (\d+)", text)}
    results = [e.returns for e in scenario.expect if isinstance(e, ExpectSyscall)]
    found |= {-result for result in results if isinstance(result, int) and result}
    for number in list(found):
        found |= {number & 0xFFF, number & 0xFFFFFF}
    return found


_NAMED = {
    r"\blink register\b": {"lr", "lr_svc"},
    r"\bstack pointer\b": {"sp", "sp_usr", "sp_svc"},
    r"\bprogram counter\b": {"pc"},
    r"\bsaved status\b": {"spsr", "spsr_und"},
    r"\b(?:fault status register|DFSR)\b": {"dfsr"},
    r"\b(?:fault address register|DFAR)\b": {"dfar"},
    r"\bin (?:SVC|UND|user) mode\b|\bmode (?:is|has changed)\b": {"cpsr", "spsr"},
    r"\bTTBR0\b": {"ttbr0"},
    r"\bCONTEXTIDR\b": {"contextidr"},
    r"\bDACR\b|\bdomain 1\b": {"dacr", "dfsr", "ifsr"},
    r"\bSCTLR\b": {"sctlr"},
    r"\binstructions from\b|\bmany\s+instructions\b|\bfewer than [\w-]+ instructions\b": {"icount"},
    r"\bmiss(?:ed)?\b.*\bTLB\b|\bTLB\b.*\bmiss(?:ed)?\b": {"tlb_misses"},
}
"""What is said of a register, and the registers of which one must be asked about then."""

_CONVENTIONS = ("registers 0 to 5", "registers: 4 to 11", "come back in register 0")
"""Said of registers in general, not of what they hold now."""


def registers(text: str) -> list[set[str]]:
    """For each register that a text speaks of: the names by which conditions know it."""
    for general in _CONVENTIONS:
        text = text.replace(general, "")
    found = [names for pattern, names in _NAMED.items() if re.search(pattern, text)]
    spoken = re.findall(r"\b[Rr]egisters? (\d+(?:(?:, | and )\d+)*)", text)
    found += [{f"r{n}"} for part in spoken for n in re.findall(r"\d+", part)]
    return found


def errors(text: str) -> dict[str, int]:
    """The error and signal names in a text, with their numbers."""
    found = {name: ERRNO[name] for name in re.findall(r"\bE[A-Z]{4,}\b", text) if name in ERRNO}
    return found | {name: SIGNALS[name] for name in re.findall(r"\bSIG[A-Z]+\b", text)}


_LOOK = {
    r"\b[Rr]egisters? \d": "registers",
    r"\b(?:[Ss]ee|[Ll]ook at) the (?:walk|translation table)": "translation",
    r"\bbacktrace\b": "stacks",
    r"\b(?:[Ss]ee|in) the (?:console|log)\b|\bThe (?:console|log) (?:has|shows|says)": "logs",
    r"\btimeline\b": "timeline",
    r"\bCompare the (?:two )?structures?\b": "memory",
    r"\bTLB\b.*\bmiss|\bmiss.*\bTLB\b": "tlb",
}


def panes(text: str) -> set[str]:
    """The panes to which a text sends the eyes."""
    return {pane for pattern, pane in _LOOK.items() if re.search(pattern, text)}


def files(text: str) -> set[str]:
    """The source files that a text names, relative to the kernel's tree."""
    return set(re.findall(r"\b[\w-]+(?:/[\w.-]+)*\.(?:tbl|c|h|S)\b", text))


def identifiers(text: str) -> set[str]:
    """The names of C, of the kernel's options and of its ABI that a text has."""
    return set(re.findall(r"\b_*[A-Za-z]\w*_\w*\w\b|\b__\w+\b", text))
