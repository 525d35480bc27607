"""The values that a scenario gives the adversary, in place of those that its own program stores."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING

from ringview.errors import ProgramError
from ringview.explore.memory import Store
from ringview.scenario.model import MOST_COMBINATIONS, RaceValues

if TYPE_CHECKING:
    from ringview.guest.image import Image
    from ringview.machine.machine import Machine

ROUNDS = 10
"""How often the adversary goes through the combinations: from each of them it may still get to
each other one, at as many preemptions as can be asked for."""
_ARGUMENT = re.compile(r"arg([0-5])(?:\+(\w+))?")
_NAME = re.compile(r"[A-Za-z_]\w*")


def resolve(given: RaceValues, program: Image | None, args: Sequence[int]) -> tuple[int, int]:
    """Virtual address and bytes of what the values are for.

    Args:
        given: a place in words: ``in.len``, a variable of the program; ``arg0+4``, what an argument
            of the call points to; or an address.
        program: with its DWARF, for variables.
        args: r0 to r5 of the call.

    Raises:
        ScenarioError: with the line of the scenario: there is no such variable or member, or the
            size is not known.
    """
    size, where = given.size, given.where
    argument = _ARGUMENT.fullmatch(given.at)
    if argument is not None:
        offset = int(argument[2], 0) if argument[2] else 0
        return (args[int(argument[1])] + offset) & 0xFFFFFFFF, size or 4
    name = _NAME.match(given.at)
    if name is None:
        return int(given.at, 0), size or 4
    found = None if program is None else program.debug.variable(name[0])
    if program is None or found is None:
        raise where.error(f"the program has no variable {name[0]} at a fixed address")
    path = given.at[name.end() :].lstrip(".")
    try:
        offset, type_ = program.debug.member(found.type, path) if path else (0, found.type)
        size = size or program.debug.sizeof(type_)
    except ProgramError as error:
        raise where.error(error.message) from None
    if size not in (1, 2, 4, 8):
        raise where.error(
            f"{given.at} has {size} bytes; values are of 1, 2, 4 or 8: name a member, or give size"
        )
    return found.address + offset, size


def stores_of(
    given: Sequence[RaceValues], program: Image | None, args: Sequence[int], machine: Machine
) -> tuple[tuple[Store, ...], int]:
    """Everything that the adversary may store, as one sequence; and how many places are left out,
    because no page is mapped there.

    Raises:
        ScenarioError: a place that is none.
    """
    places: list[tuple[int, int, tuple[int, ...]]] = []
    left_out = 0
    for item in given:
        va, size = resolve(item, program, args)
        pa = machine.walk(va).pa
        if pa is None:
            left_out += 1
            continue
        limit = 1 << 8 * size
        wrong = next((v for v in item.values if not -(limit >> 1) <= v < limit), None)
        if wrong is not None:
            raise item.where.error(f"{wrong} does not fit into the {size} bytes of {item.at}")
        places.append((pa, size, tuple(v % limit for v in item.values)))
    stores: list[Store] = []
    now: dict[int, int] = {}
    combinations = list(product(*(values for _, _, values in places))) if places else []
    assert len(combinations) <= MOST_COMBINATIONS
    for combination in combinations * ROUNDS:
        for (pa, size, _), value in zip(places, combination, strict=True):
            if now.get(pa) != value:
                now[pa] = value
                stores.append(Store(pa, value.to_bytes(size, "little"), 0, 0))
    return tuple(stores), left_out
