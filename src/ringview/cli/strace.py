"""``ringview exec --strace``: runs a machine from one change of mode to the next."""

from __future__ import annotations

from typing import TextIO

from ringview.guest.elf import ElfImage
from ringview.guest.image import Image
from ringview.guest.kernel import KernelAwareness
from ringview.guest.syscalls import Syscalls
from ringview.guest.tree import find_tree
from ringview.machine.events import Event, Transition
from ringview.machine.machine import Machine, Stop, StopReason
from ringview.session.state import StateView
from ringview.session.strace import Strace, watched_addresses


class Tracer:
    """Runs a machine and writes its system calls.

    Args:
        machine: not yet running.
        kernel: what it will run.
        out: where lines go.
    """

    def __init__(self, machine: Machine, kernel: ElfImage, out: TextIO) -> None:
        image = Image(kernel)
        self._machine = machine
        self._out = out
        self._view = StateView(machine)
        self._strace = Strace(
            Syscalls.of_tree(find_tree().kernel, image.debug),
            KernelAwareness(image),
            image.debug,
            self._read,
            out.write,
        )
        self._watched = watched_addresses(image.symbols)
        machine.set_code_breakpoints(self._watched)

    def _read(self, va: int, size: int) -> bytes | None:
        return self._view.read_virtual(va, size)

    def run(self, limit: int) -> tuple[Stop, list[Event]]:
        """As `Machine.run`, to an absolute icount; also returns the events on the way."""
        machine = self._machine
        events: list[Event] = []
        while True:
            stop = machine.run(limit, stop_on_transition=True)
            self._view = StateView(machine)
            fresh = machine.take_events()
            events += fresh
            for event in fresh:
                if isinstance(event, Transition):
                    self._strace.took(event)
            if stop.reason is StopReason.BREAKPOINT and stop.address in self._watched:
                self._strace.reached(self._watched[stop.address], machine.registers())
            elif stop.reason is not StopReason.TRANSITION:
                self._out.flush()
                return stop, events

    def finish(self) -> None:
        """The run is over: end the line that is open."""
        self._strace.finish()
        self._out.flush()
