"""A machine and its knowledge in a few dictionaries, for panes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ringview.arm.fault import decode_fsr
from ringview.arm.psr import Mode
from ringview.machine.events import Transition
from ringview.views.inputs import (
    CallFrame,
    Function,
    Rule,
    Scene,
    Task,
    ThumbRow,
    TlbRow,
    Walk,
    WalkStage,
)

PAGE = 4096

USR = 0x60000010
SVC = 0x60000093

TEXT = 0x00010000
USER_SP = 0xBEF00C20
STACK = 0xC081C000
TOP = STACK + 8192 - 8


def registers(**changes: int) -> dict[str, int]:
    values = {f"r{i}": 0 for i in range(13)}
    values |= {"sp": USER_SP, "lr": 0, "pc": TEXT, "cpsr": USR}
    for mode in ("usr", "svc", "abt", "und", "irq", "fiq"):
        values |= {f"sp_{mode}": 0, f"lr_{mode}": 0}
        if mode != "usr":
            values[f"spsr_{mode}"] = 0
    values |= {"sp_usr": USER_SP, "sp_svc": TOP}
    values |= changes
    return values


def system(**changes: int) -> dict[str, int]:
    values = dict.fromkeys(
        ("ttbr1", "ttbcr", "dfsr", "dfar", "ifsr", "ifar", "vbar", "tpidruro", "tpidrprw"), 0
    )
    values |= {"ttbr0": 0x80004000, "dacr": 0x15, "contextidr": 3, "sctlr": 0x00C5387D}
    values |= changes
    return values


@dataclass
class FakeState:
    """Memory is a dictionary of pages; what is not in it is not mapped."""

    registers: Mapping[str, int] = field(default_factory=registers)
    system: Mapping[str, int] = field(default_factory=system)
    icount: int = 1000
    pages: dict[int, bytearray] = field(default_factory=dict)

    def write(self, va: int, data: bytes) -> FakeState:
        for i, byte in enumerate(data):
            page = self.pages.setdefault((va + i) // PAGE, bytearray(PAGE))
            page[(va + i) % PAGE] = byte
        return self

    def words(self, va: int, *words: int) -> FakeState:
        return self.write(va, b"".join(w.to_bytes(4, "little") for w in words))

    def read_virtual(self, va: int, size: int) -> bytes | None:
        out = bytearray()
        for at in range(va, va + size):
            page = self.pages.get(at // PAGE)
            if page is None:
                return None
            out.append(page[at % PAGE])
        return bytes(out)

    def read_physical(self, pa: int, size: int) -> bytes | None:
        return None


@dataclass
class FakeKnowledge:
    functions: Sequence[Function] = ()
    lines: Mapping[int, tuple[str, int]] = field(default_factory=dict)
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    symbols: Mapping[str, int] = field(default_factory=dict)
    syscalls: Mapping[int, str] = field(default_factory=dict)
    texts: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    current: Task | None = None
    frames: Sequence[CallFrame] = ()
    names: Mapping[int, str] = field(default_factory=dict)
    stack: tuple[int, int] = (0xBEE00000, 0xBEF01000)
    fields: Mapping[int, str] = field(default_factory=dict)
    entry_sp: int = 0
    file: Mapping[int, int] = field(default_factory=dict)
    walks: Mapping[int, Walk] = field(default_factory=dict)

    def place(self, va: int) -> str:
        found = self.function(va)
        if found is not None:
            return found.name if va == found.start else f"{found.name}+{va - found.start:#x}"
        return self.label(va)

    def function(self, va: int) -> Function | None:
        return next((f for f in self.functions if f.start <= va < f.end), None)

    def label(self, va: int) -> str:
        found = next((f.name for f in self.functions if f.start == va), "")
        return found or next((n for n, at in self.symbols.items() if at == va), "")

    def line(self, va: int) -> tuple[str, int] | None:
        return self.lines.get(va)

    def outer_line(self, va: int) -> tuple[str, int] | None:
        return self.lines.get(va)

    def source(self, path: str) -> Sequence[str]:
        return self.sources.get(path, ())

    def disassemble(self, va: int, encoding: int) -> tuple[str, str]:
        return self.texts.get(encoding, (".word", f"0x{encoding:08x}"))

    def disassemble_thumb(self, va: int, code: bytes) -> Sequence[ThumbRow]:
        return [ThumbRow(va + i, code[i : i + 2].hex(), "nop", "") for i in range(0, len(code), 2)]

    def image_word(self, va: int) -> int | None:
        return self.file.get(va)

    def symbol(self, name: str) -> int | None:
        return self.symbols.get(name)

    def syscall(self, nr: int) -> str:
        return self.syscalls.get(nr, "")

    def task(self) -> Task | None:
        return self.current

    def backtrace(self) -> Sequence[CallFrame]:
        return self.frames

    def walk(self, va: int) -> Walk:
        return self.walks.get(va, UNMAPPED(va))

    def refill(self, row: TlbRow) -> TlbRow | None:
        if row.asid not in (-1, 3):
            return row
        found = self.walk(row.va)
        return replace(row, pa=found.pa, size=found.page_size) if found.mapped else None

    def named(self, va: int) -> str:
        return self.names.get(va, "")

    def field(self, va: int) -> str:
        return self.fields.get(va, "")

    def user_stack(self) -> tuple[int, int]:
        return self.stack

    def initial_sp(self) -> int:
        return self.entry_sp


HELLO2 = Task(2, "hello2", 0xC0812000, STACK, 0xC0813000)


def UNMAPPED(va: int) -> Walk:  # noqa: N802
    return Walk(
        va,
        False,
        0,
        0,
        -1,
        "1 client",
        "",
        (WalkStage("L1", f"VA[31:20] = {va >> 20:#x}", 0x80004000 + (va >> 20) * 4, 0, "fault"),),
        tuple(
            Rule(level, access, False, "the first-level descriptor is 0", "TRANSLATION_SECTION")
            for level in ("PL0", "PL1")
            for access in ("read", "write", "execute")
        ),
    )


def MAPPED(va: int, pa: int) -> Walk:  # noqa: N802
    return Walk(
        va,
        True,
        pa,
        4096,
        3,
        "1 client",
        "normal, write-back",
        (
            WalkStage("L1", f"VA[31:20] = {va >> 20:#x}", 0x80004000, 0x81021C31, "page table"),
            WalkStage("L2", "VA[19:12] = 0x0", 0x81021C00, pa | 0x83F, "small page"),
        ),
        tuple(
            Rule(level, access, access != "execute", "AP = 0b011: full access", "")
            for level in ("PL0", "PL1")
            for access in ("read", "write", "execute")
        ),
    )


def scene(
    state: FakeState | None = None, know: FakeKnowledge | None = None, **options: Any
) -> Scene:
    before = options.pop("before", None)
    return Scene(state or FakeState(), before, know or FakeKnowledge(), **options)


def transition(**changes: object) -> Transition:
    """The hello2 svc, unless told otherwise."""
    values: dict[str, object] = {
        "icount": 1000,
        "from_mode": Mode.USR,
        "to_mode": Mode.SVC,
        "cause": "svc",
        "pc": 0x000102A4,
        "target": 0xFFFF0008,
        "vector": 0xFFFF0008,
        "lr": 0x000102A8,
        "spsr": USR,
        "cpsr_before": USR,
        "cpsr_after": SVC,
        "registers": (0xBEF00C40, 0xBEF00C50, 0, 0, 0, 0, 0, 401, *(0,) * 5, USER_SP, 0, 0x102A4),
        "sp_usr": USER_SP,
        "lr_usr": 0,
        "sp_svc": TOP,
        "fault": None,
        "fault_status": 0,
        "fault_address": None,
        "ttbr0": 0x80004000,
        "contextid": 3,
    }
    values |= changes
    if values["cause"] in ("return", "msr", "cps"):
        values["vector"] = None
    if values["fault_status"]:
        values["fault"] = decode_fsr(int(str(values["fault_status"])))
    return Transition(**values)  # type: ignore[arg-type]
