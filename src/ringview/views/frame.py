"""What every pane shows at one stop: plain, frozen data and nothing else.

A `Frame` is computed by the functions of `ringview.views` from machine state, travels through the
engine's socket as msgpack, and is all that the screen, the headless story, the JSON output and the
tests ever see. All addresses are guest addresses: a field named ``va`` or ending in ``_va`` is
virtual, ``pa`` physical. All counts are retired instructions unless said otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Privilege(StrEnum):
    """The hue of a fact: who owns it, at which privilege level (ARM DDI 0406C, A3.6)."""

    USER = "user"  # PL0
    KERNEL = "kernel"  # PL1, called or interrupted
    ABORT = "abort"  # PL1, handling a fault


# ------------------------------------------------------------------------------------------- header


@dataclass(frozen=True, slots=True)
class Header:
    """The line that always stands on top: what runs, where in time, at which privilege."""

    title: str
    program: str
    kernel: str  # configuration name and short image hash
    icount: int
    end: int  # the furthest icount known
    finished: bool  # the run's end is known (halted, lockup)
    mode: str  # USR FIQ IRQ SVC ABT UND SYS
    privilege: Privilege
    running: bool
    stop: str  # why the guest stands still, in words: "1 instruction on", "breakpoint at main"
    task: str  # "hello2[2]" or "" before there is one
    place: str  # "sys_hello2+0x1c", or "" without symbols
    time_ns: int  # virtual time since reset


# ----------------------------------------------------------------------------------------- timeline


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the run in one mode: icounts ``start`` (inclusive) to ``stop`` (exclusive)."""

    start: int
    stop: int
    privilege: Privilege
    mode: str
    task: str


@dataclass(frozen=True, slots=True)
class TimelineMark:
    """An event worth a glyph on the timeline."""

    icount: int
    kind: str  # "syscall" "fault" "irq" "undefined" "signal" "beat" "bookmark" "stop" "drop" "end"
    label: str


@dataclass(frozen=True, slots=True)
class TimeLane:
    """One mode, or one thread, along the columns of the timeline.

    A column's shares of its instructions go from 0 to 255; what is there at all is at least 1.
    Empty bytes stand for a lane that had none of it.
    """

    kind: str  # "mode" "thread"
    name: str  # "USR", "hello2"
    number: int  # the thread's number (tid), -1 for a mode or where it is not known
    instructions: int  # of it in the whole window
    user: bytes
    kernel: bytes
    abort: bytes


@dataclass(frozen=True, slots=True)
class TimeStep:
    """One instruction of the run, by its moment."""

    icount: int
    task: str
    mode: str
    privilege: Privilege
    va: int
    place: str  # "sys_hello2+0x1c"
    source: str  # "sys-hello2.c:32", or ""
    text: str  # "ldr r0, [r1]"
    mark: str  # what happens with it: "svc", "data abort", "● breakpoint", "⚑ name", or ""


@dataclass(frozen=True, slots=True)
class TimePlace:
    """Instructions in a row in one function: icounts ``start`` to ``stop``, exclusive."""

    start: int
    stop: int
    name: str
    privilege: Privilege


@dataclass(frozen=True, slots=True)
class StopMark:
    """A breakpoint or watchpoint in the list of marks."""

    number: int
    watch: bool
    where: str  # "sys_hello2", "write of in.len (4 bytes at bef0_0c44)"
    condition: str  # "r1 == 0", or ""
    hits: int  # moments known at which it stopped the run
    here: bool  # the next instruction is its own


@dataclass(frozen=True, slots=True)
class BookmarkMark:
    """A bookmark in the list of marks."""

    icount: int
    name: str
    task: str  # whose moment it is, or ""
    here: bool


@dataclass(frozen=True, slots=True)
class Marks:
    """What a person has marked."""

    stops: tuple[StopMark, ...] = ()
    bookmarks: tuple[BookmarkMark, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole known run, or the zoomed part of it."""

    first: int
    last: int
    now: int
    spans: tuple[Span, ...]
    marks: tuple[TimelineMark, ...]
    columns: int = 0  # into how many the lanes divide it
    lanes: tuple[TimeLane, ...] = ()
    places: tuple[TimePlace, ...] = ()  # where it is small enough for single instructions
    steps: tuple[TimeStep, ...] = ()  # around now, in the large view
    whole: tuple[int, int] = (0, 0)  # the known part of the run


# ---------------------------------------------------------------------------------------- registers


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One register as the current mode sees it, or one banked copy."""

    name: str  # "r0" … "pc", "cpsr", "sp_usr", "spsr_svc", "ttbr0", "dacr" …
    value: int
    before: int  # its value at the previous stop
    changed: bool  # since the previous stop
    operand: str  # "" | "read" | "write" | "read write": what the next instruction does with it
    note: (
        str  # "→ "beagle"", "hello2", "user stack", "sys_hello2+0x1c": what the value means, or ""
    )
    owner: Privilege  # whose the value is


@dataclass(frozen=True, slots=True)
class FlagField:
    """One field of a CPSR or SPSR."""

    name: str  # "N" "Z" "C" "V" "Q" "GE" "E" "A" "I" "F" "T" "M"
    value: str  # "1", "0", "SVC"
    changed: bool
    meaning: str  # "IRQ masked"


@dataclass(frozen=True, slots=True)
class BankColumn:
    """The registers that one mode has for itself (ARM DDI 0406C, B1.3.2)."""

    mode: str
    live: bool
    rows: tuple[RegisterRow, ...]


@dataclass(frozen=True, slots=True)
class Registers:
    """The registers pane."""

    core: tuple[RegisterRow, ...]  # r0-r15, cpsr
    flags: tuple[FlagField, ...]  # the CPSR, most significant field first
    spsr_flags: tuple[FlagField, ...]  # empty in USR and SYS
    banks: tuple[BankColumn, ...]
    system: tuple[
        RegisterRow, ...
    ]  # ttbr0, ttbr1, ttbcr, dacr, contextidr, sctlr, dfsr, dfar, ifsr, ifar, vbar, tpidruro


# --------------------------------------------------------------------------------------------- code


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of C or assembly source around the current one."""

    number: int
    text: str
    current: bool
    breakpoint: bool


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One instruction in memory."""

    va: int
    encoding: str  # "e1a00001"
    mnemonic: str
    operands: str
    symbol: str  # label that stands at this address, or ""
    target: str  # resolved branch or literal: "→ __copy_from_user", or ""
    note: str  # "" or what it is about to do: "reads bef00c40", "skipped: Z is 0"
    line: int  # source line, 0 if unknown
    current: bool
    breakpoint: bool


@dataclass(frozen=True, slots=True)
class Code:
    """The code pane: source first, disassembly with it."""

    path: str  # "kernel/kernel/sys-hello2.c", "" if unknown
    function: str
    privilege: Privilege
    language: str  # "c" | "asm" | ""
    source: tuple[SourceLine, ...]
    rows: tuple[CodeRow, ...]


# ------------------------------------------------------------------------------------------- stacks


@dataclass(frozen=True, slots=True)
class StackSlot:
    """One word on a stack, lowest address first."""

    va: int
    value: int
    label: str  # "pt_regs.ARM_r0", "saved lr of sys_hello2", "argc", "AT_PAGESZ", ""
    note: str  # what the value points to
    is_sp: bool
    changed: bool
    group: str  # "pt_regs" | "frame" | "auxv" | "argv" | "envp" | "strings" | ""
    readable: bool  # False: the page is not there


@dataclass(frozen=True, slots=True)
class StackView:
    """One stack."""

    name: str  # "user" | "kernel"
    privilege: Privilege
    live: bool  # the current mode's sp points into it
    sp: int
    low: int  # bounds where known, else 0
    high: int
    slots: tuple[StackSlot, ...]
    used: int  # bytes between sp and the top, 0 if unknown


@dataclass(frozen=True, slots=True)
class BacktraceFrame:
    """One frame of the unbroken backtrace, innermost first."""

    pc: int
    place: str  # "sys_hello2+0x1c"
    source: str  # "kernel/kernel/sys-hello2.c:32"
    privilege: Privilege
    boundary: str  # "" or "pt_regs: the svc came from here"


@dataclass(frozen=True, slots=True)
class Stacks:
    """The stacks pane: both at once."""

    user: StackView
    kernel: StackView
    backtrace: tuple[BacktraceFrame, ...]
    elsewhere: str = ""  # where sp is if in neither: "sp is ABT mode's own c004_2384"


# -------------------------------------------------------------------------------------- translation


@dataclass(frozen=True, slots=True)
class WalkStep:
    """One stage of a translation table walk (ARM DDI 0406C, B3.5)."""

    level: str  # "TTBR0" "L1" "L2" "PA"
    index: str  # which bits of the VA chose it: "VA[31:20] = bef"
    descriptor_pa: int  # where the descriptor lies; 0 for TTBR and PA
    raw: int  # its raw value
    meaning: str  # "page table at 8102_1c00, domain 1", "small page → 81f3_a000, nG, XN"


@dataclass(frozen=True, slots=True)
class AccessVerdict:
    """May this privilege do this kind of access here, and by which rule."""

    privilege: str  # "PL0" | "PL1"
    access: str  # "read" | "write" | "execute"
    allowed: bool
    rule: str  # "AP = 0b011: full access", "domain 0 no access: domain fault"
    fault: str  # "" or the FaultStatus' manual name


@dataclass(frozen=True, slots=True)
class Alias:
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


@dataclass(frozen=True, slots=True)
class Translation:
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


# ---------------------------------------------------------------------------------------------- tlb


@dataclass(frozen=True, slots=True)
class TlbEntry:
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


@dataclass(frozen=True, slots=True)
class TlbShare:
    """A part of all lookups in the model, and how many of them hit."""

    who: str  # "PL0 user", "hello2", "faults of the user"
    kind: str  # "ring", PL0 or PL1; parts of PL1: "syscall" "fault" "interrupt" "kernel"
    entries: int  # how often PL0 was left for it, -1 where that means nothing
    hits: tuple[int, int]  # instruction TLB, data TLB
    misses: tuple[int, int]


@dataclass(frozen=True, slots=True)
class TlbHalf:
    """The instruction or the data TLB."""

    name: str  # "I" | "D"
    capacity: int
    hits: int
    misses: int
    victim: int  # index replaced next
    entries: tuple[TlbEntry, ...]


@dataclass(frozen=True, slots=True)
class Tlb:
    """The TLB pane: a model (Cortex-A8 TRM, 6.2), since the emulator's own TLB cannot be listed."""

    label: str  # always contains the word "model"
    available: bool  # False outside the observed region
    why_not: str
    instruction: TlbHalf
    data: TlbHalf
    shares: tuple[TlbShare, ...] = ()  # by ring, then PL1 by what it worked for, most misses first


# ------------------------------------------------------------------------------------------- tables


@dataclass(frozen=True, slots=True)
class TableRow:
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


@dataclass(frozen=True, slots=True)
class DomainView:
    """One of the 16 domains (ARM DDI 0406C, B3.12)."""

    number: int
    name: str  # what the kernel uses it for: "kernel" "user" "io" "vectors", or ""
    field: int  # its two bits in DACR
    word: str  # "client"
    meaning: str  # "permissions are checked"
    entries: int  # first-level entries that name it


@dataclass(frozen=True, slots=True)
class Tables:
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


# ------------------------------------------------------------------------------------------- memory


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """Sixteen bytes of memory at a virtual address."""

    va: int
    data: bytes  # fewer than 16 where the page ends or nothing is mapped
    changed: tuple[int, ...]  # offsets changed since the previous stop
    readable: bool
    device: bool = False  # a page is mapped there, of a device: it is not read


@dataclass(frozen=True, slots=True)
class TypedField:
    """One line of a typed structure, depth first."""

    depth: int
    name: str
    type: str
    va: int
    size: int
    value: str  # rendered: `0x00011008 → "beagle"`, `7`
    changed: bool


@dataclass(frozen=True, slots=True)
class WatchView:
    """A structure that the scenario watches, in user (or kernel) memory."""

    name: str
    type: str
    va: int
    resolved: bool  # False: its place is not known yet at this point of the run
    why_not: str
    fields: tuple[TypedField, ...]
    rows: tuple[MemoryRow, ...]


@dataclass(frozen=True, slots=True)
class UserAccess:
    """One access by PL1 to a user address: the fetch ledger's row."""

    icount: int
    pc: int
    place: str
    va: int
    pa: int
    size: int  # bytes
    value: int
    write: bool
    syscall: int  # ordinal of the syscall in the run, -1 outside one
    # the call has read these bytes before: "same" or "changed" by what they were then; else ""
    again: str = ""


@dataclass(frozen=True, slots=True)
class Memory:
    """The user-memory pane."""

    watches: tuple[WatchView, ...]
    rows: tuple[MemoryRow, ...]  # the hex dump the client asked for, or around the current access
    accesses: tuple[UserAccess, ...]  # latest kernel accesses to user memory, newest last


# --------------------------------------------------------------------------------------------- logs


@dataclass(frozen=True, slots=True)
class LogLine:
    """One record of the kernel's ring buffer."""

    seconds: float
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class SyscallRow:
    """One system call of the run, finished or in flight at this stop."""

    ordinal: int
    icount: int  # of the svc's exception entry
    exit_icount: int  # of the return to user mode, -1 in flight
    task: str
    nr: int
    name: str
    text: str  # strace-like: 'hello2(0xbef00c40, 0xbef00c50) = 0'
    ret: int | None
    instructions_kernel: int
    current: bool  # this stop is inside it


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of the events tab: a transition or a machine event."""

    icount: int
    kind: str  # "svc" "irq" "data abort" "prefetch abort" "undefined" "return" "cps" …
    from_mode: str
    to_mode: str
    text: str  # "USR → SVC by svc at 000102a4, vector ffff0008"
    privilege: Privilege


@dataclass(frozen=True, slots=True)
class Logs:
    """The bottom tabs. Lists are as of this stop: going back takes lines away."""

    kernel: tuple[LogLine, ...]
    console: str  # what the guest has written to its console so far, undecodable bytes escaped
    syscalls: tuple[SyscallRow, ...]
    events: tuple[EventRow, ...]


# ---------------------------------------------------------------------------------------- narration


@dataclass(frozen=True, slots=True)
class BeatView:
    """One beat of the lecture."""

    ordinal: int
    title: str
    say: str
    question: str
    answer: str
    choices: tuple[str, ...]
    icount: int  # where it is, -1 if not yet reached
    current: bool  # the latest beat at or before this stop
    here: bool  # this stop is exactly on it
    show: tuple[str, ...]  # panes to draw attention to


@dataclass(frozen=True, slots=True)
class Hop:
    """One stage of a syscall's way: stub, vector, entry, table, handler, copy, return."""

    name: str
    icount: int
    va: int
    place: str
    source: str
    instructions: int  # until the next hop
    tlb_misses: int  # -1 if not observed
    current: bool
    note: str


@dataclass(frozen=True, slots=True)
class SwitchRow:
    """One register on both sides of a change of mode."""

    name: str  # "mode" "pc" "sp" "lr" "cpsr" "spsr" "ttbr0"
    before: str  # "sp_usr beff_fe58"; empty where there is none
    after: str
    changed: bool
    how: str  # "banked: SVC mode has its own"


@dataclass(frozen=True, slots=True)
class SwitchMove:
    """One register stored by the entry code, or loaded by the way out."""

    register: str  # "r0", "the user's sp", "spsr_svc"
    place: str  # "pt_regs.ARM_r0", "c004_2384"
    va: int
    done: bool
    load: bool


@dataclass(frozen=True, slots=True)
class TransitionStory:
    """What the last transition did, in the order in which the core did it."""

    icount: int
    headline: str  # "USR → SVC: svc #0 took the exception at ffff0008"
    cause: str
    from_mode: str
    to_mode: str
    # one sentence each: banked, CPSR bits, vector's origin, live stack, what the entry code saves
    steps: tuple[str, ...]
    just_now: bool  # the latest instruction caused it
    coming: bool = False  # the next instruction causes it, by the recording
    rows: tuple[SwitchRow, ...] = ()  # both sides, register by register
    bits: tuple[FlagField, ...] = ()  # the CPSR after it; changed against before
    bits_before: tuple[FlagField, ...] = ()
    moves: tuple[SwitchMove, ...] = ()


@dataclass(frozen=True, slots=True)
class FaultStory:
    """Why the latest fault happened, as a sentence and its evidence."""

    icount: int
    sentence: str
    evidence: tuple[str, ...]
    what_next: str
    recorded: bool = False  # what_next is what did happen by the recording, else a prediction
    coming: bool = False  # the next instruction takes it


@dataclass(frozen=True, slots=True)
class Narration:
    """What is told: the scenario's beats, and what the machine's own events tell."""

    beats: tuple[BeatView, ...]
    hops: tuple[Hop, ...]  # of the syscall in flight, or of the latest one
    transition: TransitionStory | None
    fault: FaultStory | None
    next_effect: str  # what the next instruction is about to do, one sentence


# ------------------------------------------------------------------------------------- large views


@dataclass(frozen=True, slots=True)
class StoryboardRow:
    """One piece of a system call: a stage, or what broke into it."""

    kind: str  # "stage" "exception" "thread" "rest"
    name: str  # "copy from user", "data abort", "init[1]"
    depth: int  # 0 for stages, one more than that of the row it broke into for the others
    icount: int
    va: int
    place: str
    source: str
    note: str
    privilege: Privilege
    instructions: int  # its own: rows beneath it are left out, so that all rows add up to the whole
    instruction_misses: int  # of the TLB model; -1 if not observed
    data_misses: int
    current: bool
    other: int = -1  # the same piece of the call compared with, in instructions; -1 without one
    other_misses: int = -1  # both sides


@dataclass(frozen=True, slots=True)
class Storyboard:
    """What one system call cost, piece by piece, beside another call of the same kind."""

    ordinal: int  # of the call in the run, -1 if there is none to show
    count: int  # calls recorded so far
    text: str  # strace-like
    task: str
    first: int  # icount of the svc
    last: int  # icount of the state back in user mode, or of the recording's end
    returned: bool
    instructions: int
    instruction_misses: int
    data_misses: int
    rows: tuple[StoryboardRow, ...]
    other: str = ""  # the call compared with: "call 3, first of its kind: 1,294 instructions"
    other_ordinal: int = -1
    other_instructions: int = -1
    other_misses: int = -1
    why_not: str = ""  # why nothing can be shown


@dataclass(frozen=True, slots=True)
class FetchRow:
    """One access to user memory within a system call."""

    kind: str  # "fetch"; "store": by another to fetched bytes; "own": by the call to fetched bytes
    number: int  # of a fetch, counted from 0 in the call; else -1
    icount: int
    place: str  # "arm_copy_from_user+0x58"
    source: str  # C line of the handler that led there, or the instruction's own
    va: int  # 0 where it is not known: a modelled second core's store
    pa: int
    size: int  # bytes
    value: int
    who: str  # whose store: "race-len[3]", "second core (model)"; empty for the caller
    name: str  # variable or member that begins there: "in.len", or ""
    done: bool  # before the present moment
    current: bool  # the next instruction
    first: int = -1  # number of the fetch whose bytes this one fetches again, -1 for none
    changed: bool = False  # with other content
    before: int = 0  # what the shared bytes were at that fetch
    after: int = 0  # and at this one
    shared: int = 0  # how many bytes are shared
    fetched_again: bool = False  # by a later one
    back: bool = False  # reads what the call itself has written


@dataclass(frozen=True, slots=True)
class FetchLedger:
    """Every kernel read of user memory in one system call, and the stores of others between."""

    ordinal: int = -1  # of the call in the run, -1 if there is none to show
    text: str = ""  # strace-like
    task: str = ""
    returned: bool = False
    rows: tuple[FetchRow, ...] = ()  # in the order of the run, around the present moment
    above: int = 0  # rows left out before them
    below: int = 0
    fetches: int = 0
    stores: int = 0
    events: int = 0  # double fetches
    changed: int = 0  # of these, with other content
    back: int = 0  # fetches of what the call itself had written
    whole: bool = True  # False: the call is too long to be looked into to its end
    why_not: str = ""  # why nothing can be shown


@dataclass(frozen=True, slots=True)
class MapCell:
    """A single preemption on the map of schedules."""

    index: int  # by which it is opened
    outcome: int  # number in `SchedulesView.outcomes`
    instant: int  # icount at which the other thread comes in
    opened: bool  # this engine runs it now


@dataclass(frozen=True, slots=True)
class MapColumn:
    """How many stores the other thread has done when the call begins, and after the preemption."""

    start: int
    position: int


@dataclass(frozen=True, slots=True)
class MapPlace:
    """A place in the call: before one of its loads of bytes that the other thread stores."""

    load: int  # such loads that are done by then
    icount: int  # in the undisturbed call, -1 behind the last load
    place: str
    line: str  # C line of the handler
    cells: tuple[MapCell | None, ...]  # by column


@dataclass(frozen=True, slots=True)
class MapPairs:
    """Two preemptions: the worst that comes of the first one at a place, by that of the second."""

    load: int  # of the first, as `MapPlace.load`
    cells: tuple[MapCell | None, ...]  # by `ScheduleMapView.seconds`


@dataclass(frozen=True, slots=True)
class MapOutcome:
    """One way in which the call can go."""

    letter: str
    kind: str  # "quiescent" "mixed" "refused" "bug"
    words: str
    count: int  # schedules that lead there


@dataclass(frozen=True, slots=True)
class ScheduleMapView:
    """Places by columns, for one preemption by one adversary, and pairs of places for two."""

    adversary: str  # "board" "second-core"
    words: str  # what that is
    columns: tuple[MapColumn, ...]
    places: tuple[MapPlace, ...]
    seconds: tuple[int, ...] = ()  # loads before which the second of two preemptions comes
    pairs: tuple[MapPairs, ...] = ()


@dataclass(frozen=True, slots=True)
class SchedulesView:
    """The search for races: how far it is, or what it came to."""

    state: str  # "" not begun, "searching", "done", "stopped", "failed"
    words: str = ""
    fraction: float = -1.0  # of the level that is searched
    maps: tuple[ScheduleMapView, ...] = ()
    outcomes: tuple[MapOutcome, ...] = ()
    statements: tuple[str, ...] = ()  # word for word those of ``ringview explore``
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class FrameVariable:
    """A parameter or local variable of a frame, or a member of one."""

    name: str  # "req", ".len" for a member
    type: str
    value: str  # rendered; empty where it is not known, and for a structure with members below
    place: str  # "c1fc_ff2c", "r4", "computed"
    va: int  # of what is in memory, else 0
    depth: int  # 0, or how deep a member lies
    parameter: bool
    why_not: str = ""  # why there is no value


@dataclass(frozen=True, slots=True)
class CallFrameView:
    """One frame of the unbroken backtrace with its variables."""

    depth: int  # 0 is the innermost
    pc: int
    place: str
    function: str
    source: str
    text: str  # the source line
    privilege: Privilege
    boundary: str  # how the core came from here to the inner frame, "" for a call
    pt_regs: int  # where the registers were saved at that, 0 for nowhere
    sp: int
    cfa: int  # the caller's sp, 0 if not known
    expanded: tuple[str, ...]  # inline functions around pc, the outermost first
    variables: tuple[FrameVariable, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything on the screen at one stop."""

    serial: int  # counts frames sent to one client
    header: Header
    timeline: Timeline
    registers: Registers
    code: Code
    stacks: Stacks
    translation: Translation
    tlb: Tlb
    memory: Memory
    logs: Logs
    narration: Narration
    large: str = ""  # the large view that it was computed for
    storyboard: Storyboard | None = None  # while that large view is shown
    tables: Tables | None = None  # while that large view is shown
    frames: tuple[CallFrameView, ...] | None = None  # while that large view is shown
    marks: Marks = Marks()
    fetches: FetchLedger | None = None  # while that large view is shown
    schedules: SchedulesView | None = None  # while that large view is shown


@dataclass(frozen=True, slots=True)
class ViewRequest:
    """What one client wants to see; each client of an engine has its own.

    Attributes:
        translation_va: the virtual address to walk, None for that of the current access.
        translate: what to walk, in words: an address, symbol, register, ``in.name``, or "pa:…" for
            all virtual addresses of a physical one. Looked up anew at each stop; goes before
            ``translation_va``.
        memory_va: where the hex dump starts, None to follow the current access.
        timeline: the icounts to zoom to, None for all.
        follow: shift that window, by whole parts of it, to where the run stands.
        columns: into how many columns the timeline's lanes are divided.
        steps: instructions around the present one to list, in the timeline's large view.
        code_rows: how many instructions to send.
        source_lines: how many source lines.
        stack_slots: how many words of each stack.
        memory_rows: how many rows of 16 bytes.
        log_rows: how many lines of each log, at most.
        call: the system call on the storyboard, by its ordinal; -1 for that of the present moment.
        large: the large view that is shown, or "": what only it shows is not computed otherwise.
        tables_open: keys of the table entries that are opened beside those opened by themselves.
        tables_shut: keys of those that are not, though they would be.
        tables_space: whose tables: 0 for those in use now, else the place in `Tables.spaces`.
    """

    translation_va: int | None = None
    memory_va: int | None = None
    timeline: tuple[int, int] | None = None
    follow: bool = True
    columns: int = 0
    steps: int = 0
    code_rows: int = 24
    source_lines: int = 24
    stack_slots: int = 48
    memory_rows: int = 16
    log_rows: int = 200
    large: str = ""
    call: int = -1
    translate: str = ""
    tables_open: tuple[int, ...] = ()
    tables_shut: tuple[int, ...] = ()
    tables_space: int = 0
