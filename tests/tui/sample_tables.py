"""The translation tables of the samples' program, written by hand."""

from __future__ import annotations

from msgspec.structs import replace

from ringview.views.frame import DomainView, Privilege, TableRow, Tables, TlbShare

USER, KERNEL = Privilege.USER, Privilege.KERNEL
WB = "Normal, write-back, write-allocate"
L1, L2_LOW, L2_STACK = 0x81024000, 0x81020000, 0x81021C00


NOTHING = TableRow(
    depth=0,
    kind="fault",
    key=-1,
    va=0,
    size=1 << 20,
    count=1,
    address=0,
    raw=0,
    pa=-1,
    user="",
    kernel="",
    domain=-1,
    attributes="",
    note="",
    open=False,
    here=False,
    owner=KERNEL,
)


def at(va: int) -> TableRow:
    owner = USER if va < 0xBF000000 else KERNEL
    return replace(NOTHING, va=va, address=L1 + 4 * (va >> 20), owner=owner)


def table(va: int, base: int, domain: int, note: str) -> TableRow:
    row = replace(at(va), kind="page table", key=va | 1, raw=base | domain << 5 | 1)
    return replace(row, pa=base, domain=domain, note=note)


def empty(depth: int, va: int, count: int, domain: int = -1) -> TableRow:
    size = count << (12 if depth else 20)
    return replace(at(va), depth=depth, size=size, count=count, domain=domain)


def leaf(va: int, pa: int, rights: str, domain: int, note: str, sections: int = 0) -> TableRow:
    """Sections, or one small page."""
    user, kernel = rights.split("/")
    row = replace(at(va), key=va | 2, raw=pa | 0x83F, pa=pa, user=user, kernel=kernel)
    row = replace(row, domain=domain, note=note, attributes=WB + ", global")
    if sections:
        return replace(row, kind="section", key=va | 1, size=sections << 20, count=sections)
    return replace(
        row,
        depth=1,
        kind="small page",
        size=4096,
        address=L2_STACK + (va >> 10 & 0x3FC),
        attributes=WB + ", nG",
    )


def tables() -> Tables:
    names = ("kernel", "user", "io", "vectors")
    domains = tuple(
        DomainView(
            number,
            names[number] if number < 4 else "",
            int(number in (0, 1, 2, 3)),
            "client" if number < 4 else "no access",
            "AP and XN of the entry decide"
            if number < 4
            else "any access faults, whatever AP says",
            {0: 33, 1: 2, 2: 8, 3: 1}.get(number, 0),
        )
        for number in range(16)
    )
    alias = replace(NOTHING, depth=2, kind="alias", va=0xC1F3A000, size=4096, pa=0x81F3A000)
    alias = replace(alias, user="---", kernel="rw-", attributes="linear map of RAM")
    rows = (
        table(0, L2_LOW, 1, "3 pages mapped"),
        empty(0, 0x100000, 3054),
        replace(table(0xBEF00000, L2_STACK, 1, "1 page mapped"), open=True, here=True),
        replace(leaf(0xBEF00000, 0x81F3A000, "rw-/rw-", 1, "[stack]"), open=True, here=True),
        replace(alias, note="every address space"),
        empty(1, 0xBEF01000, 255, 1),
        empty(0, 0xBF000000, 16),
        table(0xC0000000, 0x81023000, 0, "256 pages mapped"),
        leaf(0xC0100000, 0x80100000, "---/rw-", 0, "linear map of RAM", sections=31),
        empty(0, 0xC2000000, 892),
        leaf(0xF9C00000, 0x44C00000, "---/rw-", 2, "devices", sections=4),
        leaf(0xFA000000, 0x48000000, "---/rw-", 2, "devices", sections=4),
        empty(0, 0xFA400000, 91),
        table(0xFFF00000, 0x80045000, 3, "2 pages mapped"),
    )
    return Tables(
        why_not="",
        space="hello2[2]",
        spaces=("hello2[2]", "the kernel's own"),
        now=True,
        ttbr0=L1,
        asid=3,
        dacr=0x55,
        summary="4 page tables, 39 sections, 4,053 empty entries",
        va=0xBEF00C40,
        domains=domains,
        rows=rows,
    )


SHARES = (
    TlbShare("PL0 user", "ring", -1, (157, 61), (2, 2)),
    TlbShare("PL1 kernel", "ring", -1, (39_955, 880), (7, 15)),
    TlbShare("faults of the user", "fault", 3, (5_157, 312), (4, 9)),
    TlbShare("hello2", "syscall", 1, (3_747, 453), (3, 6)),
    TlbShare("the kernel's own work", "kernel", -1, (31_051, 115), (0, 0)),
)
