"""Frames made by hand: what the engine would send at four telling stops of a run of hello2."""

from __future__ import annotations

from msgspec.structs import replace
from tests.tui.sample_tables import SHARES, tables

from ringview.views.frame import (
    AccessVerdict,
    BacktraceFrame,
    BankColumn,
    BeatView,
    BookmarkMark,
    Code,
    CodeRow,
    EventRow,
    FaultStory,
    FetchLedger,
    FetchRow,
    FlagField,
    Frame,
    Header,
    Hop,
    LogLine,
    Logs,
    MapCell,
    MapColumn,
    MapOutcome,
    MapPairs,
    MapPlace,
    Marks,
    MatrixCellView,
    MatrixColumnView,
    MatrixRowView,
    MatrixView,
    Memory,
    MemoryRow,
    Narration,
    Privilege,
    RegisterRow,
    Registers,
    ScheduleMapView,
    SchedulesView,
    SourceLine,
    Span,
    Stacks,
    StackSlot,
    StackView,
    StopMark,
    Storyboard,
    StoryboardRow,
    SyscallRow,
    Tables,
    Timeline,
    TimelineMark,
    TimePlace,
    TimeStep,
    Tlb,
    TlbEntry,
    TlbHalf,
    TransitionStory,
    Translation,
    TypedField,
    UserAccess,
    WalkStep,
    WatchView,
)
from ringview.views.lanes import Lanes

USER, KERNEL, ABORT = Privilege.USER, Privilege.KERNEL, Privilege.ABORT
NOW, END, START = 41_207, 58_310, 30_000


def reg(
    name: str,
    value: int,
    note: str = "",
    owner: Privilege = KERNEL,
    changed: bool = False,
    operand: str = "",
) -> RegisterRow:
    return RegisterRow(name, value, value, changed, operand, note, owner)


def flags(
    word: str, mode: str, masked: bool = False, changed: bool = False
) -> tuple[FlagField, ...]:
    conditions = tuple(
        FlagField(letter.upper(), "1" if letter.isupper() else "0", changed and letter == "Z", "")
        for letter in word
    )
    return (
        *conditions,
        FlagField("Q", "0", False, ""),
        FlagField("E", "0", False, "little-endian data"),
        FlagField("A", "0", False, ""),
        FlagField("I", "1" if masked else "0", False, "IRQ masked" if masked else "IRQ taken"),
        FlagField("F", "1", False, "FIQ masked"),
        FlagField("T", "0", False, "ARM"),
        FlagField("M", mode, False, "mode"),
    )


REGISTERS = Registers(
    core=(
        reg("r0", 0xC081DF78, "kernel stack"),
        reg("r1", 0xBEF00C40, "user stack, in", USER, operand="read"),
        reg("r2", 0x0000000C, "12"),
        reg("r3", 0x00011008, "→ “beagle”", USER, changed=True, operand="write"),
        reg("r4", 0xBEF00C40, "in", USER),
        reg("r5", 0xBEF00C50, "out", USER),
        reg("r6", 0x00000000),
        reg("r7", 0x00000191, "hello2", USER),
        reg("r8", 0xC0009A44, "sys_call_table"),
        reg("r9", 0xC081C000, "thread_info"),
        reg("r10", 0x00000000),
        reg("fp", 0xC081DF8C, "kernel stack"),
        reg("ip", 0x00000000, changed=True),
        reg("sp", 0xC081DF78, "kernel stack"),
        reg("lr", 0xC0012F40, "sys_hello2+0x20"),
        reg("pc", 0xC00208D4, "copy_from_user+0x14", changed=True),
        reg("cpsr", 0x60000013, "SVC, IRQ on", changed=True),
    ),
    flags=flags("nZCv", "SVC", changed=True),
    spsr_flags=flags("nZCv", "USR"),
    banks=(
        BankColumn(
            "usr",
            False,
            (
                reg("sp_usr", 0xBEF00C20, "user stack", USER),
                reg("lr_usr", 0x000102A8, "main", USER),
            ),
        ),
        BankColumn(
            "svc",
            True,
            (
                reg("sp_svc", 0xC081DF78),
                reg("lr_svc", 0xC0012F40),
                reg("spsr_svc", 0x60000010, "USR"),
            ),
        ),
        BankColumn(
            "abt",
            False,
            (
                reg("sp_abt", 0xC0802FF8, "", ABORT),
                reg("lr_abt", 0, "", ABORT),
                reg("spsr_abt", 0, "", ABORT),
            ),
        ),
        BankColumn("und", False, (reg("sp_und", 0xC0803FF8), reg("lr_und", 0), reg("spsr_und", 0))),
        BankColumn(
            "irq",
            False,
            (
                reg("sp_irq", 0xC0801FF8),
                reg("lr_irq", 0x000102B8, "", USER),
                reg("spsr_irq", 0x60000010),
            ),
        ),
    ),
    system=(
        reg("ttbr0", 0x81024000, "tables of hello2"),
        reg("ttbcr", 0),
        reg("dacr", 0x00000055, "user 1 client"),
        reg("contextidr", 0x00000003, "asid 3"),
        reg("sctlr", 0x00C5387D, "MMU on, high vectors"),
        reg("dfsr", 0),
        reg("dfar", 0),
        reg("ifsr", 0),
        reg("ifar", 0),
        reg("vbar", 0),
        reg("tpidruro", 0),
    ),
)

_SOURCE = """\
static unsigned int nr_calls;

/*
 * Number 401. Reports its caller's data to the log and fills its answer with
 * the number of calls so far and sixteen random bytes.
 */
SYSCALL_DEFINE2(hello2, struct hello2_in __user *, uin,
		struct hello2_out __user *, uout)
{
	struct hello2_in req;
	struct hello2_out res;
	char name[HELLO2_NAME_MAX];
	long len;

	if (copy_from_user(&req, uin, sizeof(req)))
		return -EFAULT;
	len = strncpy_from_user(name, req.name, sizeof(name));
	if (len < 0)
		return len;
	pr_info("sys_hello2: sys_hello2(name : %s, len : %u, val : %u\\n",
		name, req.len, req.val);
	res.nr_calls = ++nr_calls;
	get_random_bytes(res.rand_data, sizeof(res.rand_data));
	if (copy_to_user(uout, &res, sizeof(res)))
		return -EFAULT;
	return 0;
}
""".splitlines()

CODE = Code(
    path="kernel/kernel/sys-hello2.c",
    function="sys_hello2",
    privilege=KERNEL,
    language="c",
    source=tuple(SourceLine(18 + i, text, i == 14, i == 21) for i, text in enumerate(_SOURCE)),
    rows=(
        CodeRow(
            0xC0012F24,
            "e92d4830",
            "push",
            "{r4, r5, fp, lr}",
            "sys_hello2",
            "",
            "",
            26,
            False,
            False,
        ),
        CodeRow(0xC0012F28, "e28db00c", "add", "fp, sp, #0xc", "", "", "", 26, False, False),
        CodeRow(0xC0012F2C, "e1a05001", "mov", "r5, r1", "", "", "", 26, False, False),
        CodeRow(0xC0012F30, "e1a01000", "mov", "r1, r0", "", "", "", 32, False, False),
        CodeRow(0xC0012F34, "e24b0018", "sub", "r0, fp, #0x18", "", "", "", 32, False, False),
        CodeRow(0xC0012F38, "e3a0200c", "mov", "r2, #0xc", "", "", "", 32, False, False),
        CodeRow(
            0xC0012F3C, "eb003661", "bl", "0xc00208c0", "", "→ copy_from_user", "", 32, True, False
        ),
        CodeRow(0xC0012F40, "e3500000", "cmp", "r0, #0", "", "", "", 32, False, True),
        CodeRow(0xC0012F44, "13e0000d", "mvnne", "r0, #0xd", "", "", "", 33, False, False),
        CodeRow(0xC0012F48, "18bd8830", "popne", "{r4, r5, fp, pc}", "", "", "", 33, False, False),
        CodeRow(0xC0012F4C, "e51b1018", "ldr", "r1, [fp, #-0x18]", "", "", "", 34, False, False),
        CodeRow(0xC0012F50, "e24b0058", "sub", "r0, fp, #0x58", "", "", "", 34, False, False),
        CodeRow(0xC0012F54, "e3a02040", "mov", "r2, #0x40", "", "", "", 34, False, False),
        CodeRow(
            0xC0012F58,
            "eb003671",
            "bl",
            "0xc0020924",
            "",
            "→ strncpy_from_user",
            "",
            34,
            False,
            False,
        ),
    ),
)

_SAVED = (
    ("r0", 0xBEF00C40),
    ("r1", 0xBEF00C50),
    ("r2", 0),
    ("r3", 0x00011020),
    ("r4", 0x000102D0),
    ("r5", 0x00000002),
    ("r6", 0xBEF00F04),
    ("r7", 0x191),
    ("r8", 0),
    ("r9", 0),
    ("r10", 0),
    ("fp", 0xBEF00C5C),
    ("ip", 0),
    ("sp", 0xBEF00C20),
    ("lr", 0x000102A8),
    ("pc", 0x00010B44),
    ("cpsr", 0x60000010),
    ("ORIG_r0", 0xBEF00C40),
)

STACKS = Stacks(
    user=StackView(
        "user",
        USER,
        False,
        0xBEF00C20,
        0xBEEE0000,
        0xBEF01000,
        tuple(
            StackSlot(0xBEF00C20 + 4 * i, value, label, note, i == 0, False, group, True)
            for i, (value, label, note, group) in enumerate(
                (
                    (0x000102D0, "saved r4", "", "frame"),
                    (0x00000002, "saved r5", "", "frame"),
                    (0xBEF00C5C, "saved fp", "user stack", "frame"),
                    (0x000102A8, "saved lr of syscall", "main+0x28", "frame"),
                    (0x00000000, "", "", ""),
                    (0x00000000, "", "", ""),
                    (0x00000000, "", "", ""),
                    (0x00000000, "", "", ""),
                    (0x00011008, "in.name", "“beagle”", "frame"),
                    (0x00000006, "in.len", "", "frame"),
                    (0x00000007, "in.val", "", "frame"),
                    (0x00000000, "", "", ""),
                    (0x00000000, "out.nr_calls", "", "frame"),
                    (0x00000000, "out.rand_data[0]", "", "frame"),
                    (0x00000000, "out.rand_data[1]", "", "frame"),
                    (0x00000000, "out.rand_data[2]", "", "frame"),
                    (0x00000000, "out.rand_data[3]", "", "frame"),
                    (0x000100F4, "saved lr of main", "_start+0x34", "frame"),
                    (0x00000003, "argc", "", "argv"),
                    (0xBEF00F80, "argv[0]", "“/bin/hello2”", "argv"),
                    (0xBEF00F8C, "argv[1]", "“beagle”", "argv"),
                    (0xBEF00F93, "argv[2]", "“7”", "argv"),
                    (0x00000000, "argv end", "", "argv"),
                )
            )
        ),
        992,
    ),
    kernel=StackView(
        "kernel",
        KERNEL,
        True,
        0xC081DF78,
        0xC081C000,
        0xC081DFF8,
        (
            StackSlot(0xC081DF78, 0x00011008, "req.name", "“beagle”", True, True, "frame", True),
            StackSlot(0xC081DF7C, 0x00000000, "req.len", "", False, False, "frame", True),
            StackSlot(0xC081DF80, 0x00000000, "req.val", "", False, False, "frame", True),
            StackSlot(0xC081DF84, 0x000102D0, "saved r4", "", False, False, "frame", True),
            StackSlot(0xC081DF88, 0x00000002, "saved r5", "", False, False, "frame", True),
            StackSlot(0xC081DF8C, 0xBEF00C5C, "saved fp", "", False, False, "frame", True),
            StackSlot(
                0xC081DF90, 0xC00092E0, "saved lr", "ret_fast_syscall", False, False, "frame", True
            ),
            *(
                StackSlot(
                    0xC081DFB0 + 4 * i,
                    value,
                    f"pt_regs.ARM_{name}",
                    "",
                    False,
                    False,
                    "pt_regs",
                    True,
                )
                for i, (name, value) in enumerate(_SAVED)
            ),
        ),
        128,
    ),
    backtrace=(
        BacktraceFrame(
            0xC00208D4, "copy_from_user+0x14", "kernel/arch/arm/lib/uaccess.S:41", KERNEL, ""
        ),
        BacktraceFrame(0xC0012F40, "sys_hello2+0x1c", "kernel/kernel/sys-hello2.c:32", KERNEL, ""),
        BacktraceFrame(
            0x00010B44, "syscall+0x14", "userland/lib/syscall.S:22", USER, "svc came from here"
        ),
        BacktraceFrame(0x000102A8, "main+0x28", "userland/hello2.c:31", USER, ""),
        BacktraceFrame(0x000100F4, "_start+0x34", "userland/lib/crt0.S:18", USER, ""),
    ),
)


def verdicts(
    user: tuple[bool, bool, bool], kernel: tuple[bool, bool, bool], rule: str, fault: str = ""
) -> tuple[AccessVerdict, ...]:
    return tuple(
        AccessVerdict(privilege, access, allowed, rule, "" if allowed else fault)
        for privilege, row in (("PL0", user), ("PL1", kernel))
        for access, allowed in zip(("read", "write", "execute"), row, strict=True)
    )


TRANSLATION = Translation(
    va=0xBEF00C40,
    reason="about to be read by ldr r3, [r1]",
    access="read",
    privilege="PL1",
    mapped=True,
    pa=0x81F3AC40,
    page_size=4096,
    asid=3,
    domain="1 client",
    attributes="normal, write-back, nG, XN",
    steps=(
        WalkStep("TTBR0", "", 0, 0x81024000, "the tables of hello2"),
        WalkStep(
            "L1", "VA[31:20] = bef", 0x81026FBC, 0x81021C31, "page table at 8102_1c00, domain 1"
        ),
        WalkStep("L2", "VA[19:12] = 00", 0x81021C00, 0x81F3A83F, "small page at 81f3_a000, nG, XN"),
        WalkStep("PA", "VA[11:0] = c40", 0, 0x81F3AC40, "frame + offset c40"),
    ),
    verdicts=verdicts((True, True, False), (True, True, False), "AP 0b011: full access", "XN"),
    verdict="read by PL1 is allowed",
    in_tlb="hit",
)


def entry(
    index: int, va: int, pa: int, owner: Privilege, size: int = 4096, **more: object
) -> TlbEntry:
    kernel = owner is not USER
    base = TlbEntry(
        index,
        va,
        pa,
        size,
        "global" if kernel else "3",
        "--" if kernel else "rw",
        "rw",
        0 if kernel else 1,
        False,
        False,
        False,
        False,
        owner,
    )
    return replace(base, **more)


TLB = Tlb(
    "TLB model of the Cortex-A8",
    True,
    "",
    TlbHalf(
        "I",
        32,
        40_112,
        9,
        6,
        (
            entry(0, 0x00010000, 0x81F30000, USER, user="ro", kernel="ro", execute=True),
            entry(1, 0xFFFF0000, 0x80010000, KERNEL, execute=True, kernel="ro"),
            entry(2, 0xC0000000, 0x80000000, KERNEL, 1 << 20, execute=True, kernel="ro", used=True),
        ),
    ),
    TlbHalf(
        "D",
        32,
        941,
        17,
        12,
        (
            entry(0, 0xBEF00000, 0x81F3A000, USER, used=True),
            entry(1, 0xC0800000, 0x80800000, KERNEL, 1 << 20, used=True),
            entry(2, 0x00011000, 0x81F31000, USER, new=True),
            entry(3, 0xC0000000, 0x80000000, KERNEL, 1 << 20, kernel="ro"),
            entry(4, 0x00012000, 0x81F32000, USER, stale=True),
            entry(5, 0xFA400000, 0x48200000, KERNEL, 1 << 20),
        ),
    ),
    SHARES,
)

_IN = bytes.fromhex("08100100060000000700000000000000")

MEMORY = Memory(
    watches=(
        WatchView(
            "in",
            "struct hello2_in",
            0xBEF00C40,
            True,
            "",
            (
                TypedField(0, "name", "char *", 0xBEF00C40, 4, "0001_1008 → “beagle”", False),
                TypedField(0, "len", "unsigned int", 0xBEF00C44, 4, "6", False),
                TypedField(0, "val", "unsigned int", 0xBEF00C48, 4, "7", False),
            ),
            (MemoryRow(0xBEF00C40, _IN, (), True),),
        ),
        WatchView(
            "out",
            "struct hello2_out",
            0xBEF00C50,
            True,
            "",
            (
                TypedField(0, "nr_calls", "unsigned int", 0xBEF00C50, 4, "0", False),
                TypedField(
                    0, "rand_data", "unsigned int[4]", 0xBEF00C54, 16, "{0, 0, 0, 0}", False
                ),
                TypedField(1, "[0]", "unsigned int", 0xBEF00C54, 4, "0", False),
                TypedField(1, "[1]", "unsigned int", 0xBEF00C58, 4, "0", False),
                TypedField(1, "[2]", "unsigned int", 0xBEF00C5C, 4, "0", False),
                TypedField(1, "[3]", "unsigned int", 0xBEF00C60, 4, "0", False),
            ),
            (MemoryRow(0xBEF00C50, bytes(16), (), True),),
        ),
    ),
    rows=(
        MemoryRow(0xBEF00C40, _IN, (0, 1), True),
        MemoryRow(0xBEF00C50, bytes(16), (), True),
        MemoryRow(0xBEF00C60, bytes.fromhex("00000000f400010003000000800ff0be"), (), True),
        MemoryRow(0xBEF00C70, b"/bin/hello2\0beag", (), True),
    ),
    accesses=(
        UserAccess(
            41_190,
            0xC00208D0,
            "copy_from_user+0x10",
            0xBEF00C40,
            0x81F3AC40,
            4,
            0x00011008,
            False,
            5,
        ),
        UserAccess(
            41_206, 0xC00208D4, "copy_from_user+0x14", 0xBEF00C44, 0x81F3AC44, 4, 6, False, 5
        ),
    ),
)

LOGS = Logs(
    kernel=(
        LogLine(0.000012, 6, "Booting Linux-shaped kernel on physical CPU 0x0"),
        LogLine(0.000204, 6, "Machine model: TI AM335x BeagleBone Black"),
        LogLine(0.000391, 6, "Run /bin/hello2 as init's child"),
        LogLine(0.000412, 6, "sys_hello2: sys_hello2(name : beagle, len : 6, val : 7"),
    ),
    console="hello2: calling number 401\n",
    syscalls=(
        SyscallRow(
            3, 36_102, 36_588, "hello2[2]", 45, "brk", "brk(0) = 0x13000", 0x13000, 412, False
        ),
        SyscallRow(
            4,
            38_004,
            38_911,
            "hello2[2]",
            4,
            "write",
            'write(1, "hello2: calling number 401\\n", 27) = 27',
            27,
            801,
            False,
        ),
        SyscallRow(
            5,
            41_102,
            -1,
            "hello2[2]",
            401,
            "hello2",
            "hello2(0xbef00c40, 0xbef00c50) …",
            None,
            105,
            True,
        ),
    ),
    events=(
        EventRow(38_004, "svc", "USR", "SVC", "svc at 0001_0b40, vector ffff_0008", KERNEL),
        EventRow(38_911, "return", "SVC", "USR", "movs pc, lr to 0001_0b44", USER),
        EventRow(
            40_220, "data abort", "USR", "ABT", "translation fault on a page at 0001_1008", ABORT
        ),
        EventRow(40_225, "cps", "ABT", "SVC", "the handler goes on in SVC", KERNEL),
        EventRow(40_801, "return", "SVC", "USR", "the page is there now", USER),
        EventRow(41_102, "svc", "USR", "SVC", "svc at 0001_0b40, vector ffff_0008", KERNEL),
    ),
)

HOPS = (
    Hop("user stub", 41_096, 0x00010B34, "syscall", "userland/lib/syscall.S:18", 6, 0, False, ""),
    Hop(
        "vector",
        41_102,
        0xFFFF0008,
        "__vectors_start+0x8",
        "kernel/arch/arm/kernel/entry-armv.S:8",
        1,
        0,
        False,
        "",
    ),
    Hop(
        "entry",
        41_103,
        0xC0009280,
        "vector_swi",
        "kernel/arch/arm/kernel/entry-common.S:41",
        24,
        0,
        False,
        "",
    ),
    Hop(
        "table",
        41_127,
        0xC00092DC,
        "vector_swi+0x5c",
        "kernel/arch/arm/kernel/entry-common.S:88",
        3,
        0,
        False,
        "",
    ),
    Hop(
        "handler",
        41_130,
        0xC0012F24,
        "sys_hello2",
        "kernel/kernel/sys-hello2.c:26",
        52,
        0,
        False,
        "",
    ),
    Hop(
        "copy from user",
        41_182,
        0xC00208C0,
        "copy_from_user",
        "kernel/arch/arm/lib/uaccess.S:30",
        40,
        1,
        True,
        "",
    ),
    Hop(
        "copy to user",
        41_980,
        0xC0020A00,
        "copy_to_user",
        "kernel/arch/arm/lib/uaccess.S:92",
        61,
        0,
        False,
        "",
    ),
    Hop(
        "return",
        42_104,
        0xC00092E0,
        "ret_fast_syscall",
        "kernel/arch/arm/kernel/entry-common.S:97",
        18,
        0,
        False,
        "",
    ),
    Hop(
        "back in user",
        42_122,
        0x00010B44,
        "syscall+0x10",
        "userland/lib/syscall.S:22",
        0,
        0,
        False,
        "",
    ),
)

SVC_STORY = TransitionStory(
    icount=41_102,
    headline="USR → SVC: svc took the exception at ffff_0008",
    cause="svc",
    from_mode="USR",
    to_mode="SVC",
    steps=(
        "The core kept the return address 0001_0b44 in lr_svc and the CPSR 6000_0010 in spsr_svc.",
        "CPSR.M became SVC and CPSR.I was set: interrupts wait.",
        "The vector is at ffff_0008, since SCTLR.V asks for high vectors.",
        "sp is now sp_svc, c081_dff8, the top of hello2's kernel stack; sp_usr kept bef0_0c20.",
        "vector_swi stores r0 to r12, then sp, lr, pc and spsr, as pt_regs at c081_dfb0.",
    ),
    just_now=False,
)

BEATS = (
    BeatView(
        0, "A program", "An ordinary program, in user mode.", "", "", (), START, False, False, ()
    ),
    BeatView(
        2,
        "The door",
        "The number of the call is in r7, the two pointers are in r0 and r1."
        " The next instruction is svc.",
        "Which mode will the processor be in after it?",
        "SVC",
        ("SVC", "IRQ", "SYS"),
        41_101,
        False,
        False,
        ("registers", "code"),
    ),
    BeatView(
        3,
        "Distrust",
        "The kernel does not use the caller's structure where it lies. It first copies it"
        " to its own stack, word by word, and every word is checked by the MMU on the way.",
        "",
        "",
        (),
        41_182,
        True,
        False,
        ("memory",),
    ),
    BeatView(
        4, "The answer", "The result goes back the same way.", "", "", (), -1, False, False, ()
    ),
)


def board() -> Storyboard:
    """The same call on the storyboard, with a page fault in its copy, beside a second one."""
    rows = [
        StoryboardRow(
            *("stage", hop.name, 0, hop.icount, hop.va, hop.place, hop.source, hop.note),
            USER if "user stub" in hop.name or "back" in hop.name else KERNEL,
            *(hop.instructions, hop.tlb_misses, 0, hop.current, hop.instructions - 1, 0),
        )
        for hop in HOPS
    ]
    after = next(i for i, row in enumerate(rows) if row.name == "copy from user") + 1
    fault = StoryboardRow(
        *("exception", "data abort", 1, 41_190, 0xFFFF0010, "", "", "page fault; tried again"),
        *(ABORT, 800, 2, 3, False),
    )
    rows.insert(after, fault)
    total = sum(row.instructions for row in rows)
    return Storyboard(
        ordinal=2,
        count=9,
        text="hello2(0xbef00c40, 0xbef00c50) = 0",
        task="hello2[2]",
        first=rows[0].icount,
        last=rows[0].icount + total,
        returned=True,
        instructions=total,
        instruction_misses=3,
        data_misses=3,
        rows=tuple(rows),
        other="call 5, a later hello2",
        other_ordinal=4,
        other_instructions=300,
        other_misses=0,
    )


def fetches() -> FetchLedger:
    """A call that reads the length twice, and a second thread that stores it between."""
    copy = "arm_copy_from_user+0x58"

    def row(kind: str, number: int, icount: int, field: str, value: int) -> FetchRow:
        offset = {"name": 0, "len": 4, "val": 8}[field]
        return FetchRow(
            kind=kind,
            number=number,
            icount=icount,
            place=copy,
            source="kernel/kernel/sys-hello2.c:32",
            va=0xBEF00C40 + offset,
            pa=0x81F3AC40 + offset,
            size=4,
            value=value,
            who="hello2[3]" if kind == "store" else "",
            name=f"in.{field}",
            done=icount < NOW,
            current=icount == NOW,
        )

    changed = row("fetch", 2, NOW + 6, "len", 160)
    changed = replace(changed, first=0, changed=True, before=6, after=160, shared=4)
    same = replace(row("fetch", 4, NOW + 40, "val", 7), first=3, before=7, after=7, shared=4)
    return FetchLedger(
        ordinal=2,
        text="hello2(0xbef00c40, 0xbef00c50) = 0",
        task="hello2[2]",
        returned=True,
        rows=(
            replace(row("fetch", 0, NOW - 40, "len", 6), fetched_again=True),
            row("store", -1, NOW - 12, "len", 160),
            row("fetch", 1, NOW, "name", 0x11008),
            changed,
            replace(row("fetch", 3, NOW + 12, "val", 7), fetched_again=True),
            same,
            row("own", -1, NOW + 90, "val", 8),
            replace(row("fetch", 5, NOW + 120, "val", 8), back=True),
        ),
        fetches=6,
        stores=1,
        events=2,
        changed=1,
        back=1,
    )


def schedules() -> SchedulesView:
    """A search that found one bug in one of two maps."""

    def place(load: int, outcomes: tuple[int, ...], line: str = "") -> MapPlace:
        cells = tuple(
            MapCell(2 * load + n, outcome, NOW + load, (load, n) == (1, 0))
            if outcome >= 0
            else None
            for n, outcome in enumerate(outcomes)
        )
        where = "arm_copy_from_user+0x3c" if line else "behind the last load"
        return MapPlace(load, NOW + 6 * load if line else -1, where, line, cells)

    places = (
        place(0, (1, 0), "kernel/kernel/hello2/len-refetch.c:16"),
        place(1, (2, 1), "kernel/kernel/hello2/len-refetch.c:20"),
        place(2, (0, -1)),
    )
    columns = (
        MapColumn(0, 2, "in.len 6 → 160", "6→160"),
        MapColumn(2, 8, "in.len 160 → 6", "160→6"),
    )
    return SchedulesView(
        state="done",
        words="sys_hello2 of thread 2, raced by thread 3; searched for 0.4 s",
        maps=(
            ScheduleMapView(
                *("second-core", "A2, a second core (a model)", columns, places),
                seconds=(1, 2),
                pairs=(
                    MapPairs(0, (MapCell(6, 2, NOW, False), MapCell(7, 1, NOW, False))),
                    MapPairs(1, (None, MapCell(8, 0, NOW + 6, False))),
                ),
            ),
            ScheduleMapView(
                "board",
                "A1, the board: the other thread runs when an interrupt makes the guest switch",
                columns,
                (place(0, (1, 0), "kernel/kernel/hello2/len-refetch.c:16"),),
            ),
        ),
        outcomes=(
            MapOutcome("A", "quiescent", "as undisturbed: returns 0, logs 'len : 6'", 6),
            MapOutcome("B", "refused", "refused: an error and nothing else: returns -22", 10),
            MapOutcome("C", "bug", "BUG: returns 0, logs 'len : 160'; object bounds", 1_205),
        ),
        statements=(
            "Bounded, A2: these inputs, k <= 2: 11 schedules, queue exhausted, 1 bug",
            "Single-fetch certificate: does not hold: up to 1 double fetch in one call.",
        ),
    )


def mitigations() -> MatrixView:
    """Two races on five kernels, one cell run by this engine, one not known."""

    def bug(words: str, consequence: str, account: str, *, opened: bool = False) -> MatrixCellView:
        return MatrixCellView("bug", words, account, consequence, openable=True, opened=opened)

    clean = MatrixCellView(
        "clean", "no bug", "no bug in 21 schedules, k <= 2. The replay: returns -14.", "", True
    )
    certified = MatrixCellView(
        "certified", "certified", "no bug in 16 schedules, k <= 2; the call fetches each byte once."
    )
    overflow = "a bug, smallest k = 1: object bounds, return address"
    return MatrixView(
        state="stopped",
        fraction=0.9,
        bound=2,
        columns=(
            MatrixColumnView("none", "No protection, and the kernel may be preempted."),
            MatrixColumnView("no preemption", "No interrupt switches threads inside the kernel."),
            MatrixColumnView("software PAN", "User pages are closed to the kernel."),
            MatrixColumnView("LDRT", "Each user access is made with the user's rights."),
            MatrixColumnView("canary", "A value before the return address is checked."),
        ),
        rows=(
            MatrixRowView(
                "len_refetch",
                "race-len",
                (
                    bug("bug k=1", "user code", f"{overflow}.", opened=True),
                    bug("bug k=1 A2", "user code", f"{overflow}; not reachable on one core."),
                    bug("bug k=1", "oops", f"{overflow}, kernel died."),
                    bug("bug k=1", "user code", f"{overflow}."),
                    bug("bug k=1", "caught", f"{overflow}, stack canary."),
                ),
            ),
            MatrixRowView(
                "name_refetch",
                "race-name",
                (
                    bug("bug k=1", "secret out", "a bug, smallest k = 1: secret disclosed."),
                    certified,
                    MatrixCellView("none", "not searched", "not searched: the threads never meet."),
                    clean,
                    MatrixCellView("", "", ""),
                ),
            ),
        ),
    )


MARKS = Marks(
    (
        StopMark(1, False, "sys_hello2", "r1 == 0", 0, False),
        StopMark(2, False, "sys-hello2.c:32", "", 3, True),
        StopMark(4, True, "write of in.len (4 bytes at bef0_0c44)", "in.len > 64", 12, False),
    ),
    (
        BookmarkMark(36_102, "the first call", "hello2[2]", False),
        BookmarkMark(NOW, "here it reads", "hello2[2]", True),
    ),
)

HOPS_OF_TIME = (
    (1, "hello2", 30_000, 41_200),
    (2, "worker", 41_200, 44_000),
    (1, "hello2", 44_000, 52_000),
    (2, "worker", 52_000, END),
)
"""Whose the sample's time is: thread, name, from, to."""


def time(first: int, last: int, columns: int, now: int = NOW, rows: int = 60) -> Timeline:
    """The sample's run in a window, its lanes made as the engine makes them."""
    base = hello2().timeline
    lanes = Lanes()
    for number, comm, start, stop in HOPS_OF_TIME:
        lanes.note_caller(0xC1FD0000 + number * 0x2000, start, number + 1, comm)
        for span in base.spans:
            begin, end = max(start, span.start), min(stop, span.stop)
            stack = 0xC1FD0000 + number * 0x2000
            lanes.add(begin, end, stack, span.mode, span.privilege)
    steps = tuple(
        TimeStep(
            icount=icount,
            task="hello2[2]",
            mode="SVC",
            privilege=KERNEL,
            va=0xC00208D4 + 4 * (icount - now),
            place=f"copy_from_user+{4 * (icount - now + 40):#x}",
            source="uaccess.h:77",
            text="ldr r3, [r1]" if icount % 2 else "str r3, [r0], #4",
            mark={now: "● breakpoint", now + 3: "↯ data abort"}.get(icount, ""),
        )
        for icount in range(now - rows // 2, now + rows // 2)
    )
    places: tuple[TimePlace, ...] = ()
    if last - first <= 1024:
        cuts = (first, first + (last - first) // 3, first + (last - first) // 2, last)
        names = ("sys_hello2", "memcpy", "copy_from_user")
        places = tuple(
            TimePlace(a, b, name, KERNEL) for a, b, name in zip(cuts, cuts[1:], names, strict=False)
        )
    return replace(
        base,
        first=first,
        last=last,
        now=now,
        marks=tuple(mark for mark in base.marks if first <= mark.icount < last),
        columns=columns,
        lanes=tuple(lanes.picture(first, last, min(columns, last - first), threads=True)),
        places=places,
        steps=steps,
        whole=(START, END),
    )


def hello2() -> Frame:
    """In copy_from_user, on the way of sys_hello2."""
    return Frame(
        serial=1,
        marks=MARKS,
        header=Header(
            "hello2 · one call",
            "hello2",
            "bbb_defconfig 3f9a21c",
            NOW,
            END,
            True,
            "SVC",
            KERNEL,
            False,
            "after 1 instruction",
            "hello2[2]",
            "copy_from_user+0x14",
            429_000,
        ),
        timeline=Timeline(
            START,
            END,
            NOW,
            (
                Span(START, 36_102, USER, "USR", "hello2[2]"),
                Span(36_102, 36_588, KERNEL, "SVC", "hello2[2]"),
                Span(36_588, 38_004, USER, "USR", "hello2[2]"),
                Span(38_004, 38_911, KERNEL, "SVC", "hello2[2]"),
                Span(38_911, 40_220, USER, "USR", "hello2[2]"),
                Span(40_220, 40_225, ABORT, "ABT", "hello2[2]"),
                Span(40_225, 40_801, KERNEL, "SVC", "hello2[2]"),
                Span(40_801, 41_102, USER, "USR", "hello2[2]"),
                Span(41_102, 42_122, KERNEL, "SVC", "hello2[2]"),
                Span(42_122, 50_100, USER, "USR", "hello2[2]"),
                Span(50_100, 50_900, KERNEL, "IRQ", "hello2[2]"),
                Span(50_900, 55_000, USER, "USR", "hello2[2]"),
                Span(55_000, END, KERNEL, "SVC", "hello2[2]"),
            ),
            (
                TimelineMark(START, "beat", "A program"),
                TimelineMark(36_102, "syscall", "brk"),
                TimelineMark(38_004, "syscall", "write"),
                TimelineMark(40_220, "fault", "page fault"),
                TimelineMark(41_102, "syscall", "hello2"),
                TimelineMark(50_100, "irq", "timer"),
                TimelineMark(55_000, "syscall", "exit_group"),
                TimelineMark(END, "end", "halted"),
            ),
        ),
        registers=REGISTERS,
        code=CODE,
        stacks=STACKS,
        translation=TRANSLATION,
        tlb=TLB,
        memory=MEMORY,
        logs=LOGS,
        narration=Narration(
            BEATS,
            HOPS,
            SVC_STORY,
            None,
            "bl calls copy_from_user with lr = c001_2f40; the next instruction runs at c002_08c0.",
        ),
        storyboard=board(),
        tables=tables(),
        fetches=fetches(),
        schedules=schedules(),
        mitigations=mitigations(),
    )


def at_svc() -> Frame:
    """In user mode, about to execute svc: a beat with a question."""
    frame = hello2()
    code = Code(
        "userland/lib/syscall.S",
        "syscall",
        USER,
        "asm",
        tuple(
            SourceLine(14 + i, text, i == 7, False)
            for i, text in enumerate(
                (
                    "/* long syscall(long nr, ...) */",
                    "ENTRY(syscall)",
                    "\tmov\tip, sp",
                    "\tpush\t{r4, r5, r6, r7}",
                    "\tmov\tr7, r0",
                    "\tmov\tr0, r1",
                    "\tmov\tr1, r2",
                    "\tsvc\t#0",
                    "\tpop\t{r4, r5, r6, r7}",
                    "\tcmn\tr0, #4096",
                    "\tbxcc\tlr",
                    "\tb\t__set_errno",
                    "ENDPROC(syscall)",
                )
            )
        ),
        (
            CodeRow(0x00010B34, "e1a0c00d", "mov", "ip, sp", "syscall", "", "", 16, False, False),
            CodeRow(
                0x00010B38, "e92d00f0", "push", "{r4, r5, r6, r7}", "", "", "", 17, False, False
            ),
            CodeRow(0x00010B3C, "e1a07000", "mov", "r7, r0", "", "", "", 18, False, False),
            CodeRow(
                0x00010B40, "ef000000", "svc", "#0", "", "", "enters the kernel", 21, True, False
            ),
            CodeRow(
                0x00010B44, "e8bd00f0", "pop", "{r4, r5, r6, r7}", "", "", "", 22, False, False
            ),
        ),
    )
    core = tuple(
        replace(
            row, owner=USER, changed=row.name == "r1", operand="read" if row.name == "r7" else ""
        )
        for row in frame.registers.core
    )
    beats = tuple(replace(b, here=b.ordinal == 2, current=b.ordinal == 2) for b in BEATS)
    return replace(
        frame,
        serial=2,
        header=replace(
            frame.header,
            icount=41_101,
            mode="USR",
            privilege=USER,
            stop="beat 2",
            place="syscall+0xc",
        ),
        timeline=replace(frame.timeline, now=41_101),
        registers=replace(
            frame.registers,
            core=core,
            flags=flags("nZCv", "USR"),
            spsr_flags=(),
            banks=tuple(replace(b, live=b.mode == "usr") for b in frame.registers.banks),
        ),
        code=code,
        stacks=replace(
            STACKS,
            user=replace(STACKS.user, live=True),
            kernel=replace(STACKS.kernel, live=False, sp=0xC081DFF8, slots=(), used=0),
            backtrace=STACKS.backtrace[2:],
        ),
        translation=replace(
            TRANSLATION,
            va=0x00010B40,
            pa=0x81F30B40,
            reason="pc",
            access="execute",
            privilege="PL0",
            attributes="normal, write-back, nG",
            steps=(
                WalkStep("TTBR0", "", 0, 0x81024000, "the tables of hello2"),
                WalkStep("L1", "VA[31:20] = 000", 0x81024000, 0x81020031, "page table, domain 1"),
                WalkStep("L2", "VA[19:12] = 10", 0x81020040, 0x81F3082E, "small page, read-only"),
                WalkStep("PA", "VA[11:0] = b40", 0, 0x81F30B40, "frame + offset b40"),
            ),
            verdicts=verdicts((True, False, True), (True, False, True), "AP 0b110: read-only"),
            verdict="execute by PL0 is allowed",
        ),
        memory=replace(MEMORY, accesses=()),
        logs=replace(LOGS, syscalls=LOGS.syscalls[:2], events=LOGS.events[:5]),
        narration=replace(
            frame.narration,
            beats=beats,
            hops=(),
            next_effect="svc #0 takes the processor from USR to SVC:"
            " it goes on at the vector ffff_0008.",
        ),
    )


def fault() -> Frame:
    """Right after a data abort from the kernel's copy: the page of the name is not there yet."""
    frame = hello2()
    return replace(
        frame,
        serial=3,
        header=replace(
            frame.header,
            icount=41_300,
            mode="ABT",
            privilege=ABORT,
            stop="transition",
            place="vector_dabt",
        ),
        timeline=replace(frame.timeline, now=41_300),
        translation=Translation(
            0x00011008,
            "read by ldrb r4, [r1]",
            "read",
            "PL1",
            False,
            0,
            0,
            3,
            "1 client",
            "",
            (
                WalkStep("TTBR0", "", 0, 0x81024000, "the tables of hello2"),
                WalkStep(
                    "L1",
                    "VA[31:20] = 000",
                    0x81024000,
                    0x81020031,
                    "page table at 8102_0000, domain 1",
                ),
                WalkStep("L2", "VA[19:12] = 11", 0x81020044, 0, "no entry: translation fault"),
            ),
            verdicts((False,) * 3, (False,) * 3, "no descriptor", "TRANSLATION_PAGE"),
            "read by PL1 faults: translation fault on a page",
            "miss",
        ),
        narration=replace(
            frame.narration,
            transition=TransitionStory(
                41_300,
                "SVC → ABT: data abort at ffff_0010",
                "data abort",
                "SVC",
                "ABT",
                (
                    "lr_abt keeps the address of the faulting instruction plus 8.",
                    "spsr_abt keeps CPSR 6000_0013.",
                    "DFSR says 7, DFAR says 0001_1008.",
                ),
                True,
            ),
            fault=FaultStory(
                41_300,
                "ldrb r4, [r1] in strncpy_from_user read 0001_1008,"
                " and its page has no entry in the second-level table.",
                (
                    "DFSR = 0x007: translation fault on a page, a read, domain 0",
                    "DFAR = 0001_1008",
                    "the L2 descriptor at 8102_0044 is 0000_0000: bits [1:0] = 00",
                    "C line: kernel/kernel/sys-hello2.c:34",
                ),
                "do_page_fault will find the address in the program's data, read the page in,"
                " and run the instruction again.",
            ),
            next_effect="the vector at ffff_0010 branches to vector_dabt.",
        ),
    )


def empty() -> Frame:
    """At reset: nothing is known, nothing is mapped."""
    nothing = StackView("user", USER, False, 0, 0, 0, (), 0)
    half = TlbHalf("I", 32, 0, 0, 0, ())
    return Frame(
        0,
        Header(
            "hello2 · one call",
            "hello2",
            "bbb_defconfig",
            0,
            0,
            False,
            "SVC",
            KERNEL,
            False,
            "reset",
            "",
            "",
            0,
        ),
        Timeline(0, 0, 0, (), ()),
        Registers(tuple(reg(f"r{i}", 0) for i in range(13)), (), (), (), ()),
        Code("", "", KERNEL, "", (), ()),
        Stacks(nothing, replace(nothing, name="kernel", privilege=KERNEL), ()),
        Translation(0, "", "execute", "PL1", True, 0, 0, 0, "", "", (), (), "the MMU is off", ""),
        Tlb(
            "TLB model",
            False,
            "The TLB model runs only in the observed part of the run.",
            half,
            replace(half, name="D"),
        ),
        Memory((), (), ()),
        Logs((), "", (), ()),
        Narration((), (), None, None, ""),
        storyboard=Storyboard(
            *(-1, 0, "", "", 0, 0, False, 0, -1, -1, ()),
            why_not="No system call has begun yet: go to the next one.",
        ),
        tables=Tables(*("The MMU is off.", "", (), True, 0, 0, 0, "", 0, (), ())),
    )


FRAMES = {"hello2": hello2, "at_svc": at_svc, "fault": fault, "empty": empty}
