"""The columns of the matrix of mitigations, and the kernels that they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ringview.errors import InputError, RingviewError
from ringview.scenario.load import load_scenario, shipped_scenarios
from ringview.scenario.model import Scenario

PLAIN: dict[str, Any] = {
    "PREEMPT": True,
    "CPU_SW_DOMAIN_PAN": False,
    "UACCESS": "plain",
    "STACKPROTECTOR": False,
}
"""No mitigation, and a kernel that may be preempted."""

_NO_PREEMPTION = {"PREEMPT": False}
_PAN = {"CPU_SW_DOMAIN_PAN": True}
_LDRT = {"UACCESS": "ldrt"}
_CANARY = {"STACKPROTECTOR": True}


@dataclass(frozen=True, slots=True)
class Mitigation:
    """One column.

    Attributes:
        name: in words.
        changed: Kconfig symbols that differ from `PLAIN`.
        means: what it does, in a sentence.
    """

    name: str
    changed: dict[str, Any]
    means: str

    @property
    def options(self) -> dict[str, Any]:
        """All the symbols that it sets."""
        return {**PLAIN, **self.changed}


MITIGATIONS: tuple[Mitigation, ...] = (
    Mitigation("none", {}, "No protection, and the kernel may be preempted."),
    Mitigation(
        "no preemption",
        _NO_PREEMPTION,
        "No interrupt switches threads inside the kernel; a second core needs none.",
    ),
    Mitigation(
        "software PAN",
        _PAN,
        "User pages are closed to the kernel outside its copy routines: a stray access or jump "
        "there faults.",
    ),
    Mitigation(
        "LDRT",
        _LDRT,
        "Each user access is made with the user's rights: a kernel address from the user faults.",
    ),
    Mitigation(
        "canary", _CANARY, "A value before the saved return address is checked at each return."
    ),
    Mitigation(
        "PAN + LDRT",
        {**_PAN, **_LDRT},
        "Both that are about user accesses: no stray ones, and none with more than the user's "
        "rights.",
    ),
    Mitigation(
        "PAN + canary",
        {**_PAN, **_CANARY},
        "Both that are about an overflow: it is noticed, and what it jumps to is closed.",
    ),
    Mitigation(
        "all four",
        {**_NO_PREEMPTION, **_PAN, **_LDRT, **_CANARY},
        "Everything at once. What is left is left for a second core, and to be mended in the "
        "source.",
    ),
)
"""One at a time, the pairs that are about the same thing, and all of them."""

_TOLD = ("beats", "schedule", "expect", "rows")
"""Keys of a scenario that are about one run, which this is not."""


def mitigation_of(name: str) -> Mitigation:
    """The column of this name."""
    return next(m for m in MITIGATIONS if m.name == name)


def variant_of(scenario: Scenario) -> str:
    """The variant of the handler that a scenario's kernel has, or the scenario's name."""
    chosen = [str(o.value) for o in scenario.kernel.options if o.name == "HELLO2"]
    return chosen[0] if chosen else scenario.name


def rows_for(name: str) -> tuple[str, ...]:
    """The scenarios that a screen puts into one matrix: this one, and where it is a race of
    hello2, one shipped race for each variant that this one is no race of.
    """
    scenario = load_scenario(name)
    if not any(o.name == "HELLO2" for o in scenario.kernel.options):
        return (name,)
    found = {(variant_of(scenario), scenario.program.name): name}
    for path in sorted(shipped_scenarios(), key=lambda path: (len(path.stem), path.stem)):
        if not path.stem.startswith("race-"):
            continue
        try:
            other = load_scenario(path)
        except RingviewError:
            continue
        # one with its own way of taking time is no race like the others
        if not any(o.name == "SLOW_PAGE_IN" for o in other.kernel.options):
            found.setdefault((variant_of(other), other.program.name), path.stem)
    return tuple(found.values())


def write_variant(scenario: Scenario, mitigation: Mitigation, path: Path) -> None:
    """Write a scenario with another kernel and without a story, so that a cell can be opened again.

    Raises:
        InputError: it cannot be written.
    """
    document: dict[str, Any] = yaml.safe_load(scenario.path.read_text(encoding="utf-8"))
    for key in _TOLD:
        document.pop(key, None)
    kernel = document.setdefault("kernel", {})
    kernel["set"] = {**kernel.get("set", {}), **mitigation.options}
    document["title"] = f"{scenario.title} · {mitigation.name}"
    if scenario.program.path is not None:
        document["program"] = str(scenario.program.path.resolve())
    try:
        path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"the scenario cannot be written: {reason}", path=path) from None


def stem_of(scenario: Scenario, mitigation: Mitigation) -> str:
    """The name of a cell's files, without their ending."""
    words = "".join(c if c.isalnum() else " " for c in mitigation.name).split()
    return "-".join((scenario.name, *words)).lower()


def names_of(mitigations: Sequence[Mitigation] = MITIGATIONS) -> tuple[str, ...]:
    """The names of columns."""
    return tuple(m.name for m in mitigations)
