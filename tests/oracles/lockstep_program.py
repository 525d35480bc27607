"""Random programs that use the whole A32 integer set and take every exception, all the time.

The same bytes run at another physical base on each side; tables map both to one virtual layout.
"""

from __future__ import annotations

import random
import struct

from tests.machine.asm import assemble

KERNEL = 0xC0000000
ENTRY_OFFSET = 0x8000
L1_OFFSET = 0x4000
L2_OFFSET = 0x3000
PROLOGUE_OFFSET = 0x0
USER = 0x00100000
PAGES = 0x00200000
UNMAPPED = 0x00500000
IMAGE_SIZE = 3 << 20

_CONDITIONS = ["", "", "", "eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt"]
_CONDITIONS += ["gt", "le"]
_DATA = ["and", "eor", "sub", "rsb", "add", "adc", "sbc", "rsc", "orr", "bic"]
_MOVES = ["mov", "mvn"]
_TESTS = ["tst", "teq", "cmp", "cmn"]
_SHIFTS = ["lsl", "lsr", "asr", "ror"]
_FREE = ["r0", "r1", "r2", "r3", "r4", "r5", "r6", "r8"]
_MODES = {"svc": 0x13, "irq": 0x12, "abt": 0x17, "und": 0x1B, "sys": 0x1F}


class Generator:
    """Writes assembly, seeded."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.labels = 0
        self.lines: list[str] = []

    def emit(self, *lines: str) -> None:
        self.lines += [f"    {line}" for line in lines]

    def label(self) -> str:
        self.labels += 1
        return f"l{self.labels}"

    def place(self, label: str) -> None:
        self.lines.append(f"{label}:")

    def reg(self) -> str:
        return self.rng.choice(_FREE)

    def cond(self) -> str:
        return self.rng.choice(_CONDITIONS)

    def immediate(self) -> int:
        byte, turn = self.rng.randrange(256), 2 * self.rng.randrange(16)
        return (byte >> turn | byte << (32 - turn)) & 0xFFFFFFFF

    def operand(self) -> str:
        kind = self.rng.randrange(4)
        if kind == 0:
            return f"#{self.immediate():#x}"
        if kind == 1:
            return f"{self.reg()}, {self.rng.choice(_SHIFTS)} {self.reg()}"
        if kind == 2:
            return f"{self.reg()}, {self.rng.choice(_SHIFTS)} #{self.rng.randint(1, 31)}"
        return self.rng.choice([self.reg(), f"{self.reg()}, rrx"])

    def data(self) -> None:
        s = self.rng.choice(["", "s"])
        kind = self.rng.randrange(6)
        if kind < 3:
            name = self.rng.choice(_DATA)
            self.emit(f"{name}{s}{self.cond()} {self.reg()}, {self.reg()}, {self.operand()}")
        elif kind == 3:
            self.emit(
                f"{self.rng.choice(_MOVES)}{s}{self.cond()} {self.reg()}, #{self.immediate():#x}"
            )
        else:
            self.emit(f"{self.rng.choice(_TESTS)}{self.cond()} {self.reg()}, {self.operand()}")

    def media(self) -> None:
        a, b, c = self.reg(), self.reg(), self.reg()
        low, high = self.rng.sample(_FREE, 2)
        bit, width = self.rng.randrange(16), self.rng.randint(1, 16)
        self.emit(
            self.rng.choice(
                [
                    f"mul {a}, {b}, {c}",
                    f"muls {a}, {b}, {c}",
                    f"mla {a}, {b}, {c}, {self.reg()}",
                    f"mls {a}, {b}, {c}, {self.reg()}",
                    f"umull {low}, {high}, {b}, {c}",
                    f"smlals {low}, {high}, {b}, {c}",
                    f"smulbt {a}, {b}, {c}",
                    f"smlabb {a}, {b}, {c}, {self.reg()}",
                    f"clz {a}, {b}",
                    f"rev {a}, {b}",
                    f"rbit {a}, {b}",
                    f"ubfx {a}, {b}, #{bit}, #{width}",
                    f"bfi {a}, {b}, #{bit}, #{width}",
                    f"sxtab {a}, {b}, {c}, ror #8",
                    f"uxth {a}, {b}",
                    f"ssat {a}, #{width}, {b}",
                    f"qadd {a}, {b}, {c}",
                    f"qdsub {a}, {b}, {c}",
                    f"sadd16 {a}, {b}, {c}",
                    f"usub8 {a}, {b}, {c}",
                    f"sel {a}, {b}, {c}",
                    f"pkhbt {a}, {b}, {c}, lsl #3",
                    f"usada8 {a}, {b}, {c}, {self.reg()}",
                    f"movw {a}, #{self.rng.randrange(65536)}",
                    f"movt {a}, #{self.rng.randrange(65536)}",
                    f"mrs {a}, cpsr",
                    f"msr cpsr_f, {b}",
                    f"msr cpsr_s, {b}",
                ]
            )
        )

    def memory(self) -> None:
        r = self.rng
        offset, a = 4 * r.randrange(64), self.reg()
        kind = r.randrange(8)
        if kind == 0:
            self.emit(f"{r.choice(['ldr', 'str', 'ldrb', 'strb'])} {a}, [r9, #{offset}]")
        elif kind == 1:
            op = r.choice(["ldrh", "strh", "ldrsb", "ldrsh"])
            self.emit(f"{op} {a}, [r9, #{offset & 0xFC}]")
        elif kind == 2:
            self.emit(f"add r12, r9, #{offset}")
            form = r.choice(["[r12], #4", "[r12, #-4]!", "[r12], -r12, lsr #30", "[r12, #8]!"])
            self.emit(f"{r.choice(['ldr', 'str'])} {a}, {form}")
        elif kind == 3:
            regs = ", ".join(sorted(r.sample(_FREE, r.randint(1, 5))))
            self.emit(f"add r12, r9, #{128 + (offset & 0x3C)}")
            way = r.choice(["ia", "ib", "da", "db"])
            self.emit(f"{r.choice(['ldm', 'stm'])}{way} r12{r.choice(['', '!'])}, {{{regs}}}")
        elif kind == 4:
            pair = r.choice(["r0, r1", "r2, r3", "r4, r5"])
            self.emit(f"{r.choice(['ldrd', 'strd'])} {pair}, [r9, #{offset & 0xF8}]")
        elif kind == 5:
            other = "r3" if a != "r3" else "r4"
            self.emit(f"add r12, r9, #{offset}", f"ldrex {a}, [r12]", f"strex {other}, {a}, [r12]")
        elif kind == 6:
            self.emit(f"and r12, {a}, #60", f"ldr {self.reg()}, [r9, r12, lsl #1]")
        else:
            self.emit(f"vmov s0, {a}", "vadd.f32 s1, s0, s0", f"vmov {self.reg()}, s1")
            self.emit(f"vstr d0, [r9, #{offset}]", f"vldr d2, [r9, #{offset}]")

    def branch(self) -> None:
        target = self.label()
        self.emit(f"b{self.cond()} {target}")
        for _ in range(self.rng.randint(1, 3)):
            self.data()
        self.place(target)

    def exception(self, *, user: bool) -> None:
        r = self.rng
        kind = r.randrange(9 if user else 7)
        if kind == 0:
            self.emit(f"mov r7, #{r.randrange(4)}", f"svc #{r.randrange(256)}")
        elif kind == 1:
            self.emit(".inst 0xe7f000f0")
        elif kind == 2:
            form = r.choice(["ldr r0, [r12, #4]!", "str r1, [r12], #8", "ldm r12!, {r0-r3}"])
            self.emit(f"ldr r12, ={UNMAPPED + 4 * r.randrange(1000):#x}", form)
        elif kind == 3:
            page = PAGES + 0x1000 * r.randrange(8) + 4 * r.randrange(256)
            form = r.choice(["ldr r0, [r12]", "str r0, [r12]", "stmia r12!, {r0, r1}"])
            self.emit(f"ldr r12, ={page:#x}", form)
        elif kind == 4:
            back = self.label()
            nowhere = UNMAPPED + 4 * r.randrange(99)
            self.emit(f"adr r11, {back}", f"ldr r12, ={nowhere:#x}", "bx r12")
            self.place(back)
        elif kind == 5:
            back = self.label()
            self.emit(f"adr r11, {back}", f"ldr r12, ={PAGES + 0x6000:#x}", "bx r12")
            self.place(back)
        elif kind == 6:
            page = PAGES + 0x1000 * r.randrange(8)
            form = r.choice(["ldrt r0, [r12], #4", "strt r0, [r12], #4", "ldrbt r1, [r12], #1"])
            self.emit(f"ldr r12, ={page:#x}", form)
        elif kind == 7:
            self.emit("mrc p15, 0, r0, c1, c0, 0")
        else:
            kernel = "ldr r12, =0xc0008000\n ldr r0, [r12]"
            self.emit(r.choice(["cps #0x13", "msr cpsr_c, r0", kernel]))

    def privileged(self) -> None:
        r = self.rng
        name = r.choice(list(_MODES))
        kind = r.randrange(5)
        if kind == 0:
            self.emit(f"cps #{_MODES[name]:#x}")
        elif kind == 1:
            self.emit("mrs r12, cpsr", "bic r12, r12, #0x1f", f"orr r12, r12, #{_MODES[name]:#x}")
            self.emit("msr cpsr_c, r12")
        elif kind == 2:
            self.emit(r.choice(["cpsid af", "cpsie a", "cpsie f", "cpsid i", "cpsid a, #0x13"]))
        elif kind == 3:
            self.emit(f"mrc p15, 0, r12, c{r.choice([5, 6])}, c0, 0")
        else:
            self.emit("add r12, r9, #0x100", "stmia r12, {r0, sp, lr}^", "ldmia r12, {r0, sp, lr}^")
            self.emit("nop")

    def some(self, count: int, *, user: bool) -> None:
        for _ in range(count):
            choice = self.rng.random()
            if choice < 0.45:
                self.data()
            elif choice < 0.60:
                self.media()
            elif choice < 0.80:
                self.memory()
            elif choice < 0.87:
                self.branch()
            elif choice < 0.95 or user:
                self.exception(user=user)
            else:
                self.privileged()


_HANDLERS = """
v_svc:
    cmn r7, #1
    bxeq r10
    cmp r7, #1
    movslo pc, lr
    bhi 1f
    push {r0-r3, lr}
    mrs r0, spsr
    ldm sp!, {r0-r3, pc}^
1:  cmp r7, #2
    bne 2f
    srsdb sp!, #0x13
    mov r2, r3
    rfeia sp!
2:  push {r0, lr}
    mrs r0, spsr
    msr spsr_cxsf, r0
    pop {r0, lr}
    subs pc, lr, #0
v_und:
    mrs r12, spsr
    movs pc, lr
v_dabt:
    mrc p15, 0, r12, c5, c0, 0
    mrc p15, 0, r8, c6, c0, 0
    subs pc, lr, #4
v_pabt:
    mrc p15, 0, r12, c5, c0, 1
    mrc p15, 0, r8, c6, c0, 2
    mov lr, r11
    movs pc, lr
"""


def program(seed: int, blocks: int, length: int) -> bytes:
    """The image of a random program, entered at KERNEL + ENTRY_OFFSET with the MMU on."""
    g = Generator(seed)
    g.emit("b start", ".balign 32")
    g.place("vectors")
    g.emit("b .", "b v_und", "b v_svc", "b v_pabt", "b v_dabt", "b .", "b .", "b .")
    g.lines.append(_HANDLERS)
    g.place("start")
    g.emit("ldr r0, =vectors", "mcr p15, 0, r0, c12, c0, 0")
    g.emit("mov r0, #0xf00000", "mcr p15, 0, r0, c1, c0, 2", "isb")
    g.emit("mov r0, #0x40000000", "vmsr fpexc, r0")
    for place, mode in enumerate([0x11, *_MODES.values()]):
        g.emit(f"cps #{mode:#x}", f"ldr sp, ={KERNEL + 0xF0000 + 0x1000 * place:#x}")
    g.emit(f"ldr r9, ={USER + 0x80000:#x}", "cps #0x13")
    for _ in range(blocks):
        g.some(length, user=False)
        user, back = g.label(), g.label()
        g.emit("cps #0x13", f"ldr r10, ={back}", f"ldr lr, ={user}", "mov r12, #0x10")
        g.emit("msr spsr_cxsf, r12", "movs pc, lr", ".ltorg")
        g.place(user)
        g.some(length, user=True)
        g.emit("mvn r7, #0", "svc #0", "b .", ".ltorg")
        g.place(back)
    g.place("end")
    g.emit("b end", ".ltorg")
    return assemble("\n".join(g.lines), KERNEL + ENTRY_OFFSET)


def image(code: bytes, base: int) -> bytes:
    """RAM from physical ``base``: prologue, tables, the program. Both privileges may execute it.

    The kernel's megabyte is readable from user mode (AP=010), for its code runs there, too.
    """
    assert len(code) < 0x80000
    ram = bytearray(IMAGE_SIZE)
    tables = [0] * 4096
    tables[base >> 20] = base | 0x402
    tables[KERNEL >> 20] = base | 0x802
    tables[USER >> 20] = (base + 0x100000) | 0xC02
    tables[PAGES >> 20] = (base + L2_OFFSET) | 1
    struct.pack_into("<4096I", ram, L1_OFFSET, *tables)
    pages = [0] * 256
    for number, ap in enumerate((0b01, 0b10, 0b11, 0b100001, 0b100011, 0b00, 0b11, 0b11)):
        bits = (ap & 3) << 4 | (0x200 if ap & 0b100000 else 0) | 2 | (number == 6)
        pages[number] = (base + 0x200000 + 0x1000 * number) | bits
    pages[7] = 0
    struct.pack_into("<256I", ram, L2_OFFSET, *pages)
    prologue = assemble(
        f"""
    add r0, r2, #{L1_OFFSET:#x}
    mcr p15, 0, r0, c2, c0, 0
    mov r0, #1
    mcr p15, 0, r0, c3, c0, 0
    mcr p15, 0, r0, c8, c7, 0
    mrc p15, 0, r0, c1, c0, 0
    orr r0, r0, #1
    ldr r1, ={KERNEL + ENTRY_OFFSET:#x}
    mcr p15, 0, r0, c1, c0, 0
    isb
    bx r1
    .ltorg
""",
        0,
    )
    ram[PROLOGUE_OFFSET : PROLOGUE_OFFSET + len(prologue)] = prologue
    ram[ENTRY_OFFSET : ENTRY_OFFSET + len(code)] = code
    return bytes(ram)
