"""What can be asked of a session without moving it."""

from __future__ import annotations

from collections.abc import Sequence

from ringview.arm.psr import Mode
from ringview.guest.kernel import KernelAwareness, Task
from ringview.machine.events import Transition
from ringview.machine.machine import Machine
from ringview.machine.trace import Trace
from ringview.session.aftermath import Aftermath, Aftermaths
from ringview.session.board import Board
from ringview.session.calls import Calls
from ringview.session.hops import Hop, Stage
from ringview.session.recorder import TAIL, Interrupted, Recorder
from ringview.session.state import StateView
from ringview.session.syscalls import SyscallRecord
from ringview.session.traces import UserAccess, cut


class Looking:
    """The half of `ringview.session.session.Session` that only looks."""

    machine: Machine
    recorder: Recorder
    awareness: KernelAwareness
    _calls: Calls
    _aftermaths: Aftermaths
    _view: StateView | None

    @property
    def icount(self) -> int:
        """Where the run stands: instructions retired since reset."""
        return self.recorder.icount

    @property
    def busy(self) -> bool:
        """Whether a motion is under way: only what needs no motion of its own may be asked."""
        return self.recorder.moving

    def state(self) -> StateView:
        """The machine as it stands; what is read of it is kept for `previous`."""
        if self._view is None or self._view.icount != self.icount:
            self._view = StateView(self.machine)
        return self._view

    def transitions(
        self, first: int | None = None, last: int | None = None
    ) -> Sequence[Transition]:
        """Changes of mode recorded so far, from icount ``first`` to ``last``, both inclusive."""
        return self.recorder.transitions.between(first, last)

    def transition_before(self, icount: int) -> Transition | None:
        """The last change of mode earlier than a moment."""
        return self.recorder.transitions.before(icount)

    def transition_after(self, icount: int) -> Transition | None:
        """The first recorded change of mode later than a moment."""
        return self.recorder.transitions.after(icount)

    def last_transition_at_or_before(self, icount: int) -> Transition | None:
        """The last change of mode not later than a moment."""
        return self.recorder.transitions.at_or_before(icount)

    def syscalls(self) -> Sequence[SyscallRecord]:
        """The system calls recorded so far."""
        return self._calls.records

    def hops(self, record: SyscallRecord) -> tuple[Hop, ...]:
        """The stages of a system call's way; those known if it has not returned yet.

        Empty while the session is `busy`, unless they were found before.
        """
        return self._calls.hops(record)

    def aftermath(self, fault: Transition) -> Aftermath | None:
        """What a recorded abort or undefined instruction led to; None while the session is `busy`,
        unless that was found before.
        """
        return self._aftermaths.of(fault)

    def stages(self, record: SyscallRecord) -> list[Stage]:
        """The stages of a call's way, without their costs.

        Raises:
            Interrupted: by the user.
        """
        return self._calls.stages(record)

    def board(self, record: SyscallRecord) -> Board | None:
        """What a system call cost, piece by piece; None while the session is `busy`, unless that
        was found before.

        Raises:
            Interrupted: by the user.
        """
        return self._calls.board(record)

    def console_output(self, icount: int | None = None) -> bytes:
        """What the guest has written to its console up to a moment, now by default."""
        last = self.icount if icount is None else icount
        return bytes(event.byte for event in self.recorder.console.between(None, last))

    def window(self, first: int, last: int) -> Trace:
        """The full trace of the recorded instructions from ``first`` to ``last`` (exclusive).

        Raises:
            Interrupted: by the user.
        """
        return self.recorder.window(first, last)

    def tail(self, count: int = 1) -> Trace:
        """The trace of the ``count`` instructions just executed, fewer at the run's beginning.

        Outside the observed region, or while the session is `busy`, what happens to be known.
        """
        tail = self.recorder.tail
        first = max(0, self.icount - count)
        if self.busy or (len(tail.insns) and int(tail.insns["icount"][0]) <= first):
            return cut(tail, first, self.icount)
        if self.icount == 0 or not self.recorder.observed(self.icount - 1):
            return cut(tail, first, self.icount)
        try:
            # Once for all that views may ask.
            self.recorder.tail = self.window(max(0, self.icount - TAIL), self.icount)
        except Interrupted:
            return cut(self.recorder.tail, first, self.icount)
        return cut(self.recorder.tail, first, self.icount)

    def user_accesses(self, count: int) -> list[UserAccess]:
        """The kernel's last ``count`` accesses to user memory before now, where observed."""
        return self.recorder.accesses.before(self.icount, count)

    def digest(self) -> bytes:
        """A hash of registers, memory and devices as they stand."""
        return self.machine.digest()

    def task(self) -> Task | None:
        """The guest's current task, None before the kernel has one."""
        state = self.state()
        return self.awareness.current_task(state.read_virtual, state.raw.sp[Mode.SVC])
