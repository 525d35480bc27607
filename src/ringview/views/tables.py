"""The tables view: an address space's translation tables as a tree, and the 16 domains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from ringview.arm.descriptors import (
    Attributes,
    DescriptorKind,
    DomainAccess,
    domain_access,
    memory_type,
)
from ringview.machine.mmu import MmuRegisters, judge, permission_letters
from ringview.machine.tables import TableRange, entries_in, first_level, second_level
from ringview.views.frame import Alias, DomainView, Privilege, TableRow, Tables, ViewRequest
from ringview.views.inputs import is_user_address
from ringview.views.reverse import Memory, aliases_of, what_lies_at
from ringview.views.spaces import Space
from ringview.views.words import counted

MMU_OFF = "The MMU is off: there are no tables, every virtual address is the physical one."

LINUX_DOMAINS = ("kernel", "user", "io", "vectors")
"""What the kernel uses its domains for, by number (arch/arm/include/asm/domain.h)."""

MOST_ALIASES = 24
"""Lines of virtual addresses that one entry is opened for."""

_MEANINGS = {
    DomainAccess.NO_ACCESS: ("no access", "any access faults, whatever AP says"),
    DomainAccess.CLIENT: ("client", "AP and XN of the entry decide"),
    DomainAccess.RESERVED: ("reserved", "taken as no access"),
    DomainAccess.MANAGER: ("manager", "nothing is checked"),
}


def build_tables(memory: Memory, request: ViewRequest, va: int, *, linux: bool) -> Tables:
    """Compute the view.

    Args:
        memory: the tables of all address spaces.
        request: which space, and which of its entries are opened or shut by hand.
        va: the address in question: what it lies in is opened.
        linux: name the domains as the kernel does.
    """
    if not memory.mmu.enabled or not memory.spaces:
        return Tables(MMU_OFF, "", (), True, 0, 0, memory.mmu.dacr, "", va, (), ())
    chosen = memory.spaces[request.tables_space % len(memory.spaces)]
    mmu = chosen.registers(memory.mmu)
    tops = first_level(memory.physical, mmu)
    tree = _Tree(memory, mmu, request, va, chosen)
    return Tables(
        why_not="",
        space=chosen.name,
        spaces=tuple(space.name for space in memory.spaces),
        now=chosen.now,
        ttbr0=mmu.ttbr0,
        asid=mmu.asid if chosen.now else chosen.asid,
        dacr=mmu.dacr,
        summary=_summary(tops),
        va=va,
        domains=domains(mmu.dacr, tops, LINUX_DOMAINS if linux else ()),
        rows=tuple(row for top in tops for row in tree.rows(top, 0)),
    )


def domains(dacr: int, tops: Sequence[TableRange], names: Sequence[str]) -> tuple[DomainView, ...]:
    """The 16 domains as DACR has them, and how many first-level entries are in each."""
    made = []
    for number in range(16):
        field = domain_access(dacr, number)
        word, meaning = _MEANINGS[field]
        entries = sum(top.count for top in tops if top.domain == number)
        name = names[number] if number < len(names) else ""
        made.append(DomainView(number, name, field.value, word, meaning, entries))
    return tuple(made)


def key_of(entry: TableRange) -> int:
    """The number that names an entry from stop to stop: its address and, in the low bits, level."""
    return entry.va | entry.level


class _Tree:
    """Makes rows of entries.

    Args:
        memory: for what leads to the same memory.
        mmu: the registers of the address space.
        request: what is opened and shut by hand.
        va: the address in question.
        space: the address space.
    """

    def __init__(
        self, memory: Memory, mmu: MmuRegisters, request: ViewRequest, va: int, space: Space
    ) -> None:
        self._memory = memory
        self._mmu = mmu
        self._opened = frozenset(request.tables_open)
        self._shut = frozenset(request.tables_shut)
        self._va = va
        self._space = space.name
        self._now = space.now

    def rows(self, entry: TableRange, depth: int) -> Iterable[TableRow]:
        """The row of an entry, and those below it if it is opened."""
        here = entry.va <= self._va < entry.end
        is_table = _is_table(entry)
        key = key_of(entry)
        alone = here and (is_table or entry.level == 2)
        wanted = key in self._opened or (alone and key not in self._shut)
        is_open = wanted and (is_table or entry.maps)
        yield self._row(entry, depth, here=here, is_open=is_open)
        if not is_open:
            return
        if is_table:
            for leaf in second_level(self._memory.physical, entry):
                yield from self.rows(leaf, depth + 1)
        else:
            yield from _alias_rows(self._others(entry), entry.va - (entry.pa or 0), depth + 1)

    def _others(self, entry: TableRange) -> list[Alias]:
        """What leads to an entry's memory, but for the entry itself."""
        shift = entry.va - (entry.pa or 0)
        return [
            alias
            for alias in aliases_of(self._memory, entry.pa or 0, entry.size)
            if alias.va - alias.pa != shift or alias.spaces != self._space
        ]

    def _used(self, entry: TableRange) -> str:
        used = entries_in(self._memory.physical, entry)
        return f"{counted(used, 'page')} mapped" if used else "no page mapped"

    def _row(self, entry: TableRange, depth: int, *, here: bool, is_open: bool) -> TableRow:
        descriptor = entry.descriptor
        is_table = _is_table(entry)
        kind = "no memory" if descriptor is None else descriptor.kind.value
        user = kernel = attributes = ""
        if descriptor is not None and entry.maps:
            verdicts = judge(self._mmu, descriptor, entry.domain or 0)
            user, kernel = permission_letters(verdicts, 0), permission_letters(verdicts, 1)
            assert descriptor.attributes is not None
            attributes = _attributes(descriptor.attributes)
        base = descriptor.base if descriptor is not None and is_table else entry.pa
        note = what_lies_at(entry, self._memory.note if self._now else None)
        return TableRow(
            depth=depth,
            kind=kind,
            key=key_of(entry) if is_table or entry.maps else -1,
            va=entry.va,
            size=entry.size,
            count=entry.count,
            address=entry.address,
            raw=0 if descriptor is None else descriptor.value,
            pa=-1 if base is None else base,
            user=user,
            kernel=kernel,
            domain=-1 if entry.domain is None else entry.domain,
            attributes=attributes,
            note=self._used(entry) if is_table else note,
            open=is_open,
            here=here,
            owner=Privilege.USER if is_user_address(entry.va) else Privilege.KERNEL,
        )


def _alias_rows(aliases: Sequence[Alias], shift: int, depth: int) -> Iterable[TableRow]:
    """Rows of what else leads to memory that lies ``shift`` below its virtual addresses."""
    row = TableRow(
        depth, "alias", -1, 0, 0, 1, 0, 0, -1, "", "", -1, "", "", False, False, Privilege.KERNEL
    )
    for alias in aliases[:MOST_ALIASES]:
        yield replace(
            row,
            kind="same" if alias.va - alias.pa == shift else "alias",
            va=alias.va,
            size=alias.size,
            pa=alias.pa,
            user=alias.user,
            kernel=alias.kernel,
            attributes=alias.note,
            note=alias.spaces,
            owner=alias.owner,
        )
    if not aliases:
        yield replace(row, kind="none")
    if len(aliases) > MOST_ALIASES:
        yield replace(row, kind="more", count=len(aliases) - MOST_ALIASES)


def _is_table(entry: TableRange) -> bool:
    return entry.descriptor is not None and entry.descriptor.kind is DescriptorKind.TABLE


def _attributes(attributes: Attributes) -> str:
    words = [memory_type(attributes)]
    words += ["shareable"] if attributes.s else []
    words += ["nG" if attributes.ng else "global"]
    return ", ".join(words)


_PLURALS = {"fault": "empty entries", "reserved": "reserved entries"}


def _summary(tops: Sequence[TableRange]) -> str:
    counts: dict[str, int] = {}
    for top in tops:
        kind = "unreadable entry" if top.descriptor is None else top.descriptor.kind.value
        counts[kind] = counts.get(kind, 0) + top.count
    order = sorted(counts, key=lambda kind: kind in _PLURALS)
    return ", ".join(
        counted(counts[kind], "empty entry" if kind == "fault" else kind, _PLURALS.get(kind, ""))
        for kind in order
    )
