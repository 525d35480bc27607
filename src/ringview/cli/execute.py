"""``ringview exec``: one program on one kernel, its console on ours, as fast as the machine goes.

Nothing is recorded here. Output is passed on as the guest writes it; input is typed on the guest's
console when the guest waits for something.
"""

from __future__ import annotations

import contextlib
import os
import select
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

import click

from ringview.arm.psr import Mode
from ringview.cli.interrupt import Interrupt, deferred_interrupt
from ringview.cli.waiting import waiting
from ringview.errors import BuildError, ProgramError, RingviewError
from ringview.guest.elf import ElfImage, read_elf
from ringview.guest.kconfig import KernelConfig
from ringview.guest.loader import DEFAULT_OPTIONS, GuestSetup, prepare
from ringview.guest.program_file import SOURCE
from ringview.guest.toolchain import build_kernel, build_program, build_source, program_names
from ringview.machine.events import ConsoleOutput, Event, Idle, Transition
from ringview.machine.machine import Machine, MachineConfig, Stop, StopReason

if TYPE_CHECKING:
    from ringview.cli.strace import Tracer

FIRST_SLICE = 50_000
SLICE_SECONDS = 0.02
MOST_SLICE = 20_000_000
"""Instructions between two looks at the clock, the keyboard and Ctrl-C."""

INPUT_CHUNK = 1024
"""Bytes typed at once: a terminal's line buffer holds 4096."""

END_OF_INPUT = b"\x04"
"""Ctrl-D: what ends the input on a terminal (VEOF)."""

INTERRUPT = b"\x03"
"""Ctrl-C: what a terminal makes a SIGINT of (VINTR)."""

TWICE = 1.0
"""Seconds within which a second Ctrl-C is meant for ringview."""

NO_ECHO = "noecho"
"""Our kernel's option, and the symbol by which it is known to have it."""

WAIT = 0.02
"""Seconds to wait for a key while the guest idles."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to run.

    Attributes:
        program: a file, or the name of a program of user land.
        kernel: a kernel ELF, the name of a configuration, or empty for the usual one.
        memory: RAM in bytes.
        limit: instructions after which to give up; 0 for none.
        strace: write the system calls to standard error.
    """

    program: str
    arguments: tuple[str, ...] = ()
    kernel: str = ""
    memory: int = 32 << 20
    environment: tuple[str, ...] = ()
    seed: int = 1
    limit: int = 0
    strace: bool = False


def execute_program(job: Job) -> int:
    """Run a job on this process's standard streams; return the program's status, 128 + n if signal
    n killed it.

    Raises:
        ProgramError: the program or the kernel is no executable that fits.
        BuildError: the kernel has to be built and cannot be.
        RingviewError: the machine stopped before the program did.
    """
    setup = lay_out(job, echo=os.isatty(sys.stdin.fileno()))
    machine = Machine(MachineConfig(job.memory, job.seed))
    try:
        with (
            _raw_keyboard(sys.stdin.fileno()) as keyboard,
            deferred_interrupt(machine.request_stop) as interrupt,
        ):
            runner = Runner(machine, setup, keyboard, sys.stdout.buffer, job.limit)
            if job.strace:
                runner.trace(sys.stderr)
            return runner.run(interrupt)
    finally:
        machine.close()


def lay_out(job: Job, *, echo: bool = False) -> GuestSetup:
    """Find or build the images and lay out memory; ``echo``: the guest shows what is typed.

    Raises:
        RingviewError: as `execute_program`.
    """
    environment = {}
    for word in job.environment:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise click.UsageError(f"--env {word} is not written as NAME=VALUE.")
        environment[name] = value
    # The program first: it is the user's, and more likely wrong than the kernel.
    try:
        program = read_elf(_program(job.program))
        kernel = read_elf(_kernel(job.kernel))
    except BuildError as error:
        from ringview.lab.explain import explained  # only now: programs are to start at once

        raise explained(error) from None
    options = list(DEFAULT_OPTIONS)
    if not echo and any(symbol.name == NO_ECHO for symbol in kernel.symbols):
        options.append(NO_ECHO)
    return prepare(
        kernel, program, job.arguments, environment, memory_size=job.memory, options=options
    )


def _program(name: str) -> Path:
    path = Path(name)
    if "/" not in name and not path.exists() and name in program_names():
        with waiting("building the program") as note:
            return build_program(name, progress=note)
    if path.suffix == SOURCE and path.is_file():
        with waiting("building the program") as note:
            return build_source(path, progress=note)
    return path


def _kernel(name: str) -> Path:
    if name and Path(name).exists():
        return Path(name)
    if "/" in name:
        raise ProgramError("there is no such kernel", path=name)
    with waiting("building the kernel") as note:
        return build_kernel(KernelConfig(name) if name else KernelConfig(), progress=note).path


class Keyboard:
    """Where input comes from: a file descriptor, read without waiting longer than asked."""

    def __init__(self, descriptor: int, *, interactive: bool) -> None:
        self.descriptor = descriptor
        self.interactive = interactive
        self.ended = False

    def read(self, wait: float) -> bytes:
        """Return what there is within ``wait`` seconds.

        After the end every further read gives Ctrl-D, for a file's end is there as often as one
        looks; the first one ends a last line without a newline.
        """
        if self.ended:
            return END_OF_INPUT
        try:
            ready = select.select([self.descriptor], [], [], wait)[0]
            if not ready:
                return b""
            data = os.read(self.descriptor, INPUT_CHUNK)
        except OSError:
            data = b""
        if not data:
            self.ended = True
            return END_OF_INPUT
        return data


@contextlib.contextmanager
def _raw_keyboard(descriptor: int) -> Iterator[Keyboard]:
    """On a terminal, leave echo and line editing to the guest while the block runs."""
    if not os.isatty(descriptor):
        yield Keyboard(descriptor, interactive=False)
        return
    import termios

    before = termios.tcgetattr(descriptor)
    mode = termios.tcgetattr(descriptor)
    mode[3] &= ~(termios.ECHO | termios.ICANON)  # Ctrl-C stays a signal to ringview
    mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
    termios.tcsetattr(descriptor, termios.TCSADRAIN, mode)
    try:
        yield Keyboard(descriptor, interactive=True)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


class Runner:
    """Drives a machine until its program has ended.

    Args:
        machine: fresh.
        setup: what it is loaded with.
        keyboard: where console input comes from.
        out: where console output goes.
        limit: instructions after which to give up; 0 for none.
    """

    def __init__(
        self,
        machine: Machine,
        setup: GuestSetup,
        keyboard: Keyboard,
        out: BinaryIO,
        limit: int = 0,
    ) -> None:
        self.machine = machine
        self.setup = setup
        self.keyboard = keyboard
        self.out = out
        self.limit = limit
        self._started = False
        self._idle = False
        self._fed = False
        self._passed_on = -TWICE
        self._pending_return = False
        for address, data in setup.loads:
            machine.load(address, data)
        self._tracer: Tracer | None = None
        self._traced: list[Event] = []
        boot = dict(setup.registers)
        machine.set_boot(setup.entry, boot["r0"], boot["r1"], boot["r2"])

    def trace(self, out: TextIO) -> None:
        """Write the system calls of the run to come, in strace's form."""
        from ringview.cli.strace import Tracer

        self._tracer = Tracer(self.machine, self.setup.kernel, out)

    def run(self, interrupt: Interrupt) -> int:
        """Run to the program's end and return its status.

        On a terminal Ctrl-C is the program's, as everything typed is; the second one within `TWICE`
        seconds, or one before the program has begun, leaves.

        Raises:
            KeyboardInterrupt: by Ctrl-C.
            RingviewError: as `execute_program`.
        """
        try:
            return self._run(interrupt)
        finally:
            if self._tracer is not None:
                self._tracer.finish()

    def _advance(self, limit: int) -> Stop:
        if self._tracer is None:
            return self.machine.run(limit)
        stop, self._traced = self._tracer.run(limit)
        return stop

    def _run(self, interrupt: Interrupt) -> int:
        size = FIRST_SLICE
        while True:
            start = time.perf_counter()
            stop = self._advance(self.machine.icount + self._clip(size))
            seconds = time.perf_counter() - start
            if interrupt.seen:
                self._interrupt(interrupt)
            self._pass_on()
            if stop.reason in (StopReason.HALTED, StopReason.LOCKUP):
                if self._word("init_exited") == 1:
                    self._finish_line()
                    return exit_status(self._word("init_exit_code") or 0)
                if stop.reason is StopReason.LOCKUP or self.keyboard.ended:
                    raise RingviewError(self._why(stop))
                self._type(wait=WAIT)
                continue
            if self.limit and self.machine.icount >= self.limit:
                raise RingviewError(f"the program did not end within {self.limit:,} instructions")
            if self._started and (self._idle or not self._fed):
                self._type(wait=WAIT if self._idle and self.keyboard.interactive else 0.0)
            size = min(MOST_SLICE, max(FIRST_SLICE, int(size * SLICE_SECONDS / max(seconds, 1e-4))))

    def _interrupt(self, interrupt: Interrupt) -> None:
        now = time.monotonic()
        if not (self.keyboard.interactive and self._started) or now - self._passed_on < TWICE:
            interrupt.check()
        interrupt.seen = False
        self._passed_on = now
        self.machine.console_input(INTERRUPT)

    def _clip(self, size: int) -> int:
        return min(size, self.limit - self.machine.icount) if self.limit else size

    def _type(self, *, wait: float) -> None:
        """Give the guest some input, if there is any."""
        data = self.keyboard.read(wait)
        if data:
            self._fed = True
            self.machine.console_input(data)

    def _pass_on(self) -> None:
        """Write what the guest has written, and see whether it waits."""
        output = bytearray()
        idle = 0
        for event in [*self._traced, *self.machine.take_events()]:
            if isinstance(event, ConsoleOutput):
                output.append(event.byte)
            elif isinstance(event, Idle):
                idle += event.ticks
            elif isinstance(event, Transition) and event.to_mode is Mode.USR:
                self._started = True
        self._traced = []
        self._idle = idle > 0
        if output:
            self.out.write(self._unix_lines(bytes(output)))
            self.out.flush()

    def _unix_lines(self, data: bytes) -> bytes:
        """Undo the terminal's newline translation (ONLCR) as its counterpart would: the return
        belongs to the newline that follows it, even if that comes in the next piece.
        """
        if self._pending_return:
            data = b"\r" + data
        self._pending_return = data.endswith(b"\r")
        if self._pending_return:
            data = data[:-1]
        return data.replace(b"\r\n", b"\n")

    def _finish_line(self) -> None:
        if self._pending_return:
            self.out.write(b"\r")
            self.out.flush()

    def _word(self, name: str) -> int | None:
        """Return a kernel variable, None if there is none of that name or it is not in memory."""
        symbol = next((s for s in self.setup.kernel.symbols if s.name == name), None)
        if symbol is None:
            return None
        with contextlib.suppress(RingviewError):
            data = self.machine.read_physical(physical(self.setup.kernel, symbol.address), 4)
            return int.from_bytes(data, "little")
        return None

    def _why(self, stop: Stop) -> str:
        if not self._started:
            return f"the kernel stopped before it could start the program: {stop.detail}"
        return f"the machine stopped before the program had ended: {stop.detail}"


def physical(kernel: ElfImage, va: int) -> int:
    """Return the physical address of a kernel address, by the kernel's own segments."""
    for segment in kernel.segments:
        if segment.vaddr <= va < segment.vaddr + segment.memory_size:
            return va - segment.vaddr + segment.paddr
    return va


def exit_status(wait_status: int) -> int:
    """Return a shell's exit status for Linux's wait status (include/uapi/linux/wait.h)."""
    signal = wait_status & 0x7F
    return 128 + signal if signal else wait_status >> 8 & 0xFF
