"""What the images and the guest's own structures say, for the panes: `Knowledge` on a session.

`GuestBook` lives as long as the session and remembers what cannot change: names and lines of
addresses, disassembly, source text. `StopKnowledge` is made for one stop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from weakref import WeakKeyDictionary

from ringview.arm.disasm import disassemble
from ringview.guest.image import Image
from ringview.guest.kernel import KernelAwareness
from ringview.guest.kernel import Mapping as Area
from ringview.guest.kernel import Task as GuestTask
from ringview.guest.syscalls import Syscalls
from ringview.guest.unwind import SIGNAL, backtrace
from ringview.guest.unwind import Frame as GuestFrame
from ringview.machine.mmu import MmuRegisters
from ringview.session.codemap import CodeMap
from ringview.session.session import Session
from ringview.views.inputs import (
    PAGE_OFFSET,
    TASK_SIZE,
    CallFrame,
    Function,
    StateView,
    Task,
    ThumbRow,
    TlbRow,
    Walk,
)
from ringview.views.meaning import vector_name
from ringview.views.reverse import Memory
from ringview.views.spaces import Space, address_spaces
from ringview.views.stages import Physical, explain, mmu_registers, refill, walk_of
from ringview.views.words import address, read_word

K = TypeVar("K")
V = TypeVar("V")

_CACHE = 1 << 16
"""Entries a cache may hold before it is emptied: more than any lecture looks at."""


class GuestBook:
    """Names, lines, disassembly and sources; answers are remembered.

    Args:
        code: symbols and lines of kernel and program.
        syscalls: the kernel's system calls.
        root: directory that DWARF's file names are relative to.
    """

    def __init__(self, code: CodeMap, syscalls: Syscalls, root: Path | None) -> None:
        self.code = code
        self.syscalls = syscalls
        self._root = root
        self._places: dict[int, str] = {}
        self._functions: dict[int, Function | None] = {}
        self._lines: dict[int, tuple[str, int] | None] = {}
        self._sources: dict[str, tuple[str, ...]] = {}
        self._texts: dict[tuple[int, int], tuple[str, str]] = {}

    @classmethod
    def of(cls, session: Session) -> GuestBook:
        """Return a session's one book, with all that it has remembered."""
        book = _BOOKS.get(session)
        if book is None:
            book = _BOOKS[session] = cls(session.code, session.prototypes, session.root)
        return book

    def place(self, va: int) -> str:
        """Return ``name`` or ``name+0x1c``, "" where no symbol covers the address."""
        found = self._places.get(va)
        if found is None:
            where = self.code.locate(va)
            found = "" if where is None else str(where)
            self._remember(self._places, va, found)
        return found

    def function(self, va: int) -> Function | None:
        """Return the function around an address, by DWARF, else by symbols."""
        if va in self._functions:
            return self._functions[va]
        found = self._find_function(va)
        self._remember(self._functions, va, found)
        return found

    def _find_function(self, va: int) -> Function | None:
        image = self.code.image(va)
        if image is None:
            return None
        known = image.debug.function_at(va)
        if known is not None:
            return Function(known.name, known.low, known.high)
        where = image.symbols.find(va)
        if where is None or where.symbol.kind == "object" or not image.has_code_at(va):
            return None
        extent = image.symbols.extent(where.symbol.name)
        start = va - where.offset
        end = extent.stop if extent is not None and va in extent else va + 4
        return Function(where.symbol.name, start, end)

    def label(self, va: int) -> str:
        """Return the symbol that stands exactly at an address, or ""."""
        where = self.code.locate(va)
        return where.symbol.name if where is not None and where.offset == 0 else ""

    def line(self, va: int) -> tuple[str, int] | None:
        """Return path and line of an instruction."""
        if va in self._lines:
            return self._lines[va]
        line = self.code.line(va)
        found = None if line is None else (line.file, line.number)
        self._remember(self._lines, va, found)
        return found

    def _remember(self, cache: dict[int, V], va: int, value: V) -> None:
        """Keep an answer; but what is not known of a user's address may yet become so."""
        if value or va >= PAGE_OFFSET:
            _remember(cache, va, value)

    def outer_line(self, va: int) -> tuple[str, int] | None:
        """Return the line of the outermost call that is expanded at an address, else its own."""
        image = self.code.image(va)
        expanded = image.debug.inlined_at(va) if image is not None else []
        if image is None or not expanded:
            return self.line(va)
        outermost = expanded[0]
        return image.debug.files[outermost.call_file], outermost.call_line

    def source(self, path: str) -> Sequence[str]:
        """Return a source file's lines, empty if it is not at hand."""
        if path not in self._sources:
            text = ""
            if self._root is not None:
                try:
                    text = (self._root / path).read_text(encoding="utf-8", errors="replace")
                except OSError:
                    text = ""
            self._sources[path] = tuple(line.expandtabs(8) for line in text.splitlines())
        return self._sources[path]

    def disassemble(self, va: int, encoding: int) -> tuple[str, str]:
        """Return mnemonic and operands of an A32 instruction."""
        found = self._texts.get((va, encoding))
        if found is None:
            (text,) = disassemble(encoding.to_bytes(4, "little"), va)
            operands = text.operands if text.target is None else address(text.target)
            found = (text.mnemonic, operands)
            _remember(self._texts, (va, encoding), found)
        return found

    def symbol(self, name: str) -> int | None:
        """Return a kernel symbol's address, else a program symbol's."""
        for image in (self.code.kernel, self.code.program):
            found = None if image is None else image.symbols.address_of(name)
            if found is not None:
                return found
        return None


def _halfwords(code: bytes) -> str:
    """A 32-bit Thumb instruction as the manual writes it: the first halfword first."""
    return code[1::-1].hex() + code[3:1:-1].hex()


def _remember(cache: dict[K, V], key: K, value: V) -> None:
    if len(cache) >= _CACHE:
        cache.clear()
    cache[key] = value


_AHEAD = {0x04: 4, 0x08: 0, 0x0C: 4, 0x10: 8, 0x18: 4, 0x1C: 4}
"""By vector: what lr is ahead of the instruction to go on with (ARM DDI 0406C, B1.8.3)."""


_BOOKS: WeakKeyDictionary[Session, GuestBook] = WeakKeyDictionary()


class StopKnowledge:
    """`ringview.views.inputs.Knowledge` at one stop.

    Args:
        book: what does not change.
        state: the machine.
        awareness: reads the kernel's structures.
        initial_sp: sp as the program got it, 0 if it has not started.

    Attributes:
        names: watched structures by address; set once they are resolved.
        fields: words of watched structures by address, named as their members.
    """

    def __init__(
        self,
        book: GuestBook,
        state: StateView,
        awareness: KernelAwareness | None,
        initial_sp: int = 0,
    ) -> None:
        self._book = book
        self._state = state
        self._awareness = awareness
        self._initial_sp = initial_sp
        self.names: Mapping[int, str] = {}
        self.fields: Mapping[int, str] = {}
        self._walks: dict[int, Walk] = {}
        self._mmu = bool(state.system.get("sctlr", 0) & 1)

    def _linked(self, va: int) -> int:
        return va if self._mmu else self._book.code.linked(va, mmu=False)

    def place(self, va: int, /) -> str:
        """See `ringview.views.inputs.Knowledge`."""
        return self._book.place(self._linked(va))

    def function(self, va: int, /) -> Function | None:
        """See `ringview.views.inputs.Knowledge`."""
        linked = self._linked(va)
        found = self._book.function(linked)
        if found is None or linked == va:
            return found
        shift = linked - va
        return Function(found.name, found.start - shift, found.end - shift)

    def label(self, va: int, /) -> str:
        """See `ringview.views.inputs.Knowledge`."""
        return self._book.label(self._linked(va))

    def line(self, va: int, /) -> tuple[str, int] | None:
        """See `ringview.views.inputs.Knowledge`."""
        return self._book.line(self._linked(va))

    def outer_line(self, va: int, /) -> tuple[str, int] | None:
        """See `ringview.views.inputs.Knowledge`."""
        return self._book.outer_line(self._linked(va))

    def source(self, path: str, /) -> Sequence[str]:
        """See `ringview.views.inputs.Knowledge`."""
        return self._book.source(path)

    def disassemble(self, va: int, encoding: int, /) -> tuple[str, str]:
        """See `ringview.views.inputs.Knowledge`."""
        return self._book.disassemble(va, encoding)

    def disassemble_thumb(self, va: int, code: bytes, /) -> Sequence[ThumbRow]:
        """See `ringview.views.inputs.Knowledge`."""
        return [
            ThumbRow(
                text.address,
                text.code[::-1].hex() if text.size == 2 else _halfwords(text.code),
                text.mnemonic,
                text.operands if text.target is None else address(text.target),
                text.target,
            )
            for text in disassemble(code, va, thumb=True)
        ]

    def image_word(self, va: int, /) -> int | None:
        """See `ringview.views.inputs.Knowledge`."""
        linked = self._linked(va)
        image = self._book.code.image(linked)
        data = None if image is None else image.elf.read(linked, 4)
        return None if data is None or len(data) < 4 else int.from_bytes(data, "little")

    def symbol(self, name: str, /) -> int | None:
        """See `ringview.views.inputs.Knowledge`."""
        return self._book.symbol(name)

    def syscall(self, nr: int, /) -> str:
        """See `ringview.views.inputs.Knowledge`."""
        return self._book.syscalls.name(nr) or ""

    def named(self, va: int, /) -> str:
        """See `ringview.views.inputs.Knowledge`."""
        return self.names.get(va, "")

    def field(self, va: int, /) -> str:
        """See `ringview.views.inputs.Knowledge`."""
        return self.fields.get(va, "")

    def initial_sp(self) -> int:
        """See `ringview.views.inputs.Knowledge`."""
        return self._initial_sp

    @cached_property
    def _guest_task(self) -> GuestTask | None:
        if self._awareness is None:
            return None
        sp = self._state.registers["sp_svc"]
        return self._awareness.current_task(self._state.read_virtual, sp)

    @cached_property
    def _task(self) -> Task | None:
        task = self._guest_task
        if task is None:
            return None
        return Task(task.pid, task.comm, task.address, task.stack.start, task.mm)

    def task(self) -> Task | None:
        """See `ringview.views.inputs.Knowledge`."""
        return self._task

    @cached_property
    def areas(self) -> Sequence[Area]:
        """The current process's mappings."""
        task = self._guest_task
        if task is None or self._awareness is None:
            return ()
        return self._awareness.mappings(self._state.read_virtual, task)

    @cached_property
    def _user_stack(self) -> tuple[int, int]:
        sp = self._state.registers["sp_usr"]
        found = next((a for a in self.areas if a.start <= sp < a.end), None)
        if found is None:
            found = next((a for a in self.areas if a.name == "[stack]"), None)
        return (0, 0) if found is None else (found.start, found.end)

    def user_stack(self) -> tuple[int, int]:
        """See `ringview.views.inputs.Knowledge`."""
        return self._user_stack

    @cached_property
    def guest_frames(self) -> Sequence[GuestFrame]:
        """The unwound stack, with registers."""
        registers = self._state.registers
        if registers["cpsr"] & 0x20:
            return ()
        words = [registers[f"r{i}"] for i in range(13)]
        words += [registers["sp"], registers["lr"], registers["pc"]]
        names = ("sp_usr", "lr_usr", "sp_svc", "lr_svc", "spsr")
        banked = {name: registers[name] for name in names if name in registers}
        if vector_name(registers["pc"]) and "spsr" in banked:
            return self._from_vector(words, banked)
        return backtrace(
            self._state.read_virtual,
            words,
            self._image_at,
            cpsr=registers["cpsr"],
            banked=banked,
        )

    def _from_vector(self, words: list[int], banked: Mapping[str, int]) -> Sequence[GuestFrame]:
        """At a vector nothing is saved yet: what was interrupted is all in the banks."""
        name = vector_name(words[15])
        spsr = banked["spsr"]
        user = spsr & 0x1F == 0x10
        bank = "usr" if user else "svc"
        inner = GuestFrame(words[15], words[13], tuple(words), name, 0, user=False)
        before = [*words[:13], banked[f"sp_{bank}"], banked[f"lr_{bank}"]]
        before.append((words[14] - _AHEAD.get(words[15] & 0x1F, 0)) & 0xFFFFFFFF)
        outer = backtrace(
            self._state.read_virtual, before, self._image_at, cpsr=spsr, banked=banked
        )
        if not outer:
            return [inner]
        why = {8: "system call"}.get(words[15] & 0x1F, "exception")
        return [inner, replace(outer[0], boundary=why), *outer[1:]]

    def _image_at(self, va: int) -> Image | None:
        image = self._book.code.image(va)
        return image if image is not None and image.has_code_at(va) else None

    def backtrace(self) -> Sequence[CallFrame]:
        """See `ringview.views.inputs.Knowledge`."""
        return [
            CallFrame(f.pc, f.sp, f.saved, boundary_text(f), f.pt_regs, f.user)
            for f in self.guest_frames
        ]

    def walk(self, va: int, /) -> Walk:
        """See `ringview.views.inputs.Knowledge`."""
        if va not in self._walks:
            self._walks[va] = explain(walk_of(self._state, va))
        return self._walks[va]

    def refill(self, row: TlbRow, /) -> TlbRow | None:
        """See `ringview.views.inputs.Knowledge`."""
        mmu: MmuRegisters | None = self._registers
        if row.asid not in (-1, self._registers.asid):
            theirs = (space for space in self.spaces if space.asid == row.asid)
            mmu = next((space.registers(self._registers) for space in theirs), None)
        return row if mmu is None else refill(self._state, mmu, row)

    @cached_property
    def spaces(self) -> Sequence[Space]:
        """All address spaces, the one in use first."""
        return address_spaces(self._state, self._awareness, self._book.symbol)

    def memory(self) -> Memory:
        """What the way back from physical addresses is looked for in."""
        return Memory(Physical(self._state), self._registers, self.spaces, self.whose)

    def whose(self, va: int, /) -> str:
        """Return what an address is for: the process's mapping around it, or a kernel symbol."""
        if va >= TASK_SIZE:
            return self.label(va)
        names = (area.name for area in self.areas if area.start <= va < area.end)
        return next(names, "")

    @cached_property
    def _registers(self) -> MmuRegisters:
        return mmu_registers(self._state.system)

    def handler(self, nr: int) -> str:
        """Return the name of a system call's handler by the table in guest memory, or ""."""
        table = self._book.symbol("sys_call_table")
        if table is None or not 0 <= nr < 1024:
            return ""
        word = read_word(self._state.read_virtual, table + 4 * nr)
        return "" if word is None or word < PAGE_OFFSET else self._book.place(word)


def boundary_text(frame: GuestFrame) -> str:
    """Return how the core came from this frame to the inner one: ``system call, saved in
    pt_regs``.
    """
    if not frame.boundary:
        return ""
    if frame.boundary == SIGNAL:
        return "signal came here, user mode (saved on the user stack)"
    where = " (saved in pt_regs)" if frame.pt_regs else " (still in the banked registers)"
    level = "user" if frame.user else "kernel"
    return f"{frame.boundary} came from here, {level} mode{where}"
