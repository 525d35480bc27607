"""What was printed, called and recorded."""

from __future__ import annotations

from ringview.views.frame.part import Part
from ringview.views.frame.privilege import Privilege


class LogLine(Part, frozen=True):
    """One record of the kernel's ring buffer."""

    seconds: float
    level: int
    text: str


class SyscallRow(Part, frozen=True):
    """One system call of the run, finished or in flight at this stop."""

    ordinal: int
    icount: int  # of the svc's exception entry
    exit_icount: int  # of the return to user mode, -1 in flight
    task: str
    nr: int
    name: str
    text: str  # strace-like: 'hello2(0xbef00c40, 0xbef00c50) = 0'
    ret: int | None
    instructions_kernel: int
    current: bool  # this stop is inside it


class EventRow(Part, frozen=True):
    """One line of the events tab: a transition or a machine event."""

    icount: int
    kind: str  # "svc" "irq" "data abort" "prefetch abort" "undefined" "return" "cps" …
    from_mode: str
    to_mode: str
    text: str  # "USR → SVC by svc at 000102a4, vector ffff0008"
    privilege: Privilege


class Logs(Part, frozen=True):
    """The bottom tabs. Lists are as of this stop: going back takes lines away."""

    kernel: tuple[LogLine, ...]
    console: str  # what the guest has written to its console so far, undecodable bytes escaped
    syscalls: tuple[SyscallRow, ...]
    events: tuple[EventRow, ...]
