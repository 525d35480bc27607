"""The real kernel and programs on the real machine, seen with the eyes of this layer."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from ringview.arm.psr import Mode
from ringview.errors import RingviewError
from ringview.guest.calltext import format_call
from ringview.guest.image import Image
from ringview.guest.kernel import TASK_SIZE, KernelAwareness
from ringview.guest.loader import prepare
from ringview.guest.syscalls import Syscalls
from ringview.guest.toolchain import build_kernel, build_program
from ringview.guest.tree import find_tree
from ringview.guest.types import read_typed
from ringview.guest.unwind import Frame, backtrace
from ringview.machine.machine import Machine, MachineConfig, Stop, StopReason

PAGE = 4096


class Guest:
    """A booted guest that has reached its program's first instruction."""

    def __init__(self, program: str, *arguments: str) -> None:
        kernel = build_kernel()
        setup = prepare(kernel.path, build_program(program), arguments)
        self.kernel = Image.load(kernel.path)
        assert setup.program is not None
        self.program = Image(setup.program)
        self.awareness = KernelAwareness(self.kernel)
        self.machine = Machine(MachineConfig(ram_bytes=setup.memory_size))
        for address, data in setup.loads:
            self.machine.load(address, data)
        self.machine.set_boot(setup.entry, **dict(setup.registers))
        self._pages: dict[int, bytes | None] = {}
        while self.machine.registers().mode is not Mode.USR:
            stop = self.machine.run(50_000_000, stop_on_transition=True)
            assert stop.reason is StopReason.TRANSITION, stop

    def read(self, address: int, size: int) -> bytes | None:
        """Read what is mapped, whoever may: software PAN does not blind a debugger."""
        out = b""
        while len(out) < size:
            at = address + len(out) & 0xFFFFFFFF
            page = self._page(at & -PAGE)
            if page is None:
                return None
            out += page[at % PAGE : at % PAGE + size - len(out)]
        return out

    def _page(self, address: int) -> bytes | None:
        if address not in self._pages:
            pa = self.machine.walk(address).pa
            try:
                self._pages[address] = None if pa is None else self.machine.read_physical(pa, PAGE)
            except RingviewError:
                self._pages[address] = None
        return self._pages[address]

    def step(self, count: int) -> Stop:
        self._pages.clear()
        return self.machine.step(count)

    def run_to_end(self) -> None:
        self._pages.clear()
        assert self.machine.run(100_000_000).reason is StopReason.HALTED

    def image_at(self, address: int) -> Image | None:
        for image in (self.kernel, self.program):
            if image.has_code_at(address):
                return image
        return None

    def backtrace(self) -> list[Frame]:
        now = self.machine.registers()
        banked = {
            "sp_usr": now.sp[Mode.USR],
            "lr_usr": now.lr[Mode.USR],
            "sp_svc": now.sp[Mode.SVC],
            "lr_svc": now.lr[Mode.SVC],
        }
        if now.spsr is not None:
            banked["spsr"] = now.spsr
        return backtrace(self.read, now.r, self.image_at, cpsr=now.cpsr, banked=banked)


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (("hello2", "beagle", "7"), {"system call", "prefetch abort"}),
        (("segv",), {"data abort", "prefetch abort"}),
        (("illegal",), {"undefined instruction", "prefetch abort"}),
        (("threads",), {"system call", "prefetch abort"}),
    ],
)
def test_instructions_of_user_and_kernel_unwinds_to_the_programs_start(
    program: tuple[str, ...], expected: set[str]
) -> None:
    guest = Guest(*program)
    crossings: Counter[str] = Counter()
    stride = random.Random(program[0])
    for _ in range(2_500):
        frames = guest.backtrace()
        names = [frame.function for frame in frames]
        if {"exit_mmap", "do_exit", "__switch_to", "schedule"} & set(names):
            break
        assert names[-1] in {"_start", "start_c"}, (guest.machine.icount, names)
        assert frames[-1].user
        border = [frame for frame in frames if frame.boundary]
        assert len(border) <= 1 or border[0].boundary != border[1].boundary
        for frame in border:
            crossings[frame.boundary] += 1
            if frame.pt_regs:
                saved = guest.awareness.saved_registers(guest.read, frame.pt_regs)
                assert saved is not None
                assert saved["pc"] == frame.pc
                assert saved["sp"] == frame.sp
        for frame in frames:
            assert frame.user == (frame.pc < TASK_SIZE)
        if guest.step(stride.choice((1, 1, 3, 8))).reason is StopReason.HALTED:
            break
    assert {reason for reason, count in crossings.items() if count > 30} >= expected


def test_tasks_memory_map_log_and_end() -> None:
    guest = Guest("hello2", "beagle", "7")
    assert guest.awareness.exit_status(guest.read) is None
    task = guest.awareness.current_task(guest.read, guest.machine.registers().sp[Mode.SVC])
    assert task is not None
    assert task.comm == "hello2"
    assert task.mm
    tasks = guest.awareness.tasks(guest.read)
    assert tasks is not None
    assert [t.pid for t in tasks] == list(range(len(tasks)))
    assert task in tasks
    assert task.context_id & 0xFF == guest.machine.system().contextid & 0xFF
    mappings = guest.awareness.mappings(guest.read, task)
    assert [m.start for m in mappings] == sorted(m.start for m in mappings)
    assert [m.name for m in mappings if m.name][-1] == "[stack]"
    sp = guest.machine.registers().sp[Mode.USR]
    assert any(m.name == "[stack]" and m.start <= sp <= m.end for m in mappings)
    entry = guest.program.elf.entry
    assert any(m.permissions == "r-x" and m.start <= entry < m.end for m in mappings)
    guest.run_to_end()
    assert guest.awareness.exit_status(guest.read) == 0
    log = guest.awareness.log(guest.read)
    assert log is not None
    assert any("sys_hello2(name : beagle, len : 6, val : 7" in record.text for record in log)
    times = [record.nanoseconds for record in log]
    assert times == sorted(times)
    banner = guest.awareness.banner()
    assert banner is not None
    assert banner.startswith("Linux version 6.1")


def test_a_system_call_is_printed_with_the_kernels_own_prototype() -> None:
    guest = Guest("hello2", "beagle", "7")
    calls = Syscalls.of_tree(find_tree().kernel, guest.kernel.debug)
    number = calls.number("hello2")
    assert number == 401
    swi = guest.kernel.symbols.address_of("vector_swi")
    assert swi is not None
    while True:
        guest._pages.clear()
        stop = guest.machine.run(100_000_000, breakpoints=[swi])
        assert stop.reason is StopReason.BREAKPOINT
        registers = guest.machine.registers().r
        if registers[7] == number:
            break
    prototype = calls.prototype(number)
    assert prototype is not None
    assert [p.type_name for p in prototype.parameters] == [
        "struct hello2_in *",
        "struct hello2_out *",
    ]
    text = format_call(calls, number, registers[:7], 0, guest.read)
    out = "{nr_calls=0, rand_data=[0, 0, 0, 0]}"
    assert text == f'hello2({{name="beagle", len=6, val=7}}, {out}) = 0'
    value = read_typed(guest.kernel.debug, guest.read, "struct hello2_in", registers[0], "in")
    rendered = {child.name: child.rendered for child in value.children}
    assert rendered["len"] == "6"
    assert rendered["val"] == "7"
    assert rendered["name"].endswith('"beagle"')


def test_every_handler_in_the_table_is_a_function_of_that_name() -> None:
    kernel = Image.load(build_kernel().path)
    calls = Syscalls.of_tree(find_tree().kernel, kernel.debug)
    table = kernel.symbols.address_of("sys_call_table")
    assert table is not None
    handled = [entry for entry in calls.table.values() if entry.handler]
    assert len(handled) > 100
    for entry in handled:
        data = kernel.elf.read(table + 4 * entry.number, 4)
        assert data is not None
        location = kernel.symbols.find(int.from_bytes(data, "little"))
        assert location is not None
        assert location.offset == 0
        assert location.symbol.address in {
            kernel.symbols.address_of(entry.handler or ""),
            kernel.symbols.address_of("sys_ni_syscall"),
        }


def test_names_in_dwarf_are_files_of_the_tree() -> None:
    tree = find_tree()
    for path in (build_kernel().path, build_program("hello2")):
        debug = Image.load(path).debug
        assert debug
        missing = {
            debug.files[f.file]
            for f in debug.functions
            if not tree.source(debug.files[f.file]).is_file()
        }
        assert not {name for name in missing if "/build/" not in name}, missing
        assert not any(Path(name).is_absolute() for name in debug.files)


@pytest.mark.parametrize("mode", [Mode.SVC, Mode.USR])
def test_an_interrupt_unwinds_through_what_it_interrupted(mode: Mode) -> None:
    guest = Guest("hello2", "beagle", "7")
    target = "sys_hello2" if mode is Mode.SVC else "main"
    address = guest.kernel.symbols.address_of(target) or guest.program.symbols.address_of(target)
    assert address is not None
    guest.machine.run(100_000_000, breakpoints=[address])
    guest.machine.set_code_breakpoints(())
    while guest.machine.registers().mode is not mode:
        guest.step(1)
    if mode is Mode.USR:
        # The first visit to main's page faults; be behind that.
        guest.step(4)
        while guest.machine.registers().mode is not mode:
            guest.step(1)
    guest.step(10)
    interrupted = [frame.function for frame in guest.backtrace()]
    assert target in interrupted
    guest.machine.inject_irq(68)
    borders: Counter[str] = Counter()
    for _ in range(400):
        frames = guest.backtrace()
        names = [frame.function for frame in frames]
        assert names[-1] in {"_start", "start_c"}, names
        assert target in names, names
        borders.update(frame.boundary for frame in frames if frame.boundary)
        over = all(frame.boundary != "interrupt" for frame in frames)
        if over and borders["interrupt"] and guest.machine.registers().mode is mode:
            break
        guest.step(1)
    assert borders["interrupt"] > 50
    assert (borders["system call"] > 50) == (mode is Mode.SVC)
