"""Boot our kernel on the machine, without the layers above it, and see how a program ends."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from ringview.guest import loader
from ringview.guest.elf import read_elf
from ringview.guest.kconfig import KernelConfig
from ringview.guest.symbols import SymbolTable
from ringview.guest.toolchain import build_kernel, build_program
from ringview.machine.events import ConsoleOutput
from ringview.machine.machine import Machine, MachineConfig, Stop, StopReason

HERE = Path(__file__).resolve().parent
LIMIT = 400_000_000
TIMER_LINE = 68
PAGE_OFFSET_MINUS_PHYS = 0x40000000


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended: the console, the wait status (None: the kernel died first), the log."""

    console: str
    status: int | None
    log: str
    icount: int
    digest: bytes


class Guest:
    """A kernel and a program on a machine, by kernel symbols."""

    def __init__(self, kernel: Path, program: Path, *arguments: str, seed: int = 1) -> None:
        setup = loader.prepare(kernel, program, arguments)
        self.machine = Machine(MachineConfig(ram_bytes=setup.memory_size, seed=seed))
        for address, data in setup.loads:
            self.machine.write_physical(address, data)
        registers = dict(setup.registers)
        self.machine.set_boot(setup.entry, registers["r0"], registers["r1"], registers["r2"])
        self.symbols = SymbolTable.of(read_elf(kernel))
        self._console = bytearray()

    def address(self, symbol: str) -> int:
        address = self.symbols.address_of(symbol)
        assert address is not None, symbol
        return address

    def word(self, symbol: str) -> int:
        data = self.machine.read_physical(self.address(symbol) - PAGE_OFFSET_MINUS_PHYS, 4)
        return int.from_bytes(data, "little")

    def run_to(self, symbol: str) -> None:
        """Run until the next instruction is the first of a kernel function."""
        stop = self.machine.run(LIMIT, breakpoints=[self.address(symbol)])
        assert stop.reason is StopReason.BREAKPOINT, stop
        self.machine.set_code_breakpoints([])

    def first_of(self, *symbols: str) -> str:
        """Run until the first instruction of one of these is next; return which."""
        names = {self.address(symbol): symbol for symbol in symbols}
        stop = self.machine.run(LIMIT, breakpoints=list(names))
        assert stop.reason is StopReason.BREAKPOINT, stop
        self.machine.set_code_breakpoints([])
        return names[self.machine.registers().pc]

    def call_instead(self, symbol: str, *arguments: int) -> None:
        """Make the kernel run another function than the one it has just called."""
        for index, value in enumerate(arguments):
            self.machine.set_register(index, value)
        self.machine.set_register(15, self.address(symbol))

    def _listen(self) -> None:
        events = self.machine.take_events()
        self._console += bytes(e.byte for e in events if isinstance(e, ConsoleOutput))

    def run(self, limit: int = LIMIT) -> End:
        return self._end(self.machine.run(limit))

    def run_interrupted(self, seed: int, least: int, most: int) -> End:
        """Run, with the tick's interrupt at random places besides its own."""
        gaps = random.Random(seed)
        injected = 0
        self.run_to("start_thread")
        stop = self.machine.step()
        while stop.reason is StopReason.LIMIT and self.machine.icount < LIMIT:
            stop = self.machine.run(self.machine.icount + gaps.randint(least, most))
            self.machine.inject_irq(TIMER_LINE)
            injected += 1
            self._listen()
        assert injected > 50, "the program was too short to be interrupted"
        return self._end(stop)

    def _end(self, stop: Stop) -> End:
        assert stop.reason is StopReason.HALTED, stop
        self._listen()
        exited = self.word("init_exited")
        return End(
            console=self._console.decode().replace("\r\n", "\n"),
            status=self.word("init_exit_code") if exited else None,
            log=self._log(),
            icount=stop.icount,
            digest=self.machine.digest(),
        )

    def _log(self) -> str:
        base = self.address("__log_buf") - PAGE_OFFSET_MINUS_PHYS
        index, last = self.word("log_first_idx"), self.word("log_next_idx")
        lines: list[str] = []
        while index != last:
            header = self.machine.read_physical(base + index, 16)
            length = int.from_bytes(header[8:10], "little")
            text = int.from_bytes(header[10:12], "little")
            if length == 0:
                index = 0
                continue
            lines.append(self.machine.read_physical(base + index + 16, text).decode())
            index += length
        return "\n".join(lines)


Boot = Callable[..., Guest]


def _kernel(options: Mapping[str, bool | int | str]) -> Path:
    return build_kernel(KernelConfig.of(options=options)).path


@pytest.fixture(scope="session")
def boot() -> Boot:
    """``boot(program, *arguments, options={...})``: a guest about to start."""

    def start(
        program: Path,
        *arguments: str,
        options: Mapping[str, bool | int | str] | None = None,
        seed: int = 1,
    ) -> Guest:
        return Guest(_kernel(options or {}), program, *arguments, seed=seed)

    return start


@pytest.fixture(scope="session")
def hello2() -> Path:
    return build_program("hello2")


MUSL = [sys.executable, "-m", "ziglang", "cc", "-target", "arm-linux-musleabihf", "-mcpu=cortex_a8"]


def build_usertests(command: list[str], program: Path) -> Path:
    """Compile the hostile programs, statically, as ARM code."""
    source = HERE / "usertests.c"
    subprocess.run(
        [*command, "-marm", "-O1", "-static", "-w", "-pthread", "-o", program, source],
        check=True,
        timeout=300,
    )
    return program


def build_here(name: str, program: Path) -> Path:
    """Compile another of this directory's programs with musl."""
    source = HERE / f"{name}.c"
    options = ["-marm", "-O1", "-static", "-w", "-pthread"]
    subprocess.run([*MUSL, *options, "-o", program, source], check=True, timeout=300)
    return program


@pytest.fixture(scope="session")
def musl_usertests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hostile programs with musl."""
    return build_usertests(MUSL, tmp_path_factory.mktemp("musl") / "usertests")


@pytest.fixture(scope="session", params=["musl", "glibc"])
def usertests(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hostile programs, with each C library there is a compiler for."""
    if request.param == "musl":
        found: Path = request.getfixturevalue("musl_usertests")
        return found
    gcc = shutil.which("arm-linux-gnueabihf-gcc")
    if gcc is None:
        pytest.skip("no arm-linux-gnueabihf-gcc")
    return build_usertests([gcc], tmp_path_factory.mktemp("glibc") / "usertests")
