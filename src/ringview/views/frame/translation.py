"""How addresses become physical: the walk of one, the TLB's model, and all tables."""

from __future__ import annotations

from ringview.views.frame.part import Part
from ringview.views.frame.privilege import Privilege


class WalkStep(Part, frozen=True):
    """One stage of a translation table walk (ARM DDI 0406C, B3.5)."""

    level: str  # "TTBR0" "L1" "L2" "PA"
    index: str  # which bits of the VA chose it: "VA[31:20] = bef"
    descriptor_pa: int  # where the descriptor lies; 0 for TTBR and PA
    raw: int  # its raw value
    meaning: str  # "page table at 8102_1c00, domain 1", "small page → 81f3_a000, nG, XN"


class AccessVerdict(Part, frozen=True):
    """May this privilege do this kind of access here, and by which rule."""

    privilege: str  # "PL0" | "PL1"
    access: str  # "read" | "write" | "execute"
    allowed: bool
    rule: str  # "AP = 0b011: full access", "domain 0 no access: domain fault"
    fault: str  # "" or the FaultStatus' manual name


class Alias(Part, frozen=True):
    """A range of virtual addresses that leads to physical memory asked for."""

    va: int
    size: int  # bytes
    pa: int  # where ``va`` leads to
    spaces: str  # whose tables say so: "every address space", "hello2[2]"
    now: bool  # the tables in TTBR0 now are among them
    kind: str  # "section", "small page" …
    user: str  # what PL0 may do, by DACR as it is now: "r-x"
    kernel: str  # what PL1 may do
    note: str  # what lies there: "[stack]", "linear map of RAM", ""
    owner: Privilege  # user address or kernel address


class Translation(Part, frozen=True):
    """The translation pane: one address walked through the guest's own tables."""

    va: int
    reason: str  # why this address: "read by ldr r2, [r0]", "pc", "chosen"
    access: str  # "read" | "write" | "execute"
    privilege: str  # who is making the access: "PL0" | "PL1"
    mapped: bool
    pa: int
    page_size: int  # bytes; 0 if not mapped
    asid: int
    domain: str  # "1 client", "" with the MMU off
    attributes: str  # "normal, write-back, shareable, nG, XN"
    steps: tuple[WalkStep, ...]
    verdicts: tuple[AccessVerdict, ...]
    verdict: str  # the sentence on the access in question: "read by PL1: allowed"
    in_tlb: str  # the model's answer: "hit", "miss", "stale: the TLB says 81f3a, the table 81f3b"
    physical: int = -1  # the physical address that was asked for, -1 if none was
    aliases: tuple[Alias, ...] = ()  # all virtual addresses of ``physical``
    problem: str = ""  # why what was asked for cannot be shown, in a sentence
    words: str = ""  # `ViewRequest.translate`, which this answers
    pending: bool = False  # the access is the one that the next instruction makes


class TlbEntry(Part, frozen=True):
    """One entry of the model's TLB."""

    index: int
    va: int
    pa: int
    size: int  # bytes
    asid: str  # "3", or "global"
    user: str  # "rw" "ro" "--"
    kernel: str
    domain: int
    execute: bool
    used: bool  # by the latest instruction
    new: bool  # filled since the previous stop
    stale: bool  # no longer what the tables say
    owner: Privilege  # user address or kernel address
    why: str = ""  # for a stale one: what the tables say now


class TlbShare(Part, frozen=True):
    """A part of all lookups in the model, and how many of them hit."""

    who: str  # "PL0 user", "hello2", "faults of the user"
    kind: str  # "ring", PL0 or PL1; parts of PL1: "syscall" "fault" "interrupt" "kernel"
    entries: int  # how often PL0 was left for it, -1 where that means nothing
    hits: tuple[int, int]  # instruction TLB, data TLB
    misses: tuple[int, int]


class TlbHalf(Part, frozen=True):
    """The instruction or the data TLB."""

    name: str  # "I" | "D"
    capacity: int
    hits: int
    misses: int
    victim: int  # index replaced next
    entries: tuple[TlbEntry, ...]


class Tlb(Part, frozen=True):
    """The TLB pane: a model (Cortex-A8 TRM, 6.2), since the emulator's own TLB cannot be listed."""

    label: str  # always contains the word "model"
    available: bool  # False outside the observed region
    why_not: str
    instruction: TlbHalf
    data: TlbHalf
    shares: tuple[TlbShare, ...] = ()  # by ring, then PL1 by what it worked for, most misses first


class TableRow(Part, frozen=True):
    """One line of the tree of translation tables, or of what an entry was opened for."""

    depth: int  # 0 first level, 1 second level, and one more for what an entry was opened for
    # "page table" "section" "small page" … "fault"; "alias", "same" (elsewhere), "more", "none"
    kind: str
    key: int  # names the entry in `ViewRequest.tables_open`; -1 for what cannot be opened
    va: int
    size: int  # bytes of virtual addresses
    count: int  # descriptors that say the same
    address: int  # physical address of the first descriptor; 0 for an alias
    raw: int  # its value
    pa: int  # where ``va`` leads to, or the page table's base; -1 for nowhere
    user: str  # what PL0 may do: "r-x"; "" where nothing is mapped
    kernel: str
    domain: int  # -1 for none
    attributes: str  # "Normal, write-back, nG"
    note: str  # what lies there; for an alias whose tables say so
    open: bool
    here: bool  # the address in question is in it
    owner: Privilege


class DomainView(Part, frozen=True):
    """One of the 16 domains (ARM DDI 0406C, B3.12)."""

    number: int
    name: str  # what the kernel uses it for: "kernel" "user" "io" "vectors", or ""
    field: int  # its two bits in DACR
    word: str  # "client"
    meaning: str  # "permissions are checked"
    entries: int  # first-level entries that name it


class Tables(Part, frozen=True):
    """The tables view: every descriptor of one address space, and the domains."""

    why_not: str  # why there are none: "the MMU is off", else ""
    space: str  # whose: "hello2[2]"
    spaces: tuple[str, ...]  # all that can be looked at
    now: bool  # they are what TTBR0 leads to at this moment
    ttbr0: int
    asid: int
    dacr: int
    summary: str  # "4 page tables, 39 sections, 4,053 faults"
    va: int  # the address in question
    domains: tuple[DomainView, ...]
    rows: tuple[TableRow, ...]
