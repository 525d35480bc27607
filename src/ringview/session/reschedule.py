"""The other thread dropped in: an interrupt that asks the guest's scheduler for a switch, and what
comes of it, found out by running on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ringview.arm.psr import Mode
from ringview.errors import InputError
from ringview.machine.events import Transition
from ringview.session.recorder import Interrupted, Outcome
from ringview.session.syscalls import THREAD_SIZE

if TYPE_CHECKING:
    from ringview.session.journal import JournalEntry
    from ringview.session.session import Session

RESCHED_LINE = 48
"""The AM335x's interrupt line without a device, whose handler asks for a reschedule and does
nothing else.
"""

_HANDLERS = ("scheduler_ipi", "resched_interrupt")
LOOK = 400_000
"""Instructions within which what comes of it is looked for."""

_CHUNK = 4_096
_IRQ_MASKED = 0x80
"""CPSR.I (ARM DDI 0406C, B1.3.3)."""


def drop(session: Session, let_in: Callable[[JournalEntry], None]) -> str:
    """Raise the reschedule interrupt where the session stands, and say in a sentence what follows.

    The session stands where it stood; what was recorded beyond is forgotten.

    Args:
        session: the session.
        let_in: told what was let in as soon as it was.

    Raises:
        InputError: nothing can come of it: the kernel has no handler for the line, the machine is
            off, or the program has not begun.
    """
    symbols = session.kernel.symbols
    if not any(symbols.address_of(name) for name in _HANDLERS):
        raise InputError("this kernel has no handler for the reschedule interrupt, line 48")
    here = session.icount
    if session.finished and here >= session.end:
        raise InputError("the run is over: nothing can be scheduled any more")
    if session.first_user is None or here < session.first_user:
        raise InputError("there is no thread yet: the program has not begun")
    masked = bool(session.state().raw.cpsr & _IRQ_MASKED)
    task = session.task()
    let_in(session.inject_irq(RESCHED_LINE))
    try:
        return _what_follows(session, here, masked, "this thread" if task is None else str(task))
    except Interrupted:
        return "the interrupt is raised; what follows was not looked for to its end"
    finally:
        session.recorder.return_to(here)


def _what_follows(session: Session, here: int, masked: bool, whose: str) -> str:
    taken, switch, back = _look(session, here)
    mask = "masked here (CPSR.I = 1)"
    if taken is None:
        return f"{mask if masked else 'pending'}: not taken within {LOOK:,} instructions"
    where = session.describe(taken.pc)
    told = f"interrupt taken here, in {where}"
    if taken.icount != here:
        told = f"{mask}: taken" if masked else "taken"
        told += f" at {taken.icount:,}, in {where}"
    if not session.recorder.observed(taken.icount):
        return told
    if switch is not None:
        return f"{told}; {_switch_text(session, taken, switch)}"
    if back is None:
        return f"{told}; no other thread within {LOOK:,} instructions"
    return f"{told}; no other thread was ready, so {whose} goes on"


def _look(session: Session, here: int) -> tuple[Transition | None, int | None, Transition | None]:
    """The interrupt's being taken, the moment another thread goes on, and the return to user mode
    before which the switch must have been; each None if it was not seen.
    """
    recorder, limit = session.recorder, here + LOOK
    while True:
        seen = session.transitions(here, recorder.end)
        taken = next((t for t in seen if t.cause == "irq"), None)
        if taken is not None:
            later = [t for t in seen if t.icount > taken.icount]
            back = next((t for t in later if t.to_mode is Mode.USR), None)
            last = recorder.end if back is None else back.icount
            switch = _switched(session, taken, last)
            if switch is not None or back is not None:
                return taken, switch, back
        if recorder.end >= limit:
            return taken, None, None
        recorder.return_to(recorder.end)
        outcome = recorder.advance(min(limit, recorder.end + _CHUNK))
        if outcome is not Outcome.LIMIT:
            return taken, None, None


def _switched(session: Session, taken: Transition, last: int) -> int | None:
    """When another thread went on, from the interrupt to a moment."""
    own = taken.sp_svc & ~(THREAD_SIZE - 1)
    for icount, stack in session.recorder.accesses.switches_between(taken.icount, last):
        if stack != own:
            return icount
    return None


def _switch_text(session: Session, taken: Transition, switch: int) -> str:
    resumed = taken.from_mode is not Mode.USR and _went_on(session, taken, switch)
    session.recorder.return_to(switch)
    task = session.task()
    name = "another thread" if task is None else str(task)
    if not resumed:
        return f"{name} runs from {switch:,} on"
    return f"the kernel is not preempted there, {name} runs only when it lets go, at {switch:,}"


def _went_on(session: Session, taken: Transition, switch: int) -> bool:
    """Whether the interrupted instruction was executed before the switch."""
    insns = session.window(taken.icount, switch).insns
    again = insns["r"][:, 15] == taken.pc
    return bool((again & (insns["r"][:, 13] == taken.registers[13])).any())
